"""What one more credential would unlock: offered courses, or the smallest lot that is missing.

Nothing is promised by it: a course that is offered is taken for a lot as it would be if it were
passed, with everything else as it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction

from frameworks.amounts import Decision, Interval
from frameworks.levels import Ladder, Level
from stacking.award_rules import (
    AwardRule,
    Components,
    LanguageIn,
    MaxAge,
    MinAtLevel,
    MinInCategory,
    MinLevel,
    MinOnScale,
    MinOverlap,
    Requirement,
    Residency,
)
from stacking.budget import Budget
from stacking.lots import Lot, SourceClass
from stacking.measures import Measure, bounds_of
from stacking.planning import Outcome, StackPlan, plan
from stacking.several_awards import Standing, assign
from stacking.wallet import Conditions

FURTHER = "further:"
"""What the id of a lot begins with that nobody has yet."""


@dataclass(frozen=True, slots=True)
class Change:
    """What one more lot does to one award; shortfalls by the id of the requirement."""

    rule: AwardRule
    before: Outcome
    after: Outcome
    shortfalls_before: Mapping[str, Interval]
    shortfalls_after: Mapping[str, Interval]


@dataclass(frozen=True, slots=True)
class Unlock:
    """What one more lot does: to each award alone, and to all of them together.

    `reached` and `lost` name the awards that are reached beside the others only with the lot, or
    only without it.
    """

    offer: Lot
    changes: tuple[Change, ...]
    reached: tuple[str, ...]
    lost: tuple[str, ...]


def unlocks(
    lots: tuple[Lot, ...],
    offers: tuple[Lot, ...],
    rules: tuple[AwardRule, ...],
    conditions: Conditions,
    budget: Budget | None = None,
) -> tuple[Unlock, ...]:
    """Tell for each offer, in their order, what it would unlock if it alone were added.

    Changes are in the order of the rules.  Raises `StackingError` (LOT_DUPLICATE) for an offer
    that has the id of a lot.
    """
    before = tuple(plan(lots, rule, conditions, budget) for rule in rules)
    together = _awarded(lots, rules, conditions)
    found = []
    for offer in offers:
        more = (*lots, offer)
        after = tuple(plan(more, rule, conditions, budget) for rule in rules)
        with_it = _awarded(more, rules, conditions)
        found.append(
            Unlock(
                offer=offer,
                changes=tuple(map(_change, before, after)),
                reached=tuple(name for name in with_it if name not in together),
                lost=tuple(name for name in together if name not in with_it),
            )
        )
    return tuple(found)


def _awarded(
    lots: tuple[Lot, ...], rules: tuple[AwardRule, ...], conditions: Conditions
) -> tuple[str, ...]:
    standings = assign(lots, rules, conditions).standings
    return tuple(name for name, one in standings.items() if one is Standing.AWARD)


def _change(before: StackPlan, after: StackPlan) -> Change:
    return Change(before.rule, before.outcome, after.outcome, before.shortfalls, after.shortfalls)


@dataclass(frozen=True, slots=True)
class SmallestLot:
    """The smallest further lot that passes a requirement, and what the award would be with it.

    `lot` is None if no single lot would do; `after` is then what the award is now.  A level,
    category, component, institution or class of source that the lot does not state may be any.
    """

    requirement: Requirement
    lot: Lot | None
    after: Outcome


def smallest_lots(
    found: StackPlan,
    lots: tuple[Lot, ...],
    conditions: Conditions,
    budget: Budget | None = None,
) -> tuple[SmallestLot, ...]:
    """Name for each failing requirement of a plan, in their order, the smallest lot that passes it.

    Its amount is what the plan lacks.  It is held against the rule by planning anew, since a cap
    or an upper bound may leave no room for it.
    """
    ladder = conditions.ladders.get(found.rule.framework or "")
    return tuple(
        _smallest(found, one, one.constraint, lots, conditions, ladder, budget)
        for one in found.measures
        if isinstance(one.constraint, Requirement) and one.decision is Decision.FAIL
    )


def _smallest(
    found: StackPlan,
    failing: Measure,
    requirement: Requirement,
    lots: tuple[Lot, ...],
    conditions: Conditions,
    ladder: Ladder | None,
    budget: Budget | None,
) -> SmallestLot:
    for lot in _candidates(found.rule, failing, requirement, ladder):
        tried = plan((*lots, lot), found.rule, conditions, budget)
        now = next(one for one in tried.measures if one.constraint is requirement)
        if now.decision is Decision.PASS:
            return SmallestLot(requirement, lot, tried.outcome)
    return SmallestLot(requirement, None, found.outcome)


def _candidates(
    rule: AwardRule, failing: Measure, requirement: Requirement, ladder: Ladder | None
) -> Iterator[Lot]:
    """Make lots that would do, the one that states the least first."""
    lacking = bounds_of(requirement).shortfall(failing.total).high
    lot = _passing_filters(Lot(f"{FURTHER}{requirement.id}", lacking, rule.unit), rule, ladder)
    match requirement:
        case Components():
            yield from _components(lot, requirement)
            return
        case MinAtLevel():
            lot = replace(lot, level=_level(rule, requirement.level))
        case MinInCategory():
            level = lot.level if requirement.level is None else _level(rule, requirement.level)
            lot = replace(lot, level=level, categories=frozenset({requirement.category}))
        case Residency():
            classes = requirement.source_classes or {SourceClass.TAUGHT}
            first = min(classes, key=list(SourceClass).index)
            lot = replace(lot, source_class=first)
        case _:
            pass
    if not isinstance(requirement, Residency):
        yield lot
    if rule.institution is not None:
        # A cap on what comes from elsewhere leaves room for the institution's own.
        yield replace(lot, institution=rule.institution)


def _components(lot: Lot, requirement: Components) -> Iterator[Lot]:
    """Any component may be the one that is missing; a lot without credit can be one."""
    for code in dict.fromkeys(requirement.components):
        yield replace(lot, amount=Fraction(0), component=code)


def _level(rule: AwardRule, code: str) -> Level | None:
    return None if rule.framework is None else Level(rule.framework, code)


def _passing_filters(lot: Lot, rule: AwardRule, ladder: Ladder | None) -> Lot:
    """State what the filters ask for: recent, with the best grade and assurance, high enough."""
    days: list[date] = []
    for one in rule.filters:
        match one:
            case MaxAge():
                days.append(one.reference)
                lot = replace(lot, awarded=max(days))
            case MinOnScale(what="grade"):
                lot = replace(lot, grade=one.scale[-1])
            case MinOnScale():
                lot = replace(lot, assurance=one.scale[-1])
            case LanguageIn():
                lot = replace(lot, language=one.accepted[0])
            case MinOverlap():
                lot = replace(lot, outcomes=lot.outcomes | one.outcomes)
            case MinLevel() if one.where.selects(lot, rule.institution):
                lot = replace(lot, level=_higher(lot.level, one.level, rule, ladder))
            case _:
                pass
    return lot


def _higher(level: Level | None, code: str, rule: AwardRule, ladder: Ladder | None) -> Level | None:
    ranks = [
        -1 if ladder is None or one is None else ladder.rank(one) or 0
        for one in (None if level is None else level.code, code)
    ]
    return level if ranks[0] > ranks[1] else _level(rule, code)
