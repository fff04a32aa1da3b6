"""The rows of a register: one named tuple for each table, one member for each column.

Every row but that of a source says from when until when it holds (both days included; a missing
day is open), how sure it is (`status`), and where it comes from (`source`).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from fractions import Fraction
from typing import Any, NamedTuple, Protocol

from frameworks.register.findings import Place

STATUSES = frozenset({"sourced", "derived", "general-knowledge", "verified", "withheld"})
"""How sure a row is."""

WITHHELD = "withheld"
"""Status of a row that the sources leave open: it is there to say so, and decides nothing."""

SIGNABLE = frozenset({"sourced", "verified", "withheld"})
"""What an official edition may carry: rows from a source, or that a person has verified."""


class Provenance(NamedTuple):
    """When a row holds, how sure it is, and where it comes from."""

    first_day: date | None
    last_day: date | None
    status: str
    source: str
    note: str = ""


class Row(Protocol):
    """What all rows have: the file and the number of the row in it, and its provenance."""

    @property
    def file(self) -> str:
        """The file of the register."""

    @property
    def number(self) -> int:
        """The number of the row in its file, from 1."""

    @property
    def provenance(self) -> Provenance:
        """When the row holds, how sure it is, and where it comes from."""

    def _asdict(self) -> dict[str, Any]: ...


def place_of(row: Row) -> Place:
    """Name the place of a row."""
    return Place(row.file, row.number)


class SourceRow(NamedTuple):
    """A document that rows rest on."""

    file: str
    number: int
    provenance: Provenance
    key: str
    title: str
    url: str | None
    as_of: str | None


class FrameworkRow(NamedTuple):
    """A framework of qualifications; `level_namespace` begins the URIs of its levels alone."""

    file: str
    number: int
    provenance: Provenance
    id: str
    acronym: str | None
    name: str
    jurisdiction: str | None
    kind: str | None
    authority: str | None
    version: str | None
    uri: str | None
    level_namespace: str | None
    unit: str | None


class LevelRow(NamedTuple):
    """A level: its code is a text, its rank orders it, its URI identifies it."""

    file: str
    number: int
    provenance: Provenance
    framework: str
    code: str
    rank: int
    uri: str | None
    uri_status: str | None
    summary: str | None
    typical_award: str | None
    factor: Fraction | None


class UnitRow(NamedTuple):
    """A unit of credit; `token` is how credentials name it."""

    file: str
    number: int
    provenance: Provenance
    id: str
    token: str
    name: str
    hours_low: Fraction | None
    hours_high: Fraction | None
    basis: str
    per_year: Fraction | None
    step: Fraction | None
    rounding: str | None
    whole: bool | None
    uri: str | None


class MapRow(NamedTuple):
    """A map from the levels of one framework to those of another."""

    file: str
    number: int
    provenance: Provenance
    id: str
    from_framework: str
    to_framework: str
    kind: str
    as_of: str | None
    composed_of: tuple[str, ...]


class MapEntryRow(NamedTuple):
    """What a map says about one level."""

    file: str
    number: int
    provenance: Provenance
    map: str
    level: str
    to: tuple[str, ...]
    match: str


class ConversionRow(NamedTuple):
    """A conversion between two units; "*" stands for any unit."""

    file: str
    number: int
    provenance: Provenance
    id: str
    from_unit: str
    to_unit: str
    method: str
    ratio: Fraction | None
    authority: str | None
    reversible: bool | None
    round_step: Fraction | None
    round_mode: str | None
    round_place: str | None


class SizeBoundsRow(NamedTuple):
    """How large a micro-credential may be in a framework, a sector and a time."""

    file: str
    number: int
    provenance: Provenance
    id: str
    framework: str
    unit: str | None
    min: Fraction | None
    max: Fraction | None
    min_hours: Fraction | None
    max_hours: Fraction | None
    sector: str | None


class TitleRuleRow(NamedTuple):
    """Phrases that the title of a micro-credential must not contain."""

    file: str
    number: int
    provenance: Provenance
    id: str
    framework: str
    forbidden: tuple[str, ...]


class MetadataRow(NamedTuple):
    """What a standard asks a course description to say."""

    file: str
    number: int
    provenance: Provenance
    standard: str
    standard_name: str | None
    field: str
    need: str


class AccreditationRow(NamedTuple):
    """Who may assign values, and within which scope.

    `right` is "award" (to award micro-credentials), "rate" (to set the values of the courses of
    others) or "accredit" (to accredit others).
    """

    file: str
    number: int
    provenance: Provenance
    id: str
    holder: str
    name: str | None
    accreditor: str
    right: str
    framework: str
    level_min: str | None
    level_max: str | None
    fields: tuple[str, ...]
    jurisdictions: tuple[str, ...]
    types: tuple[str, ...]
    unit: str | None
    size_min: Fraction | None
    size_max: Fraction | None
    withdrawn_on: date | None


class ListingRow(NamedTuple):
    """A course with the value that the register gives it, and who may award it."""

    file: str
    number: int
    provenance: Provenance
    id: str
    achievement: str
    title: str
    framework: str
    level: str
    unit: str
    credits: Fraction
    hours: Fraction | None
    field: str | None
    providers: tuple[str, ...]
    review: date | None
    withdrawn_on: date | None
    rated_by: str | None
    approved_by: str | None
    need: str | None


class FieldRow(NamedTuple):
    """A field of study (ISCED-F)."""

    file: str
    number: int
    provenance: Provenance
    code: str
    label: str
    uri: str | None


class AccreditationTypeRow(NamedTuple):
    """A kind of accreditation, by its URI."""

    file: str
    number: int
    provenance: Provenance
    label: str
    uri: str


ROWS: dict[str, Callable[..., Row]] = {
    "sources": SourceRow,
    "frameworks": FrameworkRow,
    "levels": LevelRow,
    "units": UnitRow,
    "maps": MapRow,
    "map_rows": MapEntryRow,
    "conversions": ConversionRow,
    "size_bounds": SizeBoundsRow,
    "title_rules": TitleRuleRow,
    "metadata": MetadataRow,
    "accreditations": AccreditationRow,
    "listings": ListingRow,
    "isced_fields": FieldRow,
    "accreditation_types": AccreditationTypeRow,
}
"""The class of the rows of each table."""
