"""What a second core gains: a folder, a stream of requests and a roster, on one core and on two.

The same command runs in turns on one core (one worker) and on two (two workers), whole, from its
start to its end.  Real time counts, so the machine must be quiet: `make two-cores`, which keeps
Python's bytecode, as an installed package has it.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from credentials.proofs.registry import CRYPTOSUITES  # noqa: E402
from credentials.strict_json import serialize_json  # noqa: E402
from tallystick.settings import KEYS_VARIABLE, REGISTERS_VARIABLE  # noqa: E402
from tools import bench_rosters  # noqa: E402
from tools.bench_workload import NOW, Provider, badge, sign, status_list  # noqa: E402

GOAL = 1.8
Measured = Callable[[int], float]
"""Does something on so many cores, and tells the seconds that it took."""


@contextmanager
def on_cores(cores: int) -> Iterator[None]:
    """Keep this process, and all that it starts meanwhile, to so many cores."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, sorted(before)[:cores])
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def command(*arguments: object) -> list[str]:
    """Write a command of Tallystick."""
    return [sys.executable, "-m", "tallystick", *map(str, arguments)]


def seconds(cores: int, *arguments: object) -> float:
    """Run a command on so many cores, with as many workers."""
    begun = time.monotonic()
    with on_cores(cores):
        subprocess.run(
            command(*arguments, "--workers", cores), cwd=ROOT, check=True, capture_output=True
        )
    return time.monotonic() - begun


def verifying(folder: Path, count: int) -> Measured:
    """Prepare a folder of badges, each another one."""
    badges, provider = folder / "badges", Provider.of(0)
    badges.mkdir()
    for number in range(count):
        made = sign(badge(number, provider), provider, CRYPTOSUITES["eddsa-rdfc-2022"])
        (badges / f"{number:06d}.json").write_bytes(serialize_json(made))
    (folder / "list.json").write_bytes(serialize_json(status_list(provider)))
    (folder / "map.json").write_text(json.dumps({provider.list_url: str(folder / "list.json")}))
    options = ("--at", NOW.isoformat(), "--resolver-map", folder / "map.json")
    return lambda cores: seconds(
        cores, "verify", badges, "--csv", folder / "verdicts.csv", *options
    )


def issuing(folder: Path, count: int) -> Measured:
    """Prepare requests, one a line."""
    request = json.loads((ROOT / "docs/examples/welding.json").read_text())
    learners = ({"id": f"urn:uuid:{number:032x}"} for number in range(count))
    lines = (serialize_json({**request, "learner": one}) + b"\n" for one in learners)
    (folder / "requests.jsonl").write_bytes(b"".join(lines))
    told = subprocess.run(
        command("keys", "new", "cores"), cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout
    uri = next(word.rstrip(".") for word in told.split() if word.startswith("file:"))
    options = ("--jsonl", folder / "requests.jsonl", "--key", uri)
    return lambda cores: seconds(cores, "issue", *options)


def roster(folder: Path, count: int, cores: int) -> float:
    """Issue a roster with so many workers, from its start to its last row."""
    fresh = Path(tempfile.mkdtemp(dir=folder))
    os.environ[KEYS_VARIABLE] = str(fresh / "keys")
    path, achievement = bench_rosters.begun(fresh)
    service, job = bench_rosters.started(path, achievement, bench_rosters.roster(fresh, count))
    begun = time.monotonic()
    with on_cores(cores):
        worker = subprocess.Popen(
            command("issuer", "worker", "--config", path, "--workers", cores), cwd=ROOT
        )
    try:
        while service.store.jobs.get(job.tenant_id, job.id).state != "finished":
            time.sleep(0.1)
        return time.monotonic() - begun
    finally:
        worker.terminate()
        worker.wait()
        shutil.rmtree(fresh)


def told(name: str, count: int, taken: dict[int, list[float]]) -> str:
    """Write what came of it on one line."""
    one, two = (statistics.median(taken[cores]) for cores in (1, 2))
    each = ", ".join(
        f"{first / second:.2f}" for first, second in zip(taken[1], taken[2], strict=True)
    )
    return (
        f"{name}: {count:,} in {one:.1f} s on one core and {two:.1f} s on two: "
        f"{one / two:.2f} times as fast (goal {GOAL}; rounds {each})"
    )


def main() -> None:
    """Measure in turns, and print a line for each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        os.environ[KEYS_VARIABLE] = str(folder / "keys")
        os.environ[REGISTERS_VARIABLE] = str(folder / "registers")
        works: dict[str, Measured] = {
            "verify FOLDER": verifying(folder, asked.count),
            "issue --jsonl": issuing(folder, asked.count),
            "roster": partial(roster, folder, asked.count),
        }
        for what, work in works.items():
            taken: dict[int, list[float]] = {1: [], 2: []}
            for number in range(asked.rounds):
                for cores in (1, 2) if number % 2 == 0 else (2, 1):
                    taken[cores].append(work(cores))
            print(told(what, asked.count, taken), flush=True)


if __name__ == "__main__":
    main()
