"""From raw rows to typed rows: every cell is read, and every fault is found.

Tables are read column by column, and a cell whose text was met before in its column is not read
again: a register has many rows and few different dates, levels and amounts.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from frameworks.errors import FrameworkError
from frameworks.register.columns import COMMON, TABLES, Column, Table
from frameworks.register.findings import Place, RegisterFinding
from frameworks.register.rows import Provenance, Row
from frameworks.register.source_files import RawTable, folder_of

NO_PROVENANCE = Provenance(None, None, "sourced", "")
"""What a source has: it is where others come from."""


def typed_rows(raw: RawTable, findings: list[RegisterFinding]) -> Iterator[Row]:
    """Read the rows of one table; a row with a fault is left out, and the fault is told."""
    table = TABLES.get(raw.name)
    if table is None:
        text = f"There is no table {raw.name}; the tables are: {', '.join(TABLES)}."
        findings.append(RegisterFinding("UNKNOWN_TABLE", Place(raw.file), text))
        return
    common = COMMON if table.has_provenance else ()
    _report_unknown_columns(raw, (*table.columns, *common), findings)
    faulty: set[int] = set()
    own = [_Reader(raw, column, findings, faulty).values() for column in table.columns]
    provenances = _provenances(
        [_Reader(raw, column, findings, faulty).values() for column in common], len(raw.rows)
    )
    for position, (provenance, *values) in enumerate(zip(provenances, *own, strict=True)):
        if position not in faulty and position not in raw.faulty:
            yield table.row(raw.file, position + raw.first_row, provenance, *values)


class _Reader:
    """Reads one column of one table."""

    def __init__(
        self, raw: RawTable, column: Column, findings: list[RegisterFinding], faulty: set[int]
    ) -> None:
        self._raw = raw
        self._column = column
        self._findings = findings
        self._faulty = faulty
        self._met: dict[str, Any] = {}

    def values(self) -> list[Any]:
        raw, name = self._raw, self._column.name
        if name not in raw.columns:
            return self._absent()
        index = raw.columns.index(name)
        met = self._met
        values = []
        for position, cells in enumerate(raw.rows):
            cell = cells[index]
            if type(cell) is str and cell in met:
                values.append(met[cell])
            else:
                values.append(self._value(cell, position))
        return values

    def _absent(self) -> list[Any]:
        """Give the values of a column that the file does not have."""
        if self._column.is_required:
            return [self._empty(position) for position in range(len(self._raw.rows))]
        return [self._column.empty] * len(self._raw.rows)

    def _value(self, cell: Any, position: int) -> Any:
        if cell == "":
            return self._empty(position)
        try:
            value = self._column.parse(cell)
        except FrameworkError as error:
            self._report(position, error.code, error.message.rstrip("."))
            return self._column.empty
        if isinstance(cell, str):
            self._met[cell] = value
        return value

    def _empty(self, position: int) -> Any:
        folder = folder_of(self._raw.file)
        if self._column.name == "framework" and folder is not None:
            return folder
        if self._column.is_required and position not in self._raw.faulty:
            self._report(position, "CELL_MISSING", "it must not be empty")
        return self._column.empty

    def _report(self, position: int, code: str, why: str) -> None:
        text = f"The column {self._column.name}: {why}."
        self._findings.append(RegisterFinding(code, self._raw.place(position), text))
        self._faulty.add(position)


def _provenances(columns: list[list[Any]], rows: int) -> list[Provenance]:
    """Join the common columns; rows that say the same share one object."""
    if not columns:
        return [NO_PROVENANCE] * rows
    shared: dict[tuple[Any, ...], Provenance] = {}
    joined = list(zip(*columns, strict=True))
    for stated in joined:
        if stated not in shared:
            shared[stated] = Provenance(*stated)
    return [shared[stated] for stated in joined]


def _report_unknown_columns(
    raw: RawTable, columns: tuple[Column, ...], findings: list[RegisterFinding]
) -> None:
    known = {column.name for column in columns}
    for name in raw.columns:
        if name not in known:
            text = f"The table {raw.name} has no column {name!r}."
            findings.append(RegisterFinding("UNKNOWN_COLUMN", Place(raw.file), text))


def keys_of(table: Table, rows: tuple[Row, ...]) -> list[tuple[Any, ...]]:
    """Read what identifies each row."""
    return [tuple(getattr(row, name) for name in table.key) for row in rows]
