"""Searching which awards can be reached together when some ask for lots of their own."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass

from ortools.sat.python import cp_model

from frameworks.levels import Ladder
from stacking.award_model import AwardModel
from stacking.award_rules import AwardRule
from stacking.budget import Budget
from stacking.groups import Group, KinPairs, Traits, traits_of
from stacking.solver import Answer, Purse, Solver, TooLargeError
from stacking.wallet import EligibleLot

AWARDS_WEIGHED = 20
"""Most awards between which one question decides; each counts twice as much as the next."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """An award that can be reached alone, and the lots that count for it."""

    rule: AwardRule
    items: tuple[EligibleLot, ...]
    ladder: Ladder | None


def choose_awards(
    candidates: Sequence[Candidate], kin: KinPairs, budget: Budget
) -> tuple[frozenset[str], bool]:
    """Choose as many awards as can be reached at once, and among those the earlier listed.

    The second result says whether the search was sure; if not, the awards that are known to be
    reachable together are returned.
    """
    try:
        search = _JointSearch(candidates, kin, Solver(Purse.of(budget)))
        is_sure = search.run()
    except TooLargeError:
        return frozenset(), False
    return search.reached(), is_sure


class _JointSearch:
    """Several awards in one model: what is used for an exclusive one is used for no other."""

    def __init__(self, candidates: Sequence[Candidate], kin: KinPairs, solver: Solver) -> None:
        self._solver = solver
        self._candidates = candidates
        self._awarded = [solver.variable(1) for _ in candidates]
        groups = _alike(candidates, kin)
        self._models = []
        for own, candidate, awarded in zip(groups, candidates, self._awarded, strict=True):
            model = AwardModel(solver, own, candidate.rule)
            model.exclude(kin)
            model.require_if(awarded)
            self._models.append(model)
        self._share(kin)

    def run(self) -> bool:
        """Reach the most awards, then the earlier listed; tell whether that is certain."""
        total = cp_model.LinearExpr.sum(self._awarded)
        if self._solver.maximize(total) is not Answer.BEST:
            return False
        for start in range(0, len(self._awarded), AWARDS_WEIGHED):
            several = self._awarded[start : start + AWARDS_WEIGHED]
            weights = [2**place for place in reversed(range(len(several)))]
            earlier = cp_model.LinearExpr.weighted_sum(several, weights)
            # One award more is worth more than all preferences.
            if self._solver.maximize(total * 2 ** len(several) + earlier) is not Answer.BEST:
                return False
            for one in several:
                self._solver.model.add(one == self._solver.solution[one.index])
        return True

    def reached(self) -> frozenset[str]:
        """Name the awards of the last solution."""
        if not self._solver.has_solution:
            return frozenset()
        return frozenset(
            candidate.rule.id
            for candidate, awarded in zip(self._candidates, self._awarded, strict=True)
            if self._solver.solution[awarded.index]
        )

    def _share(self, kin: KinPairs) -> None:
        """Give each lot to one exclusive award, or to others only; and so with kin."""
        taken = [{group.ids: number for group, number in model.taken()} for model in self._models]
        for ids in dict.fromkeys(ids for own in taken for ids in own):
            self._limit([[own[ids]] if ids in own else [] for own in taken], len(ids))
        for pair in kin:
            self._limit([[own[(name,)] for name in pair if (name,) in own] for own in taken], 1)

    def _limit(self, taken: Sequence[list[cp_model.IntVar]], number: int) -> None:
        """Let exclusive awards, with one other at a time, take no more than so many lots."""
        exclusive: list[cp_model.IntVar] = []
        others: list[list[cp_model.IntVar]] = [[]]
        for own, candidate in zip(taken, self._candidates, strict=True):
            if candidate.rule.is_exclusive:
                exclusive += own
            else:
                others.append(own)
        for other in others if exclusive else ():
            self._solver.model.add(cp_model.LinearExpr.sum(exclusive + other) <= number)


def _alike(candidates: Sequence[Candidate], kin: KinPairs) -> list[list[Group]]:
    """Group, for each award, the lots that are alike for all awards.

    Lots with kin, and lots that may be divided, stand for themselves.
    """
    with_kin = {name for pair in kin for name in pair}
    traits: dict[str, list[Traits | None]] = {}
    for place, one in enumerate(candidates):
        for item in one.items:
            own = traits.setdefault(item.lot.id, [None] * len(candidates))
            own[place] = traits_of(item, one.rule, one.ladder)

    def key(item: EligibleLot) -> Hashable:
        own, name = traits[item.lot.id], item.lot.id
        stands_alone = name in with_kin or any(one is not None and one.step for one in own)
        return (tuple(own), name if stands_alone else "")

    return [_groups(one, key, place, traits) for place, one in enumerate(candidates)]


def _groups(
    candidate: Candidate,
    key: Callable[[EligibleLot], Hashable],
    place: int,
    traits: Mapping[str, list[Traits | None]],
) -> list[Group]:
    found: dict[Hashable, list[EligibleLot]] = {}
    for item in candidate.items:
        found.setdefault(key(item), []).append(item)
    groups = []
    for several in found.values():
        own = traits[several[0].lot.id][place]
        if own is not None:
            groups.append(Group(tuple(several), own))
    return groups
