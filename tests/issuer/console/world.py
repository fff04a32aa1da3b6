"""A console with an institution or two, on a database of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from argon2 import PasswordHasher
from flask.testing import FlaskClient
from flask_openapi3.openapi import OpenAPI

import schemas
from credentials.findings import Finding
from credentials.json_types import JsonObject
from frameworks.register import read_register
from issuer import IssuanceRequest
from issuer.console import ConsoleServices, KeyInfo, MadeKey, Withdrawal, console_of
from issuer.console.passwords import Passwords
from issuer.console.room import Console
from issuer.store import Act, CredentialRecord, Role, Store, Tenant, User
from service import migrate, open_database
from service.pages import N_, PagesSettings, add_pages
from service.web import WebSettings, new_application
from tests.factories import ISSUER, NOW, SIGNER, check, method_of
from tests.issuer.test_issuer import issuer

REGISTER = read_register(schemas.reference_register())
CODE = "the-code-that-was-printed"
PASSWORD = "four words in a row"
QUICK = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
"""Hashes as fast as can be; what is tested is not how long it takes."""


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now

    def move(self, by: timedelta) -> None:
        self.now += by


class OneKey:
    """The key of the tests, for every institution."""

    def make(self, name: str, address: str | None) -> MadeKey:
        return MadeKey(f"file:{name}", ISSUER, method_of(SIGNER))

    def of(self, tenant: Tenant) -> Sequence[KeyInfo]:
        return [KeyInfo(method_of(SIGNER), "Ed25519", "2026-01-15T09:00:00Z", None, signs=True)]

    def rotate(self, act: Act, tenant: Tenant) -> MadeKey:
        return self.make(tenant.name, None)


@dataclass
class NotedWithdrawals:
    """Withdrawals that are only noted."""

    asked: list[Withdrawal] = field(default_factory=list)

    def request(self, act: Act, credential_id: str, kind: str, reason: str) -> object:
        self.asked.append(
            Withdrawal(
                f"w{len(self.asked)}",
                kind,
                reason,
                "pending",
                "2026-11-23T00:00:00Z",
                "2026-11-23T00:10:00Z",
            )
        )
        return None

    def undo(self, act: Act, withdrawal_id: str) -> object:
        return None

    def of(self, tenant_id: str, credential_id: str) -> Sequence[Withdrawal]:
        return self.asked


def prepare(_tenant: Tenant, request: JsonObject) -> tuple[Finding, ...]:
    return issuer().prepare(IssuanceRequest.from_json(request), now=NOW).warnings


def preview(_tenant: Tenant, request: JsonObject) -> JsonObject:
    one = issuer()
    issued = one.issue(one.prepare(IssuanceRequest.from_json(request), now=NOW), now=NOW)
    return check(issued.data).to_json()


def _reissue(_act: Act, record: CredentialRecord, _request: JsonObject) -> CredentialRecord:
    return record


@dataclass
class World:
    """An application with the console, and what stands behind it."""

    application: OpenAPI
    console: Console
    store: Store
    clock: Clock
    started: list[str]

    def client(self, user: User | None = None) -> FlaskClient:
        """Return a browser in which somebody is signed in."""
        client = self.application.test_client()
        if user is not None:
            secret = self.store.sessions.begin(user, self.clock())
            client.set_cookie("tallystick-console", secret, path="/console")
        return client

    def tenant(self, name: str = "poly") -> Tenant:
        act = Act("", "test", self.clock())
        return self.store.tenants.add(
            act, name=name, title=f"Example {name}", issuer=ISSUER, key_uri="file:none",
            profile={"name": f"Example {name}"},
        )  # fmt: skip

    def user(self, tenant: Tenant | None, *roles: Role, email: str = "ana@example.com") -> User:
        act = Act("" if tenant is None else tenant.id, "test", self.clock())
        user = self.store.users.add(act, email=email, name=email.partition("@")[0].title())
        user = self.store.users.set_password_hash(act, user.id, QUICK.hash(PASSWORD))
        for role in roles:
            self.store.users.grant(act, user.id, role)
        return user


def console_world(folder: Path) -> World:
    """Build a console on an empty database."""
    engine = open_database(f"sqlite:///{folder / 'issuer.sqlite'}")
    migrate(engine)
    store, clock, started = Store(engine), Clock(), []

    def start_job(act: Act, job: str) -> None:
        store.jobs.start(act, job)
        started.append(job)

    services = ConsoleServices(
        store=store,
        now=clock,
        register=lambda: REGISTER,
        prepare=prepare,
        preview=preview,
        keys=OneKey(),
        withdrawals=NotedWithdrawals(),
        start_job=start_job,
        reissue=_reissue,
        setup_code=CODE,
        passwords=QUICK,
    )
    console = console_of(services)
    application = new_application(WebSettings("Issuer", "To test."))
    settings = PagesSettings(site=N_("Issuing"), home="console.start", secret=b"s" * 32)
    add_pages(application, settings, console.pages)
    return World(application, console, store, clock, started)
