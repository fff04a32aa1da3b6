"""Selective disclosure over HTTP: what is mandatory, what is derived, and what does not fit."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from keys.did import did_key
from tests.factories import LEARNER, sign
from tests.services import (
    BOTH,
    P256,
    SELECTIVE,
    issuer_service,
    plain,
    post,
    problem,
    verifier_service,
)

ISSUE, DERIVE = "/selective/credentials/issue", "/selective/credentials/derive"
VERIFY = "/proof-only/credentials/verify"
OWNER = did_key(P256.verification_key)
ABOUT_ANA = {"id": LEARNER, "name": "Ana", "description": "Welder"}


@pytest.fixture
def client() -> FlaskClient:
    return issuer_service(*BOTH, SELECTIVE).test_client()


@pytest.fixture
def verifier() -> FlaskClient:
    return verifier_service().test_client()


def issue(client: FlaskClient, *mandatory: str) -> Any:
    body = {"credential": plain(issuer=OWNER, credentialSubject=ABOUT_ANA)}
    return post(client, ISSUE, {**body, "options": {"mandatoryPointers": list(mandatory)}})


def derive(client: FlaskClient, document: Any, *pointers: str) -> Any:
    options = {"selectivePointers": list(pointers)}
    return post(client, DERIVE, {"verifiableCredential": document, "options": options})


def verify(client: FlaskClient, document: Any) -> Any:
    return post(client, VERIFY, {"verifiableCredential": document})


def test_what_is_shown_is_what_is_mandatory_and_what_is_chosen(
    client: FlaskClient, verifier: FlaskClient
) -> None:
    base = issue(client, "/issuer").json
    response = derive(client, base, "/credentialSubject/name")
    assert response.status_code == 201
    derived = response.json
    assert derived["issuer"] == OWNER
    assert derived["credentialSubject"] == {"id": LEARNER, "name": "Ana"}
    assert verify(verifier, derived).status_code == 200
    derived["credentialSubject"]["name"] = "Bob"
    problem(verify(verifier, derived), 400)


def test_a_base_proof_is_for_its_holder_and_not_for_verifiers(
    client: FlaskClient, verifier: FlaskClient
) -> None:
    base = issue(client).json
    assert base["proof"]["proofValue"].startswith("u")
    problem(verify(verifier, base), 400)


def test_without_pointers_the_rule_of_the_issuer_holds(client: FlaskClient) -> None:
    derived = derive(client, issue(client).json).json
    assert derived["credentialSubject"] == ABOUT_ANA


@pytest.mark.parametrize("pointer", ["/nothing", "/credentialSubject/9", "no pointer", "/issuer/x"])
def test_a_pointer_that_matches_nothing_is_refused(client: FlaskClient, pointer: str) -> None:
    problem(issue(client, "/issuer", pointer), 400)
    problem(derive(client, issue(client, "/issuer").json, pointer), 400)


def test_requests_share_no_pointers(client: FlaskClient) -> None:
    issue(client, "/issuer", "/credentialSubject/description")
    derived = derive(client, issue(client, "/issuer", "/credentialSubject/name").json).json
    assert "description" not in derived["credentialSubject"]


def test_nothing_is_derived_of_what_has_no_base_proof(client: FlaskClient) -> None:
    for document in (sign(plain()), plain(), {}, {"proof": []}, {"proof": {"type": 4}}):
        problem(derive(client, document, "/issuer"), 400)
    derived = derive(client, issue(client, "/issuer").json, "/credentialSubject/name").json
    problem(derive(client, derived, "/issuer"), 400, "NO_BASE_PROOF")


def test_instances_of_other_suites_neither_derive_nor_take_pointers(client: FlaskClient) -> None:
    problem(post(client, "/generic/credentials/derive", {}), 404)
    body = {"credential": plain(), "options": {"mandatoryPointers": ["/issuer"]}}
    refused = problem(post(client, "/generic/credentials/issue", body), 400)
    assert refused["pointer"] == "/options/mandatoryPointers"
