"""Writing a picture as SVG that names itself, and fetches and runs nothing."""

from __future__ import annotations

import hashlib
from xml.etree import ElementTree as ET

from credentials.baking.artwork import badge_picture
from credentials.baking.drawing import Bar, Circle, Picture, Polygon, Shape, Writing
from credentials.limits import DEFAULT_LIMITS, Limits

FONTS = "'Noto Sans', system-ui, 'Segoe UI', Roboto, 'DejaVu Sans', Arial, sans-serif"
WIDE = 300
"""A line that is wider than this is told its width, as fonts differ."""


def badge_svg(credential: bytes, limits: Limits = DEFAULT_LIMITS) -> bytes:
    """Draw a badge for a credential as SVG; the same credential gives the same bytes.

    Raises what `badge_picture` raises.
    """
    return svg_of(badge_picture(credential, limits))


def svg_of(picture: Picture) -> bytes:
    """Write a picture as SVG."""
    prefix = f"badge-{hashlib.sha256(picture.description.encode()).hexdigest()[:12]}"
    root = ET.Element(
        "svg",
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "viewBox": f"0 0 {picture.side} {picture.side}",
            "width": str(picture.side),
            "height": str(picture.side),
            "role": "img",
            "aria-labelledby": f"{prefix}-title {prefix}-desc",
            "font-family": FONTS,
            "text-anchor": "middle",
        },
    )
    if picture.language is not None:
        root.set("lang", picture.language)
    _add(root, "title", id=f"{prefix}-title").text = picture.title
    _add(root, "desc", id=f"{prefix}-desc").text = picture.description
    for shape in picture.shapes:
        _write(root, shape)
    return ET.tostring(root, encoding="unicode").encode() + b"\n"


def _write(root: ET.Element, shape: Shape) -> None:
    match shape:
        case Circle(x, y, radius, fill):
            _add(root, "circle", cx=x, cy=y, r=radius, fill=fill)
        case Bar(x, y, width, height, corner, fill):
            _add(root, "rect", x=x, y=y, width=width, height=height, rx=corner, fill=fill)
        case Polygon(points, fill):
            places = " L".join(f"{x},{y}" for x, y in points)
            _add(root, "path", d=f"M{places} z", fill=fill)
        case Writing():
            _write_text(root, shape)


def _write_text(root: ET.Element, line: Writing) -> None:
    written = _add(root, "text", x=line.x, y=line.y, fill=line.fill)
    written.set("font-size", str(line.size))
    written.set("font-weight", "700" if line.is_bold else "400")
    if line.width > WIDE:
        written.set("textLength", str(line.width))
        written.set("lengthAdjust", "spacingAndGlyphs")
    written.text = line.text


def _add(parent: ET.Element, tag: str, **attributes: str | int) -> ET.Element:
    stated = {name: str(value) for name, value in attributes.items()}
    return ET.SubElement(parent, tag, stated)
