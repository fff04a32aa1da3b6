"""What a verifier asks for is shown, answered once, for them alone, or declined."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from credentials.strict_json import parse_json, serialize_json
from service.errors import FetchError
from tests.wallet.verifiers import Canned, Employer, WayTo
from tests.wallet.wallets import Visitor, WalletOffice, badge
from wallet.asking import AskingError, open_request, read_request
from wallet.pages.requests import OPENED_AT_ONCE
from wallet.store.requests import MOST_OPEN

EXAMPLE = {"type": "QueryByExample"}
AT = "https://employer.example/present/1"


@pytest.fixture
def employer(office: WalletOffice) -> Employer:
    made = Employer.new()
    office.way = WayTo({"localhost": made.client})
    return made


def way_of(office: WalletOffice) -> WayTo:
    assert isinstance(office.way, WayTo)
    return office.way


def opened(learner: Visitor, link: str) -> str:
    """Open a request, and return the path of its page."""
    answer = learner.post("/requests", url=link)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["Location"])


def vpr(**changes: Any) -> dict[str, Any]:
    members: dict[str, Any] = {
        "query": [
            {
                "type": "QueryByExample",
                "credentialQuery": {"reason": "R", "example": {"type": "OpenBadgeCredential"}},
            }
        ],
        "challenge": "c-1",
        "domain": "employer.example",
        **changes,
    }
    return {
        "verifiablePresentationRequest": {
            name: value for name, value in members.items() if value is not None
        }
    }


def test_a_request_is_answered_for_whoever_asked_and_they_verify_it(
    office: WalletOffice, employer: Employer
) -> None:
    learner = office.learner()
    (identifier,) = learner.add(badge())
    page = opened(learner, employer.ask(type="OpenBadgeCredential"))
    text = learner.get(page)
    assert "localhost" in text
    assert "Wellington Pipes: your application" in text
    assert 'data-state="open"' in text
    assert "Nobody has answered yet" in employer.page()
    assert learner.post(f"{page}/answer", credential=identifier).status_code == 303
    assert 'data-state="taken"' in learner.get(page)
    assert "Pipe welding" in learner.get(page)
    assert "Pipe welding" in employer.page()
    assert "did:key:z6Mk" in employer.page()
    assert "A presentation was taken by" in learner.get("/mine")


def test_only_what_fits_is_offered(office: WalletOffice, employer: Employer) -> None:
    learner = office.learner()
    learner.add(badge())
    page = opened(learner, employer.ask(issuer="did:example:somebody-else"))
    assert "Nothing in your wallet fits" in learner.get(page)


def test_nothing_is_sent_before_the_learner_says_so(
    office: WalletOffice, employer: Employer
) -> None:
    learner = office.learner()
    learner.add(badge())
    link = employer.ask()
    assert link in learner.get(f"/requests?url={link}").replace("&amp;", "&")
    assert way_of(office).visited == []
    page = opened(learner, link)
    learner.get(page)
    assert len(way_of(office).visited) == 2
    assert "Nobody has answered yet" in employer.page()
    assert learner.post(f"{page}/answer").status_code == 422
    assert "Nobody has answered yet" in employer.page()


def test_a_declined_request_is_answered_by_nothing_ever(
    office: WalletOffice, employer: Employer
) -> None:
    learner = office.learner()
    (identifier,) = learner.add(badge())
    page = opened(learner, employer.ask())
    assert learner.post(f"{page}/decline").status_code == 303
    learner.post(f"{page}/answer", credential=identifier)
    assert learner.post(f"{page}/decline").status_code == 422
    assert 'data-state="declined"' in learner.get(page)
    assert "Nobody has answered yet" in employer.page()


def test_a_request_is_answered_once_however_often_its_link_is_opened(
    office: WalletOffice, employer: Employer
) -> None:
    learner = office.learner()
    (identifier,) = learner.add(badge())
    link = employer.ask()
    page = opened(learner, link)
    assert opened(learner, link) == page
    learner.post(f"{page}/answer", credential=identifier)
    before = len(way_of(office).visited)
    learner.post(f"{page}/answer", credential=identifier)
    assert len(way_of(office).visited) == before
    assert opened(learner, link) == page
    assert 'data-state="taken"' in learner.get(page)


def test_a_challenge_that_comes_again_is_not_signed_again(office: WalletOffice) -> None:
    office.way = Canned(vpr(), vpr())
    learner = office.learner()
    (identifier,) = learner.add(badge())
    page = opened(learner, AT)
    assert learner.post(f"{page}/answer", credential=identifier).status_code == 303
    again = opened(learner, "https://employer.example/present/another")
    assert again == page
    assert f"{page}/answer" not in learner.get(again)


def test_another_learner_answers_the_same_request_for_themselves(
    office: WalletOffice, employer: Employer
) -> None:
    link, first = employer.ask(), office.learner()
    second = office.learner("other@example.org")
    (identifier,) = second.add(badge())
    page = opened(first, link)
    second.get(page, 404)
    assert second.post(f"{page}/answer", credential=identifier).status_code == 404
    own = opened(second, link)
    first.post(f"{page}/decline")
    assert second.post(f"{own}/answer", credential=identifier).status_code == 303
    assert first.post(f"{page}/answer", credential=identifier).status_code == 200


def test_what_was_refused_can_be_answered_otherwise(
    office: WalletOffice, employer: Employer
) -> None:
    learner = office.learner()
    (identifier,) = learner.add(badge())
    page = opened(learner, employer.ask())
    employer.client.post(f"{employer.result}/delete")
    assert learner.post(f"{page}/answer", credential=identifier).status_code == 422
    text = learner.get(page)
    assert 'data-state="refused"' in text
    assert "was not taken" in text
    assert "A presentation was signed for" in learner.get("/mine")


def test_what_may_have_arrived_is_written_down_as_shown(
    office: WalletOffice, employer: Employer
) -> None:
    learner = office.learner()
    (identifier,) = learner.add(badge())
    page = opened(learner, employer.ask())
    way_of(office).clients.clear()
    assert learner.post(f"{page}/answer", credential=identifier).status_code == 422
    text = learner.get(page)
    assert 'data-state="sent"' in text
    assert "Pipe welding" in text
    way_of(office).clients["localhost"] = employer.client
    assert learner.post(f"{page}/answer", credential=identifier).status_code == 303


@pytest.mark.parametrize(
    ("page", "asked", "code"),
    [
        ({"protocols": {"vcapi": "https://elsewhere.example/x"}}, vpr(), "REQUEST_UNREADABLE"),
        ({"protocols": {"vcapi": 5}}, vpr(), "REQUEST_UNREADABLE"),
        ({"protocols": {"OID4VP": "openid4vp://"}}, vpr(), "REQUEST_UNREADABLE"),
        ({}, vpr(), "REQUEST_UNREADABLE"),
        ([], vpr(), "REQUEST_UNREADABLE"),
        (b"{", vpr(), "REQUEST_UNREADABLE"),
        (b"\xff\xfe", vpr(), "REQUEST_UNREADABLE"),
        (vpr(), vpr(domain="bank.example"), "REQUEST_FOR_ANOTHER_PLACE"),
        (vpr(), vpr(domain="https://employer.example@bank.example"), "REQUEST_FOR_ANOTHER_PLACE"),
        (vpr(), vpr(domain="employer.example.bank.example"), "REQUEST_FOR_ANOTHER_PLACE"),
        (vpr(), vpr(domain="employer.example:8443"), "REQUEST_FOR_ANOTHER_PLACE"),
        (vpr(), vpr(challenge=""), "REQUEST_UNREADABLE"),
        (vpr(), vpr(challenge=None), "REQUEST_UNREADABLE"),
        (vpr(), vpr(challenge="c\0"), "REQUEST_UNREADABLE"),
        (vpr(), vpr(challenge="c" * 501), "REQUEST_UNREADABLE"),
        (vpr(), vpr(domain=None), "REQUEST_UNREADABLE"),
        (vpr(), vpr(query=[]), "REQUEST_UNREADABLE"),
        (vpr(), vpr(query=[{"type": "Somehow"}]), "REQUEST_UNREADABLE"),
        (vpr(), vpr(query=[{"type": "QueryByExample"}]), "REQUEST_UNREADABLE"),
        (
            vpr(),
            vpr(query=[{"type": "QueryByExample", "credentialQuery": [{}]}]),
            "REQUEST_UNREADABLE",
        ),
        (vpr(), {}, "REQUEST_UNREADABLE"),
        (
            FetchError("The answer is too large.", code="ANSWER_TOO_LARGE"),
            vpr(),
            "REQUEST_NOT_READ",
        ),
        (vpr(), FetchError("It leads elsewhere.", code="REDIRECT_REFUSED"), "REQUEST_NOT_READ"),
    ],
)
def test_a_hostile_request_is_refused(page: Any, asked: Any, code: str) -> None:
    with pytest.raises(AskingError) as refused:
        open_request(Canned(page, asked), AT)
    assert refused.value.code == code


@pytest.mark.parametrize(
    "url",
    [
        "",
        "javascript:alert(1)",
        "file:///etc/passwd",
        "https://",
        "https://a@b.example/",
        "https://[",
        "x" * 3_000,
    ],
)
def test_what_is_no_address_is_asked_nowhere(url: str) -> None:
    way = Canned(vpr(), vpr())
    with pytest.raises(AskingError):
        open_request(way, url)
    assert way.visited == []


def test_a_domain_may_be_a_host_or_an_address_of_it() -> None:
    for domain in ("employer.example", "https://employer.example", "https://employer.example:443/"):
        assert read_request(AT, vpr(domain=domain)).domain == domain


def test_ways_to_prove_oneself_that_no_wallet_has_are_refused() -> None:
    (query,) = vpr()["verifiablePresentationRequest"]["query"]
    for name, member, accepted in (
        ("acceptedMethods", "method", "key"),
        ("acceptedCryptosuites", "cryptosuite", "eddsa-rdfc-2022"),
    ):
        own = {"type": "DIDAuthentication", name: [{member: accepted}]}
        assert read_request(AT, vpr(query=[query, own])).queries
        foreign = {"type": "DIDAuthentication", name: [{member: "x"}]}
        with pytest.raises(AskingError):
            read_request(AT, vpr(query=[query, foreign]))


def test_requests_are_bounded(
    office: WalletOffice, employer: Employer, monkeypatch: pytest.MonkeyPatch
) -> None:
    learner = office.learner()
    monkeypatch.setattr("wallet.store.requests.MOST_OPEN", 1)
    opened(learner, employer.ask())
    assert learner.post("/requests", url=employer.ask()).status_code == 422
    assert MOST_OPEN == 100
    codes = [learner.post("/requests", url=AT).status_code for _ in range(OPENED_AT_ONCE)]
    assert set(codes) == {422}
    before = len(way_of(office).visited)
    assert "Wait for a minute" in learner.post("/requests", url=AT).text
    assert len(way_of(office).visited) == before
    office.now += timedelta(minutes=1)


def test_a_service_that_asks_nobody_says_so(office: WalletOffice) -> None:
    learner = office.learner()
    assert "asks nobody" in learner.get("/requests")
    assert learner.post("/requests", url=AT).status_code == 422


def test_what_is_asked_is_shown_as_text(office: WalletOffice) -> None:
    hostile = {"reason": "<b>pay</b>\u202e", "example": {"type": "<script>"}}
    query = {"type": "QueryByExample", "credentialQuery": hostile}
    office.way = Canned(vpr(), vpr(query=query))
    learner = office.learner()
    text = learner.get(opened(learner, AT))
    assert "<script>" not in text.partition("<main")[2]
    assert "<b>pay" not in text
    assert "\u202e" not in text


def test_nobody_writes_a_name_of_their_choice_where_it_says_who_asks(office: WalletOffice) -> None:
    office.way = Canned(vpr(), vpr(domain="employer.example/ University of Ottawa"))
    learner = office.learner()
    (identifier,) = learner.add(badge())
    page = opened(learner, AT)
    assert learner.post(f"{page}/answer", credential=identifier).status_code == 303
    for path in (page, "/requests", "/mine"):
        text = learner.get(path)
        assert "employer.example" in text
        assert "Ottawa" not in text


def test_a_presentation_is_bound_and_holds_what_was_chosen(office: WalletOffice) -> None:
    sent: list[bytes] = []

    class Listening(Canned):
        def exchange(self, url: str, data: bytes, **_how: Any) -> Any:
            sent.append(data)
            return super().exchange(url, data)

    office.way = Listening(vpr(), vpr())
    learner = office.learner()
    first, _second = learner.add(badge(1), badge(2))
    learner.post(f"{opened(learner, AT)}/answer", credential=first)
    made: Any = parse_json(sent[-1])
    presentation = made["verifiablePresentation"]
    (held,) = presentation["verifiableCredential"]
    assert serialize_json(held) == learner.client.get(f"/credentials/{first}/file").data
    proof = presentation["proof"]
    assert (proof["challenge"], proof["domain"]) == ("c-1", "employer.example")
    assert proof["proofPurpose"] == "authentication"
