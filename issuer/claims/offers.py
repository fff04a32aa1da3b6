"""Offering credentials to their learners, and telling them what became of one."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from babel.dates import format_date

from issuer.claims.letters import CLAIM, REMINDER, letter_of
from issuer.claims.sheet import SheetCard
from issuer.claims.shown import ShownCredential, shown
from issuer.store import Act, Delivery, Store, StoreError
from issuer.store.writing_down import new_id
from service.mail import Letter, Mailbox, message_of
from service.pages.languages import BY_TAG

PIN_DIGITS = 6
OPEN_STATES = ("waiting", "sent")
"""States of claims that nobody has taken yet."""


class NoAddressError(StoreError):
    """The institution knows no mail address of a learner."""

    code = "NO_ADDRESS"


@dataclass(frozen=True, slots=True)
class ClaimDesk:
    """Makes claims; `base` is the address under which the claim pages are reached from outside."""

    store: Store
    base: str
    sender: Mailbox

    def link_of(self, secret: str) -> str:
        """Write the link of a claim."""
        return f"{self.base.rstrip('/')}/claim/{secret}"

    def offer_by_mail(
        self,
        act: Act,
        credential_id: str,
        *,
        pin: str | None = None,
        expires: datetime | None = None,
        kind: str = CLAIM,
    ) -> Delivery:
        """Make a claim and queue the letter with its link to the learner's address.

        Raises `NotFoundError`, and `NoAddressError` before anything is made.
        """
        one = shown(self.store, act.tenant_id, credential_id)
        address = _address_of(one)
        delivery, secret = self.store.deliveries.make(
            act, credential_id, channel="email", pin=pin, expires=expires
        )
        letter = letter_of(
            kind,
            one,
            link=self.link_of(secret),
            needs_pin=pin is not None,
            until=None if expires is None else _day(expires, one.language),
        )
        self._queue(act, one, letter, address, kind=kind, delivery_id=delivery.id)
        return delivery

    def offer_on_paper(
        self,
        act: Act,
        credential_ids: Iterable[str],
        *,
        with_pins: bool = False,
        expires: datetime | None = None,
    ) -> tuple[SheetCard, ...]:
        """Make claims to be handed out on paper; the links are in the cards and nowhere else."""
        cards = []
        for credential_id in credential_ids:
            one = shown(self.store, act.tenant_id, credential_id)
            pin = new_pin() if with_pins else None
            _delivery, secret = self.store.deliveries.make(
                act, credential_id, channel="print", pin=pin, expires=expires
            )
            name = one.learner_name or (one.learner.email if one.learner else None)
            cards.append(
                SheetCard(
                    name or credential_id,
                    one.achievement,
                    one.tenant.title,
                    self.link_of(secret),
                    pin,
                )
            )
        return tuple(cards)

    def remind(
        self,
        act: Act,
        credential_id: str,
        *,
        pin: str | None = None,
        expires: datetime | None = None,
    ) -> Delivery | None:
        """Write once more to a learner who has not taken a credential; nobody who has.

        The old link ends, as nobody knows its secret any more, and a new one takes its place.  A
        claim that needed a PIN needs one again.  Raises what `offer_by_mail` raises.
        """
        claims = self.store.deliveries.of_credential(act.tenant_id, credential_id)
        waiting = [one for one in claims if one.state in OPEN_STATES and one.channel == "email"]
        if not waiting or any(one.state == "claimed" for one in claims):
            return None
        if pin is None and any(one.needs_pin for one in waiting):
            raise StoreError("This claim needs a PIN: give a new one.", code="PIN_NEEDED")
        made = self.offer_by_mail(act, credential_id, pin=pin, expires=expires, kind=REMINDER)
        for one in waiting:
            self.store.deliveries.move(act, one.id, "ended")
        return made

    def notify(
        self,
        act: Act,
        credential_id: str,
        kind: str,
        *,
        reason: str | None = None,
        mail_id: str | None = None,
    ) -> bool:
        """Tell a learner that a credential was revoked, suspended or reinstated.

        The answer is whether there is an address to write to.  With a `mail_id` there is one
        letter at most, however often this is asked.
        """
        one = shown(self.store, act.tenant_id, credential_id)
        if one.learner is None or one.learner.email is None:
            return False
        letter = letter_of(kind, one, reason=reason)
        recipient = Mailbox(one.learner.email)
        self._queue(act, one, letter, recipient, kind=kind, mail_id=mail_id)
        return True

    def _queue(
        self,
        act: Act,
        one: ShownCredential,
        letter: Letter,
        recipient: Mailbox,
        *,
        kind: str,
        delivery_id: str | None = None,
        mail_id: str | None = None,
    ) -> None:
        host = urlsplit(self.base).hostname or "localhost"
        message = message_of(
            letter,
            sender=Mailbox(self.sender.address, one.tenant.title),
            recipient=recipient,
            at=act.at,
            message_id=f"{mail_id or new_id('mail')}@{host}",
        )
        self.store.deliveries.queue_mail(
            act,
            kind=kind,
            recipient=recipient.address,
            message=message,
            delivery_id=delivery_id,
            mail_id=mail_id,
        )


def new_pin() -> str:
    """Draw a PIN of digits; a claim ends after a few wrong ones."""
    return f"{secrets.randbelow(10**PIN_DIGITS):0{PIN_DIGITS}}"


def _address_of(one: ShownCredential) -> Mailbox:
    if one.learner is None or one.learner.email is None:
        text = "There is no mail address of this learner. Hand the credential over on paper."
        raise NoAddressError(text)
    return Mailbox(one.learner.email, one.learner.name or "")


def _day(at: datetime, language: str) -> str:
    return str(format_date(at.date(), "long", locale=BY_TAG[language].locale))
