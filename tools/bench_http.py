"""Measure the verifier over HTTP; writes docs/benchmarks-http.md.

A server in a process of its own verifies a credential of 4 KB with a status list that is at hand,
and hostile requests.  Processor time is that of the server, whatever else the machine does.
"""

from __future__ import annotations

import json
import os
import platform
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import httpx

import schemas
from credentials.proofs.cryptosuite import Environment
from credentials.proofs.data_integrity import ProofOptions, add_proof
from credentials.proofs.registry import CRYPTOSUITES
from credentials.status.bitstring import encode_list
from keys.did import did_key
from keys.signer import PrivateKeySigner
from keys.verification_key import KeyType
from tallystick.web import verifier_application
from tallystick.web_configuration import VerifierConfiguration, read_configuration
from tools.processes import mebibytes, processor_seconds

REPORT = Path(__file__).resolve().parent.parent / "docs" / "benchmarks-http.md"
REQUESTS = 1_000
BYTES = 4_096
LIST = "https://issuer.example/status/1"
SIGNER = PrivateKeySigner(KeyType.ED25519, bytes(range(32)))
OWNER = did_key(SIGNER.verification_key)
METHOD = f"{OWNER}#{SIGNER.verification_key.to_multikey()}"
V2 = "https://www.w3.org/ns/credentials/v2"
OB = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
VERIFY, PROOF_ONLY = "/credentials/verify", "/proof-only/credentials/verify"

HEAD = """# Benchmarks of the services

Written by `make bench-http` (`tools/bench_http.py`).

The verifier in one process with 8 threads, Python {python} on {machine}, {cores} cores. The
machine did other work meanwhile (load {load:.1f} for {cores} cores), which makes elapsed times
longer; processor time is the server's own. The status list is at hand, and verified anew with each
request. A body of 100 MB is refused by its length alone, and a packed one unopened.
"""


def sign(document: dict[str, Any]) -> dict[str, Any]:
    """Sign whatever is given."""
    return add_proof(
        document,
        suite=CRYPTOSUITES["eddsa-rdfc-2022"],
        signer=SIGNER,
        options=ProofOptions(METHOD, datetime(2026, 1, 15, tzinfo=UTC)),
        environment=Environment(schemas.load_context),
    )


def status_list() -> dict[str, Any]:
    """Build a signed status list in which nothing is set."""
    subject = {
        "id": f"{LIST}#list",
        "type": "BitstringStatusList",
        "statusPurpose": "revocation",
        "encodedList": encode_list(bytes(16_384)),
    }
    return sign(
        {
            "@context": [V2],
            "id": LIST,
            "type": ["VerifiableCredential", "BitstringStatusListCredential"],
            "issuer": OWNER,
            "validFrom": "2026-01-01T00:00:00Z",
            "credentialSubject": subject,
        }
    )


def credential() -> dict[str, Any]:
    """Build a badge of about 4 KB, as long descriptions make it."""
    root = Path(__file__).resolve().parent.parent
    example = (root / "docs/examples/credential-to-issue.json").read_text(encoding="utf-8")
    document = json.loads(example)["credential"]
    document |= {
        "id": "urn:uuid:8d7a3c52-6f4f-4b3e-9f38-0b3c4f7b2a10",
        "issuer": {"id": OWNER, "type": ["Profile"], "name": "Example Polytechnic"},
        "validFrom": "2026-01-15T09:00:00Z",
        "credentialStatus": {
            "id": f"{LIST}#5",
            "type": "BitstringStatusListEntry",
            "statusPurpose": "revocation",
            "statusListIndex": "5",
            "statusListCredential": LIST,
        },
    }
    achievement = document["credentialSubject"]["achievement"]
    while len(json.dumps(sign(document), separators=(",", ":"))) < BYTES:
        achievement["description"] += " Welds are inspected by eye, by dye and by pressure."
    return sign(document)


def write_sources(folder: Path) -> None:
    """Write the configuration of the verifier, and the status list that it has at hand."""
    (folder / "list.json").write_text(json.dumps(status_list()))
    (folder / "map.json").write_text(json.dumps({LIST: "list.json"}))
    (folder / "verifier.toml").write_text(
        '[server]\nport = 0\n[sources]\nresolver_map = "map.json"\n[proof_only]\n'
    )


