"""The way of a course: in, questions, answer, proposal, approval, edition, published page."""

from __future__ import annotations

import io
import json
import re

import pytest
from werkzeug.test import TestResponse

from authority.drafting import LISTINGS, take_over
from authority.errors import ImportRefusedError
from authority.store import State
from frameworks.register import read_register
from tests.authority.desk.world import ACT, COURSE, HTML, World, as_json, course
from tests.frameworks.register_files import SOUND, added, edited

PROPOSAL = {"listing": "bend", "source": "law", "first": "2026-03-02"}
UNTIL = {"valid_until": "2027-03-02"}


def revision(world: World, submission: str) -> dict[str, str]:
    return {"revision": str(world.store.submissions.get(submission).revision)}


def post(world: World, role: str, address: str, **form: str) -> TestResponse:
    return world.client(role).post(f"/desk/{address}", data=form, headers=HTML)


def proposed(world: World, **changes: str) -> str:
    """Hand a course in and propose its value."""
    made = world.submission()
    form = {**PROPOSAL, **changes, **revision(world, made)}
    assert post(world, "officer", f"submissions/{made}/propose", **form).status_code == 303
    return made


def approved(world: World) -> str:
    made = proposed(world)
    form = revision(world, made)
    assert post(world, "approver", f"submissions/{made}/approve", **form).status_code == 303
    return made


def signed(world: World) -> TestResponse:
    page = world.client("approver").get("/desk/editions/next", query_string=UNTIL, headers=HTML)
    (digest,) = re.findall(r'name="digest" value="([^"]+)"', page.text)
    return post(world, "approver", "editions/sign", digest=digest, **UNTIL)


def published(world: World) -> None:
    assert signed(world).status_code == 303
    newest = world.store.editions.newest()
    assert newest is not None
    sent = post(world, "approver", f"editions/{newest.number}/publish")
    assert sent.status_code == 303


def test_a_course_goes_all_the_way_to_the_public_page(world: World) -> None:
    public = world.client()
    before = public.get("/", headers=HTML)
    assert (before.status_code, "Nothing is published yet" in before.text) == (404, True)
    assert "To the start page" not in before.text
    approved(world)
    published(world)
    assert "Pipe bending" in public.get("/", headers=HTML).text
    listed = json.loads(public.get("/listings/bend.json").data)
    assert (listed["level"], listed["credits"], listed["unit"]) == ("5", "12", "nzcr")
    edition = public.get("/edition.json")
    assert world.published == [(1, edition.data)]
    assert public.get("/edition.json", headers={"If-None-Match": edition.headers["ETag"]}
                      ).status_code == 304  # fmt: skip


def test_public_pages_serve_the_next_edition_without_a_new_start(world: World) -> None:
    published(world)
    public = world.client()
    assert "Pipe bending" not in public.get("/", headers=HTML).text
    approved(world)
    assert "Pipe bending" not in public.get("/", headers=HTML).text
    published(world)
    assert "Pipe bending" in public.get("/", headers=HTML).text
    assert json.loads(world.store.editions.data(2))["id"].endswith("#edition-2")


def test_the_page_of_a_course_says_level_credits_and_the_rule_that_decided(world: World) -> None:
    page = world.client("officer").get(f"/desk/submissions/{world.submission()}", headers=HTML).text
    assert "best-fit" in page
    assert "2 of 2 outcomes are at level 5 or above" in page
    assert "120 hours at 10 hours per credit" in page
    assert "nz-rules" in page


def test_certain_findings_stand_against_a_proposal(world: World) -> None:
    made = world.submission(course(title="Diploma of bending"))
    page = world.client("officer").get(f"/desk/submissions/{made}", headers=HTML).text
    assert "Stands against a listing" in page
    sent = post(world, "officer", f"submissions/{made}/propose", **PROPOSAL,
                **revision(world, made))  # fmt: skip
    assert sent.status_code == 422
    assert "TITLE_WORD_FORBIDDEN" in sent.text
    assert world.store.submissions.get(made).state is State.RECEIVED


