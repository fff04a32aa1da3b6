"""Issuing an SD-JWT VC that is derived from a prepared Open Badge."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from credentials.errors import DataLossError, IssuanceError, VerificationError
from credentials.jose.compact import read_token
from credentials.sd_jwt.open_badge import VCT
from credentials.sd_jwt.serialization import SdJwt
from issuer import IssuanceRequest, Issuer
from issuer.sd_jwt import token_status
from tests.factories import ISSUER, LEARNER, NOW, STRANGER, check, codes, unsigned
from tests.issuer.test_issuer import issuer
from verifier.report import Verdict

REQUEST = {
    "issuer": {"name": "Example Polytechnic"},
    "achievement": {
        "name": "Pipe welding",
        "description": "Pipes.",
        "criteria": "Welds.",
        "fieldOfStudy": "0715",
    },
    "learner": {"id": LEARNER},
    "level": {
        "framework": "EQF",
        "frameworkName": "European Qualifications Framework",
        "code": "6",
        "uri": "http://data.europa.eu/snb/eqf/6",
    },
    "credits": {"unit": "ECTS", "amount": "7.5"},
    "hours": "195",
    "awardedDate": "2026-11-20T00:00:00Z",
}


def issue(one: Issuer, **changes: Any) -> tuple[SdJwt, dict[str, Any]]:
    token = one.prepare(IssuanceRequest.from_json({**REQUEST, **changes}), now=NOW)
    issued = one.issue_sd_jwt(token, now=NOW)
    assert check(issued.data).verdict is Verdict.VALID, codes(check(issued.data))
    sd_jwt = SdJwt.from_compact(issued.data.decode())
    return sd_jwt, read_token(sd_jwt.issuer_jwt.encode()).claims()


def test_what_is_issued_shows_level_and_credits_and_hides_the_learner() -> None:
    sd_jwt, payload = issue(issuer())
    assert (payload["vct"], payload["iss"]) == (VCT, ISSUER)
    assert payload["credits"] == {"unit": "ECTS", "amount": "7.5"}
    assert (payload["hours"], payload["field"]) == ("195", "0715")
    assert payload["level"]["uri"] == "http://data.europa.eu/snb/eqf/6"
    assert payload["iat"] == payload["nbf"] == int(NOW.timestamp())
    assert payload["learner"].keys() == {"_sd"}
    assert "_sd" not in payload
    (shown,) = sd_jwt.disclosures
    _salt, name, value = json.loads(base64.urlsafe_b64decode(shown + "=="))
    assert (name, value) == ("id", LEARNER)
    assert LEARNER not in json.dumps(payload)


def test_a_learner_with_a_key_is_bound_to_it_and_one_without_is_not() -> None:
    assert issue(issuer())[1]["cnf"]["jwk"]["crv"] == "Ed25519"
    assert "cnf" not in issue(issuer(), learner={"email": "ana@example.com"})[1]
    assert "cnf" not in issue(issuer(), learner={"id": "did:web:ana.example"})[1]


def test_a_mail_address_is_hidden_even_as_a_hash() -> None:
    sd_jwt, payload = issue(issuer(), learner={"email": "ana@example.com"})
    assert "sha256$" not in json.dumps(payload)
    assert len(sd_jwt.disclosures) == 1


def test_a_status_stands_in_the_open() -> None:
    one = issuer(self_check=lambda _data: None)
    token = one.prepare(IssuanceRequest.from_json(REQUEST), now=NOW)
    status = token_status("https://uni.example/status/1", 5)
    issued = one.issue_sd_jwt(token, now=NOW, status=status)
    payload = read_token(SdJwt.from_compact(issued.data.decode()).issuer_jwt.encode()).claims()
    assert payload["status"] == {"status_list": {"idx": 5, "uri": "https://uni.example/status/1"}}


def test_nothing_is_released_that_the_verifier_refuses() -> None:
    one = issuer(STRANGER)
    token = one.prepare(IssuanceRequest.from_json(REQUEST), now=NOW)
    with pytest.raises(VerificationError):
        one.issue_sd_jwt(token, now=NOW)


def test_what_was_prepared_is_issued_once() -> None:
    one = issuer()
    token = one.prepare(IssuanceRequest.from_json(REQUEST), now=NOW)
    one.issue_sd_jwt(token, now=NOW)
    for again in (one.issue_sd_jwt, one.issue):
        with pytest.raises(IssuanceError) as caught:
            again(token, now=NOW)
        assert caught.value.code == "TOKEN_NOT_USABLE"


def test_a_badge_that_claims_cannot_carry_is_refused_and_can_be_issued_in_its_own_form() -> None:
    one = issuer()
    whole = unsigned(image={"id": "https://poly.example/i.png", "type": "Image"})
    token = one.prepare(IssuanceRequest.from_json({"credential": whole}), now=NOW)
    with pytest.raises(DataLossError):
        one.issue_sd_jwt(token, now=NOW)
    assert one.issue(token, now=NOW).document["id"] == whole["id"]
