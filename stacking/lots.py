"""Lots: pieces of credit, and the ledger of where they have been used."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction

from frameworks.levels import Level


class SourceClass(StrEnum):
    """Where a piece of credit comes from."""

    TAUGHT = "taught"
    TRANSFER = "transfer"
    RPL = "rpl"


@dataclass(frozen=True, slots=True)
class Lot:
    """One piece of credit; None means not known.

    `component` is the code of the course or unit, `parent` the id of the lot that contains this
    one, `contains` the digests of everything that this one was itself made of; `outcomes` are the
    URIs of learning outcomes that it is aligned with.  `statement` is what its credential states
    in whatever form (`stacking.statements`), `stated_inside` what everything in it states.
    """

    id: str
    amount: Fraction
    unit: str
    level: Level | None = None
    categories: frozenset[str] = frozenset()
    component: str | None = None
    institution: str | None = None
    source_class: SourceClass = SourceClass.TAUGHT
    awarded: date | None = None
    grade: str | None = None
    assurance: str | None = None
    digest: str | None = None
    parent: str | None = None
    already_converted: bool = False
    language: str | None = None
    outcomes: frozenset[str] = frozenset()
    contains: frozenset[str] = frozenset()
    statement: str | None = None
    stated_inside: frozenset[str] = frozenset()

    @property
    def known_by(self) -> frozenset[str | None]:
        """Everything that an earlier use may name it, or what is in it, by."""
        return frozenset({self.digest, self.statement} | self.contains | self.stated_inside)


@dataclass(frozen=True, slots=True)
class NotALot:
    """A credential that carries no credit that can be stacked, with the reason."""

    credential: str
    reason: str


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """An earlier use of a lot, by its id or its digest: redeemed for good (`spent`), or in use.

    `family` is the family of the award that used it.
    """

    award: str
    spent: bool
    lot: str | None = None
    digest: str | None = None
    family: str | None = None


def ancestors(lot: Lot, by_id: Mapping[str, Lot]) -> tuple[str, ...]:
    """Name the lots that contain a lot, the nearest first; one outside the wallet ends the way."""
    found: list[str] = []
    parent = lot.parent
    while parent is not None and parent not in found and parent != lot.id:
        found.append(parent)
        parent = by_id[parent].parent if parent in by_id else None
    return tuple(found)


def are_kin(one: Lot, other: Lot, by_id: Mapping[str, Lot]) -> bool:
    """Tell whether two lots are the same credit in part: they never count together.

    One contains the other, or both contain a third; and both carry credit.  Two lots of one
    credential are two values of it, and no kin.
    """
    if one.amount == 0 or other.amount == 0:
        return False
    if one.id in ancestors(other, by_id) or other.id in ancestors(one, by_id):
        return True
    return one.digest != other.digest and _share_contents(one, other)


def _share_contents(one: Lot, other: Lot) -> bool:
    """Tell whether both are one, one is in the other, or both were made of a third, in any form."""
    return (
        (one.statement is not None and one.statement == other.statement)
        or one.digest in other.contains
        or other.digest in one.contains
        or not one.contains.isdisjoint(other.contains)
        or one.statement in other.stated_inside
        or other.statement in one.stated_inside
        or not one.stated_inside.isdisjoint(other.stated_inside)
    )


def kin_pairs(lots: Iterable[Lot], by_id: Mapping[str, Lot]) -> tuple[tuple[str, str], ...]:
    """Name the pairs of some lots that are kin, in their order; `by_id` is the whole wallet."""
    carrying = {lot.id: lot for lot in lots if lot.amount > 0}
    place = {name: number for number, name in enumerate(carrying)}
    above = ((lot.id, one) for lot in carrying.values() for one in ancestors(lot, by_id))
    pairs = (*(pair for pair in above if pair[1] in carrying), *_sharing(carrying.values()))
    found = {tuple(sorted(pair, key=place.__getitem__)) for pair in pairs}
    return tuple(
        (one, other)
        for one, other in sorted(found, key=lambda pair: [place[name] for name in pair])
    )


def _sharing(lots: Iterable[Lot]) -> Iterator[tuple[str, str]]:
    """Yield the pairs of lots that share what they are made of, and are not of one credential."""
    several = tuple(lots)
    for one in several:
        for other in several if one.contains else ():
            if one.digest != other.digest and _share_contents(one, other):
                yield one.id, other.id


def earlier_uses(
    lots: Sequence[Lot], ledger: Iterable[LedgerEntry]
) -> tuple[tuple[LedgerEntry, ...], ...]:
    """Find for each lot the earlier uses of it, or of a kin of it, in the order of the ledger.

    Each entry is looked up by what it names and never held against every lot: a ledger is long.
    """
    entries = tuple(ledger)
    by_id = {lot.id: lot for lot in lots}
    named, below = _places(lots, by_id, {entry.digest for entry in entries})
    kin: dict[int, set[int]] = {}
    found: list[list[LedgerEntry]] = [[] for _lot in lots]
    for entry in entries:
        used = {*named.get((entry.lot, None), ()), *named.get((None, entry.digest), ())}
        for place in used - kin.keys():
            others = enumerate(lots)
            kin[place] = {at for at, one in others if are_kin(lots[place], one, by_id)}
        for place in sorted(used.union(below.get(entry.lot, ()), *(kin[one] for one in used))):
            found[place].append(entry)
    return tuple(map(tuple, found))


_Named = tuple[str | None, str | None]
"""What an entry names: a lot by its id, or a digest."""


def _places(
    lots: Sequence[Lot], by_id: Mapping[str, Lot], asked: set[str | None]
) -> tuple[dict[_Named, list[int]], dict[str | None, list[int]]]:
    """Find the places of lots by id and by the digests asked for, and by ancestors outside.

    An ancestor that is not in the wallet is taken to carry credit.
    """
    named: dict[_Named, list[int]] = defaultdict(list)
    below: dict[str | None, list[int]] = defaultdict(list)
    for place, lot in enumerate(lots):
        named[lot.id, None].append(place)
        for digest in lot.known_by & asked - {None}:
            named[None, digest].append(place)
        for name in ancestors(lot, by_id) if lot.amount > 0 else ():
            if name not in by_id:
                below[name].append(place)
    return named, below
