"""Adding what an institution offers by a link: that of a mail, of a card, or of a code."""

from __future__ import annotations

from functools import partial

from flask import Response, request, url_for

from credentials.json_types import JsonObject
from service.pages import N_, FieldError, Upload, form_text, gettext
from service.web.limiting import RateLimit
from service.writing_down import new_secret
from wallet.asking import Way, host_of
from wallet.claiming import (
    Begun,
    Claimed,
    ClaimError,
    allowed_at,
    begin,
    begun_from_json,
    come_back,
    finish,
    require_kind,
    to_prove,
)
from wallet.errors import NotInWalletError
from wallet.openid_authorizing import Client, Pending
from wallet.openid_offers import OFFER_CHARACTERS
from wallet.pages.collecting import add_page, keep
from wallet.pages.room import WalletRoom
from wallet.pages.signing_on_device import Plan, sign
from wallet.pages.waiting import promised
from wallet.signing import Signed, key_of
from wallet.store import DeviceKey, Learner

PIN_CHARACTERS = 32
CLAIMED_A_MINUTE, CLAIMED_AT_ONCE = 10, 10
"""How often one learner may have a link asked for what it offers."""

CLAIM = "claim"
AUTHORIZATION = "authorization"
"""Kind of the step that waits for an institution to lead its learner back."""

