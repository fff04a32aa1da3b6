"""What hangs on a case beside its row: stated facts, signed decisions, and letters."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine, delete, insert, select, update

from recognition.desk.cases import KeptDecision, StatedFact
from recognition.desk.store.tables import DECISIONS, FACTS, MAILS
from service import reading, writing
from service.writing_down import new_id, stamp

MOST_ATTEMPTS = 6
FIRST_PAUSE = timedelta(minutes=1)
"""After so long a letter that was not taken is tried again; each time twice as long."""


class Facts:
    """What people stated about cases."""

    def __init__(self, engine: Engine) -> None:
        """Keep the database; nothing is read yet."""
        self._engine = engine

    def of(self, case_id: str) -> tuple[StatedFact, ...]:
        """Read the facts of a case, by name."""
        query = select(FACTS).where(FACTS.c.case_id == case_id).order_by(FACTS.c.name)
        with reading(self._engine) as connection:
            rows = connection.execute(query).all()
        return tuple(
            StatedFact(row.name, json.loads(row.value), row.stated_by, row.stated_at)
            for row in rows
        )


class Decisions:
    """Signed decisions, as learners get them."""

    def __init__(self, engine: Engine) -> None:
        """Keep the database; nothing is read yet."""
        self._engine = engine

    def of(self, case_id: str) -> tuple[KeptDecision, ...]:
        """Read the decisions of a case, the oldest first."""
        query = select(DECISIONS).where(DECISIONS.c.case_id == case_id)
        with reading(self._engine) as connection:
            rows = connection.execute(query.order_by(DECISIONS.c.revision)).all()
        return tuple(
            KeptDecision(row.revision, row.entry, row.credential, row.made_at, row.award)
            for row in rows
        )


def keep_decision(connection: Connection, case_id: str, kept: KeptDecision) -> None:
    """Keep a signed decision; the same revision signed again takes the place of the one before."""
    this = (DECISIONS.c.case_id == case_id) & (DECISIONS.c.revision == kept.revision)
    connection.execute(delete(DECISIONS).where(this))
    row = {
        "case_id": case_id,
        "revision": kept.revision,
        "entry": kept.entry,
        "credential": kept.credential,
        "made_at": kept.made_at,
        "award": kept.award,
    }
    connection.execute(insert(DECISIONS).values(**row))


class WaitingMail:
    """A letter of the queue."""

    def __init__(self, identifier: str, recipient: str, message: bytes) -> None:
        """Keep the letter."""
        self.id, self.recipient, self.message = identifier, recipient, message


class Letters:
    """The queue of letters, as `service.mail` empties it."""

    def __init__(self, engine: Engine) -> None:
        """Keep the database; nothing is read yet."""
        self._engine = engine

    def queue(self, recipient: str, message: bytes, at: datetime) -> None:
        """Have a letter sent."""
        row = {
            "id": new_id("mail"),
            "recipient": recipient,
            "message": message,
            "attempts": 0,
            "due_at": stamp(at),
            "created_at": stamp(at),
        }
        with writing(self._engine) as connection:
            connection.execute(insert(MAILS).values(**row))

    def due_mails(self, at: datetime, *, items: int) -> tuple[WaitingMail, ...]:
        """Read the letters that are to be sent now, the oldest first."""
        query = select(MAILS).where(MAILS.c.due_at <= stamp(at))
        query = query.order_by(MAILS.c.due_at, MAILS.c.id).limit(items)
        with reading(self._engine) as connection:
            rows = connection.execute(query).all()
        return tuple(WaitingMail(row.id, row.recipient, row.message) for row in rows)

    def mail_sent(self, mail_id: str, at: datetime) -> None:
        """Forget a letter that was handed over."""
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
