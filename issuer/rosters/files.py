"""Tables that are handed out: a template to fill in, faults to mend, results to keep.

All are CSV in UTF-8 with a byte order mark, which every spreadsheet opens with its letters right;
nothing in them is computed by one.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

from credentials.spreadsheet_cells import safe_cell
from issuer.rosters.columns import Field
from issuer.rosters.errors import RosterFault

BYTE_ORDER_MARK = "\ufeff"
TEMPLATE_COLUMNS = (
    Field.EMAIL,
    Field.GIVEN_NAME,
    Field.FAMILY_NAME,
    Field.STUDENT_NUMBER,
    Field.AWARDED,
    Field.LANGUAGE,
)
EXAMPLE = ("ana@example.com", "Ana", "Tamihana", "10234", "2026-11-30", "en")
"""A row that shows what is meant; it has to be replaced."""

FAULT_COLUMNS = ("row", "column", "code", "message")


def template() -> bytes:
    """Write the template of a roster, with one row that shows what is meant."""
    return b"".join(csv_lines(TEMPLATE_COLUMNS, [EXAMPLE]))


def fault_table(faults: Iterable[RosterFault]) -> Iterator[bytes]:
    """Write faults as a table, piece by piece."""
    rows = ((str(one.row), one.column, one.code, one.message) for one in faults)
    return csv_lines(FAULT_COLUMNS, rows)


def csv_lines(header: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[bytes]:
    """Write a table line by line, each cell as a text that no spreadsheet computes."""
    yield (BYTE_ORDER_MARK + _line(header)).encode("utf-8")
    for row in rows:
        yield _line([safe_cell(cell) for cell in row]).encode("utf-8")


def _line(cells: Sequence[str]) -> str:
    written = io.StringIO(newline="")
    csv.writer(written, lineterminator="\r\n").writerow(cells)
    return written.getvalue()
