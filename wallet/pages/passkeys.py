"""Passkeys: opening the wallet with one, adding and removing them.

The mailed link stays a way in, so that nobody is shut out who loses a device.
"""

from __future__ import annotations

from flask import Response, request, url_for

from service.pages import FieldError, form_text, gettext, redirect, say
from service.people.words import in_words
from service.sign_in import passkeys
from service.sign_in.errors import SignInError
from service.sign_in.passkeys import PasskeyUser, RelyingParty
from service.sign_in.proving import give_step, given_step, owner_of_passkey
from service.web.limiting import RateLimit, network_of
from service.web.problems import refusal
from wallet.errors import NotInWalletError
from wallet.pages.room import WalletRoom
from wallet.pages.signing_in import begin_session, sign_in_page
from wallet.pages.taking_away import mine_page
from wallet.store import Learner

NAME_CHARACTERS = 60
USE, ADD = "passkey-use", "passkey-add"
"""What a challenge is for; one that was made for something else is not taken."""

ASKED_A_MINUTE, ASKED_AT_ONCE = 20, 20
"""How often one place may ask for a challenge."""


def add_passkeys(room: WalletRoom) -> None:
    """Add the pages, where browsers take the service's address for passkeys."""
    party = room.services.relying_party
    if party is not None:
        services = room.services
        limit = RateLimit(ASKED_A_MINUTE, ASKED_AT_ONCE, lambda: services.now().timestamp())
        _add_use(room, party, limit)
        _add_new(room, party, limit)
        _add_removing(room)


def _add_use(room: WalletRoom, party: RelyingParty, limit: RateLimit) -> None:
    store, now = room.services.store, room.services.now

    @room.pages.post("/sign-in/passkey/ask")
    def ask_passkey() -> Response:
        challenge = passkeys.new_challenge()
        return _asked(room, limit, passkeys.sign_in_options(party, challenge), USE, challenge)

    @room.pages.post("/sign-in/passkey")
    def take_passkey() -> Response:
        try:
            step = store.passkeys.take(USE, given_step(), now())
            owner = owner_of_passkey(store.passkeys, party, step, now())
            session = store.learners.sign_in_as(owner, now())
        except SignInError as error:
            return sign_in_page(room, "", FieldError("email", in_words(error)))
        except NotInWalletError:
            return sign_in_page(room, "", FieldError("email", in_words(passkeys.refused())))
        return begin_session(session)


def _add_new(room: WalletRoom, party: RelyingParty, limit: RateLimit) -> None:
    store, now = room.services.store, room.services.now

    @room.at("/mine/passkeys/ask", method="POST")
    def ask_new_passkey(learner: Learner) -> Response:
        if not room.is_fresh():
            raise refusal(403)
        user = PasskeyUser(learner.id, learner.email, learner.email)
        known = [one.credential_id for one in store.passkeys.passkeys(learner.id)]
        challenge = passkeys.new_challenge()
        options = passkeys.registration_options(party, user, known, challenge)
        return _asked(room, limit, options, ADD, challenge, learner.id)

    @room.at("/mine/passkeys", method="POST")
    def add_passkey(learner: Learner) -> Response:
        if not room.is_fresh():
            return mine_page(room, learner, FieldError("passkeys", _sign_in_again()))
        name = form_text("name", NAME_CHARACTERS) or gettext("Passkey")
        try:
            step = store.passkeys.take(ADD, given_step(), now())
            if step.user_id != learner.id:
                raise passkeys.refused()
            answer = request.form.get("answer", "")
            made = passkeys.registered(party, step.data["challenge"], answer)
            store.passkeys.add_passkey(learner.id, made, name, now())
        except SignInError as error:
            return mine_page(room, learner, FieldError("passkeys", in_words(error)))
        say(gettext("The passkey %(name)s is added. You can sign in with it.", name=name))
        return redirect(url_for("wallet.mine"))


def _add_removing(room: WalletRoom) -> None:
    store, now = room.services.store, room.services.now

    @room.at("/mine/passkeys/<passkey>/remove", method="POST")
    def remove_passkey(learner: Learner, passkey: str) -> Response:
        if not room.is_fresh():
            return mine_page(room, learner, FieldError("passkeys", _sign_in_again()))
        if passkey not in {one.id for one in store.passkeys.passkeys(learner.id)}:
            raise NotInWalletError("There is no such passkey of yours.")
        store.passkeys.forget_passkey(learner.id, passkey, now())
        # It may have been used where its owner no longer is.
        room.end_others(learner)
        say(gettext("The passkey opens nothing any more."))
        return redirect(url_for("wallet.mine"))


def _asked(
    room: WalletRoom,
    limit: RateLimit,
    options: str,
    kind: str,
    challenge: str,
    learner_id: str | None = None,
) -> Response:
    wait = limit.seconds_to_wait(network_of(request.remote_addr or ""))
    if wait:
        raise refusal(429, Retry_After=str(wait))
    kept, data = room.services.store.passkeys, {"challenge": challenge}
    secret = kept.begin(kind, room.services.now(), data, user_id=learner_id)
    return give_step(Response(options, mimetype="application/json"), secret, "/")


def _sign_in_again() -> str:
    return gettext("Sign in again first: that keeps others from changing how you sign in.")
