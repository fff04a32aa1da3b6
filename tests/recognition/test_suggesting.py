"""Suggestions: similar words are ranked for an assessor, and nothing is decided by them."""

from __future__ import annotations

import ast
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credentials.json_types import JsonObject
from frameworks.rating import read_course
from recognition.deciding.case import LearningOutcome
from recognition.errors import RecognitionError
from recognition.stated_outcomes import (
    CHARACTERS_READ,
    NARRATIVE_READ,
    OUTCOMES_READ,
    OutcomeSource,
    StatedOutcome,
    compared_words,
    outcomes_of_course,
    outcomes_of_credential,
    same_language,
)
from recognition.suggesting import (
    LEAST_SCORE,
    OUTCOMES_COMPARED,
    OUTCOMES_WANTED,
    SCORE,
    suggest,
)
from tests.factories import unsigned
from tests.project import ROOT, skip_away_from_sources
from tests.recognition.factories import verified
from tests.recognition.test_preparing import COURSE

PIPES = LearningOutcome("urn:x:1", "Weld stainless steel pipes to food-safety standard.")
LIFTING = LearningOutcome("urn:x:2", "Lift heavy goods safely.")


def source(*texts: str, name: str = "badge", **changes: Any) -> OutcomeSource:
    stated = tuple(StatedOutcome(text, f"/{at}") for at, text in enumerate(texts))
    return replace(OutcomeSource(name, stated), **changes)


def stating(**achievement: Any) -> JsonObject:
    document = unsigned()
    document["credentialSubject"]["achievement"].update(achievement)
    return document


def test_similar_words_are_suggested_and_different_ones_are_not() -> None:
    found = suggest((PIPES, LIFTING), (source("Welds pipes of stainless steel", "Bakes bread"),))
    pipes, lifting = found.outcomes
    [one] = pipes.suggestions
    assert (one.source, one.outcome.text) == ("badge", "Welds pipes of stainless steel")
    assert LEAST_SCORE <= one.score < 100
    assert lifting.suggestions == ()


def test_the_same_uri_is_told_as_such_and_needs_no_suggestion() -> None:
    aligned = source(PIPES.text, aligned=frozenset({PIPES.uri}))
    found = suggest((PIPES, LIFTING), (aligned, source(PIPES.text, name="other")))
    assert found.outcomes[0].aligned == ("badge",)
    assert found.outcomes[0].suggestions == ()
    assert found.aligned == 1
    assert found.to_json()["alignedBySameUri"] == {"count": 1, "of": 2}


def test_a_suggestion_says_what_its_score_is_and_that_it_decides_nothing() -> None:
    told = suggest((PIPES,), (source(PIPES.text),)).to_json()
    assert told["score"] == SCORE
    assert told["decides"].startswith("nothing")
    assert told["outcomes"][0]["suggestions"][0]["score"] == 100


def test_the_order_of_what_is_given_does_not_matter() -> None:
    texts = ("Weld steel pipes", "Weld stainless pipes", "Pipes of steel", "Steel pipes")
    one, other = source(*texts), source(*texts, name="another")
    turned = replace(one, outcomes=one.outcomes[::-1])
    first = suggest((PIPES,), (one, other), most=8).outcomes
    assert first == suggest((PIPES,), (other, turned), most=8).outcomes
    scores = [each.score for each in first[0].suggestions]
    assert scores == sorted(scores, reverse=True)
    assert len(suggest((PIPES,), (one,), most=2).outcomes[0].suggestions) == 2


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Apply tikanga Māori", "APPLY tikanga maori"),
        ("Ma\u0304ori", "Māori"),
        ("Évaluer l'équipe où ça compte", "evaluer l\u2019equipe ou ca compte"),
        ("pipes, gas; documents.", "documents gas pipes"),
        ("wel\u200bding\u202e", "welding"),
        ("straße", "STRASSE"),
    ],
)
def test_case_accents_macrons_and_invisible_characters_do_not_count(one: str, other: str) -> None:
    assert compared_words(one) == compared_words(other)


def test_marks_of_other_scripts_are_letters() -> None:
    assert compared_words("हिन्दी") == "हिन्दी"
    assert compared_words("кит") != compared_words("кот")


@settings(max_examples=40)
@given(st.text())
def test_every_text_has_words_that_stay_what_they_are(text: str) -> None:
    words = compared_words(text)
    assert len(words) <= 6 * CHARACTERS_READ
    assert words == " ".join(sorted(words.split()))
    suggest((LearningOutcome("urn:x", text),), (source(text, PIPES.text),))


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [("en", "en-NZ", True), ("FR-ca", "fr", True), ("fr", "en", False), (None, "en", None)],
)
def test_languages_are_compared_by_their_first_part(
    one: str | None, other: str | None, same: bool | None
) -> None:
    assert same_language(one, other) is same
    found = suggest((PIPES,), (source(PIPES.text, language=one),), language=other)
    assert found.outcomes[0].suggestions[0].same_language is same
    assert found.to_json()["sources"][0]["sameLanguage"] is same


