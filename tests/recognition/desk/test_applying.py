"""What learners see and send: the form, the presentation of a wallet, their page, their appeal."""

from __future__ import annotations

import json
import re
from io import BytesIO
from typing import Any

import pytest

from credentials.json_types import JsonObject
from credentials.strict_json import serialize_json
from recognition.desk import Role
from recognition.desk.cases import CameBy, InboxAsked, State
from tests.factories import LEARNER, sign, unsigned
from tests.recognition.desk.desks import FAILS, OVERLAP, OWN, PASSES, TestDesk, badge
from tests.services import presentation


def sent(desk: TestDesk, **fields: Any) -> Any:
    """Send the form of an application."""
    browser = desk.browser()
    data = {"offer": "weld101", "name": "Mere", "contact": "mere@example.com", **fields}
    return browser.client.post("/apply/", data=data, headers={**OWN, "Accept": "text/html"})


def of_wallet(desk: TestDesk, **options: Any) -> JsonObject:
    """Make what a wallet posts, for a fresh challenge."""
    asked = desk.browser().client.get("/apply/", headers={"Accept": "application/json"}).json
    bound = {"challenge": asked["challenge"], "domain": asked["domain"], **options}
    signed = presentation(json.loads(badge()), **bound)
    return {"wanted": "weld101", "challenge": asked["challenge"], "verifiablePresentation": signed}


def posted(desk: TestDesk, body: Any) -> Any:
    return desk.browser().client.post("/apply/", json=body)


def test_a_learner_applies_by_form_and_follows_to_the_decision(desk: TestDesk) -> None:
    desk.offer(gates=PASSES)
    answer = sent(desk, file=(BytesIO(badge()), "badge.json"))
    assert answer.status_code == 303
    browser = desk.browser()
    assert "Nothing is decided yet" in browser.get(answer.location)
    (case,) = desk.store.cases.inbox(InboxAsked()).cases
    assert (case.came_by, case.proposed, case.learner_name) == (CameBy.UPLOAD, "GRANT", "Mere")
    desk.settling.settle(desk.act, case)
    page = browser.get(answer.location)
    assert "Your learning is recognised for Welding 1 (WELD101): 20 credits" in page
    assert "You can appeal until" in page
    decision = browser.client.get(f"{answer.location}/decision.json")
    assert "RecognitionDecisionCredential" in decision.json["type"]
    assert decision.headers["Content-Disposition"].startswith("attachment")


def test_an_application_whose_credential_is_named_with_u0000_is_examined(
    any_desk: TestDesk,
) -> None:
    any_desk.offer(gates=PASSES)
    document = unsigned(name="Welding\0")
    document["credentialSubject"]["achievement"]["name"] = "Welding\0"
    signed = serialize_json(sign(document))
    assert sent(any_desk, name="M\0", file=(BytesIO(signed), "a.json")).status_code == 303
    (case,) = any_desk.store.cases.inbox(InboxAsked()).cases
    assert (case.learner_name, case.title) == ("M\ufffd", "Welding\ufffd")


@pytest.mark.parametrize(
    ("language", "words"), [("fr-CA", "Vous pouvez"), ("es", "Puede recurrir")]
)
def test_the_letter_is_in_the_language_of_its_reader(
    desk: TestDesk, language: str, words: str
) -> None:
    desk.offer(gates=FAILS)
    answer = sent(desk, file=(BytesIO(badge()), "badge.json"))
    (case,) = desk.store.cases.inbox(InboxAsked()).cases
    desk.settling.settle(desk.act, case)
    assert words in desk.browser().get(f"{answer.location}?lang={language}")


def test_a_letter_of_refusal_tells_why_and_not_what_is_not_known(desk: TestDesk) -> None:
    desk.offer(gates=[*FAILS, *OVERLAP])
    answer = sent(desk, file=(BytesIO(badge()), "badge.json"))
    (case,) = desk.store.cases.inbox(InboxAsked()).cases
    desk.settling.settle(desk.act, case)
    page = desk.browser().get(answer.location)
    assert "Your learning is not recognised for Welding 1 (WELD101)." in page
    assert "the level is below" in page
    assert "not known" not in page


