"""What a credential links to: compared where it is at hand, told where not, and never fetched."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.data_urls import data_digests, data_of
from credentials.digests import digest_multibase
from credentials.json_types import JsonObject
from credentials.strict_json import serialize_json
from tests.factories import LIST_URL, NOW, check, codes, sign, status_entry, status_list, unsigned
from tests.factories import world as world_of
from tests.verifier.test_sources import WEB, WEB_URL, Session, badge, issuer_document
from verifier.sources import Lookups
from verifier.verifier import Verifier

TEXT = b"Three inspected welds."
DATA_URL = "data:text/plain;base64," + base64.b64encode(TEXT).decode()
SCHEMAS = "https://purl.imsglobal.org/spec/ob/v3p0/schema"
ELSEWHERE = "https://elsewhere.example"
EXTENSIONS = "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json"


def sri(data: bytes, name: str = "sha384") -> str:
    return f"{name}-{base64.b64encode(hashlib.new(name, data).digest()).decode()}"


def evidence(**members: Any) -> JsonObject:
    return sign(unsigned(evidence=[{"type": ["Evidence"], **members}]))


@pytest.mark.parametrize(
    "digest",
    [
        {"digestMultibase": digest_multibase(TEXT)},
        {"digestSRI": sri(TEXT)},
        {"digestSRI": sri(TEXT, "sha512"), "digestMultibase": digest_multibase(TEXT)},
    ],
)
def test_evidence_at_hand_with_its_digest_passes(digest: JsonObject) -> None:
    report = check(evidence(id=DATA_URL, **digest))
    assert report.verdict.value == "valid", codes(report)
    assert report.check("resources").outcome.value == "passed"


@pytest.mark.parametrize(
    "digest",
    [
        {"digestMultibase": digest_multibase(b"another")},
        {"digestSRI": sri(b"another"), "digestMultibase": digest_multibase(TEXT)},
        {"digestSRI": "sha384-short"},
        {"digestMultibase": "junk"},
    ],
)
def test_evidence_at_hand_with_another_digest_fails(digest: JsonObject) -> None:
    report = check(evidence(id=DATA_URL, **digest))
    assert report.verdict.value == "invalid"
    assert codes(report) == {"EVIDENCE_DIGEST_MISMATCH"}


@pytest.mark.parametrize("identifier", [f"{ELSEWHERE}/e.pdf", None])
def test_evidence_that_is_not_at_hand_is_told(identifier: str | None) -> None:
    members = {} if identifier is None else {"id": identifier}
    report = check(evidence(digestMultibase=digest_multibase(TEXT), **members))
    assert report.verdict.value == "valid"
    assert "EVIDENCE_NOT_CHECKED" in codes(report, "warning")


def test_evidence_without_a_digest_is_nothing_to_compare() -> None:
    for report in (check(evidence(id=f"{ELSEWHERE}/e.pdf")), check(evidence(id=DATA_URL))):
        assert report.check("resources").decisive.code == "NO_RELATED_RESOURCES"


def test_a_related_resource_inside_its_own_url_is_compared() -> None:
    for data, outcome in ((TEXT, "passed"), (b"another", "failed")):
        resource = {"id": DATA_URL, "digestMultibase": digest_multibase(data)}
        report = check(sign(unsigned(relatedResource=[resource])))
        assert report.check("resources").outcome.value == outcome


@pytest.mark.parametrize(
    ("url", "data"),
    [
        ("data:,", b""),
        ("data:,a%20b", b"a b"),
        ("DATA:text/plain;charset=utf-8,x", b"x"),
        ("data:text/plain;base64,YQ==", b"a"),
        ("data:;BASE64,YQ==", b"a"),
        ("data:;base64,YQ", None),
        ("data:;base64,Y Q==", None),
        ("data:\u00e9,x", None),
        ("data:x", None),
        ("https://elsewhere.example/,x", None),
    ],
)
def test_a_data_url_holds_its_resource(url: str, data: bytes | None) -> None:
    assert data_of(url) == data


@given(st.text())
def test_any_text_is_a_data_url_or_none(text: str) -> None:
    for url in (text, "data:" + text, "data:;base64," + text):
        assert isinstance(data_digests(url), frozenset)


def named(*schemas: JsonObject, **changes: Any) -> JsonObject:
    contexts = [*unsigned()["@context"], EXTENSIONS]
    return sign(unsigned(**{"@context": contexts, "credentialSchema": list(schemas), **changes}))


def schema(name: str, kind: str = "1EdTechJsonSchemaValidator2019", folder: str = "json") -> Any:
    return {"id": f"{SCHEMAS}/{folder}/ob_v3p0_{name}_schema.json", "type": kind}


@pytest.mark.parametrize("kind", ["1EdTechJsonSchemaValidator2019", "JsonSchema"])
@pytest.mark.parametrize("folder", ["json", "json-ld"])
def test_the_schema_of_its_own_class_is_applied_already(kind: str, folder: str) -> None:
    report = check(named(schema("achievementcredential", kind, folder)))
    assert report.verdict.value == "valid", codes(report)
    assert "SCHEMA_NOT_CHECKED" not in codes(report, "warning")


def test_a_credential_satisfies_every_known_schema_that_it_names() -> None:
    both = (schema("achievementcredential"), schema("endorsementcredential"))
    report = check(named(*both))
    assert report.verdict.value == "invalid"
    assert "NAMED_SCHEMA_NOT_SATISFIED" in codes(report)


@pytest.mark.parametrize(
    "unknown",
    [
        schema("profile"),
        schema("achievementcredential", "JsonSchemaCredential"),
        {"id": f"{ELSEWHERE}/schema.json", "type": "JsonSchema"},
        {"id": f"{SCHEMAS}/json/../evil.json", "type": "JsonSchema"},
        {"id": f"{SCHEMAS}/json/ob_v3p0_achievementcredential_schema.json?x", "type": "JsonSchema"},
    ],
)
def test_an_unknown_schema_is_told(unknown: JsonObject) -> None:
    report = check(named(unknown))
    assert "SCHEMA_NOT_CHECKED" in codes(report, "warning"), codes(report)


def test_nothing_is_fetched_but_the_issuers_document_and_the_status_list() -> None:
    """Image, evidence, schema, terms, refresh service, achievement, profile: none of them."""
    subject = unsigned()["credentialSubject"]
    achievement = {
        **subject["achievement"],
        "id": f"{ELSEWHERE}/achievement",
        "image": {"id": f"{ELSEWHERE}/badge.png", "type": "Image"},
        "criteria": {"id": f"{ELSEWHERE}/criteria", "narrative": "Welds."},
    }
    document = badge(
        **{"@context": [*unsigned()["@context"], EXTENSIONS]},
        image={"id": f"{ELSEWHERE}/image.png", "type": "Image"},
        evidence=[
            {
                "id": f"{ELSEWHERE}/evidence",
                "type": ["Evidence"],
                "digestMultibase": digest_multibase(TEXT),
            }
        ],
        credentialSchema=[
            {"id": f"{ELSEWHERE}/schema.json", "type": "JsonSchema"},
            schema("achievementcredential"),
        ],
        refreshService={"id": f"{ELSEWHERE}/refresh", "type": "1EdTechCredentialRefresh"},
        relatedResource=[{"id": f"{ELSEWHERE}/r", "digestMultibase": digest_multibase(TEXT)}],
        credentialSubject={**subject, "achievement": achievement},
        credentialStatus=status_entry(),
    )
    session = Session({WEB_URL: issuer_document(), LIST_URL: status_list()}, at=NOW)
    one = world_of(resolver=Lookups(lambda: session))
    report = Verifier(one).check(serialize_json(document))
    assert report.credential["issuer"] == WEB
    assert sorted(session.asked) == sorted([WEB_URL, LIST_URL])
    told = codes(report, "warning")
    assert {"EVIDENCE_NOT_CHECKED", "SCHEMA_NOT_CHECKED", "RESOURCE_NOT_CHECKED"} <= told
