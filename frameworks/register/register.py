"""The register as it is asked: everything is looked up as of a day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, lru_cache
from typing import Any, Protocol, TypeVar

from credentials.remembering import Remembered
from frameworks.amounts import Interval
from frameworks.conversions import Conversion, Method
from frameworks.credit_units import CreditUnit
from frameworks.dates import is_in_force
from frameworks.level_maps import LevelMap, LevelReading, MapPolicy, Match, read_level
from frameworks.levels import Ladder, Level, LevelCode
from frameworks.register.rows import (
    WITHHELD,
    AccreditationRow,
    ConversionRow,
    FrameworkRow,
    LevelRow,
    ListingRow,
    MapEntryRow,
    MapRow,
    Provenance,
    SizeBoundsRow,
    TitleRuleRow,
    UnitRow,
)
from frameworks.register.tables import Description, Tables

DAYS_REMEMBERED = 64
"""For how many different days the answers of a register are kept."""

ANSWERS_REMEMBERED = 256
"""How many questions about one day are answered without looking again."""

ANY = "*"
"""Any unit, in a conversion."""


class _Dated(Protocol):
    @property
    def provenance(self) -> Provenance: ...


_RowOf = TypeVar("_RowOf", bound=_Dated)


def in_force(rows: Iterable[_RowOf], day: date) -> tuple[_RowOf, ...]:
    """Keep the rows that hold on a day."""
    return tuple(
        row for row in rows if is_in_force(day, row.provenance.first_day, row.provenance.last_day)
    )


def stated(rows: Iterable[_RowOf], day: date) -> tuple[_RowOf, ...]:
    """Keep the rows that hold on a day and are not withheld."""
    return tuple(row for row in in_force(rows, day) if row.provenance.status != WITHHELD)


@dataclass(frozen=True, slots=True)
class RegisterDay:
    """What a register says on one day."""

    frameworks: dict[str, FrameworkRow]
    ladders: dict[str, Ladder]
    levels: dict[str, LevelRow]
    """Levels by URI."""
    units: dict[str, CreditUnit]
    unit_rows: dict[str, UnitRow]
    units_by_token: dict[str, UnitRow]
    maps: tuple[LevelMap, ...]
    map_rows: dict[str, MapRow]
    conversions: dict[str, ConversionRow]
    size_bounds: dict[str, tuple[SizeBoundsRow, ...]]
    title_rules: dict[str, tuple[TitleRuleRow, ...]]
    level_rows: dict[tuple[str, str], LevelRow]
    """Levels by framework and code."""
    _pairs: dict[tuple[str, str], tuple[Conversion, ...]] = field(repr=False)
    _readings: dict[tuple[Level, str, MapPolicy], LevelReading] = field(
        default_factory=dict, repr=False, compare=False
    )
    remembered: Remembered[Any] = field(
        default_factory=lambda: Remembered(ANSWERS_REMEMBERED), repr=False, compare=False
    )

    def read_level(self, level: Level, target: str, policy: MapPolicy) -> LevelReading:
        """Read a level in another framework; what was read once is remembered."""
        key = (level, target, policy)
        if key not in self._readings:
            self._readings[key] = read_level(level, target, self.maps, policy, self.ladders)
        return self._readings[key]

    def conversions_between(self, source: str, target: str) -> tuple[Conversion, ...]:
        """Name the conversions between two units, the closest first.

        A conversion that names both units comes before one that names one, and that before one
        for any units; "any" is replaced by the units that are asked for.
        """
        return tuple(one for group in self._by_closeness(source, target) for one in group)

    def closest_conversions(
        self, source: str, target: str, method: str | None = None
    ) -> tuple[Conversion, ...]:
        """Name the closest conversions between two units, by one method if it is named."""
        for group in self._by_closeness(source, target):
            found = tuple(one for one in group if method in (None, one.method.value))
            if found:
                return found
        return ()

    def _by_closeness(self, source: str, target: str) -> Iterator[tuple[Conversion, ...]]:
        pairs = ((source, target), (target, source), (source, ANY), (ANY, target), (ANY, ANY))
        for pair in pairs:
            yield tuple(
                conversion if ANY not in pair else _for_units(conversion, source, target)
                for conversion in self._pairs.get(pair, ())
            )

    def framework_of_uri(self, uri: str) -> str | None:
        """Name the framework in whose own namespace a level's URI lies."""
        for row in self.frameworks.values():
            if row.level_namespace and uri.startswith(row.level_namespace):
                return row.id
        return None


def _for_units(conversion: Conversion, source: str, target: str) -> Conversion:
    return Conversion(
        source,
        target,
        conversion.method,
        conversion.ratio,
        conversion.authority,
        conversion.reversible,
        conversion.id,
    )


