"""Breaking texts into lines of a picture without knowing the font that will draw them."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

NARROW = frozenset("iljtfrI.,:;'|!()[] ")
WIDE = frozenset("mwMWABCDEFGHJKLNOPQRSTUVXYZ@%&")
MOST_CHARACTERS = 500
"""Longest text that is considered for a picture."""


@dataclass(frozen=True, slots=True)
class Block:
    """Room for a text: width, height, and the sizes that are tried, the largest first."""

    width: int
    height: int
    sizes: tuple[int, ...]

    def lines_of(self, size: int) -> int:
        """Tell how many lines of a size have room; one always has."""
        return max(1, self.height // line_height(size))


@dataclass(frozen=True, slots=True)
class Lines:
    """A text in lines, and its size."""

    lines: tuple[str, ...]
    size: int


def plain(text: str) -> str:
    """Keep what can be drawn on one line: no control characters, no changes of direction.

    Letters come whole, and not as letter and mark: not every program puts a mark where it belongs.
    """
    whole = unicodedata.normalize("NFC", text[:MOST_CHARACTERS])
    kept = (character if character.isprintable() else " " for character in whole)
    return " ".join("".join(kept).split())


def line_height(size: int) -> int:
    """Tell how high a line is, with the room above it."""
    return size * 5 // 4


def width_of(text: str, size: int) -> int:
    """Estimate the width of a bold text, rather too large than too small."""
    return sum(_hundredths(character) for character in text) * size // 100


def fit(text: str, block: Block) -> Lines:
    """Break a text into lines, in the largest size in which it fits; else it is shortened."""
    for size in block.sizes:
        lines = _wrap(text, block.width, size)
        if len(lines) <= block.lines_of(size):
            return Lines(tuple(lines), size)
    smallest = block.sizes[-1]
    lines = _wrap(text, block.width, smallest)[: block.lines_of(smallest)]
    lines[-1] = _shortened(f"{lines[-1]}…", block.width, smallest)
    return Lines(tuple(lines), smallest)


def _wrap(text: str, width: int, size: int) -> list[str]:
    lines: list[str] = []
    for piece in (piece for word in text.split() for piece in _pieces(word, width, size)):
        longer = f"{lines[-1]} {piece}" if lines else piece
        if lines and width_of(longer, size) <= width:
            lines[-1] = longer
        else:
            lines.append(piece)
    return lines


def _pieces(word: str, width: int, size: int) -> Iterator[str]:
    """Break a word that is too long; scripts without spaces are one word."""
    piece = ""
    for character in word:
        if piece and width_of(piece + character, size) > width:
            yield piece
            piece = ""
        piece += character
    yield piece


def _shortened(line: str, width: int, size: int) -> str:
    if width_of(line, size) <= width:
        return line
    while line and width_of(f"{line}…", size) > width:
        line = line[:-1]
    return f"{line.rstrip()}…"


def _hundredths(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    if unicodedata.east_asian_width(character) in "WF":
        return 104
    if character in NARROW:
        return 36
    return 74 if character in WIDE else 60
