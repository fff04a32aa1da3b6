"""The Open Badges 3.0 fixtures of the 1EdTech validator, offline and with issuer documents."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from credentials.baking.images import credential_in
from keys.multibase import bytes_of_base64url
from tests.factories import check, codes

REASONS = {
    "bit-string-list/credential-status-revoked.json": "REVOKED",
    "complete.json": "STATUS_RETRIEVAL_ERROR",
    "credential-status-revoked.json": "REVOKED",
    "endorsement-err-schema-status-refresh.json": "SIGNATURE_INVALID",
    "simple-did-key-method.json": "ISSUER_MISMATCH",
    "simple-err-context.json": "CONTEXT_NOT_FIRST",
    "simple-err-credential-subject-identifier-type.json": "SCHEMA_VALUE",
    "simple-err-credential-subject-result-type.json": "SCHEMA_VALUE",
    "simple-err-credential-subject-type.json": "SCHEMA_VALUE",
    "simple-err-evidence-type.json": "SCHEMA_VALUE",
    "simple-err-expired.json": "EXPIRED",
    "simple-err-issued.json": "NOT_YET_VALID",
    "simple-err-issuer-otheridentifier-type.json": "SCHEMA_VALUE",
    "simple-err-issuer-type.json": "SCHEMA_VALUE",
    "simple-err-issuer.json": "ISSUER_MALFORMED",
    "simple-err-proof-method-unknown-did-method.json": "ISSUER_MISMATCH",
    "simple-err-proof-method.json": "UNSUPPORTED_KEY_TYPE",
    "simple-err-proof-value.json": "SIGNATURE_INVALID",
    "simple-err-type.json": "UNDEFINED_TYPE",
    "simple-multiple-proofs.json": "UNDEFINED_TERM",
    "simple-noproof.json": "NO_PROOF",
    "simple.jwt": "CONTEXT_UNKNOWN",
}
"""The reason for which a fixture must be refused."""

REVOCATIONS = (
    "https://dc.1edtech.org/wellspring2022/wellspring-portal/api/revocations/"
    "da1e96e9-afcc-4eed-b9a2-2ddf7353214c"
)
REVOKED = "https://dc.1edtech.org/wellspring2022/wellspring-portal/credential/"
"""The revocation list of a fixture, which does not come with it, and how ids in it begin."""


def revocation_list() -> dict[str, Any]:
    revoked = {"id": f"{REVOKED}54418d3f-ec01-4652-800a-861c890a51a1", "revoked": True}
    return {"id": REVOCATIONS, "revokedCredential": [revoked]}


def issuer_documents(data: bytes) -> dict[str, Any]:
    """Build documents that list the key that each fixture names in a URL fragment."""
    documents = {}
    for found in re.findall(rb'"verificationMethod"\s*:\s*"(https://[^"]+)"', data):
        method = found.decode()
        controller, _, key = method.partition("#")
        documents[controller] = {
            "id": controller,
            "verificationMethod": [
                {
                    "id": method,
                    "type": "Multikey",
                    "controller": controller,
                    "publicKeyMultibase": key,
                }
            ],
            "assertionMethod": [method],
        }
    return documents


def issuer_of_token(data: bytes) -> dict[str, Any]:
    """Build the document of a token's issuer that lists the key in the token's header."""
    header, payload, _signature = credential_in(data).split(b".")
    jwk = json.loads(bytes_of_base64url(header.decode()))["jwk"]
    claims = json.loads(bytes_of_base64url(payload.decode()))
    controller = claims.get("vc", claims)["issuer"]["id"]
    method = {"id": f"{controller}#1", "type": "JsonWebKey", "controller": controller}
    return {
        controller: {
            "id": controller,
            "verificationMethod": [{**method, "publicKeyJwk": jwk}],
            "assertionMethod": [method["id"]],
        }
    }


def test_every_fixture_gets_its_verdict_for_the_right_reason(conformance: Path) -> None:
    expected = json.loads((conformance / "ob30/expected.json").read_text())
    served = {
        url: json.loads((conformance / "ob30" / file).read_text())
        for url, file in expected["url_map"].items()
    }
    served[REVOCATIONS] = revocation_list()
    assert len(expected["fixtures"]) == expected["count"] == 31
    for name, fixture in expected["fixtures"].items():
        data = (conformance / "ob30" / name).read_bytes()
        offline = check(data)
        report = check(data, {**issuer_documents(data), **served})
        strict = fixture["verdict_strict"]
        if strict == "key_not_bound":
            # The key in the token's own header proves nothing; listed by the issuer, it does.
            assert "ISSUER_UNCONFIRMED" in codes(offline), name
            assert offline.verdict.value == "indeterminate", name
            assert check(data, issuer_of_token(data)).verdict.value == "valid", name
            continue
        if strict in ("valid_if_key_is_listed", "warning_if_key_is_listed"):
            assert (offline.verdict.value, report.verdict.value) == ("indeterminate", "valid"), name
            assert "ISSUER_UNCONFIRMED" in codes(offline)
            has_warning = bool(codes(report, "warning"))
            assert has_warning is (strict == "warning_if_key_is_listed"), name
        else:
            assert report.verdict.value == "invalid", name
            assert REASONS[name] in codes(report), (name, codes(report))


def test_what_is_wrong_whatever_the_network_says_is_wrong_offline_too(conformance: Path) -> None:
    expected = json.loads((conformance / "ob30/expected.json").read_text())["fixtures"]
    for name, fixture in expected.items():
        if fixture["verdict_strict"] in (
            "invalid",
            "expired",
            "not_yet_valid",
            "issuer_mismatch",
        ):
            report = check((conformance / "ob30" / name).read_bytes())
            assert report.verdict.value == "invalid", name
