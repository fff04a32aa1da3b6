"""Trying every use of a few lots: for amounts that are too large or too fine for the solver."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import product

from frameworks.amounts import Decision, Interval
from frameworks.levels import Ladder
from stacking.award_rules import AwardRule, Cap, Requirement
from stacking.measures import Measure, Use, bounds_of, measure, measured_by
from stacking.wallet import EligibleLot

USES_TRIED = 20_000
"""Most different uses of a wallet that are tried one by one."""

LOTS_MEASURED = 400_000
"""Most lots that are looked at for that, over all uses and all constraints: about two seconds."""

_NOT_USED = object()


def enumerated_use(
    items: tuple[EligibleLot, ...],
    rule: AwardRule,
    ladder: Ladder | None,
    kin: tuple[tuple[str, str], ...],
) -> tuple[Use, bool]:
    """Find the best use by trying all; the second result is false if there are too many to try.

    Then lots are taken whole in their order, as long as nothing is broken.
    """
    choices = [_choices(item, rule) for item in items]
    number, looked_at = 1, len(items) * len(rule.constraints)
    for several in choices:
        number *= len(several)
        if number > USES_TRIED or number * looked_at > LOTS_MEASURED:
            return use_in_order(items, rule, ladder, kin), False
    names = [item.lot.id for item in items]
    best: tuple[tuple[object, ...], Use] | None = None
    for chosen in product(*choices):
        use = {
            name: part
            for name, part in zip(names, chosen, strict=True)
            if part is None or isinstance(part, Fraction)
        }
        measures = _possible(items, use, rule, ladder, kin)
        if measures is not None:
            rank = _rank(measures)
            if best is None or rank > best[0]:
                best = (rank, use)
    return ({}, True) if best is None else (best[1], True)


def _choices(item: EligibleLot, rule: AwardRule) -> list[object]:
    """Name the ways in which a lot can be used: not, whole, or a multiple of the step."""
    step, number = rule.divisible_step, item.amount.number
    parts: list[object] = []
    if step is not None and number is not None and rule.may_divide(item.lot):
        most = min(-(-number // step) - 1, USES_TRIED)
        parts = [step * count for count in range(1, int(most) + 1)]
    return [_NOT_USED, None, *parts]


def _possible(
    items: tuple[EligibleLot, ...],
    use: Use,
    rule: AwardRule,
    ladder: Ladder | None,
    kin: tuple[tuple[str, str], ...],
) -> tuple[Measure, ...] | None:
    """Measure a use; None if kin are used together or a bound is certainly broken."""
    if any(one in use and other in use for one, other in kin):
        return None
    measures = tuple(measure(one, items, use, rule, ladder) for one in measured_by(rule))
    for one in measures:
        most = bounds_of(one.constraint).most
        if most is not None and one.total.low > most:
            return None
    return measures


def _rank(measures: tuple[Measure, ...]) -> tuple[object, ...]:
    """Order uses: outcome, shortfalls, sums of requirements, sums of caps; larger is better."""
    required = [one for one in measures if isinstance(one.constraint, Requirement)]
    caps = [one for one in measures if isinstance(one.constraint, Cap)]
    is_open = all(one.decision is not Decision.FAIL for one in required)
    is_award = is_open and all(one.decision is Decision.PASS for one in measures)
    shortfalls = [bounds_of(one.constraint).shortfall(one.total) for one in required]
    return (
        is_award,
        is_open,
        tuple(end for short in shortfalls for end in (-short.high, -short.low)),
        tuple(_ends(one.total for one in required)),
        tuple(-end for end in _ends(one.total for one in caps)),
    )


def _ends(totals: Iterator[Interval]) -> Iterator[Fraction]:
    for total in totals:
        yield total.low
        yield total.high


def use_in_order(
    items: tuple[EligibleLot, ...],
    rule: AwardRule,
    ladder: Ladder | None,
    kin: tuple[tuple[str, str], ...],
) -> Use:
    """Take lots whole in their order, as long as nothing is broken."""
    use: dict[str, Fraction | None] = {}
    for item in items:
        tried = {**use, item.lot.id: None}
        if _possible(items, tried, rule, ladder, kin) is not None:
            use = tried
    return use
