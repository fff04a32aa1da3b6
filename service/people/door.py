"""The door of a room: whom it lets in by what, and who of them is here.

A room whose pages ask for somebody makes one `Door` and adds the pages of `service.people` to its
own; their addresses begin as its own do.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flask import Response, request, url_for

from service.pages import Pages, page_response, redirect
from service.people.people import People, User
from service.people.sessions import Session, Sessions
from service.people.shown import device_text
from service.sign_in.keeping import SignInMethods
from service.sign_in.openid import OpenIdClient
from service.sign_in.passkeys import RelyingParty
from service.sign_in.passwords import Passwords
from service.web.problems import refusal

PACKAGE = "service.people"
"""Whose templates, words and style a room with a door uses beside its own (`Pages.uses`)."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept of the people of a room."""

    people: People
    sessions: Sessions
    sign_in: SignInMethods


@dataclass(frozen=True, slots=True)
class Ways:
    """By what a room lets people in.

    Without `relying_party` there are no passkeys; `providers` are where people may sign in with an
    account of theirs, by name.
    """

    passwords: Passwords = field(default_factory=Passwords)
    relying_party: RelyingParty | None = None
    providers: Mapping[str, OpenIdClient] = field(default_factory=dict)

    @property
    def usable(self) -> frozenset[str]:
        """What can be signed in with besides a password: "passkey", and issuers of accounts."""
        issuers = {client.provider.issuer for client in self.providers.values()}
        return frozenset(issuers | ({"passkey"} if self.relying_party else set()))


@dataclass(frozen=True)
class Door:
    """Whom a room lets in.

    `pages` are the room's, with an endpoint `start`; `cookie` holds the secret of a session and
    goes to this room only; `own_page` says where signing in may lead to, whatever a link says;
    `asks_for_passkey` tells whom a passkey is asked of; `home` is the endpoint and the text of the
    way back from the page about oneself; `not_set_up` is shown while there is nobody.
    """

    pages: Pages
    kept: Kept
    ways: Ways
    now: Callable[[], datetime]
    cookie: str
    own_page: re.Pattern[str]
    asks_for_passkey: Callable[[User], bool]
    home: tuple[str, str]
    not_set_up: str = "people/not_set_up.html"

    @property
    def people(self) -> People:
        """The people."""
        return self.kept.people

    @property
    def sessions(self) -> Sessions:
        """Their sessions."""
        return self.kept.sessions

    @property
    def sign_in(self) -> SignInMethods:
        """What they sign in with besides a password."""
        return self.kept.sign_in

    @property
    def prefix(self) -> str:
        """How the addresses of the room begin; cookies go nowhere else."""
        return self.pages.url_prefix or "/"

    def address(self, endpoint: str, **values: Any) -> str:
        """Give the address of a page of the room."""
        return url_for(f"{self.pages.name}.{endpoint}", **values)

    def session(self) -> Session | None:
        """Find the session of this browser."""
        secret = request.cookies.get(self.cookie)
        return self.sessions.find(secret, self.now()) if secret else None

    def signed_in(self) -> User | None:
        """Tell who is signed in."""
        session = self.session()
        return None if session is None else session.user

    def to_sign_in(self) -> Response:
        """Lead to the page where one signs in, and from there back to this page."""
        if request.method != "GET":
            raise refusal(401)
        return redirect(self.address("sign_in", then=request.path))

    def safe(self, address: str | None) -> str:
        """Take an address to go on to, if it is one of our pages; nothing otherwise."""
        return address if address and self.own_page.fullmatch(address) else ""

    def show(self, template: str, **values: Any) -> Response:
        """Answer with a page about signing in."""
        shared: dict[str, Any] = {"door": self, "device_text": device_text}
        return page_response(f"people/{template}.html", **shared, **values)
