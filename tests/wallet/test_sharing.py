"""A link shows what was chosen, as long as it holds, and nothing else."""

from __future__ import annotations

from datetime import timedelta

import pytest

from credentials.strict_json import serialize_json
from tests.factories import ISSUER, LIST_URL, status_entry, status_list
from tests.wallet.wallets import Visitor, WalletOffice, badge
from wallet.pages.sharing import LOOKS_AT_ONCE
from wallet.store import Share
from wallet.store.sharing import DEFAULT_DAYS


def anybody(office: WalletOffice) -> Visitor:
    return Visitor(office.application().test_client())


def test_anybody_with_the_link_sees_what_was_chosen(office: WalletOffice) -> None:
    learner = office.learner()
    shown, kept = learner.add(badge(1), badge(2))
    link = learner.share(shown, purpose="My application")
    page = anybody(office).get(link)
    assert page.count("data-answer") == 1
    assert "My application" in page
    assert "Plainsmilk" in page
    assert "the link does not prove whom it is about" in page
    assert "aroha@example.org" not in page
    data = anybody(office).client.get(f"{link}/{shown}").data
    assert data in (serialize_json(badge(1)), serialize_json(badge(2)))
    anybody(office).get(f"{link}/{kept}", 404)


def test_an_issuer_without_a_name_is_named_once_by_its_id(office: WalletOffice) -> None:
    learner = office.learner()
    nameless = badge(1, issuer={"id": ISSUER, "type": ["Profile"]})
    page = anybody(office).get(learner.share(*learner.add(nameless)))
    assert page.count(f">{ISSUER}<") + page.count(f"{ISSUER} ·") == 1


def test_what_stands_behind_a_link_is_checked_when_it_is_opened(office: WalletOffice) -> None:
    office.documents[LIST_URL] = status_list()
    learner = office.learner()
    link = learner.share(*learner.add(badge(credentialStatus=status_entry())))
    assert 'data-answer="issuer-not-known"' in anybody(office).get(link)
    office.documents[LIST_URL] = status_list(5)
    assert 'data-answer="revoked"' in anybody(office).get(link)


def test_views_are_counted_and_told_to_the_learner(office: WalletOffice) -> None:
    learner = office.learner()
    link = learner.share(*learner.add(badge()))
    assert "Looked at 0 times" in learner.get("/shares")
    for _ in range(2):
        anybody(office).get(link)
    assert "Looked at 2 times" in learner.get("/shares")


@pytest.mark.parametrize("path", ["/shared/guessed", "/shared/" + "A" * 43, "/shared/x/y"])
def test_a_guessed_link_shows_nothing(office: WalletOffice, path: str) -> None:
    office.learner().add(badge())
    page = anybody(office).get(path, 404)
    assert "shows nothing" in page
    assert "data-answer" not in page


def test_a_link_that_ended_says_the_same_as_one_that_never_was(office: WalletOffice) -> None:
    learner = office.learner()
    (identifier,) = learner.add(badge())
    revoked, expired = learner.share(identifier), learner.share(identifier, days="7")
    (share,) = [one for one in _shares(office) if one.expires_at > "2026-12-20"]
    assert learner.post(f"/shares/{share.id}/end").status_code == 303
    never = anybody(office).get("/shared/never", 404)
    assert anybody(office).get(revoked, 404) == never.replace("/shared/never", revoked)
    anybody(office).get(f"{revoked}/{identifier}", 404)
    anybody(office).get(expired)
    office.now += timedelta(days=7)
    anybody(office).get(expired, 404)
    anybody(office).get(f"{expired}/{identifier}", 404)


def _shares(office: WalletOffice) -> tuple[Share, ...]:
    with office.store.engine.connect() as connection:
        owner = connection.exec_driver_sql("SELECT id FROM wallet_learners").scalar()
    return office.store.shares.all(str(owner))


def test_a_link_holds_thirty_days_unless_the_learner_says_otherwise(office: WalletOffice) -> None:
    learner = office.learner()
    (identifier,) = learner.add(badge())
    link = learner.share(identifier, days="nonsense")
    office.now += timedelta(days=DEFAULT_DAYS) - timedelta(seconds=1)
    anybody(office).get(link)
    office.now += timedelta(seconds=1)
    anybody(office).get(link, 404)


def test_a_link_without_audience_or_credentials_is_not_made(office: WalletOffice) -> None:
    learner = office.learner()
    (identifier,) = learner.add(badge())
    assert learner.post("/share", credential=identifier).status_code == 422
    assert learner.post("/share", audience="Plainsmilk").status_code == 422
    assert _shares(office) == ()


def test_too_many_credentials_at_once_are_not_shown(
    office: WalletOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wallet.store.sharing.MOST_SHARED", 1)
    learner = office.learner()
    answer = learner.post("/share", credential=learner.add(badge(1), badge(2)), audience="All")
    assert answer.status_code == 422


def test_nobody_keeps_or_indexes_what_a_link_shows(office: WalletOffice) -> None:
    learner = office.learner()
    link = learner.share(*learner.add(badge()))
    headers = anybody(office).client.get(link).headers
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Robots-Tag"] == "noindex, nofollow"


def test_whoever_opens_links_very_often_has_to_wait(office: WalletOffice) -> None:
    visitor = anybody(office)
    codes = [visitor.client.get("/shared/x").status_code for _number in range(LOOKS_AT_ONCE + 1)]
    assert codes == [*[404] * LOOKS_AT_ONCE, 429]
