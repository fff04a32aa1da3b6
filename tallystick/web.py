"""The WSGI applications: what a configuration says, put together."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial

from flask_openapi3.openapi import OpenAPI

import schemas
from credentials.jose.writing import TokenForm
from credentials.json_types import JsonObject
from credentials.proofs.cryptosuite import Environment
from credentials.proofs.ecdsa_sd_2023 import ECDSA_SD_2023
from frameworks.evidence import AssuranceClass
from frameworks.registers import Registers
from issuer import Issuer
from issuer.any_credential import AnyCredentialRequest
from issuer.requests import IssuanceRequest, Request
from issuer.web import IssuerInstance, new_issuer_application
from keys.did import Resolver, did_web_url
from keys.errors import KeyMaterialError
from keys.store import KeyRecord, StoredKey
from service.code_reading import read_codes
from service.web import BearerTokens, WebSettings
from service.web.headers import LOOPBACK_HOSTS
from service.web.health import add_conditions
from tallystick import composition, readiness, settings, verifying
from tallystick.employer_service import employer_room
from tallystick.looking_up import fetch_in_use, resolver_in_use
from tallystick.signers import record_of
from tallystick.status_lists_in_use import StatusLists
from tallystick.trust_files import describe_trust, read_adopters, read_trust
from tallystick.using_registers import registers_in_use
from tallystick.web_configuration import (
    InstanceSettings,
    IssuerConfiguration,
    ServerSettings,
    Sources,
    VerifierConfiguration,
    beside,
    key_beside,
    require_sound,
)
from verifier.checks.world import World
from verifier.grounds import Grounds, registers_of
from verifier.pages import VerifierPage
from verifier.receipts import SignReceipt
from verifier.status_memory import NewestLists, StatusMemory
from verifier.verified_lists import VerifiedLists
from verifier.web import Challenges, VerifierInstance, new_verifier_application
from verifier.web.application import PROOF_ONLY, Expected

SECRET_BYTES = 32
EMPLOYER = "tallystick-employer"
"""Where the verifier's application keeps what its pages for employers are made of."""

ISSUER = "Signs credentials (VC-API). Each instance has its own key, suite and rules."
VERIFIER = "Verifies credentials and presentations (VC-API); every answer carries the whole report."


def issuer_application(path: str, configuration: IssuerConfiguration) -> OpenAPI:
    """Build the issuer's application; `path` is the file of its configuration.

    Raises `CommandError` and `KeyMaterialError` for what the operator has to mend.
    """
    require_sound(path, configuration)
    # Whoever holds a key opens no connection.
    sources = Opened(path, configuration.sources, offline=True)
    keys = {
        one.key: settings.signing_key(key_beside(path, one.key)) for one in configuration.instance
    }
    further = [record_of(key_beside(path, uri)) for uri in configuration.published_keys]
    documents = _controller_documents([*(key.record for key in keys.values()), *further])
    lists = None
    if configuration.status_ledger is not None:
        lists = StatusLists(path, configuration.status_ledger)
    instances = [
        _instance(path, one, keys[one.key], sources, documents, lists)
        for one in configuration.instance
    ]
    application = new_issuer_application(
        WebSettings("Tallystick issuer", ISSUER, hosts=_hosts(configuration.server)),
        instances,
        now=verifying.now,
        documents=_by_path(documents),
    )
    add_conditions(application, readiness.always_needed)
    uris = [key_beside(path, one.key) for one in configuration.instance]
    add_conditions(application, lambda: (readiness.keys_condition("instance_keys", uris),))
    if configuration.store is not None:
        # The database takes a moment to load, which others need not wait for.
        from tallystick.issuer_web import add_store

        add_store(application, path, configuration)
    return application


def verifier_application(
    path: str, configuration: VerifierConfiguration, status_memory: StatusMemory | None = None
) -> OpenAPI:
    """Build the verifier's application; `path` is the file of its configuration, or the folder.

    It remembers the newest status lists in `status_memory`, or as long as it runs.
    """
    sources = Opened(path, configuration.sources, offline=configuration.offline)
    challenges = Challenges(
        secret=os.urandom(SECRET_BYTES),
        draw=os.urandom,
        now=verifying.now,
        lifetime=timedelta(seconds=configuration.challenge_seconds),
    )
    world = partial(sources.world, status_memory=status_memory or NewestLists())
    instances = [VerifierInstance("", world, challenges)]
    if configuration.proof_only is not None:
        instances.append(
            VerifierInstance(
                f"/{configuration.proof_only.name}",
                sources.unsafe_proof_only_world,
                challenges,
                takes_foreign_challenges=True,
                scope=PROOF_ONLY,
            )
        )
    page = _page(path, configuration, sources, partial(world, Expected(None, None)))
    room = employer_room(path, configuration, page)
    application = new_verifier_application(
        WebSettings("Tallystick verifier", VERIFIER, hosts=_hosts(configuration.server)),
        instances,
        page,
        room,
    )
    add_conditions(application, readiness.always_needed)
    application.extensions[EMPLOYER] = room
    return application


