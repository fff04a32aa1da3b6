"""Whether whoever assigned a value was accredited for it, on the day of the award."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from frameworks.dates import is_in_force
from frameworks.levels import Ladder, Level


class ScopeOutcome(StrEnum):
    """Whether an accreditation covers an award, the best first."""

    IN_SCOPE = "IN_SCOPE"
    INDETERMINATE = "INDETERMINATE"
    OUT_OF_SCOPE = "OUT_OF_SCOPE"


@dataclass(frozen=True, slots=True)
class LevelScope:
    """Levels of one framework, from `low` to `high`; a missing end is open."""

    framework: str
    low: str | None = None
    high: str | None = None


@dataclass(frozen=True, slots=True)
class Accreditation:
    """One accreditation: when, for which levels and for which fields (ISCED-F prefixes)."""

    first_day: date
    last_day: date | None = None
    withdrawn_on: date | None = None
    levels: LevelScope | None = None
    fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Award:
    """What an assigner's scope is judged for."""

    day: date
    level: Level | None
    field: str | None


OUTSIDE = frozenset({"NOT_ACCREDITED_ON_AWARD_DATE", "LEVEL_OUT_OF_SCOPE", "FIELD_OUT_OF_SCOPE"})
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
    judged = [_judge(award, one, ladders) for one in accreditations]
    return min(judged, key=lambda answer: (_ORDER[answer[0]], len(answer[1])))


def _judge(
    award: Award, accreditation: Accreditation, ladders: Mapping[str, Ladder]
) -> tuple[ScopeOutcome, tuple[str, ...]]:
    reasons = (
        *_date_reasons(award.day, accreditation),
        *_level_reasons(award.level, accreditation.levels, ladders),
        *field_reasons(award.field, accreditation.fields, "FIELD_OUT_OF_SCOPE"),
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
