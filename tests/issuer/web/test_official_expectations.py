"""What the official test suites send to an issuer, and what they expect: each in one test.

The list is that of the VC-API, the VC Data Model 2.0 and the Data Integrity suites.
"""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.factories import ISSUER, LEARNER
from tests.services import DATA_MODEL, issuer_service, plain, post, problem

PATH = "/generic/credentials/issue"
EXAMPLES = "https://www.w3.org/ns/credentials/examples/v2"
V1 = "https://www.w3.org/2018/credentials/v1"
RESOURCE = {
    "id": DATA_MODEL,
    "digestSRI": "sha384-NSOcNpmdIVUxIJGvGUoe22FjTWrXiaXlsZ8q6912LdnR3KraQO2n75Ica4wK4Qeg",
}
BARE = {"id": DATA_MODEL, "digestMultibase": "uJKGMkOmFbVJhEfKTduMC2XCyvRAYLjOVmZWwIH1wQ7k"}
WRONG = {**RESOURCE, "digestSRI": RESOURCE["digestSRI"][:-4] + "AAAA"}
REFRESH = {"type": "https://refresh.example/types/Refresh", "id": "https://refresh.example/1"}


@pytest.fixture
def client() -> FlaskClient:
    return issuer_service().test_client()


def issue(client: FlaskClient, **changes: Any) -> Any:
    return post(client, PATH, {"credential": {**plain(), **changes}, "options": {}})


def without(name: str) -> dict[str, Any]:
    return {key: value for key, value in plain().items() if key != name}


@pytest.mark.parametrize("body", [{}, {"options": {}}, {"verifiableCredential": plain()}])
def test_a_body_without_credential_is_refused(client: FlaskClient, body: Any) -> None:
    problem(post(client, PATH, body), 400, "MEMBER_MISSING")


@pytest.mark.parametrize("name", ["@context", "type", "issuer", "credentialSubject"])
def test_a_missing_member_is_refused(client: FlaskClient, name: str) -> None:
    problem(post(client, PATH, {"credential": without(name)}), 400)


@pytest.mark.parametrize("value", [4, "foo", False, None, {"foo": True}, {}, []])
def test_a_context_that_is_no_array_is_refused(client: FlaskClient, value: Any) -> None:
    problem(issue(client, **{"@context": value}), 400)


@pytest.mark.parametrize(
    "value",
    [
        ["https://www.w3.org/ns/credentials/examples/v2", DATA_MODEL],
        [DATA_MODEL, 4],
        [DATA_MODEL, "https ://not-a-url/"],
        [DATA_MODEL, "https://example.com"],
        [DATA_MODEL, None],
        [DATA_MODEL, {"@protected": True, "VerifiableCredential": "https://e.example/x"}],
    ],
)
def test_a_wrong_context_in_the_array_is_refused(client: FlaskClient, value: Any) -> None:
    problem(issue(client, **{"@context": value}), 400)


@pytest.mark.parametrize("value", [4, None, True, [], {}, "string", ["Other"], [4]])
def test_a_type_without_verifiable_credential_is_refused(client: FlaskClient, value: Any) -> None:
    problem(issue(client, type=value), 400)


def test_a_type_that_no_context_maps_to_a_url_is_refused(client: FlaskClient) -> None:
    contexts = [DATA_MODEL, {"@vocab": None}]
    for kind in ("Unmapped", "https ://not-a-url/"):
        types = ["VerifiableCredential", kind]
        problem(issue(client, **{"@context": contexts, "type": types}), 400)


@pytest.mark.parametrize("value", [None, True, 4, [], {}, {"id": None}, "not a url", {"id": 4}])
def test_an_issuer_that_is_no_url_is_refused(client: FlaskClient, value: Any) -> None:
    problem(issue(client, issuer=value), 400)


@pytest.mark.parametrize("value", [None, True, 4, [], {}, "string", [{}], [{"name": "x"}, {}]])
def test_a_subject_that_says_nothing_is_refused(client: FlaskClient, value: Any) -> None:
    problem(issue(client, credentialSubject=value), 400)


@pytest.mark.parametrize("value", [None, ["urn:x:y"], "https ://not-a-url/", 4])
def test_an_id_that_is_no_url_is_refused_wherever_it_stands(
    client: FlaskClient, value: Any
) -> None:
    for changes in (
        {"id": value},
        {"credentialSubject": {"id": value, "name": "x"}},
        {"credentialStatus": {"id": value, "type": "https://e.example/Status"}},
        {"credentialSchema": {"id": value, "type": "JsonSchema"}},
    ):
        problem(issue(client, **changes), 400)


@pytest.mark.parametrize(
    "value", ["2026-01-01", "2026-01-01T00:00:00", "yesterday", 4, None, "2026-13-01T00:00:00Z"]
)
def test_a_date_without_offset_is_refused(client: FlaskClient, value: Any) -> None:
    problem(issue(client, validFrom=value), 400)
    problem(issue(client, validUntil=value), 400)


