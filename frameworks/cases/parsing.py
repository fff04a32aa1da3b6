"""Building domain objects from the facts that a case gives by value."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from typing import Any

from frameworks.amounts import Interval, Rounding, RoundingMode, canonical, parse_amount
from frameworks.conversions import Conversion, Credit, Method
from frameworks.credit_units import CreditUnit
from frameworks.dates import parse_date
from frameworks.level_maps import LevelMap, MapPolicy
from frameworks.levels import Ladder, Level, LevelCode

Given = Mapping[str, Any]


def optional_amount(value: Any) -> Fraction | None:
    """Read an amount that may be absent."""
    return None if value is None else parse_amount(value)


def optional_date(value: Any) -> date | None:
    """Read a date that may be absent."""
    return None if value is None else parse_date(value)


def ladders(given: Given) -> dict[str, Ladder]:
    """Read the ladders of a case by framework."""
    return {name: _ladder(name, rows) for name, rows in given.get("ladders", {}).items()}


def _ladder(framework: str, rows: list[Given]) -> Ladder:
    levels = (
        LevelCode(row["code"], row["rank"], row.get("uri"), optional_amount(row.get("factor")))
        for row in rows
    )
    return Ladder.of(framework, tuple(levels))


def units(given: Given) -> dict[str, CreditUnit]:
    """Read the credit units of a case by id."""
    return {name: _unit(name, row) for name, row in given.get("units", {}).items()}


def _unit(name: str, row: Given) -> CreditUnit:
    hours = row["hours"]
    span = None if hours is None else Interval(parse_amount(hours[0]), parse_amount(hours[1]))
    return CreditUnit(name, row["basis"], span, optional_amount(row["per_year"]))


def conversion(row: Given) -> Conversion:
    """Read one conversion."""
    return Conversion(
        source=row["from"],
        target=row["to"],
        method=Method(row["method"]),
        ratio=optional_amount(row.get("ratio")),
        authority=row.get("authority", ""),
        reversible=row.get("reversible", False),
        id=row.get("id", ""),
    )


def credit(row: Given) -> Credit:
    """Read an amount of credit."""
    return Credit(parse_amount(row["amount"]), row["unit"], row.get("already_converted", False))


def rounding(row: Given | None) -> Rounding | None:
    """Read how amounts are rounded, if at all."""
    if row is None:
        return None
    return Rounding(parse_amount(row["step"]), RoundingMode(row["mode"]))


def level(row: Given | None) -> Level | None:
    """Read a level that may be absent."""
    return None if row is None else Level(row["framework"], row["code"])


def level_map(row: Given) -> LevelMap:
    """Read one level map."""
    return LevelMap(
        source=row["from"],
        target=row["to"],
        kind=row["kind"],
        entries={entry["from"]: frozenset(entry["to"]) for entry in row["entries"]},
        withheld=frozenset(row.get("withheld", ())),
        id=row.get("id", ""),
    )


def map_policy(row: Given) -> MapPolicy:
    """Read which maps count."""
    return MapPolicy(
        kinds=frozenset(row["kinds"]),
        via=frozenset(row.get("via", ())),
        inverse=row.get("inverse", False),
        check_paths=row.get("check_paths", False),
        choose=row.get("choose", "none"),
    )


def told(interval: Interval) -> Any:
    """Write an interval, or the one number that it is."""
    if interval.number is not None:
        return canonical(interval.number)
    return {"min": canonical(interval.low), "max": canonical(interval.high)}
