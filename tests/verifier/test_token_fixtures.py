"""Signed tokens of others: the fixtures of W3C and 1EdTech, each with its expected verdict."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import schemas
from keys.multibase import bytes_of_base64url
from tests.credentials.contexts import context_loader
from tests.factories import check, codes
from verifier.report import VerificationReport

PARTY = "https://example.issuer/vc-jose-cose"
AT_EVALUATION = datetime(2026, 11, 23, tzinfo=UTC)
IN_TIME = datetime(2024, 12, 16, tzinfo=UTC)
"""A moment at which the presentations, which have expired since, were to be accepted."""

VERDICTS = {
    "valid": "valid",
    "invalid": "invalid",
    "expired": "invalid",
    "reject_per_origin": "invalid",
}
REASONS = {
    "credential-jose-bad-media-type": "TOKEN_TYPE_MISMATCH",
    "credential-jose-bad-signature": "SIGNATURE_INVALID",
    "credential-jose-vc-vp-claims": "TOKEN_CLAIM_FORBIDDEN",
    "presentation-jose-bad-credential": "EMBEDDED_CREDENTIAL_MALFORMED",
    "presentation-jose-bad-media-type": "TOKEN_TYPE_MISMATCH",
    "presentation-jose-multiple": "PROOF_EXPIRED",
}
"""The code that stands for the reason of each refusal."""


def keys_of(conformance: Path) -> dict[str, Any]:
    """Build the document of the one party whose keys made all fixtures of W3C."""
    text = (conformance / "interop/resolver/jose-cose-keys.json").read_text()
    methods = list(json.loads(text)["keys"].values())
    names = [method["id"] for method in methods]
    return {
        PARTY: {
            "id": PARTY,
            "verificationMethod": methods,
            "assertionMethod": names,
            "authentication": names,
        }
    }


def judged(conformance: Path, data: bytes, at: datetime) -> VerificationReport:
    return check(
        data,
        keys_of(conformance),
        now=at,
        load_context=context_loader(conformance),
        allowed_contexts=schemas.context_urls() | schemas.vector_context_urls(),
    )


def test_every_token_of_w3c_gets_its_verdict_for_the_right_reason(conformance: Path) -> None:
    entries = json.loads((conformance / "interop/index.json").read_text())["entries"]
    tokens = [entry for entry in entries if entry["format"] == "jwt"]
    assert len(tokens) == 9
    seen = set()
    for entry in tokens:
        name = re.sub(r".*__tests__input__|\.txt\.jwt", "", entry["file"].replace("/", "__"))
        data = (conformance / "interop" / entry["file"]).read_bytes()
        report = judged(conformance, data, AT_EVALUATION)
        assert report.verdict.value == VERDICTS[entry["expected_verdict"]], name
        if report.verdict.value == "invalid":
            assert REASONS[name] in codes(report), (name, codes(report))
            seen.add(name)
    assert seen == REASONS.keys()


def test_the_presentation_is_good_in_its_time_as_far_as_it_is_sound(conformance: Path) -> None:
    """Its third credential is in a form that is not opened, and the id of that one is no URL."""
    folder = conformance / "interop/w3c__vc-jose-cose-test-suite"
    data = (folder / "tests__input__presentation-jose-multiple.txt.jwt").read_bytes()
    report = judged(conformance, data, IN_TIME)
    assert "PROOF_EXPIRED" not in codes(report)
    assert report.credentials[0]["verdict"] == "valid"
    assert {"RELATIVE_IRI", "UNSUPPORTED_ENVELOPE"} <= codes(report)


def test_a_badge_of_1edtech_without_any_key_is_not_verified(conformance: Path) -> None:
    report = check((conformance / "ob30/simple.jwt").read_bytes())
    assert report.verdict.value == "invalid"
    assert {"KEY_UNRESOLVED", "ISSUER_UNCONFIRMED", "CONTEXT_UNKNOWN"} <= codes(report)


def tokens_in(conformance: Path, file: str) -> tuple[bytes, str, dict[str, Any]]:
    """Find the token in a file, its issuer, and the document in which that issuer lists its key."""
    found = re.search(rb"eyJ[\w-]+\.[\w-]+\.[\w-]+", (conformance / file).read_bytes())
    assert found is not None
    header, payload = (
        json.loads(bytes_of_base64url(part.decode())) for part in found[0].split(b".")[:2]
    )
    method = {
        "id": f"{payload['iss']}#key",
        "type": "JsonWebKey",
        "controller": payload["iss"],
        "publicKeyJwk": header["jwk"],
    }
    document = {
        "id": payload["iss"],
        "verificationMethod": [method],
        "assertionMethod": [method["id"]],
    }
    return found[0], payload["iss"], document


def test_badges_of_1edtech_that_bring_their_key_confirm_no_issuer(conformance: Path) -> None:
    expected = json.loads((conformance / "ob30/expected.json").read_text())["fixtures"]
    for name in ("simple-jwt.svg", "simple-jwt_v1.svg"):
        assert expected[name]["verdict_strict"] == "key_not_bound"
        data, issuer, document = tokens_in(conformance, f"ob30/{name}")
        offline = check(data)
        assert offline.verdict.value == "indeterminate"
        assert codes(offline) == {"KEY_UNRESOLVED", "ISSUER_UNCONFIRMED"}
        assert check(data, {issuer: document}).verdict.value == "valid"


def test_a_learner_record_of_1edtech_as_a_token_is_not_of_its_class(conformance: Path) -> None:
    """Its signature holds, but a record has no place for bare tokens, and a context is a draft."""
    expected = json.loads((conformance / "clr20/expected.json").read_text())["fixtures"]
    checks = expected["simple.jwt"]["checks"]
    assert (checks["signatures"]["jwt"], checks["schema_clr20"]) == ("good", "invalid")
    data, issuer, document = tokens_in(conformance, "clr20/simple.jwt")
    assert {"ISSUER_UNCONFIRMED", "SCHEMA_TYPE", "CONTEXT_UNKNOWN"} <= codes(check(data))
    told = check(data, {issuer: document}).check("proof")
    assert "passed" in {remark.outcome.value for remark in told.remarks}
