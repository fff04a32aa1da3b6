"""Passkeys: signing in with one, using one as second step, adding and removing them."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Response, request

from service.errors import NotFoundError
from service.pages import FieldError, form_text, gettext, redirect, say
from service.people.door import Door
from service.people.people import User
from service.people.profile import changing, profile_page
from service.people.sessions import Proof, Session
from service.people.signing_in import sign_in_page, signed_in_as
from service.people.steps import begin_step, require_few_steps, take_step
from service.people.words import in_words
from service.sign_in import passkeys
from service.sign_in.errors import SignInError
from service.sign_in.passkeys import PasskeyUser, RelyingParty
from service.sign_in.proving import owner_of_passkey
from service.web.problems import refusal

NAME_CHARACTERS = 60
USE, SECOND, ADD = "passkey-use", "passkey-second", "passkey-add"
"""What a challenge is for; one that was made for something else is not taken."""


def add_passkeys(door: Door) -> None:
    """Add the pages; without a public address there is only the one that says so."""
    _add_second_step(door)
    if door.ways.relying_party is not None:
        _add_use(door, door.ways.relying_party)
        _add_second(door, door.ways.relying_party)
        _add_new(door, door.ways.relying_party)


def _add_use(door: Door, party: RelyingParty) -> None:
    @door.pages.post("/sign-in/passkey/ask")
    def ask_passkey() -> Response:
        challenge = passkeys.new_challenge()
        return _asked(door, passkeys.sign_in_options(party, challenge), USE, challenge)

    @door.pages.post("/sign-in/passkey")
    def take_passkey() -> Response:
        then = door.safe(form_text("then", 300))
        try:
            user = _who(door, party, USE)
        except SignInError as error:
            return sign_in_page(door, "", then, [FieldError("email", in_words(error))])
        return signed_in_as(door, user, then or door.address("start"), Proof.PASSKEY)


def _add_second_step(door: Door) -> None:
    @door.pages.get("/second-step")
    def second_step() -> Response:
        session = door.session()
        if session is None:
            return redirect(door.address("sign_in"))
        return _second_page(door, session, door.safe(request.args.get("then")))


def _add_second(door: Door, party: RelyingParty) -> None:
    @door.pages.post("/second-step/ask")
    def ask_second() -> Response:
        user = _required_session(door).user
        own = [one.credential_id for one in door.sign_in.passkeys(user.id)]
        challenge = passkeys.new_challenge()
        options = passkeys.sign_in_options(party, challenge, own)
        return _asked(door, options, SECOND, challenge, user)

    @door.pages.post("/second-step")
    def take_second() -> Response:
        session, then = _required_session(door), door.safe(form_text("then", 300))
        try:
            _who(door, party, SECOND, session.user)
        except SignInError as error:
            return _second_page(door, session, then, [FieldError("passkey", in_words(error))])
        address = then or door.address("start")
        return signed_in_as(door, session.user, address, *session.proved, Proof.PASSKEY)


def _add_new(door: Door, party: RelyingParty) -> None:
    @door.pages.post("/you/passkeys/ask")
    def ask_new_passkey() -> Response:
        session = _required_session(door)
        if changing(door, session) is not None:
            raise refusal(403)
        user = PasskeyUser(session.user.id, session.user.email, session.user.name)
        known = [one.credential_id for one in door.sign_in.passkeys(user.id)]
        challenge = passkeys.new_challenge()
        options = passkeys.registration_options(party, user, known, challenge)
        return _asked(door, options, ADD, challenge, session.user)

    @door.pages.post("/you/passkeys")
    def add_passkey() -> Response:
        session = _required_session(door)
        elsewhere = changing(door, session)
        return elsewhere or _added(door, party, session)

    @door.pages.post("/you/passkeys/<passkey>/remove")
    def remove_passkey(passkey: str) -> Response:
        session = _required_session(door)
        elsewhere = changing(door, session)
        if elsewhere is not None:
            return elsewhere
        try:
            door.sign_in.remove_passkey(session.user.id, passkey, door.now(), door.ways.usable)
        except SignInError as error:
            return profile_page(door, session, [FieldError("passkeys", in_words(error))])
        say(gettext("The passkey opens nothing any more."))
        return redirect(door.address("you"))


def _added(door: Door, party: RelyingParty, session: Session) -> Response:
    """Keep the passkey that a browser made; somebody's first one counts as used."""
    user = session.user
    is_first = not door.sign_in.passkeys(user.id)
    name = form_text("name", NAME_CHARACTERS) or gettext("Passkey")
    try:
        step = take_step(door, ADD)
        if step.user_id != user.id:
            raise passkeys.refused()
        made = passkeys.registered(party, step.data["challenge"], request.form.get("answer", ""))
        door.sign_in.add_passkey(user.id, made, name, door.now())
    except SignInError as error:
        return profile_page(door, session, [FieldError("passkeys", in_words(error))])
    say(gettext("The passkey %(name)s is added. You can sign in with it.", name=name))
    if not is_first or session.has_passkey:
        return redirect(door.address("you"))
    return signed_in_as(door, user, door.address("you"), *session.proved, Proof.PASSKEY)


def _who(door: Door, party: RelyingParty, kind: str, expected: User | None = None) -> User:
    """Find whose passkey a browser used, who may sign in; raise `SignInError`."""
    step = take_step(door, kind)
    user_id = owner_of_passkey(
        door.sign_in,
        party,
        step,
        door.now(),
        expected=None if expected is None else expected.id,
    )
    return _may_sign_in(door, user_id)


def _may_sign_in(door: Door, user_id: str) -> User:
    try:
        user = door.people.get(user_id)
    except NotFoundError as error:
        raise passkeys.refused() from error
    if user.disabled_at is not None:
        raise passkeys.refused()
    return user


def _asked(
    door: Door, options: str, kind: str, challenge: str, user: User | None = None
) -> Response:
    try:
        require_few_steps(door)
    except SignInError as error:
        raise refusal(429) from error
    answer = Response(options, mimetype="application/json")
    user_id = None if user is None else user.id
    return begin_step(door, answer, kind, {"challenge": challenge}, user_id)


def _required_session(door: Door) -> Session:
    session = door.session()
    if session is None:
        raise refusal(401)
    return session


def _second_page(
    door: Door, session: Session, then: str, errors: Sequence[FieldError] = ()
) -> Response:
    own = door.sign_in.passkeys(session.user.id)
    return door.show(
        "second_step",
        status=422 if errors else 200,
        errors=errors,
        then=then,
        user=session.user,
        has_own=any(one.suspected_at is None for one in own),
        has_passkeys=door.ways.relying_party is not None,
    )
