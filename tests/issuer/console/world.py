"""A console with an institution or two, on a database of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from argon2 import PasswordHasher
from flask.testing import FlaskClient
from flask_openapi3.openapi import OpenAPI

import schemas
from credentials.json_types import JsonObject
from frameworks.register import read_register
from issuer import IssuanceRequest
from issuer.achievements.composing import composed
from issuer.claims import ClaimDesk, ClaimSettings, claim_pages
from issuer.console import SITE, ConsoleServices, KeyInfo, MadeKey, console_of
from issuer.console.room import Console
from issuer.issuing.exactly_once import Workshop
from issuer.issuing.rosters import run
from issuer.store import Act, Role, Store, Tenant, User
from service import open_database
from service.mail import Mailbox
from service.pages import PagesSettings, add_pages
from service.sign_in.openid import OpenIdClient, OpenIdProvider
from service.sign_in.passkeys import RelyingParty
from service.sign_in.passwords import Passwords
from service.web import WebSettings, new_application
from tests.factories import ISSUER, NOW, SIGNER, check, method_of
from tests.issuer.issuing.workshops import SETTINGS, workshop
from tests.issuer.test_issuer import issuer
from tests.service.sign_in.authenticator import ORIGIN
from tests.service.sign_in.provider import CLIENT, CLIENT_PASSWORD, TestProvider
from tests.service.sign_in.provider import ISSUER as OPENID_ISSUER
from tests.services import Clock

REGISTER = read_register(schemas.reference_register())
BACK = f"{ORIGIN}/console/sign-in/with/staff/back"
STAFF = OpenIdProvider("staff", "Staff account", OPENID_ISSUER, CLIENT, CLIENT_PASSWORD)
CODE = "the-code-that-was-printed"
PASSWORD = "four words in a row"
QUICK = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
"""Hashes as fast as can be; what is tested is not how long it takes."""


class OneKey:
    """The key of the tests, for every institution."""

    def make(self, name: str, address: str | None) -> MadeKey:
        return MadeKey(f"file:{name}", ISSUER, method_of(SIGNER))

    def of(self, tenant: Tenant) -> Sequence[KeyInfo]:
        return [KeyInfo(method_of(SIGNER), "Ed25519", "2026-01-15T09:00:00Z", None, signs=True)]

    def rotate(self, act: Act, tenant: Tenant) -> MadeKey:
        return self.make(tenant.name, None)


def preview(_tenant: Tenant, request: JsonObject) -> JsonObject:
    one = issuer()
    issued = one.issue(one.prepare(IssuanceRequest.from_json(request), now=NOW), now=NOW)
    return check(issued.data).to_json()


@dataclass
class World:
    """An application with the console, and what stands behind it."""

    application: OpenAPI
    console: Console
    shop: Workshop
    provider: TestProvider
    """Who says that somebody has an account there."""

    @property
    def store(self) -> Store:
        return self.shop.store

    def clock(self) -> datetime:
        return self.shop.now()

    def work(self) -> None:
        """Do what workers do: issue the rosters that run."""
        for job in self.store.jobs.running():
            run(self.shop, job)

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
            profile={"name": f"Example {name}"}, settings=SETTINGS,
        )  # fmt: skip

    def user(self, tenant: Tenant | None, *roles: Role, email: str = "ana@example.com") -> User:
        act = Act("" if tenant is None else tenant.id, "test", self.clock())
        user = self.store.users.add(act, email=email, name=email.partition("@")[0].title())
        user = self.store.users.set_password_hash(act, user.id, QUICK.hash(PASSWORD))
        for role in roles:
            self.store.users.grant(act, user.id, role)
        return user


def console_world(
    url: str,
    origin: str = ORIGIN,
    *,
    trusts_addresses: bool = False,
    sends_mail: bool = True,
) -> World:
    """Build a console on a database without rows, with passkeys and a provider of accounts."""
    engine, clock = open_database(url), Clock()
    shop = replace(workshop(engine, clock=clock), compose=composed(lambda _framework: REGISTER))
    provider = TestProvider()
    staff = replace(STAFF, trusts_addresses=trusts_addresses)
    services = ConsoleServices(
        shop=shop,
        register_for=lambda _framework: REGISTER,
        preview=preview,
        keys=OneKey(),
        setup_code=CODE,
        desk_of=lambda _tenant, own: ClaimDesk(shop.store, own, Mailbox("badges@poly.example")),
        passwords=QUICK,
        relying_party=RelyingParty.at(origin, "Tallystick"),
        providers={"staff": OpenIdClient(staff, provider, BACK, lambda: 0.0)},
        sends_mail=sends_mail,
    )
    console = console_of(services)
    application = new_application(WebSettings("Issuer", "To test."))
    settings = PagesSettings(site=SITE, home="console.start", secret=b"s" * 32)
    claims = claim_pages(ClaimSettings(shop.store, shop.now, lambda _tenant: None))
    add_pages(application, settings, console.pages, claims)
    return World(application, console, shop, provider)
