"""Both services in this process: fixed keys, a clock that tests move, chance that is none."""

from __future__ import annotations

import json
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp
from typing import Any

from flask import Response
from flask.testing import FlaskClient
from flask_openapi3.openapi import OpenAPI

from credentials.jose.writing import TokenForm
from credentials.json_types import JsonObject
from credentials.proofs.cryptosuite import Cryptosuite
from credentials.proofs.ecdsa_sd_2023 import ECDSA_SD_2023, BaseProofSecrets, EcdsaSd2023
from credentials.proofs.registry import CRYPTOSUITES
from credentials.proofs.sd_proof_values import HMAC_BYTES
from issuer import AnyCredentialRequest, IssuanceRequest, Issuer, IssuerProfile
from issuer.proofs import always_shown
from issuer.requests import Fresh
from issuer.tokens import TokenIssuer
from issuer.web import IssuerInstance, new_issuer_application
from issuer.web.status import PublishedStatus
from keys.did import NoNetworkResolver, did_key, did_key_document
from keys.signer import PrivateKeySigner
from keys.verification_key import KeyType
from service import open_database
from service.status_ledger import StatusLedger
from service.status_lists import StatusList
from service.web import BearerTokens, WebSettings
from tallystick.composition import release_check
from tallystick.verifying import contexts
from tests.databases import sqlite_copy
from tests.factories import (
    ENVIRONMENT,
    ISSUER,
    LEARNER,
    NOW,
    SIGNER,
    STRANGER,
    method_of,
    sign,
    world,
)
from verifier.employer import EmployerRoom, Jobs, JobTools
from verifier.employer.requests import Requests
from verifier.employer.rows import found_of
from verifier.pages import VerifierPage
from verifier.verifier import Verifier
from verifier.web import Challenges, VerifierInstance, new_verifier_application
from verifier.web.application import PROOF_ONLY

STATUS_LIST_URL = "https://issuer.example/status/1"
DATA_MODEL = "https://www.w3.org/ns/credentials/v2"
JSON = "application/json"
PROBLEM = "application/problem+json"
ANY_CONTEXT: dict[str, Any] = {
    "allowed_contexts": contexts(takes_any=True),
    "allows_inline_contexts": True,
}


@dataclass(slots=True)
class Clock:
    """A clock that stands still until a test moves it."""

    time: datetime = NOW

    def __call__(self) -> datetime:
        return self.time

    def pass_by(self, **how_long: float) -> None:
        self.time += timedelta(**how_long)


def draws() -> Callable[[int], bytes]:
    """Return bytes that are different each time and the same in each run."""
    numbers = count(1)
    return lambda length: next(numbers).to_bytes(length, "big")


def challenges(clock: Clock, **changes: Any) -> Challenges:
    return Challenges(secret=b"s" * 32, draw=draws(), now=clock, **changes)


def verifier_service(
    documents: Mapping[str, Any] | None = None,
    clock: Clock | None = None,
    **changes: Any,
) -> OpenAPI:
    """Build the verifier with its second, proof-only instance; `changes` are the challenges'."""
    clock = clock or Clock()
    known = challenges(clock, **changes)

    def strict(expected: Any) -> Any:
        return world(
            documents,
            now=clock(),
            expected_challenge=expected.challenge,
            expected_domain=expected.domain,
        )

    def proof_only(expected: Any) -> Any:
        return replace(
            strict(expected),
            **ANY_CONTEXT,
            accepts_undisclosed=True,
            unsafe_leaves_issuer_unbound=True,
        )

    return new_verifier_application(
        WebSettings("Tallystick verifier", "Verifies credentials and presentations."),
        [
            VerifierInstance("", strict, known),
            VerifierInstance(
                "/proof-only",
                proof_only,
                known,
                takes_foreign_challenges=True,
                scope=PROOF_ONLY,
            ),
        ],
        employer=_employer(documents, clock),
    )


def _employer(documents: Mapping[str, Any] | None, clock: Clock) -> EmployerRoom:
    """Build jobs that are done at once, in this process, and fetch nothing."""

    def check(
        given: Iterator[tuple[int, bytes]],
    ) -> Generator[tuple[int, JsonObject], None, None]:
        for number, data in given:
            yield number, found_of(Verifier(world(documents, now=clock())).check(data))

    page = VerifierPage(lambda: world(documents, now=clock()), None, None, lambda: 0.0)
    tools = JobTools(check, None, lambda work: work(), draws(), lambda: 0.0)
    return EmployerRoom(page, Jobs(tools), Requests(draws(), clock))


@dataclass(slots=True)
class KeyState:
    """Whether the key of an instance may sign."""

    reason: str | None = None

    def __call__(self) -> str | None:
        return self.reason


@dataclass(frozen=True, slots=True)
class Choice:
    """What a test wants of one issuer instance."""

    name: str
    signer: PrivateKeySigner = SIGNER
    suite: str = "eddsa-rdfc-2022"
    is_generic: bool = True
    tokens: tuple[str, ...] = ()
    state: KeyState = field(default_factory=KeyState)
    status: PublishedStatus | None = None
    envelops: bool = False


P256 = PrivateKeySigner(KeyType.P256, bytes(range(1, 33)))
SELECTIVE = Choice("selective", P256, "ecdsa-sd-2023")
BOTH = (Choice("badges", is_generic=False), Choice("generic"))