@pytest.mark.parametrize(
    "changes",
    [{"source": "nothing"}, {"first": "2026-02-30"}, {"credits": "many"}, {"level": "99"},
     {"listing": "=HYPERLINK(1)"}, {"last": "2020-01-01"}],
)  # fmt: skip
def test_a_proposal_that_no_edition_could_carry_is_refused(
    refusing: World, changes: dict[str, str]
) -> None:
    made = refusing.submission()
    form = {**PROPOSAL, **changes, **revision(refusing, made)}
    assert post(refusing, "officer", f"submissions/{made}/propose", **form).status_code == 422


def test_questions_are_answered_by_a_link_that_holds_once(world: World) -> None:
    made = world.submission()
    asked = post(world, "officer", f"submissions/{made}/questions", questions="Who assesses?",
                 **revision(world, made))  # fmt: skip
    (link,) = re.findall(r"http://localhost(/desk/answer/[\w-]+)", asked.text)
    sender = world.application.test_client()
    assert "Who assesses?" in sender.get(link, headers=HTML).text
    assert sender.post(link, data={}, headers=HTML).status_code == 422
    file = (io.BytesIO(as_json(course(purpose="To bend."))), "course.json")
    sent = sender.post(link, data={"answer": "A tutor.", "file": file}, headers=HTML)
    assert sent.status_code == 200
    assert sender.get(link, headers=HTML).status_code == 404
    known = world.store.submissions.get(made)
    assert (known.state, known.members["purpose"]) == (State.ANSWERED, "To bend.")
    page = world.client("officer").get(f"/desk/submissions/{made}", headers=HTML).text
    assert "A tutor." in page


def test_an_answer_with_another_course_is_not_taken(world: World) -> None:
    made = world.submission()
    asked = post(world, "officer", f"submissions/{made}/questions", questions="Who?",
                 **revision(world, made))  # fmt: skip
    (link,) = re.findall(r"http://localhost(/desk/answer/[\w-]+)", asked.text)
    file = (io.BytesIO(as_json(course(id="urn:example:other"))), "course.json")
    sent = world.client().post(link, data={"answer": "See.", "file": file}, headers=HTML)
    assert sent.status_code == 422
    assert world.store.submissions.get(made).state is State.QUESTIONED


def test_of_two_officers_one_is_told_what_the_other_did_and_nothing_is_lost(world: World) -> None:
    made = world.submission()
    read = revision(world, made)
    first = post(world, "officer", f"submissions/{made}/questions", questions="First?", **read)
    second = post(world, "officer", f"submissions/{made}/propose", **PROPOSAL, **read)
    assert (first.status_code, second.status_code) == (200, 409)
    assert "First?" in second.text
    assert "bend" in second.text
    known = world.store.submissions.get(made)
    assert (known.state, known.value) == (State.QUESTIONED, None)
    kinds = [one.kind for one in world.store.submissions.remarks(made)]
    assert kinds == ["received", "questioned", "too-late"]
    page = world.client("officer").get(f"/desk/submissions/{made}", headers=HTML).text
    assert "Tried to change it at the same time" in page


def test_nobody_approves_what_they_proposed(world: World) -> None:
    user = world.user("officer", "approver", email="officer@nz.example")
    made = proposed(world)
    assert world.store.submissions.get(made).proposed_by == user.id
    sent = post(world, "officer", f"submissions/{made}/approve", **revision(world, made))
    assert sent.status_code == 422
    assert "Somebody else has to approve it" in sent.text


@pytest.mark.parametrize(("act", "state"), [("return", "answered"), ("refuse", "refused")])
def test_an_approver_says_why_not(world: World, act: str, state: str) -> None:
    made = proposed(world)
    address = f"submissions/{made}/{act}"
    assert post(world, "approver", address, **revision(world, made)).status_code == 422
    sent = post(world, "approver", address, reason="Too long.", **revision(world, made))
    assert sent.status_code == 303
    assert world.store.submissions.get(made).state.value == state


