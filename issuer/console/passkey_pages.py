"""Passkeys: signing in with one, using one as second step, adding and removing them."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Response, request, url_for

from issuer.console.profile import changing, profile_page
from issuer.console.room import Console
from issuer.console.signing_in import own_page, sign_in_page, signed_in_as
from issuer.console.steps import begin_step, require_few_steps, take_step
from issuer.console.words import in_words
from issuer.store import NotFoundError, User
from issuer.store.sessions import Proof, Session
from service.pages import FieldError, form_text, gettext, page_response, redirect, say
from service.sign_in import passkeys
from service.sign_in.errors import SignInError
from service.sign_in.passkeys import PasskeyUser, RelyingParty
from service.web.problems import refusal

NAME_CHARACTERS = 60
USE, SECOND, ADD = "passkey-use", "passkey-second", "passkey-add"
"""What a challenge is for; one that was made for something else is not taken."""


def add_passkeys(console: Console) -> None:
    """Add the pages; without a public address there is only the one that says so."""
    _add_second_step(console)
    if console.services.relying_party is not None:
        _add_use(console, console.services.relying_party)
        _add_second(console, console.services.relying_party)
        _add_new(console, console.services.relying_party)


def _add_use(console: Console, party: RelyingParty) -> None:
    @console.pages.post("/sign-in/passkey/ask")
    def ask_passkey() -> Response:
        challenge = passkeys.new_challenge()
        return _asked(console, passkeys.sign_in_options(party, challenge), USE, challenge)

    @console.pages.post("/sign-in/passkey")
    def take_passkey() -> Response:
        then = own_page(form_text("then", 300))
        try:
            user = _who(console, party, USE)
        except SignInError as error:
            return sign_in_page(console, "", then, [FieldError("email", in_words(error))])
        return signed_in_as(console, user, then or url_for("console.start"), Proof.PASSKEY)


def _add_second_step(console: Console) -> None:
    @console.pages.get("/second-step")
    def second_step() -> Response:
        session = console.session()
        if session is None:
            return redirect(url_for("console.sign_in"))
        return _second_page(console, session, own_page(request.args.get("then")))


def _add_second(console: Console, party: RelyingParty) -> None:
    store = console.services.store

    @console.pages.post("/second-step/ask")
    def ask_second() -> Response:
        user = _required_session(console).user
        own = [one.credential_id for one in store.sign_in.passkeys(user.id)]
        challenge = passkeys.new_challenge()
        options = passkeys.sign_in_options(party, challenge, own)
        return _asked(console, options, SECOND, challenge, user)

    @console.pages.post("/second-step")
    def take_second() -> Response:
        session, then = _required_session(console), own_page(form_text("then", 300))
        try:
            _who(console, party, SECOND, session.user)
        except SignInError as error:
            return _second_page(console, session, then, [FieldError("passkey", in_words(error))])
        address = then or url_for("console.start")
        return signed_in_as(console, session.user, address, *session.proved, Proof.PASSKEY)


def _add_new(console: Console, party: RelyingParty) -> None:
    services = console.services

    @console.pages.post("/you/passkeys/ask")
    def ask_new_passkey() -> Response:
        session = _required_session(console)
        if changing(console, session) is not None:
            raise refusal(403)
        user = PasskeyUser(session.user.id, session.user.email, session.user.name)
        known = [one.credential_id for one in services.store.sign_in.passkeys(user.id)]
        challenge = passkeys.new_challenge()
        options = passkeys.registration_options(party, user, known, challenge)
        return _asked(console, options, ADD, challenge, session.user)

    @console.pages.post("/you/passkeys")
    def add_passkey() -> Response:
        session = _required_session(console)
        elsewhere = changing(console, session)
        return elsewhere or _added(console, party, session)

    @console.pages.post("/you/passkeys/<passkey>/remove")
    def remove_passkey(passkey: str) -> Response:
        session = _required_session(console)
        elsewhere = changing(console, session)
        if elsewhere is not None:
            return elsewhere
        try:
            services.store.sign_in.remove_passkey(
                session.user.id, passkey, services.now(), services.ways
            )
        except SignInError as error:
            return profile_page(console, session, [FieldError("passkeys", in_words(error))])
        say(gettext("The passkey opens nothing any more."))
        return redirect(url_for("console.you"))


def _added(console: Console, party: RelyingParty, session: Session) -> Response:
    """Keep the passkey that a browser made; somebody's first one counts as used."""
    services, user = console.services, session.user
    is_first = not services.store.sign_in.passkeys(user.id)
    name = form_text("name", NAME_CHARACTERS) or gettext("Passkey")
    try:
        step = take_step(console, ADD)
        if step.user_id != user.id:
            raise passkeys.refused()
        made = passkeys.registered(party, step.data["challenge"], request.form.get("answer", ""))
        services.store.sign_in.add_passkey(user.id, made, name, services.now())
    except SignInError as error:
        return profile_page(console, session, [FieldError("passkeys", in_words(error))])
    say(gettext("The passkey %(name)s is added. You can sign in with it.", name=name))
    if not is_first or session.has_passkey:
        return redirect(url_for("console.you"))
    return signed_in_as(console, user, url_for("console.you"), *session.proved, Proof.PASSKEY)


def _who(console: Console, party: RelyingParty, kind: str, expected: User | None = None) -> User:
    """Find whose passkey a browser used.

    Obligations: 1. the challenge is one that this browser was given for this, and is used up; 2.
    the passkey is known, and of whom the browser says, and of whoever is signed in; 3. the answer
    holds; 4. the passkey was not copied; 5. whoever it is may sign in.

    Raises `SignInError`.
    """
    services, answer = console.services, request.form.get("answer", "")
    # 1.
    step = take_step(console, kind)
    # 2.
    claim = passkeys.claimed(answer)
    known = services.store.sign_in.passkey(claim.credential_id)
    if known is None or claim.user_id not in (known.user_id, None):
        raise passkeys.refused()
    if step.user_id != (None if expected is None else expected.id):
        raise passkeys.refused()
    if expected is not None and known.user_id != expected.id:
        raise passkeys.refused()
    # 3.
    count = passkeys.authenticated(party, step.data["challenge"], answer, known.public_key)
    # 4.
    services.store.sign_in.used_passkey(known, count, services.now())
    # 5.
    return _may_sign_in(console, known.user_id)


def _may_sign_in(console: Console, user_id: str) -> User:
    try:
        user = console.services.store.users.get(user_id)
    except NotFoundError as error:
        raise passkeys.refused() from error
    if user.disabled_at is not None:
        raise passkeys.refused()
    return user


def _asked(
    console: Console, options: str, kind: str, challenge: str, user: User | None = None
) -> Response:
    try:
        require_few_steps(console)
    except SignInError as error:
        raise refusal(429) from error
    answer = Response(options, mimetype="application/json")
    user_id = None if user is None else user.id
    return begin_step(console, answer, kind, {"challenge": challenge}, user_id)


def _required_session(console: Console) -> Session:
    session = console.session()
    if session is None:
        raise refusal(401)
    return session


def _second_page(
    console: Console, session: Session, then: str, errors: Sequence[FieldError] = ()
) -> Response:
    own = console.services.store.sign_in.passkeys(session.user.id)
    return page_response(
        "console/second_step.html",
        status=422 if errors else 200,
        errors=errors,
        then=then,
        user=session.user,
        has_own=any(one.suspected_at is None for one in own),
        has_passkeys=console.services.relying_party is not None,
    )
