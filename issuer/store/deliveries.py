"""How credentials reach their learners: claims by a secret link, and the mails about them.

The secret of a link is told once and kept as a digest, a PIN likewise.  Mails wait here for the
process that may connect: whoever holds a signing key sends none.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, Row, insert, select, update

from issuer.store.credentials import credential_in
from issuer.store.ledger import Act, note, record
from issuer.store.tables import DELIVERIES, MAILS
from issuer.store.writing_down import digest_of, new_id, new_secret, required, stamp
from service import reading, writing

MOST_TRIES = 5
"""How many wrong PINs end a claim."""

PIN_COST = 2**14
"""Cost of a digest of a PIN: 16 MiB and about 50 ms for each that is tried."""

MOST_ATTEMPTS = 8
"""How often a mail is tried."""

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


class Deliveries:
    """Claims and mails of all institutions."""

    def __init__(self, engine: Engine) -> None:
        """Keep the database; nothing is read yet."""
        self._engine = engine

    def make(
        self,
        act: Act,
        credential_id: str,
        *,
        channel: str,
        pin: str | None = None,
        expires: datetime | None = None,
    ) -> tuple[Delivery, str]:
        """Make a claim; the second part of the answer is the secret of its link, told once.

        `channel` is "email" or "print".  Raises `NotFoundError` for a foreign credential.
        """
        secret, made = new_secret(), new_id("delivery")
        with writing(self._engine) as connection:
            credential_in(connection, act.tenant_id, credential_id)
            connection.execute(
                insert(DELIVERIES).values(
                    id=made,
                    tenant_id=act.tenant_id,
                    credential_id=credential_id,
                    channel=channel,
                    state="waiting",
                    claim_digest=digest_of(secret),
                    pin_digest=None if pin is None else _pin_digest(made, pin),
                    tries=0,
                    created_at=stamp(act.at),
                    expires_at=None if expires is None else stamp(expires),
                )
            )
            record(connection, note(act, "delivery.made", credential_id, channel=channel))
            return _delivery(connection, made), secret

    def of_credential(self, tenant_id: str, credential_id: str) -> tuple[Delivery, ...]:
        """Read the claims of a credential, the oldest first."""
        query = select(DELIVERIES).where(
            DELIVERIES.c.tenant_id == tenant_id, DELIVERIES.c.credential_id == credential_id
        )
        query = query.order_by(DELIVERIES.c.created_at, DELIVERIES.c.id)
        with reading(self._engine) as connection:
            return tuple(map(_delivery_of, connection.execute(query)))

    def open(self, secret: str, at: datetime) -> Delivery:
        """Find the claim of a link that still holds; raise `NotFoundError`."""
        with reading(self._engine) as connection:
            return _delivery_of(_open(connection, secret, at))

    def claim(self, secret: str, at: datetime, *, pin: str | None = None) -> Delivery | None:
        """Claim a credential; nothing for a wrong PIN, which is counted.

        Raises `NotFoundError` for a link that does not hold, and after `MOST_TRIES`.
        """
        # A digest of a PIN takes its time, for which nobody else shall wait.
        asked = self.open(secret, at)
        digest = _pin_digest(asked.id, pin or "") if asked.needs_pin else None
        with writing(self._engine) as connection:
            row = _open(connection, secret, at)
            change = update(DELIVERIES).where(DELIVERIES.c.id == row.id)
            if not hmac.compare_digest(row.pin_digest or "", digest or ""):
                connection.execute(change.values(tries=row.tries + 1))
                return None
            if row.claimed_at is None:
                connection.execute(change.values(state="claimed", claimed_at=stamp(at)))
                act = Act(row.tenant_id, "learner", at)
                record(connection, note(act, "delivery.claimed", row.credential_id))
            return _delivery(connection, row.id)

    def move(self, act: Act, delivery_id: str, state: str) -> Delivery:
        """Note what became of a claim: "sent", "bounced" or "ended"; a claimed one stays so."""
        here = (DELIVERIES.c.id == delivery_id) & (DELIVERIES.c.tenant_id == act.tenant_id)
        with writing(self._engine) as connection:
            row = required(connection.execute(select(DELIVERIES).where(here)).first(), "claim")
            if row.state != "claimed":
                connection.execute(update(DELIVERIES).where(here).values(state=state))
                record(connection, note(act, f"delivery.{state}", row.credential_id))
            return _delivery(connection, delivery_id)

    def queue_mail(
        self,
        act: Act,
        *,
        kind: str,
        recipient: str,
        message: bytes,
        delivery_id: str | None = None,
        mail_id: str | None = None,
    ) -> str:
        """Have a mail sent, and return its id; one whose id is known already is not sent again."""
        made = mail_id or new_id("mail")
        with writing(self._engine) as connection:
            if connection.scalar(select(MAILS.c.id).where(MAILS.c.id == made)) is not None:
                return made
            connection.execute(
                insert(MAILS).values(
                    id=made,
                    tenant_id=act.tenant_id,
                    delivery_id=delivery_id,
                    kind=kind,
                    recipient=recipient,
                    message=message,
                    state="waiting",
                    attempts=0,
                    due_at=stamp(act.at),
                    created_at=stamp(act.at),
                )
            )
            record(connection, note(act, "mail.queued", made, mail=kind))
        return made

    def refuse_mail(self, act: Act, mail_id: str, *, kind: str, error: str) -> None:
        """Keep that a mail cannot be written, and why; it counts as one that came back."""
        with writing(self._engine) as connection:
            connection.execute(
                insert(MAILS).values(
                    id=mail_id,
                    tenant_id=act.tenant_id,
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

    def due_mails(self, at: datetime, *, items: int) -> tuple[Mail, ...]:
        """Read the mails that are to be sent now, the oldest first."""
        query = select(MAILS).where(MAILS.c.state == "waiting", MAILS.c.due_at <= stamp(at))
        query = query.order_by(MAILS.c.due_at, MAILS.c.id).limit(items)
        with reading(self._engine) as connection:
            return tuple(Mail(**row._asdict()) for row in connection.execute(query))

    def mail_sent(self, mail_id: str, at: datetime) -> None:
        """Note that a mail was handed over."""
        with writing(self._engine) as connection:
            change = update(MAILS).where(MAILS.c.id == mail_id)
            connection.execute(change.values(state="sent", sent_at=stamp(at), error=None))

    def mail_failed(self, mail_id: str, error: str, at: datetime, *, for_good: bool) -> None:
        """Note why a mail was not handed over; it is tried again later unless it is for good."""
        with writing(self._engine) as connection:
            here = MAILS.c.id == mail_id
            row = required(connection.execute(select(MAILS).where(here)).first(), "mail")
            attempts = row.attempts + 1
            ends = for_good or attempts >= MOST_ATTEMPTS
            state = "bounced" if for_good else "failed" if ends else "waiting"
            due = stamp(at + FIRST_PAUSE * 2 ** (attempts - 1))
            values = {"state": state, "attempts": attempts, "due_at": due, "error": error}
            connection.execute(update(MAILS).where(here).values(**values))


def _pin_digest(delivery_id: str, pin: str) -> str:
    """Compute what is kept of a PIN (RFC 7914): of so few digits a fast digest would hide nothing.

    The id of the claim is the salt, so that the same PIN of two claims is kept differently.
    """
    salt, secret = delivery_id.encode(), pin.encode("utf-8", "surrogatepass")
    return f"scrypt:{hashlib.scrypt(secret, salt=salt, n=PIN_COST, r=8, p=1).hex()}"


def _open(connection: Connection, secret: str, at: datetime) -> Row[Any]:
    query = select(DELIVERIES).where(
        DELIVERIES.c.claim_digest == digest_of(secret),
        DELIVERIES.c.state != "ended",
        DELIVERIES.c.tries < MOST_TRIES,
        DELIVERIES.c.expires_at.is_(None) | (DELIVERIES.c.expires_at > stamp(at)),
    )
    return required(connection.execute(query).first(), "claim, or it holds no more")


def _delivery(connection: Connection, delivery_id: str) -> Delivery:
    query = select(DELIVERIES).where(DELIVERIES.c.id == delivery_id)
    return _delivery_of(connection.execute(query).one())


def _delivery_of(row: Row[Any]) -> Delivery:
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
