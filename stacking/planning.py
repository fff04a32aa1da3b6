"""Planning: which lots are used for an award, what they add up to, and what is missing."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from types import MappingProxyType

from frameworks.amounts import Decision, Interval
from frameworks.levels import Ladder
from stacking.award_rules import AwardRule, CountBack, Requirement
from stacking.budget import Budget
from stacking.count_back import credit_points, level_by_count_back
from stacking.errors import StackingError
from stacking.lots import Lot, kin_pairs
from stacking.measures import Measure, Use, bounds_of, measure, measured_by, used_amount
from stacking.wallet import Conditions, EligibleLot, Exclusion, sort_out


class Outcome(StrEnum):
    """What a plan comes to, the best first."""

    AWARD = "AWARD"
    REFER = "REFER"
    NOT_YET = "NOT_YET"


@dataclass(frozen=True, slots=True)
class StackPlan:
    """The best use of a wallet for an award.

    `use` says for each used lot whether it is used whole (None) or how much of it.  If the search
    ran out of its budget, `is_exhaustive` is false and the outcome is never AWARD by it alone.
    """

    rule: AwardRule
    outcome: Outcome
    use: Use
    measures: tuple[Measure, ...]
    excluded: tuple[Exclusion, ...]
    eligible: tuple[EligibleLot, ...]
    award_level: str | None = None
    credit_points: Fraction | None = None
    is_exhaustive: bool = True

    @property
    def sums(self) -> dict[str, Interval]:
        """The sum of every requirement and cap, by its id."""
        return {one.constraint.id: one.total for one in self.measures}

    @property
    def shortfalls(self) -> dict[str, Interval]:
        """What is missing for each requirement where anything is or may be missing."""
        missing = {
            one.constraint.id: bounds_of(one.constraint).shortfall(one.total)
            for one in self.measures
            if isinstance(one.constraint, Requirement)
        }
        return {name: short for name, short in missing.items() if short.high > 0}


def plan(
    lots: tuple[Lot, ...], rule: AwardRule, conditions: Conditions, budget: Budget | None = None
) -> StackPlan:
    """Find the best plan.

    Raises `StackingError` (LOT_DUPLICATE) if two lots have one id.
    """
    return _planned(lots, rule, conditions, budget, only_outcome=False)


def judge(
    lots: tuple[Lot, ...], rule: AwardRule, conditions: Conditions, budget: Budget | None = None
) -> StackPlan:
    """Find out what the best plan comes to; the plan is any with that outcome, not the best.

    Raises `StackingError` (LOT_DUPLICATE) if two lots have one id.
    """
    return _planned(lots, rule, conditions, budget, only_outcome=True)


def _planned(
    lots: tuple[Lot, ...],
    rule: AwardRule,
    conditions: Conditions,
    budget: Budget | None,
    *,
    only_outcome: bool,
) -> StackPlan:
    """Plan.

    Obligations: 1. only eligible lots are used; 2. where nothing limits their use all of them are,
    else the best use is searched; 3. sums, decisions and outcome are computed from the use anew,
    whatever the search said; 4. an award whose level is not certain is referred, and so is what a
    search that was not sure did not reach.
    """
    # 1.
    eligible, excluded = sort_out(lots, rule, conditions)
    _require_different(eligible)
    ladder = conditions.ladders.get(rule.framework or "")
    # 2.
    kin = kin_pairs((item.lot for item in eligible), {lot.id: lot for lot in lots})
    use, is_exhaustive = _use(
        eligible, rule, ladder, kin, budget or Budget(), only_outcome=only_outcome
    )
    # 3. and 4.
    return assess(eligible, excluded, use, rule, ladder, is_exhaustive=is_exhaustive)


def assess(
    eligible: tuple[EligibleLot, ...],
    excluded: tuple[Exclusion, ...],
    use: Use,
    rule: AwardRule,
    ladder: Ladder | None,
    *,
    is_exhaustive: bool = True,
) -> StackPlan:
    """Compute what a use of lots comes to, wherever the use is from.

    Obligations: 1. sums, decisions and outcome are computed from the use; 2. NOT_YET is said only
    if nothing better was left untried; 3. an award whose level is not certain is referred.
    """
    # 1.
    measures = measure_all(eligible, use, rule, ladder)
    outcome = outcome_of(measures)
    # 2. and 3.
    level, is_open = _level(eligible, rule, ladder)
    return StackPlan(
        rule=rule,
        outcome=_cautious(outcome, is_exhaustive=is_exhaustive, is_level_open=is_open),
        use=MappingProxyType(dict(use)),
        measures=measures,
        excluded=excluded,
        eligible=eligible,
        award_level=level,
        credit_points=credit_points(eligible, ladder) if rule.report_credit_points else None,
        is_exhaustive=is_exhaustive,
    )


def _cautious(outcome: Outcome, *, is_exhaustive: bool, is_level_open: bool) -> Outcome:
    """Refer an award of an open level, and what may only seem to be missing."""
    if outcome is Outcome.AWARD and is_level_open:
        return Outcome.REFER
    if outcome is Outcome.NOT_YET and not is_exhaustive:
        return Outcome.REFER
    return outcome


def _require_different(items: tuple[EligibleLot, ...]) -> None:
    """Refuse two lots with one id; the same credential twice was sorted out by its digest."""
    seen: set[str] = set()
    for item in items:
        if item.lot.id in seen:
            text = f"Two different credentials have the same id, {item.lot.id}; leave one out."
            raise StackingError(text, code="LOT_DUPLICATE")
        seen.add(item.lot.id)


def _level(
    items: tuple[EligibleLot, ...], rule: AwardRule, ladder: Ladder | None
) -> tuple[str | None, bool]:
    """Find the award's level if it is by count-back, and whether it is left open."""
    for one in rule.requirements:
        if isinstance(one, CountBack):
            level = level_by_count_back(items, one.threshold, ladder)
            return level, level is None
    return None, False


