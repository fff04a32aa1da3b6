"""A desk whose verifier works in this process, and people who use it."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from argon2 import PasswordHasher
from flask.testing import FlaskClient
from flask_openapi3.openapi import OpenAPI

from credentials.json_types import JsonObject
from credentials.strict_json import serialize_json
from recognition.deciding.decide import RecognitionDecision
from recognition.decision_credential import decision_document
from recognition.desk import (
    SITE,
    START,
    DeskServices,
    DeskStore,
    Offer,
    Role,
    new_desk,
    status_routes,
)
from recognition.desk.awarding import Awarding
from recognition.desk.cases import CameBy, Case, Document, NewCase
from recognition.desk.checked import Checked, Presented, UnusableError
from recognition.desk.examining import Examiner
from recognition.desk.remembering import Memory
from recognition.desk.room import DeskRoom
from recognition.desk.settling import Settling
from recognition.register_of_decisions import Place, RegisterOfDecisions
from service import open_database
from service.mail import Mailbox
from service.pages import PagesSettings, add_pages
from service.people import Act, User, Ways
from service.sign_in.passwords import Passwords
from service.status_ledger import ListSeries, SignedList, StoredLists
from service.web import WebSettings, new_application
from tallystick.adopters import Adopters
from tallystick.desk_checking import Asked, _usable, checked_in, policy_in, presented_in
from tests.factories import LEARNER, NOW, sign, world
from tests.recognition.factories import REGISTRAR, course_of, gate, policy_text, registers
from tests.recognition.test_decision_credential import BELIEVED, signed_policy
from verifier.checks.world import World

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
outcomes = [{ uri = "https://institute.example/1", text = "Welds pipes in all positions." }]
"""
OVERLAP = [gate("overlap_min", min="1/2", route="ASSESSOR_REVIEW")]
"""Gates that refer each case of a credential without alignments."""

PASSES = [gate("level_min", framework="nz-nzqcf", level="4")]
FAILS = [gate("level_min", framework="nz-nzqcf", level="7")]
LISTS = "https://registrar.example/status/decisions/"


def policy_credential(**changes: Any) -> bytes:
    """Sign a policy as the Senate of the tests."""
    return signed_policy(policy_text(**changes))


def badge(number: int = 1, **changes: Any) -> bytes:
    """Sign a credential with an id of its own, about the learner of the tests."""
    document = course_of()
    document["id"] = f"urn:uuid:00000000-0000-4000-8000-{number:012}"
    document["credentialSubject"]["id"] = LEARNER
    return serialize_json(sign({**document, **changes}))


class CountedChallenges:
    """Challenges that are numbers, each good once."""

    def __init__(self) -> None:
        self.open: set[str] = set()
        self.count = 0

    def new(self) -> tuple[str, datetime]:
        self.count += 1
        self.open.add(f"challenge-{self.count}")
        return f"challenge-{self.count}", NOW

    def is_taken(self, text: str) -> bool:
        is_good = text in self.open
        self.open.discard(text)
        return is_good


