"""A desk with a small register and people of every role, on a database of its own."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime

from argon2 import PasswordHasher
from flask.testing import FlaskClient
from flask_openapi3.openapi import OpenAPI

from authority.desk import DeskServices, desk_of
from authority.drafting import take_over
from authority.newest import Newest
from authority.store import AuthorityStore, HandedIn
from credentials.json_types import JsonObject
from service import open_database
from service.people import Act, OfficeRoom, User, Ways
from service.sign_in.passwords import Passwords
from tallystick.register_desk import application_of, published_catalogue
from tests.factories import sign
from tests.frameworks.register_files import SOUND

AUTHORITY = "did:web:nz.example"
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
PASSWORD = "four words in a row"
QUICK = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
ACT = Act("test", NOW)
HTML = {"Accept": "text/html"}

COURSE: JsonObject = {
    "id": "https://poly.example/bending",
    "title": "Pipe bending",
    "framework": "nz",
    "outcomes": [{"level": "5", "text": "They bend pipes."}, {"level": "5", "text": "They cut."}],
    "hours": {"taught": "60", "self_study": "60"},
    "providers": [{"id": "did:web:poly.example", "name": "Polytechnic"}],
}


def course(**changes: object) -> JsonObject:
    """Describe a course that nothing stands against, changed."""
    return {**COURSE, **changes}


@dataclass
class World:
    """The application with the desk, and what stands behind it."""

    application: OpenAPI
    services: DeskServices
    newest: Newest
    room: OfficeRoom
    published: list[tuple[int, bytes]] = field(default_factory=list)

    @property
    def store(self) -> AuthorityStore:
        return self.services.store

    def user(self, *roles: str, email: str = "ana@example.com") -> User:
        known = self.store.office.people.with_email(email)
        if known is not None:
            return known
        people = self.store.office.people
        user = people.add(ACT, email=email, name=email.partition("@")[0].title())
        for role in roles:
            self.store.office.grant(ACT, user.id, role)
        return people.set_password_hash(ACT, user.id, QUICK.hash(PASSWORD))

    def client(self, role: str | None = None) -> FlaskClient:
        """Return a browser in which somebody with a role is signed in."""
        client = self.application.test_client()
        if role is not None:
            user = self.user(role, email=f"{role}@nz.example")
            secret = self.store.office.sessions.begin(user, NOW)
            client.set_cookie("tallystick-authority_desk", secret, path="/desk")
        return client

    def submission(self, members: JsonObject | None = None, sender: str = "Polytechnic") -> str:
        handed_in = [HandedIn(sender, course() if members is None else members)]
        (made,) = self.store.submissions.add(ACT, handed_in)
        return made


def desk_world(url: str) -> World:
    """Build a desk with the sound register of the tests."""
    store = AuthorityStore(open_database(url))
    store.next_edition.replace(ACT, take_over(SOUND))
    newest = published_catalogue(store)
    published: list[tuple[int, bytes]] = []
    services = DeskServices(
        store=store,
        now=lambda: NOW,
        authority=AUTHORITY,
        name="Example authority",
        sign=lambda document: sign(document, suite="eddsa-jcs-2022"),
        publish=lambda number, data: published.append((number, data)),
        changed=newest.refresh,
        ways=Ways(QUICK),
    )
    room = desk_of(services)
    application = application_of(services, newest, room=room)
    return World(application, services, newest, room, published)


def as_json(*members: JsonObject) -> bytes:
    """Write courses as a console exports them."""
    return json.dumps(list(members)).encode()
