"""The form of a course: its fields are the columns of the table of courses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask import request

from authority.desk.form_words import COMPLETED_BY, asked_words
from authority.handed_in import course_members
from credentials.json_types import JsonObject
from frameworks.rating.course import course_faults
from frameworks.rating.course_tables import COLUMNS, cells_of, members_of
from service.pages import FieldError

TEXT_CHARACTERS = 20_000
LISTS = ("outcomes", "providers", "assessments")

OF_ACHIEVEMENTS = ("description", "criteria", "achievement_type", "validity_months", "image_url",
                   "image_alt", "alignments", "translations")  # fmt: skip
"""Columns that say something of a badge and nothing of its course."""

FIELDS = tuple(name for name in COLUMNS if name not in OF_ACHIEVEMENTS)
_GROUPS = ("credits", "hours", "quality_assurance", "developer", "employer", "cost", "subsidy")


@dataclass(frozen=True, slots=True)
class CourseForm:
    """What stands in the fields."""

    cells: Mapping[str, str]

    @classmethod
    def empty(cls) -> CourseForm:
        """Begin with nothing."""
        return cls(dict.fromkeys(FIELDS, ""))

    @classmethod
    def of(cls, members: JsonObject) -> CourseForm:
        """Show the description of a course."""
        return cls({**dict.fromkeys(FIELDS, ""), **cells_of(members)})

    @classmethod
    def sent(cls) -> CourseForm:
        """Read the form."""
        return cls({name: request.form.get(name, "")[:TEXT_CHARACTERS].strip() for name in FIELDS})

    def __getitem__(self, name: str) -> str:
        """Give the text of a field."""
        return self.cells.get(name, "")

    def members(self) -> JsonObject:
        """Read what the fields say."""
        return course_members(members_of(self.cells))

    def errors(self) -> list[FieldError]:
        """Name everything that keeps it from being a course, at its field, once for each line."""
        found = (_error(path, text) for path, text in course_faults(self.members()))
        return list(dict.fromkeys(found))


def _error(path: tuple[str | int, ...], text: str) -> FieldError:
    field = _field(path)
    lines = [step for step in path if isinstance(step, int)]
    return FieldError(field, asked_words(field, lines[0] + 1 if lines else 1, text))


def _field(path: tuple[str | int, ...]) -> str:
    """Name the field of a fault; what is missing altogether is told at the title."""
    if not path:
        return "title"
    first = str(path[0])
    if first in _GROUPS:
        return f"{first}_{path[1]}" if len(path) > 1 else COMPLETED_BY.get(first, "title")
    return first if first in FIELDS else "title"
