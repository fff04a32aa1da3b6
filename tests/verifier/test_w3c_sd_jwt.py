"""W3C credentials and presentations in SD-JWTs (VC-JOSE-COSE 1.0 section 3.2)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

import schemas
from credentials.json_types import JsonObject
from credentials.sd_jwt.confirmation import confirmation_of
from credentials.sd_jwt.hiding import hide
from credentials.sd_jwt.processing import Steps
from credentials.sd_jwt.serialization import SdJwt
from credentials.strict_json import serialize_json
from tests.conformance import ABSENT, conformance_folder, is_present
from tests.credentials.sd_jwt.tokens import hiding
from tests.factories import LEARNER, STRANGER, check, codes, method_of, sign, unsigned, world
from tests.verifier.sd_jwts import AUDIENCE, NONCE, presented, report_on, signed_payload
from verifier.report import Verdict
from verifier.verifier import Verifier

CREDENTIAL = {"typ": "vc+sd-jwt", "cty": "vc"}
PRESENTATION = {"typ": "vp+sd-jwt", "cty": "vp", "kid": method_of(STRANGER)}
ASKED = {"expected_challenge": NONCE, "expected_domain": AUDIENCE}


def w3c(
    document: JsonObject, *places: Steps, header: JsonObject | None = None, signer: Any = None
) -> SdJwt:
    payload, disclosures = hide(document, places, hiding())
    signer = {} if signer is None else {"signer": signer}
    jwt = signed_payload(payload, header=header or CREDENTIAL, **signer)
    return SdJwt(jwt, tuple(one.encoded for one in disclosures))


def hidden(sd_jwt: SdJwt) -> SdJwt:
    return replace(sd_jwt, disclosures=())


def test_a_whole_badge_in_an_sd_jwt_is_examined_like_any_other() -> None:
    report = report_on(w3c(unsigned(), ("credentialSubject", "id")))
    assert report.verdict is Verdict.VALID, codes(report)
    assert report.credential["name"] == "Pipe welding"
    assert report.value["stated"][0]["amount"] == "20"
    assert "SELECTIVELY_DISCLOSED" not in codes(report, "warning")


def test_what_is_kept_back_is_mentioned() -> None:
    report = report_on(hidden(w3c(unsigned(), ("issuer", "name"))))
    assert report.verdict is Verdict.VALID, codes(report)
    assert "SELECTIVELY_DISCLOSED" in codes(report, "warning")


ENDED = "2026-02-01T00:00:00Z"
REVOCABLE = unsigned(credentialStatus={"type": "X", "id": "urn:x"})


@pytest.mark.parametrize(
    ("document", "place", "code"),
    [
        (unsigned(validUntil=ENDED), ("validUntil",), "END_UNDISCLOSED"),
        (unsigned(validUntil=None), ("name",), "END_UNDISCLOSED"),
        (REVOCABLE, ("credentialStatus",), "STATUS_UNDISCLOSED"),
        (REVOCABLE, ("credentialStatus", "id"), "STATUS_LEFT_TO_HOLDER"),
    ],
)
def test_an_ended_credential_does_not_become_valid_by_hiding_its_end(
    document: JsonObject, place: Steps, code: str
) -> None:
    report = report_on(hidden(w3c(document, place)))
    assert report.verdict is not Verdict.VALID
    assert code in codes(report, "indeterminate")


def test_a_reader_can_trust_issuers_to_let_nobody_hide_an_end() -> None:
    sd_jwt = hidden(w3c(unsigned(validUntil=None, credentialSubject={"id": "urn:x"}), ("name",)))
    report = report_on(sd_jwt, accepts_undisclosed=True)
    assert {"END_UNDISCLOSED", "STATUS_UNDISCLOSED"} <= codes(report, "warning")


@pytest.mark.parametrize(
    "place",
    [
        ("credentialSubject", "result"),
        ("credentialSubject", "result", 0),
        ("credentialSubject", "result", 0, "value"),
        ("credentialSubject", "achievement", "alignment"),
    ],
)
def test_a_value_does_not_become_better_by_hiding_what_limits_it(place: Steps) -> None:
    less = unsigned()
    less["credentialSubject"] = {**less["credentialSubject"], "creditsEarned": 10}
    less["credentialSubject"]["result"] = [
        {**less["credentialSubject"]["result"][0], "value": "10"}
    ]
    report = report_on(hidden(w3c(less, place)))
    assert report.verdict is not Verdict.VALID
    assert "VALUE_LEFT_TO_HOLDER" in codes(report)


def test_an_end_that_is_shown_counts() -> None:
    report = report_on(w3c(unsigned(validUntil=ENDED), ("validUntil",)))
    assert (report.verdict, codes(report)) == (Verdict.INVALID, {"EXPIRED"})


def test_a_disclosure_that_nobody_signed_is_refused() -> None:
    sd_jwt = w3c(unsigned(), ("credentialSubject", "id"))
    other = w3c(unsigned(), ("credentialSubject", "type"))
    mixed = replace(sd_jwt, disclosures=other.disclosures)
    assert codes(report_on(mixed), "failed") == {"DISCLOSURE_NOT_SIGNED"}


def test_a_key_of_somebody_else_is_refused() -> None:
    report = report_on(w3c(unsigned(), header={**CREDENTIAL, "kid": method_of(STRANGER)}))
    assert report.verdict is Verdict.INVALID
    report = report_on(w3c(unsigned(), signer=STRANGER))
    assert "ISSUER_MISMATCH" in codes(report, "failed")


@pytest.mark.parametrize("cty", ["vp", "vc+sd-jwt", "x"])
def test_a_content_type_of_something_else_is_refused(cty: str) -> None:
    report = report_on(w3c(unsigned(), header={**CREDENTIAL, "cty": cty}))
    assert codes(report, "failed") == {"TOKEN_TYPE_MISMATCH"}


def test_a_holder_answers_with_the_key_that_the_credential_is_bound_to() -> None:
    bound = {**unsigned(), "cnf": confirmation_of(LEARNER)}
    shown = presented(w3c(bound))
    assert report_on(shown, **ASKED).verdict is Verdict.VALID
    assert "INVALID_CHALLENGE_ERROR" in codes(report_on(shown, expected_challenge="other"))
    assert "KEY_BINDING_MISSING" in codes(report_on(w3c(bound), **ASKED))
    unbound = presented(w3c(unsigned()))
    assert "CONFIRMATION_MISSING" in codes(report_on(unbound, **ASKED))


def envelope(sd_jwt: SdJwt) -> JsonObject:
    return {
        "@context": "https://www.w3.org/ns/credentials/v2",
        "id": f"data:application/vc+sd-jwt,{sd_jwt.to_compact()}",
        "type": "EnvelopedVerifiableCredential",
    }


def presentation(*credentials: JsonObject, **claims: Any) -> JsonObject:
    return {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "type": ["VerifiablePresentation"],
        "holder": LEARNER,
        "verifiableCredential": list(credentials),
        **claims,
    }


def test_a_presentation_answers_for_itself() -> None:
    document = presentation(sign(unsigned()), nonce=NONCE, aud=AUDIENCE)
    report = report_on(w3c(document, header=PRESENTATION, signer=STRANGER), **ASKED)
    assert report.verdict is Verdict.VALID, codes(report)
    report = report_on(w3c(document, header=PRESENTATION, signer=STRANGER), expected_challenge="x")
    assert "INVALID_CHALLENGE_ERROR" in codes(report)


def test_an_sd_jwt_in_an_envelope_is_not_opened() -> None:
    """With other disclosures the same credential would be taken for another one."""
    inside = envelope(w3c(unsigned()))
    report = check(serialize_json(presentation(inside)))
    assert "UNSUPPORTED_ENVELOPE" in codes(report, "indeterminate")
    assert not Verifier(world()).check(serialize_json(inside))


def test_several_signatures_are_refused() -> None:
    one = w3c(unsigned())
    several = replace(one, further_jwts=(one.issuer_jwt,))
    assert codes(check(serialize_json(several.to_json())), "failed") == {"SD_JWT_MALFORMED"}
    assert check(serialize_json(one.to_json())).verdict is Verdict.VALID


def entries() -> Iterator[JsonObject]:
    index = conformance_folder() / "interop" / "index.json"
    if index.is_file():
        found = json.loads(index.read_text(encoding="utf-8"))["entries"]
        yield from (one for one in found if one["format"] == "sd-jwt")


PUBLISHED = list(entries())
COUNT = 8
ISSUER_URL = "https://example.issuer/vc-jose-cose"


def test_every_published_sd_jwt_is_met() -> None:
    if not is_present(conformance_folder()):
        pytest.skip(f"{ABSENT}: interop")
    assert len(PUBLISHED) == COUNT
    assert {one["expected_verdict"] for one in PUBLISHED} == {
        "valid",
        "invalid",
        "reject_per_origin",
    }


@pytest.mark.parametrize("entry", PUBLISHED, ids=lambda one: one["file"][-40:])
def test_published_sd_jwts_get_their_verdict(entry: JsonObject) -> None:
    folder = conformance_folder() / "interop"
    keys = json.loads((folder / "resolver/jose-cose-keys.json").read_text())["keys"].values()
    names = [key["id"] for key in keys]
    document = {
        "id": ISSUER_URL,
        "verificationMethod": list(keys),
        "assertionMethod": names,
        "authentication": names,
    }
    examples = schemas.context_urls() | schemas.vector_context_urls()
    report = check(
        (folder / entry["file"]).read_bytes(),
        {ISSUER_URL: document},
        allowed_contexts=examples,
    )
    is_valid = entry["expected_verdict"] == "valid"
    assert (report.verdict is Verdict.VALID) is is_valid, codes(report)
    assert is_valid or report.verdict is Verdict.INVALID
