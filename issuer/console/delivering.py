"""Handing a credential over: its files, a letter with a link, a card with a code.

The secret of a claim and its PIN are told once, on the page that made them: the store knows their
digests only.
"""

from __future__ import annotations

import segno
from flask import Response, request
from markupsafe import Markup

from credentials.errors import ImageError, TallystickError
from issuer.claims.downloads import downloads_of, file_name, made
from issuer.claims.letters import CLAIM, CORRECTED
from issuer.claims.offers import ClaimDesk, new_pin
from issuer.claims.sheet import SheetCard, claim_sheet
from issuer.claims.shown import ShownCredential, shown
from issuer.console.access import Access, Right
from issuer.console.credential_pages import address_of, credential_page
from issuer.console.room import Console
from issuer.store import NotFoundError
from issuer.store.claims import OPEN_STATES, REMINDER
from service.pages import FieldError, current_language, form_text, gettext, redirect, say
from service.web.problems import refusal

SECRET_CHARACTERS = 100
PIN_CHARACTERS = 16


def add_delivering(console: Console) -> None:
    """Add the pages."""
    _add_files(console)
    _add_letters(console)
    _add_cards(console)


def desk_of(console: Console, access: Access) -> ClaimDesk:
    """Find the desk of an institution, whose links lead to where its claim pages are."""
    return console.services.desk_of(access.tenant, request.host_url)


def file_response(data: bytes, media_type: str, name: str) -> Response:
    """Answer with a file to be saved, which nobody else keeps."""
    response = Response(data, content_type=media_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "no-store"
    return response


def _add_files(console: Console) -> None:
    services = console.services

    @console.at("/credentials/<credential>/files/<suffix>", Right.READ)
    def credential_file(access: Access, credential: str, suffix: str) -> Response:
        one = shown(services.store, access.tenant.id, credential)
        found = [each for each in downloads_of(one) if each.suffix == suffix]
        if not found:
            raise refusal(404)
        try:
            data = made(one, found[0], link=services.verify_at, language=one.language)
        except ImageError as error:
            return credential_page(
                console, access, credential, [FieldError("files", error.message)]
            )
        return file_response(data, found[0].media_type, file_name(one, found[0]))


def _add_letters(console: Console) -> None:
    services = console.services

    @console.at("/credentials/<credential>/letter", Right.ISSUE, method="POST")
    def send_letter(access: Access, credential: str) -> Response:
        one = shown(services.store, access.tenant.id, credential)
        if not services.sends_mail:
            text = gettext("No mail server is set up, so no letters are sent. Print a card.")
            return credential_page(console, access, credential, [FieldError("letter", text)])
        pin = new_pin() if form_text("with_pin", 3) else None
        try:
            desk_of(console, access).offer_by_mail(
                access.act, credential, pin=pin, kind=_kind(console, one)
            )
        except TallystickError as error:
            return credential_page(
                console, access, credential, [FieldError("letter", error.message)]
            )
        if pin is not None:
            return console.show(access, "letter_pin", one=one, pin=pin)
        say(gettext("The letter is in the queue. It is sent within a minute."))
        return redirect(address_of(access, credential))


def _kind(console: Console, one: ShownCredential) -> str:
    """Choose the letter: the first one, or one that reminds of it."""
    claims = console.services.store.deliveries.of_credential(one.tenant.id, one.record.id)
    if any(claim.channel == "email" and claim.state in OPEN_STATES for claim in claims):
        return REMINDER
    return CLAIM if one.record.replaces is None else CORRECTED


def _add_cards(console: Console) -> None:
    services = console.services

    @console.at("/credentials/<credential>/card", Right.ISSUE, method="POST")
    def make_card(access: Access, credential: str) -> Response:
        """Make a claim and show its card; a form that brings its secret shows it once more."""
        one = shown(services.store, access.tenant.id, credential)
        secret, pin = form_text("secret", SECRET_CHARACTERS), form_text("pin", PIN_CHARACTERS)
        if secret:
            _require_claim(console, one, secret)
        else:
            pin = new_pin() if form_text("with_pin", 3) else ""
            _claim, secret = services.store.deliveries.replace_cards(
                access.act, credential, pin=pin or None, expires=None
            )
        card = _card(console, access, one, secret, pin)
        return console.show(
            access,
            "card",
            card=card,
            one=one,
            secret=secret,
            code=_code(card.link),
            carried={"secret": secret, "pin": pin},
        )

    @console.at("/credentials/<credential>/card.pdf", Right.ISSUE, method="POST")
    def card_file(access: Access, credential: str) -> Response:
        one = shown(services.store, access.tenant.id, credential)
        secret = form_text("secret", SECRET_CHARACTERS)
        claim_pin = form_text("pin", PIN_CHARACTERS)
        _require_claim(console, one, secret)
        card = _card(console, access, one, secret, claim_pin)
        data = claim_sheet([card], language=current_language().tag, at=access.at)
        return file_response(data, "application/pdf", "card.pdf")


def _card(
    console: Console, access: Access, one: ShownCredential, secret: str, pin: str
) -> SheetCard:
    return desk_of(console, access).card_of(one, secret, pin or None)


def _require_claim(console: Console, one: ShownCredential, secret: str) -> None:
    """Refuse a secret that is not of an open claim of this credential."""
    claim = console.services.store.deliveries.open(secret, console.services.now())
    if claim.credential_id != one.record.id:
        raise NotFoundError("There is no such claim.")


def _code(link: str) -> Markup:
    """Draw a code into the page, so that it is printed with it."""
    code = segno.make_qr(link, error="m")
    return Markup(code.svg_inline(scale=5, border=4, dark="#000", light="#fff"))  # noqa: S704 - ours
