"""A badge drawn from what a credential says: name, level, credits and institution.

The picture needs nothing else: no font, script, style or link is fetched.  Title and description
say everything that is drawn, also what had to be shortened.  Contrasts of texts are at least 7:1
(WCAG 2.2, 1.4.6); nothing is told by colour alone.  One notch of the tally stick stands for each
level, as far as there is room; the colours follow from the achievement, so that the badges of one
achievement look alike.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from credentials.baking.drawing import Bar, Circle, Picture, Polygon, Shape, Writing
from credentials.baking.lettering import Block, fit, line_height, plain, width_of
from credentials.baking.payload import document_of
from credentials.json_types import JsonObject, JsonValue, id_of, member
from credentials.level_credit import read_values
from credentials.level_credit.claims import UNKNOWN_UNIT, StatedValue, decimal_text
from credentials.limits import DEFAULT_LIMITS, Limits

SIDE = 480
CENTRE = SIDE // 2
CREAM, GOLD, INK, WOOD, BARK, WHITE = (
    "#fffaf0",
    "#e3ab45",
    "#17202c",
    "#c98a3d",
    "#7a3f0c",
    "#ffffff",
)

NAME = Block(width=344, height=128, sizes=(38, 34, 30, 26, 24, 22))
LEVEL = Block(width=340, height=30, sizes=(24, 21, 18))
FRAMEWORK = Block(width=330, height=36, sizes=(15, 13))
INSTITUTION = Block(width=356, height=50, sizes=(21, 18, 15))

MIDDLE = 228
"""Where the middle of the written part is, between stick and ribbon."""

MOST_NOTCHES = 12
BEADS = 72
"""Beads on the ring, as on the edge of a medal."""

VALUES_SHOWN = 2
LANGUAGE_CHARACTERS = 16


@dataclass(frozen=True, slots=True)
class Palette:
    """Colours of one badge: the ring with its beads, and the ribbon with its folds."""

    ring: str
    bead: str
    ribbon: str
    tail: str
    fold: str


PALETTES = (
    Palette("#1b3557", "#5f7ea8", "#7a3f0c", "#5a2d07", "#3a1c03"),
    Palette("#1d4433", "#5e9179", "#6b3a1e", "#4d2913", "#311a0b"),
    Palette("#4a1f3d", "#96688a", "#1f4a4d", "#143537", "#0a2021"),
    Palette("#5b1f24", "#ab6b70", "#24405f", "#172c44", "#0d1b2b"),
    Palette("#2c2a5a", "#7572b3", "#6d2f3f", "#4e1f2c", "#32131b"),
    Palette("#123f4b", "#548b99", "#5d3a66", "#432849", "#2a182e"),
)
"""White on each ribbon and each ring on the ground have a contrast of at least 7:1."""


@dataclass(frozen=True, slots=True)
class Wording:
    """What is written on a badge, and the seed of its colours."""

    name: str
    institution: str
    level: str
    framework: str
    credits: str
    notches: int
    language: str | None
    seed: str

    @property
    def description(self) -> str:
        """Everything in one text, for those who do not see the picture."""
        level = f"{self.level} of {self.framework}" if self.framework else self.level
        parts = ("Badge", self.name, level, self.credits)
        return ". ".join([*filter(None, parts), f"Issued by {self.institution}."])

    @property
    def palette(self) -> Palette:
        """The colours, the same for the same seed."""
        return PALETTES[hashlib.sha256(self.seed.encode()).digest()[0] % len(PALETTES)]


class _Row(NamedTuple):
    """A line of text with its look, and the height that it takes."""

    text: str
    size: int
    is_bold: bool
    fill: str
    height: int
    width: int


def badge_picture(credential: bytes, limits: Limits = DEFAULT_LIMITS) -> Picture:
    """Draw a badge for a credential; the same credential gives the same picture.

    Raises what `document_of` raises.
    """
    wording = _wording(document_of(credential, limits))
    shapes = (*_medal(wording), *_written(wording), *_ribbon(wording))
    return Picture(SIDE, shapes, wording.name, wording.description, wording.language)


def _wording(document: JsonObject) -> Wording:
    achievement = member(document, "credentialSubject", "achievement")
    name = _text(member(document, "name")) or _text(member(achievement, "name"))
    issuer = _text(member(document, "issuer", "name")) or _text(id_of(document.get("issuer")))
    language = member(achievement, "inLanguage")
    is_language = isinstance(language, str) and len(language) <= LANGUAGE_CHARACTERS
    values = read_values(document)
    levels = [level for value in values for level in value.levels]
    level = levels[0] if levels else None
    code = "" if level is None else _text(level.code) or _text(level.label)
    return Wording(
        name=name or "Badge",
        institution=issuer or "an unnamed institution",
        level=f"Level {code}" if code else "",
        framework="" if level is None else _text(level.framework),
        credits=" and ".join(_credits(values)),
        notches=int(code) if code.isdecimal() and int(code) <= MOST_NOTCHES else 0,
        language=language if is_language else None,
        seed=_text(member(achievement, "id")) or name,
    )


def _credits(values: Iterable[StatedValue]) -> Iterator[str]:
    stated = [value for value in values if value.amount is not None]
    for value in stated[:VALUES_SHOWN]:
        unit = "" if value.unit == UNKNOWN_UNIT else f"{plain(value.unit)} "
        yield f"{decimal_text(value.amount)} {unit}credits"


def _text(value: JsonValue) -> str:
    return plain(value) if isinstance(value, str) else ""


def _medal(wording: Wording) -> Iterator[Shape]:
    colours = wording.palette
    for radius, fill in ((238, CREAM), (234, GOLD), (231, colours.ring), (206, GOLD), (203, CREAM)):
        yield Circle(CENTRE, CENTRE, radius, fill)
    for number in range(BEADS):
        angle = 2 * math.pi * number / BEADS
        x, y = round(218 * math.cos(angle)), round(218 * math.sin(angle))
        # One bead of gold for every twelfth of the ring, as on a watch.
        is_mark = number % (BEADS // 12) == 0
        fill = GOLD if is_mark else colours.bead
        yield Circle(CENTRE + x, CENTRE + y, 5 if is_mark else 3, fill)
    yield from _stick(wording.notches)


def _stick(notches: int) -> Iterator[Shape]:
    """Draw a tally stick, split lengthwise; its notches go across both halves."""
    width, left, top = 168, CENTRE - 84, 74
    for offset, fill in ((0, WOOD), (15, BARK)):
        yield Bar(left, top + offset, width, 13, 4, fill)
    step = width // (MOST_NOTCHES + 1)
    first = CENTRE - step * (notches - 1) // 2
    for number in range(notches):
        place = first + step * number
        points = ((-3, -1), (3, -1), (1, 29), (-1, 29))
        yield Polygon(tuple((place + x, top + y) for x, y in points), CREAM)


def _written(wording: Wording) -> Iterator[Shape]:
    value = " · ".join(filter(None, (wording.level, wording.credits)))
    rows = [
        *_rows(wording.name, NAME, is_bold=True, fill=INK, before=0),
        *_rows(value, LEVEL, is_bold=True, fill=wording.palette.ring, before=14),
        *_rows(wording.framework, FRAMEWORK, is_bold=False, fill=INK, before=4),
    ]
    place = MIDDLE - sum(row.height for row in rows) // 2
    for row in rows:
        place += row.height
        base = place - row.size // 4
        yield Writing(row.text, CENTRE, base, row.size, row.is_bold, row.fill, row.width)


def _rows(text: str, block: Block, *, is_bold: bool, fill: str, before: int) -> Iterator[_Row]:
    """Break a text into rows, the first with some room before it."""
    fitted = fit(text, block)
    for line in fitted.lines:
        height = line_height(fitted.size) + before
        width = min(block.width, max(1, width_of(line, fitted.size)))
        yield _Row(line, fitted.size, is_bold, fill, height, width)
        before = 0


def _ribbon(wording: Wording) -> Iterator[Shape]:
    colours, top, bottom = wording.palette, 352, 412
    for side in (1, -1):
        outer, inner, fold = CENTRE - side * 236, CENTRE - side * 176, CENTRE - side * 206
        notch = (outer + side * 18, (top + bottom) // 2 + 15)
        tail = ((outer, top + 16), (inner, top + 16), (inner, bottom + 14), (outer, bottom + 14))
        yield Polygon((*tail, notch), colours.tail)
        yield Polygon(((fold, bottom), (inner, bottom), (inner, bottom + 14)), colours.fold)
    yield Bar(34, top, SIDE - 68, bottom - top, 3, colours.ribbon)
    for edge in (top + 4, bottom - 6):
        yield Bar(40, edge, SIDE - 80, 2, 1, GOLD)
    fitted = fit(wording.institution, INSTITUTION)
    height = fitted.size * 6 // 5
    place = (top + bottom) // 2 - height * len(fitted.lines) // 2 + fitted.size
    for line in fitted.lines:
        base, width = place - fitted.size // 8, max(1, width_of(line, fitted.size))
        yield Writing(line, CENTRE, base, fitted.size, True, WHITE, width)
        place += height
