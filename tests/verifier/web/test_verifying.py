"""The verifier over HTTP: what is verified, what is refused, and what each answer says."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.factories import LIST_URL, sign, status_entry, status_list, unsigned
from tests.services import (
    Clock,
    challenges,
    plain,
    post,
    presentation,
    problem,
    verifier_service,
)
from verifier.report import CHECK_IDS
from verifier.web.challenges import Standing, TooManyChallengesError

CREDENTIALS, PRESENTATIONS = "/credentials/verify", "/presentations/verify"
STRANGERS = plain(issuer="https://vc.example/issuers/1")


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def client(clock: Clock) -> FlaskClient:
    return verifier_service(clock=clock).test_client()


def verify(client: FlaskClient, document: Any, path: str = CREDENTIALS, **options: Any) -> Any:
    return post(client, path, {"verifiableCredential": document, "options": options})


def present(client: FlaskClient, document: Any, path: str = PRESENTATIONS, **options: Any) -> Any:
    return post(client, path, {"verifiablePresentation": document, "options": options})


def challenge_of(client: FlaskClient) -> str:
    response = client.post("/challenges")
    assert response.status_code == 200
    return str(response.json["challenge"])


def test_a_valid_credential_is_answered_with_200_and_the_whole_report(client: FlaskClient) -> None:
    response = verify(client, sign(unsigned()))
    assert response.status_code == 200
    assert (response.json["verified"], response.json["verdict"]) == (True, "valid")
    assert tuple(one["id"] for one in response.json["report"]["checks"]) == CHECK_IDS
    assert "errors" not in response.json
    assert "scope" not in response.json


def test_options_may_be_absent_empty_or_name_checks(client: FlaskClient) -> None:
    document = sign(unsigned())
    for body in (
        {"verifiableCredential": document},
        {"verifiableCredential": document, "options": {}},
        {"verifiableCredential": document, "options": {"checks": ["proof"]}},
    ):
        assert post(client, CREDENTIALS, body).status_code == 200


def test_naming_checks_leaves_no_check_out(client: FlaskClient) -> None:
    document = sign(unsigned(validFrom="2020-01-01T00:00:00Z", validUntil="2021-01-01T00:00:00Z"))
    problem(verify(client, document, checks=["proof"]), 400, "EXPIRED")


def test_a_tampered_credential_is_refused_with_the_report(client: FlaskClient) -> None:
    body = problem(verify(client, {**sign(unsigned()), "name": "Brain surgery"}), 400)
    assert body["code"] == "SIGNATURE_INVALID"
    assert (body["verified"], body["verdict"]) == (False, "invalid")
    assert body["problemDetails"][0]["code"] == "SIGNATURE_INVALID"
    assert tuple(one["id"] for one in body["report"]["checks"]) == CHECK_IDS


def test_what_cannot_be_decided_is_refused_and_says_so(client: FlaskClient) -> None:
    document = sign(unsigned(credentialStatus=status_entry()))
    body = problem(verify(client, document), 400, "STATUS_RETRIEVAL_ERROR")
    assert (body["verified"], body["verdict"]) == (False, "indeterminate")


def test_a_revoked_credential_is_refused() -> None:
    client = verifier_service({LIST_URL: status_list(5)}).test_client()
    problem(verify(client, sign(unsigned(credentialStatus=status_entry()))), 400, "REVOKED")
    others = sign(unsigned(credentialStatus=status_entry("6")))
    assert verify(client, others).status_code == 200


def test_a_presentation_is_no_credential(client: FlaskClient) -> None:
    body = problem(verify(client, presentation(sign(unsigned()))), 400)
    assert not body["verified"]


def test_a_valid_presentation_of_the_wrong_endpoint_is_not_verified(client: FlaskClient) -> None:
    document = presentation(sign(unsigned()), challenge="c", domain="d")
    body = problem(verify(client, document, challenge="c", domain="d"), 400, "NOT_A_CREDENTIAL")
    assert (body["verified"], body["verdict"]) == (False, "invalid")
    problem(present(client, sign(unsigned())), 400, "NOT_A_PRESENTATION")


def test_a_presentation_answers_a_challenge_once(client: FlaskClient) -> None:
    challenge = challenge_of(client)
    document = presentation(sign(unsigned()), challenge=challenge, domain="verifier.example")
    options = {"challenge": challenge, "domain": "verifier.example"}
    assert present(client, document, **options).status_code == 200
    body = problem(present(client, document, **options), 400, "INVALID_CHALLENGE_ERROR")
    assert (body["verified"], body["verdict"]) == (False, "invalid")


def test_a_challenge_is_used_up_by_any_instance(client: FlaskClient) -> None:
    challenge = challenge_of(client)
    document = presentation(sign(unsigned()), challenge=challenge, domain="d")
    options = {"challenge": challenge, "domain": "d"}
    assert present(client, document, "/proof-only" + PRESENTATIONS, **options).status_code == 200
    problem(present(client, document, **options), 400, "INVALID_CHALLENGE_ERROR")


def test_a_presentation_for_another_domain_or_challenge_is_refused(client: FlaskClient) -> None:
    challenge = challenge_of(client)
    document = presentation(sign(unsigned()), challenge=challenge, domain="verifier.example")
    wrong_domain = present(client, document, challenge=challenge, domain="bank.example")
    problem(wrong_domain, 400, "INVALID_DOMAIN_ERROR")
    other = present(client, document, challenge=challenge_of(client), domain="verifier.example")
    problem(other, 400, "INVALID_CHALLENGE_ERROR")


def test_a_failed_attempt_does_not_use_the_challenge_up(client: FlaskClient) -> None:
    challenge = challenge_of(client)
    document = presentation(sign(unsigned()), challenge=challenge, domain="d")
    problem(present(client, {**document, "holder": "urn:x"}, challenge=challenge, domain="d"), 400)
    assert present(client, document, challenge=challenge, domain="d").status_code == 200


def test_a_challenge_expires(client: FlaskClient, clock: Clock) -> None:
    challenge = challenge_of(client)
    document = presentation(sign(unsigned()), challenge=challenge, domain="d")
    clock.pass_by(minutes=5)
    body = problem(present(client, document, challenge=challenge, domain="d"), 400)
    assert "expired" in body["detail"]


def test_a_challenge_that_nobody_here_made_is_refused_by_the_strict_instance(
    client: FlaskClient,
) -> None:
    document = presentation(sign(unsigned()), challenge="uAbc", domain="d")
    options = {"challenge": "uAbc", "domain": "d"}
    problem(present(client, document, **options), 400, "INVALID_CHALLENGE_ERROR")
    assert present(client, document, "/proof-only" + PRESENTATIONS, **options).status_code == 200


def test_of_concurrent_requests_with_one_challenge_one_succeeds(client: FlaskClient) -> None:
    application, challenge = client.application, challenge_of(client)
    document = presentation(challenge=challenge, domain="d")

    def attempt(_number: int) -> int:
        options = {"challenge": challenge, "domain": "d"}
        return int(present(application.test_client(), document, **options).status_code)

    with ThreadPoolExecutor(8) as pool:
        answers = sorted(pool.map(attempt, range(24)))
    assert answers == [200] + [400] * 23


def test_making_any_number_of_challenges_takes_no_memory(clock: Clock) -> None:
    known = challenges(clock)
    made = {known.new()[0] for _ in range(5_000)}
    assert len(made) == 5_000
    assert len(known._used) == 0


def test_used_challenges_are_remembered_within_a_bound_and_forgotten_when_expired(
    clock: Clock,
) -> None:
    known = challenges(clock, remembered=3)
    for _ in range(3):
        assert known.take(known.new()[0]) is Standing.GOOD
    with pytest.raises(TooManyChallengesError):
        known.take(known.new()[0])
    clock.pass_by(minutes=6)
    assert known.take(known.new()[0]) is Standing.GOOD
    assert len(known._used) == 1


def test_too_many_used_challenges_are_answered_with_503(clock: Clock) -> None:
    client = verifier_service(clock=clock, remembered=0).test_client()
    challenge = challenge_of(client)
    document = presentation(challenge=challenge, domain="d")
    problem(present(client, document, challenge=challenge, domain="d"), 503, "TOO_MANY_CHALLENGES")


@pytest.mark.parametrize("change", [lambda c: c[:-1], lambda c: c + "A", lambda c: "z" + c[1:]])
def test_a_changed_challenge_is_none(clock: Clock, change: Any) -> None:
    known = challenges(clock)
    assert known.take(change(known.new()[0])) is Standing.FOREIGN


def test_a_challenge_of_another_process_is_none(clock: Clock) -> None:
    from verifier.web import Challenges

    other = Challenges(secret=b"t" * 32, draw=lambda length: b"x" * length, now=clock)
    assert challenges(clock).take(other.new()[0]) is Standing.FOREIGN


def test_the_strict_instance_binds_the_issuer_to_the_key(client: FlaskClient) -> None:
    document = sign(STRANGERS)
    body = problem(verify(client, document), 400, "ISSUER_MISMATCH")
    assert "scope" not in body


def test_the_proof_only_instance_believes_any_key_and_says_so_in_every_answer(
    client: FlaskClient,
) -> None:
    path = "/proof-only" + CREDENTIALS
    response = verify(client, sign(STRANGERS), path)
    assert response.status_code == 200
    codes = [detail["code"] for detail in response.json["problemDetails"]]
    assert "ISSUER_BINDING_NOT_CHECKED" in codes
    refused = verify(client, {**sign(STRANGERS), "id": "urn:x:y"}, path)
    for answer in (response, refused):
        assert answer.json["scope"].startswith("proof-only")
    elsewhere = client.get("/proof-only/nothing")
    for answer in (response, refused, elsewhere, post(client, path, b"{")):
        assert answer.headers["Verification-Scope"].startswith("proof-only")
    assert "Verification-Scope" not in verify(client, sign(STRANGERS)).headers


def test_the_proof_only_instance_still_wants_the_right_purpose(client: FlaskClient) -> None:
    document = sign(STRANGERS, proof_purpose="authentication")
    response = verify(client, document, "/proof-only" + CREDENTIALS)
    problem(response, 400, "PROOF_PURPOSE_MISMATCH")


def test_a_credential_with_contexts_of_its_own_is_for_the_generic_instance_only(
    client: FlaskClient,
) -> None:
    own = plain()
    own["@context"] = [*own["@context"], {"@context": {"deed": "https://deeds.example/deed"}}]
    document = sign({**own, "deed": "welding"})
    problem(verify(client, document), 400, "CONTEXT_INLINE")
    assert verify(client, document, "/proof-only" + CREDENTIALS).status_code == 200


def test_an_alias_does_not_take_the_end_of_a_credential_away(client: FlaskClient) -> None:
    """The alias leaves the signature as it is; whoever looks for validUntil would find none."""
    document = sign(plain(validUntil="2021-01-01T00:00:00Z"))
    path = "/proof-only" + CREDENTIALS
    problem(verify(client, document, path), 400, "EXPIRED")
    date = "http://www.w3.org/2001/XMLSchema#dateTime"
    alias = {"vu": {"@id": "https://www.w3.org/2018/credentials#validUntil", "@type": date}}
    hidden = {name: value for name, value in document.items() if name != "validUntil"}
    hidden |= {"vu": document["validUntil"], "@context": [*document["@context"], alias]}
    body = problem(verify(client, hidden, path), 400, "ROUND_TRIP")
    codes = {one["code"] for one in body["problemDetails"]}
    assert "SIGNATURE_INVALID" not in codes


def test_a_token_is_recognised_and_json_inside_a_text_is_not(client: FlaskClient) -> None:
    token = "eyJhbGciOiJFZERTQSJ9.e30.AAAA"
    problem(verify(client, token), 400)
    for text in ('{"type":"VerifiableCredential"}', "", "a b", "eyJ.\n.x"):
        problem(verify(client, text), 400, "NOT_A_CREDENTIAL")
