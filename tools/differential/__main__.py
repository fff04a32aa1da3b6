"""Canonical N-Quads of a generated corpus, byte by byte: ours, jsonld.js in safe mode, PyLD.

Writes docs/differential.md and docs/differential.json; exit status 1 where a document is accepted
here that safe mode refuses, or where a difference has no reason.  `python -m tools.differential
--documents 50000`; with `--show NUMBER` one document and what came of it is printed.
"""

from __future__ import annotations

import argparse
import difflib
import json
import sys
import warnings
from pathlib import Path

from tools.differential.comparing import Tally, compare
from tools.differential.corpus import made
from tools.differential.recording import record
from tools.differential.reporting import report
from tools.differential.sides import json_ld_js, ours, pyld
from tools.installing import ROOT

BATCH = 100
"""Documents that are sent at once."""

PROGRESS = 5_000


def run(first: int, documents: int) -> Tally:
    """Compare documents by their numbers."""
    tally = Tally()
    with json_ld_js() as js:
        for start in range(first, first + documents, BATCH):
            end = min(start + BATCH, first + documents)
            compare([made(number) for number in range(start, end)], js, tally)
            if (end - first) % PROGRESS == 0:
                print(f"{end - first:,} documents", file=sys.stderr, flush=True)
    return tally


def show(number: int) -> None:
    """Print a document and what the sides make of it."""
    one = made(number)
    print(json.dumps(one.document, indent=1))
    print(f"number {number}: {one.original}; {', '.join(one.changes)}")
    with json_ld_js() as js:
        js.send([one.document])
        (theirs,) = js.receive()
    for name, outcome in (("ours", ours(one.document)), ("PyLD", pyld(one.document))):
        print(f"{name}: {outcome.refusal or 'accepted'}; jsonld.js: {theirs.refusal or 'accepted'}")
        lines = [(side.n_quads or "").splitlines() for side in (theirs, outcome)]
        print("\n".join(difflib.unified_diff(*lines, "jsonld.js", name, lineterm="", n=0)))


def main() -> None:
    """Compare, write, judge."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=50_000)
    parser.add_argument("--first", type=int, default=0, help="number of the first document")
    parser.add_argument("--record", action="store_true", help="record the part that is a test")
    parser.add_argument("--show", type=int, help="show one document instead")
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")  # PyLD warns of terms that look like keywords
    if arguments.show is not None:
        show(arguments.show)
        return
    if arguments.record:
        record()
        return
    tally = run(arguments.first, arguments.documents)
    text, rows = report(tally, arguments.first, arguments.documents)
    sys.stdout.write(text)
    for name, content in (("md", text), ("json", json.dumps(rows, indent=2) + "\n")):
        Path(ROOT / "docs" / f"differential.{name}").write_text(content, encoding="utf-8")
    sys.exit(f"Faults: {tally.faults}" if tally.faults else 0)


if __name__ == "__main__":
    main()
