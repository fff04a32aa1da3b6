"""The pages of a register in a browser."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page

from authority.catalogue import Catalogue
from authority.newest import always
from frameworks.register import read_register
from tallystick.bundled_register import reference
from tallystick.register_service import register_application
from tests.browser.conftest import Serve, a_page
from tests.browser.looking import Pictures, is_readable, paper, walk
from tests.frameworks.register_files import SOUND


@pytest.fixture(scope="module")
def listed(serve: Serve) -> str:
    return serve(
        register_application(always(Catalogue(read_register(SOUND), "did:web:nz.example")))
    )


@pytest.fixture(scope="module")
def compared(serve: Serve) -> str:
    return serve(register_application(always(Catalogue(reference()))))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_listing_is_found_with_the_keyboard(
    browser: Browser, listed: str, pictures: Pictures, scheme: str
) -> None:
    with a_page(browser, color_scheme=scheme) as page:
        page.goto(listed)
        is_readable(page)
        assert "Listed courses" in walk(page)
        page.focus("#words")
        page.keyboard.type("welding")
        page.keyboard.press("Enter")
        page.wait_for_url("**words=welding**")
        page.focus("tbody a")
        page.keyboard.press("Enter")
        page.wait_for_selector("dl.facts")
        is_readable(page)
        pictures.take(page, f"listing-{scheme}.png")
        assert len(paper(page)) > 5_000


def test_every_page_is_readable_when_narrow_and_in_every_language(
    narrow_page: Page, listed: str, compared: str, pictures: Pictures
) -> None:
    for language in ("en", "fr-CA", "es"):
        for address in (
            f"{listed}/?framework=nz",
            f"{listed}/listings/weld?",
            f"{listed}/accredited?",
            f"{compared}/?words=nothing",
            f"{compared}/frameworks?",
            f"{compared}/frameworks/nz-nzqcf?beside=eu-eqf",
        ):
            narrow_page.goto(f"{address}&lang={language}")
            is_readable(narrow_page)
    pictures.take(narrow_page, "levels-narrow.png")
