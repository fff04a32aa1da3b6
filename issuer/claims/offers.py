"""Offering credentials to their learners, and telling them what became of one."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from babel.dates import format_date

from issuer.claims.letters import CLAIM, CORRECTED, letter_of
from issuer.claims.sheet import SheetCard
from issuer.claims.shown import ShownCredential, shown
from issuer.store import (
    Act,
    ClaimDraft,
    Delivery,
    LetterToSend,
    NotFoundError,
    Store,
    StoreError,
)
from issuer.store.claims import OPEN_STATES, REMINDER
from issuer.store.writing_down import new_id
from service.mail import Letter, Mailbox, MailError, message_of
from service.pages.languages import BY_TAG

PIN_DIGITS = 6


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
    ) -> Delivery | None:
        """Make a claim and queue the letter with its link to the learner's address.

        Links of letters of before end.  Raises `NotFoundError`, and `NoAddressError` or `MailError`
        before anything is made.
        """
        one = shown(self.store, act.tenant_id, credential_id)
        return self._offer(act, one, ClaimDraft(credential_id, "email", pin, expires), kind)

    def offer_first(self, act: Act, credential_id: str) -> Delivery | None:
        """Do the same for a credential of which there is no claim yet, and nothing otherwise.

        Who cannot be written to is kept as one whose letter came back.
        """
        try:
            one = shown(self.store, act.tenant_id, credential_id)
            draft = ClaimDraft(credential_id, "email")
            kind = CLAIM if one.record.replaces is None else CORRECTED
            return self._offer(act, one, draft, kind, is_first=True)
        except (NoAddressError, NotFoundError, MailError) as error:
            self.store.deliveries.refuse(act, credential_id, kind=CLAIM, error=error.message)
            return None

    def offer_on_paper(
        self,
        act: Act,
        credential_ids: Iterable[str],
        *,
        with_pins: bool = False,
        expires: datetime | None = None,
    ) -> tuple[SheetCard, ...]:
        """Make claims to be handed out on paper; the links are in the cards and nowhere else.

        Cards of before open nothing any more: they may have been lost.
        """
        cards = []
        for credential_id in credential_ids:
            one = shown(self.store, act.tenant_id, credential_id)
            pin = new_pin() if with_pins else None
            _delivery, secret = self.store.deliveries.replace_cards(
                act, credential_id, pin=pin, expires=expires
            )
            cards.append(self.card_of(one, secret, pin))
        return tuple(cards)

    def card_of(self, one: ShownCredential, secret: str, pin: str | None = None) -> SheetCard:
        """Write the card of a claim."""
        address = None if one.learner is None else one.learner.email
        name = one.learner_name or address or one.record.id
        link = self.link_of(secret)
        return SheetCard(name, one.achievement, one.tenant.title, link, pin, address)

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
        return self.offer_by_mail(act, credential_id, pin=pin, expires=expires, kind=REMINDER)

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
        message = self._message(act, one, letter, Mailbox(one.learner.email), mail_id)
        self.store.deliveries.queue_mail(
            act, kind=kind, recipient=one.learner.email, message=message, mail_id=mail_id
        )
        return True

    def _offer(
        self,
        act: Act,
        one: ShownCredential,
        draft: ClaimDraft,
        kind: str,
        *,
        is_first: bool = False,
    ) -> Delivery | None:
        recipient = _address_of(one)

        def write(secret: str) -> LetterToSend:
            letter = letter_of(
                kind,
                one,
                link=self.link_of(secret),
                needs_pin=draft.pin is not None,
                until=None if draft.expires is None else _day(draft.expires, one.language),
            )
            return LetterToSend(kind, recipient.address, self._message(act, one, letter, recipient))

        return self.store.deliveries.make_with_mail(act, draft, write, is_first=is_first)

    def _message(
        self,
        act: Act,
        one: ShownCredential,
        letter: Letter,
        recipient: Mailbox,
        mail_id: str | None = None,
    ) -> bytes:
        host = urlsplit(self.base).hostname or "localhost"
        return message_of(
            letter,
            sender=Mailbox(self.sender.address, one.tenant.title),
            recipient=recipient,
            at=act.at,
            message_id=f"{mail_id or new_id('mail')}@{host}",
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
