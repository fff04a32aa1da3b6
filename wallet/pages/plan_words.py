"""The words in which a plan is told, in the language of the page: tables and picture alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from typing import TypeVar

from babel.numbers import get_decimal_symbol

from service.pages import current_language, gettext
from stacking.account import Telling
from stacking.texts import ENGLISH, Reason, Texts

Key = TypeVar("Key")

SINGULAR_BELOW = {"fr-CA": Fraction(2)}
"""Languages in which everything below a number takes the singular; elsewhere it is 1 alone."""


def in_this_language(telling: Telling) -> Telling:
    """Tell a plan in the language of the page."""
    return replace(telling, texts=_texts())


def _texts() -> Texts:
    language = current_language()
    if language.tag == ENGLISH.language:
        return ENGLISH
    below = SINGULAR_BELOW.get(language.tag)
    return Texts(
        language=language.tag,
        decimal_mark=get_decimal_symbol(language.locale),
        is_one=lambda amount: amount == 1 if below is None else amount < below,
        headlines=_said(ENGLISH.headlines),
        summaries=_said(ENGLISH.summaries),
        decisions=_said(ENGLISH.decisions),
        sources=_said(ENGLISH.sources),
        nouns={name: (gettext(one), gettext(many)) for name, (one, many) in ENGLISH.nouns.items()},
        phrases=_said(ENGLISH.phrases),
        reasons={code: _reason(one) for code, one in ENGLISH.reasons.items()},
        unverified=_reason(ENGLISH.unverified),
    )


def _said(texts: Mapping[Key, str]) -> dict[Key, str]:
    return {key: gettext(text) for key, text in texts.items()}


def _reason(reason: Reason) -> Reason:
    return Reason(gettext(reason.why), gettext(reason.advice))
