"""The wallet's pages in a browser: from an empty wallet to a link that an employer opens."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page

from credentials.strict_json import serialize_json
from service import migrate, open_database
from tests.browser.conftest import Serve, a_page
from tests.browser.looking import Pictures, is_readable, paper, walk
from tests.factories import NOW
from tests.wallet.verifiers import Canned
from tests.wallet.wallets import WalletOffice, badge
from wallet.deferring import UNKNOWN, Deferral

LONG = "Kaitiakitanga o te wai: Freshwater Stewardship in Practice"
ISSUER = "https://credentials.southern-institute-of-trades.example/openid/poly"
PLACES = (
    "/",
    "/add",
    "/awards",
    "/awards/nz-certificate",
    "/share",
    "/shares",
    "/present",
    "/mine",
)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> WalletOffice:
    engine = open_database(f"sqlite:///{tmp_path_factory.mktemp('wallet') / 'wallet.sqlite'}")
    migrate(engine)
    made = WalletOffice.on(engine)
    made.way = Canned({}, {})
    return made


@pytest.fixture(scope="module")
def address(serve: Serve, office: WalletOffice) -> str:
    return serve(office.application())


def open_wallet(page: Page, office: WalletOffice, address: str, email: str) -> None:
    page.goto(f"{address}/open/{office.store.learners.new_link(email, NOW)}")
    page.focus("main button")
    page.keyboard.press("Enter")
    page.wait_for_selector("nav.sections")


def promise_something(office: WalletOffice) -> None:
    """Have the narrow wallet wait for one credential, and no longer for another."""
    link = office.store.learners.new_link("narrow@example.org", NOW)
    learner, _session = office.store.learners.sign_in(link, NOW, office.services().keys.new)
    waiting = office.store.waiting
    for title in (LONG, ""):
        promise = Deferral(ISSUER, f"{ISSUER}/deferred", "t", "secret", "ldp_vc", title, 60)
        one = waiting.keep(learner.id, promise, learner.did, lambda _about: b"sealed", NOW)
    waiting.ended(waiting.get(learner.id, one), UNKNOWN, NOW)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_learner_goes_the_whole_way_with_the_keyboard(
    browser: Browser, office: WalletOffice, address: str, pictures: Pictures, scheme: str
) -> None:
    with a_page(browser, color_scheme=scheme) as page:
        page.goto(f"{address}/sign-in")
        is_readable(page)
        open_wallet(page, office, address, f"{scheme}@example.org")
        is_readable(page)
        page.goto(f"{address}/add")
        page.focus("#text")
        page.keyboard.insert_text(serialize_json(badge(1)).decode())
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        page.wait_for_selector("li.card")
        is_readable(page)
        pictures.take(page, f"wallet-{scheme}.png")
        assert "Show some to somebody" in walk(page)
        page.goto(f"{address}/share")
        page.focus("input[name=credential]")
        page.keyboard.press("Space")
        page.focus("#audience")
        page.keyboard.type("Plainsmilk")
        page.keyboard.press("Enter")
        page.wait_for_selector("code.link")
        is_readable(page)
        link = page.inner_text("code.link")
        page.goto(link)
        is_readable(page)
        pictures.take(page, f"wallet-shared-{scheme}.png")
        page.goto(f"{address}/shares")
        page.focus("li.card button")
        page.keyboard.press("Enter")
        page.wait_for_selector(".notice.good")
        assert page.goto(link).status == 404  # type: ignore[union-attr]


def test_every_page_is_readable_when_narrow_and_in_every_language(
    narrow_page: Page, office: WalletOffice, address: str, pictures: Pictures
) -> None:
    open_wallet(narrow_page, office, address, "narrow@example.org")
    for number, name in enumerate((LONG, "Pipe welding"), 1):
        narrow_page.goto(f"{address}/add")
        narrow_page.fill("#text", serialize_json(badge(number, name=name)).decode())
        narrow_page.locator("main button.primary").last.click()
        narrow_page.wait_for_selector("li.card")
    narrow_page.click("li.card a")
    one = narrow_page.url.removeprefix(address)
    promise_something(office)
    for language in ("en", "fr-CA", "es"):
        for place in (*PLACES, one, f"{one}/remove", "/shared/none"):
            narrow_page.goto(f"{address}{place}?lang={language}")
            is_readable(narrow_page)
    narrow_page.goto(f"{address}/?lang=en")
    assert narrow_page.locator("section .card").count() == 2
    narrow_page.locator("section details").first.click()
    is_readable(narrow_page)
    pictures.take(narrow_page, "wallet-narrow.png")


def test_what_is_wrong_stands_first_and_leads_to_the_field(
    page: Page, office: WalletOffice, address: str
) -> None:
    open_wallet(page, office, address, "wrong@example.org")
    for place, field in (("/add", "file"), ("/present", "domain"), ("/mine", "email")):
        page.goto(f"{address}{place}")
        page.evaluate(
            "document.querySelectorAll('main form').forEach(one => one.noValidate = true)"
        )
        page.locator("main form button.primary").last.click()
        page.wait_for_selector(".error-summary")
        is_readable(page)
        assert page.locator(f".error-summary a[href='#{field}']").count() == 1


def test_a_credential_is_printed_without_what_only_a_screen_needs(
    page: Page, office: WalletOffice, address: str
) -> None:
    open_wallet(page, office, address, "paper@example.org")
    page.goto(f"{address}/add")
    page.fill("#text", serialize_json(badge()).decode())
    page.locator("main button.primary").last.click()
    page.wait_for_selector("li.card")
    page.click("li.card a")
    assert len(paper(page)) > 10_000
    assert page.is_visible("h1")
    assert not page.is_visible("nav.sections")
    assert not page.is_visible("text=Sign out")
