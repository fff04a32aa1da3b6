"""Published figures as rows of a table; pure, and without what computes them."""

from __future__ import annotations

from collections.abc import Iterator

from credentials.json_types import JsonObject
from recognition.decision_payload import OUTCOMES

WITHHELD = "withheld"
"""Stands for a number that is not published."""

HEADER = ("figure", "name", "outcome", "number")

ALL = "all"
"""What the sum of all outcomes is called."""

AMOUNTS = {
    "credits": "credit granted",
    "hours": "hours recognised",
    "costPerCredit": "cost for one credit",
    "subsidyPerCredit": "subsidy for one credit",
}
"""Members of the figures that hold amounts, with what rows call them."""

Row = tuple[str, str, str, str]
"""One published number, in the order of the header."""


def figure_rows(figures: JsonObject) -> Iterator[Row]:
    """Write each number of `TransparencyFigures.to_json` as a row."""
    yield from _counts("decisions", figures["total"])
    for dimension, counted in figures["by"].items():
        for counts in counted:
            yield from _counts(f"decisions by {dimension}", counts)
    for member, name in AMOUNTS.items():
        for one in figures[member]:
            yield name, one["unit"], "", WITHHELD if one["amount"] is None else one["amount"]


def _counts(figure: str, counts: JsonObject) -> Iterator[Row]:
    for outcome in OUTCOMES:
        yield figure, counts["name"], outcome, _number(counts["outcomes"][outcome])
    yield figure, counts["name"], ALL, _number(counts["decisions"])


def _number(count: int | None) -> str:
    return WITHHELD if count is None else str(count)
