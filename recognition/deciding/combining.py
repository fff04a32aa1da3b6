"""Facts of several sources as one: what they agree on, what adds up; the rest a person decides."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

from credentials.level_credit.costs import Price
from frameworks.amounts import Interval
from frameworks.conversions import Credit
from frameworks.levels import Ladder, Level
from recognition.deciding.case import LearningOutcome
from recognition.deciding.credential_facts import BY_CREDENTIAL, Examined
from recognition.deciding.facts import NAMES, Established, Facts, read_facts, told, told_fact
from recognition.errors import RecognitionError

ADDED_UP = ("cost", "credits", "hours", "subsidy")
"""Facts of which there is more, the more credentials there are."""

CLASSES = ("D", "C", "B", "A")
"""Assurance classes, the weakest first."""


def combine(
    examined: tuple[Examined, ...],
    ladders: Mapping[str, Ladder],
    outcomes: tuple[LearningOutcome, ...],
) -> dict[str, Established]:
    """Combine what several credentials establish.

    Credits, hours, cost and subsidy add up; the oldest award, the lowest level of one framework
    and the weakest assurance count; what is true or false holds if it does for all; anything else
    counts only if all agree.  What one of them leaves open is open.
    """
    values = {
        name: _combined(name, [getattr(one.facts, name) for one in examined], ladders)
        for name in NAMES
    }
    values["overlap"] = overlap_of(
        frozenset().union(*(one.alignments for one in examined)), outcomes
    )
    by = {
        name: sorted({one.established_by.get(name, BY_CREDENTIAL) for one in examined})
        for name in NAMES
    }
    known = told(Facts(**values))
    return {name: Established(value, "; ".join(by[name])) for name, value in known.items()}


def _combined(name: str, values: list[Any], ladders: Mapping[str, Ladder]) -> Any:
    if name in ("accredited", "identity_verified", "redeemed"):
        return _truth(values, decisive=name == "redeemed")
    if any(value is None for value in values):
        return None
    if all(value == values[0] for value in values) and name not in ADDED_UP:
        return values[0]
    combiners: dict[str, Callable[[list[Any]], Any]] = {
        "assurance": _weakest,
        "awarded": min,
        "cost": _price,
        "credits": _credits,
        "hours": _total,
        "subsidy": _price,
    }
    if name == "level":
        return _lowest(values, ladders)
    return combiners[name](values) if name in combiners else None


def _total(values: list[Fraction]) -> Fraction:
    return sum(values, Fraction(0))


def _truth(values: list[bool | None], *, decisive: bool) -> bool | None:
    """Tell what holds of all: one value decides alone, the other needs all of them."""
    if decisive in values:
        return decisive
    return None if None in values else not decisive


def _weakest(values: list[str]) -> str | None:
    known = all(value in CLASSES for value in values)
    return min(values, key=CLASSES.index) if known else None


def _credits(values: list[Credit]) -> Credit | None:
    first = values[0]
    if any(
        (one.unit, one.already_converted) != (first.unit, first.already_converted) for one in values
    ):
        return None
    total = sum((one.amount for one in values), Fraction(0))
    return Credit(total, first.unit, first.already_converted)


def _price(values: list[Price]) -> Price | None:
    """Add up prices of one currency; of several there is no sum."""
    if len({one.currency for one in values}) > 1:
        return None
    return Price(sum((one.amount for one in values), Fraction(0)), values[0].currency)


def _lowest(values: list[Level], ladders: Mapping[str, Ladder]) -> Level | None:
    ladder = ladders.get(values[0].framework)
    if ladder is None or any(one.framework != values[0].framework for one in values):
        return None
    ranks = [ladder.rank(one.code) for one in values]
    known = [rank for rank in ranks if rank is not None]
    return values[ranks.index(min(known))] if len(known) == len(values) else None


def overlap_of(
    alignments: frozenset[str], outcomes: tuple[LearningOutcome, ...]
) -> Interval | None:
    """Count the receiving course's outcomes that are aligned with by the same URI.

    That is the least that the overlap can be: what no alignment names a person may still find.
    """
    reached = sum(one.uri in alignments for one in outcomes)
    if not reached:
        return None
    return Interval(Fraction(reached, len(outcomes)), Fraction(1))


def add_stated(
    known: Mapping[str, Established], stated: Mapping[str, Established]
) -> dict[str, Established]:
    """Add facts that named persons established.

    Raises `RecognitionError`: FACT_MALFORMED; ESTABLISHED_BY_NOBODY for a fact without a name;
    FACT_CONTRADICTED for one that says otherwise than a verified credential or a register does.
    """
    read_facts({name: one.value for name, one in stated.items()})
    added = dict(known)
    for name, one in stated.items():
        if not one.by.strip():
            text = f"Nobody is named who established the fact {name}."
            raise RecognitionError(text, code="ESTABLISHED_BY_NOBODY", pointer=f"/facts/{name}")
        if one.value is None:
            continue
        if name in known and not _agree(name, known[name].value, one.value):
            text = f"{one.by} states another {name} than was established ({known[name].by})."
            text += " An assessor may decide otherwise, with a reason; a fact is not replaced."
            raise RecognitionError(text, code="FACT_CONTRADICTED", pointer=f"/facts/{name}")
        if name not in known or name == "overlap":
            value = getattr(read_facts({name: one.value}), name)
            added[name] = Established(told_fact(value), one.by)
    return added


def _agree(name: str, known: Any, stated: Any) -> bool:
    """Tell whether a stated fact is the known one; an overlap may be stated more precisely."""
    one = getattr(read_facts({name: known}), name)
    other = getattr(read_facts({name: stated}), name)
    if isinstance(one, Interval) and isinstance(other, Interval):
        return one.low <= other.low and other.high <= one.high
    return bool(one == other)
