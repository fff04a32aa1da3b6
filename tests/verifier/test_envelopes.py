"""Tokens inside documents: envelopes, presentations, records, endorsements."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from credentials.errors import VerificationError
from credentials.json_types import JsonObject
from credentials.limits import DEFAULT_LIMITS
from credentials.strict_json import serialize_json
from frameworks.evidence import Endorsement
from tests.factories import (
    ISSUER,
    LEARNER,
    SIGNER,
    STRANGER,
    check,
    codes,
    method_of,
    sign,
    unsigned,
    unsigned_record,
    world,
)
from tests.verifier.tokens import (
    P256,
    V1,
    V2,
    badge_token,
    credential_token,
    enveloped,
    older,
    presentation_token,
    seconds,
    token,
)
from verifier.checks.appraisal import endorsements_at
from verifier.report import Outcome, Remark, Verdict
from verifier.verifier import Verifier

ASKED = {"expected_challenge": "n-1", "expected_domain": "verifier.example"}
ANSWER = {"nonce": "n-1", "aud": "verifier.example"}
COURSE = "https://poly.example/achievements/pipe-welding"


@pytest.mark.parametrize("media_type", ["application/vc+jwt", "application/jwt"])
@pytest.mark.parametrize("make", [badge_token, credential_token])
def test_an_enveloped_credential_is_verified_like_the_token_in_it(
    make: Callable[[], bytes], media_type: str
) -> None:
    report = check(enveloped(make(), media_type))
    assert report.verdict is Verdict.VALID
    assert report.credential["issuer"] == ISSUER
    verified = Verifier(world()).verify(serialize_json(enveloped(make(), media_type)))
    assert verified.document == unsigned()


def test_the_media_type_counts_if_the_token_names_none() -> None:
    bare = token(unsigned(), typ=None)
    assert check(enveloped(bare)).verdict is Verdict.VALID
    assert "TOKEN_CLAIM_MISSING" in codes(check(enveloped(bare, "application/jwt")))
    wrapped = token({"vc": unsigned()}, typ=None)
    assert "TOKEN_CLAIM_FORBIDDEN" in codes(check(enveloped(wrapped)))


GOOD = enveloped(credential_token())
NOT_ENVELOPES: dict[str, tuple[JsonObject, str]] = {
    "no context": ({"@context": []}, "ENVELOPE_MALFORMED"),
    "other context": (
        {"@context": "https://www.w3.org/ns/credentials/examples/v2"},
        "ENVELOPE_MALFORMED",
    ),
    "context of its own": ({"@context": [V2, {"id": "@type"}]}, "ENVELOPE_MALFORMED"),
    "second type": (
        {"type": ["EnvelopedVerifiableCredential", "VerifiableCredential"]},
        "ENVELOPE_MALFORMED",
    ),
    "type twice": ({"type": ["EnvelopedVerifiableCredential"] * 2}, "ENVELOPE_MALFORMED"),
    "no data URL": ({"id": GOOD["id"].partition(",")[2]}, "ENVELOPE_MALFORMED"),
    "other URL": ({"id": "https://x.example/a,b"}, "ENVELOPE_MALFORMED"),
    "no text": ({"id": [GOOD["id"]]}, "ENVELOPE_MALFORMED"),
    "proof beside it": ({"proof": {}}, "ENVELOPE_MALFORMED"),
    "credential beside it": (unsigned(type="EnvelopedVerifiableCredential"), "ENVELOPE_MALFORMED"),
    "presentation's type": ({"type": "EnvelopedVerifiablePresentation"}, "ENVELOPE_OF_OTHER_KIND"),
    "base64": ({"id": GOOD["id"].replace(",", ";base64,")}, "UNSUPPORTED_ENVELOPE"),
    "cose": ({"id": GOOD["id"].replace("+jwt", "+cose")}, "UNSUPPORTED_ENVELOPE"),
    "space": ({"id": GOOD["id"].replace(",", ", ")}, "TOKEN_MALFORMED"),
    "percent": ({"id": GOOD["id"].replace(".", "%2E")}, "TOKEN_MALFORMED"),
}


@pytest.mark.parametrize("name", sorted(NOT_ENVELOPES))
def test_what_is_no_exact_envelope_is_not_opened(name: str) -> None:
    changes, code = NOT_ENVELOPES[name]
    report = check({**GOOD, **changes})
    expected = Verdict.INDETERMINATE if code == "UNSUPPORTED_ENVELOPE" else Verdict.INVALID
    assert (report.verdict, codes(report)) == (expected, {code})


def test_an_envelope_without_its_type_is_no_credential() -> None:
    for changes in ({"type": "VerifiableCredential"}, {"type": None}):
        document = {name: value for name, value in {**GOOD, **changes}.items() if value}
        assert check(document).verdict is Verdict.INVALID


def test_a_presentation_as_a_token_answers_challenge_and_domain() -> None:
    data = presentation_token(enveloped(badge_token()), sign(unsigned()), claims=ANSWER)
    report = check(data, **ASKED)
    assert (report.verdict, codes(report, "warning")) == (Verdict.VALID, set())
    verified = Verifier(world(**ASKED)).verify_presentation(data)
    assert verified.holder == LEARNER
    assert [one.issuer for one in verified.credentials] == [ISSUER, ISSUER]
    assert [one.document for one in verified.credentials] == [unsigned(), unsigned()]


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ({"nonce": "n-2"}, "INVALID_CHALLENGE_ERROR"),
        ({"nonce": None}, "INVALID_CHALLENGE_ERROR"),
        ({"nonce": 5}, "TOKEN_CLAIM_MALFORMED"),
        ({"aud": "other.example"}, "INVALID_DOMAIN_ERROR"),
        ({"aud": None}, "INVALID_DOMAIN_ERROR"),
        ({"aud": ["verifier.example", "other.example"]}, "INVALID_DOMAIN_ERROR"),
        ({"aud": []}, "TOKEN_CLAIM_MALFORMED"),
        ({"iss": ISSUER}, "TOKEN_CLAIM_MISMATCH"),
        ({"exp": seconds("2026-11-01T00:00:00Z")}, "PROOF_EXPIRED"),
        ({"nbf": seconds("2027-11-01T00:00:00Z")}, "NOT_YET_VALID"),
    ],
)
def test_a_presentation_that_answers_something_else_is_refused(
    answer: dict[str, Any], code: str
) -> None:
    data = presentation_token(enveloped(badge_token()), claims={**ANSWER, **answer})
    report = check(data, **ASKED)
    assert report.verdict is Verdict.INVALID
    assert code in codes(report)


def test_the_holder_is_who_signed() -> None:
    other = presentation_token(enveloped(badge_token()), holder=ISSUER, claims=ANSWER)
    assert "HOLDER_MISMATCH" in codes(check(other, **ASKED))
    unnamed = {"@context": [V2], "type": ["VerifiablePresentation"], **ANSWER}
    unnamed["verifiableCredential"] = [GOOD]
    report = check(token(unnamed, signer=STRANGER, typ="vp+jwt"), **ASKED)
    assert (report.verdict, report.credential["holder"]) == (Verdict.VALID, LEARNER)
    claimed = token({**unnamed, "iss": ISSUER}, signer=STRANGER, typ="vp+jwt")
    assert "HOLDER_MISMATCH" in codes(check(claimed, **ASKED))


def test_a_key_for_assertions_presents_nothing() -> None:
    party = "https://learner.example/me"
    method = {
        "id": f"{party}#1",
        "type": "Multikey",
        "controller": party,
        "publicKeyMultibase": STRANGER.verification_key.to_multikey(),
    }
    document = {"id": party, "verificationMethod": [method], "assertionMethod": [method["id"]]}
    data = presentation_token(GOOD, holder=party, claims=ANSWER, kid=f"{party}#1")
    found = codes(check(data, {party: document}, **ASKED))
    assert "INVALID_RELATIONSHIP_FOR_VERIFICATION_METHOD" in found
    document["authentication"] = [method["id"]]
    assert check(data, {party: document}, **ASKED).verdict is Verdict.VALID


def test_a_credential_is_no_presentation_and_the_other_way_round() -> None:
    with pytest.raises(VerificationError) as caught:
        Verifier(world()).verify_presentation(badge_token())
    assert caught.value.code == "NOT_A_PRESENTATION"
    with pytest.raises(VerificationError) as caught:
        Verifier(world()).verify(presentation_token(GOOD))
    assert caught.value.code == "NOT_A_CREDENTIAL"


def test_one_bad_credential_spoils_a_presentation() -> None:
    forged = credential_token(signer=STRANGER)
    report = check(presentation_token(GOOD, enveloped(forged), claims=ANSWER), **ASKED)
    assert report.verdict is Verdict.INVALID
    assert [one["verdict"] for one in report.credentials] == ["valid", "invalid"]


def test_a_presentation_in_the_claim_vp_holds_credentials_in_the_claim_vc() -> None:
    """As the conformance suite of the data model has it, and version 1.1 before it."""
    inner = token({"vc": {**older(), "@context": [V1]}, "iss": ISSUER}, typ=None)
    newer = token({"vc": unsigned(), **_claims()}, signer=SIGNER, typ=None)
    for context, items in (
        (V2, [enveloped(newer, "application/jwt")]),
        (V1, [inner.decode(), newer.decode()]),
    ):
        document = {"@context": [context], "type": ["VerifiablePresentation"]}
        document["verifiableCredential"] = items
        payload = {"iss": LEARNER, "vp": document, **ANSWER}
        data = token(payload, signer=STRANGER, typ="JWT")
        report = check(data, **ASKED)
        assert report.verdict is Verdict.VALID, codes(report)
        assert len(report.credentials) == len(items)
        envelope = enveloped(data, "application/jwt")
        envelope["type"] = "EnvelopedVerifiablePresentation"
        assert check(envelope, **ASKED).verdict is Verdict.VALID


def _claims() -> dict[str, Any]:
    document = unsigned()
    return {
        "iss": ISSUER,
        "jti": document["id"],
        "nbf": seconds(document["validFrom"]),
        "sub": LEARNER,
    }


def test_a_bare_token_in_a_newer_presentation_is_no_credential() -> None:
    data = presentation_token(badge_token().decode(), claims=ANSWER)
    report = check(data, **ASKED)
    assert "EMBEDDED_CREDENTIAL_MALFORMED" in codes(report)
    assert report.credentials == ()


def test_a_bare_token_under_a_proof_is_not_signed_and_not_looked_at() -> None:
    document = {
        "@context": [V1],
        "type": ["VerifiablePresentation"],
        "holder": LEARNER,
        "verifiableCredential": [badge_token().decode()],
    }
    forged = {**document, "proof": {"type": "DataIntegrityProof"}}
    report = check(forged)
    assert "EMBEDDED_CREDENTIAL_MALFORMED" in codes(report)
    assert report.credentials == ()


def test_an_enveloped_credential_under_a_proof_is_verified() -> None:
    document = {
        "@context": [V2],
        "type": ["VerifiablePresentation"],
        "holder": LEARNER,
        "verifiableCredential": [GOOD],
    }
    options = {"proof_purpose": "authentication", "challenge": "n-1", "domain": "verifier.example"}
    signed = sign(document, signer=STRANGER, **options)
    assert check(signed, **ASKED).verdict is Verdict.VALID
    exchanged = {**signed, "verifiableCredential": [enveloped(badge_token())]}
    assert "SIGNATURE_INVALID" in codes(check(exchanged, **ASKED))


def test_a_presentation_inside_a_presentation_is_not_opened() -> None:
    inner = enveloped(presentation_token(GOOD), "application/vp+jwt")
    report = check(presentation_token(inner, claims=ANSWER), **ASKED)
    assert report.verdict is not Verdict.VALID
    assert "UNSUPPORTED_ENVELOPE" in codes(report)
    disguised = {**inner, "type": "EnvelopedVerifiableCredential"}
    report = check(presentation_token(disguised, claims=ANSWER), **ASKED)
    assert codes(report) == {"ENVELOPE_OF_OTHER_KIND"}


def test_an_enveloped_presentation_is_verified_like_the_token_in_it() -> None:
    data = presentation_token(GOOD, claims=ANSWER)
    assert check(enveloped(data, "application/vp+jwt"), **ASKED).verdict is Verdict.VALID
    as_credential = enveloped(data, "application/vc+jwt")
    assert codes(check(as_credential)) == {"ENVELOPE_OF_OTHER_KIND"}


def test_components_of_a_record_may_not_be_tokens_without_an_envelope() -> None:
    report = check(badge_token_of_record(unsigned_record(badge_token().decode())))
    assert "COMPONENT_NOT_CHECKED" in codes(report)
    assert report.verdict is Verdict.INVALID


def badge_token_of_record(record: JsonObject) -> bytes:
    return token(record, typ="vc+jwt")


def test_an_enveloped_component_is_verified() -> None:
    """CLR 2.0 has no place for it, and what is inside is judged all the same."""
    good = check(badge_token_of_record(unsigned_record(GOOD)))
    told = [one.code for one in good.check("proof").remarks]
    assert "COMPONENT_VALID" in told
    forged = enveloped(credential_token(signer=STRANGER))
    assert "COMPONENT_INVALID" in codes(check(badge_token_of_record(unsigned_record(forged))))


def test_a_record_as_a_token_holds_components_with_their_own_proofs() -> None:
    record = unsigned_record(sign(unsigned()))
    assert check(badge_token_of_record(record)).verdict is Verdict.VALID
    record = unsigned_record({**sign(unsigned()), "name": "Better"})
    assert "COMPONENT_INVALID" in codes(check(badge_token_of_record(record)))


def endorsement(**changes: Any) -> JsonObject:
    document = {
        "@context": unsigned()["@context"],
        "id": "urn:uuid:8d7a3c52-6f4f-4b3e-9f38-0b3c4f7b2a99",
        "type": ["VerifiableCredential", "EndorsementCredential"],
        "name": "Endorsement",
        "issuer": {"id": LEARNER, "type": ["Profile"]},
        "validFrom": "2026-01-15T09:00:00Z",
        "validUntil": "2036-01-15T09:00:00Z",
        "credentialSubject": {"id": COURSE, "type": ["EndorsementSubject"]},
    }
    return {**document, **changes}


def endorsed_by(*tokens: Any) -> JsonObject:
    return sign(unsigned(endorsementJwt=list(tokens)))


@pytest.mark.parametrize("make", [badge_token, credential_token])
def test_an_endorsement_as_a_token_is_verified_like_an_embedded_one(
    make: Callable[..., bytes],
) -> None:
    good = make(endorsement(), signer=STRANGER).decode()
    report = check(endorsed_by(good))
    told = {one.pointer: one.code for one in report.check("endorsement").remarks}
    assert (report.verdict, told) == (Verdict.VALID, {"/endorsementJwt/0": "ENDORSEMENT_VALID"})


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda: badge_token(endorsement(), signer=SIGNER), "ENDORSEMENT_INVALID"),
        (lambda: badge_token(endorsement(), signer=STRANGER)[:-8] + b"AAAAAAAA", None),
        (lambda: badge_token(unsigned()), "ENDORSEMENT_OF_OTHER_KIND"),
        (lambda: b"aGk.aGk.aGk", "ENDORSEMENT_UNDECIDED"),
        (lambda: b"eyJ.eyJ.x", "ENDORSEMENT_INVALID"),
        (
            lambda: badge_token(
                endorsement(credentialSubject={"id": "urn:x:1", "type": ["EndorsementSubject"]}),
                signer=STRANGER,
            ),
            "ENDORSEMENT_OF_OTHER",
        ),
    ],
)
def test_a_bad_endorsement_token_is_told_and_spoils_nothing(
    make: Callable[[], bytes], code: str | None
) -> None:
    report = check(endorsed_by(make().decode()))
    assert report.verdict is Verdict.VALID
    assert report.check("endorsement").outcome is Outcome.WARNING
    assert code is None or codes(report, "warning") == {code}


def test_an_endorsement_counts_only_in_the_form_of_its_place() -> None:
    made = badge_token(endorsement(), signer=STRANGER).decode()
    signed = sign(endorsement(), signer=STRANGER)
    for places in ({"endorsement": [made]}, {"endorsementJwt": [signed]}):
        report = check(token(unsigned(**places), typ="vc+jwt"))
        assert "ENDORSEMENT_NOT_CHECKED" in codes(report, "warning"), places.keys()


def test_an_endorsement_token_counts_as_evidence_only_where_it_holds() -> None:
    good = badge_token(endorsement(), signer=STRANGER).decode()
    document = unsigned(endorsementJwt=[good, good])
    holds = Remark(Outcome.PASSED, "ENDORSEMENT_VALID", "x", "/endorsementJwt/1")
    found = endorsements_at(document, (holds,))
    assert found == (Endorsement.of(endorsement()),)
    assert endorsements_at(document, ()) == ()


def test_more_tokens_than_one_verification_looks_at_are_left_undecided() -> None:
    limits = replace(DEFAULT_LIMITS, proofs_altogether=4)
    three = presentation_token(*[GOOD] * 3, claims=ANSWER)
    assert check(three, limits=limits, **ASKED).verdict is Verdict.VALID
    four = check(presentation_token(*[GOOD] * 4, claims=ANSWER), limits=limits, **ASKED)
    assert codes(four) == {"TOO_MANY_PROOFS_IN_ALL"}


def test_more_credentials_than_are_looked_at_are_refused_whole() -> None:
    limits = replace(DEFAULT_LIMITS, embedded_credentials=2)
    report = check(presentation_token(*[GOOD] * 3, claims=ANSWER), limits=limits, **ASKED)
    assert "TOO_MANY_CREDENTIALS" in codes(report)
    document = {"@context": [V1], "type": ["VerifiablePresentation"]}
    document["verifiableCredential"] = [badge_token().decode()] * 3
    data = token({"iss": LEARNER, "vp": document, **ANSWER}, signer=STRANGER, typ="JWT")
    assert "TOO_MANY_CREDENTIALS" in codes(check(data, limits=limits, **ASKED))


def test_tokens_full_of_values_are_too_much_work_and_never_valid() -> None:
    """A small file of many tokens would otherwise unfold into very many values."""
    limits = replace(DEFAULT_LIMITS, canonicalized_values=250)
    three = presentation_token(*[GOOD] * 3, claims=ANSWER)
    assert check(three, limits=limits, **ASKED).verdict is Verdict.VALID
    report = check(presentation_token(*[GOOD] * 9, claims=ANSWER), limits=limits, **ASKED)
    assert (report.verdict, codes(report)) == (Verdict.INDETERMINATE, {"TOO_MUCH_WORK"})


def test_a_token_of_another_key_kind_inside_is_judged_by_itself() -> None:
    party = method_of(P256).partition("#")[0]
    document = unsigned(issuer={"id": party, "type": ["Profile"], "name": "x"})
    data = presentation_token(enveloped(badge_token(document, signer=P256)), claims=ANSWER)
    assert check(data, **ASKED).verdict is Verdict.VALID
