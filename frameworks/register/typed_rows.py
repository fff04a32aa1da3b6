"""From raw rows to typed rows: every cell is read, and every fault is found.

Tables are read column by column, and a cell whose text was met before in its column is not read
again: a register has many rows and few different dates, levels and amounts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from frameworks.errors import FrameworkError
from frameworks.register.columns import COMMON, TABLES, Column, Table, text
from frameworks.register.findings import Place, RegisterFinding
from frameworks.register.rows import ROWS, Provenance, Row
from frameworks.register.source_files import RawTable, folder_of

NO_PROVENANCE = Provenance(None, None, "sourced", "")
"""What a source has: it is where others come from."""


def typed_rows(raw: RawTable, findings: list[RegisterFinding]) -> Iterator[Row]:
    """Read the rows of one table; a row with a fault is left out, and the fault is told."""
    table = TABLES.get(raw.name)
    if table is None:
        message = f"There is no table {raw.name}; the tables are: {', '.join(TABLES)}."
        findings.append(RegisterFinding("UNKNOWN_TABLE", Place(raw.file), message))
        return
    common = COMMON if table.has_provenance else ()
    _report_unknown_columns(raw, (*table.columns, *common), findings)
    reader = _Reader(raw, findings)
    own = [reader.values(column) for column in table.columns]
    provenances = _provenances([reader.values(column) for column in common], len(raw.rows))
    faulty, row = reader.faulty | raw.faulty, ROWS[raw.name]
    for position, (provenance, *values) in enumerate(zip(provenances, *own, strict=True)):
        if position not in faulty:
            yield row(raw.file, position + raw.first_row, provenance, *values)


class _Reader:
    """Reads the columns of one table; remembers which rows have a fault."""

    def __init__(self, raw: RawTable, findings: list[RegisterFinding]) -> None:
        self._raw = raw
        self._findings = findings
        self._cells = dict(zip(raw.columns, zip(*raw.rows, strict=True), strict=False))
        self.faulty: frozenset[int] = frozenset()

    def values(self, column: Column) -> Sequence[Any]:
        """Read one column, each different cell once."""
        cells = self._cells.get(column.name, ("",) * len(self._raw.rows))
        if set(map(type, cells)) - {str}:
            return [self._value(column, cell, [at]) for at, cell in enumerate(cells)]
        different = dict.fromkeys(cells)
        if column.parse is text and "" not in different and not self._raw.has_escapes:
            return cells
        read = {cell: self._value(column, cell, _Occurrences(cells, cell)) for cell in different}
        return [read[cell] for cell in cells]

    def _value(self, column: Column, cell: Any, places: Iterable[int]) -> Any:
        if cell == "":
            return self._empty(column, places)
        try:
            value = column.parse(cell)
        except FrameworkError as error:
            self._report(column, places, error.code, error.message.rstrip("."))
            return column.empty
        if column.is_required and value == ():
            return self._empty(column, places)
        return value

    def _empty(self, column: Column, places: Iterable[int]) -> Any:
        folder = folder_of(self._raw.file)
        if column.name == "framework" and folder is not None:
            return folder
        if column.is_required:
            self._report(column, places, "CELL_MISSING", "it must not be empty")
        return column.empty

    def _report(self, column: Column, places: Iterable[int], code: str, why: str) -> None:
        found = frozenset(places) - self._raw.faulty
        message = f"The column {column.name}: {why}."
        self._findings.extend(
            RegisterFinding(code, self._raw.place(position), message) for position in found
        )
        self.faulty |= found


@dataclass(frozen=True, slots=True)
class _Occurrences:
    """The positions of a cell in its column, looked for only when there is a fault to tell."""

    cells: Sequence[Any]
    cell: str

    def __iter__(self) -> Iterator[int]:
        return (position for position, cell in enumerate(self.cells) if cell == self.cell)


def _provenances(columns: list[Sequence[Any]], rows: int) -> list[Provenance]:
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
            message = f"The table {raw.name} has no column {name!r}."
            findings.append(RegisterFinding("UNKNOWN_COLUMN", Place(raw.file), message))


def keys_of(table: Table, rows: tuple[Row, ...]) -> list[tuple[Any, ...]]:
    """Read what identifies each row."""
    return [tuple(getattr(row, name) for name in table.key) for row in rows]
