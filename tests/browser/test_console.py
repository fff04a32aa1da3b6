"""The console in a browser: a class is issued from nothing, and every page can be used."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Page

from service.pages.languages import LANGUAGES
from tests.browser.conftest import Serve, a_page
from tests.browser.looking import Pictures, is_readable, paper, walk
from tests.databases import sqlite_copy
from tests.issuer.console.world import CODE, PASSWORD, World, console_world

CLASS = "email,name\n" + "".join(f"learner{n}@example.com,Learner {n}\n" for n in range(1, 31))
FAULTY = "email,name,awarded\nana@example.com,Ana,2026-11-01\nnobody,B,yesterday\n=1+1,X,\n"
PAGES = (
    *("/", "/achievements", "/achievements/new", "/jobs", "/credentials", "/people", "/keys"),
    *("/api-keys", "/institution", "/audit", "/rosters/new", "/skills"),
)


@dataclass
class Office:
    """A console that is served, and the addresses of what was made in it."""

    world: World
    address: str
    at: str
    further: tuple[str, ...] = ()

    def sign_in(self, page: Page) -> Page:
        page.goto(f"{self.address}/console/sign-in")
        page.fill("#email", "ana@example.com")
        page.fill("#password", PASSWORD)
        page.click("button.primary")
        page.wait_for_selector("nav.sections")
        return page


def fill_design(page: Page) -> None:
    page.fill("#title", "Pipe welding for dairy plants")
    page.fill("#description", "Welds and inspects stainless steel pipes to food-safety standard.")
    page.fill("#criteria", "Three inspected welds, a written procedure, an oral examination.")
    page.check("#level-5")
    page.fill("#hours-taught", "40")
    page.fill("#hours-work_based", "160")
    page.fill("#outcomes-0-text", "Weld stainless steel pipes in all positions.")
    page.fill("#outcomes-0-hours", "200")
    page.fill("#assessments-0-type", "Practical test")


def send_roster(page: Page, at: str, text: str) -> str:
    page.goto(f"{at}/rosters/new")
    file = {"name": "class.csv", "mimeType": "text/csv", "buffer": text.encode()}
    page.select_option("#achievement", index=page.locator("#achievement option").count() - 1)
    page.set_input_files("#roster", file)  # type: ignore[arg-type]
    page.click("button.primary")
    page.wait_for_selector("table")
    return page.url


def issue_a_class(page: Page, address: str) -> Office:
    """Do what somebody does on their first day, looking at each page on the way."""
    page.goto(f"{address}/console/begin?code={CODE}")
    is_readable(page)
    page.fill("#title", "Southern Institute of Trades")
    page.fill("#country", "NZ")
    page.fill("#person", "Ana Tamihana")
    page.fill("#email", "ana@example.com")
    page.fill("#password", PASSWORD)
    page.click("button.primary")
    page.wait_for_selector("nav.sections")
    at = page.url.rstrip("/")
    page.click("text=Design an achievement")
    fill_design(page)
    page.wait_for_selector("[data-use]:visible")
    is_readable(page)
    page.click("[data-use]")
    page.wait_for_selector("text=Nothing stands against publishing it.")
    page.click("button.primary")
    page.wait_for_selector("dl.facts")
    is_readable(page)
    achievement = page.url
    page.click("form[action$=publish] button")
    page.wait_for_selector("text=Version 1 is published.")
    roster = send_roster(page, at, FAULTY)
    send_roster(page, at, CLASS)
    is_readable(page)
    page.click("form[action$=issue] button.primary")
    page.wait_for_selector("text=30 credentials are issued.")
    is_readable(page)
    job = page.url
    page.click("text=See the credentials")
    page.click("tbody a >> nth=0")
    page.wait_for_selector(".notice.good")
    further = (f"{achievement}/preview", f"{achievement}/award", roster, job, page.url)
    return Office(World, address, at, (achievement, *further, f"{page.url}/correct"))  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def office(
    serve: Serve, tmp_path_factory: pytest.TempPathFactory, browser: Browser
) -> Iterator[Office]:
    """Set an institution up by hand and issue to a class, with a worker beside the service."""
    world = console_world(sqlite_copy(tmp_path_factory.mktemp("console") / "issuer.sqlite"))
    is_over = threading.Event()

    def work() -> None:
        while not is_over.wait(0.2):
            world.work()

    worker = threading.Thread(target=work)
    worker.start()
    try:
        with a_page(browser, viewport={"width": 1100, "height": 900}) as page:
            made = issue_a_class(page, serve(world.application))
        yield Office(world, made.address, made.at, made.further)
    finally:
        is_over.set()
        worker.join()


@pytest.mark.parametrize("language", [one.tag for one in LANGUAGES])
@pytest.mark.parametrize("width", [1100, 320])
def test_every_page_is_readable_in_every_language_and_width(
    browser: Browser, office: Office, language: str, width: int, pictures: Pictures
) -> None:
    with a_page(browser, viewport={"width": width, "height": 800}) as page:
        office.sign_in(page)
        for number, address in enumerate(
            [*(f"{office.at}{path}" for path in PAGES), *office.further]
        ):
            page.goto(f"{address}?lang={language}")
            pictures.take(page, f"console-{number:02}-{language}-{width}.png")
            is_readable(page)


def test_pages_hold_in_the_dark(browser: Browser, office: Office) -> None:
    with a_page(browser, color_scheme="dark") as page:
        office.sign_in(page)
        for address in (f"{office.at}/", f"{office.at}/achievements/new", office.further[3]):
            page.goto(address)
            is_readable(page)


def test_every_page_is_walked_with_the_keyboard(page: Page, office: Office) -> None:
    office.sign_in(page)
    for address in [*(f"{office.at}{path}" for path in PAGES), *office.further]:
        page.goto(address)
        stops = walk(page, most=200)
        assert stops[0] == "Skip to the content"
        assert "Sign out" in stops


def test_a_draft_is_made_with_the_keyboard_alone(page: Page, office: Office) -> None:
    office.sign_in(page)
    page.goto(f"{office.at}/achievements/new")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    while page.evaluate("document.activeElement.id") != "title":
        page.keyboard.press("Tab")
    page.keyboard.type("Hygiene at work")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=The draft is saved.")
    assert page.inner_text("h1") == "Hygiene at work"
    is_readable(page)


def load_skills(page: Page, office: Office) -> None:
    page.goto(f"{office.at}/skills")
    rows = "".join(f"https://skills.example/{n},weld pipes {n},Joins pipes.\n" for n in range(25))
    file = {
        "name": "skills.csv",
        "mimeType": "text/csv",
        "buffer": f"uri,name,description\n{rows}".encode(),
    }
    page.set_input_files("#list", file)  # type: ignore[arg-type]
    page.fill("#framework", "Trades 2026")
    page.fill("#source", "Trades Council, https://skills.example/releases/2026/skills.csv")
    page.fill("#licence", "CC BY 4.0, © Trades Council")
    page.click("main button.primary")
    page.wait_for_selector("text=25 skills were loaded.")


@pytest.mark.parametrize("width", [1100, 320])
def test_a_skill_is_searched_for_and_added_with_the_keyboard_alone(
    browser: Browser, office: Office, width: int, pictures: Pictures
) -> None:
    with a_page(browser, viewport={"width": width, "height": 800}) as page:
        office.sign_in(page)
        load_skills(page, office)
        is_readable(page)
        pictures.take(page, f"skills-{width}.png")
        page.goto(f"{office.at}/achievements/new")
        page.fill("#title", "Typed before")
        page.focus("summary:has-text('Skills and standards')")
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.id") == "skill-search"
        page.keyboard.type("pipes 7")
        page.keyboard.press("Enter")
        page.wait_for_selector("text=2 skills were found.")
        assert page.evaluate("document.activeElement.id") == "skills-found"
        is_readable(page)
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        page.wait_for_selector("text=weld pipes 7 was added below.")
        is_readable(page)
        pictures.take(page, f"skill-picker-{width}.png")
        assert page.input_value("#alignments-0-name") == "weld pipes 7"
        assert page.input_value("#title") == "Typed before"
        page.focus("#title")
        page.keyboard.press("Enter")
        page.wait_for_selector("text=The draft is saved.")


def test_everything_works_without_script(page_without_script: Page, office: Office) -> None:
    page = office.sign_in(page_without_script)
    page.goto(f"{office.at}/achievements/new")
    page.fill("#title", "Without script")
    page.select_option("#framework", "eu-eqf")
    page.click("button[name=levels]")
    assert page.locator("input[name=level]").count() == 8
    fill_design(page)
    page.fill("#credits-amount", "8")
    page.select_option("#credits-unit", "ECTS")
    page.click("button.primary")
    assert "The draft is saved." in page.inner_text("main")
    page.click("form[action$=publish] button")
    send_roster(page, office.at, CLASS)
    page.click("form[action$=issue] button.primary")
    for _ in range(100):
        if page.locator("text=30 credentials are issued.").count():
            return
        page.wait_for_timeout(200)
        page.reload()
    pytest.fail("the class was not issued")


def test_the_errors_of_a_form_lead_to_their_fields(page: Page, office: Office) -> None:
    office.sign_in(page)
    page.goto(f"{office.at}/achievements/new")
    page.fill("#title", "Wrong")
    page.fill("#hours-taught", "many")
    page.click("button.primary")
    page.wait_for_selector(".error-summary")
    is_readable(page)
    page.click(".error-summary a")
    assert page.evaluate("document.activeElement.id") == "hours-taught"


def test_a_credential_and_the_audit_log_can_be_printed(page: Page, office: Office) -> None:
    office.sign_in(page)
    for address in (office.further[-2], f"{office.at}/audit"):
        page.goto(address)
        assert paper(page).startswith(b"%PDF")
        assert not page.is_visible("nav.sections")
        assert page.is_visible("h1")
        page.emulate_media(media="screen")
