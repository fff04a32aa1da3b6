"""The frame of every page in a browser."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page

from service.pages.languages import LANGUAGES
from tests.browser.conftest import Serve, a_page
from tests.browser.looking import is_readable, paper, walk
from tests.service.pages.sample import sample_application


@pytest.fixture(scope="module")
def address(serve: Serve) -> str:
    return serve(sample_application())


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_form_and_its_errors_are_readable(browser: Browser, address: str, scheme: str) -> None:
    with a_page(browser, color_scheme=scheme) as page:
        for language in LANGUAGES:
            page.goto(f"{address}/?lang={language.tag}")
            is_readable(page)
        page.fill("#name", " ")
        page.click("button.primary")
        is_readable(page)
        assert page.evaluate("document.activeElement.className") == "error-summary"
        page.click(".error-summary a")
        assert page.evaluate("document.activeElement.id") == "name"


def test_a_narrow_page_is_read_without_scrolling_sideways(narrow_page: Page, address: str) -> None:
    narrow_page.goto(f"{address}/?lang=fr-CA")
    is_readable(narrow_page)
    narrow_page.goto(f"{address}/defect")
    is_readable(narrow_page)


def test_a_form_is_sent_with_the_keyboard_alone(page: Page, address: str) -> None:
    page.goto(address)
    assert walk(page)[0] == "Skip to the content"
    page.goto(address)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.keyboard.press("Tab")
    page.keyboard.type("Ana")
    page.keyboard.press("Enter")
    page.wait_for_selector(".notice.good")
    assert "Ana sent 0 files" in page.inner_text("[role=status]")


def test_everything_works_without_script(page_without_script: Page, address: str) -> None:
    page = page_without_script
    page.goto(address)
    page.fill("#name", "Ana")
    page.set_input_files("#file", {"name": "a.json", "mimeType": "x/y", "buffer": b"{}"})
    page.click("button.primary")
    assert "Ana sent 1 files: a.json." in page.inner_text("main")
    page.click("a[lang=es]")
    assert page.get_attribute("html", "lang") == "es"


def test_paper_shows_the_content_only(page: Page, address: str) -> None:
    page.goto(address)
    assert paper(page).startswith(b"%PDF")
    assert not page.is_visible("header.site nav")
    assert not page.is_visible(".languages")
    assert page.is_visible("h1")
