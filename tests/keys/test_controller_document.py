"""Whose key it is: controller documents and decentralized identifiers."""

from __future__ import annotations

import json
from copy import deepcopy
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from keys import MappingResolver, NoNetworkResolver
from keys.controller_document import require_usable_at, retrieve_verification_method
from keys.did import controller_document, did_key, did_web_owner, did_web_url
from keys.errors import ControllerDocumentError, KeyMaterialError, UnresolvableError
from keys.multibase import base64url
from keys.signer import PrivateKeySigner
from keys.verification_key import KeyType

KEY = PrivateKeySigner(KeyType.ED25519, bytes(range(32))).verification_key
OTHER = PrivateKeySigner(KeyType.P256, bytes(range(1, 33))).verification_key
HOST = "https://uni.example/issuer"
METHOD = f"{HOST}#key-1"


def document(**changes: Any) -> dict[str, Any]:
    base: dict[str, Any] = {
        "id": HOST,
        "verificationMethod": [
            {
                "id": METHOD,
                "type": "Multikey",
                "controller": HOST,
                "publicKeyMultibase": KEY.to_multikey(),
            }
        ],
        "assertionMethod": [METHOD],
    }
    return {**base, **changes}


def method(**changes: Any) -> dict[str, Any]:
    return {**document()["verificationMethod"][0], **changes}


def resolve(given: object, name: object = METHOD, purpose: str = "assertionMethod") -> Any:
    resolver = MappingResolver({HOST: given})
    return retrieve_verification_method(
        name, purpose, lambda controller: controller_document(controller, resolver)
    )


def test_finds_a_listed_key() -> None:
    found = resolve(document())
    assert (found.key, found.controller, found.verification_method) == (KEY, HOST, METHOD)


def test_finds_a_key_by_relative_name_and_inside_the_relationship() -> None:
    relative = document(verificationMethod=[method(id="#key-1")], assertionMethod=["#key-1"])
    assert resolve(relative).key == KEY
    embedded = document(verificationMethod=[], assertionMethod=[method()])
    assert resolve(embedded).key == KEY


def test_reads_a_json_web_key() -> None:
    jwk = {"id": METHOD, "type": "JsonWebKey", "controller": HOST, "publicKeyJwk": OTHER.to_jwk()}
    assert resolve(document(verificationMethod=[jwk])).key == OTHER


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ([], "INVALID_CONTROLLED_IDENTIFIER_DOCUMENT"),
        ("text", "INVALID_CONTROLLED_IDENTIFIER_DOCUMENT"),
        (document(id="https://evil.example"), "INVALID_CONTROLLED_IDENTIFIER_DOCUMENT_ID"),
        (document(id=None), "INVALID_CONTROLLED_IDENTIFIER_DOCUMENT_ID"),
        (document(verificationMethod=[]), "INVALID_VERIFICATION_METHOD"),
        (document(verificationMethod="x"), "INVALID_VERIFICATION_METHOD"),
        (document(verificationMethod=[method(type=["Multikey"])]), "INVALID_VERIFICATION_METHOD"),
        (document(verificationMethod=[method(type={})]), "INVALID_VERIFICATION_METHOD"),
        (
            document(verificationMethod=[method(id=f"#{number}") for number in range(65)]),
            "INVALID_CONTROLLED_IDENTIFIER_DOCUMENT",
        ),
        (
            document(verificationMethod=[method(), method(publicKeyMultibase=OTHER.to_multikey())]),
            "INVALID_VERIFICATION_METHOD",
        ),
        (
            document(verificationMethod=[method(controller="https://evil.example")]),
            "INVALID_VERIFICATION_METHOD",
        ),
        (document(verificationMethod=[method(type="Unknown")]), "INVALID_VERIFICATION_METHOD"),
        (
            document(verificationMethod=[method(publicKeyJwk=KEY.to_jwk())]),
            "INVALID_VERIFICATION_METHOD",
        ),
        (document(assertionMethod=[]), "INVALID_RELATIONSHIP_FOR_VERIFICATION_METHOD"),
        (
            document(assertionMethod=[], authentication=[METHOD]),
            "INVALID_RELATIONSHIP_FOR_VERIFICATION_METHOD",
        ),
        (document(verificationMethod=[method()] * 300), "INVALID_CONTROLLED_IDENTIFIER_DOCUMENT"),
        (document(verificationMethod=[method(expires="soon")]), "INSTANT_MALFORMED"),
    ],
)
def test_refuses_a_document_that_does_not_vouch_for_the_key(given: object, code: str) -> None:
    with pytest.raises(KeyMaterialError) as caught:
        resolve(given)
    assert caught.value.code == code


