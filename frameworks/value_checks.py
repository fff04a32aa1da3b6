"""Whether the stated value of a micro-credential is possible and within the bounds in force.

One function for each rule; each yields the codes of what it found, in a fixed order.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from fractions import Fraction
from typing import NamedTuple

from frameworks.amounts import Interval, canonical
from frameworks.credit_units import CreditUnit
from frameworks.dates import is_in_force
from frameworks.errors import FrameworkError
from frameworks.levels import Ladder


class ValueOutcome(StrEnum):
    """Whether a value holds."""

    PASS = "PASS"  # noqa: S105 - not a password
    FAIL = "FAIL"
    INDETERMINATE = "INDETERMINATE"


NOT_CERTAIN = frozenset(
    {
        "ASSURANCE_UNKNOWN",
        "DATE_UNKNOWN",
        "FRAMEWORK_UNKNOWN",
        "HOURS_UNKNOWN",
        "LEVEL_MISSING",
        "NO_BOUNDS_IN_FORCE",
        "UNIT_HOURS_UNKNOWN",
        "UNIT_MISMATCH",
        "UNIT_UNKNOWN",
    }
)
"""Findings that leave a value undecided; any other refutes it."""


class Workload(NamedTuple):
    """A workload as it is stated; None stands for one that is stated, and not in hours."""

    hours: Fraction | None


class ValueClaim(NamedTuple):
    """What a credential states about its worth; None means not stated."""

    framework: str | None = None
    level: str | None = None
    amount: Fraction | None = None
    unit: str | None = None
    earned: Fraction | None = None
    available: Fraction | None = None
    hours: Workload | None = None
    activity_hours: Workload | None = None
    title: str | None = None
    awarded: date | None = None
    valid_from: date | None = None
    valid_until: date | None = None
    activity_start: date | None = None
    activity_end: date | None = None
    sector: str | None = None
    assurance: str | None = None


class SizeBounds(NamedTuple):
    """How large a micro-credential may be, in a sector and a time."""

    id: str
    low: Fraction | None = None
    high: Fraction | None = None
    first_day: date | None = None
    last_day: date | None = None
    sector: str | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """What the rules are judged by: the day of the check, units and ladders."""

    as_of: date
    units: Mapping[str, CreditUnit] = field(default_factory=dict)
    ladders: Mapping[str, Ladder] = field(default_factory=dict)


@dataclass(slots=True)
class Notes:
    """What the rules report beside their findings."""

    applied_bounds: str | None = None
    hours_per_credit: str | None = None


Rule = Callable[[ValueClaim, Facts, Notes], Iterator[str]]


class ValueCheck(NamedTuple):
    """Outcome, findings and notes of a value check."""

    outcome: ValueOutcome
    findings: tuple[str, ...]
    notes: Notes


def check_value(claim: ValueClaim, rules: tuple[Rule, ...], facts: Facts) -> ValueCheck:
    """Apply rules in their order; each code is listed once."""
    notes = Notes()
    findings = tuple(dict.fromkeys(code for rule in rules for code in rule(claim, facts, notes)))
    if set(findings) - NOT_CERTAIN:
        return ValueCheck(ValueOutcome.FAIL, findings, notes)
    outcome = ValueOutcome.INDETERMINATE if findings else ValueOutcome.PASS
    return ValueCheck(outcome, findings, notes)


def size_bounds(unit: str, rows: tuple[SizeBounds, ...]) -> Rule:
    """Require the size that was in force on the award date, in the rule's own unit."""

    def rule(claim: ValueClaim, _facts: Facts, notes: Notes) -> Iterator[str]:
        if claim.amount is None or claim.unit is None:
            yield "UNIT_UNKNOWN"
            return
        if claim.unit != unit:
            yield "UNIT_MISMATCH"
            return
        relevant = tuple(row for row in rows if row.sector in (None, claim.sector))
        is_dated = any(row.first_day or row.last_day for row in relevant)
        if claim.awarded is None and is_dated:
            yield "DATE_UNKNOWN"
            return
        row = _row_in_force(relevant, claim)
        if row is None:
            yield "NO_BOUNDS_IN_FORCE"
            return
        notes.applied_bounds = row.id
        yield from _size(claim.amount, row)

    return rule


def _row_in_force(rows: tuple[SizeBounds, ...], claim: ValueClaim) -> SizeBounds | None:
    """Choose among rows for the claim: one with its sector before one without, else the first."""
    day = claim.awarded or date.min
    in_force = [row for row in rows if is_in_force(day, row.first_day, row.last_day)]
    own = [row for row in in_force if row.sector is not None]
    general = [row for row in in_force if row.sector is None]
    return next(iter(own + general), None)


def _size(amount: Fraction, row: SizeBounds) -> Iterator[str]:
    if row.low is not None and amount < row.low:
        yield "SIZE_BELOW_MIN"
    if row.high is not None and amount > row.high:
        yield "SIZE_ABOVE_MAX"


def hours_per_credit(tolerance: Fraction = Fraction(0)) -> Rule:
    """Require that hours for each credit lie in the unit's interval, widened by a tolerance."""

    def rule(claim: ValueClaim, facts: Facts, notes: Notes) -> Iterator[str]:
        unit = facts.units.get(claim.unit or "")
        hours = None if claim.hours is None else claim.hours.hours
        if claim.amount is None or claim.unit is None:
            yield "UNIT_UNKNOWN"
        elif hours is None:
            yield "HOURS_UNKNOWN"
        elif unit is None or unit.hours is None:
            yield "UNIT_HOURS_UNKNOWN"
        elif claim.amount == 0:
            yield "CREDITS_ZERO"
        else:
            each = hours / claim.amount
            notes.hours_per_credit = canonical(each)
            yield from _hours_reasons(each, unit.hours, tolerance)

    return rule


