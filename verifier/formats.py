"""Recognising what a file is, so that the answer can say what was received."""

from __future__ import annotations

import re

from credentials.errors import CredentialError
from credentials.limits import DEFAULT_LIMITS, Limits
from credentials.strict_json import parse_json

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


def is_sd_jwt(data: bytes, limits: Limits = DEFAULT_LIMITS) -> bool:
    """Tell whether bytes are an SD-JWT, in compact form or as signed JSON."""
    if recognise(data) == "sd-jwt":
        return True
    # Reading twice costs time, so only what can be signed JSON is read here.
    if b'"payload"' not in data or b'"signature' not in data:
        return False
    try:
        value = parse_json(data, limits)
    except CredentialError:
        return False
    names = value.keys() if isinstance(value, dict) else set()
    return "payload" in names and bool({"signature", "signatures"} & names)
