"""Reading a file of skills: every fault is told with its row, and nothing is taken beside one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit

from credentials.level_credit.levels import claimed_levels
from issuer.skills.errors import SkillFault, SkillFileError, SkillRowsError
from issuer.skills.limits import (
    ALTERNATIVES_CHARACTERS,
    FAULTS_TOLD,
    LINE_CHARACTERS,
    SKILL_LANGUAGES,
    TEXT_CHARACTERS,
    URI_CHARACTERS,
)
from issuer.skills.skill import Skill, SkillText
from issuer.skills.tables import PLAIN_COLUMNS, Entry, entries_of

LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,4}")
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
CONTROL_IN_TEXT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
NO_URI = re.compile(r"[;\s]|[\x00-\x1f\x7f-\x9f]")
LENGTHS = {
    "name": LINE_CHARACTERS,
    "framework": LINE_CHARACTERS,
    "code": LINE_CHARACTERS,
    "type": LINE_CHARACTERS,
    "description": TEXT_CHARACTERS,
    "alternatives": ALTERNATIVES_CHARACTERS,
}
TEXTS = {"description", "alternatives"}
"""What may stand on several lines."""


@dataclass(frozen=True, slots=True)
class SkillsRead:
    """A list of skills as its file has it, and the name of its framework."""

    framework: str
    skills: tuple[Skill, ...]


@dataclass
class _Found:
    """What was read so far: skills by their address, languages that a row stood for, faults."""

    skills: dict[str, Skill] = field(default_factory=dict)
    faults: list[SkillFault] = field(default_factory=list)
    count: int = 0

    def blame(self, row: int, column: str, message: str) -> None:
        self.count += 1
        if len(self.faults) < FAULTS_TOLD:
            self.faults.append(SkillFault(row, column, message))


def read_skills(data: bytes, *, framework: str = "", language: str = "en") -> SkillsRead:
    """Read a file: CSV in UTF-8 (the form of ESCO, or a plain one) or JSON.

    `framework` names the list; left empty, the file has to. `language` is that of names beside
    which none is stated. Raises `SkillFileError`, and `SkillRowsError` that names every fault.
    """
    if not LANGUAGE.fullmatch(language):
        text = "The language of the file is a tag such as en, fr-CA or mi."
        raise SkillFileError(text, code="SKILLS_LANGUAGE")
    found, named = _Found(), framework.strip()
    for row, entry in entries_of(data):
        texts = _texts(entry)
        named = named or texts.get("framework", "")
        _take(found, row, {"lang": language, "framework": named, **texts}, named, entry)
    if found.faults:
        raise SkillRowsError(tuple(found.faults), found.count)
    if not found.skills:
        raise SkillFileError("There is no skill in the file.", code="SKILLS_EMPTY")
    if not is_line(named):
        text = "Say which framework the skills are from, in at most 500 characters on one line."
        raise SkillFileError(text, code="SKILLS_FRAMEWORK")
    return SkillsRead(named, tuple(found.skills.values()))


def is_line(text: str) -> bool:
    """Tell whether a text says something on one line, as the source of a list has to."""
    return bool(text.strip()) and len(text) <= LINE_CHARACTERS and not CONTROL.search(text)


def is_text(text: str) -> bool:
    """Tell whether a text says something, as the licence of a list has to."""
    return bool(text.strip()) and len(text) <= TEXT_CHARACTERS and not CONTROL_IN_TEXT.search(text)


def require_origin(source: str, licence: str) -> None:
    """Raise `SkillFileError` (SKILLS_SOURCE, SKILLS_LICENCE) unless both are stated."""
    if not is_line(source):
        text = "Say where the list comes from, in at most 500 characters on one line."
        raise SkillFileError(text, code="SKILLS_SOURCE")
    if not is_text(licence):
        text = "Say under which licence the list may be used, in at most 5000 characters."
        raise SkillFileError(text, code="SKILLS_LICENCE")


def _texts(entry: Entry) -> dict[str, str]:
    """Take the texts of an entry that say something."""
    texts = {name: value.strip() for name, value in entry.items() if isinstance(value, str)}
    return {name: text for name, text in texts.items() if text}


def _take(found: _Found, row: int, texts: Mapping[str, str], framework: str, entry: Entry) -> None:
    """Add what a row says, or what is wrong with it."""
    faults = list(_faults(texts, framework, entry))
    uri = texts.get("uri", "")
    known = found.skills.get(uri)
    if not faults and known is not None:
        faults += _faults_beside(known, texts)
    for column, message in faults:
        found.blame(row, column, message)
    if faults:
        return
    text = SkillText(texts["name"], texts.get("description", ""))
    found.skills[uri] = _skill(texts, text) if known is None else _with(known, texts, text)
    if len(found.skills[uri].texts) > SKILL_LANGUAGES:
        found.blame(row, "lang", f"A skill has names in at most {SKILL_LANGUAGES} languages.")


def _skill(texts: Mapping[str, str], text: SkillText) -> Skill:
    return Skill(
        uri=texts["uri"],
        texts={texts["lang"]: text},
        code=texts.get("code", ""),
        type=texts.get("type", ""),
        alternatives=texts.get("alternatives", ""),
    )


def _with(known: Skill, texts: Mapping[str, str], text: SkillText) -> Skill:
    """Add another language to a skill."""
    alternatives = "\n".join(filter(None, [known.alternatives, texts.get("alternatives", "")]))
    return replace(
        known,
        texts={**known.texts, texts["lang"]: text},
        code=known.code or texts.get("code", ""),
        type=known.type or texts.get("type", ""),
        alternatives=alternatives,
    )


def _faults(texts: Mapping[str, str], framework: str, entry: Entry) -> Iterator[tuple[str, str]]:
    for name, value in entry.items():
        if name not in PLAIN_COLUMNS:
            yield name[:LINE_CHARACTERS], "There is no such member of a skill."
        elif value is not None and not isinstance(value, str):
            yield name, "This must be a text."
    for name, most in LENGTHS.items():
        yield from _line_faults(name, texts.get(name, ""), most)
    if "name" not in texts:
        yield "name", "A skill needs a name."
    yield from _uri_faults(texts.get("uri", ""))
    if not LANGUAGE.fullmatch(texts["lang"]):
        yield "lang", "A language is a tag such as en, fr-CA or mi."
    if texts["framework"] != framework:
        yield "framework", "All skills of a file are of one framework; load others by themselves."


def _line_faults(name: str, text: str, most: int) -> Iterator[tuple[str, str]]:
    if len(text) > most:
        yield name, f"This has more than {most} characters."
    if (CONTROL_IN_TEXT if name in TEXTS else CONTROL).search(text):
        yield name, "This holds a line break or a character that cannot be shown."


def _uri_faults(uri: str) -> Iterator[tuple[str, str]]:
    if not _is_address(uri):
        yield "uri", "A skill needs its web address (https://… or http://…), without spaces."
    elif claimed_levels({"alignment": [{"targetUrl": uri}]}, ""):
        yield "uri", "This is the address of a level of qualification, and not of a skill."


def _is_address(uri: str) -> bool:
    if len(uri) > URI_CHARACTERS or NO_URI.search(uri):
        return False
    try:
        parts = urlsplit(uri)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)


def _faults_beside(known: Skill, texts: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Say what does not fit to what earlier rows say of the same skill."""
    if texts["lang"] in known.texts:
        yield "uri", "This skill stands in the file already, with a name in the same language."
    for name, before in (("code", known.code), ("type", known.type)):
        if before and texts.get(name, before) != before:
            yield name, "An earlier row says something else of the same skill."