def _hours_reasons(each: Fraction, allowed: Interval, tolerance: Fraction) -> Iterator[str]:
    if each < allowed.low * (1 - tolerance):
        yield "HOURS_PER_CREDIT_BELOW"
    if each > allowed.high * (1 + tolerance):
        yield "HOURS_PER_CREDIT_ABOVE"


def earned_available() -> Rule:
    """Require that no more was earned than is available."""

    def rule(claim: ValueClaim, _facts: Facts, _notes: Notes) -> Iterator[str]:
        earned, available = claim.earned, claim.available
        if earned is not None and available is not None and earned > available:
            yield "EARNED_EXCEEDS_AVAILABLE"

    return rule


def amount_step(step: Fraction) -> Rule:
    """Require that credits are a multiple of a step; refuse a step of zero."""
    if step <= 0:
        raise FrameworkError("A step must be above zero.", code="STEP_MALFORMED")

    def rule(claim: ValueClaim, _facts: Facts, _notes: Notes) -> Iterator[str]:
        if claim.amount is not None and claim.amount % step != 0:
            yield "NOT_A_MULTIPLE_OF_STEP"

    return rule


def title_words(forbidden: tuple[str, ...]) -> Rule:
    """Refuse titles with a forbidden phrase, taken as whole words."""
    phrases = tuple(words for phrase in forbidden for words in _readings(phrase) if words)
    beginnings = frozenset(phrase[0] for phrase in phrases)

    def rule(claim: ValueClaim, _facts: Facts, _notes: Notes) -> Iterator[str]:
        titles = [one for one in _readings(claim.title or "") if not beginnings.isdisjoint(one)]
        if any(_contains(title, phrase) for title in titles for phrase in phrases):
            yield "TITLE_WORD_FORBIDDEN"

    return rule


_ASCII_WORD = re.compile("[A-Za-z]+")
_HYPHENS = re.compile("[-\u2010-\u2015\u2212\u00ad\ufe58\ufe63\uff0d]")


def _readings(text: str) -> tuple[tuple[str, ...], ...]:
    """Split a text into words, reading its hyphens once as nothing and once as a space."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    if not _HYPHENS.search(folded):
        return (_words(folded),)
    joined, spaced = _HYPHENS.sub("", folded), _HYPHENS.sub(" ", folded)
    return tuple(dict.fromkeys(_words(reading) for reading in (joined, spaced)))


def _words(text: str) -> tuple[str, ...]:
    if text.isascii():
        return tuple(_ASCII_WORD.findall(text))
    letters = "".join(one if one.isalpha() else " " for one in text)
    return tuple(letters.split())


def _contains(title: tuple[str, ...], phrase: tuple[str, ...]) -> bool:
    starts = range(len(title) - len(phrase) + 1)
    return any(title[start : start + len(phrase)] == phrase for start in starts)


def dates() -> Rule:
    """Compare the dates of a claim with each other and with the day of the check."""

    def rule(claim: ValueClaim, facts: Facts, _notes: Notes) -> Iterator[str]:
        if _is_before(claim.activity_end, claim.activity_start):
            yield "ACTIVITY_END_BEFORE_START"
        if _is_before(claim.valid_from, claim.activity_end):
            yield "VALID_FROM_BEFORE_ACTIVITY_END"
        if _is_before(claim.valid_until, claim.valid_from):
            yield "VALID_UNTIL_BEFORE_VALID_FROM"
        if _is_before(facts.as_of, claim.awarded):
            yield "AWARDED_IN_FUTURE"
        if _is_before(claim.valid_until, facts.as_of):
            yield "EXPIRED"

    return rule


def _is_before(day: date | None, other: date | None) -> bool:
    return day is not None and other is not None and day < other


def durations_agree() -> Rule:
    """Require that two statements of the workload are both in hours, and equal."""

    def rule(claim: ValueClaim, _facts: Facts, _notes: Notes) -> Iterator[str]:
        if claim.hours is None or claim.activity_hours is None:
            return
        if claim.hours.hours is None or claim.hours != claim.activity_hours:
            yield "DURATION_MISMATCH"

    return rule


_HOURS = re.compile(r"PT(?:([0-9]{1,9})H)?(?:([0-9]{1,9})M)?")


def workload(duration: str | None) -> Workload | None:
    """Read a duration in hours and minutes; days and longer never become hours."""
    if duration is None:
        return None
    match = _HOURS.fullmatch(duration)
    if match is None or not (match[1] or match[2]):
        return Workload(None)
    return Workload(Fraction(int(match[1] or 0)) + Fraction(int(match[2] or 0), 60))


def assurance_min(scale: tuple[str, ...], least: str) -> Rule:
    """Require an assurance class at or above one, on a scale from lowest to highest."""

    def rule(claim: ValueClaim, _facts: Facts, _notes: Notes) -> Iterator[str]:
        if claim.assurance is None or claim.assurance not in scale or least not in scale:
            yield "ASSURANCE_UNKNOWN"
        elif scale.index(claim.assurance) < scale.index(least):
            yield "ASSURANCE_BELOW_MIN"

    return rule


def level_known() -> Rule:
    """Require that the level code is in the framework's ladder."""

    def rule(claim: ValueClaim, facts: Facts, _notes: Notes) -> Iterator[str]:
        ladder = facts.ladders.get(claim.framework or "")
        if ladder is None:
            yield "FRAMEWORK_UNKNOWN"
        elif claim.level is None:
            yield "LEVEL_MISSING"
        elif ladder.rank(claim.level) is None:
            yield "LEVEL_UNKNOWN"

    return rule
