"""The keys of a learner: the wallet's own, and those that browsers of theirs made and keep."""

from __future__ import annotations

from flask import Response, url_for

from keys.did import did_key
from service.pages import N_, FieldError, form_text, gettext, redirect, say
from service.writing_down import new_secret
from wallet.errors import WalletError
from wallet.pages.kept_in_browser import remember_keys
from wallet.pages.room import WalletRoom
from wallet.pages.signing_on_device import Plan, ask_to_sign, mark_of
from wallet.signing import (
    KEY_CHARACTERS,
    REGISTRATION_TYPE,
    KeyProof,
    key_from_browser,
)
from wallet.store import Learner
from wallet.store.device_keys import MOST_DEVICE_KEYS

NAME_CHARACTERS = 60
REGISTER = "register"
FAULTS = {
    "DEVICE_KEY_UNREADABLE": N_("Your browser made no key that is of use here. Try another one."),
    "DEVICE_KEY_KNOWN": N_("Your wallet knows the key of this device already."),
    "DEVICE_KEY_OF_ANOTHER": N_(
        "This key is one of another wallet in this browser. Have it make a key for yours."
    ),
    "TOO_MANY_DEVICE_KEYS": N_("A wallet knows %(most)s keys of devices, and yours has as many."),
}
"""What is said of what went wrong, by code."""


def add_device_keys(room: WalletRoom) -> None:
    """Add the pages."""
    store, now = room.services.store, room.services.now

    @room.at("/mine/keys")
    def keys(learner: Learner) -> Response:
        return _page(room, learner)

    @room.at("/mine/keys", method="POST")
    def make_device_key(learner: Learner) -> Response:
        """Take the public half of a new key, and have the browser prove that it has the other."""
        if not room.is_fresh():
            return _page(room, learner, FieldError("name", _sign_in_again()))
        name = form_text("name", NAME_CHARACTERS) or gettext("My device")
        try:
            store.device_keys.require_room(learner.id)
            key = key_from_browser(form_text("public_key", KEY_CHARACTERS))
        except WalletError as error:
            return _page(room, learner, FieldError("name", _in_words(error)))
        return _ask_for_proof(room, learner, did_key(key), name)

    @room.at("/mine/keys/<key_id>/retire", method="POST")
    def retire_device_key(learner: Learner, key_id: str) -> Response:
        if not room.is_fresh():
            return _page(room, learner, FieldError("device-keys", _sign_in_again()))
        store.device_keys.retire(learner.id, key_id, now())
        say(gettext("The key signs no more."))
        return redirect(url_for("wallet.keys"))

    room.after_signing[REGISTER] = lambda learner, carried, _signed, did: _registered(
        room, learner, did, str(carried["name"])
    )


def _ask_for_proof(room: WalletRoom, learner: Learner, did: str, name: str) -> Response:
    """Ask for a token that is of use to nobody but this wallet, for this key, and once."""
    audience = room.outside(url_for("wallet.keys"))
    proof = KeyProof(audience, new_secret(), room.services.now(), REGISTRATION_TYPE)
    plan = Plan(REGISTER, {"name": name}, "", may_be_own=False)
    return ask_to_sign(room, learner, "", did, name, proof, plan)


def _registered(room: WalletRoom, learner: Learner, did: str, name: str) -> Response:
    try:
        room.services.store.device_keys.add(learner.id, did, name, room.services.now())
    except WalletError as error:
        return _page(room, learner, FieldError("name", _in_words(error)))
    say(gettext("Your wallet knows the key of %(name)s now.", name=name))
    response = redirect(url_for("wallet.keys"))
    remember_keys(response, learner.id)
    return response


def _page(room: WalletRoom, learner: Learner, *errors: FieldError) -> Response:
    every = room.services.store.device_keys.all(learner.id)
    return room.show(
        learner,
        "keys",
        status=422 if errors else 200,
        errors=errors,
        every=[(one, mark_of(one.did)) for one in every],
        bound=_bound(room, learner),
    )


def _bound(room: WalletRoom, learner: Learner) -> dict[str, int]:
    """Count the credentials that are bound to each key."""
    counts: dict[str, int] = {}
    for one in room.services.store.holdings.all(learner.id):
        subject = one.findings.subject.partition("#")[0]
        counts[subject] = counts.get(subject, 0) + 1
    return counts


def _sign_in_again() -> str:
    return gettext("Sign in again first: that keeps others from changing your keys.")


def _in_words(error: WalletError) -> str:
    if error.code not in FAULTS:
        return error.message
    return gettext(FAULTS[error.code], most=MOST_DEVICE_KEYS)
