"""The wallet's pages in a browser: from an empty wallet to a link that an employer opens."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page

from credentials.strict_json import serialize_json
from service import migrate, open_database
from tests.browser.conftest import Serve, a_page
from tests.browser.looking import Pictures, is_readable, paper, walk
from tests.factories import NOW
from tests.wallet.wallets import WalletOffice, badge

LONG = "Kaitiakitanga o te wai: Freshwater Stewardship in Practice"
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
    return WalletOffice.on(engine)


@pytest.fixture(scope="module")
def address(serve: Serve, office: WalletOffice) -> str:
    return serve(office.application())


def open_wallet(page: Page, office: WalletOffice, address: str, email: str) -> None:
    page.goto(f"{address}/open/{office.store.learners.new_link(email, NOW)}")
    page.focus("main button")
    page.keyboard.press("Enter")
    page.wait_for_selector("nav.sections")


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
        narrow_page.click("main button.primary")
        narrow_page.wait_for_selector("li.card")
    narrow_page.click("li.card a")
    one = narrow_page.url.removeprefix(address)
    for language in ("en", "fr-CA", "es"):
        for place in (*PLACES, one, f"{one}/remove", "/shared/none"):
            narrow_page.goto(f"{address}{place}?lang={language}")
            is_readable(narrow_page)
    narrow_page.goto(f"{address}/?lang=en")
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
    page.click("main button.primary")
    page.wait_for_selector("li.card")
    page.click("li.card a")
    assert len(paper(page)) > 10_000
    assert page.is_visible("h1")
    assert not page.is_visible("nav.sections")
    assert not page.is_visible("text=Sign out")
