"""The pages for employers in a browser: many credentials at once, by keyboard, on small screens."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import Serve, a_page
from tests.browser.looking import is_readable, walk
from tests.verifier.employer.samples import Beside, employer_service, zipped
from tests.verifier.pages.samples import samples

WAYS = (("en", 1100, "light"), ("fr-CA", 1100, "dark"), ("es", 320, "light"))


@pytest.fixture(scope="module")
def beside() -> Beside:
    return Beside()


@pytest.fixture(scope="module")
def address(serve: Serve, beside: Beside) -> str:
    return serve(employer_service(start=beside))


def archive() -> Any:
    files = {f"{answer.value}.json": data for answer, data in samples().items()}
    data = zipped(files | {"../outside.json": b"{}"})
    return {"name": "candidates.zip", "mimeType": "application/zip", "buffer": data}


def begin(page: Page, address: str, language: str = "en") -> None:
    page.goto(f"{address}/bulk?lang={language}")
    page.set_input_files("#files", [archive()])
    page.click("button.primary")
    page.wait_for_selector("[data-job]")


@pytest.mark.parametrize("way", WAYS, ids=[way[0] for way in WAYS])
def test_many_credentials_are_read_in_each_language(
    browser: Browser, address: str, pictures: Path, way: tuple[str, int, str]
) -> None:
    language, width, scheme = way
    options: Any = {"viewport": {"width": width, "height": 900}, "color_scheme": scheme}
    with a_page(browser, **options) as page:
        page.goto(f"{address}/bulk?lang={language}")
        is_readable(page)
        page.screenshot(path=pictures / f"bulk-form-{language}.png", full_page=True)
        begin(page, address, language)
        assert page.locator("[data-answer]").count() == 9
        is_readable(page)
        page.screenshot(path=pictures / f"bulk-job-{language}.png", full_page=True)
        page.select_option("#answer", "revoked")
        page.click(".filters button")
        assert page.locator("[data-answer]").count() == 1
        page.click("tbody a")
        is_readable(page)
        page.screenshot(path=pictures / f"bulk-row-{language}.png", full_page=True)


def test_the_job_can_be_used_with_the_keyboard(page: Page, address: str) -> None:
    begin(page, address)
    stops = walk(page)
    assert "Save as a table (CSV)" in stops
    assert "Delete everything" in stops


def test_progress_goes_on_by_itself_until_the_job_is_done(
    page: Page, address: str, beside: Beside, pictures: Path
) -> None:
    beside.waits = True
    begin(page, address)
    is_readable(page)
    page.screenshot(path=pictures / "bulk-waiting.png", full_page=True)
    beside.waits = False
    beside.finish()
    page.wait_for_selector("[data-state=finished]")
    assert page.locator("[data-answer]").count() == 9


def test_without_script_the_progress_is_looked_at_again(
    page_without_script: Page, address: str, beside: Beside
) -> None:
    page = page_without_script
    beside.waits = True
    begin(page, address)
    assert page.locator("progress").count() == 1
    beside.waits = False
    beside.finish()
    page.click("a.primary")
    assert page.locator("[data-answer]").count() == 9
