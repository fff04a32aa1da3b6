"""Whether whoever assigned a value was accredited for it, on the day of the award."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from enum import StrEnum
from fractions import Fraction
from typing import NamedTuple

from frameworks.dates import is_in_force
from frameworks.levels import Ladder, Level


class ScopeOutcome(StrEnum):
    """Whether an accreditation covers an award, the best first."""

    IN_SCOPE = "IN_SCOPE"
    INDETERMINATE = "INDETERMINATE"
    OUT_OF_SCOPE = "OUT_OF_SCOPE"


class LevelScope(NamedTuple):
    """Levels of one framework, from `low` to `high`; a missing end is open."""

    framework: str
    low: str | None = None
    high: str | None = None


class SizeScope(NamedTuple):
    """Sizes in one unit, from `low` to `high`; a missing end is open."""

    unit: str
    low: Fraction | None = None
    high: Fraction | None = None


class Accreditation(NamedTuple):
    """One accreditation: when, for which levels, fields, jurisdictions, types and sizes.

    Fields are prefixes of ISCED-F codes.  What is empty limits nothing.
    """

    first_day: date | None
    last_day: date | None = None
    withdrawn_on: date | None = None
    levels: LevelScope | None = None
    fields: tuple[str, ...] = ()
    jurisdictions: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    size: SizeScope | None = None


class Award(NamedTuple):
    """What an assigner's scope is judged for; None means not stated."""

    day: date
    level: Level | None
    field: str | None
    jurisdiction: str | None = None
    type: str | None = None
    amount: Fraction | None = None
    unit: str | None = None


OUTSIDE = frozenset(
    {
        "NOT_ACCREDITED_ON_AWARD_DATE",
        "LEVEL_OUT_OF_SCOPE",
        "FIELD_OUT_OF_SCOPE",
        "JURISDICTION_OUT_OF_SCOPE",
        "TYPE_OUT_OF_SCOPE",
        "SIZE_OUT_OF_SCOPE",
    }
)
"""Reasons that put an award outside; any other leaves it undecided."""

_ORDER = {outcome: place for place, outcome in enumerate(ScopeOutcome)}


def check_scope(
    award: Award, accreditations: tuple[Accreditation, ...], ladders: Mapping[str, Ladder]
) -> tuple[ScopeOutcome, tuple[str, ...]]:
    """Judge an award by the best of the given accreditations; one must cover it alone.

    Best is: in scope before undecided before out of scope, then the fewest reasons, then the
    first.
    """
    if not accreditations:
        return ScopeOutcome.OUT_OF_SCOPE, ("NO_ACCREDITATION",)
    judged = [judge_scope(award, one, ladders) for one in accreditations]
    return min(judged, key=lambda answer: (_ORDER[answer[0]], len(answer[1])))


def judge_scope(
    award: Award, accreditation: Accreditation, ladders: Mapping[str, Ladder]
) -> tuple[ScopeOutcome, tuple[str, ...]]:
    """Judge an award by one accreditation."""
    reasons = (
        *_date_reasons(award.day, accreditation),
        *_level_reasons(award.level, accreditation.levels, ladders),
        *field_reasons(award.field, accreditation.fields, "FIELD_OUT_OF_SCOPE"),
        *_name_reasons(award.jurisdiction, accreditation.jurisdictions, "JURISDICTION"),
        *_name_reasons(award.type, accreditation.types, "TYPE"),
        *_size_reasons(award, accreditation.size),
    )
    if OUTSIDE & set(reasons):
        return ScopeOutcome.OUT_OF_SCOPE, reasons
    return (ScopeOutcome.INDETERMINATE if reasons else ScopeOutcome.IN_SCOPE), reasons


def _date_reasons(day: date, accreditation: Accreditation) -> Iterator[str]:
    is_withdrawn = accreditation.withdrawn_on is not None and day >= accreditation.withdrawn_on
    if is_withdrawn or not is_in_force(day, accreditation.first_day, accreditation.last_day):
        yield "NOT_ACCREDITED_ON_AWARD_DATE"


def _level_reasons(
    level: Level | None, scope: LevelScope | None, ladders: Mapping[str, Ladder]
) -> Iterator[str]:
    if scope is None:
        return
    if level is None:
        yield "LEVEL_MISSING"
    elif level.framework != scope.framework:
        yield "LEVEL_OTHER_FRAMEWORK"
    else:
        yield from _rank_reasons(level.code, scope, ladders.get(scope.framework))


def _rank_reasons(code: str, scope: LevelScope, ladder: Ladder | None) -> Iterator[str]:
    ranks = {name: ladder.rank(name) for name in (code, scope.low, scope.high) if ladder and name}
    rank = ranks.get(code)
    bounds = [name for name in (scope.low, scope.high) if name is not None]
    if rank is None or any(ranks.get(name) is None for name in bounds):
        yield "LEVEL_UNKNOWN"
        return
    low, high = ranks.get(scope.low or ""), ranks.get(scope.high or "")
    if (low is not None and rank < low) or (high is not None and rank > high):
        yield "LEVEL_OUT_OF_SCOPE"


def field_reasons(field: str | None, accepted: tuple[str, ...], outside: str) -> Iterator[str]:
    """Match a field of study against prefixes: within one, too coarse to tell, or outside."""
    if not accepted:
        return
    if field is None:
        yield "FIELD_UNKNOWN"
    elif any(field.startswith(prefix) for prefix in accepted):
        return
    elif any(prefix.startswith(field) for prefix in accepted):
        yield "FIELD_TOO_COARSE"
    else:
        yield outside


def _name_reasons(name: str | None, accepted: tuple[str, ...], what: str) -> Iterator[str]:
    if accepted and name is None:
        yield f"{what}_UNKNOWN"
    elif accepted and name not in accepted:
        yield f"{what}_OUT_OF_SCOPE"


def _size_reasons(award: Award, scope: SizeScope | None) -> Iterator[str]:
    if scope is None:
        return
    if award.amount is None or award.unit != scope.unit:
        yield "SIZE_UNKNOWN"
        return
    is_below = scope.low is not None and award.amount < scope.low
    is_above = scope.high is not None and award.amount > scope.high
    if is_below or is_above:
        yield "SIZE_OUT_OF_SCOPE"
