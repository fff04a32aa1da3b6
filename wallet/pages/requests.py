"""Requests of verifiers: opened by their link or code, answered or declined, and kept."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Response, request, url_for

from service.code_reading import CodesNotReadError, read_codes
from service.pages import N_, FieldError, form_text, gettext, redirect, say, uploads
from service.web.limiting import RateLimit
from wallet.asking import URL_CHARACTERS, Asked, AskingError, open_request, send
from wallet.documents import document_in, fits, identity_of, is_sd_jwt
from wallet.errors import WalletError
from wallet.holder_keys import Bound
from wallet.pages.choosing import (
    SEEN,
    ask_for_fields,
    choices_of,
    parts_chosen,
    refused,
    was_asked,
)
from wallet.pages.presenting import PRESENTED, enclosed
from wallet.pages.room import WalletRoom
from wallet.store import Holding, Learner, Request
from wallet.store.requests import REFUSED, SENT, TAKEN, Shown

OPENED_A_MINUTE, OPENED_AT_ONCE = 20, 20
"""How often one learner may have an address asked for what it wants."""

FAULTS = {
    "REQUEST_NO_ADDRESS": N_("This is no address of the web."),
    "REQUEST_NOT_READ": N_("What is at this address could not be read."),
    "REQUEST_UNREADABLE": N_("There is no request at this address that your wallet can answer."),
    "REQUEST_FOR_ANOTHER_PLACE": N_(
        "The request is for another place than the one it came from. Nothing was shown to anybody."
    ),
    "REQUEST_IS_OFFER": N_(
        "Nothing is asked for here; something may be offered to you. Open the link under “Add "
        "credentials”."
    ),
    "REQUEST_ANSWERED": N_("You have answered or declined this request already."),
    "PRESENTATION_REFUSED": N_(
        "Your presentation arrived, but was not taken. Ask them why, or choose other credentials."
    ),
    "PRESENTATION_UNSURE": N_(
        "Nobody knows whether your presentation arrived. You can send it once more."
    ),
}
"""What is said of what went wrong, by code."""


def add_requests(room: WalletRoom) -> None:
    """Add the pages; a service that asks nobody has only the history."""
    _add_inbox(room)
    _add_answering(room)


def _add_inbox(room: WalletRoom) -> None:
    services = room.services
    limit = RateLimit(OPENED_A_MINUTE, OPENED_AT_ONCE, lambda: services.now().timestamp())

    @room.at("/requests")
    def requests(learner: Learner) -> Response:
        """Show what was asked; an address in the link only fills the field."""
        return _inbox(room, learner, request.args.get("url", "")[:URL_CHARACTERS])

    @room.at("/requests", method="POST")
    def take_request(learner: Learner) -> Response:
        address = form_text("url", URL_CHARACTERS)
        try:
            address = address or _scanned()
            if not address:
                text = gettext("Enter the link, or choose a picture of its code.")
                return _inbox(room, learner, "", FieldError("url", text))
            if limit.seconds_to_wait(learner.id):
                text = gettext("You opened many requests. Wait for a minute.")
                return _inbox(room, learner, address, FieldError("url", text))
            asked = _opened(room, address)
            kept = services.store.requests.keep(learner.id, asked, services.now())
        except CodesNotReadError as error:
            return _inbox(room, learner, "", FieldError("picture", error.message))
        except WalletError as error:
            return _inbox(room, learner, address, FieldError("url", in_words(error)))
        return redirect(url_for("wallet.request_", request_id=kept))


def _scanned() -> str:
    """Read the address in a picture of a code, if there is one."""
    for file in uploads("picture"):
        for text in read_codes(file.data):
            return text[:URL_CHARACTERS]
    return ""


def _opened(room: WalletRoom, address: str) -> Asked:
    way = room.services.way
    if way is None:
        raise AskingError("This service asks nobody.", code="REQUEST_NOT_READ")
    return open_request(way, address)


def _inbox(room: WalletRoom, learner: Learner, address: str, *errors: FieldError) -> Response:
    return room.show(
        learner,
        "requests",
        status=422 if errors else 200,
        errors=errors,
        address=address,
        every=room.services.store.requests.all(learner.id),
        asks_others=room.services.way is not None,
    )


def _add_answering(room: WalletRoom) -> None:
    store, now = room.services.store, room.services.now

    @room.at("/requests/<request_id>")
    def request_(learner: Learner, request_id: str) -> Response:
        return _page(room, learner, store.requests.get(learner.id, request_id))

    @room.at("/requests/<request_id>/answer", method="POST")
    def answer(learner: Learner, request_id: str) -> Response:
        return _answer(room, learner, store.requests.get(learner.id, request_id))

    @room.at("/requests/<request_id>/decline", method="POST")
    def decline(learner: Learner, request_id: str) -> Response:
        one = store.requests.get(learner.id, request_id)
        try:
            store.requests.decline(one, now())
        except AskingError as error:
            return _page(room, learner, one, FieldError("credential", in_words(error)))
        say(gettext("You declined. Nothing was shown to anybody."))
        return redirect(url_for("wallet.requests"))


def _answer(room: WalletRoom, learner: Learner, one: Request) -> Response:
    """Send what the learner chose, signed for this request alone."""
    chosen = request.form.getlist("credential")[:PRESENTED]
    if not one.may_be_answered:
        return _page(room, learner, one)
    if not chosen:
        return _page(room, learner, one, FieldError("credential", gettext("Choose what you show.")))
    held = room.services.store.holdings.some(learner.id, chosen)
    choices = choices_of(room, held)
    address = url_for("wallet.answer", request_id=one.id)
    if choices and not was_asked():
        return ask_for_fields(
            room, learner, held, choices, action=address, carried={"credential": chosen}
        )
    try:
        parts = parts_chosen(room, held, choices)
    except WalletError as error:
        return ask_for_fields(
            room,
            learner,
            held,
            choices,
            refused(error),
            action=address,
            carried={"credential": chosen},
        )
    return _sent(room, learner, one, held, parts)


def _sent(
    room: WalletRoom,
    learner: Learner,
    one: Request,
    held: Sequence[Holding],
    parts: dict[str, bytes],
) -> Response:
    services, now = room.services, room.services.now
    shown = [Shown(each.findings.name, each.id in parts) for each in held]
    bound = Bound(one.asked.challenge, one.asked.domain)
    documents = [enclosed(parts.get(each.id, each.data)) for each in held]
    made = services.keys.present(learner, documents, bound, now())
    if services.way is None:
        raise AskingError("This service asks nobody.", code="REQUEST_NOT_READ")
    try:
        # What may have been shown is written down before it is.
        services.store.requests.sending(one, shown, now())
        send(services.way, one.asked, made)
    except AskingError as error:
        state = {"PRESENTATION_REFUSED": REFUSED, "PRESENTATION_UNSURE": SENT}.get(error.code)
        if state is not None:
            services.store.requests.ended(one, state, error.code, now())
        again = services.store.requests.get(learner.id, one.id)
        return _page(room, learner, again, FieldError("credential", in_words(error)))
    services.store.requests.ended(one, TAKEN, "", now())
    say(gettext("It was shown to %(who)s, and to nobody else.", who=one.asked.place))
    return redirect(url_for("wallet.request_", request_id=one.id))


def _page(room: WalletRoom, learner: Learner, one: Request, *errors: FieldError) -> Response:
    every = room.services.store.holdings.all(learner.id) if one.may_be_answered else ()
    fitting = [each for each in every if _fits(one.asked, each)]
    chosen = request.form.getlist("credential") or [each.id for each in fitting[:1]]
    return room.show(
        learner,
        "request",
        status=422 if errors else 200,
        errors=errors,
        one=one,
        who=one.asked.place,
        fitting=fitting,
        chosen=chosen,
        asked_issuers=[identity_of(query.example.get("issuer")) for query in one.asked.queries],
        asked_types=_asked_types(one.asked),
        fault=gettext(FAULTS[one.fault]) if one.fault in FAULTS else "",
        asks_others=room.services.way is not None,
        seen=SEEN,
    )


def _fits(asked: Asked, one: Holding) -> bool:
    """Tell whether a credential is asked for; an SD-JWT is presented by another protocol."""
    if is_sd_jwt(one.data):
        return False
    document = document_in(one.data)
    return any(fits(query.example, document) for query in asked.queries)


def _asked_types(asked: Asked) -> list[str]:
    found: list[str] = []
    for query in asked.queries:
        types = query.example.get("type")
        found += [str(one) for one in (types if isinstance(types, list) else [types]) if one]
    return list(dict.fromkeys(found))


def in_words(error: WalletError) -> str:
    """Say what is wrong with a request, and with fetching it why, as far as that helps."""
    if error.code == "REQUEST_NOT_READ":
        return f"{gettext(FAULTS[error.code])} {error.message}"
    return gettext(FAULTS[error.code]) if error.code in FAULTS else error.message