def test_a_period_that_ends_before_it_begins_is_refused(client: FlaskClient) -> None:
    dates = {"validFrom": "2026-01-02T00:00:00Z", "validUntil": "2026-01-01T00:00:00Z"}
    problem(issue(client, **dates), 400, "VALIDITY_PERIOD_REVERSED")


@pytest.mark.parametrize(
    "member",
    ["credentialStatus", "termsOfUse", "evidence", "refreshService", "credentialSchema"],
)
@pytest.mark.parametrize("value", [{}, {"id": "https://e.example/1"}, {"type": 4}, {"type": None}])
def test_a_part_without_a_type_is_refused(client: FlaskClient, member: str, value: Any) -> None:
    problem(issue(client, **{member: value}), 400)


def test_a_schema_without_an_id_is_refused(client: FlaskClient) -> None:
    problem(issue(client, credentialSchema={"type": "JsonSchema"}), 400)


@pytest.mark.parametrize("value", [4, True, {"@value": 4}, {"value": "x"}, {"@language": "en"}])
def test_a_name_that_is_no_text_is_refused(client: FlaskClient, value: Any) -> None:
    for changes in (
        {"name": value},
        {"description": value},
        {"issuer": {"id": ISSUER, "name": value}},
        {"issuer": {"id": ISSUER, "description": value}},
    ):
        problem(issue(client, **changes), 400)


@pytest.mark.parametrize(
    "value",
    [
        "https://www.w3.org/ns/credentials/v2",
        {key: member for key, member in RESOURCE.items() if key != "id"},
        {"id": DATA_MODEL},
        [RESOURCE, BARE],
        [WRONG],
    ],
)
def test_a_linked_resource_that_is_not_told_apart_is_refused(
    client: FlaskClient, value: Any
) -> None:
    problem(issue(client, relatedResource=value), 400)


@pytest.mark.parametrize("resource", [RESOURCE, BARE])
def test_the_published_digests_of_the_data_model_are_accepted(
    client: FlaskClient, resource: Any
) -> None:
    assert issue(client, relatedResource=[resource]).status_code == 201


@pytest.mark.parametrize(
    "changes",
    [
        {"refreshService": REFRESH},
        {"@context": [DATA_MODEL, EXAMPLES], "refreshService": {**REFRESH, "type": "Refresh"}},
        {"credentialStatus": {"type": "https://e.example/Status"}},
        {"credentialStatus": {"id": "https://e.example/1", "type": "https://e.example/Status"}},
        {"credentialSubject": [{"id": "urn:x:1", "name": "A"}, {"id": "urn:x:2", "name": "B"}]},
        {"validFrom": "2010-01-01T00:00:00Z", "validUntil": "2020-01-01T00:00:00Z"},
        {"validFrom": "2050-01-01T00:00:00.123+12:00"},
        {"issuer": {"id": ISSUER, "name": "Example", "description": "An example."}},
        {"name": {"@value": "x", "@language": "ar", "@direction": "rtl"}},
        {"name": [{"@value": "x", "@language": "en"}, {"@value": "y", "@language": "fr"}]},
        {"termsOfUse": {"type": "https://e.example/Terms"}},
        {"evidence": {"id": "https://e.example/1", "type": ["https://e.example/Evidence"]}},
    ],
)
def test_what_the_data_model_allows_is_issued(client: FlaskClient, changes: Any) -> None:
    response = issue(client, **changes)
    assert response.status_code == 201, response.json
    assert response.json.items() >= {**plain(), **changes}.items()


def test_version_1_of_the_data_model_is_issued_with_its_id_and_its_end(client: FlaskClient) -> None:
    body = plain(**{"@context": [V1], "credentialSubject": {"id": LEARNER}})
    body["expirationDate"] = "2036-01-01T00:00:00Z"
    response = post(client, PATH, {"credential": body})
    assert response.status_code == 201
    assert response.json["id"] == body["id"]
    assert response.json["expirationDate"] == body["expirationDate"]


def test_the_proof_is_that_of_the_instance(client: FlaskClient) -> None:
    proof = issue(client).json["proof"]
    assert proof["type"] == "DataIntegrityProof"
    assert proof["cryptosuite"] == "eddsa-rdfc-2022"
    assert proof["proofPurpose"] == "assertionMethod"
    assert proof["verificationMethod"].startswith("did:key:z6Mk")
    assert proof["proofValue"].startswith("z")


@pytest.mark.parametrize("changes", [{"unmapped": "x"}, {"type": ["VerifiableCredential", "No"]}])
def test_an_undefined_term_or_type_is_refused(client: FlaskClient, changes: Any) -> None:
    problem(issue(client, **changes), 400)


def test_an_accept_header_of_json_ld_is_answered_in_json(client: FlaskClient) -> None:
    headers = {"Accept": "application/ld+json,application/json"}
    response = post(client, PATH, {"credential": plain()}, **headers)
    assert (response.status_code, response.content_type) == (201, "application/json")
