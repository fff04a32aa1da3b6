"""A badge drawn from what a credential says: name, level, credits and institution.

The picture needs nothing else: no font, script, style or link is fetched.  Title and description
say everything that is drawn, also what had to be shortened.  Contrasts of texts are at least 7:1
(WCAG 2.2, 1.4.6); nothing is told by colour alone.  One notch of the tally stick stands for each
level, as far as there is room.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple
from xml.etree import ElementTree as ET

from credentials.baking.lettering import Block, fit, line_height, plain, width_of
from credentials.baking.payload import document_of
from credentials.json_types import JsonObject, JsonValue, id_of, member
from credentials.level_credit import read_values
from credentials.level_credit.claims import UNKNOWN_UNIT, StatedValue, decimal_text
from credentials.limits import DEFAULT_LIMITS, Limits

SIDE = 480
CENTRE = SIDE // 2
NAVY, CREAM, GOLD, INK, BROWN, WOOD = (
    "#1b3557",
    "#fffaf0",
    "#e3ab45",
    "#17202c",
    "#7a3f0c",
    "#c98a3d",
)
FONTS = "system-ui, 'Segoe UI', Roboto, 'Noto Sans', Arial, sans-serif"

NAME = Block(width=344, height=128, sizes=(38, 34, 30, 26, 24, 22))
LEVEL = Block(width=340, height=30, sizes=(24, 21, 18))
FRAMEWORK = Block(width=330, height=36, sizes=(15, 13))
INSTITUTION = Block(width=356, height=50, sizes=(21, 18, 15))

MIDDLE = 228
"""Where the middle of the written part is, between stick and ribbon."""

MOST_NOTCHES = 12
VALUES_SHOWN = 2
LANGUAGE_CHARACTERS = 16


@dataclass(frozen=True, slots=True)
class Wording:
    """What is written on a badge."""

    name: str
    institution: str
    level: str
    framework: str
    credits: str
    notches: int
    language: str | None

    @property
    def description(self) -> str:
        """Everything in one text, for those who do not see the picture."""
        level = f"{self.level} of {self.framework}" if self.framework else self.level
        parts = ("Badge", self.name, level, self.credits)
        return ". ".join([*filter(None, parts), f"Issued by {self.institution}."])


class _Row(NamedTuple):
    """A line of text with its look, and the height that it takes."""

    text: str
    size: int
    weight: int
    fill: str
    height: int


def badge_svg(credential: bytes, limits: Limits = DEFAULT_LIMITS) -> bytes:
    """Draw a badge for a credential; the same credential gives the same bytes.

    Raises what `document_of` raises.
    """
    wording = _wording(document_of(credential, limits))
    prefix = f"badge-{hashlib.sha256(wording.description.encode()).hexdigest()[:12]}"
    root = ET.Element(
        "svg",
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "viewBox": f"0 0 {SIDE} {SIDE}",
            "width": str(SIDE),
            "height": str(SIDE),
            "role": "img",
            "aria-labelledby": f"{prefix}-title {prefix}-desc",
            "font-family": FONTS,
            "text-anchor": "middle",
        },
    )
    if wording.language is not None:
        root.set("lang", wording.language)
    _add(root, "title", id=f"{prefix}-title").text = wording.name
    _add(root, "desc", id=f"{prefix}-desc").text = wording.description
    _draw(root, wording)
    return ET.tostring(root, encoding="unicode").encode() + b"\n"


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
    )


def _credits(values: Iterable[StatedValue]) -> Iterator[str]:
    stated = [value for value in values if value.amount is not None]
    for value in stated[:VALUES_SHOWN]:
        unit = "" if value.unit == UNKNOWN_UNIT else f"{plain(value.unit)} "
        yield f"{decimal_text(value.amount)} {unit}credits"


def _text(value: JsonValue) -> str:
    return plain(value) if isinstance(value, str) else ""


def _draw(root: ET.Element, wording: Wording) -> None:
    for radius, fill in ((238, CREAM), (232, NAVY), (214, GOLD), (210, CREAM)):
        _add(root, "circle", cx=CENTRE, cy=CENTRE, r=radius, fill=fill)
    _draw_stick(root, wording.notches)
    value = " · ".join(filter(None, (wording.level, wording.credits)))
    rows = [
        *_rows(wording.name, NAME, weight=700, fill=INK, before=0),
        *_rows(value, LEVEL, weight=600, fill=NAVY, before=14),
        *_rows(wording.framework, FRAMEWORK, weight=400, fill=INK, before=4),
    ]
    place = MIDDLE - sum(row.height for row in rows) // 2
    for row in rows:
        place += row.height
        _write(root, row.text, row.size, place - row.size // 4, row.weight, row.fill)
    _draw_ribbon(root, wording.institution)


def _rows(text: str, block: Block, *, weight: int, fill: str, before: int) -> Iterator[_Row]:
    """Break a text into rows, the first with some room before it."""
    fitted = fit(text, block)
    for line in fitted.lines:
        yield _Row(line, fitted.size, weight, fill, line_height(fitted.size) + before)
        before = 0


def _draw_stick(root: ET.Element, notches: int) -> None:
    """Draw a tally stick, split lengthwise; its notches go across both halves."""
    width, left, top = 168, CENTRE - 84, 70
    for offset, fill in ((0, WOOD), (15, BROWN)):
        _add(root, "rect", x=left, y=top + offset, width=width, height=13, rx=4, fill=fill)
    step = width // (MOST_NOTCHES + 1)
    first = CENTRE - step * (notches - 1) // 2
    for number in range(notches):
        place = first + step * number
        shape = f"M{place - 3},{top - 1} h6 l-2,30 h-2 z"
        _add(root, "path", d=shape, fill=CREAM)


def _draw_ribbon(root: ET.Element, institution: str) -> None:
    top, bottom = 352, 412
    for side in (1, -1):
        outer, inner, fold = CENTRE - side * 236, CENTRE - side * 176, CENTRE - side * 206
        tail = (
            f"M{outer},{top + 16} L{inner},{top + 16} L{inner},{bottom + 14} "
            f"L{outer},{bottom + 14} L{outer + side * 18},{(top + bottom) // 2 + 15} z"
        )
        _add(root, "path", d=tail, fill="#5a2d07")
        under = f"M{fold},{bottom} L{inner},{bottom} L{inner},{bottom + 14} z"
        _add(root, "path", d=under, fill="#3a1c03")
    _add(root, "rect", x=34, y=top, width=SIDE - 68, height=bottom - top, rx=3, fill=BROWN)
    lines = fit(institution, INSTITUTION)
    height = lines.size * 6 // 5
    place = (top + bottom) // 2 - height * len(lines.lines) // 2 + lines.size
    for line in lines.lines:
        _write(root, line, lines.size, place - lines.size // 8, 600, "#ffffff")
        place += height


def _write(root: ET.Element, text: str, size: int, place: int, weight: int, fill: str) -> None:
    written = _add(root, "text", x=CENTRE, y=place, fill=fill)
    written.set("font-size", str(size))
    written.set("font-weight", str(weight))
    # Fonts differ; a line that might become too wide is told how wide it may be.
    if width_of(text, size) > NAME.width * 9 // 10:
        written.set("textLength", str(width_of(text, size)))
        written.set("lengthAdjust", "spacingAndGlyphs")
    written.text = text


def _add(parent: ET.Element, tag: str, **attributes: str | int) -> ET.Element:
    stated = {name: str(value) for name, value in attributes.items()}
    return ET.SubElement(parent, tag, stated)
