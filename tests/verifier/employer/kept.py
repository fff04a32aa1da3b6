"""The verifier with a database in this process: time stands still until a test moves it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import Engine

from credentials.json_types import JsonObject
from credentials.strict_json import serialize_json
from service.errors import FetchError
from service.mail import Letter
from service.pages.languages import words_of
from tests.factories import LIST_URL, sign, status_entry, status_list, unsigned, world
from tests.services import Clock, draws
from tests.verifier.employer.samples import new_jobs, service_of
from tests.verifier.pages.samples import TRUST, registers, the_page
from verifier.checks.world import World
from verifier.employer import EmployerRoom
from verifier.employer.requests import Requests
from verifier.employer.store.sharing import ShareStore
from verifier.employer.store.watching import WatchStore
from verifier.employer.watch_pages import WatchRoom
from verifier.employer.watcher import Watcher

DAY = timedelta(days=1)


@dataclass
class Office:
    """A verifier that keeps things, the world that it asks, and what it told."""

    engine: Engine
    keeps_credentials: bool = False
    clock: Clock = field(default_factory=Clock)
    known: dict[str, Any] = field(default_factory=dict)
    posted: list[tuple[str, bytes, dict[str, str]]] = field(default_factory=list)
    letters: list[tuple[str, Letter]] = field(default_factory=list)
    is_out: bool = False

    def __post_init__(self) -> None:
        self.known[LIST_URL] = status_list()
        draw = draws()
        self.store = WatchStore(self.engine, draw, self.clock)
        self.shares = ShareStore(self.engine, draw, self.clock, 30 * DAY)
        self.requests = Requests(draw, self.clock)
        self.watch = WatchRoom(
            self.store,
            self.keeps_credentials,
            retention=365 * DAY,
            every=timedelta(hours=6),
            mail_domains=("employer.example",),
        )
        page = the_page(world=self.world)
        self.room = EmployerRoom(
            page,
            new_jobs(page),
            self.requests,
            watch=self.watch,
            shares=self.shares,
            framers=("https://careers.example",),
            has_metrics=True,
        )
        self.application = service_of(self.room)
        words = words_of(("service.pages", "verifier.pages", "verifier.employer"))
        self.watcher = Watcher(
            self.store,
            self.world,
            every=self.watch.every,
            retention=self.watch.retention,
            say=lambda text, language: words[language].gettext(text),
            post=self._post,
            send=lambda address, letter: self.letters.append((address, letter)),
        )

    def client(self) -> FlaskClient:
        return self.application.test_client()

    def world(self) -> World:
        return world(self.known, trust=TRUST, registers=registers(), now=self.clock())

    def withdraw(self, *indexes: int) -> None:
        """Publish a list in which entries are revoked."""
        self.known[LIST_URL] = status_list(*indexes)

    def turn(self) -> Any:
        self.clock.pass_by(hours=7)
        return self.watcher.turn()

    def _post(self, url: str, data: bytes, headers: tuple[tuple[str, str], ...]) -> None:
        if self.is_out:
            raise FetchError("The connection broke.", is_outage=True)
        self.posted.append((url, data, dict(headers)))


def badge(index: str = "7", **changes: Any) -> bytes:
    return serialize_json(sign(unsigned(credentialStatus=status_entry(index), **changes)))


def told(letter: Letter) -> JsonObject:
    return {"subject": letter.subject, "text": " ".join(letter.paragraphs)}
