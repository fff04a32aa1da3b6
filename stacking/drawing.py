"""Drawing SVG: elements, measured and wrapped text, icons.  All lengths are in pixels, exact."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from xml.etree import ElementTree as ET

from frameworks.amounts import Decision
from stacking.palette import HATCH, PATTERN_SIDE, PATTERNS

Length = Fraction | int
Element = ET.Element

WIDTH = 360
"""Width of the drawing: that of a small telephone, so that text is readable there."""

SHOWN_WIDTH = 540
"""Width at which the picture is shown where there is room."""

MARGIN = 14
LINE = 17
"""From one line of text to the next."""

STATE = {Decision.PASS: "met", Decision.FAIL: "unmet", Decision.REFER: "open"}

ICONS = {
    Decision.PASS: "M8 0a8 8 0 1 0 .01 0zM6.9 11.9L3.2 8.3l1.5 -1.5 2.2 2.1 4.4 -4.6 1.5 1.5z",
    Decision.FAIL: "M2 0h12v3l-4 5 4 5v3h-12v-3l4 -5 -4 -5zM4.6 2.5l3.4 4 3.4 -4zM4.6 13.5h6.8l"
    "-3.4 -3.2z",
    Decision.REFER: "M3 0h10l3 3v10l-3 3h-10l-3 -3v-10zM7 11.4h2.1v2.1h-2.1zM7 10.2h2.1c0 -2 2.6"
    " -2.2 2.6 -4.6 0 -4.2 -7.4 -4.2 -7.6 -.2h2.1c0 -1.6 3.3 -1.6 3.3 .3 0 1.6 -2.5 1.9 -2.5 4.5z",
}
"""A tick in a disc, an hour-glass, a question mark in an octagon: told apart without colour."""


@dataclass(frozen=True, slots=True)
class Style:
    """Size in pixels and weight of a text, and its class in the style sheet."""

    size: int = 13
    is_bold: bool = False
    colour: str = "ink"


BODY = Style()
STRONG = Style(is_bold=True)
SMALL = Style(12, colour="soft")
HEADING = Style(15, is_bold=True)

EXTENTS = {
    " ": 320,
    **dict.fromkeys("ijl'|", 290),
    **dict.fromkeys("tfrI.,:;!()[]/\\-", 420),
    **dict.fromkeys("csvxyzkJ", 600),
    **dict.fromkeys("&<>=+#~^", 860),
    **dict.fromkeys("mwMW@%\u2026\ufffd", 1030),
}
EM = 1000
"""Widths of characters are in thousandths of the size of the text."""


def width_of(text: str, style: Style) -> Fraction:
    """Estimate how wide a text is in the broadest fonts in use, so that it is rather too much."""
    widths: int = sum(map(_em, text))
    return Fraction(widths * style.size * (11 if style.is_bold else 10), EM * 10)


def _em(character: str) -> int:
    if character in EXTENTS:
        return EXTENTS[character]
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    if not character.isascii():
        return 1300 if unicodedata.east_asian_width(character) in "WF" else 850
    return 760 if character.isupper() else 650


def wrap(text: str, width: Length, style: Style) -> list[str]:
    """Break a text into lines that fit: between words, or within one that is too long."""
    lines = [""]
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}".strip()
        if width_of(longer, style) <= width:
            lines[-1] = longer
            continue
        pieces = list(_pieces(word, width, style))
        lines += pieces if lines[-1] else []
        lines = lines if lines[-1] else pieces
    return lines


def _pieces(word: str, width: Length, style: Style) -> Iterator[str]:
    piece = ""
    for character in word:
        if piece and width_of(piece + character, style) > width:
            yield piece
            piece = ""
        piece += character
    yield piece


def number(value: Length) -> str:
    """Write a length to a hundredth of a pixel."""
    sign, hundredths = "-" if value < 0 else "", round(abs(Fraction(value)) * 100)
    whole, rest = divmod(hundredths, 100)
    return sign + (f"{whole}.{rest:02}".rstrip("0") if rest else str(whole))


def add(parent: Element, tag: str, **attributes: Length | str) -> Element:
    """Add an element; `class_` and `stroke_width` become the attributes of these names."""
    written = {
        name.rstrip("_").replace("_", "-"): value if isinstance(value, str) else number(value)
        for name, value in attributes.items()
    }
    return ET.SubElement(parent, tag, written)


def put_text(
    parent: Element, text: str, at: tuple[Length, Length], style: Style, anchor: str = "start"
) -> None:
    """Write one line of text with its base line at a place."""
    x, y = at
    weight = {"font_weight": "bold"} if style.is_bold else {}
    placed = {} if anchor == "start" else {"text_anchor": anchor}
    size = {"font_size": style.size}
    element = add(parent, "text", x=x, y=y, class_=style.colour, **size, **weight, **placed)
    element.text = text


def put_icon(parent: Element, decision: Decision, at: tuple[Length, Length], size: int) -> None:
    """Draw the icon of a decision in a square."""
    x, y = map(number, at)
    place = f"translate({x} {y}) scale({number(Fraction(size, 16))})"
    add(
        parent,
        "path",
        d=ICONS[decision],
        transform=place,
        class_=STATE[decision],
        fill_rule="evenodd",
    )


def pattern_id(prefix: str, place: int, *, is_sure: bool) -> str:
    """Name the pattern of a letter: filled for what is certain, hatched for what is not."""
    return f"{prefix}-{'sure' if is_sure else 'open'}-{place}"


def put_patterns(parent: Element, prefix: str, places: int) -> None:
    """Define the patterns of the first letters."""
    definitions = add(parent, "defs")
    for place, drawn in enumerate(PATTERNS[:places]):
        tile = _tile(definitions, pattern_id(prefix, place, is_sure=True))
        add(tile, "rect", width=PATTERN_SIDE, height=PATTERN_SIDE, class_=f"f{place}")
        if drawn:
            add(tile, "path", d=drawn, class_="dots")
        tile = _tile(definitions, pattern_id(prefix, place, is_sure=False))
        add(tile, "rect", width=PATTERN_SIDE, height=PATTERN_SIDE, class_="paper")
        add(tile, "path", d=HATCH, class_=f"s{place}", stroke_width=Fraction(9, 5))


def _tile(parent: Element, name: str) -> Element:
    side = {"width": PATTERN_SIDE, "height": PATTERN_SIDE}
    return add(parent, "pattern", id=name, patternUnits="userSpaceOnUse", **side)
