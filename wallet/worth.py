"""Level and credits for a learner: as they are stated, and in the framework they know."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from credentials.json_types import JsonObject, as_list
from frameworks.viewpoints import Viewpoint
from service.pages.languages import amount_in_words


@dataclass(frozen=True, slots=True)
class Value:
    """A level with its framework's name, and an amount with its unit; "" where there is none."""

    level: str
    framework: str
    amount: str
    unit: str


@dataclass(frozen=True, slots=True)
class Worth:
    """One value as it is stated, and in the framework that the learner has chosen.

    `is_own` says that it is stated in that framework already.
    """

    stated: Value
    own: Value | None
    is_own: bool


def worths_of(value: JsonObject | None, chosen: Viewpoint | None) -> tuple[Worth, ...]:
    """Read the values of a report, once each, for a learner who knows one framework."""
    members = value or {}
    appraisals = as_list(members.get("appraisals")) or as_list(members.get("stated"))
    return tuple(dict.fromkeys(_worths(appraisals, chosen)))


def _worths(appraisals: list[JsonObject], chosen: Viewpoint | None) -> Iterator[Worth]:
    for one in appraisals:
        amount = amount_in_words(one["amount"]) if "amount" in one else ""
        unit = one.get("unit", "") if amount else ""
        stated = Value(one.get("level", ""), one.get("framework", ""), amount, unit)
        is_own = chosen is not None and one.get("framework_id") == chosen.id
        own = None if chosen is None or is_own else _elsewhere(one, chosen)
        yield Worth(stated, own, is_own)


def _elsewhere(appraisal: JsonObject, chosen: Viewpoint) -> Value | None:
    """Take level and credits from the same appraisal: an amount is converted once only."""
    elsewhere = appraisal.get("elsewhere", {})
    levels = [
        " / ".join(row["level"] for row in one["levels"])
        for one in elsewhere.get("levels", ())
        if one["framework"] == chosen.id
    ]
    amounts = [
        one for one in elsewhere.get("credits", ()) if chosen.unit and one["unit"] == chosen.unit
    ]
    if not levels and not amounts:
        return None
    amount = _range(amounts[0]) if amounts else ""
    level = levels[0] if levels else ""
    return Value(level, chosen.name if level else "", amount, chosen.unit if amount else "")


def _range(credit: JsonObject) -> str:
    low, high = amount_in_words(credit["min"]), amount_in_words(credit["max"])
    return low if low == high else f"{low} … {high}"
