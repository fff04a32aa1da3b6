"""Drawing a picture as PNG, with the fonts that come along."""

from __future__ import annotations

import io
from functools import cache
from typing import TYPE_CHECKING

import schemas
from credentials.baking.artwork import badge_picture
from credentials.baking.drawing import Bar, Circle, Picture, Polygon, Shape, Writing
from credentials.baking.fonts import require_letters
from credentials.limits import DEFAULT_LIMITS, Limits

if TYPE_CHECKING:
    from PIL.ImageDraw import ImageDraw
    from PIL.ImageFont import FreeTypeFont

PIXELS = 960
"""Width and height: sharp at eight centimetres in print, and on screens of high density."""

FINER = 2
"""It is drawn so much larger and then made smaller, which smooths the edges."""


def badge_png(credential: bytes, limits: Limits = DEFAULT_LIMITS) -> bytes:
    """Draw a badge for a credential as PNG; the same credential gives the same bytes.

    Raises what `badge_picture` raises, and `ImageError` (FONT_LACKS_LETTERS).
    """
    return png_of(badge_picture(credential, limits))


def png_of(picture: Picture) -> bytes:
    """Draw a picture; around its round part it is transparent."""
    from PIL import Image, ImageDraw

    require_letters(shape.text for shape in picture.shapes if isinstance(shape, Writing))
    canvas = Image.new("RGBA", (PIXELS * FINER, PIXELS * FINER), (255, 255, 255, 0))
    pen = ImageDraw.Draw(canvas)
    scale = PIXELS * FINER / picture.side
    for shape in picture.shapes:
        _draw(pen, shape, scale)
    small = canvas.resize((PIXELS, PIXELS), Image.Resampling.LANCZOS)
    file = io.BytesIO()
    small.save(file, "PNG", optimize=True, dpi=(300, 300))
    return file.getvalue()


def _draw(pen: ImageDraw, shape: Shape, scale: float) -> None:
    match shape:
        case Circle(x, y, radius, fill):
            box = (x - radius, y - radius, x + radius, y + radius)
            pen.ellipse(tuple(edge * scale for edge in box), fill=fill)
        case Bar(x, y, width, height, corner, fill):
            box = (x, y, x + width, y + height)
            places = tuple(edge * scale for edge in box)
            pen.rounded_rectangle(places, radius=corner * scale, fill=fill)
        case Polygon(points, fill):
            pen.polygon([(x * scale, y * scale) for x, y in points], fill=fill)
        case Writing():
            _draw_text(pen, shape, scale)


def _draw_text(pen: ImageDraw, line: Writing, scale: float) -> None:
    """Write a line, in a smaller size if the font is wider than was thought."""
    size = round(line.size * scale)
    font = _font(line.is_bold, size)
    while font.getlength(line.text) > line.width * scale and size > 1:
        size -= 1
        font = _font(line.is_bold, size)
    pen.text((line.x * scale, line.y * scale), line.text, fill=line.fill, font=font, anchor="ms")


@cache
def _font(is_bold: bool, size: int) -> FreeTypeFont:
    from PIL import ImageFont

    name = "NotoSans-Bold" if is_bold else "NotoSans-Regular"
    return ImageFont.truetype(io.BytesIO(schemas.font(name)), size)
