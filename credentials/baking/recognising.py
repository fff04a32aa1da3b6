"""Recognising what can hold a credential, images and PDFs, by how it begins."""

from __future__ import annotations

import re

_DAMAGED_PNG = re.compile(rb"\A.PNG[\r\n]|NG\r?\n\x1a|\x00\x00\x00[\r\n]{1,2}IHDR", re.DOTALL)
_PNG_BYTES = 24
"""So many bytes hold the signature and the type of the first chunk, even if some were added."""

PDF_SIGNATURE = b"%PDF-"

_SVG = re.compile(rb"<\?xml|<(?:[\w.\-]+:)?svg\b|<!DOCTYPE svg|<!--")
_SVG_BYTES = 1024
"""So many bytes are looked at for the first thing in an XML document."""


def is_image(data: bytes) -> bool:
    """Recognise the images that can hold a credential: PNG and SVG."""
    return is_png(data) or is_svg(data)


def is_png(data: bytes) -> bool:
    """Recognise a PNG image, also one whose first bytes were damaged on the way."""
    return _DAMAGED_PNG.search(data[:_PNG_BYTES]) is not None


def is_svg(data: bytes) -> bool:
    """Recognise an SVG image, or another XML document that must be told apart from one."""
    text = data[:_SVG_BYTES].removeprefix(b"\xef\xbb\xbf").lstrip()
    return _SVG.match(text) is not None


def is_pdf(data: bytes) -> bool:
    """Recognise a PDF, to which a credential can be attached."""
    return data.startswith(PDF_SIGNATURE)


def is_carrier(data: bytes) -> bool:
    """Recognise everything that a credential can be inside of: images, and PDFs."""
    return is_image(data) or is_pdf(data)
