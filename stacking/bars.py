"""Bars of a picture: what each lot adds, what is not certain, what is asked, what is missing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from frameworks.amounts import Interval
from stacking.account import MARKS, NOTHING, Asked
from stacking.drawing import (
    MARGIN,
    WIDTH,
    Element,
    Length,
    Style,
    add,
    number,
    pattern_id,
    put_text,
    width_of,
)
from stacking.measures import Bounds
from stacking.plain_words import amount_text
from stacking.texts import Texts

MOST_SEGMENTS = 24
"""Most lots that a bar shows singly; if there are more, it shows one part for each letter."""

ROOM = WIDTH - 2 * MARGIN
BAR_HEIGHT = 22
LABEL_HEIGHT = 16
HALO = 6
"""How wide the line of a bound is, with the light line around it."""

OVERHANG = 4
"""How far the line of a bound stands out above and below its bar."""

LEAST_EDGED = 4
"""Width of a block from which it has an edge; a narrower one would vanish in it."""

LABEL = Style(12, is_bold=True)
SWATCH_WIDTH = 38
SWATCH_HEIGHT = 18


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a bar: its mark, which begins with the letter of an institution, and its amount."""

    mark: str
    amount: Interval


@dataclass(frozen=True, slots=True)
class Scale:
    """From amounts to places: where a bar is, what its whole length stands for, its bounds."""

    top: int
    whole: Fraction
    bounds: tuple[Fraction, ...] = ()

    def x(self, amount: Fraction) -> Length:
        """Place an amount on the bar; the whole is never zero."""
        return MARGIN + ROOM * amount / self.whole

    def free(self, start: Length, end: Length) -> tuple[Length, Length]:
        """Find the widest place between two ends that no line of a bound crosses."""
        lines = [self.x(bound) for bound in self.bounds]
        starts = [start, *(line + HALO // 2 for line in lines if start < line < end)]
        stops = [*(line - HALO // 2 for line in lines if start < line < end), end]
        return max(zip(sorted(starts), sorted(stops), strict=True), key=lambda two: two[1] - two[0])


def put_asked(root: Element, prefix: str, top: int, one: Asked, texts: Texts) -> int:
    """Draw the bar of a constraint with its bounds; the place below it."""
    bounds = one.bounds
    ends = tuple(end for end in (bounds.least, bounds.most) if end is not None)
    is_above, is_below = bounds.least is not None, bounds.most not in (None, bounds.least)
    whole = max(one.total.high, *ends) or Fraction(1)
    scale = Scale(top + LABEL_HEIGHT * is_above, whole, ends)
    parts = tuple(Part(lot.mark, amount) for lot, amount in one.parts)
    _put_parts(root, prefix, scale, parts)
    _put_gap(root, scale, one, texts)
    _put_bounds(root, scale, bounds, texts)
    return scale.top + BAR_HEIGHT + OVERHANG + LABEL_HEIGHT * is_below


def put_parts(root: Element, prefix: str, top: int, parts: Sequence[Part], whole: Fraction) -> int:
    """Draw a bar without bounds; the place below it."""
    _put_parts(root, prefix, Scale(top, whole or Fraction(1)), parts)
    return top + BAR_HEIGHT


def put_swatch(
    root: Element, prefix: str, at: tuple[Length, Length], mark: str, *, is_sure: bool = True
) -> None:
    """Show the pattern of a mark's letter, with the mark on it."""
    x, y = at
    _put_block(root, prefix, at, (SWATCH_WIDTH, SWATCH_HEIGHT), mark, is_sure=is_sure)
    _put_mark(root, mark, (x, x + SWATCH_WIDTH), y, SWATCH_HEIGHT)


def _put_parts(root: Element, prefix: str, scale: Scale, parts: Sequence[Part]) -> None:
    """Draw the track, the certain amounts in order of letters, and then what is not certain."""
    box = add(root, "rect", x=MARGIN, y=scale.top, width=ROOM, height=BAR_HEIGHT)
    box.attrib |= {"class": "track", "stroke-width": "1"}
    shown = sorted(_joined(parts), key=lambda part: part.mark[0])
    end = Fraction(0)
    for is_sure in (True, False):
        for part in shown:
            length = part.amount.low if is_sure else part.amount.high - part.amount.low
            if length > 0:
                x, width = scale.x(end), ROOM * length / scale.whole
                at, size = (x, scale.top), (width, BAR_HEIGHT)
                _put_block(root, prefix, at, size, part.mark, is_sure=is_sure)
                _put_mark(root, part.mark, scale.free(x, x + width), scale.top, BAR_HEIGHT)
            end += length


def _joined(parts: Sequence[Part]) -> Iterable[Part]:
    """Join the parts of each letter if there are too many to be seen singly."""
    if len(parts) <= MOST_SEGMENTS:
        return parts
    sums = dict.fromkeys(MARKS, NOTHING)
    for part in parts:
        sums[part.mark[0]] += part.amount
    return [Part(letter, amount) for letter, amount in sums.items()]


def _put_block(
    root: Element,
    prefix: str,
    at: tuple[Length, Length],
    size: tuple[Length, Length],
    mark: str,
    *,
    is_sure: bool,
) -> None:
    """Draw one block in the pattern of its letter."""
    (x, y), (width, height), place = at, size, MARKS.index(mark[0])
    fill = f"url(#{pattern_id(prefix, place, is_sure=is_sure)})"
    block = add(root, "rect", x=x, y=y, width=width, height=height, fill=fill, stroke_width=1)
    if not is_sure:
        block.attrib |= {"class": f"s{place}", "stroke-dasharray": "3 2"}
    elif width > LEAST_EDGED:
        block.set("class", "edge")


def _put_mark(
    root: Element, mark: str, between: tuple[Length, Length], top: Length, height: int
) -> None:
    """Write a mark on a plate in the middle of a place, if there is room for it."""
    start, end = between
    width, middle = width_of(mark, LABEL) + 4, Fraction(start + end) / 2
    if width + 4 > end - start:
        return
    plate = add(root, "rect", x=middle - width / 2, y=top + 3, width=width, height=height - 6)
    plate.attrib |= {"rx": "3", "class": "paper"}
    put_text(root, mark, (middle, top + Fraction(height) / 2 + 4), LABEL, "middle")


def _put_gap(root: Element, scale: Scale, one: Asked, texts: Texts) -> None:
    """Draw what certainly is missing, from what is there to what is asked."""
    if one.missing.low == 0:
        return
    x, width = scale.x(one.total.high), ROOM * one.missing.low / scale.whole
    if width > 4:
        box = add(root, "rect", x=x + 2, y=scale.top + 2, width=width - 4, height=BAR_HEIGHT - 4)
        box.attrib |= {"class": "unmet-line", "fill": "none"}
        box.attrib |= {"stroke-width": "1.5", "stroke-dasharray": "4 3"}
    phrase = "gap_least" if one.missing.number is None else "gap"
    text = texts.phrases[phrase].format(amount=amount_text(one.missing.low, texts))
    style = Style(12, is_bold=True, colour="unmet")
    if width_of(text, style) + 8 <= width:
        put_text(root, text, (x + width / 2, scale.top + BAR_HEIGHT // 2 + 4), style, "middle")


def _put_bounds(root: Element, scale: Scale, bounds: Bounds, texts: Texts) -> None:
    """Mark the least above the bar, and the most below it; an exact bound stands above."""
    if bounds.least is not None:
        phrase = "exactly" if bounds.least == bounds.most else "least"
        label = texts.phrases[phrase].format(amount=amount_text(bounds.least, texts))
        _put_bound(root, scale, bounds.least, label, is_above=True)
    if bounds.most not in (None, bounds.least):
        most = bounds.most or Fraction(0)
        label = texts.phrases["most"].format(amount=amount_text(most, texts))
        _put_bound(root, scale, most, label, is_above=False)


def _put_bound(
    root: Element, scale: Scale, amount: Fraction, label: str, *, is_above: bool
) -> None:
    x, top, bottom = scale.x(amount), scale.top - OVERHANG, scale.top + BAR_HEIGHT + OVERHANG
    line = f"M{number(x)} {top}V{bottom}"
    for name, width in (("halo", HALO), ("bound", HALO // 2)):
        add(root, "path", d=line, class_=name, stroke_width=width)
    tip = (
        f"M{number(x - 5)} {top - 4}h10l-5 6z"
        if is_above
        else f"M{number(x - 5)} {bottom + 4}h10l-5 -6z"
    )
    add(root, "path", d=tip, class_="tip")
    is_right = x > MARGIN + ROOM / 2
    beside = (x - 9 if is_right else x + 9, top - 1 if is_above else bottom + 9)
    put_text(root, label, beside, LABEL, "end" if is_right else "start")
