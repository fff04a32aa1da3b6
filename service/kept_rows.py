"""Rows that work left behind for pages to read: on the disk, as they may be a hundred thousand.

They lie in a file that SQLite makes for itself, that has no name in any folder, and that goes with
the object or with the process.  Nothing of it is there after a restart.
"""

from __future__ import annotations

import json
import sqlite3
import threading
import weakref
from collections.abc import Collection, Iterator, Sequence
from typing import Any, NamedTuple

from service.errors import DatabaseError

ROWS_AT_ONCE = 500
"""How many rows are read at a time when all are wanted."""

TABLE = "CREATE TABLE rows (number INTEGER PRIMARY KEY, name TEXT, kind TEXT, texts TEXT)"
ADD = "INSERT INTO rows (name, kind, texts) VALUES (?, ?, ?)"
COUNT = """
SELECT count(*) FROM rows
WHERE ? IN ('', kind) AND name NOT IN (SELECT value FROM json_each(?))
"""
PAGE = """
SELECT texts FROM rows
WHERE ? IN ('', kind) AND name NOT IN (SELECT value FROM json_each(?))
ORDER BY number LIMIT ? OFFSET ?
"""
FOLLOWING = """
SELECT number, texts FROM rows
WHERE ? IN ('', kind) AND name NOT IN (SELECT value FROM json_each(?)) AND number > ?
ORDER BY number LIMIT ?
"""


class Wanted(NamedTuple):
    """Which rows are wanted: those of a kind, or of all, and none that has one of these names."""

    kind: str = ""
    without: Collection[str] = ()

    def values(self) -> tuple[str, str]:
        """Write it for the database."""
        return self.kind, json.dumps(sorted(self.without))


class KeptRows:
    """Rows of texts, in the order in which they came.  Safe to use from several threads.

    Raises `DatabaseError` where the temporary folder has no room.
    """

    def __init__(self) -> None:
        """Make the file."""
        self._lock = threading.Lock()
        # An empty name is a file of its own; one thread works, and others answer requests.
        self._database = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        weakref.finalize(self, self._database.close)
        self._ask(TABLE)
        # It never ends: nobody else reads the file, and each row would be a transaction.
        self._ask("BEGIN")

    def add(self, name: str, kind: str, texts: Sequence[str]) -> None:
        """Add a row, and say by what it is left out and found."""
        self._ask(ADD, (name, kind, json.dumps(texts)))

    def count(self, wanted: Wanted) -> int:
        """Count rows."""
        return int(self._ask(COUNT, wanted.values())[0][0])

    def page(self, wanted: Wanted, *, offset: int, most: int) -> list[list[str]]:
        """Read some rows after so many others."""
        return [json.loads(row[0]) for row in self._ask(PAGE, (*wanted.values(), most, offset))]

    def each(self, wanted: Wanted) -> Iterator[list[str]]:
        """Yield all rows, of which only some are in memory."""
        after = 0
        while rows := self._ask(FOLLOWING, (*wanted.values(), after, ROWS_AT_ONCE)):
            yield from (json.loads(row[1]) for row in rows)
            after = rows[-1][0]

    def _ask(self, query: str, values: Sequence[Any] = ()) -> list[Any]:
        try:
            with self._lock:
                return self._database.execute(query, values).fetchall()
        except sqlite3.Error as error:
            raise DatabaseError(
                "The rows of a result cannot be kept. Is there room in the temporary folder?"
            ) from error
