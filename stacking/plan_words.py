"""A plan in words."""

from __future__ import annotations

from collections.abc import Iterator

from frameworks.amounts import canonical
from stacking.lots import NotALot
from stacking.measures import bounds_of
from stacking.plan_json import told
from stacking.planning import Outcome, StackPlan

HEADLINES = {
    Outcome.AWARD: "AWARD. The credentials add up to it.",
    Outcome.NOT_YET: "NOT YET. Something is missing.",
    Outcome.REFER: "A PERSON MUST DECIDE. It depends on what is not certain.",
}
MARKS = {"pass": "ok  ", "fail": "FAIL", "refer": "?   "}


def in_words(found: StackPlan, left_out: tuple[NotALot, ...] = ()) -> Iterator[str]:
    """Say what a plan comes to, line by line."""
    yield f"{found.rule.title or found.rule.id}: {HEADLINES[found.outcome]}"
    if found.award_level is not None:
        yield f"Level by counting back: {found.award_level}"
    for one in found.measures:
        bounds = bounds_of(one.constraint)
        wanted = " ".join(
            f"{word} {canonical(end)}"
            for word, end in (("at least", bounds.least), ("at most", bounds.most))
            if end is not None
        )
        short = found.shortfalls.get(one.constraint.id)
        lacking = "" if short is None else f", {told(short)} missing"
        lots = " (1 lot)" if len(one.lots) == 1 else f" ({len(one.lots)} lots)"
        mark = MARKS[one.decision.value]
        yield f"{mark} {one.constraint.id}: {told(one.total)}{lots}, {wanted}{lacking}"
    for lot in found.excluded:
        yield f"-    {lot.lot.id} does not count: {', '.join(lot.reasons)}"
    for other in left_out:
        yield f"-    {other.credential} does not count: {other.reason}"
