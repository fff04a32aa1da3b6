"""Sentences of the core, found again by their words and told in another language."""

from __future__ import annotations

import ast
import json
import re
from typing import Any

import pytest

from service.pages.languages import LANGUAGES, read_catalogue
from service.pages.sentences import PACKAGE, phrase_book
from service.sentences.phrase_book import CHARACTERS, LOOKED_UP, PLACE, Form, Part, PhraseBook
from tests.project import ROOT, skip_away_from_sources
from tests.verifier.pages.test_reasons import remarks

BOOK = PhraseBook(
    {
        "The badge expired on {1}.": "Le badge a expiré le {1}.",
        "The list could not be verified.{1}": "La liste n’a pas pu être vérifiée.{1}",
        "Of the list itself: {1} [{2}]": "De la liste elle-même : {1} [{2}]",
        "There is no proof.": "Il n’y a pas de preuve.",
        "{1} ({2}). [{3}]": "{1} ({2}). [{3}]",
        "The token cannot be read: {1}.": "Le jeton est illisible : {1}.",
        "it is cut off": "il est coupé",
        "The {1} of {2} is wrong.": "Pour {2}, {1} est faux.",
        "The hash of {1} is wrong.": "L’empreinte de {1} est fausse.",
    }
)


def told(text: str) -> str:
    parts = BOOK.parts(text)
    assert not any(one.is_english for one in parts), parts
    return " ".join(one.text for one in parts)


def test_a_sentence_keeps_its_values() -> None:
    assert told("The badge expired on 2026-01-01.") == "Le badge a expiré le 2026-01-01."
    assert told("There is no proof.") == "Il n’y a pas de preuve."


def test_a_sentence_in_a_sentence_is_told_as_well() -> None:
    assert (
        told("The token cannot be read: it is cut off.") == "Le jeton est illisible : il est coupé."
    )
    assert told("The token cannot be read: it is cut off; it is cut off.") == (
        "Le jeton est illisible : il est coupé; il est coupé."
    )
    assert told("The token cannot be read: it is cut off; 7.") == (
        "Le jeton est illisible : it is cut off; 7."
    )
    quoted = "The list could not be verified. Of the list itself: There is no proof. [NO_PROOF]"
    assert told(quoted) == (
        "La liste n’a pas pu être vérifiée. "
        "De la liste elle-même : Il n’y a pas de preuve. [NO_PROOF]"
    )
    assert told("There is no proof (Register). [NO]") == "Il n’y a pas de preuve (Register). [NO]"


def test_a_form_may_have_ten_places_and_more() -> None:
    english = "Of " + ", ".join(f"{{{place}}}" for place in range(1, 13)) + " none is known."
    french = "Aucun n’est connu : " + ", ".join(f"{{{place}}}" for place in range(12, 0, -1))
    (part,) = PhraseBook({english: french}).parts(
        "Of a, b, c, d, e, f, g, h, i, j, k, l none is known."
    )
    assert part == Part("Aucun n’est connu : l, k, j, i, h, g, f, e, d, c, b, a")


def test_of_two_forms_the_one_with_more_words_of_its_own_is_meant() -> None:
    assert told("The hash of x is wrong.") == "L’empreinte de x est fausse."
    assert told("The name of x is wrong.") == "Pour x, name est faux."


def test_sentences_in_a_row_are_told_one_by_one_and_the_unknown_is_marked() -> None:
    assert BOOK.parts("There is no proof. Somebody spoke. The badge expired on Monday.") == (
        Part("Il n’y a pas de preuve."),
        Part("Somebody spoke.", is_english=True),
        Part("Le badge a expiré le Monday."),
    )


def test_no_place_takes_in_a_sentence_that_would_stay_english_unseen() -> None:
    parts = BOOK.parts("The badge expired on Monday. The hash of x is wrong. And more.")
    assert parts == (
        Part("Le badge a expiré le Monday."),
        Part("L’empreinte de x est fausse."),
        Part("And more.", is_english=True),
    )
    assert told("The hash of “Dr. No. 7” is wrong.") == "L’empreinte de “Dr. No. 7” est fausse."


@pytest.mark.parametrize("text", ["", "Anything (at all). [CODE]", "There is no proof.\n" * 500])
def test_what_is_of_no_form_stays_as_it_is(text: str) -> None:
    assert BOOK.parts(text) == (Part(text, is_english=True),)


@pytest.fixture
def held_against(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was held against a form, each time."""
    held: list[str] = []
    values_in = Form.values_in

    def recorded(form: Form, text: str) -> dict[str, str] | None:
        held.append(text)
        return values_in(form, text)

    monkeypatch.setattr(Form, "values_in", recorded)
    return held


def test_no_text_of_others_makes_it_slow(held_against: list[str]) -> None:
    hostile = "The badge expired on of is wrong. Of the list itself: [" * 200
    for language in LANGUAGES[1:]:
        for text in (hostile[:CHARACTERS], hostile[:CHARACTERS] + ".", "The list. " * 11):
            assert phrase_book(language).parts(text) == (Part(text, is_english=True),)
            # Eleven sentences have 66 runs, each held against the forms that begin as it does.
            assert len(held_against) <= 66 * 500
            held_against.clear()


def test_a_text_that_is_of_many_forms_in_each_other_is_left_in_english(
    held_against: list[str],
) -> None:
    # Each sign parts the text, and each part is parted again: millions of ways in all.
    signs = "+-*/=<>|~^&%"
    book = PhraseBook({f"{{1}}{sign}{{2}}": f"{{2}}{sign}{{1}}" for sign in signs})
    hostile = f"x{signs}" * 40
    assert book.parts(hostile) == (Part(hostile, is_english=True),)
    assert len(held_against) <= LOOKED_UP * len(signs)


@pytest.mark.parametrize("language", LANGUAGES[1:], ids=lambda one: one.tag)
def test_every_form_is_found_again_by_its_own_words_and_keeps_its_places(language: Any) -> None:
    book = phrase_book(language)
    for message in read_catalogue(PACKAGE, language):
        if message.id:
            assert set(PLACE.findall(message.id)) == set(PLACE.findall(message.string)), message.id
        if re.search("[a-z]", PLACE.sub("", message.id)):
            text = PLACE.sub(lambda place: f"⟨{place[1]}⟩", message.id)
            meant = PLACE.sub(lambda place: f"⟨{place[1]}⟩", message.string)
            assert book.parts(text) == (Part(meant),), message.id


@pytest.mark.parametrize("language", LANGUAGES[1:], ids=lambda one: one.tag)
def test_every_detail_that_was_ever_recorded_is_told(language: Any) -> None:
    recorded = json.loads((ROOT / "tests/recorded_reports.json").read_text(encoding="utf-8"))
    details = {detail for outcome, detail in remarks(recorded, "detail") if outcome != "skipped"}
    book = phrase_book(language)
    assert len(details) > 150
    assert {one for one in details if any(part.is_english for part in book.parts(one))} == set()


def test_a_sentence_may_end_in_its_tenth_place() -> None:
    skip_away_from_sources()
    from tools.sentences import sentences_in

    code = 'f"The parts are ' + " ".join("{part}" for _place in range(10)) + '"'
    form = "The parts are " + " ".join(f"{{{place}}}" for place in range(1, 11))
    assert list(sentences_in(ast.parse(f"said = {code}"))) == [form]


def test_the_sentences_of_the_core_are_read_from_its_code() -> None:
    skip_away_from_sources()
    from tools.sentences import sentences

    found = sentences(ROOT)
    assert "verifier/checks/validity.py" in found["The credential expired on {1}."]
    assert len(found) > 700
