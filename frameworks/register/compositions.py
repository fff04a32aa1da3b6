"""Whether maps that are composed of others claim no more than their parts, on any day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from frameworks.errors import FrameworkError
from frameworks.level_maps import LevelMap, Match, compose
from frameworks.register.findings import RegisterFinding
from frameworks.register.register import in_force, level_map
from frameworks.register.rows import MapEntryRow, MapRow, Provenance, place_of
from frameworks.register.tables import Tables

DAYS_COMPARED = 200
"""On how many days, those on which some row begins or has ended, a composed map is compared.

One that changes on more days is refused, since the rest would go unseen.
"""

COMPOSED, EXERCISE = "composed", "exercise-not-endorsed"

PARTS = 2
"""A composed map has two parts; longer ways are composed step by step."""

_STRENGTH = {match: place for place, match in enumerate(Match)}


def composition_findings(tables: Tables) -> Iterator[RegisterFinding]:
    """Find composed maps without parts, composed of themselves, or that claim too much."""
    maps = {row.id: row for row in tables.maps}
    entries: dict[str, list[MapEntryRow]] = defaultdict(list)
    for entry in tables.map_rows:
        entries[entry.map].append(entry)
    circular = _circular(tables.maps)
    for row in tables.maps:
        if not _has_parts_as_its_kind(row):
            text = (
                "A composed map names the maps that it is composed of; an exercise may, no other."
            )
            yield RegisterFinding("COMPOSITION_MALFORMED", place_of(row), text)
        elif any(part not in maps for part in row.composed_of):
            text = "It is composed of a map that is not in the register."
            yield RegisterFinding("UNKNOWN_REFERENCE", place_of(row), text)
        elif row.id in circular:
            text = "It is composed of itself, by way of its parts."
            yield RegisterFinding("COMPOSITION_CIRCULAR", place_of(row), text)
        elif row.kind == COMPOSED and _has_exercise(row, tables.maps):
            text = f"A part of it is not endorsed, and so is it; its kind would be {EXERCISE}."
            yield RegisterFinding("COMPOSITION_NOT_ENDORSED", place_of(row), text)
        elif row.composed_of:
            yield from _claims_more(row, maps, entries)


def _has_parts_as_its_kind(row: MapRow) -> bool:
    """Tell whether a map of its kind may have parts, or none, as it does."""
    return row.kind == EXERCISE or (row.kind == COMPOSED) is bool(row.composed_of)


def _has_exercise(row: MapRow, rows: tuple[MapRow, ...]) -> bool:
    """Tell whether a part is not endorsed at some time at which the composed map holds."""
    return any(
        part.kind == EXERCISE and part.id in row.composed_of and _meet(row, part) for part in rows
    )


def _meet(one: MapRow, other: MapRow) -> bool:
    first = max(row.provenance.first_day or date.min for row in (one, other))
    return first <= min(row.provenance.last_day or date.max for row in (one, other))


def _circular(rows: tuple[MapRow, ...]) -> set[str]:
    """Name the maps that cannot be composed step by step from those that have no parts."""
    waiting: dict[str, set[str]] = {row.id: set(row.composed_of) for row in rows}
    users: dict[str, list[str]] = defaultdict(list)
    for name, parts in waiting.items():
        for part in parts:
            users[part].append(name)
    ready = [name for name in [*waiting, *users] if not waiting.get(name)]
    while ready:
        done = ready.pop()
        waiting.pop(done, None)
        for user in users.pop(done, ()):
            waiting[user].discard(done)
            if not waiting[user]:
                ready.append(user)
    return set(waiting)


def _claims_more(
    row: MapRow, maps: dict[str, MapRow], entries: dict[str, list[MapEntryRow]]
) -> Iterator[RegisterFinding]:
    """Hold a composed map against the composition of its parts on every day that matters."""
    if len(row.composed_of) != PARTS:
        text = "A composed map has two parts that share a framework."
        yield RegisterFinding("COMPOSITION_MALFORMED", place_of(row), text)
        return
    first, second = (maps[part] for part in row.composed_of)
    involved = [*entries[row.id], *entries[first.id], *entries[second.id]]
    days = _days(entry.provenance for entry in involved)
    if len(days) > DAYS_COMPARED:
        text = f"It and its parts change on more than {DAYS_COMPARED} days; not all are compared."
        yield RegisterFinding("COMPOSITION_NOT_COMPARED", place_of(row), text)
        return
    yield from _compared(row, (first, second), entries, days)


def _compared(
    row: MapRow,
    parts: tuple[MapRow, MapRow],
    entries: dict[str, list[MapEntryRow]],
    days: list[date],
) -> Iterator[RegisterFinding]:
    first, second = parts
    told: set[int] = set()
    for day in days:
        try:
            allowed = compose(_on(first, entries, day), _on(second, entries, day))
        except FrameworkError:
            text = "A composed map has two parts that share a framework."
            yield RegisterFinding("COMPOSITION_MALFORMED", place_of(row), text)
            return
        if (allowed.source, allowed.target) != (row.from_framework, row.to_framework):
            text = "Its parts lead from or to another framework."
            yield RegisterFinding("COMPOSITION_MALFORMED", place_of(row), text)
            return
        for entry in in_force(entries[row.id], day):
            if id(entry) not in told and not _is_allowed(entry, allowed):
                told.add(id(entry))
                text = f"It says more about the level {entry.level} than its parts do."
                yield RegisterFinding("COMPOSITION_CLAIMS_MORE", place_of(entry), text)


def _on(row: MapRow, entries: dict[str, list[MapEntryRow]], day: date) -> LevelMap:
    return level_map(row, in_force(entries[row.id], day))


def _days(provenances: Iterable[Provenance]) -> list[date]:
    """Name the days on which some row begins, or has ended the day before."""
    days = {date.min}
    for one in provenances:
        if one.first_day is not None:
            days.add(one.first_day)
        if one.last_day is not None and one.last_day < date.max:
            days.add(one.last_day + timedelta(days=1))
    return sorted(days)


def _is_allowed(entry: MapEntryRow, allowed: LevelMap) -> bool:
    if entry.match == Match.WITHHELD:
        return True
    if allowed.entries.get(entry.level) != frozenset(entry.to):
        return False
    return _STRENGTH[Match(entry.match)] >= _STRENGTH[allowed.match(entry.level)]
