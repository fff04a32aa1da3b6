"""Being led to an institution, and what of a request an SD-JWT cannot answer, as pages show it."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page

from service import migrate, open_database
from tests.browser.conftest import Serve
from tests.browser.keyboard import enter, follow
from tests.browser.looking import Pictures, is_readable, walk
from tests.wallet.test_allowing import OFFER, Allowing, link_of
from tests.wallet.test_disclosing import sd_jwt
from tests.wallet.test_requests import vpr
from tests.wallet.verifiers import Canned
from tests.wallet.wallets import WalletOffice, badge

LANGUAGES = ("fr-CA", "es", "en")


@pytest.fixture
def office(tmp_path: Path) -> WalletOffice:
    engine = open_database(f"sqlite:///{tmp_path / 'wallet.sqlite'}")
    migrate(engine)
    return WalletOffice.on(engine)


def test_a_learner_is_shown_where_they_are_led_in_every_language(
    narrow_page: Page, serve: Serve, office: WalletOffice, pictures: Pictures
) -> None:
    office.way = Allowing()
    page, address = narrow_page, serve(office.application())
    page.goto(f"{address}/open/{office.store.learners.new_link('ana@example.org', office.now)}")
    follow(page, "main button")
    page.goto(f"{address}/add")
    enter(page, "#link", link_of(OFFER))
    follow(page, "main form button.primary")
    for language in LANGUAGES:
        follow(page, f"button[value='{language}']")
        is_readable(page)
        pictures.take(page, f"allow-{language}.png")
    assert "Go to i.example" in walk(page)
    page.goto(f"{address}/add/back?state=guessed")
    is_readable(page)
    pictures.take(page, "allow-refused.png")


def test_what_cannot_be_the_answer_is_explained_in_every_language(
    narrow_page: Page, serve: Serve, office: WalletOffice, pictures: Pictures
) -> None:
    office.way = Canned(vpr(), vpr())
    learner = office.learner()
    learner.add(sd_jwt(), badge())
    asked = learner.post("/requests", url="https://employer.example/1")
    page, address = narrow_page, serve(office.application())
    link = office.store.learners.new_link("aroha@example.org", office.now)
    page.goto(f"{address}/open/{link}")
    follow(page, "main button")
    for language in LANGUAGES:
        page.goto(f"{address}{asked.headers['Location']}?lang={language}")
        is_readable(page)
        pictures.take(page, f"kinds-{language}.png")
