"""Lots that are alike for an award: a search counts them instead of telling them apart.

Whoever has fifty badges of the same worth leaves one number to choose, not fifty choices that come
to the same.  Which of them are used is settled afterwards, in the order of the wallet.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from frameworks.amounts import Interval
from frameworks.levels import Ladder
from stacking.award_rules import AwardRule, Components
from stacking.measures import Measured, Membership, bounds_of, measured_by, membership
from stacking.wallet import EligibleLot

KinPairs = tuple[tuple[str, str], ...]
"""Pairs of lots, by id, that are never used together."""


@dataclass(frozen=True, slots=True)
class Traits:
    """All that an award sees of a lot.

    `members` tells for each requirement and cap whether the lot counts there; `component` is
    named only if a requirement asks for it, `step` only if the lot may be used in part.
    """

    amount: Interval
    members: tuple[Membership, ...]
    component: str | None
    step: Fraction | None

    @property
    def steps_below(self) -> int:
        """The largest part of the lot, in steps; zero if it may not be divided."""
        if self.step is None:
            return 0
        return max(-(-self.amount.low // self.step) - 1, 0)

    @property
    def whole_steps(self) -> int | None:
        """The whole lot in steps, or None if it is not a multiple of them."""
        if self.step is None or self.amount.low % self.step:
            return None
        return int(self.amount.low / self.step)


def traits_of(item: EligibleLot, rule: AwardRule, ladder: Ladder | None) -> Traits:
    """Read what an award sees of a lot."""
    measured = measured_by(rule)
    asked = {code for one in measured if isinstance(one, Components) for code in one.components}
    is_divisible = item.amount.number is not None and rule.may_divide(item.lot)
    return Traits(
        amount=item.amount,
        members=tuple(_member(one, item, rule, ladder) for one in measured),
        component=item.lot.component if item.lot.component in asked else None,
        step=rule.divisible_step if is_divisible else None,
    )


def _member(one: Measured, item: EligibleLot, rule: AwardRule, ladder: Ladder | None) -> Membership:
    """Components are counted by themselves and add no amounts."""
    if isinstance(one, Components):
        return Membership.NO
    return membership(one, item, rule, ladder)


@dataclass(frozen=True, slots=True)
class Count:
    """A whole number that is chosen: how many of these amounts are used, up to `most`."""

    most: int
    amount: Interval


@dataclass(frozen=True, slots=True)
class Group:
    """Lots that are alike, in the order of the wallet.

    `is_pool`: all are multiples of the step and nobody asks for them whole, so that only the number
    of steps used of all of them together matters; their amounts may differ then.
    """

    items: tuple[EligibleLot, ...]
    traits: Traits
    is_pool: bool = False

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of the lots."""
        return tuple(item.lot.id for item in self.items)

    @property
    def whole(self) -> Count | None:
        """How many lots may be used whole."""
        return None if self.is_pool else Count(len(self.items), self.traits.amount)

    @property
    def steps(self) -> Count | None:
        """How many steps may be used of lots in part (in a pool: of whole ones too)."""
        step = self.traits.step
        most = self._all_steps() if self.is_pool else len(self.items) * self.traits.steps_below
        return None if step is None or most == 0 else Count(most, Interval.of(step))

    def _all_steps(self) -> int:
        step = self.traits.step or Fraction(1)
        return int(sum((item.amount.low for item in self.items), Fraction(0)) / step)

    def use(self, whole: int, steps: int) -> dict[str, Fraction | None]:
        """Take lots in the order of the wallet: so many whole, and then so many steps of others."""
        found: dict[str, Fraction | None] = {item.lot.id: None for item in self.items[:whole]}
        step = self.traits.step or Fraction(1)
        for item in self.items[whole:]:
            part = min(steps * step, self._largest(item))
            if part > 0:
                found[item.lot.id] = None if part == item.amount.number else part
            steps -= int(part / step)
        return found

    def _largest(self, item: EligibleLot) -> Fraction:
        step = self.traits.step or Fraction(1)
        return item.amount.low if self.is_pool else self.traits.steps_below * step


def set_apart(
    items: tuple[EligibleLot, ...], traits: Mapping[str, Traits], rule: AwardRule, kin: KinPairs
) -> tuple[tuple[EligibleLot, ...], tuple[EligibleLot, ...]]:
    """Set apart the lots that nothing keeps from being used whole, which makes every plan better.

    They have no kin, and add nothing to what has an upper bound.
    """
    with_kin = {name for pair in kin for name in pair}
    measured = measured_by(rule)
    bounded = [place for place, one in enumerate(measured) if bounds_of(one).most is not None]

    def is_unlimited(item: EligibleLot) -> bool:
        own = traits[item.lot.id]
        adds = any(own.members[place] is not Membership.NO for place in bounded)
        return item.lot.id not in with_kin and (own.amount.high == 0 or not adds)

    always = tuple(item for item in items if is_unlimited(item))
    return always, tuple(item for item in items if not is_unlimited(item))


def groups_of(
    items: tuple[EligibleLot, ...], traits: Mapping[str, Traits], kin: KinPairs
) -> list[Group]:
    """Put together what is alike: traits and kin.

    Lots that are multiples of the step, have no kin, and that nobody asks for whole, are alike
    whatever their amounts are.
    """
    related: dict[str, set[str]] = {}
    for one, other in kin:
        related.setdefault(one, set()).add(other)
        related.setdefault(other, set()).add(one)
    found: dict[tuple[bool, Hashable], list[EligibleLot]] = {}
    for item in items:
        own, own_kin = traits[item.lot.id], frozenset(related.get(item.lot.id, ()))
        is_pooled = own.whole_steps is not None and own.component is None and not own_kin
        key = (own.members, own.step) if is_pooled else (own, own_kin)
        found.setdefault((is_pooled, key), []).append(item)
    return [
        Group(tuple(several), traits[several[0].lot.id], is_pool=key[0])
        for key, several in found.items()
    ]
