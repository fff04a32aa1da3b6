"""People who receive credentials; the only place beside the credentials that knows them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, Row, insert, select, update

from issuer.store.ledger import Act, note, record
from issuer.store.tables import LEARNERS
from issuer.store.writing_down import new_id, required, stamp
from service import reading, writing


@dataclass(frozen=True, slots=True)
class Recipient:
    """Whom a credential is for: a mail address, an id such as a DID, or both; and a name."""

    email: str | None = None
    subject: str | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Learner:
    """A recipient as kept; nothing but the id is left of one who was erased."""

    id: str
    tenant_id: str
    email: str | None
    name: str | None
    subject: str | None
    created_at: str
    erased_at: str | None


class Learners:
    """The learners of all institutions."""

    def __init__(self, engine: Engine) -> None:
        """Keep the database; nothing is read yet."""
        self._engine = engine

    def get(self, tenant_id: str, learner_id: str) -> Learner:
        """Read one of an institution; raise `NotFoundError`."""
        with reading(self._engine) as connection:
            query = select(LEARNERS).where(
                LEARNERS.c.id == learner_id, LEARNERS.c.tenant_id == tenant_id
            )
            return _learner_of(required(connection.execute(query).first(), "learner"))

    def with_email(self, tenant_id: str, email: str) -> Learner | None:
        """Find a learner of an institution by address, or nobody."""
        query = select(LEARNERS).where(
            LEARNERS.c.tenant_id == tenant_id, LEARNERS.c.email == email.strip().lower()
        )
        with reading(self._engine) as connection:
            row = connection.execute(query).first()
        return None if row is None else _learner_of(row)

    def erase(self, act: Act, learner_id: str) -> None:
        """Forget who a learner is; what was issued is erased with `Credentials.erase`."""
        with writing(self._engine) as connection:
            here = (LEARNERS.c.id == learner_id) & (LEARNERS.c.tenant_id == act.tenant_id)
            required(connection.execute(select(LEARNERS).where(here)).first(), "learner")
            gone = {"email": None, "name": None, "subject": None}
            connection.execute(update(LEARNERS).where(here).values(**gone, erased_at=stamp(act.at)))
            record(connection, note(act, "learner.erased", learner_id))


def learner_in(
    connection: Connection, tenant_id: str, recipient: Recipient, at: datetime
) -> str | None:
    """Find the learner of a recipient, or add one; nobody where the recipient is not known.

    A name that is stated takes the place of the one before: names are misspelled, and change.
    """
    if recipient.email is None and recipient.subject is None:
        return None
    email = None if recipient.email is None else recipient.email.strip().lower()
    known = [] if email is None else [LEARNERS.c.email == email]
    known += [] if recipient.subject is None else [LEARNERS.c.subject == recipient.subject]
    for condition in known:
        query = select(LEARNERS.c.id).where(LEARNERS.c.tenant_id == tenant_id, condition)
        found: str | None = connection.scalar(query)
        if found is not None:
            if recipient.name is not None:
                renamed = update(LEARNERS).where(LEARNERS.c.id == found)
                connection.execute(renamed.values(name=recipient.name))
            return found
    made = new_id("learner")
    connection.execute(
        insert(LEARNERS).values(
            id=made,
            tenant_id=tenant_id,
            email=email,
            name=recipient.name,
            subject=recipient.subject,
            created_at=stamp(at),
        )
    )
    return made


def _learner_of(row: Row[Any]) -> Learner:
    return Learner(
        row.id,
        row.tenant_id,
        row.email,
        row.name,
        row.subject,
        row.created_at,
        row.erased_at,
    )
