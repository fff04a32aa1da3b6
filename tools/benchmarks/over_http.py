"""Issuing and verifying over HTTP: two processes of ours, two of Express with @digitalbazaar/vc.

The peer is a minimal service of our own making (tools/peers/server.mjs) that does what signing
services in Express do, without their logs, tenants and configuration.  Both sides get the same
bodies by the same client, over loopback only.
"""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from credentials.json_types import JsonObject
from credentials.proofs.registry import CRYPTOSUITES
from tallystick import settings
from tools.bench_workload import Provider, badge, sign
from tools.benchmarks.documents import status_list, world_of
from tools.benchmarks.rounds import Result
from tools.benchmarks.rows import DIGITALBAZAAR, OURS, Contender, Row
from tools.benchmarks.sides import Answer
from tools.installing import PEERS

PROCESSES = 2
CONNECTIONS = 8
BODIES = 200
SECONDS = 2.0
PEER = f"{DIGITALBAZAAR} in Express"
_OTHER = (Contender(PEER, "", "", sets_the_ratio=True),)
ISSUE = Row("http_issue", "issue over HTTP, 2 processes each", "badges", "", _OTHER, 10)
VERIFY = Row("http_verify", "verify over HTTP, 2 processes each", "signed", "", _OTHER, 10)
ISSUER_CONFIGURATION = """[server]
port = 0
[sources]
resolver_map = "map.json"
[[instance]]
name = "badges"
key = "{key}"
"""
VERIFIER_CONFIGURATION = '[server]\nport = 0\n[sources]\nresolver_map = "map.json"\n'


def over_http(rounds: int, folder: Path) -> list[Result]:
    """Start both services and ask them in turns."""
    provider, key = _provider(folder)
    listed = {provider.list_url: status_list(provider)}
    _write(folder, listed, key)
    unsigned = [badge(number, provider) for number in range(BODIES)]
    suite = CRYPTOSUITES["eddsa-rdfc-2022"]
    signed = [sign(one, provider, suite) for one in unsigned]
    bodies = {
        ISSUE.id: [json.dumps({"credential": one}) for one in unsigned],
        VERIFY.id: [json.dumps({"verifiableCredential": one}) for one in signed],
    }
    with ExitStack() as stack:
        addresses = {
            (ISSUE.id, OURS): _ours(stack, folder, "issuer", "/badges/credentials/issue"),
            (VERIFY.id, OURS): _ours(stack, folder, "verifier", "/credentials/verify"),
        }
        address = stack.enter_context(_express(folder))
        addresses[ISSUE.id, PEER] = [f"{address}/credentials/issue"]
        addresses[VERIFY.id, PEER] = [f"{address}/credentials/verify"]
        results = [Result(ISSUE), Result(VERIFY)]
        for _ in range(rounds):
            for result in results:
                for name in (OURS, PEER):
                    urls = addresses[result.row.id, name]
                    result.answers[name].append(_load(urls, bodies[result.row.id]))
    return results


def _provider(folder: Path) -> tuple[Provider, str]:
    """Make a key as an operator does, and the institution that has it."""
    os.environ["TALLYSTICK_KEYS"] = str(folder / "keys")
    made = subprocess.run(
        [*_COMMAND, "keys", "new", "issuer"], capture_output=True, text=True, check=True
    ).stdout.split()
    uri = made[made.index("key:") + 1]
    return Provider(0, settings.signing_key(uri).signer), uri  # type: ignore[arg-type]


_COMMAND = (sys.executable, "-m", "tallystick")


def _write(folder: Path, listed: dict[str, JsonObject], key: str) -> None:
    (url,) = listed
    (folder / "list.json").write_text(json.dumps(listed[url]), encoding="utf-8")
    (folder / "map.json").write_text(json.dumps({url: "list.json"}), encoding="utf-8")
    (folder / "issuer.toml").write_text(ISSUER_CONFIGURATION.format(key=key), encoding="utf-8")
    (folder / "verifier.toml").write_text(VERIFIER_CONFIGURATION, encoding="utf-8")
    world = {**world_of(listed), "documents": {}}
    (folder / "http.json").write_text(json.dumps(world), encoding="utf-8")


def _ours(stack: ExitStack, folder: Path, role: str, path: str) -> list[str]:
    """Start our processes; each has a port of its own."""
    arguments = (*_COMMAND, role, "serve", "--config", str(folder / f"{role}.toml"))
    environment = {**os.environ, "TALLYSTICK_REGISTERS": str(folder / "registers")}
    started = (
        stack.enter_context(_started(arguments, folder, environment)) for _ in range(PROCESSES)
    )
    return [_address(process.stderr or ()) + path for process in started]


@contextmanager
def _express(folder: Path) -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    program = ("node", "server.mjs", str(folder / "http.json"), str(PROCESSES), str(port))
    with _started(program, PEERS.node, dict(os.environ)) as process:
        if process.stdout is None or "listening" not in process.stdout.readline():
            sys.exit("The service in Express did not start.")
        yield f"http://127.0.0.1:{port}"


@contextmanager
def _started(
    arguments: Sequence[str], folder: Path, environment: dict[str, str]
) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        arguments,
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.terminate()
        process.communicate()


def _address(lines: Iterable[str]) -> str:
    for line in lines:
        if found := re.search(r"Listening.*(http://[\d.]+:\d+)", line):
            return found[1]
    sys.exit("A service of ours did not start.")


def _load(urls: list[str], bodies: list[str]) -> Answer:
    request = {"urls": urls, "bodies": bodies, "connections": CONNECTIONS, "seconds": SECONDS}
    ran = subprocess.run(
        ["node", "load.mjs"],
        cwd=PEERS.node,
        input=json.dumps(request),
        capture_output=True,
        text=True,
        check=True,
    )
    answer = json.loads(ran.stdout)
    if "error" in answer:
        sys.exit(f"{urls[0]}: {answer['error']}")
    seconds = answer["answered"] / answer["per_second"]
    # The processor is shared with the client, so that only the clock is read.
    return Answer(seconds, seconds, answer["answered"])
