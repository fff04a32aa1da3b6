"""The entries of status lists that signed decisions have, in the database of the register.

An entry is given before a decision is signed, and set by whatever supersedes the decision, in the
transaction that records it (`RegisterOfDecisions.record`): there is no moment at which a decision
is superseded and its credential counts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, Engine, Row, Select, func, insert, select

from credentials.json_types import JsonObject
from recognition.register_of_decisions.entries import Entry
from recognition.register_of_decisions.recording import case_decided, keeps_the_decision
from recognition.register_of_decisions.tables import STATUSES
from service import reading, writing
from service.status_ledger.changing import add_change, is_entry_set
from service.status_ledger.series import GiveEntry
from service.status_ledger.tables import CHANGES, LISTS
from service.writing_down import stamp

History = Callable[[Connection, str], Sequence[Entry]]
"""Reads the entries of a case, the oldest first."""


class Place(NamedTuple):
    """Which decision of which case is signed."""

    case_id: str
    revision: int


@dataclass(frozen=True, slots=True)
class DecisionStatus:
    """The entry of one signed decision, and since when it is set."""

    credential_id: str
    revision: int
    list_url: str
    index: int
    withdrawn_at: str | None


class DecisionStatuses:
    """The entries of the signed decisions of one register."""

    def __init__(self, engine: Engine, history: History) -> None:
        """Keep the database, and how a case is read in it; nothing is read yet."""
        self._engine, self._history = engine, history

    def give(self, place: Place, credential_id: str, give: GiveEntry, at: datetime) -> JsonObject:
        """Give the credential of a decision an entry, and return its credentialStatus.

        This is on the disk before the decision is signed, and there is one writer at a time: who
        supersedes the decision finds the entry, or whoever signs it finds the supersession.
        Raises `CaseDecidedError` if a later decision stands, and what `give` raises; then nothing
        was given.
        """
        with writing(self._engine) as connection:
            for entry in self._history(connection, place.case_id):
                if entry.kind.decides and entry.revision > place.revision:
                    raise case_decided(entry)
            status_list, index = give(connection, credential_id, at)
            row = {
                "credential_id": credential_id,
                **place._asdict(),
                "list_name": status_list.name,
                "list_index": index,
                "given_at": stamp(at),
            }
            connection.execute(insert(STATUSES).values(**row))
            return status_list.entry(index)

    def of(self, case_id: str) -> tuple[DecisionStatus, ...]:
        """Read the entries of a case, those of the first decision first."""
        with reading(self._engine) as connection:
            rows = connection.execute(_with_lists(case_id)).all()
            return tuple(_status(connection, row) for row in rows)


def withdraw_superseded(
    connection: Connection, history: Sequence[Entry], added: Entry, at: datetime
) -> None:
    """Set the entries of every decision that another one takes the place of.

    A dismissed appeal leaves the decision as it is, and what was signed of it goes on counting.
    The connection must be the one in which `added` is recorded.
    """
    if not added.kind.decides:
        return
    before = [one for one in history if one.kind.decides and one.revision < added.revision]
    if not before or keeps_the_decision(added, before[-1]):
        return
    reason = f"Superseded by {added.id}"
    for place in _places(connection, added):
        if not is_entry_set(connection, place):
            add_change(connection, place, reason, at, is_set=True)


def _places(connection: Connection, added: Entry) -> Iterator[tuple[str, int]]:
    query = select(STATUSES.c.list_name, STATUSES.c.list_index).where(
        STATUSES.c.case_id == added.case_id, STATUSES.c.revision < added.revision
    )
    for row in connection.execute(query).all():
        yield row.list_name, row.list_index


def _with_lists(case_id: str) -> Select[Any]:
    return (
        select(STATUSES, LISTS.c.url)
        .join(LISTS, LISTS.c.name == STATUSES.c.list_name)
        .where(STATUSES.c.case_id == case_id)
        .order_by(STATUSES.c.revision, STATUSES.c.given_at, STATUSES.c.credential_id)
    )


def _status(connection: Connection, row: Row[Any]) -> DecisionStatus:
    here = (CHANGES.c.list_name == row.list_name) & (CHANGES.c.list_index == row.list_index)
    # A revocation is never taken back, so the first change is the one that counts.
    since = connection.scalar(select(func.min(CHANGES.c.changed_at)).where(here))
    return DecisionStatus(row.credential_id, row.revision, row.url, row.list_index, since)
