"""Issuing: what was prepared is signed, once, and only if the verifier would accept it."""

from __future__ import annotations

import json
from copy import deepcopy
from itertools import count
from typing import Any

import pytest

import schemas
from credentials.errors import CredentialError, IssuanceError, SchemaError
from credentials.proofs.registry import CRYPTOSUITES
from issuer import IssuanceRequest, Issuer, IssuerProfile
from issuer.lint import LintError
from issuer.requests import Fresh
from keys.did import did_key
from keys.signer import SECRET_BYTES, PrivateKeySigner
from keys.verification_key import KeyType, VerificationKey
from tests.factories import (
    ENVIRONMENT,
    ISSUER,
    LEARNER,
    LIST_URL,
    NOW,
    SIGNER,
    STRANGER,
    SUITES,
    check,
    codes,
    method_of,
    status_entry,
    status_list,
    unsigned,
)
from verifier.report import Verdict


class CountingSigner:
    """A signer that remembers what it signed."""

    def __init__(self, signer: PrivateKeySigner = SIGNER) -> None:
        self.signed: list[bytes] = []
        self._signer = signer

    @property
    def verification_key(self) -> VerificationKey:
        return self._signer.verification_key

    def sign(self, message: bytes) -> bytes:
        self.signed.append(message)
        return self._signer.sign(message)


def self_check(data: bytes) -> None:
    check(data).raise_for_errors()


def issuer(signer: Any = SIGNER, suite: str = "eddsa-rdfc-2022", **changes: Any) -> Issuer:
    numbers = count(1)
    return Issuer(
        IssuerProfile(ISSUER, method_of(SIGNER), CRYPTOSUITES[suite], schemas.context_urls()),
        signer,
        ENVIRONMENT,
        fresh=Fresh(
            lambda: f"urn:uuid:8d7a3c52-6f4f-4b3e-9f38-{next(numbers):012d}",
            lambda: f"salt-{next(numbers)}",
        ),
        self_check=changes.get("self_check", self_check),
    )


def short(**changes: Any) -> dict[str, Any]:
    request: dict[str, Any] = {
        "issuer": {"name": "Example Polytechnic"},
        "achievement": {"name": "Pipe welding", "description": "Pipes.", "criteria": "Welds."},
        "learner": {"id": LEARNER},
        "level": {
            "framework": "NZQCF",
            "frameworkName": "New Zealand Qualifications and Credentials Framework",
            "code": "5",
            "uri": "urn:mcframework:nz-nzqcf:level:5",
        },
        "credits": {"unit": "NZQCF", "amount": "20"},
        "hours": 200,
    }
    return {**request, **changes}


def issue(request: Any, **changes: Any) -> dict[str, Any]:
    one = issuer(**changes)
    token = one.prepare(IssuanceRequest.from_json(request), now=NOW)
    return one.issue(token, now=NOW).document


@pytest.mark.parametrize("suite", SUITES)
def test_the_short_form_becomes_a_credential_that_verifies(suite: str) -> None:
    report = check(issue(short(), suite=suite))
    assert report.verdict is Verdict.VALID
    (stated,) = report.value["stated"]
    assert (stated["unit"], stated["amount"], stated["level"], stated["hours"]) == (
        "NZQCF",
        "20",
        "5",
        "200",
    )


@pytest.mark.parametrize("wrap", [lambda d: d, lambda d: {"credential": d, "options": {}}])
def test_a_whole_credential_is_issued_as_it_is(wrap: Any) -> None:
    document = issue(wrap(unsigned()))
    assert {name: value for name, value in document.items() if name != "proof"} == unsigned()


def test_what_a_request_leaves_out_is_filled_in() -> None:
    partial = {
        name: value
        for name, value in unsigned().items()
        if name not in ("id", "issuer", "validFrom")
    }
    document = issue({"credential": partial})
    assert document["id"].startswith("urn:uuid:")
    assert document["issuer"] == ISSUER
    assert document["validFrom"] == "2026-11-23T00:00:00Z"


