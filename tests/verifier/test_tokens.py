"""Credentials and presentations as signed tokens: what is accepted, and every way to cheat."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from credentials.json_types import JsonObject
from keys.signer import PrivateKeySigner
from tests.factories import (
    ISSUER,
    LEARNER,
    NOW,
    SIGNER,
    STRANGER,
    check,
    codes,
    method_of,
    sign,
    unsigned,
    world,
)
from tests.verifier.tokens import (
    P256,
    P384,
    badge_token,
    claims_of,
    credential_token,
    enveloped,
    older,
    seconds,
    token,
    with_header,
)
from verifier.report import Verdict
from verifier.verifier import Verifier

WEB = "https://poly.example/issuer"
ASKED = {"expected_challenge": "n-1", "expected_domain": "verifier.example"}
ANSWER = {"nonce": "n-1", "aud": "verifier.example"}


def by(issuer: str, **changes: Any) -> JsonObject:
    """Build an unsigned badge of another issuer than usual."""
    return unsigned(issuer={"id": issuer, "type": ["Profile"], "name": "Other"}, **changes)


def party_of(signer: PrivateKeySigner) -> str:
    return method_of(signer).partition("#")[0]


def issuer_document(*methods: JsonObject, party: str = WEB, **changes: Any) -> dict[str, Any]:
    named = [{"controller": party, "type": "JsonWebKey", **method} for method in methods]
    document = {
        "id": party,
        "verificationMethod": named,
        "assertionMethod": [method["id"] for method in named],
        **changes,
    }
    return {party: document}


def jwk(signer: PrivateKeySigner, **members: Any) -> dict[str, Any]:
    return {**signer.verification_key.to_jwk(), **members}


@pytest.mark.parametrize("signer", [SIGNER, P256, P384])
def test_a_badge_as_a_token_is_valid(signer: PrivateKeySigner) -> None:
    data = badge_token(by(party_of(signer)), signer=signer)
    report = check(data)
    assert (report.verdict, codes(report, "warning")) == (Verdict.VALID, set())
    assert report.credential["issuer"] == party_of(signer)


@pytest.mark.parametrize("signer", [SIGNER, P256, P384])
def test_a_credential_of_the_newer_type_is_valid(signer: PrivateKeySigner) -> None:
    data = credential_token(by(party_of(signer)), signer=signer, cty="vc")
    assert check(data).verdict is Verdict.VALID


def test_the_token_and_the_json_form_are_one_credential() -> None:
    """Otherwise its credit could be counted twice."""
    as_json = Verifier(world()).verify(json.dumps(sign(unsigned())).encode())
    as_token = Verifier(world()).verify(badge_token())
    assert as_token.document == as_json.document
    assert as_token.digest == as_json.digest
    assert as_token.issuer == as_json.issuer == ISSUER
    assert as_token.verification_methods == (method_of(SIGNER),)


def test_white_space_around_a_token_belongs_to_its_file() -> None:
    assert check(b"\n " + badge_token() + b"\r\n").verdict is Verdict.VALID


def test_a_token_with_a_byte_order_mark_is_refused() -> None:
    assert check(b"\xef\xbb\xbf" + badge_token()).verdict is Verdict.INVALID


def test_a_token_in_two_lines_is_refused() -> None:
    data = badge_token()
    assert check(data[:100] + b"\n" + data[100:]).verdict is Verdict.INVALID


def test_a_token_of_more_than_a_megabyte_is_refused() -> None:
    data = badge_token(unsigned(description="x" * 250_000))
    assert check(data).verdict is Verdict.VALID
    assert codes(check(data + b"A" * 1_000_000)) == {"TOO_LARGE"}


FORGERIES: dict[str, tuple[Callable[[], bytes], set[str]]] = {
    "another signature": (lambda: badge_token()[:-20] + badge_token()[-20:][::-1], set()),
    "alg none": (lambda: with_header(badge_token(), alg="none"), {"TOKEN_UNSIGNED"}),
    "alg None and no signature": (
        lambda: with_header(badge_token(), alg="None").rpartition(b".")[0] + b".",
        {"TOKEN_UNSIGNED"},
    ),
    "symmetric algorithm": (
        lambda: with_header(badge_token(), alg="HS256"),
        {"ALGORITHM_NOT_ALLOWED"},
    ),
    "algorithm of another key": (
        lambda: with_header(badge_token(), alg="ES256"),
        {"KEY_TYPE_MISMATCH"},
    ),
    "another spelling of the same algorithm": (
        lambda: with_header(badge_token(), alg="Ed25519"),
        {"SIGNATURE_INVALID"},
    ),
    "crit": (lambda: badge_token(crit=["exp"]), {"TOKEN_HEADER_NOT_ALLOWED"}),
    "b64": (lambda: badge_token(b64=False), {"TOKEN_HEADER_NOT_ALLOWED"}),
    "jku": (lambda: badge_token(jku="https://evil.example"), {"TOKEN_HEADER_NOT_ALLOWED"}),
    "x5u": (lambda: badge_token(x5u="https://evil.example"), {"TOKEN_HEADER_NOT_ALLOWED"}),
    "x5c": (lambda: badge_token(x5c=["MII="]), {"TOKEN_HEADER_NOT_ALLOWED"}),
    "key of a stranger": (
        lambda: badge_token(signer=STRANGER),
        {"ISSUER_MISMATCH"},
    ),
    "key of a stranger under the issuer's name": (
        lambda: badge_token(signer=STRANGER, kid=method_of(SIGNER)),
        {"SIGNATURE_INVALID"},
    ),
    "key of a stranger in the token": (
        lambda: badge_token(signer=STRANGER, kid=None, jwk=jwk(STRANGER)),
        {"INVALID_VERIFICATION_METHOD"},
    ),
    "key of a stranger in the token beside the issuer's name": (
        lambda: badge_token(signer=STRANGER, kid=method_of(SIGNER), jwk=jwk(STRANGER)),
        {"INVALID_VERIFICATION_METHOD"},
    ),
    "private key in the token": (
        lambda: badge_token(kid=None, jwk=jwk(SIGNER, d="AAAA")),
        {"MALFORMED_KEY"},
    ),
    "symmetric key in the token": (
        lambda: badge_token(kid=None, jwk={"kty": "oct", "k": "AAAA"}),
        {"UNSUPPORTED_KEY_TYPE"},
    ),
    "no key but a text": (lambda: badge_token(kid=None, jwk="key"), {"MALFORMED_KEY"}),
    "kid of another kind of did": (
        lambda: badge_token(kid="did:example:1#key"),
        {"KEY_UNRESOLVED", "ISSUER_MISMATCH"},
    ),
    "kid with two fragments": (
        lambda: badge_token(kid=f"{method_of(SIGNER)}#x"),
        {"INVALID_VERIFICATION_METHOD_URL"},
    ),
    "kid that the issuer does not list": (
        lambda: badge_token(kid="other"),
        {"INVALID_VERIFICATION_METHOD"},
    ),
    "iss of a stranger": (
        lambda: badge_token(claims={"iss": LEARNER}),
        {"TOKEN_CLAIM_MISMATCH"},
    ),
    "iss with a suffix": (
        lambda: badge_token(claims={"iss": ISSUER + "x"}),
        {"TOKEN_CLAIM_MISMATCH"},
    ),
    "iss as an array": (lambda: badge_token(claims={"iss": [ISSUER]}), {"TOKEN_CLAIM_MALFORMED"}),
    "iss in the header of a stranger": (lambda: badge_token(iss=LEARNER), {"TOKEN_CLAIM_MISMATCH"}),
    "iss in the header beside that of a stranger": (
        lambda: badge_token(iss=ISSUER, claims={"iss": LEARNER}),
        {"TOKEN_CLAIM_MISMATCH"},
    ),
    "jti of another one": (
        lambda: badge_token(claims={"jti": "urn:uuid:1"}),
        {"TOKEN_CLAIM_MISMATCH"},
    ),
    "sub of another one": (
        lambda: badge_token(claims={"sub": ISSUER}),
        {"TOKEN_CLAIM_MISMATCH"},
    ),
    "nbf earlier than validFrom": (
        lambda: badge_token(claims={"nbf": 1}),
        {"TOKEN_CLAIM_MISMATCH"},
    ),
    "nbf later than validFrom": (
        lambda: badge_token(claims={"nbf": seconds("2026-02-01T00:00:00Z")}),
        {"TOKEN_CLAIM_MISMATCH"},
    ),
    "exp other than validUntil": (
        lambda: badge_token(claims={"exp": seconds("2037-01-01T00:00:00Z")}),
        {"TOKEN_CLAIM_MISMATCH"},
    ),
    "no iss": (lambda: badge_token(claims={"iss": None}), {"TOKEN_CLAIM_MISSING"}),
    "no jti": (lambda: badge_token(claims={"jti": None}), {"TOKEN_CLAIM_MISSING"}),
    "no nbf": (lambda: badge_token(claims={"nbf": None}), {"TOKEN_CLAIM_MISSING"}),
    "type of a presentation": (lambda: badge_token(typ="vp+jwt"), {"TOKEN_TYPE_MISMATCH"}),
    "type of another token": (lambda: badge_token(typ="at+jwt"), {"TOKEN_TYPE_MISMATCH"}),
    "type of a key proof": (
        lambda: badge_token(typ="openid4vci-proof+jwt"),
        {"TOKEN_TYPE_MISMATCH"},
    ),
    "content type of a nested token": (lambda: badge_token(cty="JWT"), {"TOKEN_TYPE_MISMATCH"}),
    "content type of a presentation": (lambda: badge_token(cty="vp"), {"TOKEN_TYPE_MISMATCH"}),
    "claim vc in the newer type": (
        lambda: token({"vc": unsigned(), **claims_of(unsigned())}, typ="vc+jwt"),
        {"TOKEN_CLAIM_FORBIDDEN"},
    ),
    "claim vc beside a credential": (
        lambda: token({**unsigned(), "vc": unsigned(), **claims_of(unsigned())}, typ="JWT"),
        {"TOKEN_CLAIM_UNKNOWN"},
    ),
    "claims vc and vp": (
        lambda: token({"vc": unsigned(), "vp": {}, **claims_of(unsigned())}, typ="JWT"),
        {"TOKEN_CLAIM_FORBIDDEN"},
    ),
    "claim vp with a credential": (
        lambda: token({"vp": unsigned(), **claims_of(unsigned())}, typ="JWT"),
        {"TOKEN_CLAIM_FORBIDDEN"},
    ),
    "claim vc with a text": (lambda: token({"vc": "oops"}, typ="JWT"), {"TOKEN_WITHOUT_DOCUMENT"}),
    "unknown member beside the credential": (
        lambda: badge_token(claims={"azp": "x"}),
        {"UNDEFINED_TERM"},
    ),
    "duplicate claims": (
        lambda: token(
            None,
            raw=json.dumps({**unsigned(), **claims_of(unsigned())}).encode()[:-1]
            + b',"iss":"did:example:1"}',
        ),
        {"JSON_DUPLICATE_KEY"},
    ),
    "payload with a byte order mark": (
        lambda: token(None, raw=b"\xef\xbb\xbf" + json.dumps(unsigned()).encode()),
        {"JSON_BOM"},
    ),
    "payload in UTF-16": (
        lambda: token(None, raw=json.dumps(unsigned()).encode("utf-16-le")),
        {"JSON_ENCODING"},
    ),
    "payload too deep": (lambda: token(None, raw=b'{"a":' * 30 + b"1" + b"}" * 30), {"TOO_DEEP"}),
    "payload without a document": (
        lambda: token({"iss": ISSUER, "sub": LEARNER}, typ="JWT"),
        {"CONTEXT_MALFORMED"},
    ),
    "null in the credential": (
        lambda: credential_token(claims={"description": None}),
        {"NULL_VALUE"},
    ),
    "a token in the token": (
        lambda: token(enveloped(credential_token()), typ="vc+jwt"),
        {"TOKEN_IN_TOKEN"},
    ),
    "a proof inside that does not hold": (
        lambda: badge_token({**sign(unsigned()), "name": "Better"}),
        {"SIGNATURE_INVALID"},
    ),
    "a stranger's proof inside": (
        lambda: badge_token(sign(unsigned(), signer=STRANGER)),
        {"ISSUER_MISMATCH"},
    ),
    "a token with selective disclosure without its disclosures": (
        lambda: credential_token(claims={"_sd": ["digest"], "_sd_alg": "sha-256"}),
        {"TOKEN_HIDES_CLAIMS"},
    ),
    "something hidden deep inside": (
        lambda: credential_token(
            unsigned(evidence=[{"id": "urn:x:1", "type": ["Evidence"], "...": "digest"}])
        ),
        {"TOKEN_HIDES_CLAIMS"},
    ),
    "the type of selective disclosure": (
        lambda: credential_token(typ="vc+sd-jwt"),
        {"TOKEN_TYPE_MISMATCH"},
    ),
    "an empty proof inside": (lambda: badge_token(unsigned(proof=[])), {"NO_PROOF"}),
}


@pytest.mark.parametrize("name", sorted(FORGERIES))
def test_forged_tokens_are_refused_for_their_own_reason(name: str) -> None:
    make, expected = FORGERIES[name]
    report = check(make())
    assert report.verdict is Verdict.INVALID
    assert expected <= codes(report)


@pytest.mark.parametrize(
    "expires", ["1999", True, None, [], {}, -1, 1e30, 253_402_300_800, "2030-01-01T00:00:00Z"]
)
@pytest.mark.parametrize("make", [badge_token, credential_token])
def test_an_end_that_is_no_number_of_seconds_is_refused(make: Any, expires: Any) -> None:
    if expires is None:
        data = token({**unsigned(), **claims_of(unsigned()), "exp": None})
    else:
        data = make(claims={"exp": expires})
    report = check(data)
    assert report.verdict is Verdict.INVALID
    assert "TOKEN_CLAIM_MALFORMED" in codes(report)


def test_an_end_with_a_fraction_is_read() -> None:
    end = seconds("2026-11-01T00:00:00Z") + 0.5
    assert codes(check(credential_token(claims={"exp": end}))) == {"PROOF_EXPIRED"}
    later = seconds("2027-01-01T00:00:00Z") + 0.5
    assert check(credential_token(claims={"exp": later})).verdict is Verdict.VALID


def test_the_end_of_a_badge_in_its_claims_ends_it_even_if_only_claims_say_it() -> None:
    end = seconds("2026-11-01T00:00:00Z")
    document = {**unsigned(), "validUntil": "2026-11-01T00:00:00Z"}
    assert codes(check(badge_token(document, claims={"exp": end}))) == {"EXPIRED"}
    del document["validUntil"]
    data = token({**document, **claims_of(unsigned(), exp=end)}, typ="JWT")
    assert codes(check(data)) == {"PROOF_EXPIRED"}


def test_a_token_does_not_count_before_its_time() -> None:
    start = seconds("2026-12-01T00:00:00Z")
    data = credential_token(claims={"nbf": start})
    assert codes(check(data)) == {"NOT_YET_VALID"}
    assert check(data, now=NOW + timedelta(days=30)).verdict is Verdict.VALID
    badge = badge_token(unsigned(validFrom="2026-12-01T00:00:00Z"), claims={"nbf": start})
    assert codes(check(badge)) == {"NOT_YET_VALID"}


def test_a_date_of_making_decides_nothing() -> None:
    future = check(credential_token(claims={"iat": seconds("2030-01-01T00:00:00Z")}))
    assert codes(future, "warning") == {"PROOF_CREATED_IN_FUTURE"}
    as_text = check(credential_token(claims={"iat": "2010-01-01T19:23:24Z"}))
    assert codes(as_text, "warning") == {"TOKEN_CLAIM_MALFORMED"}
    assert future.verdict is as_text.verdict is Verdict.VALID


def test_a_badge_without_sub_is_accepted_with_a_note() -> None:
    report = check(badge_token(claims={"sub": None}))
    assert (report.verdict, codes(report, "warning")) == (Verdict.VALID, {"TOKEN_CLAIM_MISSING"})


def test_claims_of_the_newer_type_are_not_required_and_must_not_contradict() -> None:
    for claims in ({}, {"iss": ISSUER}, {"jti": unsigned()["id"], "sub": LEARNER}):
        assert check(credential_token(claims=claims)).verdict is Verdict.VALID
    for claims in ({"iss": LEARNER}, {"jti": "urn:x:1"}, {"sub": ISSUER}):
        assert "TOKEN_CLAIM_MISMATCH" in codes(check(credential_token(claims=claims)))


def test_a_sound_proof_inside_a_token_is_checked_as_well() -> None:
    report = check(badge_token(sign(unsigned())))
    assert report.verdict is Verdict.VALID
    held = [one for one in report.check("proof").remarks if "holds" in one.detail]
    assert len(held) == 2


def test_a_key_that_the_token_brings_confirms_no_issuer() -> None:
    """Good as far as Open Badges asks; the issuer is not thereby confirmed."""
    data = badge_token(by(WEB), kid=None, jwk=jwk(SIGNER))
    offline = check(data)
    assert offline.verdict is Verdict.INDETERMINATE
    assert codes(offline) == {"KEY_UNRESOLVED", "ISSUER_UNCONFIRMED"}
    assert "which anybody could have made" in offline.check("proof").decisive.detail
    listed = issuer_document({"id": f"{WEB}#1", "publicKeyJwk": jwk(SIGNER)})
    assert check(data, listed).verdict is Verdict.VALID
    other = issuer_document({"id": f"{WEB}#1", "publicKeyJwk": jwk(P256)})
    assert "INVALID_VERIFICATION_METHOD" in codes(check(data, other), "failed")
    spoiled = with_header(data, jwk=jwk(STRANGER))
    assert "SIGNATURE_INVALID" in codes(check(spoiled))


def test_a_key_that_is_listed_twice_is_revoked_by_either_entry() -> None:
    data = badge_token(by(WEB), kid=None, jwk=jwk(SIGNER))
    twice = [{"id": f"{WEB}#{number}", "publicKeyJwk": jwk(SIGNER)} for number in (1, 2)]
    assert check(data, issuer_document(*twice)).verdict is Verdict.VALID
    revoked = [twice[0], {**twice[1], "revoked": "2026-10-01T00:00:00Z"}]
    assert "KEY_REVOKED" in codes(check(data, issuer_document(*revoked)))


def test_a_key_in_the_fragment_of_kid_can_refute_and_never_confirm() -> None:
    multikey = SIGNER.verification_key.to_multikey()
    data = badge_token(by(WEB), kid=f"{WEB}#{multikey}")
    assert codes(check(data)) == {"KEY_UNRESOLVED", "ISSUER_UNCONFIRMED"}
    forged = badge_token(by(WEB), kid=f"{WEB}#{multikey}", signer=STRANGER)
    assert "SIGNATURE_INVALID" in codes(check(forged))


@pytest.mark.parametrize(
    ("kid", "is_found"),
    [
        (f"{WEB}#k1", True),
        ("#k1", True),
        ("k1", True),
        ("thumb", True),
        (None, False),
        (WEB, False),
        ("k2", False),
        ("K1", False),
        (f"{WEB}#k3", False),
        ("https://other.example/issuer#k1", False),
    ],
)
def test_a_key_is_named_within_the_document_of_its_issuer(kid: str | None, is_found: bool) -> None:
    documents = issuer_document(
        {"id": f"{WEB}#k1", "publicKeyJwk": jwk(SIGNER, kid="thumb")},
        {"id": f"{WEB}#k2", "publicKeyJwk": jwk(STRANGER)},
    )
    report = check(badge_token(by(WEB), kid=kid), documents)
    assert (report.verdict is Verdict.VALID) is is_found
    if kid in (None, WEB):
        assert "KEY_NOT_NAMED" in codes(report)


def test_without_a_name_the_only_key_of_the_issuer_is_meant() -> None:
    documents = issuer_document({"id": "#1", "publicKeyJwk": jwk(SIGNER)})
    data = badge_token(by(WEB), kid=None)
    assert check(data, documents).verdict is Verdict.VALID
    assert codes(check(data)) == {"KEY_UNRESOLVED", "ISSUER_UNCONFIRMED"}


def test_a_key_for_another_purpose_is_refused() -> None:
    documents = issuer_document(
        {"id": f"{WEB}#1", "publicKeyJwk": jwk(SIGNER)},
        assertionMethod=[],
        authentication=[f"{WEB}#1"],
    )
    for kid in (f"{WEB}#1", "1", None):
        report = check(badge_token(by(WEB), kid=kid), documents)
        assert report.verdict is Verdict.INVALID
    assert "INVALID_RELATIONSHIP_FOR_VERIFICATION_METHOD" in codes(
        check(badge_token(by(WEB), kid=f"{WEB}#1"), documents)
    )


def test_a_revoked_key_verifies_nothing() -> None:
    method = {"id": "#1", "publicKeyJwk": jwk(SIGNER), "revoked": "2026-10-01T00:00:00Z"}
    assert "KEY_REVOKED" in codes(check(badge_token(by(WEB), kid="1"), issuer_document(method)))


def test_two_keys_under_one_name_are_no_key() -> None:
    documents = issuer_document(
        {"id": f"{WEB}#1", "publicKeyJwk": jwk(STRANGER, kid="x")},
        {"id": f"{WEB}#2", "publicKeyJwk": jwk(SIGNER, kid="x")},
    )
    report = check(badge_token(by(WEB), kid="x"), documents)
    assert "KEY_NOT_NAMED" in codes(report)


def test_a_status_is_checked_as_in_any_credential() -> None:
    entry = {
        "id": "https://issuer.example/status/1#5",
        "type": "BitstringStatusListEntry",
        "statusPurpose": "revocation",
        "statusListIndex": "5",
        "statusListCredential": "https://issuer.example/status/1",
    }
    assert codes(check(badge_token(unsigned(credentialStatus=entry)))) == {"STATUS_RETRIEVAL_ERROR"}


@pytest.mark.parametrize("typ", ["JWT", None, "application/jwt"])
def test_a_credential_of_version_1_1_stands_in_the_claim_vc(typ: str | None) -> None:
    document = older()
    claims = {
        "iss": document["issuer"],
        "nbf": seconds(document["issuanceDate"]),
        "jti": document["id"],
        "sub": document["credentialSubject"]["id"],
    }
    assert check(token({"vc": document, **claims}, typ=typ)).verdict is Verdict.VALID
    bare = older(id=None, issuer=None, issuanceDate=None, credentialSubject={"name": "x"})
    report = check(token({"vc": bare, **claims, "exp": seconds("2026-02-01T00:00:00Z")}, typ=typ))
    told = report.credential
    assert (told["id"], told["issuer"]) == (document["id"], ISSUER)
    assert (told["subject"], told["valid_from"]) == (LEARNER, document["issuanceDate"])
    assert "EXPIRED" in codes(report)
    for name, value in (("nbf", 5), ("iss", LEARNER), ("jti", "urn:x:1"), ("sub", ISSUER)):
        forged = token({"vc": document, **claims, name: value}, typ=typ)
        assert "TOKEN_CLAIM_MISMATCH" in codes(check(forged)), name


def test_a_credential_of_version_2_may_stand_in_the_claim_vc_of_an_older_token() -> None:
    data = token({"vc": unsigned(), **claims_of(unsigned())}, typ="JWT")
    assert check(data).verdict is Verdict.VALID
    without = token({"vc": unsigned(issuer=None), **claims_of(unsigned())}, typ="JWT")
    assert "ISSUER_MALFORMED" in codes(check(without)), "claims complete no document of version 2"


def test_a_changed_character_anywhere_is_never_valid() -> None:
    data = badge_token()
    for place in range(0, len(data), 41):
        other = b"A" if data[place : place + 1] != b"A" else b"B"
        report = check(data[:place] + other + data[place + 1 :])
        assert report.verdict is not Verdict.VALID, place


ODD: list[Any] = [None, True, 5, -1, 1.5, 2**70, "", "x", [], {}, ["x"], [[]], [None], {"id": "x"}]


def may_be_valid(claim: str, value: Any) -> bool:
    """Tell which odd claims leave a token of the newer type valid: those that decide nothing."""
    if claim in ("cnf", "iat"):
        return True
    if claim == "nonce":
        return value == "x"
    if claim == "aud":
        return value in ("", "x", ["x"])
    return claim == "nbf" and value in (5, 1.5) and value is not True


@pytest.mark.parametrize(
    "claim", ["aud", "cnf", "exp", "iat", "iss", "jti", "nbf", "nonce", "sub", "vc", "vp", "_sd"]
)
def test_odd_claims_end_in_a_report_and_decide_what_they_should(claim: str) -> None:
    for value in ODD:
        report = check(credential_token(claims={claim: value}))
        assert (report.verdict is Verdict.VALID) is may_be_valid(claim, value), value


@pytest.mark.parametrize("member", ["alg", "cty", "iss", "jwk", "kid", "typ", "x"])
def test_odd_members_of_the_header_end_in_a_refusal(member: str) -> None:
    for value in ODD:
        report = check(with_header(badge_token(), **{member: value}))
        assert report.verdict is not Verdict.VALID, value