def _page(
    path: str, configuration: VerifierConfiguration, sources: Opened, world: Callable[[], World]
) -> VerifierPage:
    """Put together what the page for people needs."""
    return VerifierPage(
        world=world,
        registers=sources.registers,
        fetch=fetch_in_use(offline=configuration.offline),
        clock=time.monotonic,
        grounds=sources.grounds,
        sign_receipt=_receipts(path, configuration),
        read_codes=read_codes,
    )


def _receipts(path: str, configuration: VerifierConfiguration) -> SignReceipt | None:
    """Have receipts signed by the process of a signer, if the operator names a key of one."""
    if configuration.receipt_key is None:
        return None
    from tallystick.receipts import receipts_by

    return receipts_by(key_beside(path, configuration.receipt_key))


class Opened:
    """The sources of a configuration, read once."""

    def __init__(self, path: str, sources: Sources, *, offline: bool) -> None:
        """Read them; `path` is the file of the configuration."""
        trust = tuple(beside(path, name) for name in sources.trust)
        named = None if sources.resolver_map is None else beside(path, sources.resolver_map)
        self.resolver: Resolver = resolver_in_use(named, offline=offline)
        self._trust, self._adopters = read_trust(trust), read_adopters(trust)
        self._lists = VerifiedLists()
        files = tuple(beside(path, name) for name in sources.registers)
        now = verifying.now()
        self.registers: Registers = registers_in_use(files, trust, self.resolver, now)
        self.grounds = Grounds(describe_trust(trust, now), registers_of(self.registers), now)

    def world(self, expected: Expected, *, status_memory: StatusMemory) -> World:
        """Build the world of one verification."""
        world = verifying.verifying_world(
            at=verifying.now(),
            resolver=self.resolver,
            trust=self._trust,
            registers=self.registers,
            adopters=self._adopters,
            challenge=expected.challenge,
            domain=expected.domain,
            status_memory=status_memory,
        )
        return replace(world, verified_lists=self._lists)

    def unsafe_proof_only_world(self, expected: Expected) -> World:
        """Build the world in which every key that signed is believed, for conformance runs.

        It remembers no status lists: anybody could fill the memory in an issuer's name.
        """
        return verifying.verifying_world(
            at=verifying.now(),
            resolver=self.resolver,
            challenge=expected.challenge,
            domain=expected.domain,
            takes_any_context=True,
            accepts_undisclosed=True,
            unsafe_leaves_issuer_unbound=True,
        )


def _instance(
    path: str,
    one: InstanceSettings,
    key: StoredKey,
    sources: Opened,
    documents: dict[str, JsonObject],
    lists: StatusLists | None,
) -> IssuerInstance:
    is_generic = one.profile == "generic"

    def new_issuer(mandatory: Sequence[str]) -> Issuer:
        return composition.issuer_for(
            key,
            resolver=sources.resolver,
            suites=one.suites,
            mandatory=mandatory,
            registers=None if is_generic else sources.registers,
            refuses_faults=one.value_faults == "refuse",
            least_assurance=AssuranceClass(one.least_assurance),
            is_generic=is_generic,
            form=None if one.form is None else TokenForm(one.form),
        )

    # It remembers the status lists that it has verified, and nothing of any request.
    usual = new_issuer(())
    suites = one.suites or (composition.DEFAULT_SUITES[key.record.key.key_type],)
    proofs = one.form or ", ".join(suites)
    return IssuerInstance(
        prefix=f"/{one.name}",
        description=f"Issues as {key.record.controller}, with {proofs}, profile {one.profile}.",
        issuer_with=lambda mandatory: new_issuer(mandatory) if mandatory else usual,
        envelops=one.form is not None,
        is_selective=ECDSA_SD_2023.name in one.suites,
        request_of=AnyCredentialRequest if is_generic else _open_badge_request,
        why_not=_why_not(key_beside(path, one.key)),
        controller_document=documents[key.record.controller],
        environment=Environment(schemas.load_context),
        status=None if lists is None or one.status_list is None else lists.of(one, key),
        tokens=BearerTokens(one.tokens),
    )


def _open_badge_request(credential: JsonObject) -> Request:
    return IssuanceRequest.from_json({"credential": credential})


def _why_not(uri: str) -> Callable[[], str | None]:
    """Look at the key's record each time: a key that was ended meanwhile signs nothing more."""

    def why_not() -> str | None:
        try:
            is_active = record_of(uri).is_active()
        except KeyMaterialError:
            is_active = False
        return None if is_active else "The key of this instance does not sign any more."

    return why_not


def _controller_documents(records: Iterable[KeyRecord]) -> dict[str, JsonObject]:
    """Build one document for each controller, with all its keys."""
    of_owner: dict[str, list[KeyRecord]] = {}
    for record in records:
        known = of_owner.setdefault(record.controller, [])
        known += [] if record in known else [record]
    return {owner: composition.controller_document_of(*own) for owner, own in of_owner.items()}


def _by_path(documents: dict[str, JsonObject]) -> dict[str, JsonObject]:
    """Place the documents of did:web controllers where they are looked for."""
    found = {}
    for controller, document in documents.items():
        if controller.startswith("did:web:"):
            _scheme, _host, path = did_web_url(controller).removeprefix("https:/").split("/", 2)
            found[f"/{path}"] = document
    return found


def _hosts(server: ServerSettings) -> tuple[str, ...]:
    return (*LOOPBACK_HOSTS, *([server.host] if server.is_local() else []), *server.hosts)
