"""The rows of a register as whoever keeps them elsewhere reads them, and puts them back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import Connection, Engine, func, insert, select

from credentials.timestamps import parse_timestamp
from recognition.register_of_decisions.entries import Draft, EntryKind
from recognition.register_of_decisions.register import add
from recognition.register_of_decisions.tables import ENTRIES, STATUSES
from service import reading, writing
from service.errors import ConflictError
from service.status_ledger.changing import add_change
from service.status_ledger.tables import CHANGES, LISTS
from service.status_ledger.tables import ENTRIES as LISTED

TEXTS, HASHES = ("payload", "inputs", "statement"), ("previous_hash", "entry_hash")
PAGE = 200
"""So many entries are read from the database at a time."""

Row = dict[str, Any]


class MemoryContradictsError(ConflictError):
    """The register is another one than that which was kept; nobody can bring them together."""

    code = "MEMORY_CONTRADICTS"


class RecordedRows:
    """The rows of one register, and of the status lists of its decisions."""

    def __init__(self, engine: Engine, lists: str) -> None:
        """Take the database, and how the names of the lists begin; nothing is read yet."""
        self._engine, self._lists = engine, lists

    def count(self) -> int:
        """Count the entries of the register."""
        with reading(self._engine) as connection:
            return _count(connection)

    def hash_of(self, sequence: int) -> str | None:
        """Tell the hash of an entry, if it is there."""
        query = select(ENTRIES.c.entry_hash).where(ENTRIES.c.sequence == sequence)
        with reading(self._engine) as connection:
            found = connection.scalar(query)
        return None if found is None else found.hex()

    def entries_after(self, sequence: int) -> Iterator[Row]:
        """Yield the entries after one, in their order."""
        while True:
            query = select(ENTRIES).where(ENTRIES.c.sequence > sequence)
            with reading(self._engine) as connection:
                rows = connection.execute(query.order_by(ENTRIES.c.sequence).limit(PAGE)).all()
            yield from (_told(one._asdict()) for one in rows)
            if len(rows) < PAGE:
                return
            sequence = rows[-1].sequence

    def given(self, case_id: str | None = None) -> list[Row]:
        """Read which credential of a case, or of all, has which entry of which list."""
        query = select(STATUSES, LISTS).join(LISTS, LISTS.c.name == STATUSES.c.list_name)
        query = query if case_id is None else query.where(STATUSES.c.case_id == case_id)
        with reading(self._engine) as connection:
            return [one._asdict() for one in connection.execute(query)]

    def withdrawals(self, after: int = 0) -> list[Row]:
        """Read what was withdrawn after a change, in the order in which it was."""
        with reading(self._engine) as connection:
            return _withdrawals(connection, self._lists, after)

    def put_back(
        self, entries: Iterable[Row], given: Iterable[Row], withdrawals: Iterable[Row]
    ) -> None:
        """Put back what is missing; what is there stays as it is.

        Entries of the register come back in their order and as they were: the database itself
        refuses one that does not follow.  Raises `MemoryContradictsError`, `DatabaseError`.
        """
        with writing(self._engine) as connection:
            count = _count(connection)
            for one in entries:
                if one["sequence"] > count:
                    _record_again(connection, one)
            for one in given:
                _give_again(connection, one)
            gone = {place_of(one) for one in _withdrawals(connection, self._lists)}
            for one in withdrawals:
                if place_of(one) not in gone:
                    at = parse_timestamp(one["changed_at"])
                    add_change(connection, place_of(one), one["reason"], at, is_set=True)


def place_of(one: Row) -> tuple[str, int]:
    """Tell which entry of which list a row is about."""
    return one["list_name"], one["list_index"]


def contradicted(sequence: int) -> MemoryContradictsError:
    """Say that the register is another one."""
    return MemoryContradictsError(
        f"Entry {sequence} of the register is another one than this desk has recorded, so nothing "
        "is decided. Look for the database that belongs to its memory, or for a later backup."
    )


def _count(connection: Connection) -> int:
    return connection.scalar(select(func.max(ENTRIES.c.sequence))) or 0


def _told(row: Mapping[str, Any]) -> Row:
    texts = {name: row[name].decode("utf-8", "surrogateescape") for name in TEXTS}
    return {**row, **texts, **{name: row[name].hex() for name in HASHES}}


def _record_again(connection: Connection, one: Row) -> None:
    """Add an entry as it was; whatever finds precedents by it comes back with it."""
    texts = {name: one[name].encode("utf-8", "surrogateescape") for name in TEXTS}
    draft = Draft(EntryKind(one["kind"]), one["case_id"], one["revision"], **texts)
    added = add(connection, draft, one["recorded_at"])
    if added.entry_hash.hex() != one["entry_hash"]:
        raise contradicted(one["sequence"])


def _withdrawals(connection: Connection, lists: str, after: int = 0) -> list[Row]:
    query = select(CHANGES).where(
        CHANGES.c.sequence > after, CHANGES.c.list_name.startswith(lists), CHANGES.c.is_set == 1
    )
    return [one._asdict() for one in connection.execute(query.order_by(CHANGES.c.sequence))]


def _give_again(connection: Connection, one: Row) -> None:
    """Give a credential the entry that it had; what is there already stays."""
    tables = {
        LISTS: {column.name: one[column.name] for column in LISTS.c},
        LISTED: {
            "list_name": one["list_name"],
            "list_index": one["list_index"],
            "credential_id": one["credential_id"],
            "assigned_at": one["given_at"],
        },
        STATUSES: {column.name: one[column.name] for column in STATUSES.c},
    }
    for table, row in tables.items():
        key = [column == row[column.name] for column in table.primary_key]
        if connection.execute(select(table).where(*key)).first() is None:
            connection.execute(insert(table).values(**row))
