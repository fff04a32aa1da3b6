"""Evaluating gates: passed, certainly failed, or open; what is unknown is never a failure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction

from frameworks.amounts import Decision, Interval
from frameworks.conversions import Conversion, NotConvertible, convert
from frameworks.dates import is_recent
from frameworks.languages import is_language_accepted
from frameworks.level_maps import LevelReading, read_level
from frameworks.levels import Level
from frameworks.scope import field_reasons
from recognition.deciding.question import Question
from recognition.policies.gates import (
    AcceptedIn,
    CreditsCompared,
    FieldIn,
    Gate,
    Holds,
    HoursMin,
    LevelMin,
    MaxAge,
    MinOnScale,
    OverlapMin,
    Reference,
)
from recognition.policies.rules import Rules


class GateOutcome(StrEnum):
    """How a gate comes out."""

    PASSED = "passed"
    FAILED = "failed"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class GateResult:
    """A gate with how it came out, and the reason code unless it was passed."""

    gate: Gate
    outcome: GateOutcome
    code: str | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """The claimed credits in the receiving unit, unrounded; or why there are none.

    Exactly one of `exact` and `code` is there; `is_unknown` tells that nothing is claimed.
    """

    exact: Interval | None = None
    conversion: Conversion | None = None
    code: str | None = None

    @property
    def is_unknown(self) -> bool:
        """Tell whether no credits are claimed, which is no failure."""
        return self.code == "CREDITS_UNKNOWN"


def claim_of(question: Question, rules: Rules) -> Claim:
    """Convert the claimed credits into the receiving unit, exactly and once."""
    credit = question.facts.credits
    if credit is None:
        return Claim(code="CREDITS_UNKNOWN")
    target = question.target.unit
    try:
        converted = convert(credit, target, rules.conversions, question.said.units)
    except NotConvertible as refusal:
        return Claim(code=refusal.code)
    return Claim(converted.exact, converted.conversion)


_Answer = tuple[GateOutcome, str | None]
_PASSED: _Answer = (GateOutcome.PASSED, None)

_HOLDS = {
    "accredited": ("SOURCE_NOT_ACCREDITED", "ACCREDITATION_UNKNOWN"),
    "identity_verified": ("IDENTITY_NOT_VERIFIED", "IDENTITY_UNKNOWN"),
    "redeemed": ("LOT_REDEEMED", "REDEMPTION_UNKNOWN"),
}
"""Codes of facts that are true or false: certainly not as wanted, and not known."""


def evaluate(gate: Gate, question: Question, rules: Rules, claim: Claim) -> GateResult:
    """Evaluate one gate by the facts that it reads, and by no others."""
    outcome, code = _answer(gate, question, rules, claim)
    return GateResult(gate, outcome, code)


def _answer(gate: Gate, question: Question, rules: Rules, claim: Claim) -> _Answer:
    facts = question.facts
    match gate.test:
        case AcceptedIn(what, accepted):
            answer = _accepted(getattr(facts, what), accepted, what)
        case Holds(what, wanted):
            answer = _holds(getattr(facts, what), wanted, what)
        case LevelMin():
            answer = _level(gate.test, question, rules)
        case OverlapMin(least):
            answer = _overlap(facts.overlap, least)
        case HoursMin(least):
            answer = _hours(facts.hours, least)
        case CreditsCompared(exactly):
            answer = _credits(claim, question.target.amount, exactly=exactly)
        case MinOnScale():
            answer = _on_scale(gate.test, getattr(facts, gate.test.what))
        case MaxAge():
            answer = _age(gate.test, question)
        case FieldIn(prefixes):
            answer = _field(facts.field, prefixes)
    return answer


def _failed(code: str) -> _Answer:
    return GateOutcome.FAILED, code


def _open(code: str) -> _Answer:
    return GateOutcome.OPEN, code


def _accepted(value: str | None, accepted: tuple[str, ...], what: str) -> _Answer:
    if value is None:
        return _open(f"{what.upper()}_UNKNOWN")
    is_in = is_language_accepted(value, accepted) if what == "language" else value in accepted
    return _PASSED if is_in else _failed(f"{what.upper()}_NOT_ACCEPTED")


def _holds(value: bool | None, wanted: bool, what: str) -> _Answer:
    failed, unknown = _HOLDS[what]
    if value is None:
        return _open(unknown)
    return _PASSED if value is wanted else _failed(failed)


def level_reading(level: Level, framework: str, question: Question, rules: Rules) -> LevelReading:
    """Read a level in a framework, by the maps that the policy accepts."""
    said = question.said
    return read_level(level, framework, said.maps, rules.map_policy, said.ladders)


def _level(test: LevelMin, question: Question, rules: Rules) -> _Answer:
    """Decide by rank: by all levels that it may be, by none of them, or not at all."""
    level, ladder = question.facts.level, question.said.ladders.get(test.framework)
    bound = None if ladder is None else ladder.rank(test.level)
    if level is None or ladder is None or bound is None:
        return _open("LEVEL_INDETERMINATE")
    codes = level_reading(level, test.framework, question, rules).levels
    ranks = [ladder.rank(code) for code in codes]
    known = [rank for rank in ranks if rank is not None]
    if not known or len(known) < len(ranks):
        return _open("LEVEL_INDETERMINATE")
    if max(known) < bound:
        return _failed("LEVEL_BELOW_MIN")
    return _PASSED if min(known) >= bound else _open("LEVEL_INDETERMINATE")


def _overlap(overlap: Interval | None, least: Fraction) -> _Answer:
    if overlap is None:
        return _open("OVERLAP_UNKNOWN")
    return _decided(overlap.at_least(least), "OVERLAP_BELOW_MIN", "OVERLAP_UNKNOWN")


def _hours(hours: Fraction | None, least: Fraction) -> _Answer:
    if hours is None:
        return _open("HOURS_UNKNOWN")
    return _PASSED if hours >= least else _failed("HOURS_BELOW_MIN")


def _credits(claim: Claim, wanted: Fraction, *, exactly: bool) -> _Answer:
    if claim.exact is None:
        code = claim.code or "CREDITS_UNKNOWN"
        return _open(code) if claim.is_unknown else _failed(code)
    if exactly:
        decision, code = claim.exact.exactly(wanted), "CREDITS_NOT_EQUAL"
    else:
        decision, code = claim.exact.at_least(wanted), "CREDITS_BELOW_MIN"
    return _decided(decision, code, "CREDITS_INDETERMINATE")


def _decided(decision: Decision, failed: str, undecided: str) -> _Answer:
    if decision is Decision.PASS:
        return _PASSED
    return _failed(failed) if decision is Decision.FAIL else _open(undecided)


def _on_scale(test: MinOnScale, value: str | None) -> _Answer:
    what = test.what.upper()
    if value is None or value not in test.scale or test.least not in test.scale:
        return _open(f"{what}_UNKNOWN")
    is_below = test.scale.index(value) < test.scale.index(test.least)
    return _failed(f"{what}_BELOW_MIN") if is_below else _PASSED


def _age(test: MaxAge, question: Question) -> _Answer:
    reference, awarded = _reference(test, question), question.facts.awarded
    if awarded is None or reference is None:
        return _open("DATE_UNKNOWN")
    is_young = is_recent(awarded, reference, test.years, test.boundary)
    return _PASSED if is_young else _failed("TOO_OLD")


def _reference(test: MaxAge, question: Question) -> date | None:
    if isinstance(test.reference, date):
        return test.reference
    days = {
        Reference.DECISION: question.day,
        Reference.PROGRAMME_START: question.programme_start,
    }
    return days[test.reference]


def _field(field: str | None, prefixes: tuple[str, ...]) -> _Answer:
    code = next(field_reasons(field, prefixes, "FIELD_NOT_ACCEPTED"), None)
    if code is None:
        return _PASSED
    return _failed(code) if code == "FIELD_NOT_ACCEPTED" else _open(code)
