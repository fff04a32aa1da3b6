"""Passkeys of learners: what opens a wallet, whose, and what opens nothing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.service.sign_in.authenticator import PRESENT, VERIFIED, Authenticator
from tests.wallet.wallets import BASE, OWN, Visitor, WalletOffice
from wallet.pages.passkeys import ASKED_AT_ONCE
from wallet.store.learners import FRESH


def ask(visitor: Visitor, address: str) -> dict[str, Any]:
    answer = visitor.post(f"{address}/ask")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json
    return found


def add(learner: Visitor, **how: Any) -> Authenticator:
    authenticator = Authenticator(**{"origin": BASE, **how})
    answer = authenticator.make(ask(learner, "/mine/passkeys"))
    added = learner.post("/mine/passkeys", answer=answer, name="Telephone")
    assert added.status_code == 303, added.text
    return authenticator


def use(visitor: Visitor, authenticator: Authenticator, **changed: Any) -> int:
    answer = authenticator.use(ask(visitor, "/sign-in/passkey"), **changed)
    return int(visitor.post("/sign-in/passkey", answer=answer).status_code)


def browser(office: WalletOffice) -> Visitor:
    return Visitor(office.application().test_client())


def test_a_passkey_opens_its_learners_wallet_without_a_mail(office: WalletOffice) -> None:
    learner = office.learner()
    authenticator = add(learner)
    assert "Telephone" in learner.get("/mine")
    assert "A passkey was added" in learner.get("/mine")
    other = browser(office)
    assert "Sign in with a passkey" in other.get("/sign-in")
    assert use(other, authenticator) == 303
    assert "aroha@example.org" in other.get("/")


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({"origin": "https://evil.example"}, id="wrong origin"),
        pytest.param({"rp_id": "evil.example"}, id="wrong relying party"),
        pytest.param({"flags": PRESENT}, id="user not verified"),
        pytest.param({"flags": VERIFIED}, id="nobody there"),
    ],
)
def test_an_answer_of_another_kind_opens_nothing(
    office: WalletOffice, changed: dict[str, Any]
) -> None:
    authenticator = add(office.learner())
    for name, value in changed.items():
        setattr(authenticator, name, value)
    other = browser(office)
    assert use(other, authenticator) == 422
    other.get("/", 303)


def test_an_answer_opens_once_and_in_the_browser_that_asked(office: WalletOffice) -> None:
    authenticator = add(office.learner(), counts=False)
    mine, thief = browser(office), browser(office)
    answer = authenticator.use(ask(mine, "/sign-in/passkey"))
    ask(thief, "/sign-in/passkey")
    assert thief.post("/sign-in/passkey", answer=answer).status_code == 422
    assert mine.post("/sign-in/passkey", answer=answer).status_code == 303
    assert mine.post("/sign-in/passkey", answer=answer).status_code == 422


def test_a_passkey_of_one_learner_says_nothing_of_another(office: WalletOffice) -> None:
    learner, other = office.learner(), office.learner("other@example.org")
    mine, theirs = add(learner), add(other)
    forged = Authenticator(origin=BASE)
    forged.credential_id, forged.user_handle = theirs.credential_id, mine.user_handle
    assert use(browser(office), forged) == 422
    (kept,) = office.store.passkeys.passkeys(mine.user_handle.decode())
    assert other.post(f"/mine/passkeys/{kept.id}/remove").status_code == 404
    assert use(browser(office), mine) == 303


def test_a_passkey_that_counts_backwards_is_suspected(office: WalletOffice) -> None:
    learner = office.learner()
    authenticator = add(learner)
    assert use(browser(office), authenticator) == 303
    authenticator.sign_count = 0
    assert use(browser(office), authenticator) == 422
    assert use(browser(office), authenticator) == 422
    assert "may have been copied" in learner.get("/mine")


def test_a_removed_passkey_opens_nothing_and_the_mailed_link_still_does(
    office: WalletOffice,
) -> None:
    learner = office.learner()
    authenticator = add(learner)
    (kept,) = office.store.passkeys.passkeys(authenticator.user_handle.decode())
    lost = browser(office)
    assert use(lost, authenticator) == 303
    assert learner.post(f"/mine/passkeys/{kept.id}/remove").status_code == 303
    assert use(browser(office), authenticator) == 422
    lost.get("/", 303)
    learner.get("/")
    assert "aroha@example.org" in office.learner().get("/")


def test_a_session_that_was_left_open_adds_no_passkey(office: WalletOffice) -> None:
    learner = office.learner()
    authenticator = Authenticator(origin=BASE)
    answer = authenticator.make(ask(learner, "/mine/passkeys"))
    office.now += FRESH
    assert learner.post("/mine/passkeys/ask").status_code == 403
    late = learner.post("/mine/passkeys", answer=answer)
    assert late.status_code == 422
    assert "Sign in again first" in late.text


def test_a_challenge_for_opening_adds_nothing(office: WalletOffice) -> None:
    learner = office.learner()
    options = ask(learner, "/mine/passkeys")
    challenge = ask(learner, "/sign-in/passkey")["challenge"]
    answer = Authenticator(origin=BASE).make({**options, "challenge": challenge})
    assert learner.post("/mine/passkeys", answer=answer).status_code == 422


def test_the_passkeys_of_a_deleted_wallet_go_with_it(office: WalletOffice) -> None:
    learner = office.learner()
    authenticator = add(learner)
    learner.post("/mine/delete", email="aroha@example.org")
    assert office.store.passkeys.passkey(authenticator.credential_id) is None
    assert use(browser(office), authenticator) == 422


def test_whoever_asks_for_very_many_challenges_has_to_wait(office: WalletOffice) -> None:
    visitor = browser(office)
    codes = [
        visitor.client.post("/sign-in/passkey/ask", headers=OWN).status_code
        for _ in range(ASKED_AT_ONCE + 1)
    ]
    assert codes == [*[200] * ASKED_AT_ONCE, 429]
    office.now += timedelta(minutes=1)
    ask(visitor, "/sign-in/passkey")
