"""A register as it is read by people: searched, looked up, compared; as of a day."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cached_property

from authority.errors import NotListedError
from authority.paging import PAGE_ITEMS, Found
from credentials.json_types import JsonObject
from frameworks.level_maps import LevelReading, MapPolicy
from frameworks.levels import Level
from frameworks.register import Register
from frameworks.register.rows import (
    WITHHELD,
    AccreditationRow,
    FrameworkRow,
    LevelRow,
    ListingRow,
    Provenance,
)

MOST_WORDS = 8
"""So many words of a question are looked for."""

PUBLISHED = MapPolicy(
    kinds=frozenset({"referenced", "compared"}),
    via=frozenset({"eu-eqf"}),
    inverse=True,
    check_paths=True,
)
"""How levels are compared for people: by published maps, through the EQF at most, both ways."""


class Standing(StrEnum):
    """How a row stands on a day."""

    IN_FORCE = "in-force"
    NOT_YET = "not-yet"
    ENDED = "ended"
    WITHDRAWN = "withdrawn"
    WITHHELD = "withheld"


def standing_of(
    row: ListingRow | AccreditationRow | LevelRow | FrameworkRow, day: date
) -> Standing:
    """Tell how a row stands; what was withdrawn is so from that day on."""
    told: Provenance = row.provenance
    withdrawn = getattr(row, "withdrawn_on", None)
    if withdrawn is not None and withdrawn <= day:
        return Standing.WITHDRAWN
    if told.status == WITHHELD:
        return Standing.WITHHELD
    if told.first_day is not None and day < told.first_day:
        return Standing.NOT_YET
    if told.last_day is not None and day > told.last_day:
        return Standing.ENDED
    return Standing.IN_FORCE


@dataclass(frozen=True, slots=True)
class Question:
    """What somebody looks for: words, a framework, a level of it; each "" if it may be any."""

    words: str = ""
    framework: str = ""
    level: str = ""
    first: int = 0


@dataclass(frozen=True, slots=True)
class Compared:
    """A level of one framework, and what published maps read it as in another."""

    level: LevelRow
    reading: LevelReading


@dataclass(frozen=True)
class Catalogue:
    """A register with what was found out about who signed it.

    `signer` is whose signature was checked, "" if none was; `edition` are the bytes of the signed
    edition, empty for a register that is not signed.
    """

    register: Register
    signer: str = ""
    edition: bytes = b""
    digest: str = ""

    @property
    def is_official(self) -> bool:
        """Tell whether an authority that is believed stands behind every row."""
        return self.register.description.is_official and bool(self.signer)

    @cached_property
    def frameworks(self) -> Mapping[str, FrameworkRow]:
        """Name the frameworks by id."""
        return {row.id: row for row in self.register.tables.frameworks}

    @cached_property
    def _listings(self) -> Mapping[str, ListingRow]:
        return {row.id: row for row in self.register.tables.listings}

    @cached_property
    def _texts(self) -> tuple[tuple[str, ListingRow], ...]:
        """What each listing is searched by, the titles in their order."""
        rows = sorted(self.register.tables.listings, key=lambda row: (row.title.casefold(), row.id))
        return tuple((_searched(row), row) for row in rows)

    def search(self, question: Question) -> Found[ListingRow]:
        """Find listings that hold every word, in the order of their titles."""
        words = question.words.casefold().split()[:MOST_WORDS]
        texts = self._texts
        for word in words:
            texts = tuple(one for one in texts if word in one[0])
        rows = [row for _text, row in texts if _is_of(row, question)]
        first = min(max(question.first, 0), len(rows))
        return Found(tuple(rows[first : first + PAGE_ITEMS]), len(rows), first)

    def listing(self, identifier: str) -> ListingRow:
        """Find a listing; raise `NotListedError`."""
        row = self._listings.get(identifier)
        if row is None:
            raise NotListedError(f"The register has no listing {identifier[:100]!r}.")
        return row

    def accreditations(self, framework: str = "") -> tuple[AccreditationRow, ...]:
        """List who may assign values, by name."""
        rows = self.register.tables.accreditations
        chosen = (row for row in rows if framework in ("", row.framework))
        return tuple(sorted(chosen, key=lambda row: ((row.name or row.holder).casefold(), row.id)))

    def rights_of(self, holder: str) -> tuple[AccreditationRow, ...]:
        """List the accreditations of one holder."""
        return tuple(row for row in self.accreditations() if row.holder == holder)

    def levels(self, framework: str, day: date) -> tuple[LevelRow, ...]:
        """List the levels of a framework on a day, the highest first; raise `NotListedError`."""
        if framework not in self.frameworks:
            raise NotListedError(f"The register has no framework {framework[:100]!r}.")
        rows = self.register.on(day).level_rows.values()
        return tuple(sorted((one for one in rows if one.framework == framework), key=_downwards))

    def compared(self, framework: str, target: str, day: date) -> tuple[Compared, ...]:
        """Read every level of a framework in another one, by published maps; never converted on."""
        said = self.register.on(day)
        if target not in self.frameworks:
            raise NotListedError(f"The register has no framework {target[:100]!r}.")
        return tuple(
            Compared(row, said.read_level(Level(framework, row.code), target, PUBLISHED))
            for row in self.levels(framework, day)
        )

    def listing_json(self, row: ListingRow, day: date) -> JsonObject:
        """Write a listing for programs; amounts are exact, as texts."""
        description = self.register.description
        members: JsonObject = {
            "register": {
                "id": description.id,
                "edition": description.number,
                "digest": self.digest or None,
                "signer": self.signer or None,
                "official": self.is_official,
            },
            "id": row.id,
            "achievement": row.achievement,
            "title": row.title,
            "framework": row.framework,
            "level": row.level,
            "levelUri": self._uri_of(row, day),
            "unit": row.unit,
            "credits": str(row.credits),
            "hours": None if row.hours is None else str(row.hours),
            "field": row.field,
            "providers": list(row.providers),
            "from": _day(row.provenance.first_day),
            "until": _day(row.provenance.last_day),
            "review": _day(row.review),
            "withdrawnOn": _day(row.withdrawn_on),
            "status": row.provenance.status,
            "standing": standing_of(row, day).value,
        }
        return {name: value for name, value in members.items() if value is not None}

    def _uri_of(self, row: ListingRow, day: date) -> str | None:
        level = self.register.on(day).level_rows.get((row.framework, row.level))
        return None if level is None else level.uri


def _searched(row: ListingRow) -> str:
    parts: Iterator[str] = iter((row.title, row.id, row.achievement, *row.providers))
    return "\n".join(parts).casefold()


def _is_of(row: ListingRow, question: Question) -> bool:
    return question.framework in ("", row.framework) and question.level in ("", row.level)


def _downwards(row: LevelRow) -> tuple[int, str]:
    return -row.rank, row.code


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
