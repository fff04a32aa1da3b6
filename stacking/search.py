"""Searching the best use of lots with a solver that works in whole numbers.

Nothing is rounded: each sum is counted in the largest unit of which all its amounts are multiples.
The solver only proposes a use; what it adds up to, and whether that is an award, is computed from
it anew.

What is best (docs/award-rules.md): the outcome; then the smallest shortfalls, requirement by
requirement; then the largest sums of the requirements; then the smallest sums of the caps.
"""

from __future__ import annotations

from frameworks.levels import Ladder
from stacking.award_model import AwardModel, Demand, Row
from stacking.award_rules import AwardRule, Requirement
from stacking.budget import Budget
from stacking.enumeration import enumerated_use, use_in_order
from stacking.expressions import Expression, Key
from stacking.groups import KinPairs, groups_of, set_apart, traits_of
from stacking.measures import Use
from stacking.solver import Answer, Purse, Solver, TooLargeError, Whole
from stacking.wallet import EligibleLot


def best_use(
    items: tuple[EligibleLot, ...],
    rule: AwardRule,
    ladder: Ladder | None,
    kin: KinPairs,
    budget: Budget,
    *,
    only_outcome: bool = False,
) -> tuple[Use, bool]:
    """Find the best use; the second result says whether the search was sure of it.

    `only_outcome`: any use will do that has the outcome of the best.
    """
    traits = {item.lot.id: traits_of(item, rule, ladder) for item in items}
    always, others = set_apart(items, traits, rule, kin)
    groups = groups_of(others, traits, kin)
    purse, is_sure = Purse.of(budget), True
    try:
        for demand in Demand:
            solver = Solver(purse)
            award = AwardModel(solver, groups, rule, [traits[item.lot.id] for item in always])
            award.exclude(kin)
            if not award.require(demand):
                continue
            is_sure = solver.solve() is not Answer.NOT_SURE and is_sure
            if solver.has_solution:
                is_best = only_outcome or _is_improved(award, demand, solver)
                used = award.use() | {item.lot.id: None for item in always}
                names = [item.lot.id for item in items]
                return {name: used[name] for name in names if name in used}, is_sure and is_best
    except TooLargeError:
        return enumerated_use(items, rule, ladder, kin)
    return use_in_order(items, rule, ladder, kin), False


def _is_improved(award: AwardModel, demand: Demand, solver: Solver) -> bool:
    """Make a plan the best that meets the demand; false if the budget ended before."""
    climb = _Climb(award, solver)
    required = [row for row in award.rows if isinstance(row.constraint, Requirement)]
    caps = [row for row in award.rows if not isinstance(row.constraint, Requirement)]
    shortfalls = () if demand is Demand.AWARD else required
    return (
        # The upper end of a shortfall belongs to the lower end of the sum, and comes first.
        all(climb.approach(end, row) for row in shortfalls for end in row.ends)
        and all(climb.enlarge(end) for row in required for end in row.ends)
        and all(climb.reduce(end) for row in caps for end in row.ends)
    )


class _Climb:
    """Going from one objective to the next, keeping what was reached.

    Each step tells whether it is certain.  The solver is asked only where the plan that is there
    may not be the best already.
    """

    def __init__(self, award: AwardModel, solver: Solver) -> None:
        self._award = award
        self._solver = solver
        self._settled: set[Key] = set()

    def approach(self, total: Expression, row: Row) -> bool:
        """Bring a sum as near as possible to what is needed."""
        goal = total.at_least(row.bounds.needed)
        if total.value(self._solver.solution) < goal:
            capped = self._solver.variable(goal)
            self._solver.model.add(capped <= total.whole)
            if self._solver.maximize(capped) is not Answer.BEST:
                return False
        if total.value(self._solver.solution) < goal:
            return self._settle(total)
        self._solver.model.add(total.whole >= goal)
        return True

    def enlarge(self, total: Expression) -> bool:
        """Make a sum as large as possible."""
        return self._push(total, total.whole, self._award.ceiling(total))

    def reduce(self, total: Expression) -> bool:
        """Make a sum as small as possible."""
        return self._push(total, -total.whole, 0)

    def _push(self, total: Expression, objective: Whole, best: int) -> bool:
        is_open = total.key not in self._settled and total.value(self._solver.solution) != best
        if is_open and self._solver.maximize(objective) is not Answer.BEST:
            return False
        return self._settle(total)

    def _settle(self, total: Expression) -> bool:
        if total.key not in self._settled and total.factors:
            self._settled.add(total.key)
            self._solver.model.add(total.whole == total.value(self._solver.solution))
        return True
