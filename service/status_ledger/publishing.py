"""Publishing lists from a database that several processes serve: all hand out the same bytes.

A signed list is kept where every process finds it, and a newer one alone takes its place; else a
reader who remembers the newest would be told an older one by the next process.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Engine, delete, insert, select

from credentials.json_types import JsonObject
from credentials.strict_json import parse_json, serialize_json
from credentials.timestamps import parse_timestamp
from service.database import reading, writing
from service.status_ledger.ledger import StatusLedger
from service.status_ledger.tables import DOCUMENTS
from service.status_lists import DrawIndex, StatusList

Sign = Callable[[JsonObject], JsonObject]
"""Signs a list with the key of its issuer, after the verifier's check."""


@dataclass(frozen=True, slots=True)
class SignedList:
    """A list as it is served, and what tells this form of it from others."""

    data: bytes
    digest: str


class StoredLists:
    """Lists that are signed when somebody asks and something has changed, and kept till then."""

    def __init__(
        self, engine: Engine, draw: DrawIndex, sign: Sign, now: Callable[[], datetime]
    ) -> None:
        """Take a migrated database, where random numbers come from, the signature, the clock."""
        self._engine, self._sign, self._now = engine, sign, now
        self._ledger = StatusLedger(engine, draw)
        self._lock = threading.Lock()

    def named(self, list_name: str) -> SignedList:
        """Give the list of a name; raise `IssuanceError` (STATUS_LIST_UNKNOWN), or as `of` does."""
        return self.of(self._ledger.named(list_name))

    def of(self, status_list: StatusList) -> SignedList:
        """Give a list with every change that is in the ledger, signed.

        Obligations: 1. it is signed anew as soon as anything in it has changed, and before half of
        its time is over; 2. an older one never takes the place of a newer one, and is not handed
        out once there is a newer one.
        Raises `IssuanceError` (STATUS_LEDGER_BEHIND), and what `sign` raises.
        """
        # 1.
        kept = self._current(status_list)
        if kept is None:
            # Whoever waits finds what the one before them has signed.
            with self._lock:
                kept = self._current(status_list) or self._publish(status_list)
        return SignedList(kept.data, hashlib.sha256(kept.data).hexdigest())

    def _current(self, status_list: StatusList) -> _Kept | None:
        """Find the signed list if it has every change, and more than half of its time is left."""
        change = self._ledger.last_change(status_list.name)
        with reading(self._engine) as connection:
            kept = _kept(connection, status_list)
        if kept is None or kept.last_change != change or self._is_old(kept, status_list):
            return None
        return kept

    def _publish(self, status_list: StatusList) -> _Kept:
        # What is changed from now on may be in the list, and is in the next one for sure.
        change = self._ledger.last_change(status_list.name)
        with reading(self._engine) as connection:
            kept = _kept(connection, status_list)
        unsigned = self._ledger.publish(
            status_list.name,
            self._now(),
            issuer=status_list.issuer,
            served=None if kept is None else parse_json(kept.data),
        )
        made = _Kept(serialize_json(self._sign(unsigned)), unsigned["validFrom"], change)
        # 2.
        with writing(self._engine) as connection:
            newest = _kept(connection, status_list)
            if newest is not None and newest.begins >= made.begins:
                return newest
            _keep(connection, status_list, made)
        return made

    def _is_old(self, kept: _Kept, status_list: StatusList) -> bool:
        return (self._now() - kept.begins) * 2 >= status_list.validity


@dataclass(frozen=True, slots=True)
class _Kept:
    """A row of what is served."""

    data: bytes
    valid_from: str
    last_change: int

    @property
    def begins(self) -> datetime:
        """Tell when it begins; of two forms the later one is newer."""
        return parse_timestamp(self.valid_from)


def _kept(connection: Connection, status_list: StatusList) -> _Kept | None:
    here = DOCUMENTS.c.list_name == status_list.name
    row = connection.execute(select(DOCUMENTS).where(here)).first()
    return None if row is None else _Kept(row.data, row.valid_from, row.last_change)


def _keep(connection: Connection, status_list: StatusList, made: _Kept) -> None:
    connection.execute(delete(DOCUMENTS).where(DOCUMENTS.c.list_name == status_list.name))
    connection.execute(
        insert(DOCUMENTS).values(
            list_name=status_list.name,
            valid_from=made.valid_from,
            last_change=made.last_change,
            data=made.data,
        )
    )
