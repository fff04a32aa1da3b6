"""Adding what an institution offers by a link: that of a mail, of a card, or of a code."""

from __future__ import annotations

from functools import partial

from flask import Response

from service.pages import N_, FieldError, Upload, form_text, gettext
from service.web.limiting import RateLimit
from wallet.claiming import ClaimError, Holder, claim
from wallet.openid_claiming import OFFER_CHARACTERS
from wallet.pages.collecting import add_page, keep
from wallet.pages.room import WalletRoom
from wallet.pages.waiting import promised
from wallet.store import Learner

PIN_CHARACTERS = 32
CLAIMED_A_MINUTE, CLAIMED_AT_ONCE = 10, 10
"""How often one learner may have a link asked for what it offers."""

FAULTS = {
    "PIN_NEEDED": N_("This link needs a PIN, which you were given in another way."),
    "PIN_OR_LINK_ENDED": N_(
        "The PIN is wrong, or the link has ended. After a few wrong PINs a link ends."
    ),
    "LATER": N_("It is not ready yet. Try again in a minute."),
    "CLAIM_EMPTY": N_("Nothing is offered at this address."),
    "CLAIM_IS_REQUEST": N_(
        "Something is asked of you here, and nothing offered. Open the link under “Requests”."
    ),
    "CLAIM_NOT_READ": N_("What is at this address could not be read."),
    "REQUEST_NO_ADDRESS": N_("This is no address of the web."),
    "REQUEST_UNREADABLE": N_("What is offered there cannot be read by your wallet."),
    "REQUEST_FOR_ANOTHER_PLACE": N_("The offer leads to another place, which was not followed."),
}
"""What is said of what went wrong, by code."""


def add_claiming(room: WalletRoom) -> None:
    """Add the form."""
    services = room.services
    limit = RateLimit(CLAIMED_A_MINUTE, CLAIMED_AT_ONCE, lambda: services.now().timestamp())

    @room.at("/add/link", method="POST")
    def take_link(learner: Learner) -> Response:
        link, pin = form_text("link", OFFER_CHARACTERS), form_text("pin", PIN_CHARACTERS)
        again = partial(add_page, room, learner, link=link)
        if not link or services.way is None:
            return again(FieldError("link", gettext("Enter the link that you were given.")))
        if limit.seconds_to_wait(learner.id):
            return again(FieldError("link", gettext("You opened many links. Wait for a minute.")))
        # What is promised has to find room before the code is used up.
        services.store.waiting.require_room(learner.id)
        try:
            found = claim(services.way, link, _holder(room, learner), pin.replace(" ", ""))
        except ClaimError as error:
            field = "pin" if error.code.startswith("PIN") else "link"
            return again(FieldError(field, _in_words(error)))
        if found.deferral is not None:
            return promised(room, learner, found.deferral)
        services.store.history.note(learner.id, services.now(), "claimed", found.host)
        files = [Upload(found.host, data) for data in found.credentials]
        return keep(room, learner, files, again, "link", learner.did if found.is_bound else "")


def _holder(room: WalletRoom, learner: Learner) -> Holder:
    keys, now = room.services.keys, room.services.now
    return Holder(
        present=lambda bound: keys.present(learner, [], bound, now()),
        prove=lambda audience, nonce: keys.prove(learner, audience, nonce, now()),
    )


def _in_words(error: ClaimError) -> str:
    text = gettext(FAULTS.get(error.code, FAULTS["REQUEST_UNREADABLE"]))
    return f"{text} {error.message}" if error.code == "CLAIM_NOT_READ" else text
