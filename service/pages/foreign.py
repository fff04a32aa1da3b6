"""Text that others wrote, made harmless for the eye: nothing in it moves what stands around it."""

from __future__ import annotations

REPLACEMENT = "\ufffd"
KEPT = "\n\t\N{NO-BREAK SPACE}"
"""Characters that do no harm though they print nothing; the last stands before French colons."""

TURNING = (("\u200b", "\u200f"), ("\u202a", "\u202e"), ("\u2060", "\u206f"))
"""Ranges of characters that turn the direction of writing, or are not seen at all."""


def foreign(value: object) -> str:
    """Show a text of others: no control characters, no changes of the direction of writing."""
    return "".join(
        sign if sign in KEPT or (sign.isprintable() and not _turns(sign)) else REPLACEMENT
        for sign in str(value)
    )


def _turns(sign: str) -> bool:
    """Tell characters that turn the direction of writing, or are not seen at all."""
    return any(first <= sign <= last for first, last in TURNING)
