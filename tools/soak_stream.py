"""Memory of `tallystick verify --jsonl` over a million badges that are made on the fly.

Every badge is another one, of four kilobytes (`bench_workload`), signed while the stream runs, and
goes into the command through a pipe.  Memory is read from Linux: the share of each process of the
command (PSS, so that what processes share counts once), and the resident memory of the largest one.
Writes docs/scale-memory.md; `python tools/soak_stream.py --documents 1000000`.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from credentials.proofs.registry import CRYPTOSUITES  # noqa: E402
from credentials.strict_json import serialize_json  # noqa: E402
from tools.bench_workload import LIST_BITS, NOW, Provider, badge, sign, status_list  # noqa: E402
from tools.processes import mebibytes, processes_of  # noqa: E402

DOCUMENTS = 1_000_000
SAMPLES = 200
"""How often memory is read, after equal numbers of verdicts."""

NOT_WITHDRAWN = LIST_BITS // 7
"""Entries of the status list that badges share: so many of them are known not to be set."""

TOLD = (1, 10, 25, 50, 75, 100)
"""Hundredths of the samples that are reported; the last is taken just before the stream ends."""

REPORT = ROOT / "docs" / "scale-memory.md"

HEAD = """# Scale: memory of a stream

Written by `make soak-stream` (`tools/soak_stream.py`) on {day}. {documents:,} badges, each another
one of {size:,} bytes, were signed while the stream ran and went through a pipe into

```console
$ tallystick verify --jsonl - --workers {workers} …
```

All of them were valid, their status looked up in the status list of their issuer. *All processes*
is the memory of the command and its workers together, with what they share counted once (PSS);
*largest process* is the resident memory of one of them.

| after | all processes | largest process |
|---|---:|---:|
"""


@dataclass(frozen=True, slots=True)
class Memory:
    """Memory after so many verdicts, in MiB."""

    documents: int
    shared_once: float
    largest: float


def write_badges(stream: BinaryIO, documents: int) -> None:
    """Sign badges one after the other, and write each on a line."""
    provider, suite = Provider.of(0), CRYPTOSUITES["eddsa-rdfc-2022"]
    with stream:
        for number in range(documents):
            status = badge(number % NOT_WITHDRAWN, provider)["credentialStatus"]
            made = {**badge(number, provider), "credentialStatus": status}
            stream.write(serialize_json(sign(made, provider, suite)) + b"\n")


def memory_of(process: int, documents: int) -> Memory:
    """Read the memory of a process and of all that it started."""
    those = tuple(processes_of(process))
    shared_once = sum(mebibytes(one, "Pss", "smaps_rollup") for one in those)
    largest = max(mebibytes(one, "Rss", "smaps_rollup") for one in those)
    return Memory(documents, shared_once, largest)


def command(folder: Path, workers: int) -> list[str]:
    """Write what the badges name to a folder, and build the command."""
    provider = Provider.of(0)
    (folder / "list.json").write_bytes(serialize_json(status_list(provider)))
    (folder / "map.json").write_text(json.dumps({provider.list_url: str(folder / "list.json")}))
    options = ("--workers", str(workers), "--at", NOW.isoformat())
    known = ("--resolver-map", str(folder / "map.json"))
    return [sys.executable, "-m", "tallystick", "verify", "--jsonl", "-", *options, *known]


def measured(documents: int, workers: int) -> list[Memory]:
    """Run the command over badges, and return its memory as it went on."""
    step, found = max(1, documents // SAMPLES), []
    with (
        tempfile.TemporaryDirectory() as folder,
        subprocess.Popen(
            command(Path(folder), workers), stdin=subprocess.PIPE, stdout=subprocess.PIPE
        ) as process,
    ):
        if process.stdin is None or process.stdout is None:
            raise SystemExit("The command has no pipes.")
        arguments = (process.stdin, documents)
        threading.Thread(target=write_badges, args=arguments, daemon=True).start()
        for number, line in enumerate(process.stdout, 1):
            if b'"verdict":"valid"' not in line:
                raise SystemExit(f"A badge is not valid: {line.decode()}")
            if number % step:
                continue
            # The last verdicts are read when the command has ended already.
            with suppress(ProcessLookupError, FileNotFoundError):
                found.append(memory_of(process.pid, number))
                print(found[-1], file=sys.stderr, flush=True)
    if process.returncode or number != documents:
        raise SystemExit(f"The command ended with {process.returncode} after {number:,} lines.")
    return found


def rows(found: list[Memory]) -> Iterator[str]:
    """Write the rows of the report: memory as the stream goes on, and the most of each."""
    for share in TOLD:
        one = found[max(0, len(found) * share // 100 - 1)]
        yield row(f"{one.documents:,} badges", one.shared_once, one.largest)
    most = max(one.shared_once for one in found)
    yield row("most at any time", most, max(one.largest for one in found))


def row(after: str, shared_once: float, largest: float) -> str:
    """Write one row of the report."""
    return f"| {after} | {shared_once:.0f} MiB | {largest:.0f} MiB |"


def main() -> None:
    """Run the stream, and write the report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=DOCUMENTS)
    parser.add_argument("--workers", type=int, default=2)
    asked = parser.parse_args()
    found = measured(asked.documents, asked.workers)
    provider = Provider.of(0)
    signed = sign(badge(0, provider), provider, CRYPTOSUITES["eddsa-rdfc-2022"])
    head = HEAD.format(
        day=datetime.now(UTC).date(),
        documents=asked.documents,
        size=len(serialize_json(signed)),
        workers=asked.workers,
    )
    text = head + "\n".join(rows(found)) + "\n"
    sys.stdout.write(text)
    if asked.documents == DOCUMENTS:
        REPORT.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
