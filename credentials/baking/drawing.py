"""The shapes of a picture, before they are written as SVG or drawn as PNG.

Places and sizes are in units of the picture; colours are written #rrggbb.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Circle:
    """A filled circle."""

    x: int
    y: int
    radius: int
    fill: str


@dataclass(frozen=True, slots=True)
class Bar:
    """A filled rectangle with round corners."""

    x: int
    y: int
    width: int
    height: int
    corner: int
    fill: str


@dataclass(frozen=True, slots=True)
class Polygon:
    """A filled polygon."""

    points: tuple[tuple[int, int], ...]
    fill: str


@dataclass(frozen=True, slots=True)
class Writing:
    """A line of text, centred at `x` on the base line `y`; no wider than `width`."""

    text: str
    x: int
    y: int
    size: int
    is_bold: bool
    fill: str
    width: int


Shape = Circle | Bar | Polygon | Writing


@dataclass(frozen=True, slots=True)
class Picture:
    """A square picture, with a name and a description for those who do not see it."""

    side: int
    shapes: tuple[Shape, ...]
    title: str
    description: str
    language: str | None