@contextmanager
def verifier(folder: Path) -> Iterator[tuple[int, str]]:
    """Start the verifier and yield its process id and its address."""
    write_sources(folder)
    command = [sys.executable, "-m", "tallystick", "verifier", "serve", "--config", "verifier.toml"]
    environment = {**os.environ, "TALLYSTICK_REGISTERS": str(folder / "registers")}
    process = subprocess.Popen(
        command, cwd=folder, env=environment, stderr=subprocess.PIPE, text=True
    )
    try:
        yield process.pid, address_in(process.stderr or ())
    finally:
        process.terminate()
        process.communicate()


def address_in(lines: Iterable[str]) -> str:
    """Find the address that the server says it listens on."""
    for line in lines:
        if found := re.search(r"Listening.*(http://[\d.]+:\d+)", line):
            return found[1]
    sys.exit("The verifier did not start.")


class Timing(NamedTuple):
    """Milliseconds of requests."""

    median: float
    p99: float
    worst: float
    processor: float


def timing(pid: int, work: Callable[[], list[float]]) -> Timing:
    """Time requests: milliseconds of each, and of the server's processor for one."""
    before = processor_seconds(pid)
    times = sorted(work())
    processor = (processor_seconds(pid) - before) * 1_000 / len(times)
    place = max(0, -(-99 * len(times) // 100) - 1)
    return Timing(statistics.median(times), times[place], times[-1], processor)


def send(client: httpx.Client, path: str, body: bytes, expected: int) -> float:
    """Send one request, require its status, and return its milliseconds."""
    begun = time.perf_counter()
    response = client.post(path, content=body, headers={"Content-Type": "application/json"})
    elapsed = (time.perf_counter() - begun) * 1_000
    if response.status_code != expected:
        raise SystemExit(f"{path} answered {response.status_code}, not {expected}.")
    return elapsed


def in_this_process(folder: Path, body: bytes) -> str:
    """Measure the processor time of each request, which other work does not make longer."""
    write_sources(folder)
    path = str(folder / "verifier.toml")
    os.environ["TALLYSTICK_REGISTERS"] = str(folder / "registers")
    configuration = read_configuration(path, VerifierConfiguration)
    client = verifier_application(path, configuration).test_client()
    times = []
    for _ in range(REQUESTS + 10):
        begun = time.process_time()
        answer = client.post(VERIFY, data=body, content_type="application/json")
        times.append((time.process_time() - begun) * 1_000)
        if answer.status_code != 200:
            raise SystemExit("The credential was not verified.")
    ordered = sorted(times[10:])
    place = -(-99 * len(ordered) // 100) - 1
    return (
        f"| {REQUESTS:,} without network, processor time | {statistics.median(ordered):.1f} | "
        f"{ordered[place]:.1f} | {ordered[-1]:.1f} | {sum(ordered) / len(ordered):.1f} | p99 20 |"
    )


def honest(url: str, body: bytes, clients: int) -> list[float]:
    """Verify the same credential again and again, by several clients at once."""

    def run(_number: int) -> list[float]:
        with httpx.Client(base_url=url, trust_env=False, timeout=60) as client:
            return [send(client, VERIFY, body, 200) for _ in range(REQUESTS // clients)]

    with ThreadPoolExecutor(clients) as pool:
        return [one for times in pool.map(run, range(clients)) for one in times]


def attacks(good: dict[str, Any]) -> dict[str, tuple[str, bytes, int]]:
    """Build hostile requests: path, body, and the status that refuses them."""
    proof = good["proof"]

    def with_contexts(*contexts: Any, **members: Any) -> bytes:
        document = {
            "@context": [V2, *contexts],
            "type": ["VerifiableCredential"],
            "issuer": OWNER,
            "credentialSubject": {"id": OWNER},
            "proof": proof,
            **members,
        }
        return json.dumps({"verifiableCredential": document}).encode()

    everything = {"@vocab": "https://e.example/"}
    clique = [{"a": [{"b": {}}, {"b": {}}]} for _ in range(240)]
    scoped = {
        "deed": "https://e.example/deed",
        "Deed": {
            "@id": "https://e.example/Deed",
            "@context": {f"t{i}": f"https://e.example/{i}" for i in range(8)},
        },
    }
    deeds = [{"type": "Deed", "t1": str(number)} for number in range(320)]
    deep = b'{"verifiableCredential":' + b'{"a":' * 200 + b"1" + b"}" * 200 + b"}"
    many = {**good, "proof": [proof] * 8, "evidence": []}
    many["evidence"] = [{"type": "Evidence", "id": f"urn:x:{n}"} for n in range(1_200)]
    return {
        "200 levels of nesting": (VERIFY, deep, 400),
        "nodes that are all alike (poison graph)": (
            PROOF_ONLY,
            with_contexts(everything, deed=clique),
            400,
        ),
        "4,800 values in one graph": (
            PROOF_ONLY,
            with_contexts(everything, deed=[{"a": str(n)} for n in range(2_300)]),
            400,
        ),
        "contexts scoped to types": (PROOF_ONLY, with_contexts(scoped, deed=deeds), 400),
        "eight proofs over 3,700 values": (
            VERIFY,
            json.dumps({"verifiableCredential": many}).encode(),
            400,
        ),
        "1 MiB of one text": (
            VERIFY,
            json.dumps({"verifiableCredential": {"a": "x" * 1_048_000}}).encode(),
            400,
        ),
    }


def measure(folder: Path) -> list[str]:
    """Measure everything and write the tables."""
    good = credential()
    body = json.dumps({"verifiableCredential": good}, separators=(",", ":")).encode()
    lines = [
        f"| {len(body):,} bytes each | median ms | p99 ms | worst ms | processor ms | goal |",
        "|---|---|---|---|---|---|",
    ]
    lines.append(in_this_process(folder, body))
    with verifier(folder) as (pid, url):
        honest(url, body, 1)
        for clients in (1, 2):
            one = timing(pid, lambda clients=clients: honest(url, body, clients))
            lines.append(
                f"| {REQUESTS:,} by {clients} client{'s' * (clients > 1)} | {one.median:.1f} | "
                f"{one.p99:.1f} | {one.worst:.1f} | {one.processor:.1f} | p99 20 |"
            )
        lines += ["", *hostile(pid, url, good)]
        most = mebibytes(pid, "VmHWM")
        lines += [
            "",
            f"Largest memory of the server in all this: {most:.0f} MiB (goal 256).",
        ]
    return lines


def hostile(pid: int, url: str, good: dict[str, Any]) -> list[str]:
    """Send hostile requests one by one, and ask for health meanwhile."""
    lines = [
        "| hostile request | answered after ms | processor ms | health answered meanwhile | goal |",
        "|---|---|---|---|---|",
    ]
    for name, (path, body, status) in attacks(good).items():
        with (
            httpx.Client(base_url=url, trust_env=False, timeout=60) as client,
            ThreadPoolExecutor(1) as pool,
        ):
            before = processor_seconds(pid)
            attack = pool.submit(send, client, path, body, status)
            time.sleep(0.02)
            begun = time.perf_counter()
            httpx.get(f"{url}/health/live", trust_env=False, timeout=60)
            health = (time.perf_counter() - begun) * 1_000
            elapsed = attack.result()
            spent = (processor_seconds(pid) - before) * 1_000
        lines.append(f"| {name} | {elapsed:.0f} | {spent:.0f} | {health:.0f} ms | 2,000 ms |")
    return lines


def main() -> None:
    """Measure and write the report."""
    with tempfile.TemporaryDirectory() as folder:
        lines = measure(Path(folder))
    load = os.getloadavg()[0]
    cores = os.cpu_count()
    head = HEAD.format(
        python=platform.python_version(), machine=platform.machine(), cores=cores, load=load
    )
    REPORT.write_text("\n".join([head, *lines]) + "\n", encoding="utf-8")
    sys.stdout.write(REPORT.read_text(encoding="utf-8"))


if __name__ == "__main__":
    main()
