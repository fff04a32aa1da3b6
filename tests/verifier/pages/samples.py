"""One credential for each of the eight answers, and a verifier's page that gives them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache
from io import BytesIO
from typing import Any

from flask.testing import FlaskClient
from flask_openapi3.openapi import OpenAPI

from credentials.json_types import JsonObject
from credentials.strict_json import serialize_json
from frameworks.registers import Registers
from keys.signer import PrivateKeySigner
from keys.store import KeyRecord, StoredKey
from keys.verification_key import KeyType
from service.web import WebSettings
from tallystick.receipts import signing_with
from tallystick.using_registers import registers_in_use
from tests.factories import (
    ISSUER,
    LIST_URL,
    NOW,
    STRANGER,
    did_key,
    method_of,
    sign,
    status_entry,
    status_list,
    unsigned,
    world,
)
from tests.services import Clock, challenges
from verifier.answers import Answer
from verifier.checks.world import World
from verifier.grounds import Grounds, TrustFile, registers_of
from verifier.pages import VerifierPage
from verifier.trust import TrustList
from verifier.web import VerifierInstance, new_verifier_application

OUTSIDER = did_key(STRANGER.verification_key)
TRUST_FILE = {
    "list": {"name": "Our partners"},
    "issuers": [{"id": ISSUER, "name": "Example Polytechnic, Wellington"}],
    "registries": [{"type": "dcc", "name": "A registry", "url": "https://registry.example/r.json"}],
    "authorities": [
        {
            "id": "did:web:authority.example",
            "name": "Qualifications authority",
            "frameworks": ["nz-nzqcf"],
            "accreditors": ["did:web:accreditor.example"],
        }
    ],
    "adopters": [{"id": "did:web:senate.example", "name": "Senate"}],
}
TRUST = TrustList(TrustList.from_json(TRUST_FILE).issuers)
"""The issuers of the file only: nothing is asked about others."""

RECEIPT_SIGNER = PrivateKeySigner(KeyType.ED25519, bytes(range(2, 34)))
SUSPENSIONS = f"{LIST_URL}/suspensions"
UNREACHABLE = f"{LIST_URL}/unreachable"


def in_list(url: str, purpose: str) -> JsonObject:
    return {**status_entry(purpose=purpose), "id": f"{url}#5", "statusListCredential": url}


def suspensions() -> JsonObject:
    content = {"id": f"{SUSPENSIONS}#list", "statusPurpose": "suspension"}
    return status_list(5, content=content, id=SUSPENSIONS)


@cache
def documents() -> Mapping[str, Any]:
    """Give what can be looked up: a list of revocations and one of suspensions."""
    return {LIST_URL: status_list(5), SUSPENSIONS: suspensions()}


def changed(document: JsonObject) -> JsonObject:
    return {**document, "name": "Master of welding"}


@cache
def samples() -> Mapping[Answer, bytes]:
    """Make a credential for each answer."""
    outsider = {"id": OUTSIDER, "type": ["Profile"], "name": "Example Polytechnic"}
    made = {
        Answer.VALID: sign(unsigned(credentialStatus=status_entry("6"))),
        Answer.ISSUER_NOT_KNOWN: sign(unsigned(issuer=outsider), signer=STRANGER),
        Answer.NOT_YET_VALID: sign(unsigned(validFrom="2027-02-01T00:00:00Z")),
        Answer.EXPIRED: sign(unsigned(validUntil="2026-06-30T00:00:00Z")),
        Answer.SUSPENDED: sign(unsigned(credentialStatus=in_list(SUSPENSIONS, "suspension"))),
        Answer.REVOKED: sign(unsigned(credentialStatus=status_entry())),
        Answer.UNDECIDED: sign(unsigned(credentialStatus=in_list(UNREACHABLE, "revocation"))),
        Answer.NOT_VALID: changed(sign(unsigned())),
    }
    return {answer: serialize_json(document) for answer, document in made.items()}


@cache
def registers() -> Registers:
    return registers_in_use((), (), None, NOW)


@cache
def grounds() -> Grounds:
    file = TrustFile.of(serialize_json(TRUST_FILE), TRUST_FILE, NOW)
    return Grounds((file,), registers_of(registers()), NOW)


def receipt_key(status: str = "active") -> StoredKey:
    key = RECEIPT_SIGNER.verification_key
    record = KeyRecord("office", key, did_key(key), method_of(RECEIPT_SIGNER), NOW, status)
    return StoredKey(record, RECEIPT_SIGNER)


def the_page(**changes: Any) -> VerifierPage:
    """Build the page over the samples' world."""
    page = VerifierPage(
        world=lambda: world(documents(), trust=TRUST, registers=registers()),
        registers=registers(),
        fetch=None,
        clock=lambda: 0.0,
        grounds=grounds(),
        sign_receipt=signing_with(receipt_key),
    )
    return replace(page, **changes)


def page_service(page: VerifierPage | None = None) -> OpenAPI:
    """Build a verifier with its page."""
    made = page or the_page()
    instance = VerifierInstance("", lambda _expected: made.world(), challenges(Clock()))
    return new_verifier_application(WebSettings("Verifier", "Verifies."), [instance], made)


def over(make_world: Callable[[], World]) -> FlaskClient:
    """Give a client of a page that verifies in another world, without registers."""
    return page_service(the_page(world=make_world, registers=None)).test_client()


def drop(client: FlaskClient, *files: bytes, **fields: Any) -> str:
    """Drop files on the page, and read the answer."""
    sent = [(BytesIO(data), f"file-{number}") for number, data in enumerate(files, start=1)]
    response = client.post("/", data={"file": sent, **fields})
    assert response.status_code == 200, response.get_data(as_text=True)
    return response.get_data(as_text=True)
