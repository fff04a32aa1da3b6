"""The whole way of a micro-credential across all services, by the keyboard, 320 pixels wide.

An employer's bespoke course is rated and listed by the authority, issued, claimed, recognised by a
registrar, awarded, shared, and verified by somebody else: each step takes what the last one made.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from service.pages.languages import LANGUAGES
from tests.browser.conftest import Serve, a_page
from tests.browser.keyboard import choose, enter, follow, press, tick
from tests.browser.looking import Pictures, is_readable
from tests.browser.town import OWN_SOURCE_KEY, PASSWORD, Town, town_in

OFFICER, APPROVER = "officer@authority.example", "approver@authority.example"
OWNER, REGISTRAR = "owner@plainsmilk.example", "registrar@college.example"
LEARNER = "aroha@example.org"
COURSE = "Cleaning in place for dairy plants"
LEARNED = {
    "outcomes-0-text": "Plan and run the cleaning of closed pipework.",
    "outcomes-0-hours": "60",
    "outcomes-1-text": "Judge measurements and decide whether the plant may run.",
    "outcomes-1-hours": "40",
    "assessments-0-type": "Observed cleaning of a plant",
}
STATED = {
    "description": "Cleans and checks closed pipework.",
    "criteria": "An observed cleaning, and a talk about its record.",
    "hours-taught": "30",
    "hours-work_based": "60",
    "hours-assessment": "10",
}
ASKED = {
    "language": "en",
    "field": "0721",
    "purpose": "Staff clean and check closed pipework.",
    "need": "Three plants are taken into service.",
    "target_group": "Operators with a year of practice.",
    "prerequisites": "None.",
    "grading": "Achieved or not achieved.",
    "quality_assurance-type": "Approval of the course by the authority",
    "employer-name": "Plainsmilk",
}
WORTH = re.compile(r"(Level|Niveau|Nivel) 5\b.*\b10 NZQCF", re.DOTALL)
BEHIND = {"Cleaning": "A", "Certificate": "B", "Recognition": "C"}
"""Who stands behind level and credits: the register lists the course, and names the college."""


@dataclass
class Person:
    """Somebody with a browser of their own, whose pages are looked at."""

    page: Page
    pictures: Pictures
    tag: str

    def look(self, name: str, *, always: bool = False) -> None:
        """Require of the page what is required of every one; in English of all that are seen."""
        if always or self.tag == "en":
            is_readable(self.page)
        self.pictures.take(self.page, f"way-{name}-{self.tag}.png")

    def sign_in(self, address: str, email: str) -> None:
        self.page.goto(address)
        self.look(f"sign-in-{email.partition('@')[0]}")
        enter(self.page, "#email", email)
        enter(self.page, "#password", PASSWORD)
        follow(self.page, "main button.primary")
        self.page.wait_for_selector("nav.sections")


@dataclass
class People:
    """Gives everybody a narrow screen in their language."""

    browser: Browser
    pictures: Pictures
    tag: str

    @contextmanager
    def one(self) -> Iterator[Person]:
        with a_page(self.browser, viewport={"width": 320, "height": 640}, locale=self.tag) as page:
            yield Person(page, self.pictures, self.tag)


@pytest.fixture
def town(serve: Serve, tmp_path: Path) -> Iterator[Town]:
    with town_in(tmp_path, serve) as made:
        yield made


@pytest.mark.parametrize("tag", [one.tag for one in LANGUAGES])
def test_a_course_goes_the_whole_way_to_a_verified_award(
    browser: Browser, town: Town, pictures: Pictures, tag: str
) -> None:
    people = People(browser, pictures, tag)
    described = design(people, town)
    list_course(people, town, described)
    link, pin = issue(people, town)
    with people.one() as learner:
        open_services(town)
        claim(learner, town, link, pin)
        apply(learner, town)
        decide(people, town)
        keep_what_was_signed(learner, town)
        link = share(learner, town)
    verify(people, town, link)


def design(people: People, town: Town) -> Path:
    """Have the employer describe its course in the console; return what the console exports."""
    town.begin_employer(OWNER)
    with people.one() as owner:
        page = owner.page
        owner.sign_in(f"{town.employer}/console/sign-in", OWNER)
        owner.look("console")
        page.goto(f"{page.url.rstrip('/')}/achievements/new")
        describe(page)
        owner.look("design", always=True)
        follow(page, "main form.design button.primary")
        owner.look("designed", always=True)
        page.goto(f"{page.url.rpartition('/')[0]}")
        owner.look("achievements")
        return saved(page, "a[href$='.json']", town.path("achievements.json"))


def saved(page: Page, selector: str, file: Path) -> Path:
    """Press what gives a file, and save it."""
    with page.expect_download() as download:
        press(page, selector)
    download.value.save_as(file)
    return file


def describe(page: Page) -> None:
    enter(page, "#title", COURSE)
    tick(page, "#level-5")
    for summary in page.locator("summary").all()[:1]:
        summary.focus()
        page.keyboard.press("Enter")
    for name, text in {**STATED, **LEARNED, **ASKED}.items():
        enter(page, f"#{name}", text)
    choose(page, "#participation", "work-based")
    choose(page, "#outcomes-0-level", "5")
    page.wait_for_selector("[data-use]:visible")
    press(page, "[data-use]")


def list_course(people: People, town: Town, described: Path) -> None:
    """Have the authority rate the course, and two of its people list it in a published edition."""
    town.open_authority(OFFICER, APPROVER)
    with people.one() as officer, people.one() as approver:
        submission = propose(officer, town, described)
        approver.sign_in(f"{town.authority}/desk/sign-in", APPROVER)
        approve_and_publish(approver, town, submission)
        with people.one() as anybody:
            page = anybody.page
            page.goto(f"{town.authority}/?words=dairy")
            anybody.look("register")
            follow(page, "tbody a")
            anybody.look("listing", always=True)
            assert "10" in page.inner_text("dl.facts")


def propose(officer: Person, town: Town, described: Path) -> str:
    """Take the console's export, read what the rules find, and propose the value."""
    page = officer.page
    officer.sign_in(f"{town.authority}/desk/sign-in", OFFICER)
    officer.look("authority-inbox")
    page.goto(f"{town.authority}/desk/courses/file")
    enter(page, "#sender", "Plainsmilk")
    page.set_input_files("#file", described)
    officer.look("authority-file")
    follow(page, "main form button.primary")
    officer.look("authority-taken")
    follow(page, "tbody a")
    officer.look("rated", always=True)
    enter(page, "#listing", "cleaning-in-place")
    choose(page, "#source", OWN_SOURCE_KEY)
    follow(page, "form[action$=propose] button.primary")
    page.wait_for_selector("#approve")
    officer.look("proposed", always=True)
    return page.url


