"""What a register is made of: its description, and all its rows, by table."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from frameworks.register.rows import (
    AccreditationRow,
    AccreditationTypeRow,
    ConversionRow,
    FieldRow,
    FrameworkRow,
    LevelRow,
    ListingRow,
    MapEntryRow,
    MapRow,
    MetadataRow,
    Row,
    SizeBoundsRow,
    SourceRow,
    TitleRuleRow,
    UnitRow,
)


class Description(NamedTuple):
    """What `register.toml` says; `previous` is the digest of the edition before."""

    id: str
    name: str
    number: int
    is_official: bool
    valid_from: date
    valid_until: date
    previous: str | None = None
    note: str = ""


class Tables(NamedTuple):
    """The rows of a register, each table in the order of its files and rows."""

    sources: tuple[SourceRow, ...] = ()
    frameworks: tuple[FrameworkRow, ...] = ()
    levels: tuple[LevelRow, ...] = ()
    units: tuple[UnitRow, ...] = ()
    maps: tuple[MapRow, ...] = ()
    map_rows: tuple[MapEntryRow, ...] = ()
    conversions: tuple[ConversionRow, ...] = ()
    size_bounds: tuple[SizeBoundsRow, ...] = ()
    title_rules: tuple[TitleRuleRow, ...] = ()
    metadata: tuple[MetadataRow, ...] = ()
    accreditations: tuple[AccreditationRow, ...] = ()
    listings: tuple[ListingRow, ...] = ()
    isced_fields: tuple[FieldRow, ...] = ()
    accreditation_types: tuple[AccreditationTypeRow, ...] = ()

    def by_name(self) -> Iterator[tuple[str, tuple[Row, ...]]]:
        """Yield every table with its name."""
        yield from zip(self._fields, self, strict=True)
