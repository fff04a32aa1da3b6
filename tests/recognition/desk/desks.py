"""A desk whose verifier works in this process, and people who use it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from argon2 import PasswordHasher
from flask.testing import FlaskClient
from flask_openapi3.openapi import OpenAPI

from recognition.desk import (
    SITE,
    START,
    DeskServices,
    DeskStore,
    Offer,
    Role,
    new_desk,
)
from recognition.desk.cases import CameBy, Case, Document, NewCase
from recognition.desk.room import DeskRoom
from recognition.register_of_decisions import RegisterOfDecisions
from service import open_database
from service.pages import PagesSettings, add_pages
from service.people import Act, User, Ways
from service.sign_in.passwords import Passwords
from service.web import WebSettings, new_application
from tests.factories import NOW

BASE = "http://localhost"
PASSWORD = "four words in a row"
QUICK = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
"""Hashes as fast as can be; what is tested is not how long it takes."""

OWN = {"Sec-Fetch-Site": "same-origin"}
"""What a browser says of a form of our own page."""

ADMIN = "test"
TARGET = """component = "WELD101"
amount = "20"
unit = "nzqcf"
level = { framework = "nz-nzqcf", code = "5" }
"""


@dataclass
class TestDesk:
    """A desk at a time that tests move."""

    __test__ = False

    store: DeskStore
    now: datetime = NOW
    offers: dict[str, Offer] = field(default_factory=dict)

    @classmethod
    def on(cls, url: str) -> TestDesk:
        return cls.with_store(DeskStore(open_database(url)))

    @classmethod
    def with_store(cls, store: DeskStore) -> TestDesk:
        desk = cls(store)
        desk.offers["weld101"] = Offer("weld101", "Welding 1", b"{}", TARGET)
        return desk

    def services(self) -> DeskServices:
        return DeskServices(
            store=self.store,
            register=RegisterOfDecisions(self.store.engine),
            now=lambda: self.now,
            base=BASE,
            title="Registrar",
            offers=lambda: self.offers,
            ways=Ways(QUICK),
        )

    def room(self) -> DeskRoom:
        return new_desk(self.services())

    def application(self) -> OpenAPI:
        application, room = new_application(WebSettings("Desk", "Test.")), self.room()
        settings = PagesSettings(site=SITE, home=START, secret=b"s" * 32)
        add_pages(application, settings, room.pages, *room.parts)
        return application

    @property
    def act(self) -> Act:
        return Act(ADMIN, self.now)

    def person(self, *roles: Role, name: str = "Ana Arai") -> User:
        email = f"{name.split(' ', maxsplit=1)[0].lower()}@example.com"
        user = self.store.office.people.add(self.act, email=email, name=name)
        for role in roles:
            self.store.office.grant(self.act, user.id, role)
        return user

    def browser(self, person: User | None = None) -> Browser:
        """Return a browser in which somebody is signed in, or nobody."""
        client = self.application().test_client()
        if person is not None:
            secret = self.store.office.sessions.begin(person, self.now)
            client.set_cookie("tallystick-desk", secret, path="/desk")
        return Browser(client)

    def case(self, **changes: Any) -> Case:
        """Have an application received."""
        new = NewCase(
            **{
                "offer": "weld101",
                "documents": (Document("badge.json", b"{}"),),
                "came_by": CameBy.UPLOAD,
                "contact": "mere@example.com",
                "learner_name": "Mere Tūhoe",
                **changes,
            }
        )
        return self.store.cases.receive(self.act, new)[0]


@dataclass
class Browser:
    """A browser without JavaScript."""

    client: FlaskClient

    def get(self, path: str, status: int = 200) -> str:
        answer = self.client.get(path, headers={"Accept": "text/html"})
        assert answer.status_code == status, answer.text
        return answer.text

    def post(self, path: str, /, **fields: Any) -> Any:
        return self.client.post(path, data=fields, headers={**OWN, "Accept": "text/html"})
