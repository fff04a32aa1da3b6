"""Reading the source files of a register into raw rows; what they mean comes later."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from frameworks.register.findings import Place, RegisterFinding
from frameworks.toml_text import CONTROL_CHARACTERS, TomlError, read_toml

DESCRIPTION = "register.toml"
"""The file that describes the edition."""

LIST_SEPARATOR = ";"
"""What separates the items of a list in a cell of a CSV file."""

COLUMNS = 100
"""Most different columns of one table."""

_UNWANTED = re.compile(f"[{CONTROL_CHARACTERS}]")


class RawTable(NamedTuple):
    """The rows of one table in one file, each with as many cells as there are columns."""

    name: str
    file: str
    columns: tuple[str, ...]
    rows: list[list[Any]]
    first_row: int = 2
    faulty: frozenset[int] = frozenset()
    """Positions of rows that were told to be malformed already."""

    @property
    def has_escapes(self) -> bool:
        """Tell whether cells may hold characters that do not stand in the file as such."""
        return self.file.endswith(".toml")

    def place(self, position: int) -> Place:
        """Name the place of a row."""
        return Place(self.file, position + self.first_row)


def read_source_files(
    files: Mapping[str, str],
) -> tuple[dict[str, Any], list[RawTable], list[RegisterFinding]]:
    """Read all files: the description of the edition, the tables, and what cannot be read.

    A CSV file is one table, named as the file; a TOML file holds arrays of tables.  Rows are
    counted as a person does who opens the file: the header of a CSV file is row 1, the first
    entry of an array of tables is row 1.
    """
    description: dict[str, Any] = {}
    tables: list[RawTable] = []
    findings: list[RegisterFinding] = []
    for file in sorted(files):
        if files[file].startswith("\ufeff"):
            findings.append(_unreadable(file, "it begins with a byte order mark; save it without"))
        elif _UNWANTED.search(files[file]):
            findings.append(_unreadable(file, "it contains control characters"))
        elif file == DESCRIPTION:
            description = _toml(file, files[file], findings)
        elif file.endswith(".csv"):
            tables.extend(_csv_table(file, files[file], findings))
        elif file.endswith(".toml"):
            tables.extend(_toml_tables(file, _toml(file, files[file], findings), findings))
        elif not file.endswith(".md"):
            findings.append(_unreadable(file, "a register holds .toml, .csv and .md files"))
    return description, tables, findings


def folder_of(file: str) -> str | None:
    """Name the folder of a file, which is the framework that its rows are about."""
    folder, _, _name = file.rpartition("/")
    return folder or None


def _csv_table(file: str, text: str, findings: list[RegisterFinding]) -> Iterator[RawTable]:
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except csv.Error as error:
        findings.append(_unreadable(file, str(error)))
        return
    if not rows:
        findings.append(_unreadable(file, "it is empty"))
        return
    columns = tuple(rows[0])
    if len(set(columns)) < len(columns):
        findings.append(_unreadable(file, "a column is named twice"))
        return
    body: list[list[Any]] = rows[1:]
    faulty = {position for position, row in enumerate(body) if len(row) != len(columns)}
    for position in faulty:
        text = f"This row has {len(body[position])} cells under {len(columns)} columns."
        findings.append(RegisterFinding("ROW_MALFORMED", Place(file, position + 2), text))
        body[position] = [""] * len(columns)
    yield RawTable(_table_name(file), file, columns, body, faulty=frozenset(faulty))


def _table_name(file: str) -> str:
    return file.rpartition("/")[2].removesuffix(".csv").replace("-", "_")


def _toml(file: str, text: str, findings: list[RegisterFinding]) -> dict[str, Any]:
    try:
        return read_toml(text)
    except TomlError as error:
        findings.append(_unreadable(file, error.message))
    return {}


def _toml_tables(
    file: str, content: dict[str, Any], findings: list[RegisterFinding]
) -> Iterator[RawTable]:
    for name, entries in content.items():
        if not isinstance(entries, list) or not all(isinstance(item, dict) for item in entries):
            findings.append(_unreadable(file, f"{name} must be an array of tables: [[{name}]]"))
            continue
        columns = tuple(dict.fromkeys(column for entry in entries for column in entry))
        if len(columns) > COLUMNS:
            findings.append(_unreadable(file, f"{name} has more than {COLUMNS} columns"))
            continue
        rows = [[entry.get(column, "") for column in columns] for entry in entries]
        yield RawTable(name, file, columns, rows, first_row=1)


def _unreadable(file: str, why: str) -> RegisterFinding:
    return RegisterFinding("FILE_UNREADABLE", Place(file), f"This file cannot be read: {why}.")
