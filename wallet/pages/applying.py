"""Applying for recognition or an award at a registrar's desk, and how applications stand."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from flask import Response, request, url_for

from credentials.json_types import JsonObject
from service.pages import N_, FieldError, form_text, gettext, redirect, say
from service.web.limiting import RateLimit
from wallet.applying import ApplyingError, Desk, apply, read_desk, standing
from wallet.asking import URL_CHARACTERS, Way
from wallet.disclosing import whole
from wallet.documents import is_sd_jwt
from wallet.errors import CannotAddError
from wallet.pages.presenting import PRESENTED, enclosed
from wallet.pages.room import WalletRoom
from wallet.pages.signing_on_device import holders, key_to_prove, plan_to_show, sign
from wallet.signing import Presentation, Signed
from wallet.store import Holding, Learner

ASKED_A_MINUTE, ASKED_AT_ONCE = 20, 20
"""How often one learner may have desks asked."""

APPLY = "apply"
REFUSED = "not-taken"
FAULTS = {
    "DESK_NOT_READ": N_("The desk could not be asked."),
    "DESK_UNREADABLE": N_("This is no desk that your wallet can read."),
    "APPLICATION_REFUSED": N_("The desk did not take the application. Ask them why."),
    "APPLICATION_UNSURE": N_(
        "Nobody knows whether the application arrived. Ask the desk before you send it again."
    ),
}
STATES = {
    "sent": ("warn", "clock", N_("sent, but not confirmed")),
    REFUSED: ("bad", "cross", N_("not taken")),
    "received": ("open", "clock", N_("received")),
    "new": ("open", "clock", N_("received")),
    "referred": ("open", "person", N_("a person at the desk looks at it")),
    "second-reading": ("open", "person", N_("a second person reads the decision over")),
    "decided": ("good", "check", N_("decided")),
    "appealed": ("open", "note", N_("under appeal")),
    "erased": ("open", "dash", N_("erased at the desk")),
}
"""Colour, icon and words of how an application stands; other states are said as the desk does."""


def add_applying(room: WalletRoom) -> None:
    """Add the pages; they are there where others can be asked."""
    if room.services.way is not None:
        limit = RateLimit(ASKED_A_MINUTE, ASKED_AT_ONCE, lambda: room.services.now().timestamp())
        _add_applying(room, room.services.way, limit)
        _add_following(room, room.services.way, limit)


def _add_applying(room: WalletRoom, way: Way, limit: RateLimit) -> None:
    services = room.services

    @room.at("/applications")
    def applications(learner: Learner) -> Response:
        """Show what was applied for; an address in the link only fills the field."""
        return _list(room, learner, request.args.get("desk", "")[:URL_CHARACTERS])

    @room.at("/applications/desk", method="POST")
    def ask_desk(learner: Learner) -> Response:
        address = form_text("desk", URL_CHARACTERS)
        try:
            _require_slow(limit, learner)
            return _desk_page(room, learner, read_desk(way, address))
        except ApplyingError as error:
            return _list(room, learner, address, FieldError("desk", _in_words(error)))

    @room.at("/applications", method="POST")
    def apply_(learner: Learner) -> Response:
        address, offer = form_text("desk", URL_CHARACTERS), form_text("offer")
        chosen = request.form.getlist("credential")[:PRESENTED]
        try:
            _require_slow(limit, learner)
            # The challenge is asked for when it is signed: it holds for a short time only.
            desk = read_desk(way, address)
        except ApplyingError as error:
            return _list(room, learner, address, FieldError("desk", _in_words(error)))
        title = next((one.title for one in desk.offers if one.name == offer), None)
        if title is None or not chosen:
            return _desk_page(room, learner, desk, *_errors(title, chosen))
        held = services.store.holdings.some(learner.id, chosen)
        return _to_sign(room, learner, desk, offer, title, held)

    room.after_signing[APPLY] = partial(_applied, room, way)


def _to_sign(
    room: WalletRoom, learner: Learner, desk: Desk, offer: str, title: str, held: Sequence[Holding]
) -> Response:
    """Have it signed by the key that it is bound to, and sent after that."""
    services = room.services
    documents = tuple(enclosed(whole(one.data, services.environment)) for one in held)
    key, proved = key_to_prove(room, learner, held)
    names = [one.findings.name for one in held]
    carried = {"desk": desk.to_json(), "offer": offer, "title": title, "names": names}
    made = Presentation(documents, desk.bound, services.now())
    return sign(room, learner, key, made, plan_to_show(APPLY, carried, desk.office, held, proved))


def _applied(
    room: WalletRoom,
    way: Way,
    learner: Learner,
    carried: JsonObject,
    signed: Signed,
    _did: str,
) -> Response:
    services, store = room.services, room.services.store.applications
    desk, title = Desk.from_json(carried["desk"]), str(carried["title"])
    kept = store.begin(learner.id, desk.office, title, tuple(carried["names"]), services.now())
    try:
        if not isinstance(signed, dict):
            raise ApplyingError("Nothing was signed.", code="APPLICATION_REFUSED")
        answer = apply(way, desk, str(carried["offer"]), signed, learner.email)
    except ApplyingError as error:
        state = REFUSED if error.code == "APPLICATION_REFUSED" else "sent"
        store.told(learner.id, kept, state, "", services.now())
        return _list(room, learner, desk.address, FieldError("desk", _in_words(error)))
    store.told(learner.id, kept, answer.state, answer.follow, services.now())
    say(gettext("Your application was sent to %(office)s.", office=desk.office))
    return redirect(url_for("wallet.applications"))


def _add_following(room: WalletRoom, way: Way, limit: RateLimit) -> None:
    store = room.services.store.applications

    @room.at("/applications/<application_id>/ask", method="POST")
    def ask_application(learner: Learner, application_id: str) -> Response:
        one = store.get(learner.id, application_id)
        if not one.follow:
            return _list(room, learner, "")
        try:
            _require_slow(limit, learner)
            found = standing(way, one.follow, one.state)
        except ApplyingError as error:
            return _list(room, learner, "", FieldError("desk", _in_words(error)))
        store.told(learner.id, one.id, found.state, one.follow, room.services.now())
        if found.decision is None:
            say(gettext("The desk was asked just now."))
        elif _is_kept(room, learner, found.decision):
            say(gettext("It was decided, and the decision is among your credentials now."))
        if found.award is not None and _is_kept(room, learner, found.award):
            say(gettext("The award was issued, and is among your credentials now."))
        return redirect(url_for("wallet.applications"))


def _is_kept(room: WalletRoom, learner: Learner, signed: bytes) -> bool:
    """Verify what a desk signed, keep it as a credential of the learner, and tell if it is new."""
    services = room.services
    (findings,) = services.examine([signed])
    if not findings.is_credential:
        return False
    try:
        services.store.holdings.add(learner.id, signed, findings, services.now())
    except CannotAddError:
        return False
    return True


def _require_slow(limit: RateLimit, learner: Learner) -> None:
    if limit.seconds_to_wait(learner.id):
        text = gettext("You asked many desks. Wait for a minute.")
        raise ApplyingError(text, code="TOO_FAST")


def _errors(title: str | None, chosen: list[str]) -> list[FieldError]:
    asked = (
        (title, "offer", gettext("Choose what you apply for.")),
        (chosen, "credential", gettext("Choose what you show.")),
    )
    return [FieldError(name, text) for stated, name, text in asked if not stated]


def _list(room: WalletRoom, learner: Learner, desk: str, *errors: FieldError) -> Response:
    return room.show(
        learner,
        "applications",
        status=422 if errors else 200,
        errors=errors,
        every=room.services.store.applications.all(learner.id),
        desks=room.services.desks,
        desk=desk,
        states=STATES,
    )


def _desk_page(room: WalletRoom, learner: Learner, desk: Desk, *errors: FieldError) -> Response:
    every = room.services.store.holdings.all(learner.id)
    held = [one for one in every if one.findings.is_sound and not is_sd_jwt(one.data)]
    return room.show(
        learner,
        "desk",
        status=422 if errors else 200,
        errors=errors,
        desk=desk,
        offer=form_text("offer"),
        held=held,
        # Nothing is chosen beforehand: whoever calls themselves a desk would get everything.
        chosen=request.form.getlist("credential"),
        holders=holders(room, learner),
    )


def _in_words(error: ApplyingError) -> str:
    text = gettext(FAULTS[error.code]) if error.code in FAULTS else error.message
    return f"{text} {error.message}" if error.code == "DESK_NOT_READ" else text
