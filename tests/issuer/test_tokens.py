"""Issuing tokens: what a credential says is what its claims say, and the verifier accepts it."""

from __future__ import annotations

from typing import Any

import pytest

import schemas
from credentials.errors import CredentialError, IssuanceError, ProofGenerationError
from credentials.jose.compact import read_token, verify_token
from credentials.jose.writing import TokenForm, credential_token
from credentials.json_types import JsonObject
from credentials.proofs.registry import CRYPTOSUITES
from issuer import IssuanceRequest, IssuerProfile
from issuer.issuer import IssuedCredential
from issuer.lint import LintError
from issuer.requests import Fresh
from issuer.tokens import TokenIssuer
from keys.did import did_key
from keys.signer import PrivateKeySigner
from tests.factories import ENVIRONMENT, NOW, SIGNER, check, method_of, unsigned
from tests.issuer.test_issuer import CountingSigner, self_check
from tests.verifier.tokens import P256, P384, V1, claims_of, older
from verifier.report import Verdict


def issuer(form: TokenForm, signer: Any = SIGNER, **changes: Any) -> TokenIssuer:
    key: PrivateKeySigner = changes.get("key", SIGNER)
    profile = IssuerProfile(
        did_key(key.verification_key),
        method_of(key),
        CRYPTOSUITES["eddsa-rdfc-2022"],
        schemas.context_urls(),
    )
    fresh = Fresh(lambda: "urn:uuid:8d7a3c52-6f4f-4b3e-9f38-000000000001", lambda: "salt")
    check_first = changes.get("self_check", self_check)
    return TokenIssuer(profile, signer, ENVIRONMENT, fresh=fresh, self_check=check_first, form=form)


def issue(document: JsonObject, form: TokenForm, **changes: Any) -> IssuedCredential:
    one = issuer(form, **changes)
    request = IssuanceRequest.from_json({"credential": document})
    return one.issue(one.prepare(request, now=NOW), now=NOW)


@pytest.mark.parametrize("form", list(TokenForm))
@pytest.mark.parametrize("signer", [SIGNER, P256, P384])
def test_what_is_issued_is_valid_and_says_what_was_prepared(
    form: TokenForm, signer: PrivateKeySigner
) -> None:
    party = did_key(signer.verification_key)
    document = unsigned(issuer={"id": party, "type": ["Profile"], "name": "x"})
    issued = issue(document, form, signer=signer, key=signer)
    assert issued.document == document
    report = check(issued.data)
    assert report.verdict is Verdict.VALID
    assert {one.code for one in report.check("document").remarks} == {"OK"}


def test_a_badge_is_repeated_in_the_claims_of_open_badges() -> None:
    token = read_token(issue(unsigned(), TokenForm.OPEN_BADGES).data)
    assert token.header == {"alg": "EdDSA", "kid": method_of(SIGNER), "typ": "JWT"}
    assert token.claims() == {**unsigned(), **claims_of(unsigned())}
    verify_token(token, SIGNER.verification_key)


def test_the_newer_type_holds_nothing_but_the_credential() -> None:
    token = read_token(issue(unsigned(), TokenForm.DATA_MODEL).data)
    assert token.header == {
        "alg": "EdDSA",
        "kid": method_of(SIGNER),
        "typ": "vc+jwt",
        "cty": "vc",
    }
    assert token.claims() == unsigned()


def test_a_badge_about_somebody_without_an_id_has_no_sub() -> None:
    subject = {**unsigned()["credentialSubject"]}
    del subject["id"]
    subject["identifier"] = [
        {
            "type": "IdentityObject",
            "identityType": "emailAddress",
            "hashed": False,
            "identityHash": "ana@example.com",
        }
    ]
    issued = issue(unsigned(credentialSubject=subject), TokenForm.OPEN_BADGES)
    assert "sub" not in read_token(issued.data).claims()
    assert check(issued.data).verdict is Verdict.VALID


def test_dates_are_repeated_to_the_second() -> None:
    document = unsigned(validFrom="2026-01-15T10:00:00.75+01:00", validUntil=None)
    claims = read_token(issue(document, TokenForm.OPEN_BADGES).data).claims()
    assert (claims["nbf"], "exp" in claims) == (1_768_467_600, False)


def test_a_credential_of_version_1_1_stands_in_a_claim() -> None:
    made = credential_token(
        older(), form=TokenForm.OPEN_BADGES, key_id=method_of(SIGNER), signer=SIGNER
    )
    claims = read_token(made.encode()).claims()
    assert claims["vc"] == older()
    assert claims.keys() == {"vc", "iss", "jti", "nbf", "sub"}
    assert check(made.encode()).verdict is Verdict.VALID
    with pytest.raises(ProofGenerationError):
        credential_token(older(), form=TokenForm.DATA_MODEL, key_id="x#y", signer=SIGNER)


@pytest.mark.parametrize("member", ["id", "issuer", "issuanceDate"])
def test_a_credential_without_what_the_claims_repeat_is_not_issued(member: str) -> None:
    document = older(**{member: None}, **{"@context": [V1]})
    with pytest.raises(ProofGenerationError) as caught:
        credential_token(document, form=TokenForm.OPEN_BADGES, key_id="x#y", signer=SIGNER)
    assert caught.value.code == "TOKEN_NOT_POSSIBLE"


@pytest.mark.parametrize("form", list(TokenForm))
def test_nothing_is_signed_that_breaks_a_rule(form: TokenForm) -> None:
    signer = CountingSigner()
    with pytest.raises(LintError):
        issue(unsigned(honours="yes"), form, signer=signer)
    assert signer.signed == []


def test_what_was_prepared_is_signed_once() -> None:
    signer = CountingSigner()
    one = issuer(TokenForm.OPEN_BADGES, signer)
    token = one.prepare(IssuanceRequest.from_json({"credential": unsigned()}), now=NOW)
    assert signer.signed == []
    one.issue(token, now=NOW)
    with pytest.raises(IssuanceError) as caught:
        one.issue(token, now=NOW)
    assert (caught.value.code, len(signer.signed)) == ("TOKEN_NOT_USABLE", 1)


def test_what_the_verifier_would_refuse_is_not_released() -> None:
    with pytest.raises(CredentialError) as caught:
        issue(unsigned(validUntil="2026-02-01T00:00:00Z"), TokenForm.OPEN_BADGES)
    assert caught.value.code == "EXPIRED"
    with pytest.raises(CredentialError) as caught:
        issue(unsigned(), TokenForm.OPEN_BADGES, signer=P256)
    assert caught.value.code == "KEY_TYPE_MISMATCH"
