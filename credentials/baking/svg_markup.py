"""The beginning of an SVG image as text: what stands before the root, and its start tag.

This finds the places to write at; that the whole is well-formed XML is found out by a parser.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from credentials.baking.png_chunks import require_size
from credentials.errors import ImageError
from credentials.limits import Limits

_BYTE_ORDER_MARK = "\ufeff"
_SPACE = r"[ \t\r\n]"
_QUOTED = r"""(?:"[^"<]*+"|'[^'<]*+')"""
_DECLARATION = re.compile(rf"<\?xml{_SPACE}(?P<says>[^?>]*+)\?>")
_ENCODING = re.compile(rf"encoding{_SPACE}*+={_SPACE}*+[\"']([^\"']*+)[\"']")
_BESIDE = re.compile(
    rf"(?:{_SPACE}++"
    r"|<!--(?:[^-]|-(?!-))*+-->"
    r"|<\?(?:[^?]|\?(?!>))*+\?>"
    r"""|<!DOCTYPE(?:[^<>\[\]"']|"[^"]*+"|'[^']*+')*+>)*+"""
)
"""Space, comments, instructions, and a document type that declares nothing itself."""

_NAME = r"[A-Za-z_][A-Za-z0-9_.\-]*+"
_START_TAG = re.compile(
    rf"<(?P<name>(?:{_NAME}:)?svg)"
    rf"(?P<attributes>(?:{_SPACE}++[^\s<>/=\"']++{_SPACE}*+={_SPACE}*+{_QUOTED})*+)"
    rf"{_SPACE}*+(?P<closed>/?)>"
)
_ATTRIBUTE = re.compile(rf"{_SPACE}([^\s<>/=\"']++){_SPACE}*+={_SPACE}*+({_QUOTED})")

UTF8_NAMES = ("utf-8", "utf8", "us-ascii", "ascii")


@dataclass(frozen=True, slots=True)
class StartTag:
    """The start tag of the root: its name, and where in the text it ends."""

    name: str
    end: int
    is_closed: bool
    openbadges_namespace: str | None
    """What the prefix `openbadges` stands for on it, as it is written; None if for nothing."""


def svg_text(image: bytes, limits: Limits) -> str:
    """Read an SVG image as text, byte order mark included.

    Obligations (XML 1.0 sections 2.8 and 4.3.3; Open Badges 3.0 section 5.3.2):

    1. no larger than allowed, and no more tags and attributes than allowed;
    2. UTF-8, and nothing in it says otherwise.

    Raises `ImageError`: IMAGE_TOO_LARGE, SVG_TOO_ENTANGLED, SVG_ENCODING.
    """
    # 1.
    require_size(image, limits)
    if image.count(b"<") + image.count(b"=") > limits.image_markup:
        text = f"The image has more than {limits.image_markup} tags and attributes."
        raise ImageError(text, code="SVG_TOO_ENTANGLED")
    # 2.
    try:
        text = image.decode("utf-8")
    except UnicodeDecodeError as error:
        raise _not_utf8() from error
    declaration = _DECLARATION.match(text.removeprefix(_BYTE_ORDER_MARK).lstrip())
    encoding = None if declaration is None else _ENCODING.search(declaration["says"])
    if encoding is not None and encoding[1].lower() not in UTF8_NAMES:
        raise _not_utf8()
    return text


def start_tag(text: str) -> StartTag:
    """Find the start tag of the root of an SVG image.

    Raises `ImageError`: SVG_DTD for a document type with declarations of its own, SVG_MALFORMED
    for anything else that is no SVG image.
    """
    after_mark = len(text) - len(text.removeprefix(_BYTE_ORDER_MARK))
    beside = _BESIDE.match(text, after_mark)
    position = after_mark if beside is None else beside.end()
    if text.startswith("<!DOCTYPE", position):
        raise declares_entities()
    tag = _START_TAG.match(text, position)
    if tag is None:
        raise malformed()
    attributes = {name: value[1:-1] for name, value in _ATTRIBUTE.findall(tag["attributes"])}
    return StartTag(
        name=tag["name"],
        end=tag.end(),
        is_closed=bool(tag["closed"]),
        openbadges_namespace=attributes.get("xmlns:openbadges"),
    )


def declares_entities() -> ImageError:
    """Say that an image brings definitions along, which are never read."""
    text = (
        "The image declares entities or other things of its own, which are not read here. "
        "Save it as plain SVG."
    )
    return ImageError(text, code="SVG_DTD")


def malformed() -> ImageError:
    """Say that something is no SVG image."""
    text = "This is not an SVG image, or it is damaged. Ask for the original file."
    return ImageError(text, code="SVG_MALFORMED")


def _not_utf8() -> ImageError:
    text = "The SVG image is not UTF-8 text. Save it as UTF-8."
    return ImageError(text, code="SVG_ENCODING")
