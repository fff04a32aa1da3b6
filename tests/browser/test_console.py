"""The console in a browser: a class is issued from nothing, and every page can be used."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Page

from issuer.store import Role
from tests.browser.conftest import Serve, a_page
from tests.browser.looking import is_readable
from tests.issuer.console.world import CODE, PASSWORD, World, console_world

CLASS = "email,name\n" + "".join(f"learner{n}@example.com,Learner {n}\n" for n in range(1, 31))


@dataclass
class Office:
    """A console that is served, and where its pages are."""

    world: World
    address: str
    at: str = ""

    def sign_in(self, page: Page, email: str = "ana@example.com") -> None:
        page.goto(f"{self.address}/console/sign-in")
        page.fill("#email", email)
        page.fill("#password", PASSWORD)
        page.click("button.primary")
        page.wait_for_selector("nav.sections")


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


@pytest.fixture(scope="module")
def office(serve: Serve, tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Office:
    """Set up an institution by hand, with an achievement, a job and some people."""
    world = console_world(tmp_path_factory.mktemp("console"))
    made = Office(world, serve(world.application))
    with a_page(browser) as page:
        page.goto(f"{made.address}/console/begin?code={CODE}")
        is_readable(page)
        page.fill("#title", "Southern Institute of Trades")
        page.fill("#country", "NZ")
        page.fill("#person", "Ana Tamihana")
        page.fill("#email", "ana@example.com")
        page.fill("#password", PASSWORD)
        page.click("button.primary")
        page.wait_for_selector("nav.sections")
        made.at = page.url.rstrip("/")
        page.goto(f"{made.at}/achievements/new")
        fill_design(page)
        page.wait_for_selector("[data-use]:visible")
        page.click("[data-use]")
        page.click("button.primary")
        page.wait_for_selector("h2")
        page.click("text=Publish version 1")
        page.wait_for_selector(".notice.good")
        page.click("text=Issue to a class")
        page.set_input_files(
            "#roster", {"name": "class.csv", "mimeType": "text/csv", "buffer": CLASS.encode()}
        )
        page.click("text=Read the roster")
        page.click("text=Issue to 30 learners")
        page.wait_for_selector("progress")
    tenant = world.store.tenants.all()[0]
    world.user(tenant, Role.AUDITOR, email="auditor@example.com")
    return made
