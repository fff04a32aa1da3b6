"""Signing in and out, and setting a password by a link."""

from __future__ import annotations

import re
from collections.abc import Sequence

from flask import Response, request, url_for

from recognition.desk.access import Person
from recognition.desk.room import COOKIE, PREFIX, DeskRoom
from service.pages import FieldError, form_text, gettext, page_response, redirect, say
from service.pages.new_passwords import password_errors
from service.sign_in.passwords import MOST_CHARACTERS
from service.sign_in.sessions import SESSION_LIFE, Proof
from service.sign_in.trying import Try, who
from service.web.limiting import network_of

OWN_PAGE = re.compile(rf"{PREFIX}(?:/[A-Za-z0-9_-]+)*/?")
"""Where signing in may lead to: a page of ours, whatever a link says."""

EMAIL_CHARACTERS = 254


def add_signing_in(room: DeskRoom) -> None:
    """Add the pages."""
    _add_sign_in(room)
    _add_passwords(room)


def _add_sign_in(room: DeskRoom) -> None:
    pages, services = room.pages, room.services

    @pages.get(f"{PREFIX}/sign-in")
    def sign_in() -> Response:
        if not services.store.people.has_any():
            return page_response("desk/not_set_up.html")
        return _sign_in_page("", _own_page(request.args.get("then")))

    @pages.post(f"{PREFIX}/sign-in")
    def take_sign_in() -> Response:
        email, then = form_text("email", EMAIL_CHARACTERS).lower(), _own_page(form_text("then"))
        person = _who(room, email, request.form.get("password", "")[:MOST_CHARACTERS])
        if person is None:
            text = gettext(
                "Address and password do not belong together, or there were too many tries. "
                "After too many tries wait for a quarter of an hour."
            )
            return _sign_in_page(email, then, [FieldError("email", text)])
        return _signed_in_as(room, person, then or url_for("desk.start"), Proof.PASSWORD)

    @pages.post(f"{PREFIX}/sign-out")
    def sign_out() -> Response:
        secret = request.cookies.get(COOKIE)
        if secret:
            services.store.sessions.end(secret)
        response = redirect(url_for("desk.sign_in"))
        response.delete_cookie(COOKIE, path=PREFIX, httponly=True, samesite="Lax")
        return response


def _add_passwords(room: DeskRoom) -> None:
    pages, services = room.pages, room.services

    @pages.get(f"{PREFIX}/setup/<secret>")
    def new_password(secret: str) -> Response:
        person = services.store.people.of_setup_link(secret, services.now())
        return _password_page(person, [])

    @pages.post(f"{PREFIX}/setup/<secret>")
    def take_password(secret: str) -> Response:
        people = services.store.people
        person = people.of_setup_link(secret, services.now())
        errors = password_errors(person.email, person.name)
        if errors:
            return _password_page(person, errors)
        hashed = services.passwords.hash(request.form["password"])
        person = people.use_setup_link(secret, hashed, services.now())
        say(gettext("Your password is set."))
        return _signed_in_as(room, person, url_for("desk.start"), Proof.LINK)


def _who(room: DeskRoom, email: str, password: str) -> Person | None:
    store, at = room.services.store, room.services.now()
    tried = Try(email, password, network_of(request.remote_addr or ""))
    return who(tried, store.people.with_email, store.sessions, room.services.passwords, at)


def _sign_in_page(email: str, then: str, errors: Sequence[FieldError] = ()) -> Response:
    status = 422 if errors else 200
    return page_response("desk/sign_in.html", status=status, errors=errors, email=email, then=then)


def _password_page(person: Person, errors: Sequence[FieldError]) -> Response:
    status = 422 if errors else 200
    return page_response("desk/password.html", status=status, errors=errors, person=person)


def _signed_in_as(room: DeskRoom, person: Person, address: str, *proved: Proof) -> Response:
    """Begin a session, always with a new secret, and lead to a page."""
    secret = room.services.store.sessions.begin(
        person,
        room.services.now(),
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


def _own_page(address: str | None) -> str:
    """Take an address to go on to, if it is one of our pages; nothing otherwise."""
    return address if address and OWN_PAGE.fullmatch(address) else ""
