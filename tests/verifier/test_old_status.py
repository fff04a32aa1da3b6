"""Status of old badges: StatusList2021, and revocation lists that nobody signs."""

from __future__ import annotations

import base64
import gzip
from typing import Any

import pytest

from credentials.json_types import JsonObject
from credentials.limits import Limits
from keys.did import did_key
from keys.multibase import base64url
from tests.factories import (
    ISSUER,
    LIST_URL,
    SIGNER,
    STRANGER,
    check,
    codes,
    sign,
    status_list,
    unsigned,
)
from verifier.report import Outcome, Remark, Verdict, VerificationReport

V1 = "https://www.w3.org/2018/credentials/v1"
STATUS_2021 = "https://w3id.org/vc/status-list/2021/v1"
OPEN_BADGES = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.1.json"
EXTENSIONS = "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json"
DATA_INTEGRITY = "https://w3id.org/security/data-integrity/v2"


def told(report: VerificationReport) -> Remark:
    return report.check("status").decisive


# StatusList2021 ------------------------------------------------------------------------------


def old_badge(status: JsonObject, context: str) -> JsonObject:
    """Build a signed badge of the Data Model 1.1."""
    changes = {
        "@context": [V1, OPEN_BADGES, context, DATA_INTEGRITY],
        "validFrom": None,
        "validUntil": None,
        "issuanceDate": "2023-01-15T09:00:00Z",
        "credentialStatus": status,
    }
    return sign(unsigned(**changes))


def entry_2021(index: object = "5", purpose: str = "revocation") -> JsonObject:
    return {
        "id": f"{LIST_URL}#{index}",
        "type": "StatusList2021Entry",
        "statusPurpose": purpose,
        "statusListIndex": index,
        "statusListCredential": LIST_URL,
    }


