"""How much each lot adds to each constraint, at least and at most; and what is needed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from frameworks.amounts import Decision, Interval
from frameworks.levels import Ladder
from stacking.award_rules import (
    AwardRule,
    Cap,
    Components,
    CountBack,
    MinAtLevel,
    MinInCategory,
    Requirement,
    Residency,
    Selection,
    Sum,
)
from stacking.wallet import EligibleLot

ZERO = Fraction(0)


class Membership(StrEnum):
    """Whether a lot counts in a constraint; "perhaps" if its level is not certain."""

    YES = "yes"
    PERHAPS = "perhaps"
    NO = "no"


Measured = Requirement | Cap
Use = Mapping[str, Fraction | None]
"""How lots are used, by id: None whole, an amount in part; a lot that is not there is not used."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """What the sum of a constraint must reach, and what it must not exceed."""

    least: Fraction | None = None
    most: Fraction | None = None

    @property
    def needed(self) -> Fraction:
        """The amount from which a shortfall is counted."""
        return self.least or ZERO

    def decide(self, total: Interval) -> Decision:
        """Decide a sum: passed, failed, or open."""
        if self.least is not None and self.least == self.most:
            return total.exactly(self.least)
        decisions = {Decision.PASS}
        if self.least is not None:
            decisions.add(total.at_least(self.least))
        if self.most is not None:
            decisions.add(total.at_most(self.most))
        if Decision.FAIL in decisions:
            return Decision.FAIL
        return Decision.REFER if Decision.REFER in decisions else Decision.PASS

    def shortfall(self, total: Interval) -> Interval:
        """Tell what is missing, at least and at most."""
        return Interval(max(ZERO, self.needed - total.high), max(ZERO, self.needed - total.low))


def bounds_of(one: Measured) -> Bounds:
    """Read the bounds of a constraint."""
    match one:
        case Sum():
            if one.exact is not None:
                return Bounds(one.exact, one.exact)
            return Bounds(one.least, one.most)
        case Components():
            return Bounds(Fraction(one.count))
        case CountBack():
            return Bounds(one.threshold)
        case Cap():
            return Bounds(None, one.most)
        case _:
            return Bounds(one.amount)


def measured_by(rule: AwardRule) -> tuple[Measured, ...]:
    """Name the requirements and caps of a rule, in its order."""
    return tuple(one for one in rule.constraints if isinstance(one, Requirement | Cap))


def membership(
    one: Measured, item: EligibleLot, rule: AwardRule, ladder: Ladder | None
) -> Membership:
    """Tell whether a lot counts in a constraint that adds amounts."""
    match one:
        case MinAtLevel():
            return _at_level(one.level, item.levels, ladder, or_above=one.or_above)
        case MinInCategory():
            is_inside = one.category in item.lot.categories
            if one.level is None or not is_inside:
                return _certain(is_inside)
            return _at_level(one.level, item.levels, ladder, or_above=False)
        case Residency():
            where = Selection(one.source_classes, is_awarding=True)
            return _certain(where.selects(item.lot, rule.institution))
        case Cap():
            return _certain(one.where.selects(item.lot, rule.institution))
        case _:
            return Membership.YES


def _certain(is_member: bool) -> Membership:
    return Membership.YES if is_member else Membership.NO


def _at_level(
    level: str, levels: tuple[str, ...], ladder: Ladder | None, *, or_above: bool
) -> Membership:
    """Compare the levels that a lot may be at with a level; ranks alone are compared."""
    bound = None if ladder is None else ladder.rank(level)
    ranks = [None if ladder is None else ladder.rank(code) for code in levels]
    known = [rank for rank in ranks if rank is not None]
    if bound is None or not known or len(known) < len(ranks):
        return Membership.PERHAPS
    matches = [rank >= bound if or_above else rank == bound for rank in known]
    if all(matches):
        return Membership.YES
    return Membership.PERHAPS if any(matches) else Membership.NO


def used_amount(item: EligibleLot, part: Fraction | None) -> Interval:
    """Read how much of a lot is used."""
    return item.amount if part is None else Interval.of(part)


@dataclass(frozen=True, slots=True)
class Measure:
    """The sum of one constraint over the used lots, with the lots that made it.

    `parts` are what each of these lots adds: together the total.
    """

    constraint: Measured
    total: Interval
    lots: tuple[str, ...]
    parts: tuple[Interval, ...]

    @property
    def decision(self) -> Decision:
        """Whether the constraint holds."""
        return bounds_of(self.constraint).decide(self.total)


def measure(
    one: Measured,
    items: tuple[EligibleLot, ...],
    use: Use,
    rule: AwardRule,
    ladder: Ladder | None,
) -> Measure:
    """Add up what the used lots contribute to a constraint."""
    used = [item for item in items if item.lot.id in use]
    if isinstance(one, Components):
        return _present(one, used, use)
    parts: dict[str, Interval] = {}
    for item in used:
        member = membership(one, item, rule, ladder)
        if member is Membership.NO:
            continue
        amount = used_amount(item, use[item.lot.id])
        parts[item.lot.id] = amount if member is Membership.YES else Interval(ZERO, amount.high)
    total = sum(parts.values(), Interval.of(ZERO))
    return Measure(one, total, tuple(parts), tuple(parts.values()))


def _present(one: Components, used: list[EligibleLot], use: Use) -> Measure:
    whole = [item.lot for item in used if use[item.lot.id] is None]
    lots = [lot for lot in whole if lot.component in one.components]
    # Of two lots of one component the first makes it present.
    first = {lot.component: lot.id for lot in reversed(lots)}
    parts = tuple(Interval.of(Fraction(first[lot.component] == lot.id)) for lot in lots)
    count = Fraction(len(first))
    return Measure(one, Interval.of(count), tuple(lot.id for lot in lots), parts)