def test_a_credential_states_outcomes_in_alignments_and_in_lists_of_its_criteria() -> None:
    document = stating(
        inLanguage="en-NZ",
        criteria={"narrative": "You have:\n- Welded pipes.\n2. Passed a test.\nIn two weeks."},
    )
    document["credentialSubject"]["achievement"]["alignment"].append(
        {
            "type": ["Alignment"],
            "targetName": "Food safety",
            "targetDescription": "Keeps pipes clean.",
            "targetUrl": "urn:x:safety",
        }
    )
    found = outcomes_of_credential("badge.json", verified(document))
    place = "/credentialSubject/achievement"
    assert found.outcomes == (
        StatedOutcome("Food safety. Keeps pipes clean", f"{place}/alignment/1", "urn:x:safety"),
        StatedOutcome("Passed a test.", f"{place}/criteria/narrative"),
        StatedOutcome("Welded pipes.", f"{place}/criteria/narrative"),
    )
    assert found.language == "en-NZ"
    assert "urn:x:safety" in found.aligned


@pytest.mark.parametrize("thing", [unsigned(), "text", None])
def test_only_a_verified_credential_is_compared(thing: Any) -> None:
    with pytest.raises(TypeError):
        outcomes_of_credential("x", thing)


def test_a_course_states_outcomes_too() -> None:
    found = outcomes_of_course("course.toml", read_course(COURSE))
    assert found.outcomes == (
        StatedOutcome("Lift and store heavy goods without harm.", "/outcomes/0"),
    )
    assert found.language == "en"


def test_long_texts_and_many_outcomes_are_cut_and_counted() -> None:
    items = "\n".join(f"- {n:04} {'x' * CHARACTERS_READ}" for n in range(OUTCOMES_READ))
    many = [
        {"type": ["Alignment"], "targetName": f"Name {n:04}", "targetUrl": f"urn:x:{n}"}
        for n in range(OUTCOMES_READ)
    ]
    found = outcomes_of_credential(
        "badge", verified(stating(criteria={"narrative": items}, alignment=many))
    )
    assert len(found.outcomes) == OUTCOMES_READ
    read = NARRATIVE_READ // (len("- 0000 \n") + CHARACTERS_READ) + 1
    assert found.left_out == read
    assert max(len(one.text) for one in found.outcomes) == CHARACTERS_READ + 1
    assert found.aligned >= {"urn:x:0", f"urn:x:{OUTCOMES_READ - 1}"}


@pytest.mark.parametrize(
    ("wanted", "stated", "code"),
    [
        ((), (source("a"),), "NOTHING_TO_COMPARE"),
        ((PIPES,), (), "NOTHING_TO_COMPARE"),
        ((PIPES,) * (OUTCOMES_WANTED + 1), (source("a"),), "TOO_MUCH_TO_COMPARE"),
        ((PIPES,), (source(*["a"] * (OUTCOMES_COMPARED + 1)),), "TOO_MUCH_TO_COMPARE"),
    ],
)
def test_what_is_nothing_or_too_much_is_refused(wanted: Any, stated: Any, code: str) -> None:
    with pytest.raises(RecognitionError) as caught:
        suggest(wanted, stated)
    assert caught.value.code == code


def test_an_outcome_without_words_is_told_and_not_guessed() -> None:
    found = suggest((LearningOutcome("urn:x:1", "?!"), PIPES), (source("...", PIPES.text),))
    assert [one.is_compared for one in found.outcomes] == [False, True]
    assert found.outcomes[0].suggestions == ()


def test_the_longest_texts_are_compared_in_time() -> None:
    words = " ".join(f"wörd{n}" for n in range(90))
    wanted = tuple(LearningOutcome(f"urn:x:{n}", f"{n} {words}") for n in range(20))
    begun = time.process_time()
    suggest(wanted, (source(*(f"{n} {words}" for n in range(OUTCOMES_COMPARED))),))
    assert time.process_time() - begun < 5


EXAMINING = Path("recognition/desk/examining.py")
"""Where a desk prepares what it shows of a case."""

COMMAND = Path("tallystick/suggest_command.py")


def test_nothing_that_decides_or_records_reads_suggestions() -> None:
    skip_away_from_sources()
    readers = [
        path.relative_to(ROOT)
        for room in ("recognition", "tallystick")
        for path in sorted((ROOT / room).rglob("*.py"))
        if "recognition.suggesting" in _imports(path)
    ]
    # A desk shows them beside a case, and what it puts into force is what was decided without them.
    assert readers == [EXAMINING, COMMAND]
    used = {
        path.relative_to(ROOT)
        for room in ("recognition", "tallystick")
        for path in (ROOT / room).rglob("*.py")
        if ".suggestions" in path.read_text(encoding="utf-8")
    }
    assert used == {EXAMINING, COMMAND, Path("recognition/suggesting.py")}


def _imports(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