class Register:
    """A sound register: its description, its rows, and look-ups as of a day."""

    on: Callable[[date], RegisterDay]
    """What the register says on a day."""

    def __init__(self, description: Description, tables: Tables) -> None:
        """Take rows that have been checked."""
        self.description = description
        self.tables = tables
        self.on = lru_cache(DAYS_REMEMBERED)(self._on)

    def __reduce__(self) -> tuple[type[Register], tuple[Description, Tables]]:
        """Send the rows to another process without what is remembered of them."""
        return Register, (self.description, self.tables)

    @cached_property
    def _listings(self) -> dict[str, list[ListingRow]]:
        index: dict[str, list[ListingRow]] = defaultdict(list)
        for row in self.tables.listings:
            index[row.achievement].append(row)
        return index

    @cached_property
    def _accreditations(self) -> dict[str, list[AccreditationRow]]:
        index: dict[str, list[AccreditationRow]] = defaultdict(list)
        for row in self.tables.accreditations:
            index[row.holder].append(row)
        return index

    def listings(self, achievement: str, framework: str) -> tuple[ListingRow, ...]:
        """Name the listings of a course in a framework, of all times, that are not withheld."""
        return _of_framework(self._listings.get(achievement, ()), framework)

    def accreditations(self, holder: str, framework: str) -> tuple[AccreditationRow, ...]:
        """Name the accreditations of somebody in a framework, of all times, but withheld ones."""
        return _of_framework(self._accreditations.get(holder, ()), framework)

    def _on(self, day: date) -> RegisterDay:
        tables = self.tables
        levels = in_force(tables.levels, day)
        units = stated(tables.units, day)
        maps = stated(tables.maps, day)
        conversions = stated(tables.conversions, day)
        return RegisterDay(
            frameworks={row.id: row for row in in_force(tables.frameworks, day)},
            ladders=_ladders(levels),
            levels={row.uri: row for row in levels if row.uri is not None},
            level_rows={(row.framework, row.code): row for row in levels},
            units={row.id: credit_unit(row) for row in units},
            unit_rows={row.id: row for row in units},
            units_by_token={row.token: row for row in units},
            maps=_level_maps(maps, in_force(tables.map_rows, day)),
            map_rows={row.id: row for row in maps},
            conversions={row.id: row for row in conversions},
            size_bounds=_by_framework(stated(tables.size_bounds, day)),
            title_rules=_by_framework(stated(tables.title_rules, day)),
            _pairs=_conversion_pairs(conversions),
        )


class _OfFramework(_Dated, Protocol):
    @property
    def framework(self) -> str: ...


_RowOfFramework = TypeVar("_RowOfFramework", bound=_OfFramework)


def _of_framework(rows: Iterable[_RowOfFramework], framework: str) -> tuple[_RowOfFramework, ...]:
    return tuple(
        row for row in rows if row.framework == framework and row.provenance.status != WITHHELD
    )


def _by_framework(rows: Iterable[_RowOfFramework]) -> dict[str, tuple[_RowOfFramework, ...]]:
    index: dict[str, tuple[_RowOfFramework, ...]] = {}
    for row in rows:
        index[row.framework] = (*index.get(row.framework, ()), row)
    return index


def _ladders(rows: Iterable[LevelRow]) -> dict[str, Ladder]:
    levels: dict[str, list[LevelCode]] = defaultdict(list)
    for row in rows:
        levels[row.framework].append(LevelCode(row.code, row.rank, row.uri, row.factor))
    return {name: Ladder.of(name, tuple(codes)) for name, codes in levels.items()}


def credit_unit(row: UnitRow) -> CreditUnit:
    """Read a unit as the rules compute with it."""
    hours = None
    if row.hours_low is not None and row.hours_high is not None:
        hours = Interval(row.hours_low, row.hours_high)
    return CreditUnit(row.id, row.basis, hours, row.per_year)


def level_map(row: MapRow, entries: Iterable[MapEntryRow]) -> LevelMap:
    """Read a map as the rules compute with it."""
    known = list(entries)
    spoken = [entry for entry in known if not _is_withheld(entry)]
    withheld = frozenset(entry.level for entry in known if _is_withheld(entry))
    return LevelMap(
        source=row.from_framework,
        target=row.to_framework,
        kind=row.kind,
        entries={entry.level: frozenset(entry.to) for entry in spoken},
        withheld=withheld,
        id=row.id,
        matches={entry.level: Match(entry.match) for entry in spoken},
    )


def _is_withheld(entry: MapEntryRow) -> bool:
    return entry.match == Match.WITHHELD or entry.provenance.status == WITHHELD


def _level_maps(maps: tuple[MapRow, ...], entries: tuple[MapEntryRow, ...]) -> tuple[LevelMap, ...]:
    by_map: dict[str, list[MapEntryRow]] = defaultdict(list)
    for entry in entries:
        by_map[entry.map].append(entry)
    return tuple(level_map(row, by_map[row.id]) for row in maps)


def conversion_of(row: ConversionRow) -> Conversion:
    """Read a conversion as the rules compute with it; raise `FrameworkError` for a bad ratio."""
    return Conversion(
        source=row.from_unit,
        target=row.to_unit,
        method=Method(row.method),
        ratio=row.ratio,
        authority=row.authority or "",
        reversible=bool(row.reversible),
        id=row.id,
    )


def _conversion_pairs(
    rows: Iterable[ConversionRow],
) -> dict[tuple[str, str], tuple[Conversion, ...]]:
    pairs: dict[tuple[str, str], tuple[Conversion, ...]] = {}
    for row in rows:
        pair = (row.from_unit, row.to_unit)
        pairs[pair] = (*pairs.get(pair, ()), conversion_of(row))
    return pairs
