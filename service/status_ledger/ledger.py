"""The ledger of an institution's status lists: in a database, and nothing is taken out of it.

Learners stay unknown here: a credential is known by its id alone.  Reasons are kept here and
never published.  What was confirmed is on the disk; there is one writer at a time (`service`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, Row, func, select

from credentials.errors import IssuanceError
from credentials.json_types import JsonObject, member
from credentials.status.bitstring import decode_list, entries_set
from credentials.timestamps import format_timestamp, parse_timestamp
from service import reading, writing
from service.status_ledger.assigning import add_list, assign_all, given_out, status_list_of
from service.status_ledger.changing import add_change, last_change
from service.status_ledger.meant import EntriesMeant
from service.status_ledger.series import GiveEntry
from service.status_ledger.tables import CHANGES, ENTRIES, LISTS, PUBLICATIONS
from service.status_lists import REVOCATION, SUSPENSION, DrawIndex, StatusList
from service.writing_down import stamp

DECOY = "decoy"
SMALLEST_STEP = timedelta(milliseconds=1)
"""How much later a list begins than the one before, at least; readers tell milliseconds apart."""


@dataclass(frozen=True, slots=True)
class StatusChange:
    """Something that was set or cleared, and why; the reason is never published."""

    list_name: str
    index: int
    is_set: bool
    reason: str
    changed_at: str


@dataclass(frozen=True, slots=True)
class Changed:
    """What became of a request: the list it is in, and whether anything had to be changed."""

    status_list: StatusList
    is_new: bool
    since: str
    """When the entry came to be as it is."""


@dataclass(frozen=True, slots=True)
class Overview:
    """How a list stands: how many entries are given out and set, what is not yet published."""

    status_list: StatusList
    assigned: int
    set_entries: int
    published_at: str | None
    unpublished: int


class StatusLedger:
    """Status lists, whose entries are which, and what was withdrawn."""

    def __init__(self, engine: Engine, draw: DrawIndex) -> None:
        """Take a migrated database, and where random numbers come from."""
        self._engine = engine
        self._draw = draw

    def make_list(self, status_list: StatusList, made_at: datetime) -> None:
        """Begin a list; raise `IssuanceError` (STATUS_LIST_EXISTS) for a name or URL in use."""
        with writing(self._engine) as connection:
            is_same = (LISTS.c.name == status_list.name) | (LISTS.c.url == status_list.url)
            if connection.execute(select(LISTS).where(is_same)).first() is not None:
                raise IssuanceError(
                    "There is a list of this name, or at this address, already.",
                    code="STATUS_LIST_EXISTS",
                )
            add_list(connection, status_list, made_at)

    def assign(
        self, list_name: str, credential_id: str, *, issuer: str, at: datetime
    ) -> JsonObject:
        """Give a credential an index of its own, and return its credentialStatus.

        This is on the disk before the credential is signed: whatever stops the signing, there is
        never a signed credential that cannot be withdrawn.  The same credential gets the same
        index again.  Raises `IssuanceError` (STATUS_LIST_UNKNOWN, STATUS_LIST_FULL,
        ISSUER_NOT_YOURS).
        """
        with writing(self._engine) as connection:
            status_list = own_list(connection, list_name, issuer)
            known = select(ENTRIES.c.list_index).where(
                ENTRIES.c.list_name == list_name, ENTRIES.c.credential_id == credential_id
            )
            index = connection.scalar(known)
            if index is None:
                (index,) = self._add_entries(connection, status_list, [credential_id], at)
            return status_list.entry(index)

    def _add_entries(
        self,
        connection: Connection,
        status_list: StatusList,
        credential_ids: Sequence[str | None],
        at: datetime,
    ) -> tuple[int, ...]:
        written_at = format_timestamp(at)
        return assign_all(connection, status_list, credential_ids, self._draw, written_at)

    def revoke(
        self, credential_id: str, reason: str, at: datetime, *, list_name: str | None = None
    ) -> tuple[Changed, ...]:
        """Revoke a credential for good, in every list of revocations that it is in.

        With a `list_name` it is revoked in this list alone: others may have issued under the same
        id.
        """
        where = EntriesMeant(credential_id, REVOCATION, list_name)
        return self._change(where, reason, at, is_set=True)

    def suspend(
        self, credential_id: str, reason: str, at: datetime, *, list_name: str | None = None
    ) -> tuple[Changed, ...]:
        """Suspend a credential until it is reinstated, in one list or in every one."""
        where = EntriesMeant(credential_id, SUSPENSION, list_name)
        return self._change(where, reason, at, is_set=True)

    def reinstate(
        self, credential_id: str, reason: str, at: datetime, *, list_name: str | None = None
    ) -> tuple[Changed, ...]:
        """End the suspension of a credential; a revocation is never taken back."""
        where = EntriesMeant(credential_id, SUSPENSION, list_name)
        return self._change(where, reason, at, is_set=False)

    def _change(
        self, where: EntriesMeant, reason: str, at: datetime, *, is_set: bool
    ) -> tuple[Changed, ...]:
        if not reason.strip():
            raise IssuanceError("Say why; the reason is kept and not published.", code="NO_REASON")
        with writing(self._engine) as connection:
            rows = connection.execute(where.query()).all()
            if not rows:
                raise _not_listed(connection, where.credential_id, where.purpose)
            return tuple(_set(connection, row, reason, at, is_set=is_set) for row in rows)

    def publish(
        self,
        list_name: str,
        at: datetime,
        *,
        issuer: str,
        served: JsonObject | None = None,
        decoys: int = 0,
    ) -> JsonObject:
        """Record that a list is published, and return the unsigned credential.

        Obligations: 1. the ledger is not behind what is `served` now, as after a backup was
        restored: it knows of a publication at least as late, and of every revocation in it;
        2. decoys are set, so that how many entries are set does not tell how many credentials
        were revoked; 3. each list begins later than the one before, whatever the clock says;
        4. this is on the disk before the list is signed.

        Raises `IssuanceError` (STATUS_LIST_UNKNOWN, STATUS_LIST_OTHER, STATUS_LEDGER_BEHIND,
        STATUS_LIST_FULL, ISSUER_NOT_YOURS).
        """
        with writing(self._engine) as connection:
            status_list = own_list(connection, list_name, issuer)
            last = _last_publication(connection, list_name)
            # 1.
            _require_known(connection, status_list, last, served)
            # 2.
            for index in self._add_entries(connection, status_list, [None] * decoys, at):
                add_change(connection, (list_name, index), DECOY, at, is_set=True)
            # 3. and 4.
            begins = _record_publication(connection, list_name, last, at)
            return status_list.document(_set_entries(connection, list_name), begins)

    def last_change(self, list_name: str) -> int:
        """Number the last change of a list, 0 if there was none; each has a higher number."""
        newest = select(func.max(CHANGES.c.sequence)).where(CHANGES.c.list_name == list_name)
        with reading(self._engine) as connection:
            return connection.scalar(newest) or 0

    def named(self, list_name: str) -> StatusList:
        """Read a list by its name; raise `IssuanceError` (STATUS_LIST_UNKNOWN)."""
        with reading(self._engine) as connection:
            return _list(connection, list_name)

    def lists(self) -> tuple[Overview, ...]:
        """Tell how every list stands."""
        with reading(self._engine) as connection:
            rows = connection.execute(select(LISTS).order_by(LISTS.c.name)).all()
            return tuple(_overview(connection, status_list_of(row)) for row in rows)

    def history(
        self, credential_id: str
    ) -> tuple[tuple[StatusList, tuple[StatusChange, ...]], ...]:
        """Tell the lists that a credential is in, and what was changed in each."""
        with reading(self._engine) as connection:
            query = select(ENTRIES).where(ENTRIES.c.credential_id == credential_id)
            entries = connection.execute(query.order_by(ENTRIES.c.list_name)).all()
            return tuple(
                (_list(connection, row.list_name), tuple(_changes(connection, row)))
                for row in entries
            )


def _list(connection: Connection, name: str) -> StatusList:
    row = connection.execute(select(LISTS).where(LISTS.c.name == name)).first()
    if row is None:
        raise IssuanceError(
            f"There is no status list {name}. Make one with: tallystick status new.",
            code="STATUS_LIST_UNKNOWN",
        )
    return status_list_of(row)


def own_list(connection: Connection, name: str, issuer: str) -> StatusList:
    """Read a list by its name; raise `IssuanceError` (STATUS_LIST_UNKNOWN, ISSUER_NOT_YOURS)."""
    status_list = _list(connection, name)
    if status_list.issuer != issuer:
        raise IssuanceError(
            f"The list {name} is of {status_list.issuer}, and not of {issuer}; verifiers accept "
            "only a list of the credential's own issuer.",
            code="ISSUER_NOT_YOURS",
        )
    return status_list


def giving_from(list_name: str, issuer: str, draw: DrawIndex) -> GiveEntry:
    """Make what gives one credential an entry of revocations of the list of a name, this issuer's.

    What gives it raises `IssuanceError` (STATUS_LIST_UNKNOWN, STATUS_LIST_FULL, STATUS_LIST_WRONG,
    ISSUER_NOT_YOURS).
    """

    def give(connection: Connection, credential_id: str, at: datetime) -> tuple[StatusList, int]:
        status_list = own_list(connection, list_name, issuer)
        _require_for_good(status_list)
        (index,) = assign_all(connection, status_list, [credential_id], draw, stamp(at))
        return status_list, index

    return give


def _require_for_good(status_list: StatusList) -> None:
    """Require a list whose entries nobody clears again."""
    if status_list.purpose != REVOCATION:
        raise IssuanceError(
            f"The list {status_list.name} is of {status_list.purpose}s, which can be taken back, "
            f"and what is withdrawn by it would count again. Name a list of {REVOCATION}s.",
            code="STATUS_LIST_WRONG",
        )


def _not_listed(connection: Connection, credential_id: str, purpose: str) -> IssuanceError:
    query = (
        select(LISTS.c.purpose)
        .join(ENTRIES, LISTS.c.name == ENTRIES.c.list_name)
        .where(ENTRIES.c.credential_id == credential_id)
    )
    other = connection.scalar(query)
    if other is None:
        text = f"{credential_id} is on no status list; it was issued without a status."
    else:
        text = f"{credential_id} is on a list of {other}s and on none of {purpose}s."
    return IssuanceError(text, code="STATUS_NOT_LISTED")


def _set(
    connection: Connection, entry: Row[Any], reason: str, at: datetime, *, is_set: bool
) -> Changed:
    """Set or clear one entry, unless it is as it must be."""
    status_list = _list(connection, entry.list_name)
    last = next(iter(reversed(list(_changes(connection, entry)))), None)
    if (last is not None and last.is_set) == is_set:
        since = entry.assigned_at if last is None else last.changed_at
        return Changed(status_list, is_new=False, since=since)
    place = (entry.list_name, entry.list_index)
    add_change(connection, place, reason, at, is_set=is_set)
    return Changed(status_list, is_new=True, since=format_timestamp(at))


def _changes(connection: Connection, entry: Row[Any]) -> Iterator[StatusChange]:
    query = (
        select(CHANGES)
        .where(CHANGES.c.list_name == entry.list_name, CHANGES.c.list_index == entry.list_index)
        .order_by(CHANGES.c.sequence)
    )
    for row in connection.execute(query):
        yield StatusChange(
            row.list_name, row.list_index, bool(row.is_set), row.reason, row.changed_at
        )


def _set_entries(connection: Connection, list_name: str) -> tuple[int, ...]:
    """Name the entries that are set: the last change of each counts."""
    query = (
        select(CHANGES.c.list_index, CHANGES.c.is_set)
        .where(CHANGES.c.list_name == list_name)
        .order_by(CHANGES.c.sequence)
    )
    last = {row.list_index: row.is_set for row in connection.execute(query)}
    return tuple(index for index, is_set in last.items() if is_set)


def _last_publication(connection: Connection, list_name: str) -> Row[Any] | None:
    query = select(PUBLICATIONS).where(PUBLICATIONS.c.list_name == list_name)
    return connection.execute(query.order_by(PUBLICATIONS.c.number.desc())).first()


def _require_known(
    connection: Connection,
    status_list: StatusList,
    last: Row[Any] | None,
    served: JsonObject | None,
) -> None:
    """Refuse to publish what would take back something that is published."""
    if served is None:
        return
    if served.get("id") != status_list.url:
        raise IssuanceError(
            f"What stands at the place of the list {status_list.name} is another document.",
            code="STATUS_LIST_OTHER",
        )
    begins = parse_timestamp(served.get("validFrom"))
    is_behind = last is None or parse_timestamp(last.valid_from) < begins
    published = decode_list(member(served, "credentialSubject", "encodedList"))
    lost = set(entries_set(published)) - set(_set_entries(connection, status_list.name))
    if is_behind or (lost and status_list.purpose == REVOCATION):
        raise IssuanceError(
            f"The published list {status_list.name} is ahead of this ledger: was an old backup "
            "restored? Publishing would take back what was revoked. Restore the newest backup.",
            code="STATUS_LEDGER_BEHIND",
        )


def _record_publication(
    connection: Connection, list_name: str, last: Row[Any] | None, at: datetime
) -> datetime:
    """Record a publication, and tell when it begins: now, and later than the last one.

    Many changes in one second must not push the beginning so far ahead that nobody reads the list.
    """
    begins = at.replace(microsecond=0)
    if last is not None:
        begins = max(begins, parse_timestamp(last.valid_from) + SMALLEST_STEP)
    connection.execute(
        PUBLICATIONS.insert().values(
            list_name=list_name,
            number=1 if last is None else last.number + 1,
            valid_from=format_timestamp(begins),
            last_change=last_change(connection),
        )
    )
    return begins


def _overview(connection: Connection, status_list: StatusList) -> Overview:
    name, last = status_list.name, _last_publication(connection, status_list.name)
    published = 0 if last is None else last.last_change
    newer = select(func.count()).select_from(CHANGES).where(CHANGES.c.sequence > published)
    return Overview(
        status_list,
        assigned=given_out(connection, name),
        set_entries=len(_set_entries(connection, name)),
        published_at=None if last is None else last.valid_from,
        unpublished=connection.scalar(newer.where(CHANGES.c.list_name == name)) or 0,
    )
