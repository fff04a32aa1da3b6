"""Suggestions on the command line: for an assessor to read, and never part of a decision."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from credentials.errors import TallystickError
from credentials.strict_json import serialize_json
from tallystick import verifying
from tests.databases import sqlite_copy
from tests.factories import NOW, sign
from tests.recognition.factories import course_of
from tests.recognition.test_preparing import COURSE
from tests.tallystick.office import OVERLAP, RULING, TARGET, Office

OUTCOMES = """outcomes = [
  { uri = "urn:x:outcome:0", text = "Weld pipes of stainless steel." },
  { uri = "urn:x:outcome:1", text = "Apply tikanga Māori at the workplace." },
  { uri = "urn:x:outcome:2" },
]
"""
CRITERIA = "- Welds stainless steel pipes\n- Apply tikanga Maori at the workplace"


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    monkeypatch.setattr(verifying, "now", lambda: NOW)
    office = Office.furnished(tmp_path, sqlite_copy(tmp_path / "decisions.sqlite"))
    office.adopt(gates=OVERLAP)
    office.write("target.toml", f'language = "en"\n{TARGET}{OUTCOMES}')
    document = course_of(criteria={"narrative": CRITERIA}, inLanguage="en-NZ")
    office.write("badge.json", serialize_json(sign(document)).decode())
    yield office
    office.close()


def suggested(office: Office, *options: object) -> list[object]:
    told = office.run("recognise", "suggest", "badge.json", "--target", "target.toml", *options)
    assert told.exit_code == 0, told.exception
    found: list[object] = json.loads(told.stdout)["outcomes"]
    return found


def test_an_assessor_is_shown_what_may_be_meant(office: Office) -> None:
    told = office.run("recognise", "suggest", "badge.json", "--target", "target.toml")
    assert told.exit_code == 0, told.exception
    lines = told.stdout.splitlines()
    assert lines[0] == "SUGGESTIONS for WELD101. Nothing is decided by them."
    assert "knows no meaning" in lines[1]
    assert "By the same URI: 0 of 3" in told.stdout
    assert "   100 Apply tikanga Maori at the workplace (badge.json)" in lines
    assert "   it has no text that could be compared" in lines


def test_a_suggestion_never_changes_the_bytes_of_a_decision(office: Office) -> None:
    """Every word is the same as asked for, and the case is referred all the same."""
    before = office.decide("--json")
    assert before.exit_code == 2
    found = json.dumps(suggested(office, "--json", "--trust", "trust.json"))
    assert '"score": 100' in found
    after = office.decide("--json", "--case", "case-1")
    assert (after.exit_code, after.stdout) == (2, before.stdout)
    [entry] = office.entries()
    suggested(office, "--json")
    assert office.decide("--json", "--case", "case-1").stdout == before.stdout
    assert office.entries() == [entry]
    assert json.loads(before.stdout)["facts"].get("overlap") is None


def test_the_language_of_a_component_changes_no_decision(office: Office) -> None:
    with_language = office.decide("--json").stdout
    office.write("target.toml", TARGET + OUTCOMES)
    assert office.decide("--json").stdout == with_language


def test_the_ruling_of_the_assessor_decides(office: Office) -> None:
    suggested(office, "--json")
    office.write("ruling.toml", RULING.format(who="ana", outcome="GRANT"))
    told = office.decide("--ruling", "ruling.toml", "--json")
    assert (told.exit_code, json.loads(told.stdout)["class"]) == (0, "assessor")


def test_languages_that_differ_are_told(office: Office) -> None:
    office.write("target.toml", f'language = "fr-CA"\n{TARGET}{OUTCOMES}')
    told = office.run("recognise", "suggest", "badge.json", "--target", "target.toml").stdout
    assert "LANGUAGES DIFFER: en-NZ, of the component: fr-CA" in told
    assert "(badge.json, other language)" in told
    office.write("target.toml", TARGET + OUTCOMES)
    told = office.run("recognise", "suggest", "badge.json", "--target", "target.toml").stdout
    assert "Languages cannot be compared: en-NZ, of the component: not stated." in told


def test_the_description_of_a_course_is_compared_without_a_credential(office: Office) -> None:
    office.write("course.toml", COURSE)
    options = ("--target", "target.toml", "--course", "course.toml", "--json")
    told = office.run("recognise", "suggest", *options)
    assert told.exit_code == 0, told.exception
    assert json.loads(told.stdout)["sources"][0]["source"] == "course.toml"
    assert office.run("recognise", "suggest", "--target", "target.toml").exit_code == 2


@pytest.mark.parametrize("text", [TARGET, f"language = 3\n{TARGET}"])
def test_a_component_that_names_no_outcomes_is_refused(office: Office, text: str) -> None:
    office.write("target.toml", text)
    told = office.run("recognise", "suggest", "badge.json", "--target", "target.toml")
    assert isinstance(told.exception, TallystickError)
    assert told.exception.code in ("NOTHING_TO_COMPARE", "CASE_MALFORMED")


def test_a_credential_that_does_not_verify_is_not_compared(office: Office) -> None:
    office.write("badge.json", json.dumps(course_of()))
    told = office.run("recognise", "suggest", "badge.json", "--target", "target.toml")
    assert told.exit_code == 1
    assert "not verified" in str(told.exception)
