"""The pages behind a claim's link, in a browser."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import Serve, a_page
from tests.browser.looking import Pictures, is_readable, paper, walk
from tests.issuer.claims.desks import Office, new_office

LONG = "Kaitiakitanga o te wai: Freshwater Stewardship in Practice"


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    return new_office(tmp_path_factory.mktemp("claims"))


@pytest.fixture(scope="module")
def address(serve: Serve, office: Office) -> str:
    return serve(office.application())


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_claim_is_taken_with_the_keyboard(
    browser: Browser, office: Office, address: str, pictures: Pictures, scheme: str
) -> None:
    path = office.offer(office.issue(), pin="123456")
    with a_page(browser, color_scheme=scheme) as page:
        page.goto(f"{address}{path}")
        is_readable(page)
        pictures.take(page, f"claim-{scheme}.png")
        page.focus("#pin")
        page.keyboard.type("000000")
        page.keyboard.press("Enter")
        page.wait_for_selector(".error-summary")
        is_readable(page)
        page.focus("#pin")
        page.keyboard.type("123456")
        page.keyboard.press("Enter")
        page.wait_for_selector("img.badge")
        is_readable(page)
        pictures.take(page, f"claimed-{scheme}.png")
        assert "Certificate (PDF)" in walk(page)
        page.click("summary")
        is_readable(page)
        page.wait_for_function("document.querySelector('img.code').naturalWidth > 0")


def test_every_page_is_readable_when_narrow_and_in_every_language(
    narrow_page: Page, office: Office, address: str, pictures: Pictures
) -> None:
    subject_name = {"name": LONG}
    identifier = office.issue(**subject_name)
    path = office.offer(identifier)
    for language in ("en", "fr-CA", "es"):
        for place in (path, "/claim/none", "/claim/"):
            narrow_page.goto(f"{address}{place}?lang={language}")
            is_readable(narrow_page)
    narrow_page.goto(f"{address}{path}?lang=es")
    narrow_page.click("main button.primary")
    narrow_page.wait_for_selector("img.badge")
    is_readable(narrow_page)
    pictures.take(narrow_page, "claimed-narrow.png")
    office.set_status(identifier, "suspended")
    narrow_page.reload()
    is_readable(narrow_page)
    pictures.take(narrow_page, "suspended-narrow.png")


def test_a_file_is_taken_without_script(
    page_without_script: Page, office: Office, address: str
) -> None:
    page = page_without_script
    page.goto(f"{address}{office.offer(office.issue())}")
    page.click("main button.primary")
    with page.expect_download() as download:
        page.click("text=Certificate (PDF)")
    assert download.value.suggested_filename == "pipe-welding.pdf"
    assert Path(download.value.path()).read_bytes().startswith(b"%PDF")


def test_paper_shows_the_badge(page: Page, office: Office, address: str) -> None:
    page.goto(f"{address}{office.offer(office.issue())}")
    page.click("main button.primary")
    page.wait_for_selector("img.badge")
    assert paper(page).startswith(b"%PDF")
    assert page.is_visible("img.badge")
    assert not page.is_visible(".downloads")