def approve_and_publish(approver: Person, town: Town, submission: str) -> None:
    page = approver.page
    page.goto(submission)
    approver.look("to-approve")
    follow(page, "form[action$=approve] button")
    approver.look("approved")
    page.goto(f"{town.authority}/desk/editions/next")
    approver.look("next-edition", always=True)
    follow(page, "form[action$=sign] button.primary, main form[method=post] button.primary")
    page.wait_for_selector("tbody button.primary")
    approver.look("signed", always=True)
    follow(page, "tbody button.primary")
    page.wait_for_function("!document.querySelector('tbody button.primary')")
    approver.look("published")
    assert town.path("site/edition.json").exists()


def issue(people: People, town: Town) -> tuple[str, str]:
    """Have the employer issue by the published edition; return the claim's link and PIN."""
    town.believe()
    town.begin_employer_anew()
    with people.one() as owner:
        page = owner.page
        owner.sign_in(f"{town.employer}/console/sign-in", OWNER)
        at = page.url.rstrip("/")
        page.goto(f"{at}/achievements")
        follow(page, "tbody a")
        owner.look("checked-by-edition", always=True)
        follow(page, "form[action$=publish] button.primary")
        owner.look("achievement-published")
        follow(page, "a[href$=award]")
        owner.look("award-form")
        enter(page, "#email", LEARNER)
        enter(page, "#name", "Aroha Ngata")
        follow(page, "main form button.primary")
        town.work()
        page.wait_for_selector(".notice.good")
        owner.look("issued", always=True)
        follow(page, ".actions a.primary")
        owner.look("credentials")
        follow(page, "tbody a")
        owner.look("hand-over", always=True)
        tick(page, "#card-pin")
        follow(page, "form[action$=card] button")
        owner.look("card", always=True)
        link = page.inner_text(".claim-card .link")
        pin = page.inner_text(".pin")
    return link, pin


def open_services(town: Town) -> None:
    """Open what the learner and others use, all by the edition that was published."""
    town.open_registrar(REGISTRAR)
    town.open_wallet()
    town.open_verifier()


