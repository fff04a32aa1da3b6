"""Forms that say field by field what they ask for, and pages that say what to do next, in words."""

from __future__ import annotations

import csv
import io
import re

import schemas
from authority.desk.course_form import FIELDS
from authority.desk.form_words import ASKED, COMPLETED_BY, PARTICIPATION
from authority.handed_in import courses_of_table
from tests.authority.desk.test_working import (
    ACCREDITED,
    PROPOSAL,
    approved,
    post,
    proposed,
    published,
    revision,
)
from tests.authority.desk.world import HTML, World

WRONG = {
    "sender": "Polytechnic",
    "title": "Bending",
    "id": "no url",
    "framework": "nz",
    "outcomes": "5 | 10 | They bend\nThey cut",
    "hours_taught": "60 h",
    "participation": "at our campus",
    "review": "next year",
    "developer_country": "NZ",
    "providers": "https://a.example | A\nThe second",
    "cost_amount": "five",
}


def error_of(page: str, field: str) -> str:
    """Read the first error that stands at a field."""
    found = re.search(rf'id="{field}-error-1">(?:<svg.*?</svg>)?([^<]*)<', page, re.DOTALL)
    return found[1].strip() if found else ""


def test_each_fault_of_a_course_stands_at_its_field_and_says_what_is_asked(
    refusing: World,
) -> None:
    page = post(refusing, "officer", "courses/new", **WRONG).text
    for field, said in {
        "id": "An address is a DID, URL or URN",
        "outcomes": "Outcomes, line 2:",
        "hours_taught": "Hours are a number",
        "participation": "Choose one of the forms",
        "review": "Enter the day as in",
        "developer_name": "Name the developer, too.",
        "cost_amount": "An amount of money is a number",
        "cost_currency": "Name the currency",
    }.items():
        assert error_of(page, field).startswith(said), field
        assert f'href="#{field}"' in page
    assert "quotation marks" not in page
    assert "this must be" not in page


def test_an_address_in_a_list_is_named_by_its_line(refusing: World) -> None:
    only = {**WRONG, "id": "urn:x:1", "outcomes": "", "hours_taught": "", "participation": ""}
    good = {**only, "review": "", "developer_country": "", "cost_amount": ""}
    page = post(refusing, "officer", "courses/new", **good).text
    assert error_of(page, "providers").startswith("Providers, line 2:")


def test_the_form_knows_the_fields_and_words_of_a_course() -> None:
    described = schemas.json_schema("course")["properties"]["participation"]
    assert list(PARTICIPATION) == described["enum"]
    assert set(ASKED) | set(COMPLETED_BY.values()) <= set(FIELDS)


def test_a_table_without_courses_is_filled_in_and_taken(refusing: World) -> None:
    given = refusing.client("officer").get("/desk/courses/table.csv").data.decode("utf-8-sig")
    (header,) = csv.reader(io.StringIO(given))
    row = {"id": "urn:x:1", "title": "Bending", "framework": "nz"}
    line = ",".join(row.get(name, "") for name in header)
    (course,) = courses_of_table(f"{','.join(header)}\n{line}\n".encode())
    assert course == row


def test_a_fault_of_an_accreditation_stands_at_its_field(refusing: World) -> None:
    for name, text in {"size_max": "lots", "from": "today"}.items():
        sent = post(refusing, "officer", "accreditations/new", **{**ACCREDITED, name: text})
        assert error_of(sent.text, name)
        assert "The column" not in sent.text
        assert not error_of(sent.text, "id")


def test_the_scope_of_an_accreditation_is_told_in_words(world: World) -> None:
    post(world, "officer", "accreditations/new", **ACCREDITED)
    page = world.client("officer").get("/desk/accreditations", headers=HTML).text
    assert "levels 4 to 5" in page
    assert "level_min" not in page
    (row,) = (
        one
        for one in world.store.next_edition.rows("accreditations")
        if one.cells["id"] == ACCREDITED["id"]
    )
    shown = world.client("officer").get(f"/desk/accreditations/{row.id}", headers=HTML).text
    assert "Lowest level" in shown


def test_an_id_that_an_address_would_write_otherwise_is_not_proposed(refusing: World) -> None:
    made = refusing.submission()
    form = {**PROPOSAL, "listing": "Pipe bending!", **revision(refusing, made)}
    sent = post(refusing, "officer", f"submissions/{made}/propose", **form)
    assert sent.status_code == 422
    assert "it stands in the address that readers cite" in error_of(sent.text, "listing")
    assert 'value="Pipe bending!"' in sent.text


def test_an_approver_sees_the_source_and_goes_on_to_the_next_edition(world: World) -> None:
    made = proposed(world)
    page = world.client("approver").get(f"/desk/submissions/{made}", headers=HTML).text
    assert "Source that it rests on" in page.partition("What is proposed")[2]
    form = revision(world, made)
    post(world, "approver", f"submissions/{made}/approve", **form)
    after = world.client("approver").get(f"/desk/submissions/{made}", headers=HTML).text
    assert 'class="button" href="/desk/editions/next"' in after


def test_a_published_listing_is_cited_with_its_address_and_editions_lead_to_it(
    world: World,
) -> None:
    approved(world)
    published(world)
    client = world.client("approver")
    assert "http://localhost/listings/bend</span>" in client.get("/listings/bend").text
    assert "The public pages" in client.get("/desk/editions", headers=HTML).text
    following = client.get("/desk/editions/next", headers=HTML).text
    assert "Nothing changed since edition 1" in following


def test_a_link_that_was_answered_says_so(world: World) -> None:
    made = world.submission()
    asked = post(world, "officer", f"submissions/{made}/questions", questions="Who?",
                 **revision(world, made))  # fmt: skip
    (link,) = re.findall(r"http://localhost(/desk/answer/[\w-]+)", asked.text)
    sender = world.application.test_client()
    sender.post(link, data={"answer": "A tutor."}, headers=HTML)
    for again in (sender.get(link, headers=HTML), sender.post(link, headers=HTML)):
        assert again.status_code == 404
        assert "There is nothing to answer here" in again.text
