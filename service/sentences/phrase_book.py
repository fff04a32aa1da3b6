"""Sentences by their forms: which one a text is of, and the same in another language.

A form is an English sentence with numbered places: "The credential expired on {1}."  A text is of
it if the words between the places stand in the text one after the other; what stands between them
fills the places, as early as they can end.  That takes one pass over the text for each form, and is
done a bounded number of times for one text, so no text of others makes it slow.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

PLACE = re.compile(r"\{(\d+)\}")
"""A place for a value in a form, by its number."""

END_OF_SENTENCE = re.compile(r"(?<=[.!?…])\s+")
LIST_MARKS = ("; ", ", ")
"""What stands between phrases that are told one after the other."""

BEGINNING = 4
"""How many of its first characters choose the forms that a text is held against."""

CHARACTERS = 8_000
"""Longest text that is looked up; a longer one stays in English."""

SENTENCES = 12
"""Most sentences of one text that are looked up one by one."""

DEPTH = 4
"""How deep sentences that quote each other are told in another language."""

LOOKED_UP = 300
"""How often forms are looked for in one text and in what fills its places; sentences of the core
take a few dozen, and what others write could ask for it again and again."""


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a text: in the language that was asked for, or still in English."""

    text: str
    is_english: bool = False


@dataclass(frozen=True, slots=True)
class Form:
    """The form of a sentence: the words around its places, the places, and its translation."""

    words: tuple[str, ...]
    places: tuple[str, ...]
    translation: str

    @property
    def has_letters(self) -> bool:
        """Whether it says something itself, and is not only signs around its places."""
        return any(sign.isalpha() for words in self.words for sign in words)

    @property
    def weight(self) -> int:
        """How much of a text it explains; of two forms that fit, the heavier one is meant."""
        return sum(map(len, self.words))

    def values_in(self, text: str) -> dict[str, str] | None:
        """Find what fills the places in a text; None if the text is not of this form."""
        first, *middle, last = self.words
        end = len(text) - len(last)
        if len(first) > end or not (text.startswith(first) and text.endswith(last)):
            return None
        values, begin = [], len(first)
        for words in middle:
            found = text.find(words, begin, end)
            if found < 0:
                return None
            values.append(text[begin:found])
            begin = found + len(words)
        return dict(zip(self.places, [*values, text[begin:end]], strict=True))


def form_of(sentence: str, translation: str) -> Form:
    """Read the form of a sentence that has places."""
    pieces = PLACE.split(sentence)
    return Form(tuple(pieces[::2]), tuple(pieces[1::2]), translation)


class PhraseBook:
    """What the sentences of the core are in one language."""

    def __init__(self, translations: Mapping[str, str]) -> None:
        """Take the translation of each form; those without places are told as they are."""
        self._texts = {one: text for one, text in translations.items() if not PLACE.search(one)}
        self._forms: dict[str, list[Form]] = {}
        forms = [form_of(*item) for item in translations.items() if item[0] not in self._texts]
        for form in sorted(forms, key=lambda one: -one.weight):
            self._forms.setdefault(_beginning(form.words[0]), []).append(form)

    def parts(self, text: str) -> tuple[Part, ...]:
        """Tell a text, sentence by sentence where it is of no form as a whole."""
        if len(text) > CHARACTERS:
            return (Part(text, is_english=True),)
        try:
            return _Telling(self._texts, self._forms).parts(text)
        except _TooMuchWorkError:
            return (Part(text, is_english=True),)


class _TooMuchWorkError(Exception):
    """A text is of too many forms to be told."""


class _Telling:
    """The telling of one text, with what is left of the work that it may take."""

    def __init__(self, texts: Mapping[str, str], forms: Mapping[str, Sequence[Form]]) -> None:
        """Take the sentences without places, and the forms by how they begin."""
        self._texts, self._forms = texts, forms
        self._left = LOOKED_UP

    def parts(self, text: str) -> tuple[Part, ...]:
        """Tell a text, sentence by sentence where it is of no form as a whole."""
        whole = self._whole(text, 0)
        if whole is not None:
            return (Part(whole),)
        parts = tuple(self._one_by_one(text))
        if all(one.is_english for one in parts):
            # A value of others may hold an end of a sentence itself.
            whole = self._whole(text, 0, takes_sentences=True)
        return parts if whole is None else (Part(whole),)

    def _one_by_one(self, text: str) -> Iterator[Part]:
        """Tell the longest runs of sentences that are of a form; the others stay in English."""
        sentences = END_OF_SENTENCE.split(text)
        if len(sentences) > SENTENCES:
            yield Part(text, is_english=True)
            return
        english: list[str] = []
        while sentences:
            count, told = self._longest_run(sentences)
            if told is None:
                english.append(sentences.pop(0))
                continue
            if english:
                yield Part(" ".join(english), is_english=True)
                english = []
            yield Part(told)
            del sentences[:count]
        if english:
            yield Part(" ".join(english), is_english=True)

    def _longest_run(self, sentences: Sequence[str]) -> tuple[int, str | None]:
        for count in range(len(sentences), 0, -1):
            told = self._whole(" ".join(sentences[:count]), 0)
            if told is not None:
                return count, told
        return 1, None

    def _whole(self, text: str, depth: int, *, takes_sentences: bool = False) -> str | None:
        """Tell a text that is of one form; None if it is of none.

        A place takes no further sentences unless they are known: they would stay English unseen.
        """
        self._left -= 1
        if self._left < 0:
            raise _TooMuchWorkError
        if text in self._texts:
            return self._texts[text]
        for beginning in dict.fromkeys((_beginning(text), "")):
            for form in self._forms.get(beginning, ()):
                values = form.values_in(text)
                told = {} if values is None else self._told(values, depth)
                if values is None or not (form.has_letters or told != values):
                    continue
                if takes_sentences or not _has_unknown_sentences(values, told):
                    return PLACE.sub(partial(_value_at, told), form.translation)
        return None

    def _told(self, values: Mapping[str, str], depth: int) -> dict[str, str]:
        return {place: self._value(value, depth + 1) for place, value in values.items()}

    def _value(self, value: str, depth: int) -> str:
        """Tell a value that is a sentence or a phrase itself; anything else stays as it is."""
        core = value.strip()
        if not core or depth > DEPTH:
            return value
        told = self._phrase(core, depth)
        for mark in LIST_MARKS:
            told = self._listed(core, mark, depth) if told is None else told
        return value if told is None else value.replace(core, told, 1)

    def _listed(self, text: str, mark: str, depth: int) -> str | None:
        """Tell phrases that stand one after the other, if each of them is known."""
        each = text.split(mark)
        if not 1 < len(each) <= SENTENCES:
            return None
        told = [self._phrase(one, depth) for one in each]
        return None if None in told else mark.join(one for one in told if one is not None)

    def _phrase(self, text: str, depth: int) -> str | None:
        """Tell a phrase, or a sentence that lost its full stop when it was quoted."""
        told = self._whole(text, depth)
        if told is None and f"{text}." in self._texts:
            return self._texts[f"{text}."].removesuffix(".")
        return told


def _beginning(text: str) -> str:
    return text[:BEGINNING] if len(text) >= BEGINNING else ""


def _has_unknown_sentences(values: Mapping[str, str], told: Mapping[str, str]) -> bool:
    unknown = (value for place, value in values.items() if told[place] == value)
    return any(END_OF_SENTENCE.search(value.strip()) for value in unknown)


def _value_at(told: Mapping[str, str], place: re.Match[str]) -> str:
    return told[place[1]]
