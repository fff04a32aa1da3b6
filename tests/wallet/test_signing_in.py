"""Only whoever has the mailbox opens the wallet, and a link opens it once."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.wallet.wallets import OWN, Visitor, WalletOffice
from wallet.store.learners import IDLE_LIFE, LINK_LIFE, MOST_LINKS, SESSION_LIFE

EMAIL = "aroha@example.org"


def visitor_of(office: WalletOffice) -> Visitor:
    return Visitor(office.application().test_client())


def test_a_link_is_mailed_and_not_shown(office: WalletOffice) -> None:
    office.is_mailed = True
    page = visitor_of(office).post("/sign-in", email="Aroha@Example.org").text
    (letter,) = office.store.letters.due_mails(office.now, items=9)
    assert letter.recipient == EMAIL
    assert "/open/" not in page
    assert b"http://localhost/open/" in letter.message.replace(b"=\r\n", b"")


def test_a_letter_that_was_handed_over_is_forgotten(office: WalletOffice) -> None:
    office.is_mailed = True
    visitor_of(office).post("/sign-in", email=EMAIL)
    (letter,) = office.store.letters.due_mails(office.now, items=9)
    office.store.letters.mail_failed(letter.id, "Later.", office.now, for_good=False)
    assert office.store.letters.due_mails(office.now, items=9) == ()
    later = office.now + timedelta(minutes=1)
    assert len(office.store.letters.due_mails(later, items=9)) == 1
    office.store.letters.mail_sent(letter.id, later)
    assert office.store.letters.due_mails(later, items=9) == ()


def test_a_letter_that_nobody_takes_is_given_up(office: WalletOffice) -> None:
    identifier = office.store.letters.queue(EMAIL, b"...", office.now)
    office.store.letters.mail_failed(identifier, "No such mailbox.", office.now, for_good=True)
    assert office.store.letters.due_mails(office.now + timedelta(days=9), items=9) == ()


def test_looking_at_a_link_does_not_use_it_up(office: WalletOffice) -> None:
    secret = office.store.learners.new_link(EMAIL, office.now)
    visitor = visitor_of(office)
    assert EMAIL in visitor.get(f"/open/{secret}")
    assert visitor.post(f"/open/{secret}").status_code == 303
    assert EMAIL in visitor.get("/")


def test_a_link_opens_the_wallet_once(office: WalletOffice) -> None:
    secret = office.store.learners.new_link(EMAIL, office.now)
    assert visitor_of(office).post(f"/open/{secret}").status_code == 303
    again = visitor_of(office)
    assert again.post(f"/open/{secret}").status_code == 404
    again.get(f"/open/{secret}", 404)
    again.get("/", 303)


def test_a_newer_link_ends_an_older_one_and_each_ends_by_itself(office: WalletOffice) -> None:
    older = office.store.learners.new_link(EMAIL, office.now)
    newer = office.store.learners.new_link(EMAIL, office.now)
    visitor = visitor_of(office)
    assert visitor.post(f"/open/{older}").status_code == 404
    office.now += LINK_LIFE
    assert visitor.post(f"/open/{newer}").status_code == 404


def test_links_are_mailed_a_few_times_only_and_the_answer_is_the_same(
    office: WalletOffice,
) -> None:
    office.is_mailed = True
    visitor = visitor_of(office)
    pages = {visitor.post("/sign-in", email=EMAIL).text for _ in range(MOST_LINKS + 3)}
    assert len(pages) == 1
    assert len(office.store.letters.due_mails(office.now, items=99)) == MOST_LINKS


def test_nobody_keeps_others_out_without_a_letter(
    office: WalletOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wallet.store.learners.MOST_LINKS_FROM_ONE_PLACE", 2)
    office.is_mailed = True
    hostile, own = visitor_of(office), visitor_of(office)
    for number in range(2):
        hostile.client.environ_base["REMOTE_ADDR"] = f"2001:db8::{number}"
        hostile.post("/sign-in", email="somebody@example.org")
    for _number in range(MOST_LINKS + 1):
        hostile.post("/sign-in", email=EMAIL)
    assert len(office.store.letters.due_mails(office.now, items=99)) == 2
    own.post("/sign-in", email=EMAIL)
    assert len(office.store.letters.due_mails(office.now, items=99)) == 3


def test_what_is_no_address_gets_no_letter(office: WalletOffice) -> None:
    office.is_mailed = True
    answer = visitor_of(office).post("/sign-in", email="nobody")
    assert answer.status_code == 422
    assert office.store.letters.due_mails(office.now, items=9) == ()


def test_a_session_ends_when_somebody_signs_out(office: WalletOffice) -> None:
    visitor = office.learner()
    cookie = visitor.client.get_cookie("tallystick-wallet")
    assert cookie is not None
    assert cookie.http_only
    visitor.post("/sign-out")
    assert office.store.learners.signed_in(cookie.value, office.now) is None
    visitor.get("/", 303)


def test_a_session_ends_when_it_is_idle_and_in_any_case_after_a_while(
    office: WalletOffice,
) -> None:
    idle, used = office.learner(), office.learner()
    ends = office.now + SESSION_LIFE
    while office.now + IDLE_LIFE < ends:
        office.now += IDLE_LIFE - timedelta(minutes=1)
        used.get("/")
    idle.get("/", 303)
    office.now = ends
    used.get("/", 303)


def test_no_page_of_another_site_signs_somebody_in_or_out(office: WalletOffice) -> None:
    visitor = office.learner()
    foreign = {**OWN, "Sec-Fetch-Site": "cross-site"}
    for path in ("/sign-out", "/sign-in", "/mine/delete", "/open/abc"):
        assert visitor.client.post(path, headers=foreign).status_code == 403
    visitor.get("/")
