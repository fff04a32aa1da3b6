"""The rows of a register: one frozen class for each table, one member for each column.

Every row but that of a source says from when until when it holds (both days included; a missing
day is open), how sure it is (`status`), and where it comes from (`source`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import NamedTuple

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


@dataclass(frozen=True, slots=True)
class Row:
    """What all rows have: the file and the number of the row in it, and its provenance."""

    file: str
    number: int
    provenance: Provenance

    @property
    def place(self) -> Place:
        """Name the place of the row."""
        return Place(self.file, self.number)


@dataclass(frozen=True, slots=True)
class SourceRow(Row):
    """A document that rows rest on."""

    key: str
    title: str
    url: str | None
    as_of: str | None


@dataclass(frozen=True, slots=True)
class FrameworkRow(Row):
    """A framework of qualifications; `level_namespace` begins the URIs of its levels alone."""

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


@dataclass(frozen=True, slots=True)
class LevelRow(Row):
    """A level: its code is a text, its rank orders it, its URI identifies it."""

    framework: str
    code: str
    rank: int
    uri: str | None
    uri_status: str | None
    summary: str | None
    typical_award: str | None
    factor: Fraction | None


@dataclass(frozen=True, slots=True)
class UnitRow(Row):
    """A unit of credit; `token` is how credentials name it."""

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


@dataclass(frozen=True, slots=True)
class MapRow(Row):
    """A map from the levels of one framework to those of another."""

    id: str
    from_framework: str
    to_framework: str
    kind: str
    as_of: str | None
    composed_of: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MapEntryRow(Row):
    """What a map says about one level."""

    map: str
    level: str
    to: tuple[str, ...]
    match: str


@dataclass(frozen=True, slots=True)
class ConversionRow(Row):
    """A conversion between two units; "*" stands for any unit."""

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


@dataclass(frozen=True, slots=True)
class SizeBoundsRow(Row):
    """How large a micro-credential may be in a framework, a sector and a time."""

    id: str
    framework: str
    unit: str | None
    min: Fraction | None
    max: Fraction | None
    min_hours: Fraction | None
    max_hours: Fraction | None
    sector: str | None


@dataclass(frozen=True, slots=True)
class TitleRuleRow(Row):
    """Phrases that the title of a micro-credential must not contain."""

    id: str
    framework: str
    forbidden: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MetadataRow(Row):
    """What a standard asks a course description to say."""

    standard: str
    standard_name: str | None
    field: str
    need: str


@dataclass(frozen=True, slots=True)
class AccreditationRow(Row):
    """Who may assign values, and within which scope.

    `right` is "award" (to award micro-credentials), "rate" (to set the values of the courses of
    others) or "accredit" (to accredit others).
    """

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


@dataclass(frozen=True, slots=True)
class ListingRow(Row):
    """A course with the value that the register gives it, and who may award it."""

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


@dataclass(frozen=True, slots=True)
class FieldRow(Row):
    """A field of study (ISCED-F)."""

    code: str
    label: str
    uri: str | None


@dataclass(frozen=True, slots=True)
class AccreditationTypeRow(Row):
    """A kind of accreditation, by its URI."""

    label: str
    uri: str
