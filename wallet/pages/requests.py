"""Requests of verifiers: opened by their link or code, answered or declined, and kept."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from flask import Response, request, url_for

from credentials.json_types import JsonObject
from service.code_reading import CodesNotReadError, read_codes
from service.pages import N_, FieldError, form_text, gettext, redirect, say, uploads
from service.web.limiting import RateLimit
from wallet.asking import URL_CHARACTERS, Asked, AskingError, open_request, send
from wallet.disclosing import document_to_match
from wallet.documents import fits, identity_of, is_sd_jwt
from wallet.errors import WalletError
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
from wallet.pages.signing_on_device import holders, key_to_prove, plan_to_show, sign
from wallet.signing import SUITES, Bound, Presentation, Signed, key_of
from wallet.store import Holding, Learner, Request
from wallet.store.requests import REFUSED, SENT, TAKEN, Shown

ANSWER = "answer"
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

    room.after_signing[ANSWER] = partial(_sent, room)


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
    return _to_sign(room, learner, one, held, parts)


def _to_sign(
    room: WalletRoom,
    learner: Learner,
    one: Request,
    held: Sequence[Holding],
    parts: dict[str, bytes],
) -> Response:
    """Have it signed by the key that it is bound to, and sent after that."""
    key, proved = key_to_prove(room, learner, held)
    try:
        if key is not None:
            one.asked.require_suite(SUITES[key_of(key.did).key_type].name)
    except AskingError:
        # Whoever asks takes no key of this kind: what is bound to it is shown without proof.
        key, proved = None, [False] * len(held)
    shown = [[each.findings.name, each.id in parts] for each in held]
    documents = tuple(enclosed(parts.get(each.id, each.data)) for each in held)
    bound = Bound(one.asked.challenge, one.asked.domain)
    made = Presentation(documents, bound, room.services.now())
    carried = {"request": one.id, "shown": shown}
    return sign(
        room, learner, key, made, plan_to_show(ANSWER, carried, one.asked.place, held, proved)
    )


def _sent(
    room: WalletRoom, learner: Learner, carried: JsonObject, signed: Signed, _did: str
) -> Response:
    services, now = room.services, room.services.now
    one = services.store.requests.get(learner.id, str(carried["request"]))
    shown = [Shown(name, in_parts) for name, in_parts in carried["shown"]]
    if services.way is None or not isinstance(signed, dict):
        raise AskingError("This service asks nobody.", code="REQUEST_NOT_READ")
    try:
        # What may have been shown is written down before it is.
        services.store.requests.sending(one, shown, now())
        send(services.way, one.asked, signed)
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
    found = [(each, *_fits(one.asked, each)) for each in every]
    fitting = [each for each, _is_like, can_answer in found if can_answer]
    chosen = request.form.getlist("credential") or [each.id for each in fitting[:1]]
    return room.show(
        learner,
        "request",
        status=422 if errors else 200,
        errors=errors,
        one=one,
        who=one.asked.place,
        fitting=fitting,
        of_other_kind=[each for each, is_like, can_answer in found if is_like and not can_answer],
        chosen=chosen,
        asked_issuers=[identity_of(query.example.get("issuer")) for query in one.asked.queries],
        asked_types=_asked_types(one.asked),
        fault=gettext(FAULTS[one.fault]) if one.fault in FAULTS else "",
        asks_others=room.services.way is not None,
        seen=SEEN,
        holders=holders(room, learner),
    )


def _fits(asked: Asked, one: Holding) -> tuple[bool, bool]:
    """Tell whether a credential is like what is asked for, and whether it can be the answer.

    An SD-JWT can where the query says that it takes one.
    """
    document, needs_say = document_to_match(one.data), is_sd_jwt(one.data)
    like = [query for query in asked.queries if fits(query.example, document)]
    return bool(like), any(query.takes_sd_jwt or not needs_say for query in like)


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
