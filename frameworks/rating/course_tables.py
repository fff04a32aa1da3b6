"""Descriptions of courses as a table, one row each, for people who write them in a spreadsheet.

A row has the members of a course, and may have those that an achievement has beside them.  Lists
stand in one cell, one entry a line, its parts divided by " | "; what a text has of these characters
itself is written with a backslash.  A cell that a spreadsheet would compute is made a text
(`credentials.spreadsheet_cells`), and read back as what it was.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping

from credentials.json_types import JsonObject, JsonValue
from credentials.spreadsheet_cells import plain_text, safe_cell
from frameworks.errors import FrameworkError

ROWS = 1_000
"""Most definitions in one table."""

TABLE_CHARACTERS = 4_000_000
"""Longest table that is read."""

TEXTS = (
    "id",
    "title",
    "description",
    "criteria",
    "achievement_type",
    "framework",
    "sector",
    "level",
    "language",
    "field",
    "purpose",
    "need",
    "target_group",
    "prerequisites",
    "participation",
    "review",
    "grading",
    "stackability",
)
"""Members that are one text; each is a column of its own."""

TABLES = {
    "credits": ("amount", "unit"),
    "hours": ("taught", "directed", "self_study", "work_based", "assessment"),
    "quality_assurance": ("type", "body"),
    "developer": ("id", "name", "country"),
    "employer": ("id", "name", "country"),
    "cost": ("amount", "currency"),
    "subsidy": ("amount", "currency"),
    "image": ("url", "alt"),
}
"""Members that are objects of texts; each of their members is a column: credits_amount."""

LISTS = {
    "outcomes": ("level", "hours", "text"),
    "assessments": ("type", "supervised", "identity_verified", "description"),
    "alignments": ("name", "url", "framework", "code", "description", "type"),
    "providers": ("id", "name"),
    "translations": ("language", "id"),
}
"""Members that are lists; each is a column with one line for each entry."""

NUMBERS = ("validity_months",)
TRUTHS = {"yes": True, "no": False}
COLUMNS = (
    *TEXTS,
    *NUMBERS,
    *(f"{name}_{part}" for name, parts in TABLES.items() for part in parts),
    *LISTS,
)
"""All columns, in the order in which they are written."""

_ESCAPED = {"\\": "\\\\", "|": "\\|", "\n": "\\n"}
_PLAIN = {"\\": "\\", "|": "|", "n": "\n"}
_PART = re.compile(r"((?:[^\\|]|\\.)*)(?:\||$)", re.DOTALL)


class CourseTableError(FrameworkError):
    """A text is no table of courses; the message completes "the table cannot be read:"."""

    code = "COURSE_TABLE_MALFORMED"


def table_of(described: Iterable[JsonObject]) -> str:
    """Write the members of courses as a table."""
    written = io.StringIO(newline="")
    writer = csv.writer(written, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for members in described:
        cells = cells_of(members)
        writer.writerow([safe_cell(cells.get(name, "")) for name in COLUMNS])
    return written.getvalue()


def rows_of(text: str) -> Iterator[JsonObject]:
    """Read the members of each row that is not empty; whether they are a course is not looked at.

    Raises `CourseTableError` if it is no table, is too long, or has columns that are not known.
    """
    return (members_of(cells) for cells in _rows(text))


def _rows(text: str) -> Iterator[dict[str, str]]:
    if len(text) > TABLE_CHARACTERS:
        raise CourseTableError(f"it has more than {TABLE_CHARACTERS} characters; divide it.")
    try:
        lines = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), strict=True))
    except csv.Error as error:
        raise CourseTableError(f"it is no comma-separated table ({error}).") from error
    header = [name.strip().lower() for name in lines[0]] if lines else []
    unknown = [name for name in header if name not in COLUMNS]
    if unknown or len(set(header)) != len(header) or "title" not in header:
        raise CourseTableError(
            "its first row must name columns, each once, and title among them. "
            f"Known are: {', '.join(COLUMNS)}."
        )
    if len(lines) > ROWS + 1:
        raise CourseTableError(f"it has more than {ROWS} rows; divide it.")
    return (
        {name: plain_text(cell) for name, cell in zip(header, cells, strict=False)}
        for cells in lines[1:]
        if any(cells)
    )


def cells_of(members: JsonObject) -> dict[str, str]:
    """Write members as cells, by the name of the column."""
    cells = {name: str(members[name]) for name in (*TEXTS, *NUMBERS) if name in members}
    for name, parts in TABLES.items():
        table = members.get(name, {})
        cells |= {f"{name}_{part}": table[part] for part in parts if part in table}
    for name, parts in LISTS.items():
        cells[name] = "\n".join(_line(one, parts) for one in members.get(name, ()))
    return cells


def _line(entry: JsonObject, parts: tuple[str, ...]) -> str:
    texts = (_part_text(entry.get(part)) for part in parts)
    return " | ".join(texts).rstrip(" |") if len(parts) > 1 else ""


def _part_text(value: JsonValue) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "".join(_ESCAPED.get(character, character) for character in value or "")


def members_of(cells: Mapping[str, str]) -> JsonObject:
    """Read the members that cells state."""
    members: JsonObject = {name: cells[name] for name in TEXTS if cells.get(name)}
    for name in NUMBERS:
        text = cells.get(name, "").strip()
        if text:
            members[name] = int(text) if text.isdecimal() and len(text) < 8 else text
    for name, parts in TABLES.items():
        table = {part: cells[f"{name}_{part}"] for part in parts if cells.get(f"{name}_{part}")}
        members |= {name: table} if table else {}
    for name, parts in LISTS.items():
        entries = [_entry(line, parts) for line in cells.get(name, "").splitlines() if line.strip()]
        members |= {name: entries} if entries else {}
    return members


def _entry(line: str, parts: tuple[str, ...]) -> JsonObject:
    texts = [_plain(part) for part in _parts(line)]
    entry: JsonObject = {name: text for name, text in zip(parts, texts, strict=False) if text}
    if len(texts) > len(parts):
        entry["more"] = " | ".join(texts[len(parts) :])
    for name in ("supervised", "identity_verified"):
        if name in entry:
            entry[name] = TRUTHS.get(entry[name].lower(), entry[name])
    return entry


def _parts(line: str) -> Iterator[str]:
    position = 0
    while position <= len(line):
        match = _PART.match(line, position)
        if match is None:
            return
        yield match[1].strip()
        position = match.end() if match.end() > match.end(1) else len(line) + 1


def _plain(text: str) -> str:
    return re.sub(r"\\(.)", lambda match: _PLAIN.get(match[1], match[0]), text, flags=re.DOTALL)
