"""What stands inside a `data:` URL (RFC 2397): the resource itself, so nobody need be asked."""

from __future__ import annotations

import base64
import re
from urllib.parse import unquote_to_bytes

from credentials.digests import all_digests

_DATA = re.compile(r"data:[^,]*?(?P<base64>;base64)?,(?P<content>.*)", re.IGNORECASE | re.DOTALL)


def data_of(url: str) -> bytes | None:
    """Return the bytes inside a `data:` URL; None for another URL, or a damaged one."""
    match = _DATA.fullmatch(url)
    if match is None or not url.isascii():
        return None
    content = unquote_to_bytes(match["content"])
    if match["base64"] is None:
        return content
    try:
        return base64.b64decode(content, validate=True)
    except ValueError:
        return None


def data_digests(url: str) -> frozenset[str]:
    """Name the digests of what stands inside a `data:` URL; of anything else there are none."""
    data = data_of(url)
    return frozenset() if data is None else all_digests(data)