def encoded_2021(*revoked: int, size: int = 16_384) -> str:
    bits = bytearray(size)
    for index in revoked:
        bits[index // 8] |= 128 >> index % 8
    return base64url(gzip.compress(bytes(bits), mtime=0))


def list_2021(encoded: object, *, signer: Any = SIGNER, **changes: Any) -> JsonObject:
    document = {
        "@context": [V1, STATUS_2021, DATA_INTEGRITY],
        "id": LIST_URL,
        "type": ["VerifiableCredential", "StatusList2021Credential"],
        "issuer": did_key(signer.verification_key),
        "issuanceDate": "2023-01-01T00:00:00Z",
        "credentialSubject": {
            "id": f"{LIST_URL}#list",
            "type": "StatusList2021",
            "statusPurpose": "revocation",
            "encodedList": encoded,
        },
        **changes,
    }
    return sign(document, signer=signer)


BADGE_2021 = old_badge(entry_2021(), STATUS_2021)


def test_an_entry_of_2021_is_read() -> None:
    clear, revoked = list_2021(encoded_2021(4, 6)), list_2021(encoded_2021(5))
    assert check(BADGE_2021, {LIST_URL: clear}).verdict is Verdict.VALID
    assert codes(check(BADGE_2021, {LIST_URL: revoked})) == {"REVOKED"}
    assert codes(check(BADGE_2021)) == {"STATUS_RETRIEVAL_ERROR"}


@pytest.mark.parametrize(
    "encoded",
    [
        encoded_2021(5) + "=" * (-len(encoded_2021(5)) % 4),
        base64.b64encode(base64.urlsafe_b64decode(encoded_2021(5) + "==")).decode(),
    ],
)
def test_both_alphabets_of_base64_are_read_in_a_list_of_2021(encoded: str) -> None:
    assert codes(check(BADGE_2021, {LIST_URL: list_2021(encoded)})) == {"REVOKED"}


@pytest.mark.parametrize(
    ("served", "code"),
    [
        (list_2021(f"u{encoded_2021()}"), "MALFORMED_VALUE_ERROR"),
        (list_2021(f" {encoded_2021()}"), "MALFORMED_VALUE_ERROR"),
        (list_2021("5"), "MALFORMED_VALUE_ERROR"),
        (list_2021(encoded_2021(size=12_500)), "STATUS_LIST_LENGTH_ERROR"),
        (list_2021(encoded_2021(), signer=STRANGER), "STATUS_VERIFICATION_ERROR"),
        (list_2021(encoded_2021(), id="urn:x:y"), "STATUS_VERIFICATION_ERROR"),
        (status_list(), "STATUS_VERIFICATION_ERROR"),
        ({**list_2021(encoded_2021()), "issuanceDate": "2023-01-02T00:00:00Z"}, None),
    ],
)
def test_a_list_of_2021_that_is_wrong_decides_nothing(served: Any, code: str | None) -> None:
    report = check(BADGE_2021, {LIST_URL: served})
    assert codes(report) == {code or "STATUS_VERIFICATION_ERROR"}
    assert report.verdict is Verdict.INDETERMINATE


def test_an_index_of_2021_is_read_as_strictly_as_any() -> None:
    report = check(old_badge(entry_2021("05"), STATUS_2021), {LIST_URL: list_2021(encoded_2021())})
    assert codes(report) == {"STATUS_MALFORMED", "MALFORMED_VALUE_ERROR"}


# Revocation lists of 1EdTech -----------------------------------------------------------------

HOST = "https://poly.example"
REVOCATIONS = f"{HOST}/revocations/1"
WEB_ISSUER = f"{HOST}/issuers/1"
BADGE_ID = unsigned()["id"]


def badge_of(issuer: str, list_url: str = REVOCATIONS, **changes: Any) -> JsonObject:
    multikey = SIGNER.verification_key.to_multikey()
    document = unsigned(
        **{
            "@context": [*unsigned()["@context"], EXTENSIONS],
            "issuer": {"id": issuer, "type": ["Profile"]},
            "credentialStatus": {"id": list_url, "type": "1EdTechRevocationList"},
            **changes,
        }
    )
    return sign(document, verification_method=f"{issuer}#{multikey}")


def served(issuer: str, revocations: Any, list_url: str = REVOCATIONS) -> dict[str, Any]:
    """Serve a revocation list, and the document of an issuer with a web address."""
    multikey = SIGNER.verification_key.to_multikey()
    method = {
        "id": f"{issuer}#{multikey}",
        "type": "Multikey",
        "controller": issuer,
        "publicKeyMultibase": multikey,
    }
    found = {"id": issuer, "verificationMethod": [method], "assertionMethod": [method["id"]]}
    where = issuer if issuer.startswith("https:") else f"{HOST}/trades/did.json"
    return {where: found, list_url: revocations}


def revoking(*rows: Any, **members: Any) -> JsonObject:
    return {"id": REVOCATIONS, "issuer": WEB_ISSUER, "revokedCredential": list(rows), **members}


def test_what_is_not_on_the_issuers_unsigned_list_is_valid_with_a_warning() -> None:
    report = check(badge_of(WEB_ISSUER), served(WEB_ISSUER, revoking({"id": "urn:x:y"})))
    assert report.verdict is Verdict.VALID
    assert (told(report).outcome, told(report).code) == (Outcome.WARNING, "STATUS_LIST_UNSIGNED")
    assert "poly.example" in told(report).detail


@pytest.mark.parametrize(
    "row",
    [
        {"id": BADGE_ID},
        {"id": BADGE_ID, "revoked": True, "revocationReason": "fraud"},
        {"id": f" {BADGE_ID} "},
        {"id": BADGE_ID.replace("urn:uuid", "urn%3Auuid")},
    ],
)
def test_what_is_on_the_issuers_unsigned_list_is_revoked(row: JsonObject) -> None:
    report = check(badge_of(WEB_ISSUER), served(WEB_ISSUER, revoking({"id": "urn:x:y"}, row)))
    assert codes(report) == {"REVOKED"}
    assert "fraud" not in told(report).detail


def test_a_row_may_say_that_a_credential_is_not_revoked() -> None:
    row = {"id": BADGE_ID, "revoked": False}
    report = check(badge_of(WEB_ISSUER), served(WEB_ISSUER, revoking(row)))
    assert report.verdict is Verdict.VALID


def test_the_list_of_a_did_web_stands_on_the_host_that_it_names() -> None:
    issuer = "did:web:poly.example:trades"
    revocations = revoking({"id": BADGE_ID}, issuer=issuer)
    assert codes(check(badge_of(issuer), served(issuer, revocations))) == {"REVOKED"}


@pytest.mark.parametrize(
    "list_url",
    [
        "https://else.example/revocations/1",
        "https://poly.example.evil.example/revocations/1",
        "https://poly.example:8443/revocations/1",
        "https://poly.example@evil.example/revocations/1",
        "http://poly.example/revocations/1",
        "urn:poly.example:1",
    ],
)
def test_an_unsigned_list_from_elsewhere_decides_nothing(list_url: str) -> None:
    revocations = revoking({"id": BADGE_ID}, id=list_url)
    report = check(badge_of(WEB_ISSUER, list_url), served(WEB_ISSUER, revocations, list_url))
    assert codes(report) == {"STATUS_LIST_UNSIGNED"}
    assert report.verdict is Verdict.INDETERMINATE


def test_an_issuer_without_a_web_address_has_no_unsigned_list() -> None:
    document = sign(
        unsigned(
            **{
                "@context": [*unsigned()["@context"], EXTENSIONS],
                "credentialStatus": {"id": REVOCATIONS, "type": "1EdTechRevocationList"},
            }
        )
    )
    report = check(document, {REVOCATIONS: revoking(issuer=ISSUER)})
    assert codes(report) == {"STATUS_LIST_UNSIGNED"}


@pytest.mark.parametrize(
    ("revocations", "code"),
    [
        (None, "STATUS_VERIFICATION_ERROR"),
        ([], "STATUS_VERIFICATION_ERROR"),
        ({"error": "not found"}, "STATUS_VERIFICATION_ERROR"),
        (revoking() | {"revokedCredential": {"id": BADGE_ID}}, "STATUS_VERIFICATION_ERROR"),
        (revoking(BADGE_ID), "STATUS_VERIFICATION_ERROR"),
        (revoking({"revoked": True}), "STATUS_VERIFICATION_ERROR"),
        (revoking({"id": BADGE_ID, "revoked": "yes"}), "STATUS_VERIFICATION_ERROR"),
        (revoking(id=f"{HOST}/revocations/2"), "STATUS_VERIFICATION_ERROR"),
        (revoking(issuer="https://else.example"), "STATUS_VERIFICATION_ERROR"),
        (revoking(*({"id": "urn:x:y"},) * 3), "LIMIT_EXCEEDED"),
    ],
)
def test_an_unsigned_list_that_is_wrong_decides_nothing(revocations: Any, code: str) -> None:
    limits = Limits(revoked_credentials=2)
    report = check(badge_of(WEB_ISSUER), served(WEB_ISSUER, revocations), limits=limits)
    assert codes(report) == {code}
    assert report.verdict is Verdict.INDETERMINATE


def test_an_unsigned_list_need_not_repeat_what_it_is() -> None:
    report = check(badge_of(WEB_ISSUER), served(WEB_ISSUER, {"revokedCredential": []}))
    assert report.verdict is Verdict.VALID


def test_an_unsigned_list_that_cannot_be_had_decides_nothing() -> None:
    documents = served(WEB_ISSUER, None)
    del documents[REVOCATIONS]
    report = check(badge_of(WEB_ISSUER), documents)
    assert codes(report) == {"STATUS_RETRIEVAL_ERROR"}
    assert report.verdict is Verdict.INDETERMINATE


def test_a_credential_without_an_id_is_on_no_revocation_list() -> None:
    nameless = badge_of(WEB_ISSUER, id=None, type=["VerifiableCredential"])
    report = check(nameless, served(WEB_ISSUER, revoking()))
    assert codes(report) == {"STATUS_VERIFICATION_ERROR"}
