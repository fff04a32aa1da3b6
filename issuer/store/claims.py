"""Claims and mails as rows: what they are, and the pieces of transactions that change them.

The secret of a link is told once and kept as a digest, a PIN likewise.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, insert, select, update

from issuer.store.credentials import credential_in
from issuer.store.ledger import Act, note, record
from issuer.store.tables import DELIVERIES, MAILS
from issuer.store.writing_down import digest_of, new_id, new_secret, required, stamp

MOST_TRIES = 5
"""How many wrong PINs end a claim."""

PIN_COST = 2**14
"""Cost of a digest of a PIN: 16 MiB and about 50 ms for each that is tried."""

MOST_ATTEMPTS = 8
"""How often a mail is tried."""

OPEN_STATES = ("waiting", "sent")
"""States of claims that nobody has taken yet."""

REMINDER = "reminder"
"""Kind of the mails that remind of a claim."""

FIRST_PAUSE = timedelta(minutes=1)
"""How long a mail waits after its first failure; each further pause is twice as long."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """A claim of a credential; `tries` counts wrong PINs."""

    id: str
    tenant_id: str
    credential_id: str
    channel: str
    state: str
    needs_pin: bool
    tries: int
    created_at: str
    expires_at: str | None
    claimed_at: str | None


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail to be sent; `message` is the whole of it (RFC 5322)."""

    id: str
    tenant_id: str
    delivery_id: str | None
    kind: str
    recipient: str
    message: bytes
    state: str
    attempts: int
    due_at: str
    sent_at: str | None
    error: str | None
    created_at: str


@dataclass(frozen=True, slots=True)
class ClaimDraft:
    """A claim that is to be made: of what, by "email" or in "print", with a PIN, how long."""

    credential_id: str
    channel: str
    pin: str | None = None
    expires: datetime | None = None


@dataclass(frozen=True, slots=True)
class LetterToSend:
    """What is put into the queue: what kind of letter, for whom, and the whole message."""

    kind: str
    recipient: str
    message: bytes


MAIL_MEMBERS = tuple(one.name for one in fields(Mail) if one.name != "message")


def make_claim(connection: Connection, act: Act, draft: ClaimDraft) -> tuple[Delivery, str]:
    """Write down a new claim; the second part of the answer is the secret of its link."""
    secret, made = new_secret(), new_id("delivery")
    credential_in(connection, act.tenant_id, draft.credential_id)
    connection.execute(
        insert(DELIVERIES).values(
            id=made,
            tenant_id=act.tenant_id,
            credential_id=draft.credential_id,
            channel=draft.channel,
            state="waiting",
            claim_digest=digest_of(secret),
            pin_digest=None if draft.pin is None else pin_digest(made, draft.pin),
            tries=0,
            created_at=stamp(act.at),
            expires_at=None if draft.expires is None else stamp(draft.expires),
        )
    )
    record(connection, note(act, "delivery.made", draft.credential_id, channel=draft.channel))
    return delivery_in(connection, made), secret


def end_older(connection: Connection, made: Delivery) -> None:
    """End the open claims of the same kind: a new link takes the place of the one before."""
    older = (
        DELIVERIES.c.credential_id == made.credential_id,
        DELIVERIES.c.channel == made.channel,
        DELIVERIES.c.state.in_((*OPEN_STATES, "bounced")),
        DELIVERIES.c.id != made.id,
    )
    connection.execute(update(DELIVERIES).where(*older).values(state="ended"))


def queue_mail(
    connection: Connection, act: Act, letter: LetterToSend, mail_id: str, delivery_id: str | None
) -> None:
    """Put a mail into the queue."""
    connection.execute(
        insert(MAILS).values(
            id=mail_id,
            tenant_id=act.tenant_id,
            delivery_id=delivery_id,
            kind=letter.kind,
            recipient=letter.recipient,
            message=letter.message,
            state="waiting",
            attempts=0,
            due_at=stamp(act.at),
            created_at=stamp(act.at),
        )
    )
    record(connection, note(act, "mail.queued", mail_id, mail=letter.kind))


