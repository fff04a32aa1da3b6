"""Tallystick beside the software of others: the same documents, in turns, in one run.

Writes docs/benchmarks.md, docs/benchmarks.json and docs/benchmarks-size.svg.  `--rounds 1` is a
quick look.  What is installed of others is pinned in tools/peers.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path

from tools.benchmarks.cold import cold
from tools.benchmarks.documents import write_workload
from tools.benchmarks.over_http import over_http
from tools.benchmarks.picture import picture
from tools.benchmarks.profiles import profiles_of
from tools.benchmarks.reporting import rows_for_programs, text_of
from tools.benchmarks.rounds import Result, run
from tools.benchmarks.rows import ROWS, SIZE_ROWS, STAGES
from tools.benchmarks.sides import PEER_FILES, sides
from tools.installing import PEERS, ROOT

ROUNDS = 7
SIZE_ROUNDS = 3
HTTP_ROUNDS = 3
WORKLOAD = "workload.json"


def main() -> None:
    """Measure and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--out", type=Path, default=ROOT / "docs")
    arguments = parser.parse_args()
    PEERS.install()
    for program in PEER_FILES.glob("*.mjs"):
        (PEERS.node / program.name).write_bytes(program.read_bytes())
    with tempfile.TemporaryDirectory() as folder:
        results = measure(arguments.rounds, Path(folder))
        profiles = profiles_of(results, Path(folder) / WORKLOAD, Path(folder) / "badge.json")
    text = text_of(results, arguments.rounds, profiles)
    for name, content in (
        ("benchmarks.md", text),
        ("benchmarks.json", json.dumps(rows_for_programs(results), indent=2) + "\n"),
        ("benchmarks-size.svg", picture(results)),
    ):
        (arguments.out / name).write_text(content, encoding="utf-8")
    sys.stdout.write(text)


def measure(rounds: int, folder: Path) -> list[Result]:
    """Measure everything: in processes that stay, as commands, over HTTP."""
    workload = folder / WORKLOAD
    held = write_workload(workload)
    with sides(workload) as processes:
        results = [
            *run((*ROWS, *STAGES), processes, rounds, held),
            *run(SIZE_ROWS, processes, min(rounds, SIZE_ROUNDS), held),
        ]
    return [
        *results,
        cold(rounds, folder),
        *over_http(min(rounds, HTTP_ROUNDS), folder),
    ]


if __name__ == "__main__":
    main()
