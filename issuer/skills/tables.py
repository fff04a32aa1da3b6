"""Files of skills as entries of texts: tables in the form of ESCO or a plain one, and JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from io import BytesIO

from credentials.errors import TallystickError
from credentials.json_types import JsonObject, JsonValue
from credentials.limits import DEFAULT_LIMITS
from credentials.spreadsheet_cells import plain_text
from credentials.strict_json import parse_json
from issuer.rosters import RosterError, RosterLimits
from issuer.rosters.csv_tables import CsvTable
from issuer.skills.errors import SkillFileError
from issuer.skills.limits import SKILL_COLUMNS, SKILL_FILE_BYTES, SKILL_ROWS

Entry = Mapping[str, JsonValue]
"""The members of one row or object, by the names of the plain form."""

PLAIN_COLUMNS = (
    "uri",
    "name",
    "lang",
    "framework",
    "code",
    "description",
    "type",
    "alternatives",
)
"""Columns of the plain form, and members of a JSON entry; only uri and name must be there."""

ESCO_COLUMNS = {
    "concepturi": "uri",
    "preferredlabel": "name",
    "altlabels": "alternatives",
    "description": "description",
    "skilltype": "type",
}
"""Columns of a published skills_en.csv of ESCO that are read; its others are passed over."""

JSON_LIMITS = replace(DEFAULT_LIMITS, document_bytes=SKILL_FILE_BYTES, values=20 * SKILL_ROWS)
"""Of a JSON file: an entry has at most about ten values, and somewhat more with languages."""

REQUIRED = {"uri", "name"}
JSON_STARTS = (b"{", b"[")
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
SPREADSHEET_STARTS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF-")


def entries_of(data: bytes) -> Iterator[tuple[int, Entry]]:
    """Yield the entries of a file with their numbers; raise `SkillFileError`."""
    if len(data) > SKILL_FILE_BYTES:
        raise _too_large(f"{SKILL_FILE_BYTES // 1_048_576} MiB")
    if data.startswith(SPREADSHEET_STARTS):
        raise SkillFileError("This is a workbook or another document. Save it as CSV UTF-8.")
    start = data.removeprefix(BYTE_ORDER_MARK).lstrip()
    found = _json_entries(start) if start.startswith(JSON_STARTS) else _table_entries(data)
    for count, numbered in enumerate(found, start=1):
        if count > SKILL_ROWS:
            raise _too_large(f"{SKILL_ROWS} rows")
        yield numbered


def _too_large(most: str) -> SkillFileError:
    text = f"The file has more than {most}. Leave out skills that you do not need."
    return SkillFileError(text, code="SKILLS_TOO_LARGE")


def _table_entries(data: bytes) -> Iterator[tuple[int, Entry]]:
    # Rows are counted by `entries_of`; empty ones, which do not count, have room beside them.
    limits = RosterLimits(rows=2 * SKILL_ROWS, columns=SKILL_COLUMNS)
    try:
        table = CsvTable(BytesIO(data), limits)
        names = _columns(table.header)
        for number, cells in table.rows():
            texts = (plain_text(cell).strip() for cell in cells)
            yield number, {name: text for name, text in zip(names, texts, strict=False) if name}
    except RosterError as error:
        raise _told_of_skills(error) from error


def _told_of_skills(error: RosterError) -> SkillFileError:
    if error.code == "ROSTER_TOO_LARGE":
        return SkillFileError(
            f"The table has more than {SKILL_COLUMNS} columns, or far too many rows. "
            "Leave out what is not needed.",
            code="SKILLS_TOO_LARGE",
        )
    return SkillFileError(error.message, code=error.code.replace("ROSTER", "SKILLS"))


def _columns(header: tuple[str, ...]) -> list[str]:
    """Name the columns as the plain form does, "" for those that are not read."""
    lowered = [name.lower() for name in header]
    is_esco = "concepturi" in lowered
    names = [ESCO_COLUMNS.get(name, "") for name in lowered] if is_esco else lowered
    unknown = [name for name in names if name and name not in PLAIN_COLUMNS]
    read = [name for name in names if name]
    if unknown or len(set(read)) != len(read) or not set(read) >= REQUIRED:
        raise SkillFileError(
            "The first row must name columns, each once: uri and name, and any of "
            f"{', '.join(name for name in PLAIN_COLUMNS if name not in REQUIRED)}; or those of a "
            "file of ESCO, conceptUri and preferredLabel among them.",
            code="SKILLS_COLUMNS",
        )
    return names


def _json_entries(data: bytes) -> Iterator[tuple[int, Entry]]:
    try:
        document = parse_json(data, JSON_LIMITS)
    except TallystickError as error:
        text = f"The file is no JSON that can be read: {error.message}"
        raise SkillFileError(text) from error
    for number, one in enumerate(_listed(document), start=1):
        if not isinstance(one, dict):
            raise SkillFileError(f"Entry {number} must be an object with a uri and a name.")
        yield from ((number, entry) for entry in _in_each_language(one))


def _listed(document: JsonValue) -> list[JsonValue]:
    """Take a list, or the list in an object that names the framework of all."""
    skills = document.get("skills") if isinstance(document, dict) else document
    if not isinstance(skills, list):
        raise SkillFileError('The file must be a list of skills, or an object with "skills".')
    framework = document.get("framework") if isinstance(document, dict) else None
    if framework is None:
        return skills
    return [{"framework": framework, **one} if isinstance(one, dict) else one for one in skills]


def _in_each_language(one: JsonObject) -> Iterator[Entry]:
    """Take a name (and a description) by language apart: each language is an entry."""
    names, described = one.get("name"), one.get("description")
    if not isinstance(names, dict):
        yield one
        return
    for language, name in names.items():
        description = described.get(language) if isinstance(described, dict) else described
        told = {} if description is None else {"description": description}
        rest = {member: value for member, value in one.items() if member != "description"}
        yield {**rest, "lang": language, "name": name, **told}
