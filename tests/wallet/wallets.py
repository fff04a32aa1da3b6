"""A wallet service whose verifier works in this process, and learners who use it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any

from flask.testing import FlaskClient
from flask_openapi3.openapi import OpenAPI
from sqlalchemy import Engine

import schemas
from credentials.strict_json import serialize_json
from credentials.verified import VerifiedCredential
from frameworks.registers import Registers
from service.mail import Mailbox
from service.pages import PagesSettings, add_pages
from service.sign_in import RelyingParty
from service.web import WebSettings, new_application
from tallystick.using_registers import registers_in_use
from tallystick.wallet_checking import examined_in, verified_in
from tests.factories import ENVIRONMENT, NOW, sign, unsigned, world
from verifier.checks.world import World
from wallet.asking import Way
from wallet.awards import Awards, PublishedRule
from wallet.findings import Findings
from wallet.holder_keys import HolderKeys
from wallet.pages import SITE, START, WalletServices, new_wallet_pages
from wallet.store import WalletStore

BASE = "http://localhost"
RULES = tuple(
    PublishedRule(name, schemas.award_rules()[f"{name}.toml"])
    for name in ("nz-certificate", "nz-diploma-level-5")
)
OWN = {"Sec-Fetch-Site": "same-origin"}
"""What a browser says of a form of our own page."""


@cache
def registers() -> Registers:
    """Read the reference register once for all tests."""
    return registers_in_use((), (), None, NOW)


@dataclass
class WalletOffice:
    """A wallet service at a time that tests move."""

    store: WalletStore
    now: datetime = NOW
    documents: dict[str, Any] = field(default_factory=dict)
    is_mailed: bool = False
    way: Way | None = None
    applications: dict[tuple[bool, int], OpenAPI] = field(default_factory=dict)
    """Those that were built, by what else is set here: all browsers of a test use the same one."""

    @classmethod
    def on(cls, engine: Engine) -> WalletOffice:
        return cls(WalletStore(engine))

    def _world(self) -> World:
        return world(self.documents, now=self.now, registers=registers())

    def examine(self, credentials: Sequence[bytes]) -> list[Findings]:
        return [examined_in(self._world(), data) for data in credentials]

    def verify(self, credentials: Sequence[bytes]) -> list[VerifiedCredential | None]:
        return [verified_in(self._world(), data) for data in credentials]

    def services(self) -> WalletServices:
        return WalletServices(
            store=self.store,
            now=lambda: self.now,
            base=BASE,
            examine=self.examine,
            verify=self.verify,
            keys=HolderKeys(bytes(32), ENVIRONMENT),
            awards=Awards(RULES, registers()),
            registers=registers(),
            sender=Mailbox("wallet@example.org"),
            environment=ENVIRONMENT,
            way=self.way,
            relying_party=RelyingParty.at(BASE, "Wallet"),
            verify_at="https://verify.example/",
            unsafe_tells_links=not self.is_mailed,
        )

    def application(self) -> OpenAPI:
        settings = (self.is_mailed, id(self.way))
        if settings not in self.applications:
            self.applications[settings] = self._new_application()
        return self.applications[settings]

    def _new_application(self) -> OpenAPI:
        application = new_application(WebSettings("Wallet", "Test."))
        settings = PagesSettings(site=SITE, home=START, secret=b"s" * 32)
        add_pages(application, settings, new_wallet_pages(self.services()))
        return application

    def learner(self, email: str = "aroha@example.org") -> Visitor:
        """Open the wallet of somebody in a browser of their own."""
        visitor = Visitor(self.application().test_client())
        secret = self.store.learners.new_link(email, self.now)
        assert visitor.post(f"/open/{secret}").status_code == 303
        return visitor


@dataclass
class Visitor:
    """A browser without JavaScript."""

    client: FlaskClient

    def get(self, path: str, status: int = 200) -> str:
        answer = self.client.get(path, headers={"Accept": "text/html"})
        assert answer.status_code == status, answer.text
        return answer.text

    def post(self, path: str, /, **fields: Any) -> Any:
        return self.client.post(path, data=fields, headers={**OWN, "Accept": "text/html"})

    def add(self, *documents: Any) -> list[str]:
        """Add credentials, and return the ids of all that are there."""
        for one in documents:
            data = one if isinstance(one, bytes) else serialize_json(one)
            answer = self.post("/add", text=data.decode())
            assert answer.status_code == 303, answer.text
        return self.held()

    def held(self) -> list[str]:
        return re.findall(r'href="/credentials/(credential_[0-9a-f]+)"', self.get("/"))

    def share(self, *ids: str, **fields: Any) -> str:
        """Make a link, and return its path."""
        answer = self.post("/share", credential=list(ids), audience="Plainsmilk", **fields)
        found = re.search(r"http://localhost(/shared/[\w-]+)", answer.text)
        assert found is not None, answer.text
        return found[1]


def badge(number: int = 1, **changes: Any) -> dict[str, Any]:
    """Sign a credential with an id of its own."""
    return sign(unsigned(id=identifier_of(number), **changes))


def course(number: int, **changes: Any) -> dict[str, Any]:
    """Sign a credential for a course of its own."""
    document = unsigned(id=identifier_of(number), **changes)
    document["credentialSubject"]["achievement"]["id"] = f"https://poly.example/courses/{number}"
    return sign(document)


def identifier_of(number: int) -> str:
    return f"urn:uuid:00000000-0000-4000-8000-{number:012}"
