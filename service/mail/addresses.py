"""Which texts are mail addresses that people enter."""

from __future__ import annotations

import re

ADDRESS_CHARACTERS = 254
"""Longest mail address (RFC 5321 section 4.5.3.1.3)."""

_ADDRESS = re.compile(
    r"[^\s@<>()\[\]\\,;:\"]{1,64}@(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+[^\W\d_][\w-]{0,61}[^\W_]"
)


def is_address(text: str) -> bool:
    """Tell whether a text has the form of a mail address that something can be sent to."""
    return (
        len(text) <= ADDRESS_CHARACTERS
        and _ADDRESS.fullmatch(text) is not None
        and ".." not in text
        and not text.startswith(".")
        and ".@" not in text
    )
