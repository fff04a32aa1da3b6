"""Amounts and foreign names as people read them, wherever they end: a terminal, a page, XML."""

from __future__ import annotations

import unicodedata
from fractions import Fraction

from frameworks.amounts import Interval
from stacking.texts import Texts

LONGEST_NAME = 120
"""Most characters of a foreign name, code or id that are shown; an ellipsis marks the cut."""

MOST_MARKS = 2
"""Most combining marks on one character: more of them would be drawn over other lines."""

MOST_DECIMALS = 6
"""Most digits after the decimal mark; an amount that needs more is written with a fraction."""

LARGEST_NUMBER = 10**12
"""From here on a number is told by a bound of it: nobody could read it, or its line would burst."""

CUT = "\u2026"
REPLACEMENT = "\ufffd"
JOINERS = "\u200c\u200d"
"""Invisible, and needed to spell Persian, the languages of India and others."""

DIRECTIONS = frozenset({"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"})
DIRECTION_MARKS = "\u200e\u200f\u061c"
"""Characters that change the direction of writing (Unicode Standard Annex 9, section 2)."""


def plain(text: str, most: int = LONGEST_NAME) -> str:
    """Make a foreign text harmless and short; "" if nothing of it can be shown.

    Line ends become spaces; what is invisible is left out; what turns the direction of writing, or
    is no character of XML 1.0 (section 2.2), becomes U+FFFD.
    """
    # A long text is cut before the work, and again after it: characters can become several.
    start = unicodedata.normalize("NFC", text[: 4 * most])
    shown = " ".join(_without_heaps("".join(map(_harmless, start))).split())
    is_cut = len(shown) > most or len(text) > 4 * most
    return shown[: most - 1].rstrip() + CUT if is_cut else shown


def _harmless(character: str) -> str:
    if character.isprintable() or character in JOINERS:
        return character
    if character.isspace():
        return " "
    is_format = unicodedata.category(character) in ("Cc", "Cf")
    return "" if is_format and not _turns_direction(character) else REPLACEMENT


def _turns_direction(character: str) -> bool:
    return unicodedata.bidirectional(character) in DIRECTIONS or character in DIRECTION_MARKS


def _without_heaps(text: str) -> str:
    kept: list[str] = []
    marks = 0
    for character in text:
        marks = marks + 1 if unicodedata.category(character) in ("Mn", "Me") else 0
        if marks <= MOST_MARKS:
            kept.append(character)
    return "".join(kept)


def amount_text(amount: Fraction, texts: Texts) -> str:
    """Write an amount: "7.5" if its decimals end, else "13 1/3"; never rounded.

    What is too long to be read is told by its bounds: "between 13 and 14", "more than …".
    """
    whole, numerator = divmod(amount.numerator, amount.denominator)
    if whole >= LARGEST_NUMBER:
        return texts.phrases["more_than"].format(low=LARGEST_NUMBER - 1)
    if numerator == 0:
        return str(whole)
    if 10**MOST_DECIMALS % amount.denominator == 0:
        digits = numerator * 10**MOST_DECIMALS // amount.denominator
        return f"{whole}{texts.decimal_mark}{digits:0{MOST_DECIMALS}}".rstrip("0")
    if amount.denominator >= LARGEST_NUMBER:
        return texts.phrases["between"].format(low=whole, high=whole + 1)
    return f"{whole} {numerator}/{amount.denominator}" if whole else str(amount)


def interval_text(interval: Interval, texts: Texts) -> str:
    """Write an interval as one amount, or as from and to."""
    low = amount_text(interval.low, texts)
    if interval.number is not None:
        return low
    return texts.phrases["range"].format(low=low, high=amount_text(interval.high, texts))


def counted_text(interval: Interval, noun: str, texts: Texts) -> str:
    """Write an interval of things with the noun for one or for many."""
    return f"{interval_text(interval, texts)} {noun_for(interval.high, noun, texts)}"


def noun_for(amount: Fraction, noun: str, texts: Texts) -> str:
    """Choose the noun for one or for many."""
    one, many = texts.nouns[noun]
    return one if texts.is_one(amount) else many
