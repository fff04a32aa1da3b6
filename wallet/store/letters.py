"""The queue of letters with links for signing in; a letter that is done is deleted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Engine, delete, insert, select, update

from service import reading, writing
from service.writing_down import new_id, stamp
from wallet.store.tables import MAILS

MOST_ATTEMPTS = 6
FIRST_PAUSE = timedelta(seconds=30)
"""After so long a letter that was not taken is tried again; each time twice as long."""


@dataclass(frozen=True, slots=True)
class WaitingLetter:
    """A letter of the queue."""

    id: str
    recipient: str
    message: bytes


class Letters:
    """The queue, as `service.mail` empties it."""

    def __init__(self, engine: Engine) -> None:
        """Keep the database; nothing is read yet."""
        self._engine = engine

    def queue(self, recipient: str, message: bytes, at: datetime) -> str:
        """Have a letter sent, and return its id."""
        identifier = new_id("mail")
        row = {
            "id": identifier,
            "recipient": recipient,
            "message": message,
            "attempts": 0,
            "due_at": stamp(at),
            "created_at": stamp(at),
        }
        with writing(self._engine) as connection:
            connection.execute(insert(MAILS).values(**row))
        return identifier

    def due_mails(self, at: datetime, *, items: int) -> tuple[WaitingLetter, ...]:
        """Read the letters that are to be sent now, the oldest first."""
        query = select(MAILS).where(MAILS.c.due_at <= stamp(at))
        query = query.order_by(MAILS.c.due_at, MAILS.c.id).limit(items)
        with reading(self._engine) as connection:
            found = connection.execute(query).all()
        return tuple(WaitingLetter(row.id, row.recipient, row.message) for row in found)

    def mail_sent(self, mail_id: str, at: datetime) -> None:
        """Forget a letter that was handed over: its link is nobody else's business."""
        with writing(self._engine) as connection:
            connection.execute(delete(MAILS).where(MAILS.c.id == mail_id))

    def mail_failed(self, mail_id: str, error: str, at: datetime, *, for_good: bool) -> None:
        """Try a letter again later, or forget it if that is for good or was often."""
        here = MAILS.c.id == mail_id
        with writing(self._engine) as connection:
            attempts = (connection.scalar(select(MAILS.c.attempts).where(here)) or 0) + 1
            if for_good or attempts >= MOST_ATTEMPTS:
                connection.execute(delete(MAILS).where(here))
                return
            due = stamp(at + FIRST_PAUSE * 2 ** (attempts - 1))
            values = {"attempts": attempts, "due_at": due, "error": error}
            connection.execute(update(MAILS).where(here).values(**values))
