"""What a desk has recorded, once more in files that only grow, beside its database.

A database that is restored from a backup forgets decisions and withdrawals that others have seen.
Whoever starts the desk is then told what is missing, nothing is decided, and "recognise restore"
brings it back from here.  The files hold what the register holds, and are kept like it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Hashable, Iterable, Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple

from recognition.register_of_decisions.recorded_rows import (
    MemoryContradictsError,
    RecordedRows,
    Row,
    contradicted,
    place_of,
)
from service.errors import ConflictError
from tallystick.files import locked

DECISIONS, GIVEN, WITHDRAWN = "entries.jsonl", "statuses.jsonl", "withdrawals.jsonl"
"""The files: entries of the register, entries of status lists, and what was withdrawn."""

BLOCK = 65_536
"""So many bytes are read at a time from the end of a file."""


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
    """The files of a desk in a folder, beside the rows of its register."""

    def __init__(self, folder: Path, rows: RecordedRows) -> None:
        """Take both; nothing is read yet."""
        self.folder, self._rows = folder, rows
        self._given = KnownLines(folder / GIVEN, _credential_of)
        self._withdrawn = KnownLines(folder / WITHDRAWN, place_of)
        self._compared_to = 0
        """The last change of the database that was held against what the files have."""

        self._behind: ConflictError | None = None

    def begin(self) -> ConflictError | None:
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
        # 1.
        last = _last(self.folder / DECISIONS)
        behind = 0 if last is None else self._entries_behind(last)
        # 2.
        known = {_credential_of(one) for one in self._rows.given()}
        given = sum(_credential_of(one) not in known for one in self._read(GIVEN))
        # 3.
        gone = {place_of(one) for one in self._rows.withdrawals()}
        withdrawn = sum(place_of(one) not in gone for one in self._read(WITHDRAWN))
        return Missing(behind, given, withdrawn)

    def _entries_behind(self, last: Row) -> int:
        count = self._rows.count()
        same = min(count, last["sequence"])
        found = self._rows.hash_of(same)
        meant = last if same == last["sequence"] else self._entry(same)
        if found is not None and (meant is None or found != meant["entry_hash"]):
            raise contradicted(same)
        return max(0, int(last["sequence"]) - count)

    def _entry(self, sequence: int) -> Row | None:
        return next((one for one in self._read(DECISIONS) if one["sequence"] == sequence), None)

    def note(self, case_id: str | None) -> None:
        """Write down what was recorded about a case, or everything that the files have not.

        One process writes at a time.  What it costs does not grow with what was noted before: of
        the files only what others have added is read, of the withdrawals only the later ones.
        Raises `CommandError` where the folder cannot be written to.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        with locked(self.folder):
            last = _last(self.folder / DECISIONS)
            after = 0 if last is None else int(last["sequence"])
            _append(self.folder / DECISIONS, self._rows.entries_after(after))
            self._given.read_on()
            given = self._rows.given(case_id)
            _append(self.folder / GIVEN, (one for one in given if one not in self._given))
            self._withdrawn.read_on()
            gone = self._rows.withdrawals(self._compared_to)
            _append(self.folder / WITHDRAWN, (one for one in gone if one not in self._withdrawn))
            self._compared_to = gone[-1]["sequence"] if gone else self._compared_to

    def restore(self) -> Missing:
        """Bring what is missing back into the database; tell how much it was.

        Raises `MemoryContradictsError`, `DatabaseError`.
        """
        found = self.missing()
        self._rows.put_back(self._read(DECISIONS), self._read(GIVEN), self._read(WITHDRAWN))
        return found

    def _read(self, name: str) -> Iterator[Row]:
        return (row for row, _end_of_it in _lines(self.folder / name))


class KnownLines:
    """Which rows a file has, by what tells them apart; each line is read once."""

    def __init__(self, path: Path, key: Callable[[Row], Hashable]) -> None:
        """Take the file, and what tells its rows apart; nothing is read yet."""
        self._path, self._key = path, key
        self._known: set[Hashable] = set()
        self._end = 0

    def read_on(self) -> None:
        """Read what was added, by whomever, since this was done last."""
        if self._path.exists() and self._path.stat().st_size < self._end:
            # Somebody has put an earlier file in its place.
            self._known.clear()
            self._end = 0
        for row, end in _lines(self._path, self._end):
            self._known.add(self._key(row))
            self._end = end

    def __contains__(self, row: Row) -> bool:
        """Tell whether the file has a row, as far as it was read."""
        return self._key(row) in self._known


def _credential_of(one: Row) -> str:
    return str(one["credential_id"])


def _lines(path: Path, start: int = 0) -> Iterator[tuple[Row, int]]:
    """Yield the whole lines of a file from a place on, each with where it ends."""
    if not path.exists():
        return
    with path.open("rb") as file:
        file.seek(start)
        for line in file:
            # A line that was cut off when the machine stopped is written again by `note`.
            if line.endswith(b"\n"):
                start += len(line)
                yield json.loads(line), start


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
