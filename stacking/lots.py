"""Lots: pieces of credit, and the ledger of where they have been used."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
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
    URIs of learning outcomes that it is aligned with.
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
    return bool(_made_of(one) & _made_of(other)) and one.digest != other.digest


def _made_of(lot: Lot) -> frozenset[str]:
    """Name what a lot is and what it contains, by digest."""
    return lot.contains if lot.digest is None else lot.contains | {lot.digest}


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
    parts = {lot.id: (lot, _made_of(lot)) for lot in lots}
    for one, made_of in parts.values():
        for other, others in parts.values() if one.contains else ():
            if one.digest != other.digest and not made_of.isdisjoint(others):
                yield one.id, other.id


def is_hit(lot: Lot, entry: LedgerEntry, by_id: Mapping[str, Lot]) -> bool:
    """Tell whether an earlier use is one of this lot, or of a kin of it."""
    used = [other for other in by_id.values() if _is_named(other, entry)]
    if _is_named(lot, entry) or any(are_kin(lot, other, by_id) for other in used):
        return True
    # An ancestor that is not in the wallet is taken to carry credit.
    is_outside = entry.lot is not None and entry.lot not in by_id
    return is_outside and lot.amount > 0 and entry.lot in ancestors(lot, by_id)


def _is_named(lot: Lot, entry: LedgerEntry) -> bool:
    is_by_id = entry.lot is not None and entry.lot == lot.id
    return is_by_id or (entry.digest is not None and entry.digest in _made_of(lot))
