"""Tokens over HTTP: issued in an envelope, verified in each form, and never as a presentation."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.services import (
    BOTH,
    DATA_MODEL,
    Choice,
    issuer_service,
    plain,
    post,
    problem,
    verifier_service,
)

ISSUE = "/tokens/credentials/issue"
DATA = "data:application/vc+jwt,"


@pytest.fixture
def client() -> FlaskClient:
    return issuer_service(*BOTH, Choice("tokens", envelops=True)).test_client()


@pytest.fixture
def verifier() -> FlaskClient:
    return verifier_service().test_client()


def issue(client: FlaskClient) -> Any:
    response = post(client, ISSUE, {"credential": plain()})
    assert response.status_code == 201
    return response.json


def test_a_token_comes_in_an_envelope_and_is_verified_in_it_and_bare(
    client: FlaskClient, verifier: FlaskClient
) -> None:
    issued = issue(client)
    assert (issued["@context"], issued["type"]) == ([DATA_MODEL], "EnvelopedVerifiableCredential")
    token = issued["id"].removeprefix(DATA)
    for document in (issued, token):
        body = {"verifiableCredential": document}
        assert post(verifier, "/credentials/verify", body).status_code == 200


@pytest.mark.parametrize(
    "change",
    [
        {"@context": []},
        {"@context": ["https://www.w3.org/2018/credentials/v1"]},
        {"id": "https://example.com/token"},
        {"id": None},
        {"type": None},
        {"type": "EnvelopedVerifiablePresentation"},
        {"type": "VerifiableCredential"},
    ],
)
def test_an_envelope_of_the_wrong_form_is_refused(
    client: FlaskClient, verifier: FlaskClient, change: dict[str, object]
) -> None:
    issued = issue(client)
    changed = {name: value for name, value in {**issued, **change}.items() if value is not None}
    problem(post(verifier, "/credentials/verify", {"verifiableCredential": changed}), 400)


def test_a_tampered_token_is_refused(client: FlaskClient, verifier: FlaskClient) -> None:
    token = issue(client)["id"].removeprefix(DATA)
    header, claims, signature = token.split(".")
    for changed in (
        f"{header}.{claims}.{signature[::-1]}",
        f"{header}.{claims}.",
        f"eyJhbGciOiJub25lIn0.{claims}.",
        f"{header}.{claims[:-4]}AAAA.{signature}",
    ):
        problem(post(verifier, "/credentials/verify", {"verifiableCredential": changed}), 400)


def test_a_token_of_a_credential_is_no_presentation(
    client: FlaskClient, verifier: FlaskClient
) -> None:
    token = issue(client)["id"].removeprefix(DATA)
    refused = post(verifier, "/presentations/verify", {"verifiablePresentation": token})
    problem(refused, 400, "NOT_A_PRESENTATION")
