"""A plan as JSON: outcome, every constraint with sum, bounds and lots, what does not count."""

from __future__ import annotations

from typing import Any

from credentials.json_types import JsonObject
from frameworks.amounts import Interval, canonical
from stacking.lots import LedgerEntry, Lot, NotALot
from stacking.measures import Bounds, bounds_of
from stacking.planning import StackPlan


def plan_json(found: StackPlan, left_out: tuple[NotALot, ...] = ()) -> JsonObject:
    """Write a plan; `left_out` is what did not even become a lot."""
    return {
        "award": found.rule.id,
        "outcome": found.outcome.value,
        "award_level": found.award_level,
        "exhaustive": found.is_exhaustive,
        **result_json(found),
        "excluded": [
            *excluded_json(found),
            *({"credential": one.credential, "reasons": [one.reason]} for one in left_out),
        ],
    }


def result_json(found: StackPlan) -> JsonObject:
    """Write how the lots are used, and what that comes to."""
    return {
        "use": {
            name: "whole" if part is None else canonical(part) for name, part in found.use.items()
        },
        "constraints": [
            {
                "id": one.constraint.id,
                "decision": one.decision.value,
                "sum": told(one.total),
                **_bounds_json(bounds_of(one.constraint)),
                "lots": list(one.lots),
            }
            for one in found.measures
        ],
        "shortfall": {name: told(short) for name, short in found.shortfalls.items()},
    }


def excluded_json(found: StackPlan) -> list[JsonObject]:
    """Write the lots that do not count, with every reason."""
    return [{"lot": one.lot.id, "reasons": list(one.reasons)} for one in found.excluded]


def _bounds_json(bounds: Bounds) -> dict[str, str]:
    ends = {"least": bounds.least, "most": bounds.most}
    return {name: canonical(end) for name, end in ends.items() if end is not None}


def told(interval: Interval) -> str:
    """Write an interval as one number, or as from and to."""
    if interval.number is not None:
        return canonical(interval.number)
    return f"{canonical(interval.low)} to {canonical(interval.high)}"


def lot_json(lot: Lot) -> JsonObject:
    """Write a lot; what is not known is left out."""
    members: dict[str, Any] = {
        "id": lot.id,
        "digest": lot.digest,
        "amount": canonical(lot.amount),
        "unit": lot.unit,
        "level": lot.level and {"framework": lot.level.framework, "code": lot.level.code},
        "categories": sorted(lot.categories),
        "component": lot.component,
        "institution": lot.institution,
        "source_class": lot.source_class.value,
        "awarded": lot.awarded and lot.awarded.isoformat(),
        "grade": lot.grade,
        "assurance": lot.assurance,
        "language": lot.language,
        "outcomes": sorted(lot.outcomes),
        "contains": sorted(lot.contains),
        "stated_inside": sorted(lot.stated_inside),
        "already_converted": lot.already_converted or None,
    }
    return {name: value for name, value in members.items() if value not in (None, [])}


def ledger_json(entry: LedgerEntry) -> JsonObject:
    """Write an earlier use."""
    members: JsonObject = {
        "award": entry.award,
        "spent": entry.spent,
        "lot": entry.lot,
        "digest": entry.digest,
        "family": entry.family,
    }
    return {name: value for name, value in members.items() if value is not None}
