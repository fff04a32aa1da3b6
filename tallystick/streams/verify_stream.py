"""Verifying a stream or a folder for the command."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from tallystick.asked import Asked
from tallystick.files import DISK, USAGE, CommandError
from tallystick.progress import ProgressLine
from tallystick.stream_options import Many
from tallystick.streams.folders import files_of, new_tables
from tallystick.streams.lines import BATCH_PIECES, in_batches, read_lines
from tallystick.streams.parquet import InParquet, Rows
from tallystick.streams.result_tables import new_results, on_standard_output
from tallystick.streams.running import opened, results_of, summary_of, write_lines
from tallystick.streams.tally import Tally
from tallystick.streams.verifying_work import UNREADABLE, VerifyEntries, VerifyFiles, VerifyLines
from tallystick.streams.work import Piece, Work
from verifier.report import Verdict

VERDICTS = {
    Verdict.VALID.value: "valid",
    Verdict.INVALID.value: "not valid",
    Verdict.INDETERMINATE.value: "undecided",
}


def verify_lines(file: str, work: VerifyLines, many: Many) -> int:
    """Verify one document a line; results go to standard output, the summary to the other one.

    Returns the exit status: 1 if any is not valid, else 2 if any is undecided, else 0; nothing at
    all is not a pass.
    """
    tally = Tally(VERDICTS)
    with summary_of(tally), opened(file) as stream:
        batches = in_batches(read_lines(stream), 1 if many.workers == 1 else BATCH_PIECES)
        for results in results_of(work, batches, many):
            tally.count(results)
            write_lines(sys.stdout.buffer, [one.told for one in results])
    return status_of_verdicts(tally)


@dataclass(frozen=True, slots=True)
class Tables:
    """Files that the results of a folder or an archive go to."""

    csv: Path | None = None
    xlsx: Path | None = None

    @property
    def wanted(self) -> list[Path]:
        """List the files that are wanted."""
        return [path for path in (self.csv, self.xlsx) if path is not None]


def verify_rows(file: str, work: VerifyLines, out: Path | None, many: Many) -> int:
    """Verify the documents in a column of a Parquet file; verdicts go to a new file, or to lines.

    Returns the exit status as `verify_lines` does.
    """
    if work.whole_reports and out is not None and out.suffix != ".jsonl":
        raise CommandError("Whole reports (--json) go to lines: --out with .jsonl.", USAGE)
    rows, tally = Rows(file, many.column or "credential"), Tally(VERDICTS)
    rows.open().close()
    with summary_of(tally), new_results(out) if out else on_standard_output() as write:
        for results in results_of(InParquet(work, rows), rows.parts(), many):
            tally.count(results)
            write(results)
    return status_of_verdicts(tally)


def verify_folder(folder: Path, asked: Asked, tables: Tables, many: Many) -> int:
    """Verify all files of a folder or an archive, and write one row for each, in their order.

    Returns the exit status as `verify_lines` does, or 74 if a file could not be read.
    """
    if folder.is_file():
        # What reads archives is loaded with the pages, which take twice the memory of all else.
        from tallystick.streams.archives import is_zip, pieces_of_archive

        if is_zip(folder):
            entries = VerifyEntries(asked)
            return _verify_files(pieces_of_archive(folder), entries, tables, many, None)
    files = files_of(folder, beside=tables.wanted)
    pieces = (Piece(number, os.fsencode(path)) for number, path in enumerate(files, 1))
    return _verify_files(pieces, VerifyFiles(asked), tables, many, len(files))


def _verify_files(
    pieces: Iterable[Piece], work: Work, tables: Tables, many: Many, total: int | None
) -> int:
    tally = Tally({**VERDICTS, UNREADABLE: "unreadable"})
    tell = None if total is None else ProgressLine(total, sys.stderr)
    with summary_of(tally), new_tables(tables.csv, tables.xlsx) as write:
        for results in results_of(work, in_batches(pieces), many):
            tally.count(results)
            write(results)
            if tell is not None:
                tell(tally.total)
    return status_of_verdicts(tally)


def status_of_verdicts(tally: Tally) -> int:
    """Choose the exit status for many verdicts: the worst of them."""
    counts = tally.counts
    if counts[UNREADABLE]:
        return DISK
    if counts[Verdict.INVALID.value] or not tally.total:
        return 1
    return 2 if counts[Verdict.INDETERMINATE.value] else 0
