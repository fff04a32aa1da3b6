"""How far the ledger is known to have come, kept outside the database.

After an old backup was restored the ledger has less than this says, and nothing is issued or
published until somebody reconciles: indexes would be given out twice and revocations forgotten.
"""

from __future__ import annotations

import json
import os
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from issuer.store.chain import Checkpoint
from issuer.store.errors import LedgerBehindError

FILE_BYTES = 4_096


class HighWater(Protocol):
    """What remembers how far the ledger has come."""

    def require(self, known: Checkpoint, hash_at: Callable[[int], bytes | None]) -> None:
        """Refuse a ledger that has less, or something else; raise `LedgerBehindError`."""

    def passed(self, reached: Checkpoint) -> None:
        """Remember that the ledger has come so far, and that this was confirmed."""


class HighWaterFile:
    """A high-water mark in a file; safe to use from several threads and processes.

    The mark is written after a commit and before it is confirmed: it may be behind the ledger, as
    after a crash, and is never ahead of it unless the ledger was replaced.
    """

    def __init__(self, path: Path) -> None:
        """Keep the place; nothing is read yet."""
        self._path = path
        self._lock = threading.Lock()

    def require(self, known: Checkpoint, hash_at: Callable[[int], bytes | None]) -> None:
        """Refuse a ledger that is shorter than the mark, or differs at it.

        `hash_at` gives the hash of an entry by its number.
        """
        mark = self.mark()
        if mark is None or mark == known:
            return
        if known.count < mark.count or hash_at(mark.count) != mark.head:
            raise LedgerBehindError(
                f"The database has {known.count} entries in its ledger, and {mark.count} were "
                "confirmed before: was an old backup restored? Nothing is issued or published "
                "until you run: tallystick issuer reconcile"
            )

    def passed(self, reached: Checkpoint) -> None:
        """Raise the mark; a lower one never takes the place of a higher one."""
        with self._lock:
            mark = self.mark()
            if mark is None or mark.count < reached.count:
                self.set(reached)

    def mark(self) -> Checkpoint | None:
        """Read the mark, if there is one; raise `LedgerBehindError` if it cannot be read."""
        try:
            members = json.loads(self._path.read_bytes()[:FILE_BYTES])
            return Checkpoint(int(members["count"]), bytes.fromhex(members["head"]))
        except FileNotFoundError:
            return None
        except (ValueError, KeyError, TypeError) as error:
            raise LedgerBehindError(
                f"{self._path} cannot be read, so nobody knows how far the ledger had come. "
                "Restore the file, or run: tallystick issuer reconcile"
            ) from error

    def set(self, mark: Checkpoint) -> None:
        """Write a mark, whatever was there: only reconciling does this by itself."""
        text = json.dumps(mark.to_json()).encode("ascii")
        descriptor, temporary = tempfile.mkstemp(dir=self._path.parent, prefix=".high-water.")
        with os.fdopen(descriptor, "wb") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, self._path)


class NoHighWater:
    """Remembers nothing: for stores that are made for one moment."""

    def require(self, known: Checkpoint, hash_at: Callable[[int], bytes | None]) -> None:
        """Accept every ledger."""

    def passed(self, reached: Checkpoint) -> None:
        """Remember nothing."""
