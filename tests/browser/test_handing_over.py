"""Handing over in a browser: letters, cards to print, files, withdrawing many at once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import Serve, a_page
from tests.browser.looking import Pictures, is_readable, paper, walk
from tests.databases import sqlite_copy
from tests.issuer.console.test_handing_over import Class
from tests.issuer.console.world import PASSWORD, console_world

WIDTHS = (1100, 320)


@dataclass
class Office:
    """A class that was written to, a console that is served, and the address of its institution."""

    one: Class
    address: str

    @property
    def at(self) -> str:
        return f"{self.address}/console/at/poly"

    @property
    def first(self) -> str:
        return f"{self.at}/credentials/{self.one.credentials[0].id}"

    def sign_in(self, page: Page) -> Page:
        page.goto(f"{self.address}/console/sign-in")
        page.fill("#email", "ana@example.com")
        page.fill("#password", PASSWORD)
        page.click("button.primary")
        page.wait_for_selector("nav.sections")
        return page


@pytest.fixture(scope="module")
def office(serve: Serve, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    world = console_world(sqlite_copy(tmp_path_factory.mktemp("handing") / "issuer.sqlite"))
    one = Class(world, letters=True)
    one.write()
    (zoes,) = (letter for letter in one.send("ben@x.example") if "Zoe" in str(letter["To"]))
    one.claim(zoes)
    yield Office(one, serve(world.application))
    world.store.engine.dispose()


@pytest.mark.parametrize("width", WIDTHS)
def test_every_page_of_handing_over_is_readable(
    browser: Browser, office: Office, width: int, pictures: Pictures
) -> None:
    with a_page(browser, viewport={"width": width, "height": 800}) as page:
        office.sign_in(page)
        job = f"{office.at}{office.one.at}"
        chosen = f"{office.at}/withdraw?credential={office.one.credentials[0].id}"
        whole = f"{office.at}/withdraw?job={office.one.job.id}"
        bounced = f"{office.at}/credentials?delivery=bounced"
        addresses = (job, office.first, chosen, whole, bounced, f"{office.at}/withdrawals")
        for number, address in enumerate((*addresses, f"{office.at}/")):
            page.goto(address)
            pictures.take(page, f"handing-{number}-{width}.png")
            is_readable(page)
            assert walk(page, most=120)[0] == "Skip to the content"


@pytest.mark.parametrize("width", WIDTHS)
def test_a_card_is_made_printed_without_its_pin_and_opens_the_claim_page(
    browser: Browser, office: Office, width: int, pictures: Pictures
) -> None:
    with a_page(browser, viewport={"width": width, "height": 800}) as page:
        office.sign_in(page)
        page.goto(office.first)
        page.check("#card-pin")
        page.click("text=Make a claim card")
        page.wait_for_selector(".claim-card")
        pictures.take(page, f"handing-card-{width}.png")
        is_readable(page)
        pin = page.inner_text(".pin")
        assert paper(page).startswith(b"%PDF")
        assert not page.is_visible(".pin")
        assert page.is_visible(".claim-card svg")
        page.emulate_media(media="screen")
        page.click("text=Español")
        page.wait_for_selector("html[lang=es]")
        assert page.inner_text(".pin") == pin, "it is the same card in another language"
        page.click("text=English")
        page.wait_for_selector("html[lang=en]")
        page.click("text=Open the claim page")
        page.fill("#pin", pin)
        page.click("button.primary")
        page.wait_for_selector("text=Issued to Ana.")
        is_readable(page)


def test_a_letter_with_a_pin_shows_it_once(page: Page, office: Office, pictures: Pictures) -> None:
    office.sign_in(page)
    page.goto(f"{office.at}/credentials/{office.one.credentials[1].id}")
    page.check("#letter-pin")
    page.click("form[action$=letter] button")
    page.wait_for_selector(".pin")
    pictures.take(page, "handing-pin.png")
    is_readable(page)


def test_chosen_rows_are_withdrawn_and_undone_with_the_keyboard(
    page_without_script: Page, office: Office, pictures: Pictures
) -> None:
    page = office.sign_in(page_without_script)
    page.goto(f"{office.at}/credentials")
    boxes = page.locator("tbody input[type=checkbox]")
    for number in range(2):
        boxes.nth(number).focus()
        page.keyboard.press("Space")
    page.click("text=Withdraw the chosen ones")
    assert "2 chosen credentials" in page.inner_text("main")
    page.check("#act-0")
    page.fill("#reason", "Issued to the wrong class")
    page.click("button.primary")
    assert "It is noted for 2 credentials." in page.inner_text("main")
    pictures.take(page, "handing-withdrawals.png")
    page.click("tbody button")
    assert "It is undone for 2 credentials." in page.inner_text("main")
