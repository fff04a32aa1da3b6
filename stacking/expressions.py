"""Sums in whole numbers: fractions are counted in the largest unit that divides them all."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from operator import mul

from ortools.sat.python import cp_model

from stacking.solver import LARGEST_SUM, TooLargeError, Whole

Term = tuple[cp_model.IntVar, int, Fraction]
"""A variable, its largest value, and the amount that each one of it adds."""

Key = tuple[tuple[int, ...], tuple[int, ...]]
"""What sums have in common that are largest together: variables and factors."""


@dataclass(frozen=True, slots=True)
class Expression:
    """An amount that is always there, and so many units for each variable.

    `mosts` are the largest values of the variables.
    """

    variables: tuple[cp_model.IntVar, ...]
    mosts: tuple[int, ...]
    factors: tuple[int, ...]
    base: Fraction
    unit: Fraction
    top: int
    """The largest value, in units above the base."""

    @classmethod
    def of(cls, terms: Iterable[Term], base: Fraction) -> Expression:
        """Add up terms; raise `TooLargeError` if the sum may be too large for the solver."""
        counted = [term for term in terms if term[2] != 0]
        unit = _common_unit([amount for _variable, _most, amount in counted])
        factors = tuple((amount / unit).numerator for _variable, _most, amount in counted)
        mosts = tuple(most for _variable, most, _amount in counted)
        top = sum(map(mul, mosts, factors))
        if top > LARGEST_SUM:
            raise TooLargeError
        variables = tuple(variable for variable, _most, _amount in counted)
        return cls(variables, mosts, factors, base, unit, top)

    @property
    def whole(self) -> Whole:
        """The sum in units above the base, for the solver."""
        return cp_model.LinearExpr.weighted_sum(self.variables, self.factors)

    @property
    def key(self) -> Key:
        """Its variables and factors, without base and unit."""
        return tuple(variable.index for variable in self.variables), self.factors

    def value(self, solution: Sequence[int]) -> int:
        """Compute the sum in units above the base."""
        pairs = zip(self.variables, self.factors, strict=True)
        return sum(solution[variable.index] * factor for variable, factor in pairs)

    def at_least(self, amount: Fraction) -> int:
        """The fewest units with which the sum reaches an amount; above `top` if it never does."""
        return min(max(math.ceil((amount - self.base) / self.unit), 0), self.top + 1)

    def fewest(self, units: int) -> int:
        """How many lots, or steps, are needed at the least to reach so many units."""
        needed, left = 0, units
        for factor, most in sorted(zip(self.factors, self.mosts, strict=True), reverse=True):
            taken = min(most, max(-(-left // factor), 0))
            needed, left = needed + taken, left - taken * factor
        return needed

    def at_most(self, amount: Fraction) -> int:
        """The most units with which the sum stays within an amount; below zero if it never does."""
        return max(min(math.floor((amount - self.base) / self.unit), self.top), -1)


def _common_unit(amounts: list[Fraction]) -> Fraction:
    if not amounts:
        return Fraction(1)
    denominator = math.lcm(*(amount.denominator for amount in amounts))
    return Fraction(
        math.gcd(*((amount * denominator).numerator for amount in amounts)), denominator
    )
