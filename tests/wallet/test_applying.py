"""Applying at a desk: signed for that desk alone, written down before it is sent, followed."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

import pytest

from credentials.strict_json import parse_json, serialize_json
from service.errors import FetchError
from service.fetching import Fetched
from tests.factories import check
from tests.wallet.wallets import WalletOffice, badge
from wallet.applying import ApplyingError, read_desk

DESK = "https://desk.example/apply"
FOLLOW = f"{DESK}/follow/secret"


@dataclass
class DeskOf:
    """A desk whose answers a test writes."""

    changes: dict[str, Any] = field(default_factory=dict)
    answer: Any = field(default_factory=lambda: {"state": "received", "follow": FOLLOW})
    decision: Any = None
    award: Any = None
    state: str = "in-review"
    posted: list[bytes] = field(default_factory=list)

    def fetch(self, url: str, **_how: Any) -> Fetched:
        if url.endswith("/decision.json"):
            if self.decision is None:
                raise FetchError("None.", code="ANSWER_STATUS", http_status=404)
            return Fetched(url, "application/json", serialize_json(self.decision))
        if url == f"{FOLLOW}/award.json":
            return Fetched(url, "application/json", serialize_json(self.award))
        if url == FOLLOW:
            said = {"state": self.state}
            if self.award is not None:
                # What a desk names leads nowhere: the address of the award is known.
                said["award"] = "https://elsewhere.example/award.json"
            return Fetched(url, "application/json", serialize_json(said))
        assert url == f"{DESK}/"
        said = {
            "office": "Registrar of Poly",
            "challenge": f"c-{len(self.posted)}",
            "domain": "desk.example",
            "submit": f"{DESK}/",
            "offers": [{"name": "weld101", "title": "Welding 1", "credits": {"amount": "15"}}],
            **self.changes,
        }
        return Fetched(url, "application/json", serialize_json(said))

    def exchange(self, url: str, data: bytes, **_how: Any) -> Fetched:
        assert url == f"{DESK}/"
        self.posted.append(data)
        if isinstance(self.answer, FetchError):
            raise self.answer
        return Fetched(url, "application/json", serialize_json(self.answer))


def test_one_form_applies_with_what_is_in_the_wallet(office: WalletOffice) -> None:
    desk = DeskOf()
    office.way = desk
    learner = office.learner()
    (identifier,) = learner.add(badge())
    page = learner.post("/applications/desk", desk="https://desk.example")
    assert "Welding 1" in page.text
    assert re.search(rf'name="credential" value="{identifier}">', page.text)
    assert desk.posted == []
    sent = learner.post("/applications", desk=DESK, offer="weld101", credential=identifier)
    assert sent.status_code == 303
    assert 'data-state="received"' in learner.get("/applications")
    assert "You applied for" in learner.get("/mine")
    body: Any = parse_json(desk.posted[0])
    assert (body["wanted"], body["challenge"]) == ("weld101", "c-0")
    made = body["verifiablePresentation"]
    bound = {"expected_challenge": "c-0", "expected_domain": "desk.example"}
    report = check(made, **bound)
    assert report.check("proof").outcome.value == "passed"


def test_how_an_application_stands_is_asked_and_the_decision_is_kept(
    office: WalletOffice,
) -> None:
    desk = DeskOf()
    office.way = desk
    learner = office.learner()
    (identifier,) = learner.add(badge())
    learner.post("/applications", desk=DESK, offer="weld101", credential=identifier)
    ask = re.findall(
        r'action="(/applications/application_[0-9a-f]+/ask)"', learner.get("/applications")
    )
    (place,) = ask
    assert learner.post(place).status_code == 303
    assert "in-review" in learner.get("/applications")
    desk.decision = badge(7, name="Recognition of Welding 1")
    assert learner.post(place).status_code == 303
    assert 'data-state="decided"' in learner.get("/applications")
    assert "Recognition of Welding 1" in learner.get("/")
    assert learner.post(place).status_code == 303
    assert len(learner.held()) == 2


def test_an_award_that_was_issued_with_the_decision_is_kept_too(office: WalletOffice) -> None:
    desk = DeskOf(state="decided")
    office.way = desk
    learner = office.learner()
    (identifier,) = learner.add(badge())
    learner.post("/applications", desk=DESK, offer="weld101", credential=identifier)
    (place,) = re.findall(
        r'action="(/applications/application_[0-9a-f]+/ask)"', learner.get("/applications")
    )
    desk.decision = badge(7, name="Recognition of Welding 1")
    desk.award = badge(8, name="Certificate in Welding")
    assert learner.post(place).status_code == 303
    assert "The award was issued" in learner.get("/applications")
    assert "Certificate in Welding" in learner.get("/")
    assert learner.post(place).status_code == 303
    assert len(learner.held()) == 3


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("new", "received"),
        ("referred", "a person at the desk looks at it"),
        ("second-reading", "a second person reads the decision over"),
        ("appealed", "under appeal"),
        ("erased", "erased at the desk"),
    ],
)
def test_how_an_application_stands_is_told_in_words(
    office: WalletOffice, state: str, words: str
) -> None:
    desk = DeskOf(state=state)
    office.way = desk
    learner = office.learner()
    (identifier,) = learner.add(badge())
    learner.post("/applications", desk=DESK, offer="weld101", credential=identifier)
    (place,) = re.findall(
        r'action="(/applications/application_[0-9a-f]+/ask)"', learner.get("/applications")
    )
    learner.post(place)
    told = learner.get("/applications")
    assert f'data-state="{state}"' in told
    assert f"<span>{words}</span>" in told
    assert f"<span>{words}</span>" not in learner.get("/applications?lang=es")


def test_a_referral_that_a_desk_signed_is_no_decision_yet(office: WalletOffice) -> None:
    desk = DeskOf(decision=badge(7, name="Referred to a person"), state="referred")
    office.way = desk
    learner = office.learner()
    (identifier,) = learner.add(badge())
    learner.post("/applications", desk=DESK, offer="weld101", credential=identifier)
    (place,) = re.findall(
        r'action="(/applications/application_[0-9a-f]+/ask)"', learner.get("/applications")
    )
    learner.post(place)
    assert 'data-state="referred"' in learner.get("/applications")
    assert learner.held() == [identifier]
    desk.state, desk.decision = "decided", badge(8, name="Recognition of Welding 1")
    learner.post(place)
    assert 'data-state="decided"' in learner.get("/applications")
    assert "Recognition of Welding 1" in learner.get("/")


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        (FetchError("No.", code="ANSWER_STATUS", http_status=422), "not-taken"),
        (FetchError("No.", code="FETCH_TIMEOUT", is_outage=True), "sent"),
        ({"state": "received", "follow": "https://evil.example/"}, "sent"),
        ({"state": "received"}, "sent"),
        ([], "sent"),
    ],
)
def test_what_may_have_arrived_is_in_the_list(
    office: WalletOffice, answer: Any, state: str
) -> None:
    office.way = DeskOf(answer=answer)
    learner = office.learner()
    (identifier,) = learner.add(badge())
    sent = learner.post("/applications", desk=DESK, offer="weld101", credential=identifier)
    assert sent.status_code == 422
    assert f'data-state="{state}"' in learner.get("/applications")


@pytest.mark.parametrize(
    "changes",
    [
        {"domain": "bank.example"},
        {"submit": "https://bank.example/apply/"},
        {"challenge": ""},
        {"offers": []},
        {"offers": [5]},
        {"offers": [{"name": "x"}]},
        {"office": "x" * 300},
    ],
)
def test_a_hostile_desk_gets_nothing(changes: dict[str, Any]) -> None:
    with pytest.raises(ApplyingError):
        read_desk(DeskOf(changes), DESK)


def test_nothing_is_sent_without_an_offer_and_a_credential(office: WalletOffice) -> None:
    desk = DeskOf()
    office.way = desk
    learner, other = office.learner(), office.learner("other@example.org")
    (identifier,) = learner.add(badge())
    assert learner.post("/applications", desk=DESK, offer="none").status_code == 422
    stolen = other.post("/applications", desk=DESK, offer="weld101", credential=identifier)
    assert stolen.status_code == 404
    assert desk.posted == []
    assert "Welding 1" not in learner.get("/applications")
