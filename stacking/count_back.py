"""The level of an award by counting back, and credit points; both over all eligible lots."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from frameworks.levels import Ladder
from stacking.wallet import EligibleLot

ABOVE_ALL = 10**9
"""Rank of a level that is not known, where the highest counts."""


def level_by_count_back(
    items: tuple[EligibleLot, ...], threshold: Fraction, ladder: Ladder | None
) -> str | None:
    """Add amounts from the highest level down; the level at which the threshold is reached.

    Done once with everything at its least and once at its most; None if they differ, or if the
    level at which it is reached is not known.
    """
    if ladder is None:
        return None
    least = _reached(
        [(one.amount.low, _code(one, ladder, min)) for one in items], threshold, ladder, -1
    )
    most = _reached(
        [(one.amount.high, _code(one, ladder, max)) for one in items], threshold, ladder, ABOVE_ALL
    )
    return least if least == most else None


def _code(item: EligibleLot, ladder: Ladder, choose: Callable[..., str]) -> str | None:
    ranks = {code: ladder.rank(code) for code in item.levels}
    if not ranks or None in ranks.values():
        return None
    return choose(ranks, key=lambda code: ranks[code])


def _reached(
    parts: list[tuple[Fraction, str | None]], threshold: Fraction, ladder: Ladder, unknown: int
) -> str | None:
    def rank(code: str | None) -> int:
        found = None if code is None else ladder.rank(code)
        return unknown if found is None else found

    total = Fraction(0)
    for amount, code in sorted(parts, key=lambda part: -rank(part[1])):
        total += amount
        if total >= threshold:
            return code
    return None


def credit_points(items: tuple[EligibleLot, ...], ladder: Ladder | None) -> Fraction | None:
    """Weigh amounts by the factor of their level; None if an amount or a level is not certain."""
    total = Fraction(0)
    for item in items:
        code = item.levels[0] if len(item.levels) == 1 and ladder is not None else None
        level = None if ladder is None or code is None else ladder.levels.get(code)
        if level is None or level.factor is None or item.amount.number is None:
            return None
        total += item.amount.number * level.factor
    return total
