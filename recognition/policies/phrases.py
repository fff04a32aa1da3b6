"""Sentences that are said in several languages: a text with gaps, and what goes into them.

Texts are English and stand in the catalogues of this package (`recognition/policies/catalogues`);
whoever says a sentence brings the language along.  Nothing here knows a web page.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Protocol, TypeAlias

from frameworks.amounts import canonical


def N_(text: str) -> str:  # noqa: N802 - the name is gettext's own
    """Mark a text for the catalogues."""
    return text


def NN_(one: str, many: str) -> tuple[str, str]:  # noqa: N802 - like the one above
    """Mark a text that depends on a number, for the catalogues."""
    return one, many


@dataclass(frozen=True, slots=True)
class Phrase:
    """A text whose %(name)s are filled by values; one that depends on a number has two forms.

    The number is the value "num".
    """

    text: str | tuple[str, str]
    values: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Listed:
    """Several values, said one after the other."""

    values: tuple[Value, ...]


Value: TypeAlias = "str | int | date | Fraction | Phrase | Listed"
"""What goes into a gap; a `str` is a name or a code, and the same in every language."""


def phrase(text: str | tuple[str, str], /, **values: Value) -> Phrase:
    """Make a phrase."""
    return Phrase(text, values)


class Voice(Protocol):
    """A language: texts, days and exact amounts in it."""

    def say(self, text: str) -> str:
        """Say a text of the catalogues."""

    def say_number(self, one: str, many: str, number: int) -> str:
        """Say a text that depends on a number."""

    def day(self, value: date) -> str:
        """Write a day."""

    def amount(self, value: Fraction) -> str:
        """Write an exact amount."""


class PlainEnglish:
    """The language of the code; days as in ISO 8601."""

    def say(self, text: str) -> str:
        """Say a text as it is."""
        return text

    def say_number(self, one: str, many: str, number: int) -> str:
        """Choose between one and many."""
        return one if number == 1 else many

    def day(self, value: date) -> str:
        """Write year, month and day."""
        return value.isoformat()

    def amount(self, value: Fraction) -> str:
        """Write an integer, or a fraction in lowest terms."""
        return canonical(value)


ENGLISH = PlainEnglish()


def spoken(value: Value, voice: Voice = ENGLISH) -> str:
    """Say a value in a language."""
    match value:
        case Phrase():
            return _filled(value, voice)
        case Listed(values):
            return ", ".join(spoken(one, voice) for one in values)
        case date():
            return voice.day(value)
        case Fraction():
            return voice.amount(value)
        case _:
            return str(value)


def _filled(one: Phrase, voice: Voice) -> str:
    if isinstance(one.text, str):
        text = voice.say(one.text)
    else:
        number = one.values["num"]
        text = voice.say_number(*one.text, number if isinstance(number, int) else 0)
    return text % {name: spoken(value, voice) for name, value in one.values.items()}
