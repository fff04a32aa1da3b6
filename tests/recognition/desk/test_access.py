"""Who may see and do what: every page and form, by every role, and by nobody."""

from __future__ import annotations

import pytest

from recognition.desk import Right, Role
from recognition.desk.access import rights_of
from tests.recognition.desk.desks import PASSWORD, QUICK, TestDesk

HERE = "11111-11111"
"""In place of ids in addresses."""

OPEN_TO_ALL = {
    "desk.new_password",
    "desk.sign_in",
    "desk.sign_out",
    "desk.start",
    "desk.static",
    "desk.take_password",
    "desk.take_sign_in",
}


def test_every_endpoint_says_who_may_use_it(desk: TestDesk) -> None:
    room = desk.room()
    own = {rule.endpoint for rule in desk.application().url_map.iter_rules()}
    mine = {one for one in own if one.startswith("desk.")}
    assert mine - OPEN_TO_ALL == set(room.rights)


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
            may = room.rights[rule.endpoint] in rights_of(frozenset({role}))
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


def test_a_registrar_begins_by_a_link_and_signs_in_by_password(desk: TestDesk) -> None:
    assert "Nobody can sign in yet" in desk.browser().get("/desk/sign-in")
    ana = desk.person(Role.REGISTRAR)
    link, browser = desk.store.people.make_setup_link(desk.act, ana.id), desk.browser()
    assert browser.post(f"/desk/setup/{link}", password="short").status_code == 422
    assert browser.post(f"/desk/setup/{link}", password=PASSWORD).location == "/desk/"
    assert browser.post(f"/desk/setup/{link}", password=PASSWORD).status_code == 404
    other = desk.browser()
    wrong = other.post("/desk/sign-in", email="ana@example.com", password="something else")
    assert wrong.status_code == 422
    fields = {"email": "Ana@example.com", "password": PASSWORD}
    right = other.post("/desk/sign-in", **fields, then="https://elsewhere.example/")
    assert (right.status_code, right.location) == (303, "/desk/")
    assert "Ana Arai" in other.get("/desk/inbox")
    other.post("/desk/sign-out")
    assert other.get("/desk/inbox", 303) is not None


def test_people_are_added_given_roles_and_let_in_no_more(desk: TestDesk) -> None:
    browser = desk.browser(desk.person(Role.REGISTRAR))
    fields = {"email": "ben@example.com", "name": "Ben Bird", "role-assessor": "yes"}
    assert "/desk/setup/" in browser.post("/desk/people", **fields).text
    assert browser.post("/desk/people", **fields).status_code == 422
    ben = desk.store.people.with_email("ben@example.com")
    assert ben is not None
    assert ben.roles == {Role.ASSESSOR}
    theirs = desk.browser(ben)
    assert theirs.get("/desk/inbox")
    browser.post(f"/desk/people/{ben.id}/disable")
    assert theirs.get("/desk/inbox", 303) is not None
    itself = desk.store.people.with_email("ana@example.com")
    assert itself is not None
    answer = browser.post(f"/desk/people/{itself.id}/roles", **{"role-auditor": "yes"})
    assert "Somebody has to be registrar" in answer.text


def test_every_look_at_a_learner_is_written_down(desk: TestDesk) -> None:
    case, ana = desk.case(), desk.person(Role.ASSESSOR)
    browser = desk.browser(ana)
    browser.get("/desk/inbox")
    browser.get(f"/desk/cases/{case.id}")
    browser.get(f"/desk/cases/{case.id}/documents/1")
    browser.get("/desk/inbox.csv")
    auditor = desk.browser(desk.person(Role.AUDITOR, name="Cy Cole"))
    log = auditor.get("/desk/audit")
    for kind in ("inbox.viewed", "case.viewed", "document.viewed", "inbox.exported"):
        assert kind in log
    assert "Mere" not in log
    assert desk.store.audit.about(case.id)[0].actor == f"user:{ana.id}"


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
    assert Right.READ not in rights_of(frozenset({Role.SENATE_MEMBER}))
    member = desk.browser(desk.person(Role.SENATE_MEMBER))
    assert "Nothing to see yet" in member.get("/desk/")


def test_a_password_is_taken_only_so_often(desk: TestDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("service.sign_in.trying.ACCOUNT_TRIES_FROM_ONE_ADDRESS", 2)
    ana, browser = desk.person(Role.REGISTRAR), desk.browser()
    link = desk.store.people.make_setup_link(desk.act, ana.id)
    desk.store.people.use_setup_link(link, QUICK.hash(PASSWORD), desk.now)
    for _try in range(2):
        browser.post("/desk/sign-in", email=ana.email, password="not this one")
    assert browser.post("/desk/sign-in", email=ana.email, password=PASSWORD).status_code == 422