def test_a_letter_of_a_referral_tells_in_words_what_is_not_known(desk: TestDesk) -> None:
    desk.offer(gates=OVERLAP)
    answer = sent(desk, file=(BytesIO(badge()), "badge.json"))
    (case,) = desk.store.cases.inbox(InboxAsked()).cases
    desk.settling.settle(desk.act, case)
    page = desk.browser().get(answer.location)
    assert "it is not known how much of the receiving course" in page
    assert "OVERLAP_UNKNOWN" not in page


def test_a_learner_appeals_behind_their_link_once(desk: TestDesk) -> None:
    desk.offer(gates=FAILS)
    answer = sent(desk, file=(BytesIO(badge()), "badge.json"))
    (case,) = desk.store.cases.inbox(InboxAsked()).cases
    browser, url = desk.browser(), f"{answer.location}/appeal"
    assert browser.post(url, grounds="Too early.").status_code == 422
    desk.settling.settle(desk.act, case)
    assert "the level is below" in browser.get(answer.location)
    assert browser.post(url, grounds="").status_code == 422
    assert browser.post(url, grounds="I studied more.").status_code == 303
    assert desk.get(case).state is State.APPEALED
    assert browser.post(url, grounds="Again.").status_code == 422
    assert "An appeal against this decision" in browser.get(answer.location)


def test_a_wallet_asks_what_it_can_apply_for_and_posts_a_presentation(desk: TestDesk) -> None:
    desk.offer(gates=PASSES)
    asked = desk.browser().client.get("/apply/", headers={"Accept": "application/json"}).json
    assert asked["offers"] == [
        {
            "name": "weld101",
            "title": "Welding 1",
            "component": "WELD101",
            "credits": {"amount": "20", "unit": "nzqcf"},
            "level": {"framework": "nz-nzqcf", "code": "5"},
        }
    ]
    answer = posted(desk, of_wallet(desk))
    assert answer.status_code == 201, answer.text
    follow = answer.json["follow"].removeprefix("http://localhost")
    assert desk.browser().get(follow)
    case = desk.store.cases.get(answer.json["reference"])
    assert (case.came_by, case.applicant) == (CameBy.PRESENTATION, LEARNER)
    assert desk.settling.settle(desk.act, case).outcome == "GRANT"


def test_a_wallet_asks_how_an_application_stands(desk: TestDesk) -> None:
    desk.offer(gates=OVERLAP)
    made = posted(desk, of_wallet(desk)).json
    follow = made["follow"].removeprefix("http://localhost")
    client, asked = desk.browser().client, {"Accept": "application/json"}
    told = client.get(follow, headers=asked)
    assert told.json == {"reference": made["reference"], "state": "new"}
    assert told.headers["Cache-Control"] == "no-store"
    desk.settling.settle(desk.act, desk.store.cases.get(made["reference"]))
    assert client.get(follow, headers=asked).json["state"] == "referred"
    assert client.get("/apply/follow/none", headers=asked).status_code == 404


def test_what_was_posted_once_is_not_taken_again(desk: TestDesk) -> None:
    body = of_wallet(desk)
    assert posted(desk, body).status_code == 201
    again = posted(desk, body)
    assert (again.status_code, again.json["code"]) == (422, "CHALLENGE_NOT_GOOD")


@pytest.mark.parametrize(
    "options", [{"challenge": "another"}, {"domain": "elsewhere.example"}, {"challenge": None}]
)
def test_a_presentation_for_somebody_else_is_refused(
    desk: TestDesk, options: dict[str, Any]
) -> None:
    assert posted(desk, of_wallet(desk, **options)).status_code == 422
    assert desk.store.cases.inbox(InboxAsked()).cases == ()


