"""Figures for the Senate in pictures, and figures for everybody on a public page."""

from __future__ import annotations

import csv
import json
import re
from datetime import date
from io import StringIO

import pytest

from recognition.decision_payload import read_payload
from recognition.errors import RecognitionError
from recognition.oversight import RecordedDecision
from recognition.oversight.publishing import figures_document
from recognition.register_of_decisions import ActKind, FiguresPublished
from tests.factories import NOW
from tests.recognition.decision_factories import payload, source
from tests.recognition.desk.desks import Browser
from tests.recognition.senate.senates import SenateDesk

FIGURES = "/desk/senate/figures"
PAGE_BYTES = 100_000


def publish(member: Browser, first: str = "2026-01-01", last: str = "2026-06-30") -> str:
    """Publish a period; return the page before it was."""
    address = member.post(f"{FIGURES}/period", first=first, last=last).location
    preview = member.get(address)
    assert member.post(f"{address}/publish").status_code == 303
    return preview


def test_the_senate_sees_what_oversight_computes_in_pictures_and_tables(
    senate: SenateDesk,
) -> None:
    member = senate.member()
    assert "Nothing has been computed" in member.get(FIGURES)
    member.get(f"{FIGURES}.csv", 404)
    member.post(FIGURES)
    page = member.get(FIGURES)
    assert "over 14 entries" in page
    assert "2 of 14" in page
    assert page.count('<svg class="bars" role="img"') == page.count("<desc id=") == 2
    assert "Ana Arai: 0 of 1." in page
    assert "Nothing is marked yet." in page
    rows = list(csv.reader(StringIO(member.get(f"{FIGURES}.csv").lstrip("\ufeff"))))
    assert ["overridden", "Ana Arai", "0", "1"] in rows
    told = json.loads(member.get(f"{FIGURES}.json"))
    assert (told["decisions"], told["entries"]) == (14, 14)


def test_nothing_is_shown_to_everybody_before_it_is_published(senate: SenateDesk) -> None:
    nobody = senate.browser()
    assert "Nothing is published yet." in nobody.get("/transparency/")
    for path in ("/transparency/1", "/transparency/1.json", f"/transparency/{10**30}"):
        nobody.get(path, 404)


def test_figures_of_a_period_are_seen_published_and_stay(senate: SenateDesk) -> None:
    member, nobody = senate.member(), senate.browser()
    preview = publish(member)
    assert "This is what everybody would see." in preview
    page = nobody.get("/transparency/")
    for told in ("1 January 2026", "30 June 2026", "withheld", "What the figures cannot say"):
        assert told in page
    assert "level 5 of New Zealand Qualifications and Credentials Framework" in page
    assert "nz-nzqcf" not in page
    assert page.count('<table class="stacks">') == page.count("<table")
    assert 'data-label="Referred to a person"' in page
    assert len(page) < PAGE_BYTES
    (act,) = senate.register.acts.all(ActKind.PUBLICATION)
    answer = nobody.client.get("/transparency/1.json")
    assert answer.data == act.document
    figures = json.loads(answer.data)["figures"]
    assert figures["total"]["decisions"] == 14
    assert figures["total"]["outcomes"]["REFER"] is None
    rows = list(csv.reader(StringIO(nobody.get("/transparency/1.csv").lstrip("\ufeff"))))
    assert rows[0] == ["figure", "name", "outcome", "number"]
    assert ["decisions", "all", "all", "14"] in rows


def test_the_public_page_is_kept_by_anybody_and_asked_whether_it_changed(
    senate: SenateDesk,
) -> None:
    publish(senate.member())
    client = senate.browser().client
    for path in (
        "/transparency/",
        "/transparency/1",
        "/transparency/1.json",
        "/transparency/1.csv",
    ):
        answer = client.get(path)
        assert answer.headers["Cache-Control"] == "public, max-age=3600"
        assert "Set-Cookie" not in answer.headers
        assert "X-Robots-Tag" not in answer.headers
        again = client.get(path, headers={"If-None-Match": answer.headers["ETag"]})
        assert (again.status_code, again.data) == (304, b"")
    assert "no-store" in client.get("/transparency/7").headers["Cache-Control"]


def test_the_public_page_is_in_three_languages_and_needs_no_script(senate: SenateDesk) -> None:
    publish(senate.member())
    client = senate.browser().client
    titles = [
        re.findall(r"<h1>(.*)</h1>", client.get(f"/transparency/?lang={tag}").text)
        for tag in ("en", "fr-CA", "es")
    ]
    assert len({title for (title,) in titles}) == 3


def test_periods_are_over_and_do_not_overlap(senate: SenateDesk) -> None:
    member = senate.member()
    publish(member)
    for first, last in (
        ("", "2026-06-30"),
        ("2026-07-01", "2026-06-30"),
        ("2026-07-01", str(NOW.date())),
        ("1.7.2026", "2026-08-01"),
    ):
        answer = member.post(f"{FIGURES}/period", first=first, last=last)
        assert answer.status_code == 422
        assert "a period that is over" in answer.text
    address = member.post(f"{FIGURES}/period", first="2026-06-01", last="2026-06-30").location
    answer = member.post(f"{address}/publish")
    assert (answer.status_code, "are published" in answer.text) == (409, True)
    address = member.post(f"{FIGURES}/period", first="2020-01-01", last="2020-12-31").location
    assert "There are no decisions" in member.get(address)
    assert len(senate.register.acts.all()) == 1


def recorded(number: int, **changes: object) -> RecordedDecision:
    made = payload(applicant=f"did:key:z{number}", **changes)
    return RecordedDecision(f"sha256:{number}", f"case-{number}", 1, read_payload(made))


def test_a_large_institution_has_a_small_page(senate: SenateDesk) -> None:
    decisions = [
        recorded(number, sources=[source(field=f"{number % 90:04}")]) for number in range(900)
    ]
    day = date(2026, 3, 2)
    document = figures_document(decisions, first=day, last=day, today=NOW.date())
    record = FiguresPublished(day, day, "Carla", document)
    senate.register.acts.record(record, recorded_at=NOW)
    page = senate.browser().get("/transparency/")
    assert len(page.encode()) < PAGE_BYTES
    assert "30 further rows are in the downloads." in page


def test_a_period_that_is_not_over_has_no_figures() -> None:
    with pytest.raises(RecognitionError) as caught:
        figures_document([recorded(1)], first=NOW.date(), last=NOW.date(), today=NOW.date())
    assert caught.value.code == "PERIOD_NOT_OVER"
