"""What changed between two editions of a register, and which listings that affects."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from frameworks.register.columns import TABLES
from frameworks.register.register import Register
from frameworks.register.rows import (
    AccreditationRow,
    FrameworkRow,
    LevelRow,
    ListingRow,
    Row,
    SizeBoundsRow,
    TitleRuleRow,
    UnitRow,
)

WHERE = frozenset({"file", "number"})
"""Members of a row that say where it stands; moving a row is no change."""


@dataclass(frozen=True, slots=True)
class Change:
    """One row that is new, gone, or says something else (`columns` names what)."""

    table: str
    key: tuple[str, ...]
    before: Row | None
    after: Row | None
    columns: tuple[str, ...] = ()

    @property
    def kind(self) -> str:
        """Name the kind of change."""
        if self.before is None:
            return "added"
        return "removed" if self.after is None else "changed"


@dataclass(frozen=True, slots=True)
class Affected:
    """A listing that a change touches, with the changes."""

    listing: ListingRow
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """All changes between two editions, and the listings that they affect, removed ones too."""

    changes: tuple[Change, ...]
    affected: tuple[Affected, ...]


def compare(before: Register, after: Register) -> Difference:
    """Compare two editions row by row; rows are the same by key and first day."""
    older, newer = dict(before.tables.by_name()), dict(after.tables.by_name())
    changes = tuple(change for name in older for change in _changes(name, older[name], newer[name]))
    return Difference(changes, tuple(_affected(changes, after)))


def _changes(table: str, before: tuple[Row, ...], after: tuple[Row, ...]) -> Iterator[Change]:
    older, newer = _by_key(table, before), _by_key(table, after)
    for key in sorted(older.keys() | newer.keys()):
        old, new = older.get(key), newer.get(key)
        columns = _changed_columns(old, new) if old is not None and new is not None else ()
        if old is None or new is None or columns:
            yield Change(table, key, old, new, columns)


def _by_key(table: str, rows: tuple[Row, ...]) -> dict[tuple[str, ...], Row]:
    names = TABLES[table].key
    return {
        (
            *(str(getattr(row, name) or "") for name in names),
            str(row.provenance.first_day or ""),
        ): row
        for row in rows
    }


def _changed_columns(old: Row, new: Row) -> tuple[str, ...]:
    before, after = old._asdict(), new._asdict()
    return tuple(name for name in before if name not in WHERE and before[name] != after[name])


def _affected(changes: tuple[Change, ...], after: Register) -> Iterator[Affected]:
    touching: dict[Any, list[Change]] = defaultdict(list)
    for change in changes:
        for row in (change.before, change.after):
            for what in _touched_by(row):
                if change not in touching[what]:
                    touching[what].append(change)
    gone = (change.before for change in changes if change.kind == "removed")
    removed = (row for row in gone if isinstance(row, ListingRow))
    for listing in (*after.tables.listings, *removed):
        found = [change for what in _concerns(listing) for change in touching.get(what, ())]
        if found:
            yield Affected(listing, tuple(dict.fromkeys(found)))


def _touched_by(row: Row | None) -> Iterator[tuple[str, ...]]:
    """Name what a row is about, in the words of `_concerns`."""
    match row:
        case ListingRow():
            yield ("listing", row.achievement, row.framework)
        case LevelRow():
            yield ("level", row.framework, row.code)
        case UnitRow():
            yield ("unit", row.id)
        case FrameworkRow():
            yield ("framework", row.id)
        case SizeBoundsRow() | TitleRuleRow():
            yield ("rules", row.framework)
        case AccreditationRow():
            yield ("accreditation", row.holder, row.framework)
        case _:
            return


def _concerns(listing: ListingRow) -> Iterator[tuple[str, ...]]:
    """Name everything that a listing rests on."""
    yield ("listing", listing.achievement, listing.framework)
    yield ("level", listing.framework, listing.level)
    yield ("unit", listing.unit)
    yield ("framework", listing.framework)
    yield ("rules", listing.framework)
    for provider in listing.providers:
        yield ("accreditation", provider, listing.framework)
