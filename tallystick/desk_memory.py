"""What a desk has recorded, once more in files that only grow, beside its database.

A database that is restored from a backup forgets decisions and withdrawals that others have seen.
Whoever starts the desk is then told what is missing, nothing is decided, and "recognise restore"
brings it back from here.  The files hold what the register holds, and are kept like it.
"""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from sqlalchemy import Connection, Engine, func, insert, select

from recognition.register_of_decisions.entries import Draft, EntryKind
from recognition.register_of_decisions.register import add
from recognition.register_of_decisions.tables import ENTRIES, STATUSES
from service import reading, writing
from service.errors import ConflictError, StoreError
from service.status_ledger.tables import CHANGES, LISTS
from service.status_ledger.tables import ENTRIES as LISTED
from tallystick.decision_lists import PREFIX

DECISIONS, GIVEN, WITHDRAWN = "entries.jsonl", "statuses.jsonl", "withdrawals.jsonl"
"""The files: entries of the register, entries of status lists, and what was withdrawn."""

TEXTS, HASHES = ("payload", "inputs", "statement"), ("previous_hash", "entry_hash")
PAGE = 200
"""So many entries are read from the database at a time."""

BLOCK = 65_536
"""So many bytes are read at a time from the end of a file."""

Row = dict[str, Any]


class MemoryContradictsError(ConflictError):
    """The register is another one than that of the files; nobody can bring them together."""

    code = "MEMORY_CONTRADICTS"


class DatabaseBehindError(ConflictError):
    """The database has forgotten what was recorded; nothing is decided until it is brought back."""

    code = "DATABASE_BEHIND"


class Missing(NamedTuple):
    """How much the database has forgotten, of each kind."""

    decisions: int = 0
    given: int = 0
    withdrawn: int = 0

    @property
    def text(self) -> str:
        """Say what is missing, and what to do."""
        return (
            f"The database is older than what this desk has recorded: {self.decisions} entries of "
            f"the register, {self.given} entries of status lists and {self.withdrawn} withdrawals "
            "are missing. It was restored from a backup, perhaps. Nothing is decided and no status "
            "list is served until they are back: tallystick recognise restore --config FILE"
        )


class DeskMemory:
    """The files of a desk in a folder, beside the database of its register."""

    def __init__(self, folder: Path, engine: Engine) -> None:
        """Take both; nothing is read yet."""
        self.folder, self.engine = folder, engine
        self._lock = threading.Lock()
        self._behind: StoreError | None = None

    def begin(self) -> StoreError | None:
        """Compare, as a desk begins; where nothing is missing, catch up, else tell what is."""
        try:
            found = self.missing()
        except MemoryContradictsError as error:
            self._behind = error
        else:
            self._behind = DatabaseBehindError(found.text) if any(found) else None
        if self._behind is None:
            self.note(None)
        return self._behind

    def require(self) -> None:
        """Refuse to decide by a database that has forgotten; raise what `begin` told."""
        if self._behind is not None:
            raise self._behind

    def missing(self) -> Missing:
        """Compare the database with the files; raise `MemoryContradictsError`.

        Obligations: 1. the last entry of the files is in the register as it was written, or the
        register ends before it, with one of theirs; 2. every status that was given is there; 3.
        what was withdrawn is withdrawn.
        """
        last = _last(self.folder / DECISIONS)
        with reading(self.engine) as connection:
            # 1.
            behind = 0 if last is None else self._entries_behind(connection, last)
            # 2.
            known = set(connection.scalars(select(STATUSES.c.credential_id)))
            given = sum(one["credential_id"] not in known for one in self._read(GIVEN))
            # 3.
            gone = _withdrawn(connection)
            withdrawn = sum(_place(one) not in gone for one in self._read(WITHDRAWN))
        return Missing(behind, given, withdrawn)

    def _entries_behind(self, connection: Connection, last: Row) -> int:
        count = _count(connection)
        same = min(count, last["sequence"])
        found = connection.scalar(select(ENTRIES.c.entry_hash).where(ENTRIES.c.sequence == same))
        meant = last if same == last["sequence"] else self._entry(same)
        if found is not None and (meant is None or found.hex() != meant["entry_hash"]):
            raise _contradicted(same, self.folder)
        return max(0, int(last["sequence"]) - count)

    def _entry(self, sequence: int) -> Row | None:
        return next((one for one in self._read(DECISIONS) if one["sequence"] == sequence), None)

    def note(self, case_id: str | None) -> None:
        """Write down what was recorded about a case, or everything that the files have not."""
        with self._lock:
            self.folder.mkdir(parents=True, exist_ok=True)
            last = _last(self.folder / DECISIONS)
            with reading(self.engine) as connection:
                _append(self.folder / DECISIONS, _entries_after(connection, last))
                given = list(_given(connection, case_id))
                known = {one["credential_id"] for one in self._read(GIVEN)}
                _append(self.folder / GIVEN, (g for g in given if g["credential_id"] not in known))
                there = {_place(one) for one in self._read(WITHDRAWN)}
                places = None if case_id is None else {_place(one) for one in given}
                _append(self.folder / WITHDRAWN, _withdrawals(connection, places, there))

    def restore(self) -> Missing:
        """Bring what is missing back into the database; tell how much it was.

        Entries of the register come back in their order and as they were: the database itself
        refuses one that does not follow.  Raises `MemoryContradictsError`, `DatabaseError`.
        """
        found = self.missing()
        with writing(self.engine) as connection:
            count = _count(connection)
            for one in self._read(DECISIONS):
                if one["sequence"] > count:
                    self._record_again(connection, one)
            for one in self._read(GIVEN):
                _give_again(connection, one)
            gone = _withdrawn(connection)
            for one in self._read(WITHDRAWN):
                if _place(one) not in gone:
                    last = connection.scalar(select(func.max(CHANGES.c.sequence))) or 0
                    connection.execute(insert(CHANGES).values(**{**one, "sequence": last + 1}))
        return found

    def _record_again(self, connection: Connection, one: Row) -> None:
        """Add an entry as it was; whatever finds precedents by it comes back with it."""
        texts = {name: one[name].encode("utf-8", "surrogateescape") for name in TEXTS}
        draft = Draft(EntryKind(one["kind"]), one["case_id"], one["revision"], **texts)
        added = add(connection, draft, one["recorded_at"])
        if added.entry_hash.hex() != one["entry_hash"]:
            raise _contradicted(one["sequence"], self.folder)

    def _read(self, name: str) -> Iterator[Row]:
        path = self.folder / name
        if path.exists():
            with path.open("rb") as file:
                # A line that was cut off when the machine stopped is written again by `note`.
                yield from (json.loads(line) for line in file if line.endswith(b"\n"))


