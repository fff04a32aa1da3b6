"""What is said about a plan in French and Spanish: the same things, with the same gaps."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from string import Formatter

import pytest

from frameworks.amounts import Interval
from service.pages.languages import LANGUAGES
from stacking.languages import TEXTS
from stacking.plain_words import counted_text
from stacking.texts import ENGLISH, Texts

OTHERS = [one for one in TEXTS.values() if one is not ENGLISH]


def gaps(text: str) -> set[str]:
    return {name for _before, name, _form, _how in Formatter().parse(text) if name}


def said(texts: Texts) -> Iterator[tuple[str, str]]:
    yield from texts.phrases.items()
    for code, reason in texts.reasons.items():
        yield f"{code} why", reason.why
        yield f"{code} advice", reason.advice
    for table in (texts.headlines, texts.summaries, texts.decisions, texts.sources):
        yield from ((str(key), text) for key, text in table.items())
    yield from ((name, one) for name, pair in texts.nouns.items() for one in pair)


def test_plans_are_told_in_every_language_of_the_pages() -> None:
    assert set(TEXTS) == {one.tag for one in LANGUAGES}


@pytest.mark.parametrize("texts", OTHERS, ids=lambda one: one.language)
def test_a_language_says_everything_that_english_says_with_the_same_gaps(texts: Texts) -> None:
    english, other = dict(said(ENGLISH)), dict(said(texts))
    assert english.keys() == other.keys()
    assert {key for key, text in english.items() if gaps(text) != gaps(other[key])} == set()
    same = {"institution", "level_or"}
    assert not {key for key, text in english.items() if text == other[key]} - same - {"component"}


def test_french_has_one_credit_and_a_half_where_others_have_several() -> None:
    amount = Interval.of(Fraction(3, 2))
    told = [counted_text(amount, "credit", TEXTS[tag]) for tag in ("en", "fr-CA", "es")]
    assert told == ["1.5 credits", "1,5 crédit", "1,5 créditos"]


def test_french_signs_have_the_spaces_of_canada() -> None:
    for name, text in said(TEXTS["fr-CA"]):
        for sign in (":", "»"):
            assert text.count(sign) == text.count(f"\u00a0{sign}"), name
        assert text.count("«") == text.count("«\u00a0"), name
