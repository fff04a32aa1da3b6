"""One award in a solver's model: how lots are used, what the uses add up to, what must hold."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction

from ortools.sat.python import cp_model

from frameworks.amounts import Interval
from stacking.award_rules import AwardRule, Components
from stacking.expressions import Expression, Key, Term
from stacking.groups import Count, Group, KinPairs, Traits
from stacking.measures import ZERO, Bounds, Measured, Membership, bounds_of, measured_by
from stacking.solver import Solver


class Demand(Enum):
    """What a plan is asked to be, the best first."""

    AWARD = "every requirement, cap and bound passes"
    OPEN = "no requirement fails"
    POSSIBLE = "no cap and no upper bound is certainly broken"


@dataclass(frozen=True, slots=True)
class Row:
    """The sum of a requirement or cap, at least and at most."""

    constraint: Measured
    low: Expression
    high: Expression

    @property
    def bounds(self) -> Bounds:
        """What the sum must reach, and what it must not exceed."""
        return bounds_of(self.constraint)

    @property
    def ends(self) -> tuple[Expression, ...]:
        """Its lower and its upper end; only one if they are always the same."""
        return (self.low,) if self.low == self.high else (self.low, self.high)


@dataclass(frozen=True, slots=True)
class _Choice:
    """What the solver chooses for a group: how many lots whole, how many steps of the others."""

    group: Group
    whole: cp_model.IntVar | None
    steps: cp_model.IntVar | None

    @property
    def counted(self) -> Iterator[tuple[cp_model.IntVar, Count]]:
        """The variables, with what one of each is."""
        if self.whole is not None and self.group.whole is not None:
            yield self.whole, self.group.whole
        if self.steps is not None and self.group.steps is not None:
            yield self.steps, self.group.steps


class AwardModel:
    """The numbers that are chosen for one award, and the sums of its requirements and caps."""

    def __init__(
        self,
        solver: Solver,
        groups: Sequence[Group],
        rule: AwardRule,
        always: Sequence[Traits] = (),
    ) -> None:
        """Add the award to a model; the lots of `always` are used whole."""
        self._solver = solver
        self._always = always
        self._ceilings: dict[Key, int] = {}
        self._choices = [self._choose(group) for group in groups]
        self.rows = tuple(self._row(place, one) for place, one in enumerate(measured_by(rule)))

    def _choose(self, group: Group) -> _Choice:
        whole, steps = (
            None if count is None else self._solver.variable(count.most)
            for count in (group.whole, group.steps)
        )
        if whole is not None and steps is not None:
            below = group.traits.steps_below
            self._solver.model.add(steps + below * whole <= below * len(group.items))
        return _Choice(group, whole, steps)

    def _row(self, place: int, one: Measured) -> Row:
        if isinstance(one, Components):
            present = self._present(one)
            return Row(one, present, present)
        low, high = self._base(place)
        return Row(
            one,
            Expression.of(self._terms(place, is_low=True), low),
            Expression.of(self._terms(place, is_low=False), high),
        )

    def _base(self, place: int) -> tuple[Fraction, Fraction]:
        """Add up what the lots that are always used contribute."""
        ends = [_added(one.members[place], one.amount) for one in self._always]
        return sum((low for low, _ in ends), ZERO), sum((high for _, high in ends), ZERO)

    def _terms(self, place: int, *, is_low: bool) -> Iterator[Term]:
        for choice in self._choices:
            for variable, count in choice.counted:
                low, high = _added(choice.group.traits.members[place], count.amount)
                yield variable, count.most, low if is_low else high

    def _present(self, one: Components) -> Expression:
        """Count the components of which some lot is used whole."""
        there = {traits.component for traits in self._always} & set(one.components)
        terms: list[Term] = []
        for code in dict.fromkeys(one.components):
            lots = [
                choice.whole
                for choice in self._choices
                if choice.whole is not None and choice.group.traits.component == code
            ]
            if lots and code not in there:
                present = self._solver.variable(1)
                self._solver.model.add(present <= cp_model.LinearExpr.sum(lots))
                terms.append((present, 1, Fraction(1)))
        return Expression.of(terms, Fraction(len(there)))

    def require(self, demand: Demand) -> bool:
        """Let only plans be possible that meet a demand; false if there can be none."""
        return all(self._limit(row, demand) for row in self.rows)

    def _limit(self, row: Row, demand: Demand) -> bool:
        least, most = row.bounds.least, row.bounds.most
        low, high = row.low, row.high
        if demand is Demand.AWARD:
            low, high = high, low
        is_within = most is None or self._keep_within(low, most)
        if least is None or demand is Demand.POSSIBLE:
            return is_within
        return self._make_reach(high, least) and is_within

    def _keep_within(self, total: Expression, most: Fraction) -> bool:
        bound = total.at_most(most)
        if 0 <= bound < total.top:
            self._solver.model.add(total.whole <= bound)
            self._ceilings[total.key] = min(bound, self.ceiling(total))
        return bound >= 0

    def ceiling(self, total: Expression) -> int:
        """A bound that the sum cannot exceed, in units above its base."""
        return self._ceilings.get(total.key, total.top)

    def _make_reach(self, total: Expression, least: Fraction) -> bool:
        bound = total.at_least(least)
        if 0 < bound <= total.top:
            self._solver.model.add(total.whole >= bound)
        return bound <= total.top

    def require_if(self, awarded: cp_model.IntVar) -> None:
        """Make an award's requirements hold if it is made; what is not made needs nothing.

        As sums and not as conditions, so that the solver sees how much of an award is paid for.
        """
        for row in self.rows:
            least, most = row.bounds.least, row.bounds.most
            if most is not None and row.high.at_most(most) < row.high.top:
                bound = row.high.at_most(most)
                self._solver.model.add(row.high.whole <= bound * awarded)
            if least is not None and row.low.at_least(least) > 0:
                bound = row.low.at_least(least)
                self._solver.model.add(row.low.whole >= bound * awarded)
                # It follows, but the solver does not see it: parts of lots do not make an award.
                number = cp_model.LinearExpr.sum(row.low.variables)
                self._solver.model.add(number >= row.low.fewest(bound) * awarded)

    def exclude(self, kin: KinPairs) -> None:
        """Never use kin together."""
        names = {name for pair in kin for name in pair}
        used: dict[str, cp_model.IntVar] = {}
        for choice in self._choices:
            if choice.group.items[0].lot.id in names:
                used |= dict.fromkeys(choice.group.ids, self._is_used(choice))
        pairs = ((used[one], used[other]) for one, other in kin if {one, other} <= used.keys())
        for one, other in dict.fromkeys(pairs):
            self._solver.model.add_at_most_one(one, other)

    def taken(self) -> Iterator[tuple[Group, cp_model.IntVar]]:
        """Tell how many lots of each group are used; of a group that is divided, whether any is."""
        for choice in self._choices:
            if choice.whole is not None and choice.steps is None:
                yield choice.group, choice.whole
            else:
                yield choice.group, self._is_used(choice)

    def _is_used(self, choice: _Choice) -> cp_model.IntVar:
        """Tell whether anything of a group is used."""
        if choice.steps is None and choice.whole is not None and len(choice.group.items) == 1:
            return choice.whole
        used = self._solver.variable(1)
        for variable, count in choice.counted:
            self._solver.model.add(variable <= count.most * used)
        return used

    def use(self) -> dict[str, Fraction | None]:
        """Read how the lots of the groups are used in the last solution."""
        found: dict[str, Fraction | None] = {}
        for choice in self._choices:
            whole, steps = (
                0 if variable is None else self._solver.solution[variable.index]
                for variable in (choice.whole, choice.steps)
            )
            found |= choice.group.use(whole, steps)
        return found


def _added(member: Membership, amount: Interval) -> tuple[Fraction, Fraction]:
    """Tell what a use adds to a sum, at least and at most."""
    return (
        amount.low if member is Membership.YES else ZERO,
        ZERO if member is Membership.NO else amount.high,
    )
