"""The registrar's desk in a browser: from an application to a letter and an appeal."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page

from recognition.deciding.case import Ruling
from recognition.deciding.judging import Outcome
from recognition.desk import Role
from recognition.desk.cases import Case
from service.people import User
from tests.browser.conftest import Serve, a_page
from tests.browser.looking import Pictures, is_readable, paper, walk
from tests.databases import sqlite_copy
from tests.recognition.desk.desks import OVERLAP, PASSES, PASSWORD, QUICK, TestDesk, badge

LONG = "Kaitiakitanga-o-te-wai: Freshwater Stewardship in Practice"
SECTIONS = ("inbox", "inbox?show=decided", "take-in", "batches", "people", "log", "you")


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> TestDesk:
    made = TestDesk.on(sqlite_copy(tmp_path_factory.mktemp("desk") / "desk.sqlite"))
    made.has_lists = True
    made.offer(gates=[*PASSES, *OVERLAP])
    return made


@pytest.fixture(scope="module")
def people(desk: TestDesk) -> dict[str, User]:
    users = {
        "ana": desk.person(*Role, name="Ana Arai"),
        "ben": desk.person(Role.ASSESSOR, name="Ben Bird"),
    }
    office = desk.store.office
    for user in users.values():
        office.people.set_password_hash(desk.act, user.id, QUICK.hash(PASSWORD))
    return users


@pytest.fixture(scope="module")
def address(serve: Serve, desk: TestDesk) -> str:
    return serve(desk.application())


def sign_in(page: Page, address: str, email: str) -> None:
    page.goto(f"{address}/desk/sign-in")
    page.focus("#email")
    page.keyboard.type(email)
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_selector("nav.sections")


def typed(page: Page, field: str, text: str) -> None:
    page.focus(field)
    page.keyboard.insert_text(text)


def pressed(page: Page, button: str) -> None:
    page.focus(button)
    with page.expect_navigation():
        page.keyboard.press("Enter")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_case_goes_the_whole_way_with_the_keyboard(
    browser: Browser,
    desk: TestDesk,
    people: dict[str, User],
    address: str,
    pictures: Pictures,
    scheme: str,
) -> None:
    with a_page(browser, color_scheme=scheme) as page:
        page.goto(f"{address}/apply/")
        is_readable(page)
        page.select_option("#offer", "weld101")
        typed(page, "#text", badge(7 if scheme == "dark" else 8).decode())
        typed(page, "#name", "Mere Tūhoe")
        pressed(page, "main button.primary")
        page.wait_for_selector(".notice.good")
        is_readable(page)
        followed = page.url
        sign_in(page, address, people["ana"].email)
        is_readable(page)
        pictures.take(page, f"desk-inbox-{scheme}.png")
        assert "Inbox" in walk(page)
        pressed(page, "tbody tr:last-child a.reference")
        is_readable(page)
        pictures.take(page, f"desk-case-{scheme}.png")
        page.select_option("#outcome", "REFUSE")
        typed(page, "#reason", "There is no practice in it.")
        typed(page, "#differences", "No welding under supervision")
        pressed(page, "form[action$=rule] button.primary")
        page.wait_for_selector(".notice.good")
        is_readable(page)
        pressed(page, "a[href$=letter]")
        is_readable(page)
        assert paper(page).startswith(b"%PDF")
        page.emulate_media(media="screen")
        page.goto(followed)
        assert "There is no practice in it." in page.inner_text("article.letter")
        is_readable(page)
        pictures.take(page, f"desk-follow-{scheme}.png")
        typed(page, "#grounds", "There was practice.")
        pressed(page, "form[action$=appeal] button")
        page.wait_for_selector(".notice.good")
        is_readable(page)
        page.goto(f"{address}/desk/inbox?show=appealed")
        pressed(page, "tbody tr:last-child a.reference")
        typed(page, "#dismiss-by", "Appeals board")
        typed(page, "#dismiss-reason", "There was none.")
        pressed(page, "form[action$=dismiss] button")
        page.wait_for_selector(".notice.good")
        is_readable(page)


def test_two_people_at_once_are_told_and_lose_nothing(
    browser: Browser, page: Page, desk: TestDesk, people: dict[str, User], address: str
) -> None:
    case = desk.applied(20)
    place = f"{address}/desk/cases/{case.id}"
    sign_in(page, address, people["ana"].email)
    page.goto(place)
    with a_page(browser) as other:
        sign_in(other, address, people["ben"].email)
        other.goto(place)
        assert "Ana Arai is looking at this case" in other.inner_text("main")
        is_readable(other)
        typed(other, "#value", "1/10")
        other.select_option("#fact", "overlap")
        pressed(other, "form[action$=facts] button.primary")
        other.wait_for_selector(".notice.good")
    page.select_option("#outcome", "GRANT")
    typed(page, "#reason", "My own words.")
    pressed(page, "form[action$=rule] button.primary")
    page.wait_for_selector("text=Somebody else was faster")
    assert "My own words." in page.inner_text("main")
    is_readable(page)


def _narrow_case(desk: TestDesk) -> Case:
    return desk.applied(30, learner_name=LONG * 2, contact="mere@example.com")


def superseded(desk: TestDesk, case: Case) -> Case:
    """Have a referral ruled on: what was signed of it is withdrawn, and the case says so."""
    return desk.settling.rule(desk.act, case, Ruling("Ana", Outcome.GRANT, "Read."))


def test_every_page_is_readable_when_narrow_and_in_every_language(
    narrow_page: Page, desk: TestDesk, people: dict[str, User], address: str, pictures: Pictures
) -> None:
    case = _narrow_case(desk)
    decided = superseded(desk, desk.settling.settle(desk.act, desk.applied(31)))
    sign_in(narrow_page, address, people["ana"].email)
    places = [f"desk/{one}" for one in SECTIONS]
    places += [f"desk/cases/{one.id}" for one in (case, decided)]
    places += [f"desk/cases/{decided.id}/letter", "apply/", "apply/follow/none"]
    for language in ("en", "fr-CA", "es"):
        for place in places:
            joint = "&" if "?" in place else "?"
            narrow_page.goto(f"{address}/{place}{joint}lang={language}")
            is_readable(narrow_page)
    narrow_page.goto(f"{address}/desk/cases/{case.id}?lang=en")
    pictures.take(narrow_page, "desk-narrow.png")
    narrow_page.goto(f"{address}/desk/cases/{decided.id}?lang=en")
    assert "withdrawn" in narrow_page.inner_text("main")
    pictures.take(narrow_page, "desk-withdrawn.png")


def test_the_desk_works_without_script(
    page_without_script: Page, desk: TestDesk, people: dict[str, User], address: str
) -> None:
    page = page_without_script
    sign_in(page, address, people["ana"].email)
    page.goto(f"{address}/desk/take-in")
    page.select_option("#offer", "weld101")
    page.fill("#text", badge(40).decode())
    page.click("main button.primary")
    assert "/apply/follow/" in page.inner_text("code.link")
