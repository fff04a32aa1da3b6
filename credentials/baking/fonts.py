"""Which letters the fonts that come along have: Latin, Greek and Cyrillic, with all marks."""

from __future__ import annotations

import io
from collections.abc import Iterable
from functools import cache

import schemas
from credentials.errors import ImageError

MOST_SHOWN = 20
"""So many letters that are lacking are told."""


def require_letters(texts: Iterable[str]) -> None:
    """Raise `ImageError` (FONT_LACKS_LETTERS) unless every letter can be drawn.

    A box in the place of somebody's name is worse than no picture.
    """
    lacking = sorted({letter for text in texts for letter in text} - letters())
    if lacking:
        shown = "".join(lacking[:MOST_SHOWN])
        raise ImageError(
            f"The fonts that come along have no letters for {shown}. Take the badge as SVG or as "
            "JSON, which need none.",
            code="FONT_LACKS_LETTERS",
        )


def has_letters(text: str) -> bool:
    """Tell whether every letter of a text can be drawn."""
    return letters().issuperset(text)


@cache
def letters() -> frozenset[str]:
    """Tell all letters that every one of the fonts has."""
    from fontTools.ttLib import TTFont

    known = []
    for name in schemas.FONTS:
        with TTFont(io.BytesIO(schemas.font(name)), lazy=True) as font:
            known.append(frozenset(map(chr, font.getBestCmap())))
    return frozenset.intersection(*known)