def measure_all(
    items: tuple[EligibleLot, ...], use: Use, rule: AwardRule, ladder: Ladder | None
) -> tuple[Measure, ...]:
    """Add up every requirement and cap, in the order of the rule."""
    return tuple(measure(one, items, use, rule, ladder) for one in measured_by(rule))


def outcome_of(measures: tuple[Measure, ...]) -> Outcome:
    """Decide a plan: not yet if a requirement fails, referred if anything is open, else award."""
    required = [one.decision for one in measures if isinstance(one.constraint, Requirement)]
    if Decision.FAIL in required or not required:
        return Outcome.NOT_YET
    if any(one.decision is not Decision.PASS for one in measures):
        return Outcome.REFER
    return Outcome.AWARD


def lots_used(found: StackPlan) -> tuple[Lot, ...]:
    """Choose the lots that a plan uses."""
    return tuple(one.lot for one in found.eligible if one.lot.id in found.use)


def used_total(found: StackPlan) -> Interval:
    """Add up the credits that a plan uses, in the unit of its rule."""
    use = found.use
    used = (one for one in found.eligible if one.lot.id in use)
    return sum((used_amount(one, use[one.lot.id]) for one in used), Interval.of(Fraction(0)))


def _use(
    items: tuple[EligibleLot, ...],
    rule: AwardRule,
    ladder: Ladder | None,
    kin: tuple[tuple[str, str], ...],
    budget: Budget,
    *,
    only_outcome: bool,
) -> tuple[Use, bool]:
    """Choose how lots are used: all of them where nothing speaks against that, else by search."""
    is_bounded = any(bounds_of(one).most is not None for one in measured_by(rule))
    if not kin and not is_bounded:
        return {item.lot.id: None for item in items}, True
    # The solver is large; it is loaded only by those who need it.
    from stacking.search import best_use

    return best_use(items, rule, ladder, kin, budget, only_outcome=only_outcome)