def test_a_learner_can_be_named_by_mail_address_without_telling_it() -> None:
    document = issue(short(learner={"email": "A@example.com"}))
    assert "example.com" not in json.dumps(document["credentialSubject"]["identifier"])
    for address in ("a@example.com", "A@example.com"):
        assert check(document, expected_recipient=address).verdict is Verdict.VALID
    assert check(document, expected_recipient="b@example.com").verdict is Verdict.INVALID


@pytest.mark.parametrize(
    ("request_", "code"),
    [
        ([], "REQUEST_MALFORMED"),
        ({}, "REQUEST_MALFORMED"),
        ({"credential": []}, "REQUEST_MALFORMED"),
        (short(surprise=1), "REQUEST_MALFORMED"),
        (short(learner={}), "REQUEST_MALFORMED"),
        (short(credits={"unit": "ECTS", "amount": -1}), "REQUEST_MALFORMED"),
        (short(credits={"unit": "ECTS", "amount": "1.005"}), "AMOUNT_OUT_OF_RANGE"),
        (short(credits={"unit": "ECTS", "amount": 20_000}), "AMOUNT_OUT_OF_RANGE"),
        (short(issuer={"id": "did:web:other.example"}), "ISSUER_NOT_YOURS"),
        ({"credential": unsigned(issuer="did:web:other.example")}, "ISSUER_NOT_YOURS"),
    ],
)
def test_requests_that_cannot_be_met_are_refused(request_: Any, code: str) -> None:
    with pytest.raises((SchemaError, IssuanceError, CredentialError)) as caught:
        issue(request_)
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"honours": "yes"}, "UNDEFINED_TERM"),
        ({"name": "a\u0000b"}, "CONTROL_CHARACTER"),
        ({"@context": [*unsigned()["@context"], {"x": "urn:x:y"}]}, "CONTEXT_INLINE"),
        ({"@context": [*unsigned()["@context"], "https://evil.example"]}, "CONTEXT_UNKNOWN"),
        ({"type": ["VerifiableCredential"]}, "NOT_AN_OPEN_BADGE"),
        ({"validUntil": "2020-01-01T00:00:00Z"}, "VALIDITY_PERIOD_REVERSED"),
        ({"proof": {"type": "DataIntegrityProof"}}, "ALREADY_SIGNED"),
        ({"credentialSubject": {"id": LEARNER, "type": ["AchievementSubject"]}}, "SCHEMA_REQUIRED"),
        ({"evidence": []}, "EMPTY_ARRAY"),
        ({"issuer": {"id": ISSUER, "type": ["Profile"], "otherIdentifier": None}}, "NULL_VALUE"),
    ],
)
def test_nothing_is_signed_that_breaks_a_rule(change: dict[str, Any], code: str) -> None:
    signer = CountingSigner()
    with pytest.raises(LintError) as caught:
        issue({"credential": {**unsigned(), **change}}, signer=signer)
    assert code in {finding.code for finding in caught.value.findings}
    assert signer.signed == []


def test_what_is_prepared_is_issued_once_by_whom_prepared_it() -> None:
    one, other = issuer(), issuer()
    token = one.prepare(IssuanceRequest.from_json(short()), now=NOW)
    with pytest.raises(IssuanceError):
        other.issue(token, now=NOW)
    one.issue(token, now=NOW)
    with pytest.raises(IssuanceError) as caught:
        one.issue(token, now=NOW)
    assert caught.value.code == "TOKEN_NOT_USABLE"


def test_the_real_key_signs_exactly_once() -> None:
    signer = CountingSigner()
    one = issuer(signer)
    token = one.prepare(IssuanceRequest.from_json(short()), now=NOW)
    assert signer.signed == []
    one.issue(token, now=NOW)
    assert len(signer.signed) == 1


def test_a_request_that_changes_after_preparing_changes_nothing() -> None:
    request = {"credential": unsigned()}
    one = issuer()
    token = one.prepare(IssuanceRequest.from_json(request), now=NOW)
    request["credential"]["credentialSubject"]["creditsEarned"] = 99
    document = one.issue(token, now=NOW).document
    assert document["credentialSubject"]["creditsEarned"] == 20


def test_preparing_leaves_the_request_alone() -> None:
    request = short()
    before = deepcopy(request)
    issue(request)
    assert request == before