def refuse_mail(
    connection: Connection,
    act: Act,
    mail_id: str,
    kind: str,
    error: str,
    delivery_id: str | None = None,
) -> None:
    """Write down that a mail cannot be written, and why; it counts as one that came back."""
    connection.execute(
        insert(MAILS).values(
            id=mail_id,
            tenant_id=act.tenant_id,
            delivery_id=delivery_id,
            kind=kind,
            recipient="",
            message=b"",
            state="bounced",
            attempts=0,
            due_at=stamp(act.at),
            error=error,
            created_at=stamp(act.at),
        )
    )
    record(connection, note(act, "mail.refused", mail_id, mail=kind))


def note_at_claim(
    connection: Connection, mail_id: str, before: tuple[str, ...], after: str
) -> None:
    """Note at the claim that a mail has the link of, what became of the mail."""
    its = select(MAILS.c.delivery_id).where(MAILS.c.id == mail_id).scalar_subquery()
    here = (DELIVERIES.c.id == its) & DELIVERIES.c.state.in_(before)
    connection.execute(update(DELIVERIES).where(here).values(state=after))


def claims_in(connection: Connection, tenant_id: str, credential_id: str) -> tuple[Delivery, ...]:
    """Read the claims of a credential, the oldest first."""
    query = select(DELIVERIES).where(
        DELIVERIES.c.tenant_id == tenant_id, DELIVERIES.c.credential_id == credential_id
    )
    query = query.order_by(DELIVERIES.c.created_at, DELIVERIES.c.id)
    return tuple(map(delivery_of, connection.execute(query)))


def pin_digest(delivery_id: str, pin: str) -> str:
    """Compute what is kept of a PIN (RFC 7914): of so few digits a fast digest would hide nothing.

    The id of the claim is the salt, so that the same PIN of two claims is kept differently.
    """
    salt, secret = delivery_id.encode(), pin.encode("utf-8", "surrogatepass")
    return f"scrypt:{hashlib.scrypt(secret, salt=salt, n=PIN_COST, r=8, p=1).hex()}"


def open_claim(connection: Connection, secret: str, at: datetime) -> Row[Any]:
    """Find the row of a link that still holds; raise `NotFoundError`."""
    return _open(connection, DELIVERIES.c.claim_digest == digest_of(secret), at)


def open_claim_of(connection: Connection, delivery_id: str, at: datetime) -> Row[Any]:
    """Find the row of a claim that still holds by its id; raise `NotFoundError`."""
    return _open(connection, DELIVERIES.c.id == delivery_id, at)


def is_pin(row: Row[Any], digest: str | None) -> bool:
    """Tell whether a digest is that of the PIN of a claim; of one without a PIN it is None."""
    return hmac.compare_digest(row.pin_digest or "", digest or "")


def note_wrong_pin(connection: Connection, row: Row[Any]) -> None:
    """Count a wrong PIN."""
    change = update(DELIVERIES).where(DELIVERIES.c.id == row.id)
    connection.execute(change.values(tries=row.tries + 1))


def note_claimed(connection: Connection, row: Row[Any], at: datetime) -> None:
    """Write down that a learner took a credential, the first time."""
    if row.claimed_at is None:
        change = update(DELIVERIES).where(DELIVERIES.c.id == row.id)
        connection.execute(change.values(state="claimed", claimed_at=stamp(at)))
        act = Act(row.tenant_id, "learner", at)
        record(connection, note(act, "delivery.claimed", row.credential_id))


def _open(connection: Connection, here: ColumnElement[bool], at: datetime) -> Row[Any]:
    query = select(DELIVERIES).where(
        here,
        DELIVERIES.c.state != "ended",
        DELIVERIES.c.tries < MOST_TRIES,
        DELIVERIES.c.expires_at.is_(None) | (DELIVERIES.c.expires_at > stamp(at)),
    )
    return required(connection.execute(query).first(), "claim, or it holds no more")


def delivery_in(connection: Connection, delivery_id: str) -> Delivery:
    """Read a claim by its id."""
    query = select(DELIVERIES).where(DELIVERIES.c.id == delivery_id)
    return delivery_of(connection.execute(query).one())


def delivery_of(row: Row[Any]) -> Delivery:
    """Read a row."""
    return Delivery(
        row.id,
        row.tenant_id,
        row.credential_id,
        row.channel,
        row.state,
        row.pin_digest is not None,
        row.tries,
        row.created_at,
        row.expires_at,
        row.claimed_at,
    )
