"""How somebody signs in: password, passkeys, linked accounts, and where they are signed in."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Response, request, url_for

from issuer.console.room import Console, asks_for_passkey
from issuer.console.signing_in import signed_in_as
from issuer.console.words import in_words
from issuer.store import Act
from issuer.store.sessions import Session
from service.pages import FieldError, gettext, page_response, redirect, say
from service.pages.new_passwords import password_errors
from service.sign_in.errors import SignInError


def add_profile(console: Console) -> None:
    """Add the pages."""
    _add_page(console)
    _add_password(console)
    _add_sessions(console)


def _add_page(console: Console) -> None:
    @console.pages.get("/you")
    def you() -> Response:
        session = console.session()
        return console.to_sign_in() if session is None else profile_page(console, session)


def _add_password(console: Console) -> None:
    pages, services = console.pages, console.services

    @pages.post("/you/password")
    def change_password() -> Response:
        session = console.session()
        elsewhere = changing(console, session)
        if session is None or elsewhere is not None:
            return elsewhere or console.to_sign_in()
        errors = password_errors(session.user.email, session.user.name)
        if errors:
            return profile_page(console, session, errors)
        hashed = services.passwords.hash(request.form["password"])
        act = Act("", f"user:{session.user.id}", services.now())
        user = services.store.users.set_password_hash(act, session.user.id, hashed)
        say(gettext("Your password is set. Other devices have to sign in again."))
        return signed_in_as(console, user, url_for("console.you"), *session.proved)

    @pages.post("/you/password/remove")
    def remove_password() -> Response:
        session = console.session()
        elsewhere = changing(console, session)
        if session is None or elsewhere is not None:
            return elsewhere or console.to_sign_in()
        try:
            services.store.sign_in.remove_password(session.user.id, services.now(), services.ways)
        except SignInError as error:
            return profile_page(console, session, [FieldError("password", in_words(error))])
        say(gettext("Nobody can sign in with your password any more."))
        return redirect(url_for("console.you"))


def _add_sessions(console: Console) -> None:
    pages, services = console.pages, console.services

    @pages.post("/you/sessions/<session_id>/end")
    def end_session(session_id: str) -> Response:
        session = console.session()
        if session is None:
            return console.to_sign_in()
        services.store.sessions.end_one(session.user.id, session_id)
        say(gettext("That device has to sign in again."))
        return redirect(url_for("console.you"))

    @pages.post("/you/sessions/end")
    def end_sessions() -> Response:
        session = console.session()
        if session is None:
            return console.to_sign_in()
        act = Act("", f"user:{session.user.id}", services.now())
        user = services.store.users.end_sessions(act, session.user.id)
        say(gettext("Every other device has to sign in again."))
        return signed_in_as(console, user, url_for("console.you"), *session.proved)


def changing(console: Console, session: Session | None) -> Response | None:
    """Lead elsewhere who may not change how they sign in just now; None lets them.

    Obligations: 1. somebody is signed in; 2. and signed in a short while ago, so that a device
    that was left open gives nothing away for good; 3. who works for an institution that asks for a
    passkey, and has one, used it: a password alone must not add another one.
    """
    # 1.
    if session is None:
        return console.to_sign_in()
    # 2.
    if not session.is_fresh(console.services.now()):
        say(gettext("Sign in again first: that keeps others from changing how you sign in."))
        return redirect(url_for("console.sign_in", then=url_for("console.you")))
    # 3.
    store, user = console.services.store, session.user
    own = [one for one in store.sign_in.passkeys(user.id) if one.suspected_at is None]
    asked = any(asks_for_passkey(tenant) for tenant, _roles in store.tenants.of_user(user.id))
    if own and asked and not session.has_passkey:
        return redirect(url_for("console.second_step", then=url_for("console.you")))
    return None


def profile_page(console: Console, session: Session, errors: Sequence[FieldError] = ()) -> Response:
    """Show how somebody signs in."""
    services, user = console.services, session.user
    linked = services.store.sign_in.accounts(user.id)
    clients = services.providers.values()
    return page_response(
        "console/you.html",
        status=422 if errors else 200,
        errors=errors,
        user=user,
        session=session,
        has_passkeys=services.relying_party is not None,
        passkeys=services.store.sign_in.passkeys(user.id),
        accounts=linked,
        titles={client.provider.issuer: client.provider.title for client in clients},
        providers=[client.provider for client in clients],
        sessions=services.store.sessions.of(user.id, services.now()),
        own=services.store.tenants.of_user(user.id),
    )