class BrokenSigner(CountingSigner):
    """A signer whose signatures are wrong in one way."""

    def __init__(self, number: int) -> None:
        super().__init__(STRANGER if number == 0 else SIGNER)
        self._number = number

    @property
    def verification_key(self) -> VerificationKey:
        return SIGNER.verification_key

    def sign(self, message: bytes) -> bytes:
        signature = bytearray(super().sign(message))
        if self._number == 1:
            return b""
        if self._number == 2:
            return bytes(64)
        if self._number > 2:
            signature[(self._number * 5) % 64] ^= 1 << self._number % 8
        return bytes(signature)


@pytest.mark.parametrize("number", range(20))
def test_a_broken_signer_releases_nothing(number: int) -> None:
    with pytest.raises(CredentialError):
        issue(short(), signer=BrokenSigner(number))


@pytest.mark.parametrize("key_type", [KeyType.P256, KeyType.P384])
@pytest.mark.parametrize("suite", ["ecdsa-rdfc-2019", "ecdsa-jcs-2019"])
def test_keys_of_the_nist_curves_issue_too(key_type: KeyType, suite: str) -> None:
    signer = PrivateKeySigner(key_type, bytes(range(SECRET_BYTES[key_type])))
    own = did_key(signer.verification_key)
    profile = IssuerProfile(own, method_of(signer), CRYPTOSUITES[suite], schemas.context_urls())
    fresh = Fresh(lambda: "urn:x:y", lambda: "0" * 32)
    made = Issuer(profile, signer, ENVIRONMENT, fresh=fresh, self_check=self_check)
    document = unsigned(issuer={"id": own, "type": ["Profile"]})
    request = IssuanceRequest.from_json({"credential": document})
    issued = made.issue(made.prepare(request, now=NOW), now=NOW)
    assert check(issued.data).verdict == "valid"
    assert issued.document["proof"]["cryptosuite"] == suite


# Status --------------------------------------------------------------------------------------


def status(credential: str) -> dict[str, Any]:
    return {**status_entry("7"), "id": f"{LIST_URL}#{credential}"}


def test_a_status_is_given_to_the_id_that_is_signed() -> None:
    one = issuer(self_check=lambda _data: None)
    token = one.prepare(IssuanceRequest.from_json(short()), now=NOW)
    issued = one.issue(one.with_status(token, status, now=NOW), now=NOW).document
    assert issued["credentialStatus"]["id"] == f"{LIST_URL}#{issued['id']}"
    assert codes(check(issued, {LIST_URL: status_list(7)})) == {"REVOKED"}


def test_no_status_is_asked_for_before_all_else_is_in_order() -> None:
    one = issuer()
    with pytest.raises(LintError):
        one.prepare(IssuanceRequest.from_json(short(validUntil="2020-01-01T00:00:00Z")), now=NOW)
    stated = unsigned(credentialStatus=status_entry("5"))
    token = one.prepare(IssuanceRequest.from_json({"credential": stated}), now=NOW)
    with pytest.raises(IssuanceError) as caught:
        one.with_status(token, lambda _one: pytest.fail("it was asked for"), now=NOW)
    assert caught.value.code == "STATUS_STATED_ALREADY"


def test_a_status_that_verifiers_would_not_read_is_not_signed() -> None:
    signer = CountingSigner()
    one = issuer(signer)
    token = one.prepare(IssuanceRequest.from_json(short()), now=NOW)
    with pytest.raises(LintError) as caught:
        one.with_status(token, lambda _one: status_entry("05"), now=NOW)
    assert caught.value.code == "STATUS_MALFORMED"
    assert signer.signed == []


def test_what_was_prepared_gets_one_status() -> None:
    one = issuer()
    token = one.prepare(IssuanceRequest.from_json(short()), now=NOW)
    one.with_status(token, status, now=NOW)
    for act in (lambda: one.issue(token, now=NOW), lambda: one.with_status(token, status, now=NOW)):
        with pytest.raises(IssuanceError) as caught:
            act()
        assert caught.value.code == "TOKEN_NOT_USABLE"
