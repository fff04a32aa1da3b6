"""Which of several awards a wallet earns together, without counting anything twice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from stacking.award_rules import AwardRule
from stacking.budget import SEVERAL
from stacking.lots import Lot, kin_pairs
from stacking.planning import Outcome, StackPlan, judge
from stacking.wallet import Conditions


class Standing(StrEnum):
    """What becomes of one award among several."""

    AWARD = "AWARD"
    BLOCKED = "BLOCKED"
    NOT_YET = "NOT_YET"
    REFER = "REFER"


@dataclass(frozen=True, slots=True)
class Assignment:
    """What becomes of each award, by id, and what the awards reached are worth together."""

    standings: Mapping[str, Standing]
    total_worth: Fraction | None


def assign(
    lots: tuple[Lot, ...], rules: tuple[AwardRule, ...], conditions: Conditions
) -> Assignment:
    """Choose the awards that are reached together: most of them, then the earlier listed.

    Two awards use the same lot, or kin, only if neither asks for exclusive use.
    """
    plans = [judge(lots, rule, conditions) for rule in rules]
    candidates = [one for one in plans if one.outcome is Outcome.AWARD]
    chosen, is_sure = _together(lots, candidates, conditions)
    standings = {one.rule.id: _standing(one, chosen, is_sure) for one in plans}
    worths = [rule.worth for rule in rules]
    total = None
    if any(worth is not None for worth in worths):
        reached = (rule.worth for rule in rules if rule.id in chosen)
        total = sum((worth for worth in reached if worth is not None), Fraction(0))
    return Assignment(standings, total)


def _standing(one: StackPlan, chosen: frozenset[str], is_sure: bool) -> Standing:
    """Tell what becomes of an award; one that may or may not fit beside others is referred."""
    if one.outcome is not Outcome.AWARD:
        return Standing(one.outcome.value)
    if one.rule.id in chosen:
        return Standing.AWARD
    return Standing.BLOCKED if is_sure else Standing.REFER


def _together(
    lots: tuple[Lot, ...], candidates: list[StackPlan], conditions: Conditions
) -> tuple[frozenset[str], bool]:
    """Find the awards that can all be reached at once; each of them can be alone."""
    names = frozenset(one.rule.id for one in candidates)
    if len(candidates) < 2 or not any(one.rule.is_exclusive for one in candidates):
        return names, True
    from stacking.joint_search import Candidate, choose_awards

    models = tuple(
        Candidate(one.rule, one.eligible, conditions.ladders.get(one.rule.framework or ""))
        for one in candidates
    )
    by_id = {lot.id: lot for lot in lots}
    return choose_awards(models, kin_pairs(lots, by_id), SEVERAL)