def test_an_id_that_is_taken_is_not_listed_again(world: World) -> None:
    made = proposed(world, listing="weld")
    sent = post(world, "approver", f"submissions/{made}/approve", **revision(world, made))
    assert sent.status_code == 422
    assert world.store.submissions.get(made).state is State.PROPOSED


def test_an_edition_that_a_listing_would_break_is_not_signed_and_the_listing_is_named(
    world: World,
) -> None:
    approved(world)
    page = world.client("approver").get("/desk/editions/next", query_string=UNTIL, headers=HTML)
    (digest,) = re.findall(r'name="digest" value="([^"]+)"', page.text)
    levels = "\n".join(
        line for line in SOUND["nz/levels.csv"].splitlines() if not line.startswith("5,")
    )
    without = {**SOUND, "nz/levels.csv": levels + "\n"}
    kept = [row for row in world.store.next_edition.rows() if row.cells["id"] == "bend"]
    for name in ("maps.toml", "map-rows.csv", "nz/listings.csv"):
        without.pop(name)
    world.store.next_edition.replace(ACT, take_over(without))
    world.store.next_edition.add(ACT, LISTINGS, kept[0].cells)
    sent = post(world, "approver", "editions/sign", digest=digest, **UNTIL)
    assert sent.status_code == 422
    assert "Pipe bending" in sent.text
    assert "UNKNOWN_REFERENCE" in sent.text
    assert world.store.editions.newest() is None


def test_what_is_signed_is_what_was_looked_at(world: World) -> None:
    page = world.client("approver").get("/desk/editions/next", query_string=UNTIL, headers=HTML)
    (digest,) = re.findall(r'name="digest" value="([^"]+)"', page.text)
    approved(world)
    assert post(world, "approver", "editions/sign", digest=digest, **UNTIL).status_code == 409
    assert world.store.editions.newest() is None


def test_the_difference_names_new_changed_and_withdrawn_rows(world: World) -> None:
    published(world)
    approved(world)
    (weld,) = [row for row in world.store.next_edition.rows(LISTINGS) if row.cells["id"] == "weld"]
    form = {"withdrawn_on": "2026-03-01", "reason": "No longer taught.", "revision": "1"}
    sent = post(world, "approver", f"listings/{weld.id}/withdraw", **form)
    assert sent.status_code == 303
    page = world.client("auditor").get("/desk/editions/next", query_string=UNTIL, headers=HTML).text
    assert "Pipe bending" in page
    assert "withdrawn_on" in page
    published(world)
    assert "Withdrawn" in world.client().get("/listings/weld", headers=HTML).text


def test_a_row_that_somebody_else_changed_is_not_withdrawn(world: World) -> None:
    (weld,) = world.store.next_edition.rows(LISTINGS)
    form = {"withdrawn_on": "2026-03-01", "reason": "Gone.", "revision": "1"}
    address = f"listings/{weld.id}/withdraw"
    assert post(world, "approver", address, **form).status_code == 303
    again = post(world, "approver", address, **form)
    assert again.status_code == 409
    assert "Somebody else was faster" in again.text


ACCREDITED = {
    "id": "b", "holder": "did:web:b.example", "name": "B", "accreditor": "did:web:nz.example",
    "right": "award", "framework": "nz", "level_min": "4", "level_max": "5", "fields": "07",
    "from": "2026-03-02", "until": "2027-03-01", "source": "law",
}  # fmt: skip


def test_who_is_accredited_stands_in_the_next_edition_with_its_scope(world: World) -> None:
    sent = post(world, "officer", "accreditations/new", **ACCREDITED)
    assert sent.status_code == 303
    published(world)
    assert "levels 4 to 5" in world.client().get("/accredited", headers=HTML).text


@pytest.mark.parametrize(
    "changes",
    [{"id": "poly"}, {"framework": ""}, {"level_min": "99"}, {"from": "2026-13-01"},
     {"until": "2020-01-01"}, {"holder": ""}, {"source": ""}, {"size_min": "x"},
     {"name": "=1+1"}],
)  # fmt: skip
def test_an_accreditation_with_a_fault_is_not_entered(
    refusing: World, changes: dict[str, str]
) -> None:
    sent = post(refusing, "officer", "accreditations/new", **{**ACCREDITED, **changes})
    assert sent.status_code in (409, 422)
    assert len(refusing.store.next_edition.rows("accreditations")) == 1