def claim(learner: Person, town: Town, link: str, pin: str) -> None:
    """Open the wallet by the link that it sends, and take the claim up."""
    page = learner.page
    page.goto(f"{town.wallet}/sign-in")
    learner.look("wallet-sign-in")
    enter(page, "#email", LEARNER)
    follow(page, "main form button.primary")
    learner.look("wallet-link")
    follow(page, "main .notice a")
    learner.look("wallet-open")
    follow(page, "main button")
    learner.look("wallet-empty")
    page.goto(f"{town.wallet}/add")
    enter(page, "#link", link)
    enter(page, "#pin", pin)
    learner.look("wallet-add")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    page.wait_for_selector("li.card")
    learner.look("claimed", always=True)
    follow(page, "li.card h2 a")
    learner.look("credential", always=True)


def apply(learner: Person, town: Town) -> None:
    """See what it adds up to, and apply at the registrar's desk with one form."""
    page = learner.page
    page.goto(f"{town.wallet}/awards")
    learner.look("adds-up", always=True)
    follow(page, "li.card h2 a")
    learner.look("plan", always=True)
    page.goto(f"{town.wallet}/applications")
    learner.look("applications")
    follow(page, "form[action$='applications/desk'] button")
    learner.look("desk", always=True)
    tick(page, "input[name=credential]")
    follow(page, "form[action$=applications] button.primary")
    page.wait_for_selector("[data-state]")
    learner.look("applied", always=True)


def decide(people: People, town: Town) -> None:
    """Have the assessor state what they found, and the registrar look at the tally and award."""
    with people.one() as registrar:
        page = registrar.page
        registrar.sign_in(f"{town.registrar}/desk/sign-in", REGISTRAR)
        registrar.look("desk-inbox", always=True)
        follow(page, "a.reference")
        registrar.look("case", always=True)
        assert re.search(r"\bA1\b", page.inner_text("table caption >> xpath=.."))
        choose(page, "#fact", "assessment")
        enter(page, "#value", "practical")
        follow(page, "form[action$=facts] button.primary")
        registrar.look("stated", always=True)
        follow(page, "form[action$=settle] button.primary")
        page.wait_for_selector(".notice.good")
        registrar.look("decided", always=True)
        saved(page, "a[href*='/awards/']", town.path("certificate.json"))
        assert town.path("ledger.json").exists()
        follow(page, "a[href$=letter]")
        registrar.look("letter")


def keep_what_was_signed(learner: Person, town: Town) -> None:
    """Ask in the wallet how it stands: the signed decision and the award are kept."""
    page = learner.page
    page.goto(f"{town.wallet}/applications")
    follow(page, "form[action$=ask] button")
    page.wait_for_selector("[data-state=decided]")
    learner.look("told", always=True)
    page.goto(f"{town.wallet}/")
    assert page.locator("li.card").count() == 3
    learner.look("kept", always=True)
    follow(page, "li.card:has-text('Recognition') h2 a")
    learner.look("decision", always=True)
    page.goto(f"{town.wallet}/")
    follow(page, "li.card:has-text('Certificate') h2 a")
    learner.look("award", always=True)
    assert page.locator("[data-answer=valid]").count() == 1


def share(learner: Person, town: Town) -> str:
    """Show everything to an employer by a link; return the link."""
    page = learner.page
    page.goto(f"{town.wallet}/share")
    for box in page.locator("input[name=credential]").all():
        tick(page, f"#{box.get_attribute('id')}")
    enter(page, "#audience", "Southern Dairies")
    learner.look("share", always=True)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    page.wait_for_selector("code.link")
    learner.look("link", always=True)
    return page.inner_text("code.link")


def verify(people: People, town: Town, link: str) -> None:
    """Have another employer look at what is shown, and check each at their own verifier."""
    with people.one() as employer:
        page = employer.page
        page.goto(link)
        employer.look("shown", always=True)
        assert page.locator("li.card [data-answer=valid]").count() == 3
        for card in page.locator("li.card").all():
            title = card.locator("h2").inner_text()
            file = card.locator("a[download]").first.get_attribute("href")
            found = checked(employer, town, f"{town.wallet}{file}", title)
            assert re.search(WORTH, found), title
            (stands,) = [one for name, one in BEHIND.items() if name in title]
            assert re.search(rf"\bclas+e? {stands}\b", found), title


def checked(employer: Person, town: Town, link: str, title: str) -> str:
    with employer.page.context.new_page() as page:
        page.goto(town.verifier)
        enter(page, "#link", link)
        follow(page, "main form button.primary")
        is_readable(page)
        employer.pictures.take(page, f"way-verified-{title[:11]}-{employer.tag}.png")
        assert page.locator("[data-answer=valid]").count() == 1, page.inner_text("main")
        return page.inner_text("main")
