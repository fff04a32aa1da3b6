"""The form of credentials and presentations: what must be refused, what must be accepted."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import schemas
from credentials.data_model.credential import credential_findings, credential_version
from credentials.data_model.presentation import presentation_findings
from credentials.data_model.proof_grammar import proof_findings
from credentials.data_model.related_resources import digests_of, related_resource_findings
from credentials.data_model.status_entries import status_index
from credentials.findings import errors_among
from credentials.open_badges import open_badge_findings
from keys.multibase import encode_base58btc, encode_base64url

V2 = "https://www.w3.org/ns/credentials/v2"
V1 = "https://www.w3.org/2018/credentials/v1"
REMOVE = "(removed)"


def credential(**changes: Any) -> dict[str, Any]:
    base: dict[str, Any] = {
        "@context": [V2, "https://www.w3.org/ns/credentials/examples/v2"],
        "type": ["VerifiableCredential"],
        "issuer": "https://issuer.example/1",
        "credentialSubject": {"id": "did:example:alice"},
    }
    return {name: value for name, value in {**base, **changes}.items() if value is not REMOVE}


def errors(document: dict[str, Any]) -> set[str]:
    return {finding.code for finding in errors_among(credential_findings(document))}


MUST_REFUSE: list[dict[str, Any]] = [
    {"@context": REMOVE},
    {"@context": V2},
    {"@context": 4},
    {"@context": None},
    {"@context": {"foo": "bar"}},
    {"@context": []},
    {"@context": ["https://www.w3.org/ns/credentials/examples/v2", V2]},
    {"@context": [V2, 5]},
    {"@context": [V2, None]},
    {"@context": [V2, "https ://example.com"]},
    {"type": REMOVE},
    {"type": None},
    {"type": 4},
    {"type": True},
    {"type": []},
    {"type": ["Other"]},
    {"type": ["VerifiableCredential", ""]},
    {"type": ["VerifiableCredential", "VerifiableCredential"]},
    {"id": None},
    {"id": ["https://a.example"]},
    {"id": "not a url"},
    {"id": "https ://a.example"},
    {"id": 5},
    {"issuer": REMOVE},
    {"issuer": None},
    {"issuer": True},
    {"issuer": 4},
    {"issuer": []},
    {"issuer": "issuer"},
    {"issuer": {}},
    {"issuer": {"id": None}},
    {"issuer": {"id": "issuer"}},
    {"issuer": {"id": "https://a.example", "name": 5}},
    {"credentialSubject": REMOVE},
    {"credentialSubject": None},
    {"credentialSubject": True},
    {"credentialSubject": 4},
    {"credentialSubject": "did:example:alice"},
    {"credentialSubject": []},
    {"credentialSubject": {}},
    {"credentialSubject": [{"id": "did:example:alice"}, {}]},
    {"credentialSubject": {"id": None}},
    {"credentialSubject": {"id": "alice"}},
    {"validFrom": "2026-01-01"},
    {"validFrom": "2026-01-01T00:00:00"},
    {"validFrom": ["2026-01-01T00:00:00Z"]},
    {"validFrom": {"@value": "2026-01-01T00:00:00Z"}},
    {"validUntil": "2026-13-01T00:00:00Z"},
    {"validFrom": "2026-01-02T00:00:00Z", "validUntil": "2026-01-01T00:00:00Z"},
    {"issuanceDate": "2026-01-01T00:00:00Z"},
    {"credentialStatus": {}},
    {"credentialStatus": "x"},
    {"credentialStatus": None},
    {"credentialStatus": {"type": 5}},
    {"credentialStatus": {"id": "no url", "type": "X"}},
    {"credentialStatus": {"type": "BitstringStatusListEntry"}},
    {"termsOfUse": {}},
    {"termsOfUse": [{"id": "https://a.example"}]},
    {"evidence": {}},
    {"refreshService": {"id": "https://a.example"}},
    {"credentialSchema": {"type": "JsonSchema"}},
    {"credentialSchema": {"id": "x", "type": "JsonSchema"}},
    {"credentialSchema": {"id": "https://a.example"}},
    {"name": 5},
    {"name": []},
    {"name": {"@language": "en"}},
    {"name": {"@value": "x", "@type": "y"}},
    {"name": {"@value": "x", "@direction": "up"}},
    {"description": ["x", 5]},
    {"relatedResource": "x"},
    {"relatedResource": [{"id": V2}]},
    {"relatedResource": [{"digestSRI": "sha256-x"}]},
    {"relatedResource": [{"id": V2, "digestSRI": "sha256-x"}]},
    {"relatedResource": [{"id": V2, "digestMultibase": "uAAAA"}]},
    {"relatedResource": [{"id": V2, "digestSRI": 5}]},
]


@pytest.mark.parametrize("change", MUST_REFUSE, ids=str)
def test_refuses(change: dict[str, Any]) -> None:
    assert errors(credential(**change))


SRI = "sha384-l/HrjlBCNWyAX91hr6LFV2Y3heB5Tcr6IeE4/Tje8YyzYBM8IhqjHWiWpr8+ZbYU"

MUST_ACCEPT: list[dict[str, Any]] = [
    {},
    {"id": "urn:uuid:8d7a3c52-6f4f-4b3e-9f38-0b3c4f7b2a10"},
    {"type": ["VerifiableCredential", "ExampleCredential"]},
    {"issuer": {"id": "did:web:issuer.example", "name": "Issuer", "description": "x"}},
    {"issuer": {"id": "did:web:i.example", "name": {"@value": "x", "@language": "en"}}},
    {"credentialSubject": [{"id": "did:example:a"}, {"name": "b"}]},
    {"validFrom": "2020-01-01T00:00:00Z", "validUntil": "2100-01-01T00:00:00.123+12:45"},
    {"refreshService": {"type": "AnyService"}},
    {"refreshService": {"id": "https://a.example", "type": "https://b.example/Type"}},
    {"credentialStatus": {"type": "UnknownStatus"}},
    {"credentialStatus": [{"id": "urn:x:y", "type": ["UnknownStatus"]}]},
    {"credentialSchema": [{"id": "https://a.example", "type": "JsonSchema"}]},
    {"evidence": [{"type": "Evidence"}], "termsOfUse": {"type": "Terms"}},
    {"name": {"@value": "x", "@language": "ar", "@direction": "rtl"}},
    {"description": ["x", {"@value": "y", "@language": "fr"}]},
    {"relatedResource": [{"id": V2, "digestSRI": SRI}]},
]


@pytest.mark.parametrize("change", MUST_ACCEPT, ids=str)
def test_accepts(change: dict[str, Any]) -> None:
    assert errors(credential(**change)) == set()


def test_version_1_1_has_its_own_dates() -> None:
    old = credential(**{"@context": [V1], "issuanceDate": "2020-01-01T00:00:00Z"})
    assert credential_version(old) == "1.1"
    assert errors(old) == set()
    assert errors(credential(**{"@context": [V1]})) == {"ISSUANCE_DATE_MISSING"}
    assert errors({**old, "validFrom": "2020-01-01T00:00:00Z"}) == {"DATE_OF_OTHER_VERSION"}
    late = {**old, "expirationDate": "2019-01-01T00:00:00Z"}
    assert errors(late) == {"VALIDITY_PERIOD_REVERSED"}


ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=6),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "@context",
                    "id",
                    "type",
                    "issuer",
                    "credentialSubject",
                    "proof",
                    "name",
                    "evidence",
                    "validFrom",
                    "credentialStatus",
                    "relatedResource",
                    "statusListIndex",
                    "holder",
                    "achievement",
                    "result",
                    "verifiableCredential",
                    "previousProof",
                    "digestSRI",
                    "@value",
                ]
            ),
            inner,
            max_size=6,
        )
    ),
    max_leaves=25,
)


@given(
    st.dictionaries(
        st.sampled_from(
            [
                "@context",
                "type",
                "issuer",
                "credentialSubject",
                "proof",
                "verifiableCredential",
                "credentialStatus",
                "holder",
                "relatedResource",
                "validFrom",
                "name",
            ]
        ),
        ANY_JSON,
    )
)
def test_any_json_is_judged_without_an_error(document: dict[str, Any]) -> None:
    credential_findings(document)
    presentation_findings(document)
    proof_findings(document)
    related_resource_findings(document, schemas.accepted_resource_digests)
    open_badge_findings({**document, "type": ["VerifiableCredential", "OpenBadgeCredential"]})


@pytest.mark.parametrize(
    ("value", "index"),
    [
        ("0", 0),
        ("5", 5),
        ("131071", 131_071),
        (7, 7),
        ("05", None),
        ("+5", None),
        ("-1", None),
        ("1_0", None),
        ("\u0665", None),
        ("", None),
        ("5 ", None),
        (True, None),
        (-1, None),
        (5.0, None),
        ("9" * 5_000, None),
        (None, None),
    ],
)
def test_status_indexes_have_one_spelling(value: object, index: int | None) -> None:
    assert status_index(value) == index


def test_digests_of_known_resources_are_compared() -> None:
    def codes(**resource: str) -> list[str]:
        document = {"relatedResource": [{"id": V2, **resource}]}
        found = related_resource_findings(document, schemas.accepted_resource_digests)
        return [finding.code for finding in found]

    old = "sha384-NSOcNpmdIVUxIJGvGUoe22FjTWrXiaXlsZ8q6912LdnR3KraQO2n75Ica4wK4Qeg"
    wrong = "sha384-NSOcNpmdIVUxIJGvGUoe22FjTWrXiaXlsZ8q6912LdnR3KraQO2n75Ica4wK4Qef"
    assert codes(digestSRI=SRI) == []
    assert codes(digestSRI=old) == []
    assert codes(digestMultibase="uWZVc7WaX1h4D8rJVb-vlMIqxaEKEb1tYbX8fet7JJzQ") == []
    assert codes(digestMultibase="uJKGMkOmFbVJhEfKTduMC2XCyvRAYLjOVmZWwIH1wQ7k") == []
    assert codes(digestSRI=wrong) == ["RELATED_RESOURCE_DIGEST_MISMATCH"]
    assert codes(digestSRI=SRI, digestMultibase="u" + "A" * 43) == [
        "RELATED_RESOURCE_DIGEST_MISMATCH"
    ]
    assert codes(id="https://elsewhere.example", digestSRI=SRI) == ["RESOURCE_NOT_CHECKED"]


@pytest.mark.parametrize(
    ("name", "header"),
    [("sha256", b"\x12\x20"), ("sha384", b"\x20\x30"), ("sha512", b"\x13\x40")],
)
def test_a_digest_is_read_in_every_form(name: str, header: bytes) -> None:
    digest = hashlib.new(name, b"x").digest()
    read = (f"{name}:{digest.hex()}",)
    text = base64.b64encode(digest).decode()
    assert digests_of({"digestSRI": f"{name}-{text}"}) == read
    for encode in (encode_base58btc, encode_base64url):
        assert digests_of({"digestMultibase": encode(header + digest)}) == read
        assert digests_of({"digestMultibase": encode(header + digest[:-1])}) == ()
        assert digests_of({"digestMultibase": encode(header + digest + b"x")}) == ()
    for other in (f"{name}-{text}=", f"{name}-{text[:-4]}", f"{name}-*{text}", f"x-{text}", text):
        assert digests_of({"digestSRI": other}) == ()
    both = {"digestSRI": f"{name}-{text}", "digestMultibase": encode_base64url(header + digest)}
    assert digests_of(both) == read * 2
    for other in ("x", 5, [None], [5]):
        assert digests_of(both | {"digestMultibase": other}) == ()
        assert digests_of(both | {"digestSRI": other}) == ()


def test_a_bare_multibase_digest_is_one_of_sha_256() -> None:
    digest = hashlib.sha256(b"x").digest()
    for encode in (encode_base58btc, encode_base64url):
        assert digests_of({"digestMultibase": encode(digest)}) == (f"sha256:{digest.hex()}",)
        assert digests_of({"digestMultibase": encode(digest[1:])}) == ()
        assert digests_of({"digestMultibase": encode(b"\x12\x21" + digest)}) == ()


def test_a_linked_resource_of_no_form_hides_none_behind_it() -> None:
    wrong = {"id": V2, "digestMultibase": "u" + "A" * 43}
    for other in (5, {}, {"id": 5}, {"id": "urn:x:y", "digestSRI": SRI}):
        found = related_resource_findings(
            {"relatedResource": [other, wrong]}, schemas.accepted_resource_digests
        )
        assert [(one.code, one.pointer) for one in found][-1] == (
            "RELATED_RESOURCE_DIGEST_MISMATCH",
            "/relatedResource/1",
        )


def presentation(**changes: Any) -> dict[str, Any]:
    base = {"@context": [V2], "type": ["VerifiablePresentation"]}
    return {name: value for name, value in {**base, **changes}.items() if value is not REMOVE}


@pytest.mark.parametrize(
    "change",
    [
        {"@context": REMOVE},
        {"@context": [5]},
        {"type": REMOVE},
        {"type": ["X"]},
        {"id": "x"},
        {"holder": 5},
        {"holder": "x"},
        {"holder": {}},
        {"verifiableCredential": ["x"]},
        {"verifiableCredential": [{"type": "EnvelopedVerifiableCredential", "id": "https://a.b"}]},
        {"verifiableCredential": [{"id": "urn:x:y"}] * 65},
    ],
    ids=str,
)
def test_refuses_a_presentation(change: dict[str, Any]) -> None:
    assert presentation_findings(presentation(**change))


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"holder": "did:example:a"},
        {"holder": {"id": "did:example:a"}},
        {"verifiableCredential": []},
        {"verifiableCredential": [credential(), credential()]},
    ],
    ids=str,
)
def test_accepts_a_presentation(change: dict[str, Any]) -> None:
    assert presentation_findings(presentation(**change)) == ()


def proof(**changes: Any) -> dict[str, Any]:
    base: dict[str, Any] = {
        "type": "DataIntegrityProof",
        "cryptosuite": "eddsa-rdfc-2022",
        "created": "2026-01-01T00:00:00Z",
        "verificationMethod": "did:key:z#z",
        "proofPurpose": "assertionMethod",
        "proofValue": "z123",
    }
    return {name: value for name, value in {**base, **changes}.items() if value is not REMOVE}


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (REMOVE, "NO_PROOF"),
        (None, "NO_PROOF"),
        ([], "NO_PROOF"),
        ("proof", "NO_PROOF"),
        ({}, "NO_PROOF"),
        ([{}], "NO_PROOF"),
        ([proof(), "x"], "PROOF_MALFORMED"),
        ([proof()] * 9, "TOO_MANY_PROOFS"),
        (proof(type=REMOVE), "PROOF_MALFORMED"),
        (proof(type=["DataIntegrityProof"]), "PROOF_MALFORMED"),
        (proof(cryptosuite=REMOVE), "PROOF_MALFORMED"),
        (proof(cryptosuite=["a"]), "PROOF_MALFORMED"),
        (proof(verificationMethod=None), "PROOF_MALFORMED"),
        (proof(verificationMethod={}), "PROOF_MALFORMED"),
        (proof(proofPurpose=REMOVE), "PROOF_MALFORMED"),
        (proof(proofValue=None), "PROOF_MALFORMED"),
        (proof(proofValue=""), "PROOF_MALFORMED"),
        (proof(proofValue="z" + "1" * 20_000), "PROOF_VALUE_TOO_LONG"),
        (proof(created="yesterday"), "PROOF_MALFORMED"),
        (proof(expires=5), "PROOF_MALFORMED"),
        (proof(challenge=5), "PROOF_MALFORMED"),
        (proof(domain=[]), "PROOF_MALFORMED"),
        (proof(previousProof=5), "PROOF_MALFORMED"),
        (proof(previousProof=[]), "PROOF_MALFORMED"),
        (proof(id="p"), "PROOF_MALFORMED"),
        (proof(foo="bar"), "PROOF_UNDEFINED_MEMBER"),
    ],
)
def test_refuses_a_proof_of_another_form(value: Any, code: str) -> None:
    document = {} if value is REMOVE else {"proof": value}
    assert code in {finding.code for finding in proof_findings(document)}


def test_accepts_proofs_alone_and_in_sets() -> None:
    full = proof(id="urn:x:y", challenge="c", domain=["a", "b"], nonce="n", previousProof="urn:x:z")
    assert proof_findings({"proof": proof()}) == ()
    assert proof_findings({"proof": [proof(), full]}) == ()
