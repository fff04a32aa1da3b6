"""What happened in a wallet, told to its learner alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Engine, insert, select

from service import reading, writing
from service.writing_down import stamp
from wallet.store.tables import HISTORY

SHOWN_EVENTS = 200
"""So many events are shown; the export has all of them."""


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened: its kind is a word of ours, its text somebody's name for it."""

    at: str
    kind: str
    text: str


class History:
    """The histories of all learners."""

    def __init__(self, engine: Engine) -> None:
        """Keep the database; nothing is read yet."""
        self._engine = engine

    def of(self, learner_id: str, most: int | None = SHOWN_EVENTS) -> tuple[Event, ...]:
        """Read what happened in a learner's wallet, the newest first."""
        query = select(HISTORY).where(HISTORY.c.learner_id == learner_id)
        query = query.order_by(HISTORY.c.number.desc()).limit(most)
        with reading(self._engine) as connection:
            return tuple(Event(row.at, row.kind, row.text) for row in connection.execute(query))

    def note(self, learner_id: str, at: datetime, kind: str, text: str = "") -> None:
        """Add an event."""
        with writing(self._engine) as connection:
            note(connection, learner_id, at, kind, text)


def note(connection: Connection, learner_id: str, at: datetime, kind: str, text: str = "") -> None:
    """Add an event within a transaction."""
    row = {"learner_id": learner_id, "at": stamp(at), "kind": kind, "text": text}
    connection.execute(insert(HISTORY).values(**row))
