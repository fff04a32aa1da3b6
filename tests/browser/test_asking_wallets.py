"""The codes and links by which a request opens wallets, in a browser and read by a camera."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser

from service.code_reading import read_codes
from tests.browser.conftest import Serve, a_page
from tests.browser.looking import Pictures, is_readable, walk
from tests.browser.test_employer import WAYS
from tests.verifier.employer.wallets import parameters_of, signing_client, verifier_service


@pytest.fixture(scope="module")
def address(serve: Serve) -> str:
    return serve(verifier_service(signing_client()))


@pytest.mark.parametrize("way", WAYS, ids=[way[0] for way in WAYS])
def test_a_camera_reads_the_code_for_wallets_in_each_language(
    browser: Browser, address: str, pictures: Pictures, way: tuple[str, int, str]
) -> None:
    language, width, scheme = way
    options: Any = {"viewport": {"width": width, "height": 900}, "color_scheme": scheme}
    with a_page(browser, **options) as page:
        page.goto(f"{address}/request?lang={language}")
        page.fill("#who", "Wellington Pipes")
        page.fill("#purpose", "Welder")
        page.click("button.primary")
        page.wait_for_selector("img.code")
        is_readable(page)
        pictures.take(page, f"wallet-code-{language}.png")
        link = page.get_attribute("a.wallet", "href") or ""
        codes = page.locator("img.code")
        read = [read_codes(codes.nth(number).screenshot()) for number in range(codes.count())]
        interaction = page.inner_text("main p code")
        assert read == [(interaction,), (link,)]
        assert parameters_of(link)["client_id"].startswith("decentralized_identifier:did:key:")
        page.goto(interaction)
        is_readable(page)
        pictures.take(page, f"wallet-button-{language}.png")
        assert page.get_attribute("a.wallet", "href") == link
        button = page.inner_text("a.wallet")
        assert button in walk(page)
