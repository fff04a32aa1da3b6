"""The issuer over HTTP: what is signed, in whose name, and who may ask for it."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from keys.did import did_key
from keys.signer import SECRET_BYTES, PrivateKeySigner
from keys.verification_key import KeyType
from service.web.authorization import digest_of_token
from tests.factories import ISSUER, LEARNER, STRANGER, check, method_of, sign, unsigned
from tests.services import (
    ANY_CONTEXT,
    BOTH,
    DATA_MODEL,
    Choice,
    KeyState,
    issuer_service,
    plain,
    post,
    problem,
    verifier_service,
)
from verifier.report import Verdict

BADGES, GENERIC = "/badges/credentials/issue", "/generic/credentials/issue"
V1 = "https://www.w3.org/2018/credentials/v1"


@pytest.fixture
def client() -> FlaskClient:
    return issuer_service().test_client()


def issue(client: FlaskClient, credential: Any, path: str = GENERIC, **options: Any) -> Any:
    return post(client, path, {"credential": credential, "options": options})


def test_the_credential_comes_back_bare_and_signed(client: FlaskClient) -> None:
    response = issue(client, plain())
    assert response.status_code == 201
    assert {name: value for name, value in response.json.items() if name != "proof"} == plain()
    assert check(response.json).verdict is Verdict.VALID


def test_what_is_issued_is_verified_and_what_is_tampered_with_is_not(client: FlaskClient) -> None:
    verifier = verifier_service().test_client()
    for credential, path in ((plain(), GENERIC), (unsigned(), BADGES)):
        issued = issue(client, credential, path).json
        verify = "/credentials/verify"
        assert post(verifier, verify, {"verifiableCredential": issued}).status_code == 200
        issued["credentialSubject"]["name"] = "Someone else"
        problem(post(verifier, verify, {"verifiableCredential": issued}), 400)


@pytest.mark.parametrize(
    ("key_type", "suite"),
    [
        (KeyType.ED25519, "eddsa-jcs-2022"),
        (KeyType.P256, "ecdsa-rdfc-2019"),
        (KeyType.P384, "ecdsa-rdfc-2019"),
        (KeyType.P384, "ecdsa-jcs-2019"),
    ],
)
def test_each_instance_has_its_own_key_and_suite(key_type: KeyType, suite: str) -> None:
    signer = PrivateKeySigner(key_type, bytes(range(1, SECRET_BYTES[key_type] + 1)))
    client = issuer_service(*BOTH, Choice("other", signer, suite)).test_client()
    owner = did_key(signer.verification_key)
    response = issue(client, plain(issuer=owner), "/other/credentials/issue")
    assert response.status_code == 201
    assert response.json["proof"]["cryptosuite"] == suite
    assert response.json["proof"]["verificationMethod"] == method_of(signer)
    problem(issue(client, plain(issuer=owner)), 400, "ISSUER_NOT_YOURS")


def test_nobody_issues_in_another_name(client: FlaskClient) -> None:
    for path, credential in ((GENERIC, plain), (BADGES, unsigned)):
        for name in (LEARNER, f"{ISSUER}#", f"{ISSUER} ", "https://vc.example/issuers/1"):
            for stated in (name, {"id": name, "type": ["Profile"], "name": "Example"}):
                body = problem(issue(client, credential(issuer=stated), path), 400)
                assert body["code"] == "ISSUER_NOT_YOURS"
                assert body["pointer"] == "/credential/issuer"


def test_the_issuer_may_say_more_about_itself(client: FlaskClient) -> None:
    stated = {"id": ISSUER, "name": "Example", "description": {"@value": "x", "@language": "en"}}
    assert issue(client, plain(issuer=stated)).json["issuer"] == stated


@pytest.mark.parametrize(
    "options",
    [
        {"verificationMethod": method_of(STRANGER)},
        {"verificationMethod": method_of(STRANGER), "proofPurpose": "authentication"},
        {"proofPurpose": "authentication"},
        {"created": "1999-01-01T00:00:00Z"},
        {"challenge": "x", "domain": "y"},
        {"type": "Ed25519Signature2020"},
        {"__proto__": {}},
    ],
)
def test_no_option_chooses_key_purpose_or_date(client: FlaskClient, options: Any) -> None:
    body = problem(post(client, GENERIC, {"credential": plain(), "options": options}), 400)
    assert body["code"] == "UNKNOWN_OPTION_PROVIDED"
    assert body["pointer"].startswith("/options/")


def test_the_open_badges_instance_signs_open_badges_only(client: FlaskClient) -> None:
    body = problem(issue(client, plain(), BADGES), 400, "NOT_AN_OPEN_BADGE")
    assert body["problemDetails"][0]["pointer"] == "/credential/type"
    assert issue(client, unsigned(), BADGES).status_code == 201


@pytest.mark.parametrize("kind", ["BitstringStatusListCredential", "StatusList2021Credential"])
def test_nobody_who_asks_gets_a_status_list_signed(client: FlaskClient, kind: str) -> None:
    document = plain()
    document["type"] = ["VerifiableCredential", kind]
    document["credentialSubject"] = {"type": "BitstringStatusList", "statusPurpose": "revocation"}
    body = problem(issue(client, document), 400)
    assert "STATUS_LIST_REQUESTED" in {one["code"] for one in body["problemDetails"]}


def test_the_open_badges_instance_takes_no_contexts_of_its_own(client: FlaskClient) -> None:
    own = unsigned()
    own["@context"] = [*own["@context"], {"deed": "https://deeds.example/deed"}]
    problem(issue(client, own, BADGES), 400, "CONTEXT_INLINE")


def test_every_fault_of_a_credential_is_named_with_its_place(client: FlaskClient) -> None:
    document = unsigned(validFrom="yesterday", proof={"type": "DataIntegrityProof"})
    body = problem(issue(client, document, BADGES), 400)
    pointers = {detail["pointer"] for detail in body["problemDetails"]}
    assert {"/credential/validFrom", "/credential/proof"} <= pointers


def test_a_credential_that_is_signed_already_is_not_signed_again(client: FlaskClient) -> None:
    problem(issue(client, sign(plain())), 400, "ALREADY_SIGNED")


def test_a_context_of_the_outside_is_refused_and_never_fetched(client: FlaskClient) -> None:
    """The closed network of the test suite turns any attempt into a failure."""
    for contexts in (
        ["https://example.com"],
        ["http://127.0.0.1:9/x"],
        [{"x": {"@id": "https://e.example/x", "@context": "https://example.com/c"}}],
        [{"@import": "https://example.com/c"}],
    ):
        document = plain(x={"y": "z"})
        document["@context"] = [DATA_MODEL, *contexts]
        problem(issue(client, document), 400)


@pytest.mark.parametrize(
    "context",
    [
        {"deed": "https://deeds.example/deed"},
        {"@context": {"deed": "https://deeds.example/deed"}},
        {"@vocab": "https://deeds.example/"},
        "https://www.w3.org/ns/credentials/examples/v2",
    ],
)
def test_the_generic_instance_takes_contexts_that_are_inline_or_pinned(
    client: FlaskClient, context: Any
) -> None:
    document = plain(deed="welding")
    document["@context"] = [DATA_MODEL, context]
    response = issue(client, document)
    assert response.status_code == 201
    assert check(response.json, **ANY_CONTEXT).verdict is Verdict.VALID


def test_a_vocabulary_may_be_taken_away_and_then_defines_nothing(client: FlaskClient) -> None:
    document = plain()
    document["@context"] = [DATA_MODEL, {"@vocab": None}]
    assert issue(client, document).status_code == 201
    problem(issue(client, {**document, "deed": "welding"}), 400, "UNDEFINED_TERM")
    problem(issue(client, {**document, "type": ["VerifiableCredential", "Deed"]}), 400)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("validUntil", "http://www.w3.org/2001/XMLSchema#dateTime"),
        ("credentialStatus", "@id"),
        ("relatedResource", "@id"),
    ],
)
def test_an_alias_for_a_term_of_the_data_model_is_refused(
    client: FlaskClient, name: str, kind: str
) -> None:
    value = "2036-01-01T00:00:00Z" if name == "validUntil" else "urn:x:y"
    alias = {"@id": f"https://www.w3.org/2018/credentials#{name}", "@type": kind}
    document = plain(alias=value)
    document["@context"] = [DATA_MODEL, {"alias": alias}]
    body = problem(issue(client, document), 400, "ROUND_TRIP")
    assert body["pointer"] == f"/credential/{name}"


def test_an_alias_for_a_type_of_the_data_model_is_refused(client: FlaskClient) -> None:
    kind = "https://www.w3.org/ns/credentials/status#BitstringStatusListEntry"
    document = plain(credentialStatus={"id": "https://e.example/1", "type": "Entry"})
    document["@context"] = [DATA_MODEL, {"Entry": kind}]
    body = problem(issue(client, document), 400, "ROUND_TRIP")
    assert body["pointer"] == "/credential/credentialStatus/type"


def test_a_credential_of_version_1_gets_the_context_of_its_proof_and_a_date(
    client: FlaskClient,
) -> None:
    subject, ends = {"id": LEARNER}, "2036-01-01T00:00:00Z"
    older = plain(**{"@context": [V1], "credentialSubject": subject, "expirationDate": ends})
    response = issue(client, older)
    assert response.status_code == 201
    assert response.json["@context"] == [V1, "https://w3id.org/security/data-integrity/v2"]
    assert response.json["issuanceDate"] == "2026-11-23T00:00:00Z"
    assert check(response.json).verdict is Verdict.VALID


def test_whoever_has_no_token_gets_nothing_signed() -> None:
    digests = (digest_of_token("first"), digest_of_token("second"))
    client = issuer_service(Choice("closed", tokens=digests)).test_client()
    path = "/closed/credentials/issue"
    for headers in ({}, {"Authorization": "Bearer third"}, {"Authorization": "Basic Zmlyc3Q6"}):
        refused = post(client, path, b"not even JSON", **headers)
        problem(refused, 401, "NOT_AUTHORIZED")
        assert refused.headers["WWW-Authenticate"] == "Bearer"
    problem(post(client, path, {}, Cookie="token=first"), 401)
    for token in ("first", "second"):
        authorized = {"Authorization": f"Bearer {token}"}
        assert post(client, path, {"credential": plain()}, **authorized).status_code == 201


def test_a_key_that_was_ended_signs_nothing_more() -> None:
    state = KeyState()
    client = issuer_service(Choice("one", state=state)).test_client()
    body = {"credential": plain()}
    assert post(client, "/one/credentials/issue", body).status_code == 201
    state.reason = "The key is revoked."
    problem(post(client, "/one/credentials/issue", body), 503, "KEY_NOT_ACTIVE")


def test_each_instance_publishes_the_keys_of_its_issuer(client: FlaskClient) -> None:
    response = client.get("/generic/did.json")
    assert response.json["id"] == ISSUER
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert "no-store" not in response.headers["Cache-Control"]
