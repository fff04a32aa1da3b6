"""Signing in and out, and setting a password by a link."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Response, request

from service.pages import N_, FieldError, form_text, gettext, page_response, redirect, say
from service.people.door import Door
from service.people.people import User
from service.people.sessions import SESSION_LIFE, Limit, Proof
from service.sign_in.passwords import LEAST_CHARACTERS, MOST_CHARACTERS, fault_of
from service.web.limiting import network_of

ACCOUNT_TRIES = 50
"""Wrong passwords for one account within a quarter of an hour, from everywhere."""

ACCOUNT_TRIES_FROM_ONE_ADDRESS = 10
ADDRESS_TRIES = 100
"""Wrong passwords from one address within a quarter of an hour, for all accounts."""

PASSWORD_FAULTS = {
    "short": N_("A password has at least %(least)s characters. A few words in a row are good."),
    "long": N_("A password has at most %(most)s characters."),
    "plain": N_("This password is one key held down. Choose another one."),
    "known": N_("This password contains your address or the name of your institution."),
}


def add_signing_in(door: Door) -> None:
    """Add the pages."""
    _add_sign_in(door)
    _add_passwords(door)


def _add_sign_in(door: Door) -> None:
    pages = door.pages

    @pages.get("/sign-in")
    def sign_in() -> Response:
        if not door.people.has_any():
            return page_response(door.not_set_up)
        return sign_in_page(door, "", door.safe(request.args.get("then")))

    @pages.post("/sign-in")
    def take_sign_in() -> Response:
        email, then = form_text("email", 254).lower(), door.safe(form_text("then", 300))
        user = _who(door, email, request.form.get("password", "")[:MOST_CHARACTERS])
        if user is None:
            text = gettext(
                "Address and password do not belong together, or there were too many tries. "
                "After too many tries wait for a quarter of an hour."
            )
            return sign_in_page(door, email, then, [FieldError("email", text)])
        return signed_in_as(door, user, then or door.address("start"), Proof.PASSWORD)

    @pages.post("/sign-out")
    def sign_out() -> Response:
        secret = request.cookies.get(door.cookie)
        if secret:
            door.sessions.end(secret)
        response = redirect(door.address("sign_in"))
        response.delete_cookie(door.cookie, path=door.prefix, httponly=True, samesite="Lax")
        return response


def _add_passwords(door: Door) -> None:
    pages = door.pages

    @pages.get("/setup/<secret>")
    def new_password(secret: str) -> Response:
        user = door.people.user_of_setup_link(secret, door.now())
        return _password_page(door, user, [])

    @pages.post("/setup/<secret>")
    def take_password(secret: str) -> Response:
        user = door.people.user_of_setup_link(secret, door.now())
        errors = password_errors(user.email, user.name)
        if errors:
            return _password_page(door, user, errors)
        hashed = door.ways.passwords.hash(request.form["password"])
        user = door.people.use_setup_link(secret, hashed, door.now())
        say(gettext("Your password is set."))
        return signed_in_as(door, user, door.address("start"), Proof.LINK)


def _who(door: Door, email: str, password: str) -> User | None:
    """Find whom an address and a password belong to; every try is counted before it is made."""
    at = door.now()
    source = network_of(request.remote_addr or "")
    own = (
        Limit(f"{email} {source}", ACCOUNT_TRIES_FROM_ONE_ADDRESS),
        Limit(f"account {email}", ACCOUNT_TRIES),
    )
    limits = (own[0], Limit(f"address {source}", ADDRESS_TRIES), own[1])
    may_try = door.sessions.may_try(limits, at)
    user = door.people.with_email(email)
    known = None if user is None or user.disabled_at is not None else user.password_hash
    # Whether there is such an account, or too many tries were made, is not to be told by time.
    is_right = door.ways.passwords.is_right(known, password)
    if not may_try or not is_right:
        return None
    door.sessions.forget_tries(own)
    return user


def sign_in_page(door: Door, email: str, then: str, errors: Sequence[FieldError] = ()) -> Response:
    """Show the page where one signs in, with all that this installation takes."""
    return door.show(
        "sign_in",
        status=422 if errors else 200,
        errors=errors,
        email=email,
        then=then,
        has_passkeys=door.ways.relying_party is not None,
        providers=[client.provider for client in door.ways.providers.values()],
    )


def signed_in_as(
    door: Door, user: User, address: str, *proved: Proof, began_at: str | None = None
) -> Response:
    """Begin a session, always with a new secret, and lead to a page.

    `began_at` is when the session began that goes on so.
    """
    secret = door.sessions.begin(
        user,
        door.now(),
        proved=proved,
        agent=request.headers.get("User-Agent", ""),
        instead_of=request.cookies.get(door.cookie),
        began_at=began_at,
    )
    response = redirect(address)
    response.set_cookie(
        door.cookie,
        secret,
        path=door.prefix,
        max_age=int(SESSION_LIFE.total_seconds()),
        secure=request.is_secure,
        httponly=True,
        samesite="Lax",
    )
    return response


def _password_page(door: Door, user: User, errors: Sequence[FieldError]) -> Response:
    kept = door.sign_in
    return door.show(
        "password",
        status=422 if errors else 200,
        errors=errors,
        user=user,
        has_others=bool(kept.passkeys(user.id) or kept.accounts(user.id)),
    )


def password_errors(*others: str) -> list[FieldError]:
    """Name what is wrong with the new password of a form."""
    found = fault_of(request.form.get("password", ""), *others)
    if found is None:
        return []
    text = gettext(PASSWORD_FAULTS[found], least=LEAST_CHARACTERS, most=MOST_CHARACTERS)
    return [FieldError("password", text)]