@pytest.mark.parametrize(
    "change",
    [
        {"wanted": "nothing"}, {"wanted": 7}, {"verifiablePresentation": None},
        {"verifiablePresentation": "x"}, {"verifiablePresentation": {}}, {"contact": "nobody"},
        {"challenge": "x" * 500}, {"name": ["a"]},
    ],
)  # fmt: skip
def test_a_malformed_application_is_refused_with_a_reason(
    desk: TestDesk, change: dict[str, Any]
) -> None:
    answer = posted(desk, {**of_wallet(desk), **change})
    assert answer.status_code == 422
    assert answer.json["code"]
    assert desk.store.cases.inbox(InboxAsked()).cases == ()


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"\xff\xfe", b'{"a":1,"a":2}'])
def test_what_is_no_json_object_is_refused(desk: TestDesk, body: bytes) -> None:
    headers = {"Content-Type": "application/json"}
    answer = desk.browser().client.post("/apply/", data=body, headers=headers)
    assert answer.status_code in (400, 422)


@pytest.mark.parametrize(
    "data",
    [b"", b"\x00" * 100, b"{}", b"PK\x03\x04broken", b"<svg onload=alert(1)>", b"{" * 5_000],
)
def test_hostile_files_become_a_case_that_nothing_is_decided_about(
    desk: TestDesk, data: bytes
) -> None:
    answer = sent(desk, file=(BytesIO(data), "<b>x</b>.json"))
    assert answer.status_code == 303
    (case,) = desk.store.cases.inbox(InboxAsked()).cases
    assert case.proposed is None
    page = desk.browser(desk.person(Role.ASSESSOR)).get(f"/desk/cases/{case.id}")
    assert "<b>x</b>" not in page
    assert "onload" not in page


def test_forms_are_refused_with_every_fault_named(desk: TestDesk) -> None:
    answer = sent(desk, offer="", contact="nobody")
    assert answer.status_code == 422
    for field in ("#offer", "#file", "#contact"):
        assert f'href="{field}"' in answer.text
    many = [(BytesIO(b"{}"), f"{number}.json") for number in range(21)]
    assert sent(desk, file=many).status_code == 422


def test_a_link_is_followed_by_the_guarded_fetcher_alone(desk: TestDesk) -> None:
    desk.offer(gates=PASSES)
    desk.links["https://college.example/badge.json"] = badge()
    assert sent(desk, link="https://college.example/badge.json").status_code == 303
    dead = sent(desk, link="https://inner.example/")
    assert dead.status_code == 422
    assert "Nothing answers there." in dead.text


def test_applications_come_only_so_often_from_one_place(desk: TestDesk) -> None:
    client = desk.browser().client
    codes = [client.post("/apply/", json={}).status_code for _number in range(31)]
    assert codes == [422] * 30 + [429]


def test_a_link_of_a_learner_is_a_secret_and_shows_one_case(desk: TestDesk) -> None:
    desk.case()
    browser = desk.browser()
    browser.get("/apply/follow/guessed", 404)
    browser.get("/apply/follow/guessed/decision.json", 404)
    assert browser.post("/apply/follow/guessed/appeal", grounds="x").status_code == 404


def test_whoever_takes_an_application_in_hands_over_a_link(desk: TestDesk) -> None:
    desk.offer(gates=PASSES)
    browser = desk.browser(desk.person(Role.REGISTRAR))
    fields = {"offer": "weld101", "text": badge().decode(), "name": "Mere"}
    answer = browser.post("/desk/take-in", **fields)
    link = re.search(r"http://localhost(/apply/follow/[\w-]+)", answer.text)
    assert link is not None
    assert desk.browser().get(link[1])
    (case,) = desk.store.cases.inbox(InboxAsked()).cases
    assert (case.came_by, case.proposed) == (CameBy.DESK, "GRANT")
