"""Who may see and do what: every page and form, by every role, and by nobody."""

from __future__ import annotations

import pytest

from recognition.desk import SITE, START, Right, Role
from recognition.desk.access import RIGHTS
from service.pages import Pages, PagesSettings, add_pages
from service.people import OfficeRoom
from service.web import WebSettings, new_application
from tests.recognition.desk.desks import TestDesk

HERE = "11111-11111"
"""In place of ids in addresses."""

OPEN_TO_ALL = {"desk.start", "desk.static"}
"""Beside the pages by which people sign in, which ask by themselves."""


def test_every_page_of_the_desk_says_who_may_use_it(desk: TestDesk) -> None:
    room = desk.room()
    door = OfficeRoom(desk.store.office, room.plan, room.door.ways, room.now)
    at_door = _endpoints(door.pages)
    assert _endpoints(room.pages) - at_door - OPEN_TO_ALL == set(room.rights)


def _endpoints(pages: Pages) -> set[str]:
    application = new_application(WebSettings("Desk", "Test."))
    add_pages(application, PagesSettings(site=SITE, home=START, secret=b"s" * 32), pages)
    found = {rule.endpoint for rule in application.url_map.iter_rules()}
    return {one for one in found if one.startswith("desk.")}


def test_each_role_reaches_what_its_rights_allow_and_nothing_else(desk: TestDesk) -> None:
    room, application = desk.room(), desk.application()
    rules = [one for one in application.url_map.iter_rules() if one.endpoint in room.rights]
    assert rules
    for role in Role:
        browser = desk.browser(desk.person(role, name=f"{role.value} Person"))
        for rule in rules:
            numbers = {name: "1" if name == "number" else HERE for name in rule.arguments}
            path = rule.build(numbers)
            assert path is not None
            method = "GET" if "GET" in (rule.methods or ()) else "POST"
            headers = {"Sec-Fetch-Site": "same-origin", "Accept": "text/html"}
            answer = browser.client.open(path[1], method=method, headers=headers)
            may = room.rights[rule.endpoint] in RIGHTS[role]
            assert (answer.status_code != 403) is may, (role, rule.rule, answer.status_code)


def test_nobody_gets_past_the_page_where_one_signs_in(desk: TestDesk) -> None:
    desk.person(Role.REGISTRAR)
    browser, room = desk.browser(), desk.room()
    for rule in desk.application().url_map.iter_rules():
        if rule.endpoint in room.rights:
            built = rule.build({name: "1" if name == "number" else HERE for name in rule.arguments})
            assert built is not None
            is_page = "GET" in (rule.methods or ())
            answer = browser.client.get(built[1]) if is_page else browser.post(built[1])
            assert answer.status_code == (303 if is_page else 401), rule.rule
            if is_page:
                assert answer.location.startswith("/desk/sign-in")


def test_every_look_at_a_learner_is_written_down(desk: TestDesk) -> None:
    case, ana = desk.case(), desk.person(Role.ASSESSOR)
    browser = desk.browser(ana)
    browser.get("/desk/inbox")
    browser.get(f"/desk/cases/{case.id}")
    browser.get(f"/desk/cases/{case.id}/documents/1")
    browser.get("/desk/inbox.csv")
    auditor = desk.browser(desk.person(Role.AUDITOR, name="Cy Cole"))
    log = auditor.get("/desk/log")
    for kind in ("inbox.viewed", "case.viewed", "document.viewed", "inbox.exported"):
        assert kind in log
    assert "Mere" not in log
    assert desk.store.office.about(case.id)[-1].actor == f"user:{ana.id}"


def test_two_people_on_one_case_see_each_other(desk: TestDesk) -> None:
    case = desk.case()
    ana = desk.browser(desk.person(Role.ASSESSOR))
    ben = desk.browser(desk.person(Role.ASSESSOR, name="Ben Bird"))
    assert "is looking at this case" not in ana.get(f"/desk/cases/{case.id}")
    assert "Ana Arai is looking at this case, too" in ben.get(f"/desk/cases/{case.id}")
    assert "Ben Bird is looking at this case, too" in ana.get(f"/desk/cases/{case.id}")


def test_what_was_handed_in_is_saved_and_never_shown_by_a_browser(desk: TestDesk) -> None:
    case = desk.case()
    browser = desk.browser(desk.person(Role.ASSESSOR))
    answer = browser.client.get(f"/desk/cases/{case.id}/documents/1")
    assert answer.content_type == "application/octet-stream"
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert browser.get(f"/desk/cases/{case.id}/documents/2", 404)


def test_no_cell_of_the_table_is_a_formula(desk: TestDesk) -> None:
    desk.case(learner_name="=HYPERLINK(1)")
    table = desk.browser(desk.person(Role.ASSESSOR)).client.get("/desk/inbox.csv").text
    assert "'=HYPERLINK(1)" in table


@pytest.mark.parametrize("name", ["<script>alert(1)</script>", "a\u202eb", "x" * 5_000])
def test_what_learners_wrote_is_text_and_nothing_else(desk: TestDesk, name: str) -> None:
    case = desk.case(learner_name=name, contact=name)
    browser = desk.browser(desk.person(Role.ASSESSOR))
    for page in (browser.get("/desk/inbox"), browser.get(f"/desk/cases/{case.id}")):
        assert "<script>alert" not in page
        assert "\u202e" not in page


def test_senate_members_see_no_learners(desk: TestDesk) -> None:
    assert Right.READ not in RIGHTS[Role.SENATE_MEMBER]
    member = desk.browser(desk.person(Role.SENATE_MEMBER))
    assert "Nothing to see yet" in member.get("/desk/")
