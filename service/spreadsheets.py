"""Tables that people open in a spreadsheet, as CSV (RFC 4180) and as XLSX (ISO/IEC 29500).

No text in them is a formula, whatever it begins with.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from io import BytesIO, StringIO
from typing import IO

from openpyxl import Workbook
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from credentials.spreadsheet_cells import safe_cell

CSV_TYPE = "text/csv; charset=utf-8"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

CELL_CHARACTERS = 32_767
"""Longest text of a cell that spreadsheets take (ISO/IEC 29500 leaves it to them)."""

TEXT = "s"
"""How the library names cells that are text, whatever they look like."""


def csv_table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """Write a table that spreadsheets read as UTF-8."""
    buffer = StringIO(newline="")
    writer = csv.writer(buffer)
    writer.writerow(columns)
    writer.writerows([safe_cell(cell) for cell in row] for row in rows)
    return buffer.getvalue().encode("utf-8-sig", "replace")


def xlsx_table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """Write a workbook."""
    table = XlsxTable(columns)
    for row in rows:
        table.add(row)
    buffer = BytesIO()
    table.save(buffer)
    return buffer.getvalue()


class XlsxTable:
    """A workbook with one sheet, whose first row stays in view; rows come one after the other.

    What no XML may hold is left out.  The library has the sheet in a temporary file meanwhile.
    """

    def __init__(self, columns: Sequence[str]) -> None:
        """Begin with the titles of the columns."""
        self._workbook = Workbook(write_only=True)
        self._sheet = self._workbook.create_sheet("Tallystick")
        self._sheet.freeze_panes = "A2"
        self.add(columns)

    def add(self, row: Sequence[str]) -> None:
        """Add a row."""
        self._sheet.append([_cell(self._sheet, text) for text in row])

    def save(self, stream: IO[bytes]) -> None:
        """Write the workbook, once."""
        self._workbook.save(stream)


def _cell(sheet: WriteOnlyWorksheet, text: str) -> Cell:
    shown = "".join(sign for sign in text if sign.isprintable() or sign in "\n\t\N{NO-BREAK SPACE}")
    cell = WriteOnlyCell(sheet, safe_cell(shown)[:CELL_CHARACTERS])
    cell.data_type = TEXT
    return cell