@pytest.mark.parametrize("name", [None, 5, "", "#", HOST, f"{HOST}#", "#key-1", f"{HOST}#a#b"])
def test_refuses_a_method_that_is_no_url_with_fragment(name: object) -> None:
    with pytest.raises(ControllerDocumentError) as caught:
        resolve(document(), name)
    assert caught.value.code == "INVALID_VERIFICATION_METHOD_URL"


def test_an_unknown_purpose_is_refused() -> None:
    with pytest.raises(ControllerDocumentError):
        resolve(document(keyAgreement=[METHOD]), purpose="keyAgreement")


def test_revoked_and_expired_keys_are_not_usable() -> None:
    moment = datetime(2026, 5, 1, tzinfo=UTC)
    revoked = resolve(document(verificationMethod=[method(revoked="2026-01-01T00:00:00Z")]))
    expiring = resolve(document(verificationMethod=[method(expires="2026-05-01T00:00:00Z")]))
    later = resolve(document(verificationMethod=[method(expires="2026-05-01T00:00:01Z")]))
    require_usable_at(later, moment)
    for key, code in ((revoked, "KEY_REVOKED"), (expiring, "KEY_EXPIRED")):
        with pytest.raises(KeyMaterialError) as caught:
            require_usable_at(key, moment)
        assert caught.value.code == code


def test_did_key_and_did_jwk_need_nobody() -> None:
    nobody = NoNetworkResolver()
    did = did_key(KEY)
    jwk = f"did:jwk:{base64url(json.dumps(OTHER.to_jwk()).encode())}"

    def find(name: str) -> Any:
        return retrieve_verification_method(
            name, "assertionMethod", lambda controller: controller_document(controller, nobody)
        )

    assert find(f"{did}#{KEY.to_multikey()}").key == KEY
    assert find(f"{jwk}#0").key == OTHER
    for wrong in (f"{did}#{OTHER.to_multikey()}", f"{did}#0", f"{jwk}#1", "did:jwk:e30#0"):
        with pytest.raises(KeyMaterialError):
            find(wrong)


def test_what_cannot_be_looked_up_is_unresolvable_and_not_wrong() -> None:
    for controller in ("did:web:uni.example", "did:example:123", "did:webvh:x:y", "urn:uuid:1"):
        with pytest.raises(UnresolvableError):
            controller_document(controller, NoNetworkResolver())


def test_did_web_names_become_https_addresses() -> None:
    assert did_web_url("did:web:uni.example") == "https://uni.example/.well-known/did.json"
    assert did_web_url("did:web:uni.example:u:bob") == "https://uni.example/u/bob/did.json"
    assert did_web_url("did:web:uni.example%3A8443:u") == "https://uni.example:8443/u/did.json"


def test_the_owner_of_a_path_is_never_shown_as_the_owner_of_the_host() -> None:
    assert did_web_owner("did:web:uni.example") == "uni.example"
    assert did_web_owner("did:web:uni.example:u:bob") == "uni.example/u/bob"


def test_refuses_did_web_names_that_lead_elsewhere(conformance: Path) -> None:
    cases = json.loads((conformance / "attacks/ssrf-cases.json").read_text())["did_web_deny"]
    assert len(cases) == 16
    for name in cases:
        with pytest.raises(ControllerDocumentError):
            did_web_url(name)


def test_resolving_leaves_the_given_document_alone() -> None:
    given = document()
    before = deepcopy(given)
    resolve(given)
    assert given == before