def test_tables_hold_no_formulas(world: World) -> None:
    world.submission(course(title="=cmd|' /C calc'!A0"), sender="+61 Polytechnic")
    client = world.client("auditor")
    text = client.get("/desk/submissions.csv").data.decode("utf-8-sig")
    assert "'=cmd" in text
    assert "'+61" in text
    assert "weld" in client.get("/desk/listings.csv").data.decode("utf-8-sig")


def test_the_inbox_finds_words_states_and_nothing_by_signs_of_sql(world: World) -> None:
    world.submission()
    world.submission(course(title="100 % welding", id="urn:example:w"))
    client = world.client("officer")

    def search(**asked: str) -> str:
        return client.get("/desk/", query_string=asked, headers=HTML).text

    assert "1 course" in search(words="BEND pipe")
    assert "1 course" in search(words="%")
    assert "0 courses" in search(words="_")
    assert "0 courses" in search(words="polytechnic", state="refused")
    assert "2 courses" in search(words="polytechnic", state="", first="-3")
    assert "2 courses" in search(state="none such", first="9" * 30)


def test_everything_that_is_done_stands_in_the_log(world: World) -> None:
    approved(world)
    published(world)
    log = world.client("auditor").get("/desk/log", headers=HTML).text
    for kind in ("submission.received", "submission.proposed", "submission.approved",
                 "listings.added", "edition.signed", "edition.published"):  # fmt: skip
        assert kind in log
    spanish = world.client("auditor").get("/desk/log?lang=es", headers=HTML).text
    assert "Se firmó una edición" in spanish
    assert "Sesión iniciada" in spanish


def test_a_course_is_entered_and_changed_by_form(world: World) -> None:
    form = {"sender": "Polytechnic", "title": "Bending", "id": "urn:example:b", "framework": "nz",
            "outcomes": "5 | | They bend", "hours_taught": "100"}  # fmt: skip
    client = world.client("officer")
    assert client.post("/desk/courses/new", data={**form, "id": "no url"}, headers=HTML
                       ).status_code == 422  # fmt: skip
    made = client.post("/desk/courses/new", data=form, headers=HTML)
    assert made.status_code == 303
    submission = made.headers["Location"].rpartition("/")[2]
    changes = {**form, "purpose": "To bend.", **revision(world, submission)}
    address = f"/desk/submissions/{submission}/course"
    assert client.post(address, data=changes, headers=HTML).status_code == 303
    members = world.store.submissions.get(submission).members
    assert members["outcomes"] == [{"level": "5", "text": "They bend"}]
    assert members["purpose"] == "To bend."
    assert world.store.submissions.remarks(submission)[-1].kind == "amended"


def test_a_register_is_taken_over_and_written_out_the_same(world: World) -> None:
    draft = world.services.next_draft(world.services.plan(world.services.today))
    before, after = read_register(SOUND), draft.register()
    assert before.tables.listings[0].providers == after.tables.listings[0].providers
    names = {name for name, _rows in before.tables.by_name()}
    for name in names:
        assert len(dict(before.tables.by_name())[name]) == len(dict(after.tables.by_name())[name])


def test_a_file_that_mixes_rows_with_other_tables_is_not_taken_over() -> None:
    mixed = added(
        SOUND, "framework.toml", "[[listings]]", 'id = "x"', 'achievement = "urn:x"',
        'title = "X"', 'framework = "nz"', 'level = "5"', 'unit = "nzcr"', 'credits = "5"',
        'status = "sourced"', 'source = "law"',
    )  # fmt: skip
    with pytest.raises(ImportRefusedError, match=r"framework\.toml"):
        take_over(mixed)
    taken = take_over(edited(SOUND, "units.csv", "New Zealand credit", "Credit"))
    assert [kind for kind, _cells in taken.rows] == ["accreditations", "listings"]
    assert COURSE["framework"] == taken.rows[0][1]["framework"]
