"""What a draft would have changed: over all cases, with progress, stopped, exported."""

from __future__ import annotations

import csv
import gc
import json
import threading
from io import BytesIO, StringIO
from pathlib import Path

from recognition.desk import DeskStore
from recognition.senate.jobs import JobKind
from recognition.senate.work import WhatIf
from service import open_database
from tests.databases import sqlite_copy
from tests.recognition.factories import gate
from tests.recognition.senate.senates import CASES, HOURS, SenateDesk, hand_in, signed, text_of
from tests.recognition.senate.test_jobs import until

SOFTER = text_of(version="draft", gates=[{**HOURS, "min": "30"}])
"""A draft by which nobody is refused for hours, and nobody is referred."""

ADDRESS = "/desk/senate/what-if"


def tried(senate: SenateDesk, text: str = SOFTER) -> tuple[str, str]:
    """Have a draft tried; return the address of its result, and the page."""
    member = senate.member(name=f"Member {len(senate.jobs.all(JobKind.WHAT_IF))}")
    answer = member.post(ADDRESS, text=text.replace("\n", "\r\n"))
    assert answer.status_code == 303, answer.text
    return str(answer.location), member.get(answer.location)


def test_a_draft_is_tried_on_every_decision_in_force(senate: SenateDesk) -> None:
    _address, page = tried(senate)
    assert "9 of 14 decisions in force would be the same, 5 would be others." in page
    assert "case-3" in page
    assert "the outcome, what it is granted for" in page
    assert "3 of 14" in page
    assert len(list(senate.register.entries())) == CASES


def test_the_table_shows_one_kind_of_change(senate: SenateDesk) -> None:
    address, _page = tried(senate)
    member = senate.member()
    page = member.get(f"{address}?change=REFUSE-GRANT")
    assert "case-3" in page
    assert "case-5" not in page
    assert "case-3" not in member.get(f"{address}?change=nothing&page=99999999")


def test_results_are_exported(senate: SenateDesk) -> None:
    address, _page = tried(senate)
    member = senate.member()
    rows = list(csv.reader(StringIO(member.get(f"{address}.csv").lstrip("\ufeff"))))
    assert [row[0] for row in rows[1:]] == [f"case-{one}" for one in (3, 5, 7, 9, 11)]
    told = json.loads(member.get(f"{address}.json"))
    assert (told["count"], told["same"], len(told["differences"])) == (14, 9, 5)
    assert {"from": "REFUSE", "to": "GRANT", "count": 3} in told["changes"]


def test_a_draft_may_be_a_file_or_an_adopted_version(senate: SenateDesk) -> None:
    member = senate.member()
    answer = member.post(ADDRESS, file=(BytesIO(SOFTER.encode()), "draft.toml"))
    assert answer.status_code == 303
    digest = hand_in(member, signed(text_of())).rpartition("/")[2]
    page = member.get(member.post(ADDRESS, policy=digest).location)
    assert "14 of 14 decisions in force would be the same, 0 would be others." in page


def test_what_cannot_be_tried_is_told_with_its_place(senate: SenateDesk) -> None:
    member = senate.member()
    for text, told in (
        ("", "Choose a policy, or give the text of one."),
        ("id = ", "it is not correct TOML"),
        (text_of(gates=[gate("overlap_min", min="2")]), "/gates/0/min"),
        (text_of(unit="nothing"), "no unit nothing"),
        ("\x00" * 10, "This policy cannot be tried"),
    ):
        answer = member.post(ADDRESS, text=text)
        assert answer.status_code == 422
        assert told in answer.text
    assert member.post(ADDRESS, policy="unknown").status_code == 422
    assert senate.jobs.all(JobKind.WHAT_IF) == ()


def test_why_a_draft_is_refused_stands_where_the_page_says(senate: SenateDesk) -> None:
    page = senate.member().post(ADDRESS, text="id = ").text
    field, _area, below = page.partition("</textarea>")
    assert "the sentence below the field says why" in field
    assert "it is not correct TOML" in below


def test_a_desk_that_decided_nothing_says_so_instead_of_all_0_cases(tmp_path: Path) -> None:
    senate = SenateDesk(DeskStore(open_database(sqlite_copy(tmp_path / "senate.sqlite"))))
    page = senate.member().get(ADDRESS)
    assert "Nothing has been decided at this desk yet" in page
    assert "all 0 cases" not in page
    senate.store.engine.dispose()


def test_a_draw_without_decisions_leads_back(tmp_path: Path) -> None:
    senate = SenateDesk(DeskStore(open_database(sqlite_copy(tmp_path / "senate.sqlite"))))
    member = senate.member()
    digest = hand_in(member, signed(text_of())).rpartition("/")[2]
    page = member.get(member.post("/desk/senate/review", policy=digest).location)
    assert "It ended without a result." in page
    assert 'href="/desk/senate/review">Back' in page
    senate.store.engine.dispose()


def test_an_empty_register_has_no_result(senate: SenateDesk) -> None:
    _address, page = tried(
        senate, text_of(scope={"source_classes": ["rpl"], "recognitions": ["block"]})
    )
    assert "Not to be decided by it" in page


def test_a_job_shows_its_progress_within_a_second_and_is_stopped(senate: SenateDesk) -> None:
    held = threading.Event()
    senate.start = lambda work: threading.Thread(target=work, daemon=True).start()
    senate.patience = 0
    senate.__post_init__()
    whole = senate.senate_services

    def slow_services() -> object:
        services = whole()

        def slowly(function: object, items: object) -> object:
            for item in items:  # type: ignore[attr-defined]
                yield function(item)  # type: ignore[operator]
                held.wait(10)

        return type(services)(**{**vars(services), "mapper": slowly})

    senate.senate_services = slow_services  # type: ignore[method-assign, assignment]
    member = senate.member()
    address = member.post(ADDRESS, text=SOFTER).location
    job = senate.jobs.all(JobKind.WHAT_IF)[0]
    until(lambda: job.done == 1)
    page = member.get(address)
    assert "Decisions gone through" in page
    progress = json.loads(member.get(f"{address}/progress.json"))
    assert (progress["state"], progress["done"], progress["total"]) == ("running", 1, CASES)
    threading.Timer(0.1, held.set).start()
    assert member.post(f"{address}/stop").status_code == 303
    job.ended.wait(10)
    assert "It was stopped after" in member.get(address)
    assert senate.member(name="Dora Dee").get(f"{ADDRESS}/{job.id}", 404)


def test_a_job_of_before_a_restart_is_told_to_be_gone(senate: SenateDesk) -> None:
    address, _page = tried(senate)
    job = address.rpartition("/")[2]
    restarted = SenateDesk(senate.store)
    member = restarted.member(name="Dora Dee")
    for place in (address, f"/desk/senate/jobs/{job}", f"/desk/senate/jobs/{job}/progress.json"):
        page = member.get(place, 404)
        assert "The service has started again since this one was begun" in page
        assert f'href="{ADDRESS}"' in page
    assert member.post(f"/desk/senate/jobs/{job}/stop").status_code == 404


def test_rows_of_a_result_are_not_in_memory(senate: SenateDesk) -> None:
    tried(senate)
    result = senate.jobs.all(JobKind.WHAT_IF)[0].result
    assert isinstance(result, WhatIf)
    assert result.differing == 5
    assert not any(isinstance(value, str) for value in gc.get_referents(result.rows))