TOKENS = Choice("tokens", envelops=True)


def listed(folder: Path, clock: Clock, purpose: str = "revocation") -> Choice:
    """Build an instance whose credentials have a status, in a ledger of its own in `folder`."""
    engine = open_database(sqlite_copy(folder / "status.sqlite"))
    numbers = count(94_567)
    ledger = StatusLedger(engine, lambda below: next(numbers) % below)
    status_list = StatusList("withdrawals", STATUS_LIST_URL, ISSUER, purpose)
    ledger.make_list(status_list, NOW)
    status = PublishedStatus(ledger, status_list, sign, clock)
    return Choice("listed", is_generic=False, status=status)


def documented_issuer() -> OpenAPI:
    """Build an issuer that has an instance of every kind, and so everything there is to call."""
    clock, folder = Clock(), Path(mkdtemp(dir=_LEDGERS.name))
    return issuer_service(*BOTH, SELECTIVE, TOKENS, listed(folder, clock), clock=clock)


_LEDGERS = TemporaryDirectory()
"""Where ledgers of documented issuers are; it goes with the process."""


def issuer_service(*choices: Choice, clock: Clock | None = None) -> OpenAPI:
    """Build the issuer with an Open Badges instance and a generic one, or others."""
    clock = clock or Clock()
    return new_issuer_application(
        WebSettings("Tallystick issuer", "Signs credentials."),
        [_instance(choice, clock) for choice in choices or BOTH],
        now=clock,
        documents={},
    )


def _instance(choice: Choice, clock: Clock) -> IssuerInstance:
    numbers, owner = count(1), did_key(choice.signer.verification_key)

    def issuer_with(mandatory: Sequence[str]) -> Issuer:
        make = partial(TokenIssuer, form=TokenForm.DATA_MODEL) if choice.envelops else Issuer
        return make(
            IssuerProfile(
                owner,
                method_of(choice.signer),
                suite_of(choice.suite, mandatory),
                contexts(takes_any=choice.is_generic),
                is_generic=choice.is_generic,
            ),
            choice.signer,
            ENVIRONMENT,
            fresh=Fresh(lambda: f"urn:uuid:8d7a3c52-6f4f-4b3e-9f38-{next(numbers):012d}", str),
            self_check=release_check(
                NoNetworkResolver(), is_generic=choice.is_generic, clock=clock
            ),
        )

    return IssuerInstance(
        prefix=f"/{choice.name}",
        description=f"Issues as {owner}, with {choice.suite}.",
        issuer_with=issuer_with,
        is_selective=choice.suite == ECDSA_SD_2023.name,
        environment=ENVIRONMENT,
        status=choice.status,
        envelops=choice.envelops,
        request_of=AnyCredentialRequest if choice.is_generic else _open_badge,
        why_not=choice.state,
        controller_document=did_key_document(owner),
        tokens=BearerTokens(choice.tokens),
    )


def suite_of(name: str, mandatory: Sequence[str]) -> Cryptosuite:
    """Find a suite; one of selective disclosure with pointers, or the issuer's own rule."""
    if name != ECDSA_SD_2023.name:
        return CRYPTOSUITES[name]
    fresh = BaseProofSecrets(
        proof_key=lambda: PrivateKeySigner(KeyType.P256, bytes(range(2, 34))),
        hmac_key=lambda: bytes(range(HMAC_BYTES)),
    )
    return EcdsaSd2023(fresh, (lambda _document: tuple(mandatory)) if mandatory else always_shown())


def _open_badge(credential: JsonObject) -> IssuanceRequest:
    return IssuanceRequest.from_json({"credential": credential})


def plain(**changes: Any) -> JsonObject:
    """Build a small unsigned credential of the generic kind; None takes a member away."""
    document = {
        "@context": [DATA_MODEL],
        "id": "urn:uuid:8d7a3c52-6f4f-4b3e-9f38-0b3c4f7b2a11",
        "type": ["VerifiableCredential"],
        "issuer": ISSUER,
        "credentialSubject": {"id": LEARNER, "name": "Ana"},
        **changes,
    }
    return {name: value for name, value in document.items() if value is not None}


def presentation(*credentials: Any, **options: Any) -> JsonObject:
    """Build a presentation that the learner signs for authentication."""
    document: JsonObject = {
        "@context": [DATA_MODEL],
        "type": ["VerifiablePresentation"],
        "holder": LEARNER,
    }
    if credentials:
        document["verifiableCredential"] = list(credentials)
    return sign(document, signer=STRANGER, proof_purpose="authentication", **options)


def post(client: FlaskClient, path: str, body: Any, **headers: str) -> Any:
    """POST JSON, or bytes as they are."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode("utf-8", "surrogatepass")
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return client.post(path, data=data, headers={"Content-Type": JSON, **named})


def problem(response: Response | Any, status: int, code: str | None = None) -> JsonObject:
    """Require a problem document with this status, and a code if one is named."""
    assert (response.status_code, response.content_type) == (status, PROBLEM)
    body: JsonObject = json.loads(response.get_data())
    assert body["status"] == status
    assert body["detail"]
    if code is not None:
        assert body["code"] == code
    return body