@dataclass
class TestDesk:
    """A desk at a time that tests move."""

    __test__ = False

    store: DeskStore
    now: datetime = NOW
    base: str = BASE
    documents: dict[str, Any] = field(default_factory=dict)
    offers: dict[str, Offer] = field(default_factory=dict)
    challenges: CountedChallenges = field(default_factory=CountedChallenges)
    adopters: Adopters = BELIEVED
    links: dict[str, bytes] = field(default_factory=dict)
    has_lists: bool = False
    needs_two: bool = False
    awarding: Awarding | None = None
    memory: Memory | None = None
    applications: dict[tuple[str, bool, int], OpenAPI] = field(default_factory=dict)
    """Those that were built, by what else is set here: all browsers of a test use the same one."""

    @classmethod
    def on(cls, url: str, **policy: Any) -> TestDesk:
        return cls.with_store(DeskStore(open_database(url)), **policy)

    @classmethod
    def with_store(cls, store: DeskStore, **policy: Any) -> TestDesk:
        desk = cls(store)
        desk.offer(**policy)
        return desk

    def offer(self, **policy: Any) -> None:
        """Offer a component under a policy of the Senate, with other members than usual."""
        self.offers["weld101"] = Offer("weld101", "Welding 1", policy_credential(**policy), TARGET)

    def world(self) -> World:
        return world(self.documents, now=self.now, registers=registers())

    def check(self, credentials: Sequence[bytes]) -> list[Checked]:
        return [checked_in(self.world(), one) for one in credentials]

    def open_presentation(self, data: bytes, challenge: str, domain: str) -> Presented:
        return _usable(presented_in(self.world(), Asked(data, challenge, domain)))

    def open_policy(self, data: bytes) -> str:
        return _usable(policy_in(self.world(), self.adopters, data))

    def fetch(self, link: str) -> bytes:
        if link not in self.links:
            raise UnusableError("Nothing answers there.", code="HOST_UNREACHABLE")
        return self.links[link]

    def signs(self, policy: bytes) -> Callable[[RecognitionDecision, Place | None], bytes]:
        def sign_decision(decision: RecognitionDecision, place: Place | None) -> bytes:
            identifier = f"urn:uuid:{uuid4()}"
            document = decision_document(
                decision,
                identifier=identifier,
                issuer=REGISTRAR,
                policy_credential=policy.decode(),
                registers=registers(),
                now=self.now,
                status=self.give(identifier, place),
            )
            return serialize_json(sign(document))

        return sign_decision

    def give(self, identifier: str, place: Place | None) -> JsonObject | None:
        """Give a decision an entry, if this desk has lists."""
        if not self.has_lists or place is None:
            return None
        series = ListSeries("decisions/", LISTS, REGISTRAR)
        statuses = self.settling.register.statuses
        return statuses.give(place, identifier, series.giving(secrets.randbelow), self.now)

    @cached_property
    def lists(self) -> StoredLists:
        return StoredLists(self.store.engine, secrets.randbelow, sign, lambda: self.now)

    @cached_property
    def settling(self) -> Settling:
        register = RegisterOfDecisions(self.store.engine)
        return Settling(
            store=self.store,
            register=register,
            examiner=Examiner(self.check, self.open_policy, registers(), register, self.awarding),
            offers=lambda: self.offers,
            signs=self.signs,
            awarding=self.awarding,
            memory=self.memory,
        )

    def services(self) -> DeskServices:
        return DeskServices(
            settling=self.settling,
            open_presentation=self.open_presentation,
            fetch=self.fetch,
            challenges=self.challenges,
            now=lambda: self.now,
            clock=lambda: 0,
            base=self.base,
            domain=urlsplit(self.base).netloc,
            title="Registrar",
            sender=Mailbox("desk@example.com"),
            start=lambda work: work(),
            ways=Ways(QUICK),
            list_numbered=self.numbered if self.has_lists else None,
            needs_two=self.needs_two,
        )

    def numbered(self, number: int) -> SignedList:
        return self.lists.named(f"decisions/{number}")

    def room(self) -> DeskRoom:
        return new_desk(self.services())

    def application(self) -> OpenAPI:
        settings = (self.base, self.has_lists, id(self.awarding))
        if settings not in self.applications:
            self.applications[settings] = self._new_application()
        return self.applications[settings]

    def _new_application(self) -> OpenAPI:
        application, room = new_application(WebSettings("Desk", "Test.")), self.room()
        settings = PagesSettings(site=SITE, home=START, secret=b"s" * 32)
        add_pages(application, settings, room.pages, *room.parts)
        application.register_blueprint(status_routes(room.services))
        return application

    def applied(self, number: int = 1, **changes: Any) -> Case:
        """Have a valid badge applied with, and examined."""
        documents = (Document("badge.json", badge(number)),)
        return self.settling.examine(self.act, self.case(documents=documents, **changes))

    def get(self, case: Case) -> Case:
        return self.store.cases.get(case.id)

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
