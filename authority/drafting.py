"""The next edition as files, made of source files and of rows that are kept one by one; pure.

Listings and accreditations change every day, so the desk keeps each as a row.  All other tables are
kept as the files that somebody wrote.
"""

from __future__ import annotations

import csv
import io
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from authority.errors import EditionUnsoundError, Fault, ImportRefusedError
from frameworks.register import Register, read_register
from frameworks.register.columns import COMMON, TABLES
from frameworks.register.findings import RegisterError, RegisterFinding
from frameworks.register.source_files import (
    DESCRIPTION,
    LIST_SEPARATOR,
    RawTable,
    folder_of,
    read_source_files,
)

LISTINGS, ACCREDITATIONS = "listings", "accreditations"
KEPT_AS_ROWS = (LISTINGS, ACCREDITATIONS)
"""Tables that are kept row by row."""

FIRST_ROW = 2
"""Number of the first row below the header of a CSV file, as people count."""


def columns_of(kind: str) -> tuple[str, ...]:
    """Name the columns of a table, in their order."""
    return tuple(column.name for column in (*TABLES[kind].columns, *COMMON))


@dataclass(frozen=True, slots=True)
class KeptRow:
    """A row of the next edition: its id at the desk, its table, and its cells by column."""

    id: str
    kind: str
    cells: Mapping[str, str]

    @property
    def framework(self) -> str:
        """The framework that the row is about."""
        return self.cells["framework"]

    @property
    def title(self) -> str:
        """What people call it."""
        return self.cells.get("title") or self.cells.get("name") or self.cells["id"]


@dataclass(frozen=True, slots=True)
class EditionPlan:
    """What the description of the next edition says beside what all editions say."""

    number: int
    valid_from: date
    valid_until: date
    previous: str | None = None


@dataclass(frozen=True, slots=True)
class TakenOver:
    """A register divided into what is kept as files and what is kept as rows."""

    files: Mapping[str, str]
    rows: tuple[tuple[str, Mapping[str, str]], ...]
    description: Mapping[str, Any]


def take_over(files: Mapping[str, str]) -> TakenOver:
    """Divide the source files of a sound register.

    Raises `RegisterError` for an unsound one, `ImportRefusedError` for a TOML file that has
    listings or accreditations beside other tables: it could not be left as it was written.
    """
    read_register(files)
    description, tables, _findings = read_source_files(files)
    rows = [table for table in tables if table.name in KEPT_AS_ROWS]
    divided = {table.file for table in rows}
    mixed = divided & {table.file for table in tables if table.name not in KEPT_AS_ROWS}
    if mixed:
        raise ImportRefusedError(
            f"{min(mixed)} has listings or accreditations beside other tables. Put them into a "
            "file of their own."
        )
    kept = {name: text for name, text in files.items() if name not in (*divided, DESCRIPTION)}
    cells = tuple((table.name, one) for table in rows for one in _cells_of(table))
    return TakenOver(kept, cells, description["register"])


def _cells_of(table: RawTable) -> Iterator[dict[str, str]]:
    folder = folder_of(table.file)
    for row in table.rows:
        cells = dict.fromkeys(columns_of(table.name), "")
        cells |= {name: _cell(cell) for name, cell in zip(table.columns, row, strict=True)}
        cells["framework"] = cells["framework"] or folder or ""
        yield cells


def _cell(cell: Any) -> str:
    if isinstance(cell, list):
        return LIST_SEPARATOR.join(cell)
    return str(cell).lower() if isinstance(cell, bool) else str(cell)


@dataclass(frozen=True, slots=True)
class Draft:
    """The source files of the next edition, and which row stands where in them."""

    files: Mapping[str, str]
    places: Mapping[tuple[str, int], KeptRow]

    def register(self) -> Register:
        """Read it as readers will; raise `EditionUnsoundError` that names every row at fault."""
        try:
            return read_register(self.files)
        except RegisterError as error:
            raise EditionUnsoundError(tuple(map(self._fault, error.findings))) from error

    def _fault(self, finding: RegisterFinding) -> Fault:
        row = self.places.get((finding.place.file, finding.place.row))
        why = f"{finding.message} [{finding.code}]"
        if row is None:
            return Fault("", "", "", str(finding.place), why)
        return Fault(row.kind, row.id, row.title, str(finding.place), why)


def draft_of(
    files: Mapping[str, str],
    rows: Iterable[KeptRow],
    description: Mapping[str, Any],
    plan: EditionPlan,
) -> Draft:
    """Write the source files of the next edition."""
    by_file: dict[str, list[KeptRow]] = defaultdict(list)
    for row in sorted(rows, key=lambda one: (one.cells["id"], one.cells["from"], one.id)):
        by_file[f"{row.framework}/{row.kind}.csv"].append(row)
    written = {name: _table_text(several) for name, several in by_file.items()}
    places = {
        (name, number): row
        for name, several in by_file.items()
        for number, row in enumerate(several, start=FIRST_ROW)
    }
    about = {DESCRIPTION: _description_text(description, plan)}
    return Draft({**files, **written, **about}, places)


def _table_text(rows: list[KeptRow]) -> str:
    columns = columns_of(rows[0].kind)
    written = io.StringIO(newline="")
    writer = csv.writer(written, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([row.cells.get(name, "") for name in columns] for row in rows)
    return written.getvalue()


def _description_text(description: Mapping[str, Any], plan: EditionPlan) -> str:
    members: dict[str, Any] = {
        "id": description["id"],
        "name": description["name"],
        "edition": plan.number,
        "official": description["official"],
        "valid_from": plan.valid_from.isoformat(),
        "valid_until": plan.valid_until.isoformat(),
        "previous": plan.previous,
        "note": description.get("note"),
    }
    lines = [f"{name} = {_toml(value)}" for name, value in members.items() if value is not None]
    return "\n".join(("[register]", *lines, ""))


def _toml(value: Any) -> str:
    """Write a text, number or truth; what JSON escapes in a text, TOML escapes alike."""
    return json.dumps(value, ensure_ascii=False)
