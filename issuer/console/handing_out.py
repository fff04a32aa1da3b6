"""Handing a roster out: letters to all, reminders, and cards to print."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence

from flask import Response, url_for

from credentials.errors import TallystickError
from issuer.claims.sheet import SheetCard, claim_sheet
from issuer.console.access import Access, Right
from issuer.console.delivering import desk_of, file_response
from issuer.console.room import Console
from issuer.rosters import csv_lines
from issuer.store import ConflictError, Job
from service.pages import current_language, form_text, gettext, ngettext, redirect, say

MOST_CARDS = 200
"""How many cards one form makes; `tallystick claims sheet` makes more."""

CARDS_COMMAND = "tallystick claims sheet --job "
MOST_REMINDED = 500
"""How many learners one press of the button reminds."""


def add_handing_out(console: Console) -> None:
    """Add the forms of a roster's page."""
    _add_letters(console)
    _add_cards(console)


def _add_letters(console: Console) -> None:
    services, store = console.services, console.services.store

    @console.at("/jobs/<job>/letters", Right.ISSUE, method="POST")
    def send_letters(access: Access, job: str) -> Response:
        store.jobs.get(access.tenant.id, job)
        _require_mail(console)
        store.jobs.ask_for_letters(access.act, job)
        say(gettext("The letters are sent by the courier, within a few minutes."))
        return _back(access, job)

    @console.at("/jobs/<job>/reminders", Right.ISSUE, method="POST")
    def send_reminders(access: Access, job: str) -> Response:
        known = store.jobs.get(access.tenant.id, job)
        _require_mail(console)
        ids = services.store.deliveries.unclaimed(known, items=MOST_REMINDED)
        reminded = sum(_is_reminded(console, access, one) for one in ids)
        say(
            ngettext(
                "A reminder to %(num)s learner is in the queue.",
                "Reminders to %(num)s learners are in the queue.",
                reminded,
            )
        )
        return _back(access, job)


def _is_reminded(console: Console, access: Access, credential: str) -> bool:
    """Remind a learner; whose claim needs a PIN, or who has no address, is left out."""
    try:
        return desk_of(console, access).remind(access.act, credential) is not None
    except TallystickError:
        return False


def _add_cards(console: Console) -> None:
    store = console.services.store

    @console.at("/jobs/<job>/cards", Right.ISSUE, method="POST")
    def print_cards(access: Access, job: str) -> Response:
        """Make a card for each credential that nobody has taken; PINs come in a table beside it."""
        known = store.jobs.get(access.tenant.id, job)
        with_pins = form_text("with_pins", 3) == "yes"
        ids = store.deliveries.to_print(known, items=MOST_CARDS + 1)
        _require_some(ids, known)
        cards = desk_of(console, access).offer_on_paper(access.act, ids, with_pins=with_pins)
        sheet = claim_sheet(cards, language=current_language().tag, at=access.at)
        if not with_pins:
            return file_response(sheet, "application/pdf", "cards.pdf")
        return file_response(_with_pins(sheet, cards), "application/zip", "cards-and-pins.zip")


def _require_mail(console: Console) -> None:
    if not console.services.sends_mail:
        text = gettext("No mail server is set up, so no letters are sent. Print cards.")
        raise ConflictError(text, code="MAIL_NOT_SET_UP")


def _require_some(ids: Sequence[str], job: Job) -> None:
    if not ids:
        text = gettext("There is nothing to print: everything is claimed, or nothing is issued.")
        raise ConflictError(text, code="NOTHING_TO_PRINT")
    if len(ids) > MOST_CARDS:
        text = gettext(
            "These are more than %(most)s cards. Print them with: %(command)s",
            most=MOST_CARDS,
            command=CARDS_COMMAND + job.id,
        )
        raise ConflictError(text, code="TOO_MANY_CARDS")


def _with_pins(sheet: bytes, cards: Sequence[SheetCard]) -> bytes:
    """Pack cards and PINs as two files, since they are handed out in two ways."""
    rows = [(card.learner, card.address or "", card.pin or "") for card in cards]
    table = b"".join(csv_lines(("learner", "address", "pin"), rows))
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as packed:
        packed.writestr("cards.pdf", sheet)
        packed.writestr("pins.csv", table)
    return file.getvalue()


def _back(access: Access, job: str) -> Response:
    return redirect(url_for("console.job", institution=access.tenant.name, job=job))
