"""Reading courses as they are handed in: a form, a table (CSV), or the export of a console (JSON).

Whatever comes in is read within limits or refused as a whole, with every fault and its place.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import schemas
from credentials.errors import TallystickError
from credentials.json_types import JsonObject
from credentials.limits import Limits
from credentials.strict_json import parse_json
from frameworks.rating import CourseError
from frameworks.rating.course import course_of
from frameworks.rating.course_tables import CourseTableError, rows_of

UPLOAD_BYTES = 4 * 1_048_576
"""Largest file that is read."""

COURSES = 1_000
"""Most courses that come in together."""

JSON_LIMITS = Limits(document_bytes=UPLOAD_BYTES, values=100_000, string_characters=1_048_576)
"""The export of a console may hold many courses, and pictures of badges as texts."""

FIRST_ROW = 2
"""Number of the first row below the header of a table."""

UTF_16 = (b"\xff\xfe", b"\xfe\xff")
SAVE_AS_UTF_8 = 'In Excel choose "CSV UTF-8" when saving; in LibreOffice the character set UTF-8.'


@dataclass(frozen=True, slots=True)
class CourseFault:
    """What is wrong with one of the courses: which one (a row, or a place in a list), and why."""

    place: str
    why: str


class HandedInError(TallystickError):
    """What was handed in cannot be taken; `faults` say where and why."""

    code = "COURSES_REFUSED"

    def __init__(self, faults: Iterable[CourseFault]) -> None:
        """Keep the faults; the message tells the first."""
        self.faults = tuple(faults)
        first = self.faults[0]
        place = f"In {first.place}: " if first.place else ""
        more = f" ({len(self.faults) - 1} more)" if len(self.faults) > 1 else ""
        super().__init__(f"Nothing was taken. {place}{first.why}{more}")


def courses_of_file(name: str, data: bytes) -> tuple[JsonObject, ...]:
    """Read the courses of a file: JSON if it is named so or begins so, else a table.

    Raises `HandedInError`.
    """
    if name.lower().endswith(".json") or data.lstrip()[:1] in (b"{", b"["):
        return courses_of_json(data)
    return courses_of_table(data)


def courses_of_json(data: bytes) -> tuple[JsonObject, ...]:
    """Read one achievement, a list of them, or an object with a list under "achievements".

    What an achievement has beside its course (the badge's picture, say) is left out.
    """
    try:
        value = parse_json(data, JSON_LIMITS)
    except TallystickError as error:
        raise HandedInError(
            [CourseFault("", f"This JSON cannot be read. {error.message}")]
        ) from error
    if isinstance(value, dict) and set(value) == {"achievements"}:
        value = value["achievements"]
    entries = value if isinstance(value, list) else [value]
    if len(entries) > COURSES:
        raise HandedInError([CourseFault("", f"There are more than {COURSES}; divide them.")])
    several = len(entries) > 1
    return _sound(
        (f"entry {number}" if several else "", one) for number, one in enumerate(entries, start=1)
    )


def courses_of_table(data: bytes) -> tuple[JsonObject, ...]:
    """Read a table (CSV in UTF-8) with a row for each course."""
    if data.startswith(UTF_16):
        raise HandedInError([CourseFault("", f"The file is UTF-16. {SAVE_AS_UTF_8}")])
    if b"\x00" in data:
        why = "This is no table: it holds characters that no text has. Save it as CSV UTF-8."
        raise HandedInError([CourseFault("", why)])
    try:
        rows = tuple(rows_of(data.decode("utf-8-sig")))
    except UnicodeDecodeError as error:
        why = f"The file is not UTF-8; guessing could spoil names. {SAVE_AS_UTF_8}"
        raise HandedInError([CourseFault("", why)]) from error
    except CourseTableError as error:
        why = f"The table cannot be read: {error.message}"
        raise HandedInError([CourseFault("", why)]) from error
    return _sound((f"row {number}", one) for number, one in enumerate(rows, start=FIRST_ROW))


def sound_courses(entries: Sequence[Any]) -> tuple[JsonObject, ...]:
    """Read courses that came as JSON values; raise `HandedInError` for what is none."""
    return _sound(("", one) for one in entries)


def course_members(members: JsonObject) -> JsonObject:
    """Leave of the members of an achievement those that describe its course."""
    return {name: value for name, value in members.items() if name not in _own_names()}


def _sound(entries: Iterable[tuple[str, Any]]) -> tuple[JsonObject, ...]:
    found, faults = [], []
    for place, entry in entries:
        if not isinstance(entry, dict):
            faults.append(CourseFault(place, "A course is one JSON object."))
            continue
        members = course_members(entry)
        found.append(members)
        faults += [CourseFault(place, why) for why in _faults(members)]
    if not found and not faults:
        raise HandedInError([CourseFault("", "There is no course in it.")])
    if faults:
        raise HandedInError(faults)
    return tuple(found)


def _faults(members: JsonObject) -> Iterator[str]:
    """Say what keeps members from being a course, a line for each fault."""
    try:
        course_of(members)
    except CourseError as error:
        told = error.message.partition("\n")[2] or error.message
        yield from (line.strip() for line in told.splitlines())


@cache
def _own_names() -> frozenset[str]:
    return frozenset(schemas.json_schema("achievement")["properties"])
