"""Signing in and out, and setting a password by a link."""

from __future__ import annotations

import re
from collections.abc import Sequence

from flask import Response, request, url_for

from issuer.console.room import COOKIE, PREFIX, Console
from issuer.store import User
from issuer.store.sessions import SESSION_LIFE, Proof
from service.pages import FieldError, form_text, gettext, page_response, redirect, say
from service.pages.new_passwords import password_errors
from service.sign_in.passwords import MOST_CHARACTERS
from service.sign_in.trying import Try, who
from service.web.limiting import network_of

OWN_PAGE = re.compile(rf"{PREFIX}/(?:you|at/[a-z0-9-]+(?:/[A-Za-z0-9_-]+)*/?)")
"""Where signing in may lead to: a page of ours, whatever a link says."""


def add_signing_in(console: Console) -> None:
    """Add the pages."""
    _add_start(console)
    _add_sign_in(console)
    _add_passwords(console)


def _add_start(console: Console) -> None:
    pages, services = console.pages, console.services

    @pages.get("/")
    def start() -> Response:
        """Lead to the institution of whoever is signed in, or to the list of theirs."""
        user = console.signed_in()
        if user is None:
            return redirect(url_for("console.sign_in"))
        own = services.store.tenants.of_user(user.id)
        if len(own) == 1:
            return redirect(url_for("console.dashboard", institution=own[0][0].name))
        return redirect(url_for("console.institutions"))


def _add_sign_in(console: Console) -> None:
    pages, services = console.pages, console.services

    @pages.get("/sign-in")
    def sign_in() -> Response:
        if not services.store.users.has_any():
            return page_response("console/not_set_up.html")
        return sign_in_page(console, "", own_page(request.args.get("then")))

    @pages.post("/sign-in")
    def take_sign_in() -> Response:
        email, then = form_text("email", 254).lower(), own_page(form_text("then", 300))
        user = _who(console, email, request.form.get("password", "")[:MOST_CHARACTERS])
        if user is None:
            text = gettext(
                "Address and password do not belong together, or there were too many tries. "
                "After too many tries wait for a quarter of an hour."
            )
            return sign_in_page(console, email, then, [FieldError("email", text)])
        return signed_in_as(console, user, then or url_for("console.start"), Proof.PASSWORD)

    @pages.post("/sign-out")
    def sign_out() -> Response:
        secret = request.cookies.get(COOKIE)
        if secret:
            services.store.sessions.end(secret)
        response = redirect(url_for("console.sign_in"))
        response.delete_cookie(COOKIE, path=PREFIX, httponly=True, samesite="Lax")
        return response


def _add_passwords(console: Console) -> None:
    pages, services = console.pages, console.services

    @pages.get("/setup/<secret>")
    def new_password(secret: str) -> Response:
        user = services.store.users.user_of_setup_link(secret, services.now())
        return _password_page(console, user, [])

    @pages.post("/setup/<secret>")
    def take_password(secret: str) -> Response:
        user = services.store.users.user_of_setup_link(secret, services.now())
        errors = password_errors(user.email, user.name)
        if errors:
            return _password_page(console, user, errors)
        hashed = services.passwords.hash(request.form["password"])
        user = services.store.users.use_setup_link(secret, hashed, services.now())
        say(gettext("Your password is set."))
        return signed_in_as(console, user, url_for("console.start"), Proof.LINK)


def _who(console: Console, email: str, password: str) -> User | None:
    """Find whom an address and a password belong to; every try is counted before it is made."""
    store, at = console.services.store, console.services.now()
    tried = Try(email, password, network_of(request.remote_addr or ""))
    return who(tried, store.users.with_email, store.sessions, console.services.passwords, at)


def sign_in_page(
    console: Console, email: str, then: str, errors: Sequence[FieldError] = ()
) -> Response:
    """Show the page where one signs in, with all that this installation takes."""
    return page_response(
        "console/sign_in.html",
        status=422 if errors else 200,
        errors=errors,
        email=email,
        then=then,
        has_passkeys=console.services.relying_party is not None,
        providers=[client.provider for client in console.services.providers.values()],
    )


def signed_in_as(console: Console, user: User, address: str, *proved: Proof) -> Response:
    """Begin a session, always with a new secret, and lead to a page."""
    secret = console.services.store.sessions.begin(
        user,
        console.services.now(),
        proved=proved,
        agent=request.headers.get("User-Agent", ""),
        instead_of=request.cookies.get(COOKIE),
    )
    response = redirect(address)
    response.set_cookie(
        COOKIE,
        secret,
        path=PREFIX,
        max_age=int(SESSION_LIFE.total_seconds()),
        secure=request.is_secure,
        httponly=True,
        samesite="Lax",
    )
    return response


def _password_page(console: Console, user: User, errors: Sequence[FieldError]) -> Response:
    kept = console.services.store.sign_in
    return page_response(
        "console/password.html",
        status=422 if errors else 200,
        errors=errors,
        user=user,
        has_others=bool(kept.passkeys(user.id) or kept.accounts(user.id)),
    )


def own_page(address: str | None) -> str:
    """Take an address to go on to, if it is one of our pages; nothing otherwise."""
    return address if address and OWN_PAGE.fullmatch(address) else ""
