"""Whether the rows of a register fit together; every fault is told, by file and row."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from itertools import pairwise
from typing import Any

from frameworks.errors import FrameworkError
from frameworks.register.columns import TABLES
from frameworks.register.compositions import composition_findings
from frameworks.register.findings import Place, RegisterFinding
from frameworks.register.register import ANY, conversion_of
from frameworks.register.rows import SIGNABLE, FrameworkRow, MapEntryRow, Row, place_of
from frameworks.register.tables import Tables
from frameworks.register.typed_rows import keys_of

_NAMESPACE = re.compile(r"(?:https?://[^/\s]+/[^/\s]\S*|urn:[A-Za-z0-9-]+:[^:\s]\S*)[:/#=]")
"""Beginnings of URIs that can belong to the levels of one framework alone."""


def check_tables(tables: Tables, *, is_official: bool) -> Iterator[RegisterFinding]:
    """Find what is wrong with the rows of a register as a whole.

    1. a period does not end before it begins, and rows with one key do not hold on one day;
    2. what a row refers to is there;
    3. URIs and tokens identify one thing;
    4. amounts, intervals and ratios can be computed with;
    5. composed maps have parts, no circle, and claim no more than their parts;
    6. an official edition carries only what has a source or was verified.
    """
    # 1.
    for name, rows in tables.by_name():
        yield from _periods(name, rows)
    # 2.
    yield from _references(tables)
    # 3.
    yield from _identifiers(tables)
    # 4.
    yield from _amounts(tables)
    # 5.
    yield from composition_findings(tables)
    # 6.
    if is_official:
        yield from _unverified(tables)


def _periods(name: str, rows: tuple[Row, ...]) -> Iterator[RegisterFinding]:
    by_key: dict[tuple[Any, ...], list[Row]] = defaultdict(list)
    for key, row in zip(keys_of(TABLES[name], rows), rows, strict=True):
        first, last = _period(row)
        if first > last:
            text = "This row ends before it begins."
            yield RegisterFinding("PERIOD_REVERSED", place_of(row), text)
        by_key[key].append(row)
    for same in by_key.values():
        if len(same) > 1:
            yield from _clashes(same)


def _period(row: Row) -> tuple[date, date]:
    provenance = row.provenance
    return provenance.first_day or date.min, provenance.last_day or date.max


def _clashes(rows: list[Row]) -> Iterator[RegisterFinding]:
    """Compare each row with the one that lasts longest among those that begin no later."""
    order = {id(row): position for position, row in enumerate(rows)}
    longest: Row | None = None
    for row in sorted(rows, key=_period):
        if longest is not None and _period(row)[0] <= _period(longest)[1]:
            former, latter = sorted((longest, row), key=lambda one: order[id(one)])
            if _period(row) == _period(longest):
                text = f"The same is said already in {place_of(former)}."
                yield RegisterFinding("DUPLICATE_ROW", place_of(latter), text)
            else:
                text = (
                    f"This holds at the same time as {place_of(former)}; the periods must not "
                    "overlap."
                )
                yield RegisterFinding("OVERLAPPING_VALIDITY", place_of(latter), text)
        if longest is None or _period(row)[1] > _period(longest)[1]:
            longest = row


def _references(tables: Tables) -> Iterator[RegisterFinding]:
    units = {row.id for row in tables.units}
    known = {
        "framework": {row.id for row in tables.frameworks},
        "unit": units,
        "unit or *": units | {ANY},
        "map": {row.id for row in tables.maps},
        "source": {row.key for row in tables.sources},
    }
    members = {
        "frameworks": (("unit", "unit"),),
        "levels": (("framework", "framework"),),
        "maps": (("from_framework", "framework"), ("to_framework", "framework")),
        "map_rows": (("map", "map"),),
        "conversions": (("from_unit", "unit or *"), ("to_unit", "unit or *")),
        "size_bounds": (("framework", "framework"), ("unit", "unit")),
        "title_rules": (("framework", "framework"),),
        "accreditations": (("framework", "framework"), ("unit", "unit")),
        "listings": (("framework", "framework"), ("unit", "unit")),
    }
    for name, rows in tables.by_name():
        for row in rows:
            for member, kind in members.get(name, ()):
                yield from _missing(row, kind, getattr(row, member), known[kind])
            if TABLES[name].has_provenance and row.provenance.source not in known["source"]:
                yield from _missing(row, "source", row.provenance.source, known["source"])
    yield from _levels_referred_to(tables)


def _missing(row: Row, kind: str, name: str | None, known: set[str]) -> Iterator[RegisterFinding]:
    if name is not None and name not in known:
        text = f"There is no {kind} {name!r} in the register."
        yield RegisterFinding("UNKNOWN_REFERENCE", place_of(row), text)


def _levels_referred_to(tables: Tables) -> Iterator[RegisterFinding]:
    codes = {(row.framework, row.code) for row in tables.levels}
    for listing in tables.listings:
        yield from _missing_level(listing, (listing.framework, listing.level), codes)
    for row in tables.accreditations:
        for code in (row.level_min, row.level_max):
            if code is not None:
                yield from _missing_level(row, (row.framework, code), codes)
    maps = {row.id: row for row in tables.maps}
    for entry in tables.map_rows:
        owner = maps.get(entry.map)
        if owner is None:
            continue
        yield from _missing_level(entry, (owner.from_framework, entry.level), codes)
        for code in entry.to:
            yield from _missing_level(entry, (owner.to_framework, code), codes)
        yield from _contradiction(entry)


def _missing_level(
    row: Row, level: tuple[str, str], codes: set[tuple[str, str]]
) -> Iterator[RegisterFinding]:
    if level not in codes:
        text = f"The framework {level[0]} has no level {level[1]!r}."
        yield RegisterFinding("UNKNOWN_REFERENCE", place_of(row), text)


def _contradiction(entry: MapEntryRow) -> Iterator[RegisterFinding]:
    is_match = entry.match not in ("none", "withheld")
    if is_match is not bool(entry.to):
        text = f"A row with the match {entry.match} must {'' if is_match else 'not '}name levels."
        yield RegisterFinding("MAP_ROW_CONTRADICTS", place_of(entry), text)


def _identifiers(tables: Tables) -> Iterator[RegisterFinding]:
    levels = [(row.uri, (row.framework, row.code), row) for row in tables.levels]
    units = [(row.uri, ("unit", row.id), row) for row in tables.units]
    frameworks = [(row.uri, ("framework", row.id), row) for row in tables.frameworks]
    tokens = ((row.token, row.id, row) for row in tables.units)
    listings = ((row.id, (row.achievement, row.framework), row) for row in tables.listings)
    bounds = ((row.id, (row.framework, row.unit, row.sector), row) for row in tables.size_bounds)
    yield from _shared("DUPLICATE_URI", "The URI", [*levels, *units, *frameworks])
    yield from _shared("DUPLICATE_TOKEN", "The token", tokens)
    yield from _shared("DUPLICATE_ID", "The id", listings)
    yield from _shared("DUPLICATE_ID", "The id", bounds)
    yield from _namespaces(tables)


def _shared(
    code: str, what: str, named: Iterable[tuple[str | None, Any, Row]]
) -> Iterator[RegisterFinding]:
    """Find names that stand for two different things, at whatever times."""
    owners: dict[str, tuple[Any, Row]] = {}
    for name, owner, row in named:
        if name is None:
            continue
        first, place = owners.setdefault(name, (owner, row))
        if first != owner:
            text = f"{what} {name} names something else in {place_of(place)}."
            yield RegisterFinding(code, place_of(row), text)


def _namespaces(tables: Tables) -> Iterator[RegisterFinding]:
    """Find namespaces of which one begins with another, and levels in that of somebody else."""
    owners: dict[str, FrameworkRow] = {}
    for row in tables.frameworks:
        if row.level_namespace is None:
            continue
        if not _NAMESPACE.fullmatch(row.level_namespace):
            text = "A namespace names more than a host or a kind of URN, and ends in : / # or =."
            yield RegisterFinding("NAMESPACE_MALFORMED", place_of(row), text)
        owner = owners.setdefault(row.level_namespace, row)
        if owner.id != row.id:
            text = f"The namespace is that of {owner.id}, too."
            yield RegisterFinding("DUPLICATE_NAMESPACE", place_of(row), text)
    names = sorted(owners)
    for shorter, longer in pairwise(names):
        if longer.startswith(shorter):
            text = f"The namespace begins with that of {owners[shorter].id}."
            yield RegisterFinding("DUPLICATE_NAMESPACE", place_of(owners[longer]), text)
    for level in tables.levels:
        # No namespace begins with another, so only the nearest one before a URI can hold it.
        uri = level.uri or ""
        nearest = names[max(bisect_right(names, uri) - 1, 0)] if names else None
        is_inside = nearest is not None and uri.startswith(nearest)
        if is_inside and owners[nearest or ""].id != level.framework:
            text = f"The URI lies in the namespace of the framework {owners[nearest or ''].id}."
            yield RegisterFinding("URI_OF_OTHER_FRAMEWORK", place_of(level), text)


def _amounts(tables: Tables) -> Iterator[RegisterFinding]:
    for conversion in tables.conversions:
        try:
            conversion_of(conversion)
        except FrameworkError as error:
            yield RegisterFinding(error.code, place_of(conversion), error.message)
            continue
        if conversion.ratio is not None and ANY in (conversion.from_unit, conversion.to_unit):
            text = "A stated ratio belongs to two units, and not to any unit."
            yield RegisterFinding("RATIO_MALFORMED", place_of(conversion), text)
        rounding = (conversion.round_step, conversion.round_mode, conversion.round_place)
        if conversion.round_step == 0 or (any(rounding) and None in rounding):
            text = "Rounding is stated with a step above zero, a mode and a place, or not at all."
            yield RegisterFinding("ROUNDING_MALFORMED", place_of(conversion), text)
    for unit in tables.units:
        yield from _hours(place_of(unit), unit.hours_low, unit.hours_high)
        for name, value in (("per_year", unit.per_year), ("step", unit.step)):
            if value == 0:
                text = f"{name} must be above zero."
                yield RegisterFinding("AMOUNT_ZERO", place_of(unit), text)
    for bounds in tables.size_bounds:
        yield from _order(place_of(bounds), bounds.min, bounds.max)
        yield from _order(place_of(bounds), bounds.min_hours, bounds.max_hours)
    ranks = {(row.framework, row.code): row.rank for row in tables.levels}
    for row in tables.accreditations:
        low, high = (
            ranks.get((row.framework, code or "")) for code in (row.level_min, row.level_max)
        )
        yield from _order(place_of(row), row.size_min, row.size_max)
        yield from _order(place_of(row), low, high)


def _hours(place: Place, low: Any, high: Any) -> Iterator[RegisterFinding]:
    if (low is None) is not (high is None) or low == 0:
        text = "Hours per credit have both ends, above zero, or none."
        yield RegisterFinding("INTERVAL_MALFORMED", place, text)
    else:
        yield from _order(place, low, high)


def _order(place: Place, low: Any, high: Any) -> Iterator[RegisterFinding]:
    if low is not None and high is not None and low > high:
        text = "The upper end is below the lower one."
        yield RegisterFinding("INTERVAL_MALFORMED", place, text)


def _unverified(tables: Tables) -> Iterator[RegisterFinding]:
    for name, rows in tables.by_name():
        for row in rows:
            if TABLES[name].has_provenance and row.provenance.status not in SIGNABLE:
                text = (
                    f"An official edition carries no row whose status is {row.provenance.status}; "
                    "have a person verify it, or withhold it."
                )
                yield RegisterFinding("UNVERIFIED_ROW", place_of(row), text)
