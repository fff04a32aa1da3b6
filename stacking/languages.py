"""Plans in other languages than English: the same texts, said by whoever knows the language."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import TypeVar

from stacking.texts import ENGLISH, Reason, Texts

Key = TypeVar("Key")
Say = Callable[[str], str]
"""Says an English text in another language."""

SINGULAR_BELOW = {"fr-CA": Fraction(2)}
"""Languages in which everything below a number takes the singular; elsewhere it is 1 alone."""


def texts_in(language: str, say: Say, decimal_mark: str) -> Texts:
    """Give everything that is said about a plan in a language, by its tag."""
    if language == ENGLISH.language:
        return ENGLISH
    below = SINGULAR_BELOW.get(language)
    return Texts(
        language=language,
        decimal_mark=decimal_mark,
        is_one=lambda amount: amount == 1 if below is None else amount < below,
        headlines=_said(ENGLISH.headlines, say),
        summaries=_said(ENGLISH.summaries, say),
        decisions=_said(ENGLISH.decisions, say),
        sources=_said(ENGLISH.sources, say),
        nouns={name: (say(one), say(many)) for name, (one, many) in ENGLISH.nouns.items()},
        phrases=_said(ENGLISH.phrases, say),
        reasons={code: _reason(one, say) for code, one in ENGLISH.reasons.items()},
        unverified=_reason(ENGLISH.unverified, say),
    )


def _said(texts: Mapping[Key, str], say: Say) -> dict[Key, str]:
    return {key: say(text) for key, text in texts.items()}


def _reason(reason: Reason, say: Say) -> Reason:
    return Reason(say(reason.why), say(reason.advice))
