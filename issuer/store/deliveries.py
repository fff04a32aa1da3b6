"""How credentials reach their learners: claims by a secret link, and the mails about them.

The secret of a link is told once and kept as a digest, a PIN likewise.  Mails wait here for the
process that may connect: whoever holds a signing key sends none.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import ColumnElement, Engine, select, update

from issuer.store.claims import (
    FIRST_PAUSE,
    MAIL_MEMBERS,
    MOST_ATTEMPTS,
    MOST_TRIES,
    OPEN_STATES,
    REMINDER,
    ClaimDraft,
    Delivery,
    LetterToSend,
    Mail,
    claims_in,
    delivery_in,
    delivery_of,
    end_older,
    is_pin,
    make_claim,
    note_at_claim,
    note_claimed,
    note_wrong_pin,
    open_claim,
    pin_digest,
    queue_mail,
    refuse_mail,
)
from issuer.store.credentials import ACTIVE
from issuer.store.jobs import Job
from issuer.store.ledger import Act, note, record
from issuer.store.tables import CREDENTIALS, DELIVERIES, JOB_ROWS, MAILS
from issuer.store.writing_down import new_id, required, stamp
from service import reading, writing

__all__ = ["MOST_TRIES", "Deliveries"]


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
        draft = ClaimDraft(credential_id, channel, pin, expires)
        with writing(self._engine) as connection:
            return make_claim(connection, act, draft)

    def replace_cards(
        self, act: Act, credential_id: str, *, pin: str | None, expires: datetime | None
    ) -> tuple[Delivery, str]:
        """Make a claim to be printed; cards of before open nothing any more, they may be lost."""
        with writing(self._engine) as connection:
            made = make_claim(connection, act, ClaimDraft(credential_id, "print", pin, expires))
            end_older(connection, made[0])
            return made

    def make_with_mail(
        self,
        act: Act,
        draft: ClaimDraft,
        write: Callable[[str], LetterToSend],
        *,
        is_first: bool = False,
    ) -> Delivery | None:
        """Make a claim together with the mail that has its link; both are there, or neither.

        `write` is given the secret of the link.  Links of earlier mails end.  With `is_first`
        nothing is made of a credential that has a claim already.  Raises what `write` raises.
        """
        with writing(self._engine) as connection:
            if is_first and claims_in(connection, act.tenant_id, draft.credential_id):
                return None
            made, secret = make_claim(connection, act, draft)
            end_older(connection, made)
            letter = write(secret)
            queue_mail(connection, act, letter, new_id("mail"), made.id)
            return made

    def refuse(self, act: Act, credential_id: str, *, kind: str, error: str) -> None:
        """Keep that a learner cannot be written to, as a claim that came back, and why."""
        with writing(self._engine) as connection:
            made, _secret = make_claim(connection, act, ClaimDraft(credential_id, "email"))
            change = update(DELIVERIES).where(DELIVERIES.c.id == made.id)
            connection.execute(change.values(state="bounced"))
            refuse_mail(connection, act, new_id("mail"), kind, error, made.id)

    def of_credential(self, tenant_id: str, credential_id: str) -> tuple[Delivery, ...]:
        """Read the claims of a credential, the oldest first."""
        with reading(self._engine) as connection:
            return claims_in(connection, tenant_id, credential_id)

    def mails_of(self, tenant_id: str, credential_id: str) -> tuple[Mail, ...]:
        """Read the mails with links of a credential, the oldest first, without what they say."""
        query = select(*(MAILS.c[name] for name in MAIL_MEMBERS))
        query = query.join(DELIVERIES, DELIVERIES.c.id == MAILS.c.delivery_id).where(
            DELIVERIES.c.tenant_id == tenant_id, DELIVERIES.c.credential_id == credential_id
        )
        with reading(self._engine) as connection:
            rows = connection.execute(query.order_by(MAILS.c.created_at, MAILS.c.id))
            return tuple(Mail(**row._asdict(), message=b"") for row in rows)

    def without_claim(self, job: Job, *, items: int) -> tuple[str, ...]:
        """Name credentials of a roster, issued and in force, of which there is no claim yet."""
        return self._credentials(
            job, items, DELIVERIES.c.id.is_(None), CREDENTIALS.c.status == ACTIVE
        )

    def to_remind(self, tenant_id: str, before: datetime, *, items: int) -> tuple[str, ...]:
        """Name credentials whose letter was sent before a time, not claimed, and never reminded."""
        reminded = select(DELIVERIES.c.credential_id).join(
            MAILS, MAILS.c.delivery_id == DELIVERIES.c.id
        )
        reminded = reminded.where(MAILS.c.kind == REMINDER)
        taken = select(DELIVERIES.c.credential_id).where(DELIVERIES.c.state == "claimed")
        query = (
            select(DELIVERIES.c.credential_id)
            .join(CREDENTIALS, CREDENTIALS.c.id == DELIVERIES.c.credential_id)
            .where(
                DELIVERIES.c.tenant_id == tenant_id,
                DELIVERIES.c.channel == "email",
                DELIVERIES.c.state == "sent",
                DELIVERIES.c.pin_digest.is_(None),
                DELIVERIES.c.created_at <= stamp(before),
                CREDENTIALS.c.status == ACTIVE,
                DELIVERIES.c.credential_id.not_in(reminded),
                DELIVERIES.c.credential_id.not_in(taken),
            )
            .order_by(DELIVERIES.c.created_at)
            .limit(items)
        )
        with reading(self._engine) as connection:
            return tuple(dict.fromkeys(connection.scalars(query)))

    def unclaimed(self, job: Job, *, items: int) -> tuple[str, ...]:
        """Name credentials of a roster that were mailed, and are neither claimed nor reminded."""
        taken = select(DELIVERIES.c.credential_id).where(DELIVERIES.c.state == "claimed")
        return self._credentials(
            job,
            items,
            DELIVERIES.c.channel == "email",
            DELIVERIES.c.state.in_(OPEN_STATES),
            CREDENTIALS.c.id.not_in(taken),
            CREDENTIALS.c.status == ACTIVE,
        )

    def to_print(self, job: Job, *, items: int) -> tuple[str, ...]:
        """Name credentials of a roster, issued and in force, that nobody has claimed."""
        taken = select(DELIVERIES.c.credential_id).where(DELIVERIES.c.state == "claimed")
        return self._credentials(
            job, items, CREDENTIALS.c.id.not_in(taken), CREDENTIALS.c.status == ACTIVE
        )

    def _credentials(
        self, job: Job, items: int, *conditions: ColumnElement[bool]
    ) -> tuple[str, ...]:
        """Name credentials in the order of the file."""
        query = (
            select(CREDENTIALS.c.id)
            .join(JOB_ROWS, JOB_ROWS.c.credential_id == CREDENTIALS.c.id)
            .outerjoin(DELIVERIES, DELIVERIES.c.credential_id == CREDENTIALS.c.id)
            .where(
                CREDENTIALS.c.tenant_id == job.tenant_id,
                JOB_ROWS.c.job_id == job.id,
                CREDENTIALS.c.data.is_not(None),
                *conditions,
            )
            .group_by(CREDENTIALS.c.id, JOB_ROWS.c.number)
            .order_by(JOB_ROWS.c.number)
            .limit(items)
        )
        with reading(self._engine) as connection:
            return tuple(connection.scalars(query))

    def open(self, secret: str, at: datetime) -> Delivery:
        """Find the claim of a link that still holds; raise `NotFoundError`."""
        with reading(self._engine) as connection:
            return delivery_of(open_claim(connection, secret, at))

    def claim(self, secret: str, at: datetime, *, pin: str | None = None) -> Delivery | None:
        """Claim a credential; nothing for a wrong PIN, which is counted.

        Raises `NotFoundError` for a link that does not hold, and after `MOST_TRIES`.
        """
        # A digest of a PIN takes its time, for which nobody else shall wait.
        asked = self.open(secret, at)
        digest = pin_digest(asked.id, pin or "") if asked.needs_pin else None
        with writing(self._engine) as connection:
            row = open_claim(connection, secret, at)
            if not is_pin(row, digest):
                note_wrong_pin(connection, row)
                return None
            note_claimed(connection, row, at)
            return delivery_in(connection, row.id)

    def move(self, act: Act, delivery_id: str, state: str) -> Delivery:
        """Note what became of a claim: "sent", "bounced" or "ended"; a claimed one stays so."""
        here = (DELIVERIES.c.id == delivery_id) & (DELIVERIES.c.tenant_id == act.tenant_id)
        with writing(self._engine) as connection:
            row = required(connection.execute(select(DELIVERIES).where(here)).first(), "claim")
            if row.state != "claimed":
                connection.execute(update(DELIVERIES).where(here).values(state=state))
                record(connection, note(act, f"delivery.{state}", row.credential_id))
            return delivery_in(connection, delivery_id)

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
            if connection.scalar(select(MAILS.c.id).where(MAILS.c.id == made)) is None:
                letter = LetterToSend(kind, recipient, message)
                queue_mail(connection, act, letter, made, delivery_id)
        return made

    def refuse_mail(self, act: Act, mail_id: str, *, kind: str, error: str) -> None:
        """Keep that a mail cannot be written, and why; it counts as one that came back."""
        with writing(self._engine) as connection:
            refuse_mail(connection, act, mail_id, kind, error)

    def due_mails(self, at: datetime, *, items: int) -> tuple[Mail, ...]:
        """Read the mails that are to be sent now, the oldest first."""
        query = select(MAILS).where(MAILS.c.state == "waiting", MAILS.c.due_at <= stamp(at))
        query = query.order_by(MAILS.c.due_at, MAILS.c.id).limit(items)
        with reading(self._engine) as connection:
            return tuple(Mail(**row._asdict()) for row in connection.execute(query))

    def mail_sent(self, mail_id: str, at: datetime) -> None:
        """Note that a mail was handed over, and forget what it said: its link opens a claim."""
        with writing(self._engine) as connection:
            change = update(MAILS).where(MAILS.c.id == mail_id)
            connection.execute(
                change.values(state="sent", sent_at=stamp(at), error=None, message=b"")
            )
            note_at_claim(connection, mail_id, ("waiting", "bounced"), "sent")

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
            values |= {"message": b""} if ends else {}
            connection.execute(update(MAILS).where(here).values(**values))
            if ends:
                note_at_claim(connection, mail_id, OPEN_STATES, "bounced")
