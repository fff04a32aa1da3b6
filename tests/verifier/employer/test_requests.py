"""Requests for a presentation: an answer is bound to one request, and only the first one counts."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from flask.testing import FlaskClient
from flask_openapi3.openapi import OpenAPI

from credentials.json_types import JsonObject
from credentials.strict_json import serialize_json
from tests.factories import LEARNER, sign, unsigned
from tests.services import Clock, draws, presentation, problem
from tests.verifier.employer.kept import badge
from tests.verifier.employer.samples import new_jobs, service_of
from tests.verifier.pages.samples import samples, the_page
from tests.verifier.pages.test_fixtures import elements_of, payloads
from tests.verifier.pages.test_page import answers_in
from verifier.answers import Answer
from verifier.employer import EmployerRoom
from verifier.employer.requests import REQUESTS, REQUESTS_OF_ONE, Asked, RequestError, Requests
from verifier.employer.room import CALLS_AT_ONCE

DOMAIN = "localhost"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def service(clock: Clock) -> OpenAPI:
    page = the_page()
    return service_of(EmployerRoom(page, new_jobs(page), Requests(draws(), clock)))


@pytest.fixture
def client(service: OpenAPI) -> FlaskClient:
    return service.test_client()


def ask(client: FlaskClient, **fields: str) -> tuple[str, str]:
    """Make a request; return the addresses of its result and of the learner's page."""
    said = {"who": "Wellington Pipes", "purpose": "your application as a welder", **fields}
    response = client.post("/request", data=said)
    assert response.status_code == 303
    result = str(response.headers["Location"])
    link = re.search(r"http://localhost(/present/[^?]+)\?iuv=1", page_of(client, result))
    assert link is not None
    return result, link[1]


def page_of(client: FlaskClient, address: str) -> str:
    return client.get(address).get_data(as_text=True)


def asked_of(client: FlaskClient, address: str) -> JsonObject:
    found: JsonObject = client.post(address, json={}).get_json()["verifiablePresentationRequest"]
    return found


def answer_to(client: FlaskClient, address: str, *given: JsonObject) -> JsonObject:
    asked = asked_of(client, address)
    documents = given or (json.loads(samples()[Answer.VALID]),)
    return presentation(*documents, challenge=asked["challenge"], domain=asked["domain"])


def send(client: FlaskClient, address: str, vp: Any) -> Any:
    return client.post(address, json={"verifiablePresentation": vp, "referenceId": "mine"})


def test_a_wallet_answers_a_request_and_the_employer_sees_it(client: FlaskClient) -> None:
    result, address = ask(client, type="OpenBadgeCredential", level="6")
    assert "Nobody has answered yet" in page_of(client, result)
    response = send(client, address, answer_to(client, address))
    assert (response.status_code, response.get_json()) == (200, {"referenceId": "mine"})
    text = page_of(client, result)
    assert answers_in(text) == ["valid"]
    assert LEARNER in text
    assert "It is of another level." in text
    assert "It is of another type." not in text


def test_the_same_address_speaks_to_people_and_to_wallets(client: FlaskClient) -> None:
    _result, address = ask(client)
    told = client.get(f"{address}?iuv=1", headers={"Accept": "application/json"}).get_json()
    assert told["protocols"]["vcapi"] == f"http://localhost{address}"
    assert set(told["protocols"]) == {"vcapi", "oid4vp-1.0"}
    assert client.get(f"{address}/protocols").get_json() == told
    for accept in ("text/html", "*/*", "image/png", ""):
        page = client.get(f"{address}?iuv=1", headers={"Accept": accept}).get_data(as_text=True)
        assert "Wellington Pipes" in page
        assert "your application as a welder" in page
    asked = client.get(f"{address}/request").get_json()["verifiablePresentationRequest"]
    assert asked == asked_of(client, address)
    query, authentication = asked["query"]
    assert query["credentialQuery"][0]["reason"] == "Wellington Pipes: your application as a welder"
    assert authentication["type"] == "DIDAuthentication"


def test_a_learner_answers_by_hand(client: FlaskClient) -> None:
    result, address = ask(client)
    data = serialize_json(answer_to(client, address))
    response = client.post(address, data={"file": (BytesIO(data), "presentation.json")})
    assert "They have it now" in response.get_data(as_text=True)
    assert answers_in(page_of(client, result)) == ["valid"]


def test_what_is_presented_may_be_revoked_and_is_told_as_such(client: FlaskClient) -> None:
    result, address = ask(client)
    revoked = json.loads(samples()[Answer.REVOKED])
    assert send(client, address, answer_to(client, address, revoked)).status_code == 200
    assert answers_in(page_of(client, result)) == ["revoked"]


def test_what_is_about_somebody_else_is_told_as_such(client: FlaskClient) -> None:
    said = "Nothing shows that it is about whoever answered, who may have copied it."
    result, address = ask(client)
    subject = {**unsigned()["credentialSubject"], "id": "did:example:somebody"}
    own, copied = sign(unsigned()), sign(unsigned(credentialSubject=subject))
    assert send(client, address, answer_to(client, address, own, copied)).status_code == 200
    text = page_of(client, result)
    assert answers_in(text) == ["valid", "valid"]
    assert text.count(said) == 1


