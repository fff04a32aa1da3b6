"""A workshop for tests: an institution, an achievement, and a key that everybody knows."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

from sqlalchemy import Engine

from credentials.jose.writing import TokenForm
from credentials.json_types import JsonObject
from credentials.proofs.registry import CRYPTOSUITES
from issuer import Issuer, IssuerProfile
from issuer.issuing.awards import Award, Signing, from_template
from issuer.issuing.exactly_once import ExactlyOnce, Workshop
from issuer.issuing.high_water import HighWater, NoHighWater
from issuer.requests import Fresh
from issuer.store import Act, Recipient, Store, Tenant
from issuer.tokens import TokenIssuer
from keys.did import NoNetworkResolver
from keys.signer import Signer
from tallystick.composition import new_salt, release_check
from tallystick.verifying import contexts
from tests.factories import ENVIRONMENT, ISSUER, NOW, SIGNER, method_of
from tests.services import Clock

TEMPLATE: JsonObject = {
    "achievement": {
        "name": "Pipe welding",
        "description": "Welding of stainless steel pipes.",
        "criteria": "Three inspected welds.",
    },
    "level": {
        "framework": "NZQCF",
        "frameworkName": "New Zealand Qualifications and Credentials Framework",
        "code": "5",
        "uri": "urn:mcframework:nz-nzqcf:level:5",
    },
    "credits": {"unit": "NZQCF", "amount": "20"},
}
SETTINGS: JsonObject = {"public_url": "https://poly.example"}


def no_id() -> str:
    raise AssertionError("ids come from intents")


def signing(signer: Signer = SIGNER, clock: Callable[[], Any] | None = None) -> Signing:
    """Build what signs: the fixed key, whose self-check is the verifier."""
    method = method_of(SIGNER)
    suite, allowed = CRYPTOSUITES["eddsa-rdfc-2022"], contexts(takes_any=False)
    world: dict[str, Any] = {
        "fresh": Fresh(no_id, new_salt),
        "self_check": release_check(
            NoNetworkResolver(), is_generic=False, clock=clock or (lambda: NOW)
        ),
    }
    profile = IssuerProfile(ISSUER, method, suite, allowed)
    in_token = partial(
        TokenIssuer, profile, signer, ENVIRONMENT, form=TokenForm.OPEN_BADGES, **world
    )
    return Signing(Issuer(profile, signer, ENVIRONMENT, **world), method, in_token=in_token)


@dataclass(frozen=True, slots=True)
class Bench:
    """An institution that can issue one achievement."""

    shop: Workshop
    tenant: Tenant
    achievement_id: str
    clock: Clock

    @property
    def store(self) -> Store:
        return self.shop.store

    @property
    def act(self) -> Act:
        return Act(self.tenant.id, "api-key:test", self.clock())

    def issue(self, key: str, award: Award | None = None) -> Any:
        return ExactlyOnce(self.shop).issue(
            self.act, key, self.achievement_id, award or award_to("ana@poly.example")
        )


def award_to(email: str, **members: Any) -> Award:
    return Award(Recipient(email=email), members)


def workshop(
    engine: Engine,
    *,
    clock: Clock | None = None,
    signer: Signer = SIGNER,
    high_water: HighWater | None = None,
    lease: timedelta = timedelta(seconds=30),
) -> Workshop:
    time = clock or Clock()
    made = signing(signer, time)
    chance = random.Random()
    return Workshop(
        Store(engine),
        lambda _tenant: made,
        from_template,
        high_water or NoHighWater(),
        chance.randrange,
        time,
        lease,
    )


def bench(engine: Engine, *, name: str = "poly", **options: Any) -> Bench:
    """Make an institution with a published achievement in an empty store."""
    clock = options.pop("clock", None) or Clock()
    shop = workshop(engine, clock=clock, **options)
    tenant = shop.store.tenants.add(
        Act("", "test", clock()),
        name=name,
        title="Example Polytechnic",
        issuer=ISSUER,
        key_uri="file:none",
        profile={"name": "Example Polytechnic"},
        settings=SETTINGS,
    )
    act = Act(tenant.id, "test", clock())
    made = shop.store.achievements.add(act, title="Pipe welding", draft=TEMPLATE)
    shop.store.achievements.publish(act, made.id, document=TEMPLATE, revision=1)
    return Bench(shop, tenant, made.id, clock)
