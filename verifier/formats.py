"""Recognising what a file is, so that the answer can say what was received."""

from __future__ import annotations

import re

_COMPACT_JWS = re.compile(rb"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*")
_JPEG_SIGNATURE = b"\xff\xd8\xff"

NOT_READ_YET = {
    "jpeg": "a JPEG image, which cannot hold a credential",
    "zip": "a ZIP archive",
}
"""Forms that exist in the field and are recognised here but not opened."""


def recognise(data: bytes) -> str | None:
    """Name the form of `data`: "jwt", "sd-jwt", one of `NOT_READ_YET`, or None for any other."""
    if data.startswith(_JPEG_SIGNATURE):
        return "jpeg"
    if data.startswith(b"PK\x03\x04"):
        return "zip"
    return _token_form(data.strip())


def _token_form(text: bytes) -> str | None:
    """Tell compact tokens apart: an SD-JWT is a JWT followed by disclosures after tildes."""
    token, tilde, _disclosures = text.partition(b"~")
    is_header = token.startswith(b"eyJ")
    if not is_header or not _COMPACT_JWS.fullmatch(token):
        return None
    return "sd-jwt" if tilde else "jwt"
