"""Measure single issuing over the API: requests come at a steady rate, whether answered or not.

The service runs in a process of its own, with its store in SQLite or, with --database, PostgreSQL.
A request is timed from when it should have been sent, so that waiting behind others counts.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from statistics import quantiles
from urllib.parse import urlsplit

from tallystick.settings import DATABASE_VARIABLE, KEYS_VARIABLE, REGISTERS_VARIABLE
from tools.bench_rosters import ROOT, begun, tallystick

CLIENTS = 16
WARM_UP = 50
LISTENING = re.compile(r"Listening on (http://\S+)")


@contextmanager
def served(path: str) -> Iterator[str]:
    """Serve the issuer, and give its address; its log goes to a file, which is never full."""
    command = [sys.executable, "-m", "tallystick", "issuer", "serve", "--config", path]
    log = Path(path).with_name("log")
    with (
        log.open("wb") as told,
        subprocess.Popen([*command, "--port", "0"], cwd=ROOT, stderr=told) as process,
    ):
        try:
            while (found := LISTENING.search(log.read_text(encoding="utf-8"))) is None:
                time.sleep(0.05)
            yield found[1]
        finally:
            process.terminate()


def asked(address: str, key: str, achievement: str, number: int) -> None:
    """Ask for one credential; end if there is none."""
    connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=30)
    body = {
        "achievement": achievement,
        "learner": {"email": f"learner{number}@example.com", "name": f"Learner {number}"},
    }
    headers = {
        "Authorization": f"Bearer {key}",
        "Content-Type": "application/json",
        "Idempotency-Key": f"bench-{number}",
    }
    connection.request("POST", "/api/v1/credentials", json.dumps(body), headers)
    answer = connection.getresponse()
    told = answer.read()
    connection.close()
    if answer.status != http.client.CREATED:
        raise SystemExit(f"The answer was {answer.status}: {told[:300]!r}")


def latencies(address: str, key: str, achievement: str, rate: int, seconds: int) -> list[float]:
    """Send requests at a steady rate; return how long each took from its due time, in ms."""
    begin = time.monotonic() + 1

    def one(number: int) -> float:
        due = begin + number / rate
        time.sleep(max(0.0, due - time.monotonic()))
        asked(address, key, achievement, WARM_UP + number)
        return (time.monotonic() - due) * 1000

    with ThreadPoolExecutor(CLIENTS) as pool:
        return list(pool.map(one, range(rate * seconds)))


def main() -> None:
    """Measure, and print one line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rate", type=int, default=50)
    parser.add_argument("--seconds", type=int, default=20)
    parser.add_argument("--database", help="URL of an empty PostgreSQL database.")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        os.environ[KEYS_VARIABLE] = str(folder / "keys")
        os.environ[REGISTERS_VARIABLE] = str(folder / "registers")
        if chosen.database:
            os.environ[DATABASE_VARIABLE] = chosen.database
        path, achievement = begun(folder)
        scope = ("--scope", "credentials:issue")
        told = tallystick("issuer", "api-key", "--config", path, "--name", "bench", *scope)
        key = told.split()[1]
        with served(path) as address:
            for number in range(WARM_UP):
                asked(address, key, achievement, number)
            times = latencies(address, key, achievement, chosen.rate, chosen.seconds)
    cuts = quantiles(times, n=100)
    print(
        f"{len(times)} credentials at {chosen.rate} a second: median {cuts[49]:.1f} ms, "
        f"p99 {cuts[98]:.1f} ms, worst {max(times):.1f} ms"
    )


if __name__ == "__main__":
    main()
