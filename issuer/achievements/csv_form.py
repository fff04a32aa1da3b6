"""Definitions as a table, one row each, for people who design many of them in a spreadsheet.

How cells are written is that of `frameworks.rating.course_tables`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from frameworks.rating.course_tables import CourseTableError, rows_of, table_of
from issuer.achievements.definition import AchievementDefinition, DefinitionError


class TableError(DefinitionError):
    """A table of definitions cannot be read, or one of its rows is no definition."""

    code = "ACHIEVEMENT_TABLE_MALFORMED"


@dataclass(frozen=True, slots=True)
class RowFault:
    """What is wrong in a row of the table; the row of the header is number 1."""

    row: int
    message: str


def to_csv(definitions: Iterable[AchievementDefinition]) -> str:
    """Write definitions as a table."""
    return table_of(definition.members for definition in definitions)


def from_csv(text: str) -> tuple[tuple[AchievementDefinition, ...], tuple[RowFault, ...]]:
    """Read a table: the definitions that are sound, and the faults of the other rows.

    Raises `TableError` if it is no table, is too long, or has columns that are not known.
    """
    try:
        rows = tuple(rows_of(text))
    except CourseTableError as error:
        raise TableError((("", f"the table cannot be read: {error.message}"),)) from error
    found: list[AchievementDefinition] = []
    faults: list[RowFault] = []
    for number, members in enumerate(rows, start=2):
        try:
            found.append(AchievementDefinition.of(members))
        except DefinitionError as error:
            faults += [RowFault(number, _told(pointer, text)) for pointer, text in error.faults]
    return tuple(found), tuple(faults)


def _told(pointer: str, text: str) -> str:
    return f"{pointer.removeprefix('/').replace('/', ', ')}: {text}" if pointer else text
