"""Suggestions for assessors: which outcome in free text may be which of the receiving course.

Similar words are all that is compared.  Nothing here decides, and nothing that decides reads it:
what counts is the same URI, by rule, or what an assessor states by name.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from rapidfuzz import fuzz

from credentials.json_types import JsonObject
from recognition.deciding.case import LearningOutcome
from recognition.errors import RecognitionError
from recognition.stated_outcomes import OutcomeSource, StatedOutcome, compared_words, same_language

OUTCOMES_WANTED = 200
"""Most outcomes of a receiving course; its file has no more, either."""

OUTCOMES_COMPARED = 500
"""Most outcomes of all credentials and courses together, so that it takes few seconds at most."""

SUGGESTED = 3
"""Suggestions for one outcome of the receiving course, unless more or fewer are asked for."""

LEAST_SCORE = 60
"""Below it nothing is suggested: outcomes about quite different things reach almost 60."""

SCORE = (
    "0 to 100: how alike the words of two texts are, whatever their order; 100 where all words of "
    "one stand in the other, however much more that says. It is no share of an outcome that was "
    "reached, and knows no meaning, no negation and no other language."
)
"""What a score is (`token_set_ratio` of RapidFuzz), for whoever reads it."""

NOTHING_IS_DECIDED = "nothing; the same URI counts by rule, the rest is for an assessor to state"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A stated outcome that may be the one asked for; the score is explained by `SCORE`.

    `same_language` is None where one of the two languages is not stated.
    """

    source: str
    outcome: StatedOutcome
    score: int
    same_language: bool | None

    def to_json(self) -> JsonObject:
        """Write the suggestion."""
        return {
            "source": self.source,
            "place": self.outcome.place,
            "uri": self.outcome.uri,
            "text": self.outcome.text,
            "score": self.score,
            "sameLanguage": self.same_language,
        }


@dataclass(frozen=True, slots=True)
class Suggested:
    """One outcome of the receiving course: which sources align with its URI, or what may reach it.

    `is_compared` is false for an outcome that has no words to compare.
    """

    outcome: LearningOutcome
    aligned: tuple[str, ...]
    suggestions: tuple[Suggestion, ...]
    is_compared: bool

    def to_json(self) -> JsonObject:
        """Write the outcome."""
        return {
            "uri": self.outcome.uri,
            "text": self.outcome.text,
            "alignedBySameUri": list(self.aligned),
            "compared": self.is_compared,
            "suggestions": [one.to_json() for one in self.suggestions],
        }


@dataclass(frozen=True, slots=True)
class Suggestions:
    """What an assessor is given to look at; it decides nothing."""

    outcomes: tuple[Suggested, ...]
    sources: tuple[OutcomeSource, ...]
    language: str | None
    """That of the texts of the receiving course, if it is stated."""

    @property
    def aligned(self) -> int:
        """How many outcomes are aligned with by the same URI: the least that the overlap can be."""
        return sum(1 for one in self.outcomes if one.aligned)

    def to_json(self) -> JsonObject:
        """Write everything, with what a score is."""
        return {
            "decides": NOTHING_IS_DECIDED,
            "score": SCORE,
            "alignedBySameUri": {"count": self.aligned, "of": len(self.outcomes)},
            "language": self.language,
            "sources": [_source_json(one, self.language) for one in self.sources],
            "outcomes": [one.to_json() for one in self.outcomes],
        }


def _source_json(one: OutcomeSource, language: str | None) -> JsonObject:
    return {
        "source": one.name,
        "language": one.language,
        "sameLanguage": same_language(one.language, language),
        "outcomes": len(one.outcomes),
        "leftOut": one.left_out,
    }


class _Candidate(NamedTuple):
    """A stated outcome with the words that are compared."""

    source: OutcomeSource
    outcome: StatedOutcome
    words: str


def suggest(
    wanted: Sequence[LearningOutcome],
    sources: Sequence[OutcomeSource],
    *,
    language: str | None = None,
    most: int = SUGGESTED,
) -> Suggestions:
    """Suggest which stated outcomes an assessor may compare with those of the receiving course.

    Obligations: 1. the work is bounded; 2. the same URI is told as what it is, and needs no
    suggestion; 3. the others are ranked by similar words, the order of equals by what they say,
    so that neither the order of arrays nor that of files matters; 4. whether the languages are
    the same is told beside each score.

    Raises `RecognitionError` (NOTHING_TO_COMPARE, TOO_MUCH_TO_COMPARE).
    """
    # 1.
    _require_bounded(wanted, sources)
    candidates = [
        _Candidate(one, item, words)
        for one in sources
        for item in one.outcomes
        if (words := compared_words(item.text))
    ]
    # 2. to 4.
    return Suggestions(
        outcomes=tuple(_suggested(one, sources, candidates, language, most) for one in wanted),
        sources=tuple(sources),
        language=language,
    )


def _require_bounded(wanted: Sequence[LearningOutcome], sources: Sequence[OutcomeSource]) -> None:
    if not wanted or not sources:
        what = "receiving component names no outcomes" if sources else "case names no learning"
        text = f"The {what}, so there is nothing to compare."
        raise RecognitionError(text, code="NOTHING_TO_COMPARE")
    stated = sum(len(one.outcomes) for one in sources)
    if len(wanted) > OUTCOMES_WANTED or stated > OUTCOMES_COMPARED:
        text = f"At most {OUTCOMES_WANTED} outcomes are compared with {OUTCOMES_COMPARED} of "
        text += "credentials and courses; compare fewer credentials at once."
        raise RecognitionError(text, code="TOO_MUCH_TO_COMPARE")


def _suggested(
    wanted: LearningOutcome,
    sources: Sequence[OutcomeSource],
    candidates: Sequence[_Candidate],
    language: str | None,
    most: int,
) -> Suggested:
    words = compared_words(wanted.text)
    aligned = tuple(sorted(one.name for one in sources if wanted.uri in one.aligned))
    if aligned or not words:
        return Suggested(wanted, aligned, (), is_compared=bool(words))
    ranked = sorted(_ranked(words, candidates, language), key=_best_first)
    return Suggested(wanted, (), tuple(ranked[:most]), is_compared=True)


def _ranked(
    words: str, candidates: Sequence[_Candidate], language: str | None
) -> Iterator[Suggestion]:
    for one in candidates:
        score = round(fuzz.token_set_ratio(words, one.words, score_cutoff=LEAST_SCORE))
        if score >= LEAST_SCORE:
            same = same_language(one.source.language, language)
            yield Suggestion(one.source.name, one.outcome, score, same)


def _best_first(one: Suggestion) -> tuple[int, str, str, str, str]:
    said = one.outcome
    return -one.score, said.text, said.uri or "", one.source, said.place
