"""What stands on a certificate: taken from the credential, and from nowhere else but the name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from credentials.baking.lettering import plain
from credentials.certificates.wording import Wording
from credentials.errors import MalformedValueError
from credentials.json_types import JsonObject, JsonValue, as_list, id_of, member
from credentials.level_credit import read_values
from credentials.level_credit.claims import UNKNOWN_UNIT, StatedValue, decimal_text
from credentials.timestamps import parse_timestamp

NAME_TYPE = "name"
"""The `identityType` of an IdentityObject that holds a name (Open Badges 3.0 section B.7.2)."""

VALUES_SHOWN = 3
NARRATIVE_CHARACTERS = 4_000
"""So much of description and criteria is considered; a page has room for less."""

_BULLET = re.compile(r"\s*(?:[-*+]|\d{1,3}[.)])\s+")
_MARKUP = re.compile(r"(\*\*|__|`|^#{1,6}\s+)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Fact:
    """One of the facts in a row: what it is, the value, and what explains it."""

    label: str
    value: str
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of running text; a bullet stands before one of a list."""

    text: str
    is_bullet: bool = False


@dataclass(frozen=True, slots=True)
class CertificateContents:
    """Everything that is written on a certificate, in its language."""

    holder: str
    is_named: bool
    achievement: str
    institution: str
    facts: tuple[Fact, ...]
    lines: tuple[Line, ...]
    issued_on: str
    valid_until: str
    identifier: str

    @property
    def texts(self) -> Iterator[str]:
        """Every text, to see whether it can be written."""
        yield from (self.holder, self.achievement, self.institution)
        yield from (self.issued_on, self.valid_until, self.identifier)
        for fact in self.facts:
            yield from (fact.label, fact.value, fact.remark)
        yield from (line.text for line in self.lines)


def contents_of(
    document: JsonObject, wording: Wording, *, holder: str | None = None
) -> CertificateContents:
    """Read what a certificate says from a credential.

    `holder` is the learner's name as the institution knows it; without one the credential's own is
    taken, if it states one in the clear.
    """
    achievement = member(document, "credentialSubject", "achievement")
    name = plain(holder or "") or _name_in(document)
    begins = document.get("validFrom", document.get("issuanceDate"))
    ends = document.get("validUntil", document.get("expirationDate"))
    return CertificateContents(
        holder=name or wording.unnamed_holder,
        is_named=bool(name),
        achievement=_text(member(achievement, "name")) or _text(document.get("name")) or "Badge",
        institution=_text(member(document, "issuer", "name"))
        or _text(id_of(document.get("issuer"))),
        facts=tuple(_facts(document, wording)),
        lines=tuple(_lines(achievement)),
        issued_on=_day(begins, wording),
        valid_until=_day(ends, wording) or wording.no_end,
        identifier=_text(document.get("id")),
    )


def _facts(document: JsonObject, wording: Wording) -> Iterator[Fact]:
    values = read_values(document)[:VALUES_SHOWN]
    for value in values:
        for level in value.levels[:1]:
            code = _text(level.code) or _text(level.label)
            if code:
                yield Fact(wording.level, code, _text(level.framework))
    yield from (one for value in values for one in _amounts(value, wording))


def _amounts(value: StatedValue, wording: Wording) -> Iterator[Fact]:
    if value.amount is not None:
        unit = "" if value.unit == UNKNOWN_UNIT else plain(value.unit)
        yield Fact(wording.credits, _number(value.amount, wording), unit)
    if value.hours is not None:
        hours = _number(value.hours, wording)
        yield Fact(wording.hours, wording.hours_of_learning.format(hours=hours))


def _number(amount: Fraction, wording: Wording) -> str:
    """Write an exact amount with the decimal mark of the language."""
    from babel.numbers import get_decimal_symbol

    text = decimal_text(amount) or ""
    return text.replace(".", get_decimal_symbol(wording.locale))


def _day(value: JsonValue, wording: Wording) -> str:
    """Write the day that stands in a time stamp, as it is written there."""
    from babel.dates import format_date

    try:
        parse_timestamp(value)
        day = date.fromisoformat(str(value)[:10])
    except (MalformedValueError, ValueError):
        return ""
    return str(format_date(day, format="long", locale=wording.locale))


def _name_in(document: JsonObject) -> str:
    subject = document.get("credentialSubject")
    for identity in as_list(member(subject, "identifier")):
        is_clear = member(identity, "hashed") is False
        if is_clear and member(identity, "identityType") == NAME_TYPE:
            return _text(member(identity, "identityHash"))
    return ""


def _lines(achievement: JsonValue) -> Iterator[Line]:
    """Write description and criteria without their markup."""
    parts = (member(achievement, "description"), member(achievement, "criteria", "narrative"))
    for part in parts:
        text = part if isinstance(part, str) else ""
        for raw in _MARKUP.sub("", text[:NARRATIVE_CHARACTERS]).splitlines():
            bullet = _BULLET.match(raw)
            line = plain(raw[bullet.end() :] if bullet else raw)
            if line:
                yield Line(line, bullet is not None)


def _text(value: JsonValue) -> str:
    return plain(value) if isinstance(value, str) else ""
