"""People who receive credentials; the only place beside the credentials that knows them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, Row, func, insert, select, update

from issuer.names import plain_name
from issuer.store.forgetting import forget_mails
from issuer.store.ledger import Act, note, record
from issuer.store.tables import CREDENTIALS, LEARNERS, MAILS
from issuer.store.writing_down import new_id, required, stamp
from service import reading, writing


@dataclass(frozen=True, slots=True)
class Recipient:
    """Whom a credential is for: a mail address, an id such as a DID, or both; and a name.

    `number` is the institution's own for them, `language` a tag of the one to write to them in.
    """

    email: str | None = None
    subject: str | None = None
    name: str | None = None
    number: str | None = None
    language: str | None = None


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
    number: str | None = None
    language: str | None = None


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

    def with_email(self, tenant_id: str, email: str) -> tuple[Learner, ...]:
        """Find the learners of an institution who have an address, the first one first."""
        query = select(LEARNERS).where(
            LEARNERS.c.tenant_id == tenant_id, LEARNERS.c.mailbox == email.strip().lower()
        )
        query = query.order_by(LEARNERS.c.created_at, LEARNERS.c.id)
        with reading(self._engine) as connection:
            return tuple(map(_learner_of, connection.execute(query)))

    def erase(self, act: Act, learner_id: str) -> None:
        """Forget who a learner is, and what letters to them said.

        What was issued is erased with `Credentials.erase`.
        """
        with writing(self._engine) as connection:
            here = (LEARNERS.c.id == learner_id) & (LEARNERS.c.tenant_id == act.tenant_id)
            known = required(connection.execute(select(LEARNERS).where(here)).first(), "learner")
            if known.mailbox is not None:
                own = (MAILS.c.tenant_id == act.tenant_id) & (
                    func.lower(MAILS.c.recipient) == known.mailbox
                )
                forget_mails(connection, own)
            gone = dict.fromkeys(("mailbox", "name", "subject", "number", "language"))
            connection.execute(update(LEARNERS).where(here).values(**gone, erased_at=stamp(act.at)))
            record(connection, note(act, "learner.erased", learner_id))


def learner_in(
    connection: Connection,
    tenant_id: str,
    recipient: Recipient,
    at: datetime,
    *,
    corrects: str | None = None,
) -> str | None:
    """Find the learner of a recipient, or add one; nobody where the recipient is not known.

    Obligations: 1. an id is one learner, and so is the institution's own number; 2. without these
    it is address and name together, as several learners may share a mailbox; 3. one whose only
    credential is corrected (`corrects` is its id) stays who they were; 4. what is stated anew takes
    the place of what was known: names are misspelled, and addresses change.
    """
    if recipient.email is None and recipient.subject is None:
        return None
    # 1. and 2.
    found = _by_id(connection, tenant_id, recipient) or _by_mailbox(
        connection, tenant_id, recipient
    )
    # 3.
    if found is None and corrects is not None:
        found = _only_of(connection, tenant_id, recipient, corrects)
    if found is None:
        return _add(connection, tenant_id, recipient, at)
    # 4.
    stated = {name: value for name, value in _stated(recipient).items() if value is not None}
    if _has_number(connection, tenant_id, recipient.number) not in (None, found):
        # An id counts for more than a number that is somebody else's.
        del stated["number"]
    connection.execute(update(LEARNERS).where(LEARNERS.c.id == found).values(**stated))
    return found


def _by_id(connection: Connection, tenant_id: str, recipient: Recipient) -> str | None:
    query = select(LEARNERS.c.id).where(LEARNERS.c.tenant_id == tenant_id)
    found: str | None = None
    if recipient.subject is not None:
        found = connection.scalar(query.where(LEARNERS.c.subject == recipient.subject))
    return found or _has_number(connection, tenant_id, recipient.number)


def _has_number(connection: Connection, tenant_id: str, number: str | None) -> str | None:
    if number is None:
        return None
    query = select(LEARNERS.c.id).where(LEARNERS.c.tenant_id == tenant_id)
    found: str | None = connection.scalar(query.where(LEARNERS.c.number == number))
    return found


def _by_mailbox(connection: Connection, tenant_id: str, recipient: Recipient) -> str | None:
    """Find somebody with this address and name, of whom nothing else that is stated differs.

    Who is known without a name, or named without one, is taken for the only one with the address.
    """
    if recipient.email is None:
        return None
    query = select(LEARNERS).where(
        LEARNERS.c.tenant_id == tenant_id, LEARNERS.c.mailbox == _mailbox(recipient)
    )
    name = plain_name(recipient.name)
    rows = connection.execute(query.order_by(LEARNERS.c.created_at, LEARNERS.c.id)).all()
    alike = [row for row in rows if not _differs(row, recipient)]
    named = [row.id for row in alike if plain_name(row.name) == name]
    if named:
        return str(named[0])
    is_the_only_one = len(rows) == 1 and (not rows[0].name or not recipient.name)
    return str(alike[0].id) if alike and is_the_only_one else None


def _differs(row: Row[Any], recipient: Recipient) -> bool:
    return any(
        stated is not None and known is not None and stated != known
        for stated, known in ((recipient.subject, row.subject), (recipient.number, row.number))
    )


def _only_of(
    connection: Connection, tenant_id: str, recipient: Recipient, corrected: str
) -> str | None:
    """Find whose only credential one is, if their address is the stated one: their name was wrong.

    Somebody with others is not renamed by a correction: the credential may have been a sibling's.
    """
    query = select(LEARNERS).join(CREDENTIALS, CREDENTIALS.c.learner_id == LEARNERS.c.id)
    query = query.where(LEARNERS.c.tenant_id == tenant_id, CREDENTIALS.c.id == corrected)
    row = connection.execute(query).first()
    if row is None or row.mailbox != _mailbox(recipient) or _differs(row, recipient):
        return None
    theirs = select(CREDENTIALS.c.id).where(CREDENTIALS.c.learner_id == row.id).limit(2)
    return str(row.id) if len(connection.scalars(theirs).all()) == 1 else None


def _add(connection: Connection, tenant_id: str, recipient: Recipient, at: datetime) -> str:
    made = new_id("learner")
    connection.execute(
        insert(LEARNERS).values(
            id=made, tenant_id=tenant_id, created_at=stamp(at), **_stated(recipient)
        )
    )
    return made


def _stated(recipient: Recipient) -> dict[str, str | None]:
    return {
        "mailbox": _mailbox(recipient),
        "name": recipient.name,
        "subject": recipient.subject,
        "number": recipient.number,
        "language": recipient.language,
    }


def _mailbox(recipient: Recipient) -> str | None:
    return None if recipient.email is None else recipient.email.strip().lower()


def _learner_of(row: Row[Any]) -> Learner:
    return Learner(
        row.id,
        row.tenant_id,
        row.mailbox,
        row.name,
        row.subject,
        row.created_at,
        row.erased_at,
        row.number,
        row.language,
    )
