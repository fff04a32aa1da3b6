"""Outcomes in free text, as credentials and courses state them, and the words that are compared."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice

from credentials.json_types import JsonObject, member, only_object, pointed
from credentials.level_credit.levels import achievement_levels
from credentials.verified import VerifiedCredential
from frameworks.languages import is_same_language
from frameworks.rating import Course
from recognition.deciding.credential_facts import alignments_of

OUTCOMES_READ = 200
"""Most outcomes of one credential or course that are compared; the others are counted."""

CHARACTERS_READ = 500
"""How much of one text is read and compared."""

NARRATIVE_READ = 50_000
"""How much of the criteria of an achievement is searched for lists."""

_LIST_ITEM = re.compile(r"[ \t]{0,8}(?:[-*+•]|[0-9]{1,3}[.)])[ \t]{1,8}(\S.*)")
"""An item of a list in Markdown, the format of narratives (Open Badges 3.0 section B.1.4)."""


@dataclass(frozen=True, slots=True)
class StatedOutcome:
    """An outcome as a credential or a course states it: text, place, and a URI if it has one."""

    text: str
    place: str
    uri: str | None = None


@dataclass(frozen=True, slots=True)
class OutcomeSource:
    """Whose outcomes are compared, with the language of the texts if it is stated.

    `aligned` are the URIs with which it is aligned; `left_out` further outcomes are not compared.
    """

    name: str
    outcomes: tuple[StatedOutcome, ...]
    language: str | None = None
    aligned: frozenset[str] = field(default_factory=frozenset)
    left_out: int = 0


def outcomes_of_credential(name: str, credential: VerifiedCredential) -> OutcomeSource:
    """Read what a verified credential says was learned.

    Those are its alignments that are no levels, by name and description, and the items of lists in
    its criteria.  Raises `TypeError` for anything but a verified credential.
    """
    if not isinstance(credential, VerifiedCredential):
        raise TypeError("Only a verified credential is compared.")
    pointer, subject = only_object(
        credential.document.get("credentialSubject"), "/credentialSubject"
    )
    place, achievement = only_object(subject.get("achievement"), f"{pointer}/achievement")
    stated = (*_alignments(achievement, place), *_criteria(achievement, place))
    language = member(achievement, "inLanguage")
    return _source(
        name,
        stated,
        language if isinstance(language, str) else None,
        frozenset(alignments_of(achievement)),
    )


def outcomes_of_course(name: str, course: Course) -> OutcomeSource:
    """Read the outcomes that the description of a course states."""
    stated = (
        StatedOutcome(one.text, f"/outcomes/{position}")
        for position, one in enumerate(course.outcomes)
    )
    return _source(name, stated, course.language, frozenset())


def _source(
    name: str, stated: Iterable[StatedOutcome], language: str | None, aligned: frozenset[str]
) -> OutcomeSource:
    """Keep as many outcomes as are compared; of more, those that come first by what they say."""
    found = sorted(
        {_cut(one) for one in stated}, key=lambda one: (one.text, one.uri or "", one.place)
    )
    kept = tuple(found[:OUTCOMES_READ])
    return OutcomeSource(name, kept, language, aligned, len(found) - len(kept))


def _cut(one: StatedOutcome) -> StatedOutcome:
    if len(one.text) <= CHARACTERS_READ:
        return one
    return StatedOutcome(f"{one.text[:CHARACTERS_READ]}…", one.place, one.uri)


def _alignments(achievement: JsonObject, place: str) -> Iterator[StatedOutcome]:
    levels = {one.pointer for one in achievement_levels(achievement, place)}
    for at, item in pointed(achievement.get("alignment"), f"{place}/alignment"):
        texts = (member(item, name) for name in ("targetName", "targetDescription"))
        text = ". ".join(
            one.strip(" .") for one in texts if isinstance(one, str) and one.strip(" .")
        )
        uri = member(item, "targetUrl")
        if text and at not in levels:
            yield StatedOutcome(text, at, uri if isinstance(uri, str) else None)


def _criteria(achievement: JsonObject, place: str) -> Iterator[StatedOutcome]:
    narrative = member(achievement, "criteria", "narrative")
    if not isinstance(narrative, str):
        return
    for line in narrative[:NARRATIVE_READ].splitlines():
        item = _LIST_ITEM.fullmatch(line.rstrip())
        if item is not None:
            yield StatedOutcome(item[1], f"{place}/criteria/narrative")


def compared_words(text: str) -> str:
    """Reduce a text to its words in the order of the alphabet, as they are compared.

    Case, punctuation and invisible characters do not count; nor do accents and macrons on Latin
    letters, since many people cannot type them.  Marks of other scripts are letters of a word.
    """
    decomposed = unicodedata.normalize("NFKD", text[:CHARACTERS_READ])
    letters = "".join(islice(_letters(decomposed), 2 * CHARACTERS_READ))
    return " ".join(sorted(unicodedata.normalize("NFC", letters).casefold().split()))


def _letters(decomposed: str) -> Iterator[str]:
    is_latin = False
    for one in decomposed:
        category = unicodedata.category(one)
        if category.startswith("M"):
            if not is_latin:
                yield one
        elif category.startswith(("L", "N")):
            is_latin = one.isascii()
            yield one
        elif category != "Cf":
            is_latin = False
            yield " "


def same_language(one: str | None, other: str | None) -> bool | None:
    """Tell whether two texts are in one language; None if that of one is not known."""
    if not one or not other:
        return None
    return is_same_language(one, other)
