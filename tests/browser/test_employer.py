"""The pages for employers in a browser: many credentials at once, by keyboard, on small screens."""

from __future__ import annotations

import json
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from credentials.strict_json import serialize_json
from service import migrate, open_database
from tests.browser.conftest import Serve, a_page
from tests.browser.looking import Pictures, is_readable, walk
from tests.services import presentation
from tests.verifier.employer.kept import Office, badge
from tests.verifier.employer.samples import Beside, employer_service, zipped
from tests.verifier.pages.samples import samples, the_page

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
    browser: Browser, address: str, pictures: Pictures, way: tuple[str, int, str]
) -> None:
    language, width, scheme = way
    options: Any = {"viewport": {"width": width, "height": 900}, "color_scheme": scheme}
    with a_page(browser, **options) as page:
        page.goto(f"{address}/bulk?lang={language}")
        is_readable(page)
        pictures.take(page, f"bulk-form-{language}.png")
        begin(page, address, language)
        assert page.locator("[data-answer]").count() == 9
        is_readable(page)
        pictures.take(page, f"bulk-job-{language}.png")
        page.select_option("#answer", "revoked")
        page.click(".filters button")
        assert page.locator("[data-answer]").count() == 1
        page.click("tbody a")
        is_readable(page)
        pictures.take(page, f"bulk-row-{language}.png")


def test_the_job_can_be_used_with_the_keyboard(page: Page, address: str) -> None:
    begin(page, address)
    stops = walk(page)
    assert "Save as a table (CSV)" in stops
    assert "Delete everything" in stops


def test_progress_goes_on_by_itself_until_the_job_is_done(
    page: Page, address: str, beside: Beside, pictures: Pictures
) -> None:
    beside.waits = True
    begin(page, address)
    is_readable(page)
    pictures.take(page, "bulk-waiting.png")
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


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    engine = open_database(f"sqlite:///{tmp_path_factory.mktemp('office') / 'verifier.sqlite'}")
    migrate(engine)
    return Office(engine)


@pytest.fixture(scope="module")
def kept_address(serve: Serve, office: Office) -> str:
    return serve(office.application)


@pytest.mark.parametrize("way", WAYS, ids=[way[0] for way in WAYS])
def test_watch_list_and_request_are_read_in_each_language(
    browser: Browser, kept_address: str, pictures: Pictures, way: tuple[str, int, str]
) -> None:
    language, width, scheme = way
    options: Any = {"viewport": {"width": width, "height": 900}, "color_scheme": scheme}
    with a_page(browser, **options) as page:

        def look(name: str) -> None:
            is_readable(page)
            pictures.take(page, f"{name}-{language}.png")

        page.goto(f"{kept_address}/watch?lang={language}")
        look("watch-start")
        page.click("button.primary")
        badges = [{"name": "b.json", "mimeType": "application/json", "buffer": badge()}]
        page.set_input_files("#files", badges)  # type: ignore[arg-type]
        page.click("form[enctype] button.primary")
        page.wait_for_selector("[data-answer]")
        page.fill("#webhook", "https://127.0.0.1/")
        page.click("form:has(#webhook) button.primary")
        page.wait_for_selector(".error-summary")
        look("watch-list")
        page.goto(f"{kept_address}/request?lang={language}")
        look("request-form")
        page.fill("#who", "Wellington Pipes")
        page.fill("#purpose", "Welder")
        page.click("button.primary")
        page.wait_for_selector("img.code")
        page.wait_for_function("document.querySelector('img.code').naturalWidth > 100")
        look("request-open")
        result, link = page.url, page.inner_text("main p code")
        page.goto(link)
        look("present")
        challenge, domain = page.locator("dl code").all_inner_texts()
        vp = presentation(json.loads(badge()), challenge=challenge, domain=domain)
        page.fill("#text", json.dumps(vp))
        page.click("button.primary")
        page.wait_for_selector(".notice.good")
        look("presented")
        page.goto(result)
        page.wait_for_selector("[data-answer=valid]")
        look("request-answered")


def test_an_embedded_badge_is_small_and_readable(
    narrow_page: Page, kept_address: str, office: Office, pictures: Pictures
) -> None:
    vp = serialize_json(presentation(json.loads(badge())))
    address = office.shares.share("did:example:holder", vp)
    narrow_page.goto(f"{kept_address}/embed?shared={address}")
    is_readable(narrow_page)
    pictures.take(narrow_page, "embed.png")
    narrow_page.goto(f"{kept_address}/credentials/{address}")
    is_readable(narrow_page)


def test_a_link_of_another_verifier_fills_the_field(page: Page, serve: Serve) -> None:
    address = serve(employer_service(the_page(fetch=lambda link: badge())))
    page.goto(f"{address}/#verify?vc=https%3A%2F%2Fbadges.example%2F1")
    assert page.input_value("#link") == "https://badges.example/1"
    page.goto(f"{address}/?x#verify?vc=javascript:alert(1)")
    assert page.input_value("#link") == ""