def _append(path: Path, rows: Iterable[Row]) -> None:
    """Add lines, and wait until they are on the disk; what was cut off before is taken away."""
    lines = [json.dumps(one, ensure_ascii=True, sort_keys=True).encode() + b"\n" for one in rows]
    if not lines:
        return
    with path.open("ab+") as file:
        file.truncate(_end(file))
        file.write(b"".join(lines))
        file.flush()
        os.fsync(file.fileno())


def _end(file: BinaryIO) -> int:
    """Find where the last whole line ends."""
    place = file.seek(0, os.SEEK_END)
    while place > 0:
        start = max(0, place - BLOCK)
        file.seek(start)
        found = file.read(place - start).rfind(b"\n")
        if found >= 0:
            return start + found + 1
        place = start
    return 0


def _last(path: Path) -> Row | None:
    """Read the last whole line of a file, however long the file is."""
    if not path.exists():
        return None
    with path.open("rb") as file:
        end = _end(file)
        start, data = end, b""
        while start > 0 and b"\n" not in data[:-1]:
            start = max(0, start - BLOCK)
            file.seek(start)
            data = file.read(end - start)
    lines = data.splitlines()
    return json.loads(lines[-1]) if lines else None


def _count(connection: Connection) -> int:
    return connection.scalar(select(func.max(ENTRIES.c.sequence))) or 0


def _contradicted(sequence: int, folder: Path) -> MemoryContradictsError:
    return MemoryContradictsError(
        f"Entry {sequence} of the register is another one than this desk has recorded, so nothing "
        f"is decided. Look for the database that belongs to {folder}, or for a later backup of it."
    )


def _entries_after(connection: Connection, last: Row | None) -> Iterator[Row]:
    after = 0 if last is None else int(last["sequence"])
    while True:
        query = select(ENTRIES).where(ENTRIES.c.sequence > after).order_by(ENTRIES.c.sequence)
        rows = connection.execute(query.limit(PAGE)).all()
        yield from (_to_file(one._asdict()) for one in rows)
        if len(rows) < PAGE:
            return
        after = rows[-1].sequence


def _to_file(row: Mapping[Any, Any]) -> Row:
    texts = {name: row[name].decode("utf-8", "surrogateescape") for name in TEXTS}
    return {**row, **texts, **{name: row[name].hex() for name in HASHES}}


def _given(connection: Connection, case_id: str | None) -> Iterator[Row]:
    query = select(STATUSES, LISTS).join(LISTS, LISTS.c.name == STATUSES.c.list_name)
    query = query if case_id is None else query.where(STATUSES.c.case_id == case_id)
    yield from (one._asdict() for one in connection.execute(query))


def _withdrawals(
    connection: Connection, places: set[tuple[str, int]] | None, known: set[tuple[str, int]]
) -> Iterator[Row]:
    """Read what is withdrawn, of some places or of all, and is not known yet."""
    query = select(CHANGES).where(_of_decisions(), CHANGES.c.is_set == 1)
    if places is not None:
        query = query.where(CHANGES.c.list_index.in_({index for _list, index in places}))
    for row in connection.execute(query.order_by(CHANGES.c.sequence)):
        one = row._asdict()
        if _place(one) not in known and (places is None or _place(one) in places):
            yield one


def _withdrawn(connection: Connection) -> set[tuple[str, int]]:
    rows = connection.execute(select(CHANGES).where(_of_decisions(), CHANGES.c.is_set == 1))
    return {(row.list_name, row.list_index) for row in rows}


def _of_decisions() -> Any:
    return CHANGES.c.list_name.startswith(PREFIX)


def _place(one: Row) -> tuple[str, int]:
    return one["list_name"], one["list_index"]


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
