"""Samples: drawn from a seed, marked blindly, then shown with what was decided."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from io import StringIO
from pathlib import Path

import pytest

from credentials.jcs import canonicalize
from credentials.strict_json import parse_json
from recognition.deciding.decide import decide
from recognition.desk import DeskStore
from recognition.oversight.draws import numbered_draws
from recognition.register_of_decisions import ActKind, Decision, EntryKind
from service import open_database
from tests.databases import sqlite_copy
from tests.recognition.desk.desks import Browser
from tests.recognition.factories import TARGET, inputs
from tests.recognition.senate.senates import SenateDesk, digest_of, hand_in, signed, text_of

ADDRESS = "/desk/senate/review"
TEXT = text_of()
SEED = "Minutes of 3 June"
TELLING = ("GRANT", "REFUSE", "REFER", "Granted</span>", "Refused</span>", "HOURS_BELOW_MIN")
"""What would tell how a decision came out."""


def draw(senate: SenateDesk, member: Browser) -> str:
    hand_in(member, signed(TEXT))
    answer = member.post(ADDRESS, policy=digest_of(TEXT))
    assert answer.status_code == 303, answer.text
    return str(answer.location)


def test_anybody_draws_the_same_sample_from_the_seed(senate: SenateDesk) -> None:
    member = senate.member()
    page = member.get(draw(senate, member))
    assert "You still have 5 decisions to mark." in page
    assert "1/3 of 14 decisions in force" in page
    (act,) = senate.register.acts.all(ActKind.DRAW)
    assert (act.said["seed"], act.said["rate"], act.said["population"]) == (SEED, "1/3", 14)
    assert act.said["seedFrom"] == "service"
    assert member.post(ADDRESS, policy="x").status_code == 422


def test_nobody_chooses_the_seed_of_a_sample(senate: SenateDesk) -> None:
    member = senate.member()
    draw(senate, member)
    assert 'name="seed"' not in member.get(ADDRESS)
    member.post(ADDRESS, policy=digest_of(TEXT), seed="a pleasant one")
    seeds = [act.said["seed"] for act in senate.register.acts.all(ActKind.DRAW)]
    assert seeds == [SEED, "seed 0"]


def test_who_draws_again_is_seen_to_have_done_so_on_pages_and_in_exports(
    senate: SenateDesk,
) -> None:
    member = senate.member()
    draw(senate, member)
    member.post(ADDRESS, policy=digest_of(TEXT))
    first, again = (f"{ADDRESS}/{act.sequence}" for act in senate.register.acts.all(ActKind.DRAW))
    words = "draw 2: a sample had been drawn before"
    assert words not in member.get(first)
    page = member.get(again)
    assert words in page
    assert "of 14 decisions." in page
    assert member.get(ADDRESS).count(words) == 1
    told = json.loads(member.get(f"{again}.json"))["draw"]
    assert (told["number"], told["before"], told["seedFrom"]) == (2, 2, "service")
    rows = list(csv.reader(StringIO(member.get(f"{again}.csv").lstrip("\ufeff"))))
    assert {tuple(row[-2:]) for row in rows[1:]} == {("2", "service")}
    member.post("/desk/senate/figures")
    assert member.get("/desk/senate/figures").count(words) == 1
    assert "seed from service,2" in member.get("/desk/senate/figures.csv")
    draws = json.loads(member.get("/desk/senate/figures.json"))["draws"]
    assert [one["number"] for one in draws] == [1, 2]
    assert "draw 2, seed from service: seed 0" in member.get("/desk/senate/acts.csv")


def test_a_seed_that_a_person_entered_before_is_told(senate: SenateDesk) -> None:
    draw(senate, senate.member())
    (act,) = senate.register.acts.all(ActKind.DRAW)
    said = {name: value for name, value in act.said.items() if name != "seedFrom"}
    (old,) = numbered_draws([replace(act, statement=canonicalize(said))])
    assert (old.number, old.seed_from) == (1, "person")


def test_a_reviewer_marks_without_seeing_the_outcome_and_then_sees_both(
    senate: SenateDesk,
) -> None:
    member = senate.member()
    address = draw(senate, member)
    blind = member.get(f"{address}/1")
    assert "What would you have decided?" in blind
    outside = blind.partition('<form method="post">\n<fieldset')[0]
    assert [word for word in TELLING if word in outside] == []
    assert "did:example:" not in blind.replace("did:example:college", "")
    assert "Looked at the course." not in blind
    assert "shown after your mark" in member.get(address)
    answer = member.post(f"{address}/1", outcome="REFUSE", remark="Too little.")
    assert answer.status_code == 303
    shown = member.get(f"{address}/1")
    assert "What would you have decided?" not in shown
    assert "Refused" in shown
    (entry,) = (one for one in senate.register.entries() if one.kind is EntryKind.REVIEW_MARK)
    said = parse_json(entry.statement)
    assert (said["marker"], said["outcome"], said["remark"]) == (
        "Carla Cole",
        "REFUSE",
        "Too little.",
    )
    assert "You still have 4 decisions to mark." in member.get(address)


def test_a_reviewer_reads_words_and_goes_on_to_the_next_decision(senate: SenateDesk) -> None:
    member = senate.member()
    address = draw(senate, member)
    blind = member.get(f"{address}/1")
    assert "level 5 of New Zealand Qualifications and Credentials Framework" in blind
    assert "Share of the learning outcomes" in blind
    assert "identity_verified" not in blind
    assert f'href="{address}/1">Mark the next one' in member.get(address)
    for number in range(1, 6):
        member.post(f"{address}/{number}", outcome="REFER")
    pages = [member.get(f"{address}/{number}") for number in range(1, 6)]
    assert "Mark the next one" not in "".join(pages)
    assert "there were fewer hours of learning than are asked for" in "".join(pages)
    assert "BELOW_MIN" not in "".join(pages)


def test_after_a_mark_the_next_decision_is_one_step_away(senate: SenateDesk) -> None:
    member = senate.member()
    address = draw(senate, member)
    member.post(f"{address}/2", outcome="GRANT")
    assert f'href="{address}/3">Mark the next one' in member.get(f"{address}/2")


def test_a_case_whose_component_names_no_level_is_marked_too(tmp_path: Path) -> None:
    made = decide(inputs(TEXT, target=replace(TARGET, level=None)))
    senate = SenateDesk(DeskStore(open_database(sqlite_copy(tmp_path / "senate.sqlite"))))
    decision = Decision("case-0", made.payload_bytes, made.inputs_bytes)
    senate.register.record(decision, recorded_at=senate.now)
    member = senate.member()
    address = draw(senate, member)
    assert "What would you have decided?" in member.get(f"{address}/1")
    assert member.post(f"{address}/1", outcome="GRANT").status_code == 303
    assert "As it was decided" in member.get(f"{address}/1")
    senate.store.engine.dispose()


def test_a_mark_stays_and_needs_an_outcome(senate: SenateDesk) -> None:
    member = senate.member()
    address = draw(senate, member)
    answer = member.post(f"{address}/1", outcome="PERHAPS")
    assert (answer.status_code, "Choose what you would have decided." in answer.text) == (422, True)
    member.post(f"{address}/1", outcome="GRANT")
    assert member.post(f"{address}/1", outcome="REFUSE").status_code == 409


@pytest.mark.parametrize("name", ["Ana Arai", "Ana  Arai"])
def test_whoever_decided_does_not_review(senate: SenateDesk, name: str) -> None:
    member = senate.member()
    address = draw(senate, member)
    (act,) = senate.register.acts.all(ActKind.DRAW)
    cases = [row["case"] for row in act.said["decisions"]]
    while "case-13" not in cases:
        address = member.post(ADDRESS, policy=digest_of(TEXT)).location
        act = senate.register.acts.all(ActKind.DRAW)[-1]
        cases = [row["case"] for row in act.said["decisions"]]
    ana = senate.member(name=name)
    answer = ana.post(f"{address}/{cases.index('case-13') + 1}", outcome="GRANT")
    assert (answer.status_code, "somebody else has to review it" in answer.text) == (422, True)
    assert "Looked at the course." not in answer.text


def test_agreement_is_told_over_what_the_reader_has_marked(senate: SenateDesk) -> None:
    member, other = senate.member(), senate.member(name="Dora Dee")
    address = draw(senate, member)
    for number in range(1, 6):
        member.post(f"{address}/{number}", outcome="GRANT" if number > 1 else "REFUSE")
    assert "Agreement" in member.get(address)
    assert "Agreement" not in other.get(address)
    rows = list(csv.reader(StringIO(other.get(f"{address}.csv").lstrip("\ufeff"))))
    assert [row[3:6] for row in rows[1:]] == [["", "", ""]] * 5
    told = json.loads(member.get(f"{address}.json"))
    assert [row["marked"] for row in told["marks"]] == ["REFUSE", *["GRANT"] * 4]
    assert {row["decided"] for row in told["marks"]} <= {"GRANT", "REFUSE", "REFER"}


def test_what_has_to_be_marked_is_not_told_elsewhere_either(senate: SenateDesk) -> None:
    member = senate.member()
    draw(senate, member)
    drawn = {row["case"] for row in senate.register.acts.all(ActKind.DRAW)[0].said["decisions"]}
    softer = text_of(version="draft", gates=[{"id": "a", "type": "accredited", "on_fail": "refer"}])
    result = member.post("/desk/senate/what-if", text=softer).location
    told = json.loads(member.get(f"{result}.json"))["differences"]
    hidden = drawn & {f"case-{one}" for one in (3, 5, 7, 9, 11)}
    assert hidden
    assert not drawn & {row["case"] for row in told}
    assert f"{len(hidden)} decision" in member.get(result)


@pytest.mark.parametrize("path", ["x", "1", "2/1", "2/99", "2/x", "9" * 30])
def test_there_are_no_other_samples(senate: SenateDesk, path: str) -> None:
    member = senate.member()
    draw(senate, member)
    member.get(f"{ADDRESS}/{path}", 200 if path == "2/1" else 404)
