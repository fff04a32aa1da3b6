"""Writing what registers say in the form of worked cases, in which it is read again."""

from __future__ import annotations

from typing import Any

from frameworks.amounts import canonical
from frameworks.conversions import Conversion
from frameworks.credit_units import CreditUnit
from frameworks.level_maps import LevelMap
from frameworks.levels import Ladder
from recognition.deciding.question import Said


def told_said(said: Said) -> dict[str, Any]:
    """Write units, ladders and maps by value."""
    return {
        "units": {name: _unit(unit) for name, unit in said.units.items()},
        "ladders": {name: _ladder(ladder) for name, ladder in said.ladders.items()},
        "maps": [_map(one) for one in said.maps],
    }


def told_conversion(one: Conversion) -> dict[str, Any]:
    """Write a conversion."""
    members = {
        "id": one.id or None,
        "from": one.source,
        "to": one.target,
        "method": one.method.value,
        "ratio": None if one.ratio is None else canonical(one.ratio),
        "authority": one.authority or None,
        "reversible": one.reversible,
    }
    return {name: value for name, value in members.items() if value is not None}


def _unit(unit: CreditUnit) -> dict[str, Any]:
    hours = unit.hours
    return {
        "basis": unit.basis,
        "hours": None if hours is None else [canonical(hours.low), canonical(hours.high)],
        "per_year": None if unit.per_year is None else canonical(unit.per_year),
    }


def _ladder(ladder: Ladder) -> list[dict[str, Any]]:
    """Write the levels by which others are compared; what else is known of them decides nothing."""
    return [{"code": one.code, "rank": one.rank} for one in ladder.levels.values()]


def _map(one: LevelMap) -> dict[str, Any]:
    return {
        "id": one.id,
        "from": one.source,
        "to": one.target,
        "kind": one.kind,
        "entries": [{"from": code, "to": sorted(one.entries[code])} for code in one.entries],
        "withheld": sorted(one.withheld),
    }
