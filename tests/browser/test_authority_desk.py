"""The authority's desk in a browser: the way of a course from the inbox to the public page."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Page

from service.pages.languages import LANGUAGES
from tests.authority.desk.world import PASSWORD, World, course, desk_world
from tests.browser.conftest import Serve, a_page
from tests.browser.looking import Pictures, is_readable, walk
from tests.databases import sqlite_copy

PAGES = (
    "/", "/courses/new", "/courses/file", "/listings", "/accreditations", "/accreditations/new",
    "/editions", "/editions/next", "/people", "/keys", "/log", "/you",
)  # fmt: skip
EVERY_ROLE = ("head", "officer", "approver", "auditor")


@dataclass
class Desk:
    """A desk that is served, and the addresses of what was made in it."""

    world: World
    address: str
    further: tuple[str, ...] = ()

    def sign_in(self, page: Page, email: str) -> Page:
        page.goto(f"{self.address}/desk/sign-in")
        page.fill("#email", email)
        page.fill("#password", PASSWORD)
        page.click("button.primary")
        page.wait_for_selector("nav.sections")
        return page


def hand_in(page: Page, desk: Desk) -> str:
    """Take the export of a console; return the address of the submission."""
    page.goto(f"{desk.address}/desk/courses/file")
    page.fill("#sender", "Polytechnic")
    data = json.dumps([course(description="A badge.")]).encode()
    file = {"name": "achievements.json", "mimeType": "application/json", "buffer": data}
    page.set_input_files("#file", file)  # type: ignore[arg-type]
    page.click("button.primary")
    page.wait_for_selector("tbody a")
    page.click("tbody a")
    page.wait_for_selector("#rating")
    is_readable(page)
    return page.url


def ask_and_answer(page: Page, submission: str) -> None:
    page.fill("#questions", "Who assesses it?")
    page.click("form[action$=questions] button")
    page.wait_for_selector("code")
    is_readable(page)
    link = page.locator("code").inner_text()
    page.goto(link)
    is_readable(page)
    page.fill("#answer", "A tutor of another institution.")
    page.click("button.primary")
    page.wait_for_selector("text=Your answer was sent")
    is_readable(page)
    page.goto(submission)
    page.wait_for_selector("text=A tutor of another institution.")


def propose(page: Page) -> None:
    page.fill("#listing", "bend")
    page.select_option("#source", "law")
    page.click("button.primary")
    page.wait_for_selector("#approve")
    is_readable(page)


def approve(page: Page, submission: str) -> None:
    page.goto(submission)
    page.click("form[action$=approve] button")
    page.wait_for_selector("text=It is approved.")


def sign_and_publish(page: Page, desk: Desk) -> None:
    page.goto(f"{desk.address}/desk/editions/next")
    page.wait_for_selector("text=Pipe bending")
    is_readable(page)
    page.click("text=Sign this edition")
    page.wait_for_selector("text=is signed")
    is_readable(page)
    page.click("tbody button.primary")
    page.wait_for_selector("text=is published")


@pytest.fixture(scope="module")
def desk(
    serve: Serve, tmp_path_factory: pytest.TempPathFactory, browser: Browser
) -> Iterator[Desk]:
    """Go the whole way once, with an officer and an approver."""
    world = desk_world(sqlite_copy(tmp_path_factory.mktemp("desk") / "desk.sqlite"))
    for role in EVERY_ROLE:
        world.user(role, email=f"{role}@nz.example")
    world.user(*EVERY_ROLE, email="everybody@nz.example")
    made = Desk(world, serve(world.application))
    with a_page(browser) as officer, a_page(browser) as approver:
        submission = hand_in(made.sign_in(officer, "officer@nz.example"), made)
        ask_and_answer(officer, submission)
        propose(officer)
        approve(made.sign_in(approver, "approver@nz.example"), submission)
        sign_and_publish(approver, made)
    listing = world.store.next_edition.page("listings").items[0].row.id
    waiting = world.submission(course(id="urn:example:2", title="Diploma of bending"))
    made.further = (
        submission, f"{made.address}/desk/listings/{listing}",
        f"{made.address}/desk/submissions/{waiting}",
        f"{made.address}/desk/submissions/{waiting}/course",
    )  # fmt: skip
    yield made
    world.store.engine.dispose()


def addresses(desk: Desk) -> list[str]:
    return [*(f"{desk.address}/desk{one}" for one in PAGES), *desk.further]


def test_what_was_approved_stands_on_the_public_page(page: Page, desk: Desk) -> None:
    page.goto(f"{desk.address}/?words=bending")
    page.click("tbody a")
    page.wait_for_selector("dl.facts")
    is_readable(page)
    assert "12" in page.locator("dl.facts").inner_text()


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda one: one.tag)
def test_every_page_is_readable_in_every_language_on_a_small_screen(
    narrow_page: Page, desk: Desk, pictures: Pictures, language: object
) -> None:
    desk.sign_in(narrow_page, "everybody@nz.example")
    tag = getattr(language, "tag", "")
    for address in addresses(desk):
        narrow_page.goto(f"{address}?lang={tag}")
        is_readable(narrow_page)
        name = re.sub(r"[^a-z]+", "-", address.partition("/desk")[2].split("submission_")[0])
        pictures.take(narrow_page, f"desk-{tag}{name}.png")


def test_every_page_is_gone_through_with_the_keyboard(page: Page, desk: Desk) -> None:
    desk.sign_in(page, "everybody@nz.example")
    for address in addresses(desk):
        page.goto(address)
        stops = walk(page)
        assert (
            len(stops) >= page.locator("main :is(input, select, textarea, button):visible").count()
        )


def test_a_course_is_asked_about_with_the_keyboard_alone(page: Page, desk: Desk) -> None:
    waiting = desk.world.submission(course(id="urn:example:3", title="Keyboard welding"))
    desk.sign_in(page, "officer@nz.example")
    page.goto(f"{desk.address}/desk/submissions/{waiting}")
    page.focus("#questions")
    page.keyboard.type("Who assesses it?")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector("code")
    assert "/desk/answer/" in page.locator("code").inner_text()


def test_two_officers_at_once_are_both_told(browser: Browser, desk: Desk) -> None:
    waiting = desk.world.submission(course(id="urn:example:4", title="Welding for two"))
    address = f"{desk.address}/desk/submissions/{waiting}"
    with a_page(browser) as first, a_page(browser) as second:
        for one in (first, second):
            desk.sign_in(one, "officer@nz.example").goto(address)
            one.fill("#questions", "Who?" if one is first else "Where is it taught?")
        first.click("form[action$=questions] button")
        first.wait_for_selector("code")
        second.click("form[action$=questions] button")
        second.wait_for_selector("text=Somebody else was faster")
        assert "Where is it taught?" in second.locator("main").inner_text()
        is_readable(second)
        first.goto(address)
        first.wait_for_selector("text=Tried to change it at the same time")


def test_the_desk_works_without_script(page_without_script: Page, desk: Desk) -> None:
    page = desk.sign_in(page_without_script, "officer@nz.example")
    page.goto(f"{desk.address}/desk/courses/new")
    page.fill("#sender", "Polytechnic")
    page.click("button.primary")
    page.wait_for_selector(".error-summary, :invalid")
    page.fill("#title", "Bending by hand")
    page.fill("#id", "urn:example:5")
    page.select_option("#framework", "nz")
    page.fill("#outcomes", "5 | | They bend pipes")
    page.click("button.primary")
    page.wait_for_selector("#rating")
    assert "best-fit" in page.locator("main").inner_text()