FAULTS = {
    "PIN_NEEDED": N_("This link needs a PIN, which you were given in another way."),
    "PIN_OR_LINK_ENDED": N_(
        "The PIN is wrong, or the link has ended. After a few wrong PINs a link ends."
    ),
    "CODE_ENDED": N_(
        "The institution does not take any more what you allowed there. Open the link once more."
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
    "KEY_NOT_TAKEN": N_(
        "The institution does not take the kind of key that this device has. Take the wallet’s own."
    ),
    "OWN_KEY_NOT_TAKEN": N_(
        "The institution does not take the kind of key that your wallet has. Nothing was taken "
        "over: choose the key of a device, or ask them for a file."
    ),
    "SERVER_NOT_SAFE": N_(
        "The institution’s service lacks what protects you there (PKCE, and naming itself in its "
        "answers). Nothing was taken over; ask them for a file."
    ),
    "ANSWER_OF_ANOTHER": N_(
        "You came back with the answer of another service than you were led to. Nothing was taken "
        "over. Open the link once more, and tell the institution if it happens again."
    ),
    "DEVICE_KEY_RETIRED": N_(
        "This key was retired meanwhile. Nothing was taken over; open the link once more, and "
        "choose another key."
    ),
    "NOT_ALLOWED": N_("It was not allowed at the institution, so nothing was taken over."),
    "STEP_ENDED": N_(
        "What you came back from was done already, took too long, or was begun in another wallet. "
        "Open the link once more."
    ),
}
"""What is said of what went wrong, by code."""


def add_claiming(room: WalletRoom) -> None:
    """Add the form, and the page to which institutions lead a learner back."""
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
        key = _chosen_key(room, learner)
        try:
            found = begin(services.way, link, pin.replace(" ", ""), new_secret())
            if isinstance(found, Pending):
                return _lead_there(room, services.way, learner, found, key)
            return _go_on(room, learner, found, key, link)
        except ClaimError as error:
            return again(_fault(error))

    @room.at("/add/back")
    def come_back_here(learner: Learner) -> Response:
        """Take the answer of an institution; only one that this learner was led to has a step."""
        if services.way is None:
            raise NotInWalletError("This service asks nobody.")
        try:
            grant, key = _come_back(room, services.way, learner)
            return _go_on(room, learner, grant, key, "")
        except ClaimError as error:
            return add_page(room, learner, _fault(error))

    room.after_signing[CLAIM] = partial(_claimed, room)


def _go_on(
    room: WalletRoom, learner: Learner, found: Claimed | Begun, key: DeviceKey | None, link: str
) -> Response:
    """Keep what came; or prove the key that it is to be bound to, which a device may have."""
    if isinstance(found, Claimed):
        return _kept(room, learner, found, "", link)
    carried = {"begun": found.to_json(), "link": link}
    if not found.asks_for_key:
        return _claimed(room, learner, carried, "", "")
    _require_kind(found, learner, key)
    plan = Plan(CLAIM, carried, found.place, may_be_own=_takes_own(found, learner))
    return sign(room, learner, key, to_prove(found, room.services.now()), plan)


def _claimed(
    room: WalletRoom, learner: Learner, carried: JsonObject, signed: Signed, did: str
) -> Response:
    way, link = room.services.way, str(carried["link"])
    if way is None:
        raise NotInWalletError("This service asks nobody.")
    try:
        found = finish(way, begun_from_json(carried["begun"]), signed)
    except ClaimError as error:
        return add_page(room, learner, _fault(error), link=link)
    return _kept(room, learner, found, did if found.is_bound else "", link)


def _kept(room: WalletRoom, learner: Learner, found: Claimed, holder: str, link: str) -> Response:
    if found.deferral is not None:
        return promised(room, learner, found.deferral, holder)
    services = room.services
    services.store.history.note(learner.id, services.now(), "claimed", found.host)
    files = [Upload(found.host, data) for data in found.credentials]
    return keep(room, learner, files, partial(add_page, room, learner, link=link), "link", holder)


def _lead_there(
    room: WalletRoom, way: Way, learner: Learner, pending: Pending, key: DeviceKey | None
) -> Response:
    """Show where the learner allows it; what is kept for the way back is known by its state."""
    services = room.services
    kept = {"pending": pending.to_json(), "key": "" if key is None else key.id}
    _require_kind(pending.grant, learner, key)
    state = services.store.steps.begin(
        learner.id,
        AUTHORIZATION,
        lambda about: services.keys.seal_step(learner.id, about, kept),
        services.now(),
    )
    address = allowed_at(way, pending, _client(room), state)
    return room.show(
        learner,
        "allow",
        address=address,
        host=host_of(pending.page),
        who=pending.grant.place,
        title=pending.grant.title,
        carried=dict(request.form.lists()),
    )


def _come_back(room: WalletRoom, way: Way, learner: Learner) -> tuple[Begun, DeviceKey | None]:
    """Take an answer for the step that it belongs to, once.

    Obligations (RFC 6749 sections 4.1.2 and 10.12, RFC 9700 section 4.7): 1. each parameter is
    there once at most; 2. the state is that of a step of whoever is signed in here, which is used
    up, whatever comes of it: a code of somebody else's cannot be put in; 3. the key that was chosen
    may still sign, as the code is used up by what follows; 4. what
    `wallet.openid_authorizing.redeemed` requires.

    Raises `ClaimError`.
    """
    services = room.services
    # 1.
    answer = request.args.to_dict()
    if any(len(values) > 1 for _name, values in request.args.lists()):
        raise ClaimError("A parameter is there twice.", code="NOT_ALLOWED")
    # 2.
    try:
        about, sealed = services.store.steps.take(
            learner.id, AUTHORIZATION, answer.get("state", ""), services.now()
        )
    except NotInWalletError as error:
        raise ClaimError(error.message, code=error.code) from error
    kept = services.keys.open_step(learner.id, about, sealed)
    # 3.
    key = services.store.device_keys.get(learner.id, kept["key"]) if kept["key"] else None
    if key is not None and not key.is_active:
        raise ClaimError("The key was retired.", code="DEVICE_KEY_RETIRED")
    # 4.
    pending = Pending.from_json(kept["pending"])
    return come_back(way, pending, _client(room), answer), key


def _require_kind(begun: Begun, learner: Learner, key: DeviceKey | None) -> None:
    """Raise `ClaimError` (KEY_NOT_TAKEN, OWN_KEY_NOT_TAKEN) before anything is used up."""
    if key is not None:
        require_kind(begun, key_of(key.did).key_type)
    elif not _takes_own(begun, learner):
        raise ClaimError("The wallet's own key is not taken.", code="OWN_KEY_NOT_TAKEN")


def _takes_own(begun: Begun, learner: Learner) -> bool:
    """Tell whether the wallet's own key is of a kind that is taken."""
    try:
        require_kind(begun, key_of(learner.did).key_type)
    except ClaimError:
        return False
    return True


def _client(room: WalletRoom) -> Client:
    """Name this wallet: by its public address, as issuers know it."""
    return Client(room.outside(""), room.outside(url_for("wallet.come_back_here")))


def _chosen_key(room: WalletRoom, learner: Learner) -> DeviceKey | None:
    """Find the key that a credential is to be bound to; None stands for the wallet's own."""
    chosen = form_text("key")
    if not chosen:
        return None
    key = room.services.store.device_keys.get(learner.id, chosen)
    if not key.is_active:
        raise NotInWalletError("The key was retired.")
    return key


def _fault(error: ClaimError) -> FieldError:
    text = gettext(FAULTS.get(error.code, FAULTS["REQUEST_UNREADABLE"]))
    text = f"{text} {error.message}" if error.code == "CLAIM_NOT_READ" else text
    return FieldError("pin" if error.code.startswith("PIN") else "link", text)
