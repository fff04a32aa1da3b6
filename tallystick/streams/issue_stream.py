"""Issuing a stream of credentials for the command."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from tallystick.files import FAILURE, USAGE, CommandError
from tallystick.stream_options import Many
from tallystick.streams.issuing_work import ISSUED, REFUSED, IssueLines
from tallystick.streams.lines import BATCH_PIECES, in_batches, read_lines
from tallystick.streams.parquet import InParquet, Rows
from tallystick.streams.result_tables import ISSUED_COLUMNS, Write, as_lines, new_parquet_in_parts
from tallystick.streams.running import new_file, opened, results_of, summary_of, write_lines
from tallystick.streams.tally import Tally
from tallystick.streams.work import Results

OUTCOMES = {ISSUED: "issued", REFUSED: "refused"}


def issue_lines(file: str, work: IssueLines, out: Path | None, many: Many) -> int:
    """Issue one credential a line, to a file with results on standard output, or the other way.

    Without a file, credentials go to standard output, and to standard error what was refused.
    Returns the exit status: 0 if every line was issued, else 1.
    """
    work, tally = _with_secret(work, many), Tally(OUTCOMES)
    with summary_of(tally), opened(file) as stream, new_file(out) as made:
        batches = in_batches(read_lines(stream), 1 if many.workers == 1 else BATCH_PIECES)
        for results in results_of(work, batches, many):
            tally.count(results)
            _write(made, results, [one.told for one in results])
    return _status(tally)


def issue_rows(file: str, work: IssueLines, out: Path | None, many: Many) -> int:
    """Issue what each row of a Parquet file asks for.

    A new Parquet file gets a row for each; otherwise it is as for lines.  Returns the exit status
    as `issue_lines` does.
    """
    rows = Rows(file, many.column or "request")
    rows.open().close()
    work, tally = _with_secret(work, many), Tally(OUTCOMES)
    with summary_of(tally), _written_to(out) as write:
        for results in results_of(InParquet(work, rows), rows.parts(), many):
            tally.count(results)
            write(results)
    return _status(tally)


@contextmanager
def _written_to(out: Path | None) -> Iterator[Write]:
    if out is not None and out.suffix == ".parquet":
        with new_parquet_in_parts(out, ISSUED_COLUMNS) as write:
            yield write
        return
    if out is not None and out.suffix != ".jsonl":
        raise CommandError(f"{out} must end in .parquet or .jsonl.", USAGE)
    with new_file(out) as made:
        yield lambda results: _write(made, results, as_lines(results))


def _with_secret(work: IssueLines, many: Many) -> IssueLines:
    return work.with_secret_asked_for() if many.cluster is None else work


def _write(made: BinaryIO | None, results: Results, told: list[bytes]) -> None:
    """Write credentials to a new file and what is told to standard output, or the other way."""
    write_lines(made or sys.stdout.buffer, [one.made for one in results if one.made])
    left = [line for one, line in zip(results, told, strict=True) if made or not one.made]
    write_lines(sys.stderr.buffer if made is None else sys.stdout.buffer, left)


def _status(tally: Tally) -> int:
    return 0 if tally.total and not tally.counts[REFUSED] else FAILURE
