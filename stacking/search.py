"""Searching the best use of lots with a solver that works in whole numbers (OR-Tools CP-SAT).

All amounts are multiplied by their common denominator, so nothing is rounded.  The solver only
proposes a use; what it adds up to, and whether that is an award, is computed from it anew.

What is best (docs/award-rules.md): the outcome; then the smallest shortfalls, requirement by
requirement; then the largest sums of the requirements; then the smallest sums of the caps.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from ortools.sat.python import cp_model

from frameworks.levels import Ladder
from stacking.award_rules import AwardRule, Cap, Components, Requirement
from stacking.budget import Budget
from stacking.enumeration import enumerated_use
from stacking.measures import (
    Bounds,
    Measured,
    Membership,
    Use,
    bounds_of,
    is_certain,
    membership,
)
from stacking.wallet import EligibleLot

LARGEST_SUM = 2**60
"""Largest sum in whole numbers that is handed to the solver."""

Whole = cp_model.LinearExpr
"""An expression in whole numbers."""


class BudgetExceededError(Exception):
    """The solver stopped before it was sure; never leaves this room."""


class TooLargeError(BudgetExceededError):
    """The amounts are too large or too fine for the solver; never leaves this room."""


@dataclass(frozen=True, slots=True)
class _Total:
    """The sum of a constraint as the solver computes it, at least and at most."""

    constraint: Measured
    low: Whole
    high: Whole
    bounds: Bounds
    is_certain: bool


class _Terms:
    """A sum that is being made."""

    def __init__(self) -> None:
        self._variables: list[cp_model.IntVar] = []
        self._factors: list[int] = []

    def add(self, variable: cp_model.IntVar, factor: int) -> None:
        self._variables.append(variable)
        self._factors.append(factor)

    def sum(self) -> Whole:
        return cp_model.LinearExpr.weighted_sum(self._variables, self._factors)


class AwardModel:
    """One award in a solver's model: how each lot is used, what the uses add up to, what holds.

    `is_award` implies that every requirement, cap and bound passes, `is_open` that no requirement
    fails.
    """

    def __init__(
        self,
        model: cp_model.CpModel,
        items: tuple[EligibleLot, ...],
        rule: AwardRule,
        ladder: Ladder | None,
        kin: tuple[tuple[str, str], ...],
    ) -> None:
        """Add the award to a model."""
        self._model = model
        self._rule = rule
        self._items = items
        self.scale = _scale(items, rule)
        self._whole = {item.lot.id: model.new_bool_var("") for item in items}
        self._steps = dict(self._part(item) for item in items if self._most_steps(item) > 0)
        self.used = {item.lot.id: self._used(item.lot.id) for item in items}
        for one, other in kin:
            model.add_at_most_one(self.used[one], self.used[other])
        measured = (one for one in rule.constraints if isinstance(one, Requirement | Cap))
        self.totals = [self._total(one, ladder) for one in measured]
        self.is_award, self.is_open = model.new_bool_var(""), model.new_bool_var("")
        model.add_implication(self.is_award, self.is_open)
        for total in self.totals:
            self._bound(total)

    def _int(self, amount: Fraction) -> int:
        scaled = amount * self.scale
        if scaled > LARGEST_SUM:
            raise TooLargeError
        return scaled.numerator

    def _most_steps(self, item: EligibleLot) -> int:
        """Count the multiples of the step below the amount of a lot that may be divided."""
        step, number = self._rule.divisible_step, item.amount.number
        if step is None or number is None or not self._rule.may_divide(item.lot):
            return 0
        return min(max(math.ceil(number / step) - 1, 0), LARGEST_SUM)

    def _part(self, item: EligibleLot) -> tuple[str, cp_model.IntVar]:
        """Let a lot be used in part, instead of whole."""
        steps = self._model.new_int_var(0, self._most_steps(item), "")
        self._model.add(steps == 0).only_enforce_if(self._whole[item.lot.id])
        return item.lot.id, steps

    def _used(self, name: str) -> cp_model.IntVar:
        if name not in self._steps:
            return self._whole[name]
        used = self._model.new_bool_var("")
        self._model.add_implication(self._whole[name], used)
        self._model.add(self._steps[name] == 0).only_enforce_if(~used)
        return used

    def _total(self, one: Measured, ladder: Ladder | None) -> _Total:
        bounds = bounds_of(one)
        if isinstance(one, Components):
            present = _Terms()
            for code in one.components:
                present.add(self._present(code), 1)
            return _Total(one, present.sum(), present.sum(), bounds, is_certain=True)
        low, high = _Terms(), _Terms()
        for item in self._items:
            member = membership(one, item, self._rule, ladder)
            if member is not Membership.NO:
                self._count(item, item.amount.high, high)
            if member is Membership.YES:
                self._count(item, item.amount.low, low)
        certain = is_certain(self._items, one, self._rule, ladder)
        return _Total(one, low.sum(), high.sum(), bounds, certain)

    def _count(self, item: EligibleLot, amount: Fraction, terms: _Terms) -> None:
        """Add a lot to a sum: its amount if it is used whole, or the part that is used."""
        terms.add(self._whole[item.lot.id], self._int(amount))
        steps, step = self._steps.get(item.lot.id), self._rule.divisible_step
        if steps is not None and step is not None:
            terms.add(steps, self._int(step))

    def _present(self, code: str) -> cp_model.IntVar:
        """Tell whether a component is present: some lot of it is used whole."""
        present = self._model.new_bool_var("")
        lots = [self._whole[one.lot.id] for one in self._items if one.lot.component == code]
        self._model.add_bool_or(lots).only_enforce_if(present)
        for whole in lots:
            self._model.add_implication(whole, present)
        if not lots:
            self._model.add(present == 0)
        return present

    def needed(self, total: _Total) -> int:
        """The amount from which a shortfall is counted, in whole numbers."""
        return self._bound_int(total, total.bounds.needed)

    def _bound_int(self, total: _Total, amount: Fraction) -> int:
        return int(amount) if isinstance(total.constraint, Components) else self._int(amount)

    def _bound(self, total: _Total) -> None:
        """Make a plan possible only within bounds, and say what an award and an open plan need."""
        model, least, most = self._model, total.bounds.least, total.bounds.most
        if most is not None:
            bound = self._bound_int(total, most)
            model.add(total.low <= bound)
            model.add(total.high <= bound).only_enforce_if(self.is_award)
        if least is not None:
            bound = self._bound_int(total, least)
            model.add(total.low >= bound).only_enforce_if(self.is_award)
            model.add(total.high >= bound).only_enforce_if(self.is_open)

    def use(self, solver: cp_model.CpSolver) -> dict[str, Fraction | None]:
        """Read how the lots are used in a solution."""
        found: dict[str, Fraction | None] = {}
        for item in self._items:
            name = item.lot.id
            if solver.value(self._whole[name]):
                found[name] = None
            elif name in self._steps and solver.value(self._steps[name]):
                step = self._rule.divisible_step or Fraction(1)
                found[name] = solver.value(self._steps[name]) * step
        return found


def _scale(items: tuple[EligibleLot, ...], rule: AwardRule) -> int:
    """Find the common denominator of everything that is added or compared."""
    amounts = [end for item in items for end in (item.amount.low, item.amount.high)]
    amounts += [rule.divisible_step] if rule.divisible_step is not None else []
    for one in rule.constraints:
        if isinstance(one, Requirement | Cap):
            bounds = bounds_of(one)
            amounts += [end for end in (bounds.least, bounds.most) if end is not None]
    scale = math.lcm(1, *(amount.denominator for amount in amounts))
    if scale * sum(amounts, Fraction(1)) > LARGEST_SUM:
        raise TooLargeError
    return scale


def best_use(
    items: tuple[EligibleLot, ...],
    rule: AwardRule,
    ladder: Ladder | None,
    kin: tuple[tuple[str, str], ...],
    budget: Budget,
) -> tuple[Use, bool]:
    """Find the best use; the second result says whether the search was sure of it."""
    found: dict[str, Fraction | None] = {}
    try:
        model = cp_model.CpModel()
        award = AwardModel(model, items, rule, ladder, kin)
        solver = Solver(model, budget)
        for objective in _objectives(award, solver):
            solver.maximize(objective)
            found = award.use(solver.solver)
    except TooLargeError:
        return enumerated_use(items, rule, ladder, kin)
    except BudgetExceededError:
        if solver.has_solution:
            found = award.use(solver.solver)
        return found or enumerated_use(items, rule, ladder, kin)[0], False
    return found, True


def _objectives(award: AwardModel, solver: Solver) -> Iterator[Whole]:
    """Yield what is made as large as possible, one after the other."""
    yield award.is_award + award.is_open
    is_award = bool(solver.solver.value(award.is_award))
    required = [one for one in award.totals if isinstance(one.constraint, Requirement)]
    caps = [one for one in award.totals if isinstance(one.constraint, Cap)]
    for total in required if not is_award else ():
        # The upper end of a shortfall belongs to the lower end of the sum.
        yield solver.at_most(total.low, award.needed(total))
        if not total.is_certain:
            yield solver.at_most(total.high, award.needed(total))
    for total in required:
        yield total.low
        if not total.is_certain:
            yield total.high
    for total in caps:
        yield -total.low
        if not total.is_certain:
            yield -total.high


class Solver:
    """A solver that goes from one objective to the next, keeping what was reached."""

    def __init__(self, model: cp_model.CpModel, budget: Budget) -> None:
        """Take a model; the same input gives the same answer (one worker, a fixed seed)."""
        self._model = model
        self.has_solution = False
        self.solver = cp_model.CpSolver()
        self.solver.parameters.num_workers = 1
        self.solver.parameters.random_seed = 1
        self.solver.parameters.max_deterministic_time = budget.solver_units

    def maximize(self, objective: Whole) -> None:
        """Make an expression as large as possible, and keep it so from now on.

        Raises `BudgetExceededError` if that is not certain.
        """
        self._model.maximize(objective)
        status = self.solver.solve(self._model)
        self.has_solution = status in (cp_model.OPTIMAL, cp_model.FEASIBLE)
        if status != cp_model.OPTIMAL:
            raise BudgetExceededError
        self._model.add(objective == self.solver.value(objective))
        self._model.clear_hints()  # type: ignore[no-untyped-call]
        for index in range(len(self._model.proto.variables)):
            variable = self._model.get_int_var_from_proto_index(index)
            self._model.add_hint(variable, self.solver.value(variable))

    def at_most(self, expression: Whole, bound: int) -> cp_model.IntVar:
        """Make a variable that is no larger than an expression, nor than a bound."""
        variable = self._model.new_int_var(0, bound, "")
        self._model.add(variable <= expression)
        return variable


Candidate = tuple[AwardRule, tuple[EligibleLot, ...], Ladder | None, tuple[tuple[str, str], ...]]
"""An award that can be reached alone: rule, eligible lots, ladder, pairs of kin."""


def choose_awards(
    candidates: tuple[Candidate, ...],
    shared: tuple[tuple[str, str, str, str], ...],
    budget: Budget | None = None,
) -> tuple[frozenset[str], bool]:
    """Choose as many awards as can be reached at once, and among those the earlier listed.

    `shared` names the uses that exclude each other: award and lot, award and lot.  The second
    result says whether the search was sure; if not, the awards that are known to be reachable
    together are returned.
    """
    found: frozenset[str] = frozenset()
    try:
        model = cp_model.CpModel()
        awards = {
            rule.id: AwardModel(model, items, rule, ladder, kin)
            for rule, items, ladder, kin in candidates
        }
        for first, one, second, other in shared:
            model.add_at_most_one(awards[first].used[one], awards[second].used[other])
        for award in awards.values():
            for used in award.used.values():
                # What is not awarded uses nothing.
                model.add_implication(used, award.is_award)
        solver = Solver(model, budget or Budget())
        reached = [award.is_award for award in awards.values()]
        for objective in (cp_model.LinearExpr.sum(reached), *reached):
            solver.maximize(objective)
            found = _reached(awards, solver)
    except TooLargeError:
        return found, False
    except BudgetExceededError:
        # What was found so far is possible, though perhaps not the most.
        return _reached(awards, solver) if solver.has_solution else found, False
    return found, True


def _reached(awards: dict[str, AwardModel], solver: Solver) -> frozenset[str]:
    return frozenset(name for name, award in awards.items() if solver.solver.value(award.is_award))
