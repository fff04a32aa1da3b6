"""How somebody signs in: password, passkeys, linked accounts, and where they are signed in."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Response, request

from service.pages import FieldError, gettext, redirect, say
from service.people.acts import Act
from service.people.door import Door
from service.people.sessions import Session
from service.people.signing_in import password_errors, signed_in_as
from service.people.words import in_words
from service.sign_in.errors import SignInError


def add_profile(door: Door) -> None:
    """Add the pages."""
    _add_page(door)
    _add_password(door)
    _add_sessions(door)


def _add_page(door: Door) -> None:
    @door.pages.get("/you")
    def you() -> Response:
        session = door.session()
        return door.to_sign_in() if session is None else profile_page(door, session)


def _add_password(door: Door) -> None:
    pages = door.pages

    @pages.post("/you/password")
    def change_password() -> Response:
        session = door.session()
        elsewhere = changing(door, session)
        if session is None or elsewhere is not None:
            return elsewhere or door.to_sign_in()
        errors = password_errors(session.user.email, session.user.name)
        if errors:
            return profile_page(door, session, errors)
        hashed = door.ways.passwords.hash(request.form["password"])
        act = Act(f"user:{session.user.id}", door.now())
        user = door.people.set_password_hash(act, session.user.id, hashed)
        say(gettext("Your password is set. Other devices have to sign in again."))
        return signed_in_as(door, user, door.address("you"), *session.proved)

    @pages.post("/you/password/remove")
    def remove_password() -> Response:
        session = door.session()
        elsewhere = changing(door, session)
        if session is None or elsewhere is not None:
            return elsewhere or door.to_sign_in()
        try:
            door.sign_in.remove_password(session.user.id, door.now(), door.ways.usable)
        except SignInError as error:
            return profile_page(door, session, [FieldError("password", in_words(error))])
        say(gettext("Nobody can sign in with your password any more."))
        return redirect(door.address("you"))


def _add_sessions(door: Door) -> None:
    pages = door.pages

    @pages.post("/you/sessions/<session_id>/end")
    def end_session(session_id: str) -> Response:
        session = door.session()
        if session is None:
            return door.to_sign_in()
        door.sessions.end_one(session.user.id, session_id)
        say(gettext("That device has to sign in again."))
        return redirect(door.address("you"))

    @pages.post("/you/sessions/end")
    def end_sessions() -> Response:
        session = door.session()
        if session is None:
            return door.to_sign_in()
        act = Act(f"user:{session.user.id}", door.now())
        user = door.people.end_sessions(act, session.user.id)
        say(gettext("Every other device has to sign in again."))
        you, began_at = door.address("you"), session.began_at
        return signed_in_as(door, user, you, *session.proved, began_at=began_at)


def changing(door: Door, session: Session | None) -> Response | None:
    """Lead elsewhere who may not change how they sign in just now; None lets them.

    Obligations: 1. somebody is signed in; 2. and signed in a short while ago, so that a device
    that was left open gives nothing away for good; 3. who works for an institution that asks for a
    passkey, and has one, used it: a password alone must not add another one.
    """
    # 1.
    if session is None:
        return door.to_sign_in()
    # 2.
    if not session.is_fresh(door.now()):
        say(gettext("Sign in again first: that keeps others from changing how you sign in."))
        return redirect(door.address("sign_in", then=door.address("you")))
    # 3.
    user = session.user
    own = [one for one in door.sign_in.passkeys(user.id) if one.suspected_at is None]
    if own and door.asks_for_passkey(user) and not session.has_passkey:
        return redirect(door.address("second_step", then=door.address("you")))
    return None


def profile_page(door: Door, session: Session, errors: Sequence[FieldError] = ()) -> Response:
    """Show how somebody signs in."""
    user = session.user
    linked = door.sign_in.accounts(user.id)
    clients = door.ways.providers.values()
    return door.show(
        "you",
        status=422 if errors else 200,
        errors=errors,
        user=user,
        session=session,
        has_passkeys=door.ways.relying_party is not None,
        passkeys=door.sign_in.passkeys(user.id),
        accounts=linked,
        titles={client.provider.issuer: client.provider.title for client in clients},
        providers=[client.provider for client in clients],
        sessions=door.sessions.of(user.id, door.now()),
    )
