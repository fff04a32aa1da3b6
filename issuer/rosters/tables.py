"""A roster as rows of text, whatever it was written with: the rows come one by one, each time anew.

Nothing is guessed about a file that cannot be read for certain: another encoding, an old format
and a locked workbook are refused with words that say how to save it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO, Protocol

from issuer.rosters.csv_tables import CsvTable
from issuer.rosters.errors import RosterError
from issuer.rosters.limits import DEFAULT_ROSTER_LIMITS, RosterLimits
from issuer.rosters.xlsx_tables import XlsxTable

ZIP = b"PK\x03\x04"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""How old workbooks begin (.xls), and new ones that are locked with a password."""

PDF = b"%PDF-"

Row = tuple[int, tuple[str, ...]]
"""The number of a row as spreadsheets show it (the header is 1), and its cells."""


class Table(Protocol):
    """A table whose first row names its columns."""

    @property
    def header(self) -> tuple[str, ...]:
        """The names of the columns, without the space around them."""

    def rows(self) -> Iterator[Row]:
        """Read the rows below the header that are not empty, from the beginning each time."""


def open_table(source: BinaryIO, limits: RosterLimits = DEFAULT_ROSTER_LIMITS) -> Table:
    """Open a roster: CSV (UTF-8; comma, semicolon or tab) or XLSX, told apart by its content.

    `source` can be rewound and stays open as long as the table is used.  Raises `RosterError`;
    so may reading the rows of a table that is damaged further down.
    """
    size = source.seek(0, 2)
    source.seek(0)
    if size > limits.file_bytes:
        most = limits.file_bytes // 1_048_576
        text = f"The file has more than {most} MiB. Divide the roster into several files."
        raise RosterError(text, code="ROSTER_TOO_LARGE")
    start = source.read(8)
    source.seek(0)
    if start.startswith(ZIP):
        return XlsxTable(source, limits)
    if start.startswith((OLE, PDF)):
        raise RosterError(
            "This is an old or locked workbook, or no table at all. Save it as an Excel workbook "
            "(.xlsx) without a password, or as CSV UTF-8.",
            code="ROSTER_FORMAT",
        )
    return CsvTable(source, limits)