def test_of_all_answers_the_first_counts(client: FlaskClient) -> None:
    result, address = ask(client)
    vp = answer_to(client, address)
    assert send(client, address, vp).status_code == 200
    problem(send(client, address, vp), 409, "REQUEST_ANSWERED")
    problem(send(client, address, answer_to(client, address)), 409, "REQUEST_ANSWERED")
    assert "answered already" in page_of(client, address)
    assert len(answers_in(page_of(client, result))) == 1


def test_a_presentation_for_another_request_or_verifier_is_no_answer(client: FlaskClient) -> None:
    result, address = ask(client)
    _other, elsewhere = ask(client)
    challenge = asked_of(client, address)["challenge"]
    document = json.loads(badge())
    replayed = [
        answer_to(client, elsewhere),
        presentation(document),
        presentation(document, challenge=challenge),
        presentation(document, challenge=challenge, domain="other.example"),
        {**answer_to(client, address), "holder": "did:example:thief"},
    ]
    for vp in replayed:
        problem(send(client, address, vp), 400)
    problem(send(client, address, document), 400, "NOT_A_PRESENTATION")
    problem(send(client, address, presentation(challenge=challenge, domain=DOMAIN)), 400)
    # None of these has used the request up.
    assert "Nobody has answered yet" in page_of(client, result)
    assert send(client, address, answer_to(client, address)).status_code == 200


def test_a_request_ends(client: FlaskClient, clock: Clock) -> None:
    result, address = ask(client, hours="1")
    vp = answer_to(client, address)
    clock.pass_by(hours=1)
    assert send(client, address, vp).status_code == 404
    assert client.get(address).status_code == 404
    assert client.get(result).status_code == 404


def test_the_address_that_learners_get_shows_no_answer(client: FlaskClient) -> None:
    result, address = ask(client)
    assert client.get(f"/request/{address.rpartition('/')[2]}").status_code == 404
    assert client.get(f"/present/{result.rpartition('/')[2]}").status_code == 404
    assert client.post(f"/request/{address.rpartition('/')[2]}/delete").status_code == 404
    assert client.post(f"{result}/delete").status_code == 303
    assert client.get(address).status_code == 404


def test_whoever_opens_or_guesses_requests_very_often_has_to_wait(client: FlaskClient) -> None:
    _result, address = ask(client)
    places = (address, f"{address}/protocols", f"{address}/request", "/present/guessed",
              f"{address}/done/guessed")  # fmt: skip
    codes = [client.get(places[number % 5]).status_code for number in range(CALLS_AT_ONCE)]
    assert set(codes) == {200, 404}
    for place in places:
        refused = client.get(place)
        assert refused.status_code == 429
        assert int(refused.headers["Retry-After"]) > 0
    problem(send(client, address, {}), 429, "TOO_MANY_REQUESTS")
    problem(client.get(f"{address}/request"), 429, "TOO_MANY_REQUESTS")
    assert "Wait a minute" in client.get(address).get_data(as_text=True)
    client.environ_base["REMOTE_ADDR"] = "192.0.2.9"
    assert client.get(address).status_code == 200


def test_who_and_what_for_have_to_be_said(client: FlaskClient) -> None:
    response = client.post("/request", data={"who": "Somebody"})
    assert response.status_code == 422
    assert "This has to be said." in response.get_data(as_text=True)


def test_the_code_is_an_image_of_our_own(client: FlaskClient) -> None:
    result, _address = ask(client)
    response = client.get(f"{result}/qr.svg")
    assert response.content_type == "image/svg+xml"
    assert response.get_data().startswith(b"<svg")
    assert "default-src 'none'" in response.headers["Content-Security-Policy"]


def test_hostile_words_of_an_employer_make_no_element(
    conformance: Any, client: FlaskClient
) -> None:
    plain = dict.fromkeys(("who", "purpose", "type", "issuer", "level"), "text")
    result, address = ask(client, **plain)
    known = elements_of(page_of(client, address)), elements_of(page_of(client, result))
    for number, text in enumerate(payloads(conformance)[::60]):
        if not text.strip():
            continue
        # Each time it is another caller: one alone would have to wait.
        client.environ_base["REMOTE_ADDR"] = f"192.0.2.{number % 200}"
        result, address = ask(client, **dict.fromkeys(plain, text))
        found = elements_of(page_of(client, address)), elements_of(page_of(client, result))
        for one, before in zip(found, known, strict=True):
            # The link to a wallet is the only one that leads out of the page.
            assert [wrong for wrong in one.wrong if "'openid4vp://?client_id=" not in wrong] == []
            assert one.counted == before.counted, text


def test_requests_are_bounded(clock: Clock) -> None:
    requests = Requests(draws(), clock)
    for _number in range(REQUESTS):
        requests.new(Asked("a", "b"), timedelta(hours=1))
    with pytest.raises(RequestError, match="Too many requests"):
        requests.new(Asked("a", "b"), timedelta(hours=1))
    clock.pass_by(hours=2)
    requests.new(Asked("a", "b"), timedelta(hours=1))
    assert requests.counts() == {"open": 1, "answered": 0}


def test_one_caller_does_not_take_all_room_for_requests(clock: Clock) -> None:
    requests = Requests(draws(), clock)
    for _number in range(REQUESTS_OF_ONE):
        requests.new(Asked("a", "b"), timedelta(days=7), "192.0.2.1/32")
    with pytest.raises(RequestError, match="Too many requests"):
        requests.new(Asked("a", "b"), timedelta(days=7), "192.0.2.1/32")
    requests.new(Asked("a", "b"), timedelta(days=7), "192.0.2.2/32")
