"""Whether the rows of a register fit together; every fault is told, by file and row."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from frameworks.errors import FrameworkError
from frameworks.level_maps import LevelMap, compose
from frameworks.register.columns import TABLES
from frameworks.register.description import Description
from frameworks.register.findings import Place, RegisterFinding
from frameworks.register.register import ANY, conversion_of, level_map
from frameworks.register.rows import SIGNABLE, MapEntryRow, MapRow, Row
from frameworks.register.tables import Tables
from frameworks.register.typed_rows import keys_of


def check_tables(description: Description, tables: Tables) -> Iterator[RegisterFinding]:
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
    yield from _composed_maps(tables)
    # 6.
    if description.is_official:
        yield from _unverified(tables)


def _periods(name: str, rows: tuple[Row, ...]) -> Iterator[RegisterFinding]:
    seen: dict[tuple[Any, ...], list[Row]] = defaultdict(list)
    table = TABLES[name]
    for key, row in zip(keys_of(table, rows), rows, strict=True):
        first, last = _period(row)
        if first > last:
            text = "This row ends before it begins."
            yield RegisterFinding("PERIOD_REVERSED", row.place, text)
        others = seen[key]
        for other in others:
            yield from _clash(row, other)
        others.append(row)


def _period(row: Row) -> tuple[date, date]:
    provenance = row.provenance
    return provenance.first_day or date.min, provenance.last_day or date.max


def _clash(row: Row, other: Row) -> Iterator[RegisterFinding]:
    first, last = _period(row)
    other_first, other_last = _period(other)
    if (first, last) == (other_first, other_last):
        text = f"The same is said already in {other.place}."
        yield RegisterFinding("DUPLICATE_ROW", row.place, text)
    elif first <= other_last and other_first <= last:
        text = f"This holds at the same time as {other.place}; the periods must not overlap."
        yield RegisterFinding("OVERLAPPING_VALIDITY", row.place, text)


def _references(tables: Tables) -> Iterator[RegisterFinding]:
    known = {
        "framework": {row.id for row in tables.frameworks},
        "unit": {row.id for row in tables.units},
        "map": {row.id for row in tables.maps},
        "source": {row.key for row in tables.sources},
    }
    members = {
        "frameworks": (("unit", "unit"),),
        "levels": (("framework", "framework"),),
        "maps": (("from_framework", "framework"), ("to_framework", "framework")),
        "map_rows": (("map", "map"),),
        "conversions": (("from_unit", "unit"), ("to_unit", "unit")),
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
    if name is not None and name != ANY and name not in known:
        text = f"There is no {kind} {name!r} in the register."
        yield RegisterFinding("UNKNOWN_REFERENCE", row.place, text)


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
        yield RegisterFinding("UNKNOWN_REFERENCE", row.place, text)


def _contradiction(entry: MapEntryRow) -> Iterator[RegisterFinding]:
    is_match = entry.match not in ("none", "withheld")
    if is_match is not bool(entry.to):
        text = f"A row with the match {entry.match} must {'' if is_match else 'not '}name levels."
        yield RegisterFinding("MAP_ROW_CONTRADICTS", entry.place, text)


def _identifiers(tables: Tables) -> Iterator[RegisterFinding]:
    levels = ((row.uri, (row.framework, row.code), row) for row in tables.levels)
    units = ((row.token, row.id, row) for row in tables.units)
    namespaces = ((row.level_namespace, row.id, row) for row in tables.frameworks)
    yield from _shared("DUPLICATE_URI", "The URI", levels)
    yield from _shared("DUPLICATE_TOKEN", "The token", units)
    yield from _shared("DUPLICATE_NAMESPACE", "The namespace", namespaces)
    yield from _foreign_uris(tables)


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
            text = f"{what} {name} names something else in {place.place}."
            yield RegisterFinding(code, row.place, text)


def _foreign_uris(tables: Tables) -> Iterator[RegisterFinding]:
    namespaces = [(row.level_namespace, row.id) for row in tables.frameworks if row.level_namespace]
    for row in tables.levels:
        for namespace, owner in namespaces:
            if row.uri is not None and row.uri.startswith(namespace) and owner != row.framework:
                text = f"The URI lies in the namespace of the framework {owner}."
                yield RegisterFinding("URI_OF_OTHER_FRAMEWORK", row.place, text)


def _amounts(tables: Tables) -> Iterator[RegisterFinding]:
    for conversion in tables.conversions:
        try:
            conversion_of(conversion)
        except FrameworkError as error:
            yield RegisterFinding(error.code, conversion.place, error.message)
    for unit in tables.units:
        yield from _hours(unit.place, unit.hours_low, unit.hours_high)
        for name, value in (("per_year", unit.per_year), ("step", unit.step)):
            if value == 0:
                text = f"{name} must be above zero."
                yield RegisterFinding("AMOUNT_ZERO", unit.place, text)
    for bounds in tables.size_bounds:
        yield from _order(bounds.place, bounds.min, bounds.max)
        yield from _order(bounds.place, bounds.min_hours, bounds.max_hours)
    for row in tables.accreditations:
        yield from _order(row.place, row.size_min, row.size_max)


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


def _composed_maps(tables: Tables) -> Iterator[RegisterFinding]:
    maps = {row.id: row for row in tables.maps}
    entries: dict[str, list[MapEntryRow]] = defaultdict(list)
    for entry in tables.map_rows:
        entries[entry.map].append(entry)
    for row in tables.maps:
        if (row.kind == "composed") is not bool(row.composed_of):
            text = "A composed map, and no other, names the maps that it is composed of."
            yield RegisterFinding("COMPOSITION_MALFORMED", row.place, text)
        elif any(part not in maps for part in row.composed_of):
            text = "It is composed of a map that is not in the register."
            yield RegisterFinding("UNKNOWN_REFERENCE", row.place, text)
        elif _is_circular(row, maps):
            text = "It is composed of itself, by way of its parts."
            yield RegisterFinding("COMPOSITION_CIRCULAR", row.place, text)
        elif row.composed_of:
            yield from _claims_more(row, maps, entries)


def _is_circular(row: MapRow, maps: dict[str, MapRow]) -> bool:
    seen: set[str] = set()
    open_ids = list(row.composed_of)
    while open_ids:
        part = open_ids.pop()
        if part == row.id:
            return True
        if part not in seen and part in maps:
            seen.add(part)
            open_ids.extend(maps[part].composed_of)
    return False


def _claims_more(
    row: MapRow, maps: dict[str, MapRow], entries: dict[str, list[MapEntryRow]]
) -> Iterator[RegisterFinding]:
    """Hold a composed map against the composition of its two parts."""
    try:
        first, second = (level_map(maps[part], entries[part]) for part in row.composed_of)
        allowed = compose(first, second)
    except (FrameworkError, ValueError):
        text = "A composed map has two parts that share a framework."
        yield RegisterFinding("COMPOSITION_MALFORMED", row.place, text)
        return
    if (allowed.source, allowed.target) != (row.from_framework, row.to_framework):
        text = "Its parts lead from or to another framework."
        yield RegisterFinding("COMPOSITION_MALFORMED", row.place, text)
        return
    for entry in entries[row.id]:
        if not _is_allowed(entry, allowed):
            text = f"It says more about the level {entry.level} than its parts do."
            yield RegisterFinding("COMPOSITION_CLAIMS_MORE", entry.place, text)


def _is_allowed(entry: MapEntryRow, allowed: LevelMap) -> bool:
    if entry.match == "withheld":
        return True
    return allowed.entries.get(entry.level) == frozenset(entry.to)


def _unverified(tables: Tables) -> Iterator[RegisterFinding]:
    for name, rows in tables.by_name():
        for row in rows:
            if TABLES[name].has_provenance and row.provenance.status not in SIGNABLE:
                text = (
                    f"An official edition carries no row whose status is {row.provenance.status}; "
                    "have a person verify it, or withhold it."
                )
                yield RegisterFinding("UNVERIFIED_ROW", row.place, text)
