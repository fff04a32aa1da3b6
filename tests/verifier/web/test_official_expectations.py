"""What the official test suites send to a verifier, and what they expect: each in one test.

They speak to the proof-only instance, which believes any key, as published vectors need it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.factories import LEARNER, STRANGER, sign
from tests.services import DATA_MODEL, plain, post, presentation, problem, verifier_service

CREDENTIALS = "/proof-only/credentials/verify"
PRESENTATIONS = "/proof-only/presentations/verify"
OPTIONS = {"challenge": "uRaDCpwqJ4nCKSfTdbRqq4w", "domain": "github.com/w3c/some-suite"}
V1 = ["https://www.w3.org/2018/credentials/v1", "https://w3id.org/security/data-integrity/v2"]
WRONG = [4, None, True, [], "string", {}]


@pytest.fixture
def client() -> FlaskClient:
    return verifier_service().test_client()


def verify(client: FlaskClient, document: Any) -> Any:
    body = {"verifiableCredential": document, "options": {"checks": ["proof"]}}
    return post(client, CREDENTIALS, body)


def present(client: FlaskClient, document: Any, **options: str) -> Any:
    body = {"verifiablePresentation": document, "options": {**OPTIONS, **options}}
    return post(client, PRESENTATIONS, body)


def with_proof(change: Callable[[dict[str, Any]], Any]) -> dict[str, Any]:
    document = sign(plain())
    return {**document, "proof": change(dict(document["proof"]))}


@pytest.mark.parametrize("suite", ["eddsa-rdfc-2022", "eddsa-jcs-2022"])
def test_credentials_of_both_versions_are_verified(client: FlaskClient, suite: str) -> None:
    older = plain(
        **{"@context": V1}, issuanceDate="2020-01-01T00:00:00Z", credentialSubject={"id": LEARNER}
    )
    for document in (plain(), older):
        assert verify(client, sign(document, suite=suite)).status_code == 200


def test_a_proof_by_another_key_than_the_issuers_is_verified(client: FlaskClient) -> None:
    assert verify(client, sign(plain(), signer=STRANGER)).status_code == 200


@pytest.mark.parametrize(
    "body",
    [{}, {"options": {}}, {"credential": {}}, {"verifiableCredential": None}],
)
def test_a_body_without_credential_is_refused(client: FlaskClient, body: Any) -> None:
    problem(post(client, CREDENTIALS, body), 400)
    problem(post(client, PRESENTATIONS, body), 400)


@pytest.mark.parametrize("name", ["@context", "type", "issuer", "credentialSubject", "proof"])
def test_a_missing_or_wrong_member_is_refused(client: FlaskClient, name: str) -> None:
    document = sign(plain())
    problem(verify(client, {key: value for key, value in document.items() if key != name}), 400)
    for value in WRONG:
        problem(verify(client, {**document, name: value}), 400)


@pytest.mark.parametrize(
    "name",
    ["type", "cryptosuite", "verificationMethod", "proofPurpose", "proofValue", "created"],
)
def test_a_missing_or_wrong_member_of_the_proof_is_refused(client: FlaskClient, name: str) -> None:
    without = with_proof(lambda p: {key: value for key, value in p.items() if key != name})
    problem(verify(client, without), 400)
    for value in WRONG:
        document = with_proof(lambda p, value=value: {**p, name: value})
        problem(verify(client, document), 400)


def test_a_credential_in_a_text_is_refused(client: FlaskClient) -> None:
    import json

    problem(verify(client, json.dumps(sign(plain()))), 400, "NOT_A_CREDENTIAL")


def test_a_document_that_is_no_credential_is_refused(client: FlaskClient) -> None:
    problem(verify(client, {"type": ["NonconformingDocument"]}), 400)
    problem(present(client, {"type": ["NonconformingDocument"]}), 400)


@pytest.mark.parametrize(
    "change",
    [
        lambda p: {**p, "type": "UnknownProof"},
        lambda p: {**p, "cryptosuite": "UnknownSuite"},
        lambda p: {**p, "proofPurpose": "invalidPurpose"},
        lambda p: {**p, "proofValue": p["proofValue"][1:]},
        lambda p: {**p, "proofValue": p["proofValue"][:-1]},
        lambda p: [p, {**p, "proofValue": p["proofValue"][:-1]}],
        lambda p: {**p, "previousProof": "urn:uuid:nowhere"},
        lambda p: {**p, "previousProof": 4},
    ],
)
def test_a_wrong_proof_is_refused(client: FlaskClient, change: Any) -> None:
    problem(verify(client, with_proof(change)), 400)


def test_an_undefined_term_or_type_is_refused_before_and_after_signing(client: FlaskClient) -> None:
    own = [DATA_MODEL, {"@vocab": "https://own.example/"}]
    signed = sign({**plain(), "@context": own, "undefined": "x"})
    problem(verify(client, {**signed, "@context": [DATA_MODEL]}), 400)
    problem(verify(client, {**sign(plain()), "undefined": "x"}), 400, "UNDEFINED_TERM")
    types = ["VerifiableCredential", "Undefined"]
    problem(verify(client, {**sign(plain()), "type": types}), 400)


def test_a_type_that_only_a_removed_base_resolved_is_refused(client: FlaskClient) -> None:
    own = [DATA_MODEL, {"@vocab": "https://own.example/"}]
    signed = sign({**plain(), "@context": own, "type": ["VerifiableCredential", "Relative"]})
    assert verify(client, signed).status_code == 200
    problem(verify(client, {**signed, "@context": [DATA_MODEL]}), 400)


def test_two_proofs_and_a_chain_are_verified_and_its_link_alone_is_not(client: FlaskClient) -> None:
    first = sign(plain(), proof_id="urn:uuid:26329423-bec9-4b2e-88cb-a7c7d9dc4544")
    both = sign(first, signer=STRANGER)
    assert verify(client, both).status_code == 200
    chained = sign(first, signer=STRANGER, previous_proof=[first["proof"]["id"]])
    assert verify(client, chained).status_code == 200
    problem(verify(client, {**chained, "proof": chained["proof"][1]}), 400)


@pytest.mark.parametrize("count", [0, 1, 2])
def test_presentations_of_any_number_of_credentials_are_verified(
    client: FlaskClient, count: int
) -> None:
    document = presentation(*[sign(plain()) for _ in range(count)], **OPTIONS)
    assert present(client, document).status_code == 200


@pytest.mark.parametrize("holder", [None, LEARNER, {"id": LEARNER}])
def test_a_holder_may_be_a_text_an_object_or_absent(client: FlaskClient, holder: Any) -> None:
    document = {"@context": [DATA_MODEL], "type": ["VerifiablePresentation"], "holder": holder}
    document = {name: value for name, value in document.items() if value is not None}
    signed = sign(document, signer=STRANGER, proof_purpose="authentication", **OPTIONS)
    assert present(client, signed).status_code == 200


@pytest.mark.parametrize(
    "changes",
    [
        {"@context": None},
        {"type": None},
        {"@context": ["https://www.w3.org/ns/credentials/examples/v2", DATA_MODEL]},
        {"@context": [DATA_MODEL, 4]},
        {"@context": [DATA_MODEL, "https ://not-a-url/"]},
    ],
)
def test_a_presentation_of_the_wrong_form_is_refused(client: FlaskClient, changes: Any) -> None:
    document = {**presentation(sign(plain()), **OPTIONS), **changes}
    kept = {name: value for name, value in document.items() if value is not None}
    problem(present(client, kept), 400)


def test_a_tampered_presentation_is_refused(client: FlaskClient) -> None:
    document = presentation(sign(plain()), **OPTIONS)
    value = document["proof"]["proofValue"]
    proof = {**document["proof"], "proofValue": value[:-2] + value[:-3:-1]}
    problem(present(client, {**document, "proof": proof}), 400, "SIGNATURE_INVALID")


def test_a_presentation_with_a_tampered_credential_is_refused(client: FlaskClient) -> None:
    tampered = {**sign(plain()), "validUntil": "2040-01-01T00:00:00Z"}
    problem(present(client, presentation(tampered, **OPTIONS)), 400, "SIGNATURE_INVALID")


@pytest.mark.parametrize("member", ["challenge", "domain"])
def test_challenge_and_domain_are_compared(client: FlaskClient, member: str) -> None:
    document = presentation(sign(plain()), **OPTIONS)
    problem(present(client, document, **{member: "another"}), 400)


def test_a_presentation_is_made_for_authentication(client: FlaskClient) -> None:
    document = {"@context": [DATA_MODEL], "type": ["VerifiablePresentation"]}
    signed = sign(document, signer=STRANGER, **OPTIONS)
    problem(present(client, signed), 400, "PROOF_PURPOSE_MISMATCH")
