"""Issuing a stream of credentials for the command."""

from __future__ import annotations

import sys
from pathlib import Path

from tallystick.files import FAILURE
from tallystick.stream_options import Many
from tallystick.streams.issuing_work import ISSUED, REFUSED, IssueLines
from tallystick.streams.lines import BATCH_PIECES, in_batches, read_lines
from tallystick.streams.running import new_file, opened, results_of, summary_of, write_lines
from tallystick.streams.tally import Tally


def issue_lines(file: str, work: IssueLines, out: Path | None, many: Many) -> int:
    """Issue one credential a line, to a file with results on standard output, or the other way.

    Without a file, credentials go to standard output, and to standard error what was refused.
    Returns the exit status: 0 if every line was issued, else 1.
    """
    if many.cluster is None:
        work = work.with_secret_asked_for()
    tally = Tally({ISSUED: "issued", REFUSED: "refused"})
    with summary_of(tally), opened(file) as stream, new_file(out) as made:
        batches = in_batches(read_lines(stream), 1 if many.workers == 1 else BATCH_PIECES)
        for results in results_of(work, batches, many):
            tally.count(results)
            write_lines(made or sys.stdout.buffer, [one.made for one in results if one.made])
            told = [one.told for one in results if made is not None or not one.made]
            write_lines(sys.stderr.buffer if made is None else sys.stdout.buffer, told)
    return 0 if tally.total and not tally.counts[REFUSED] else FAILURE
