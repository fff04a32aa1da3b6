"""Names of people, compared as people would: without case, accents and punctuation."""

from __future__ import annotations

import unicodedata


def plain_name(name: str | None) -> str:
    """Write a name so that one that was misspelled in its accents alone is the same."""
    letters = unicodedata.normalize("NFKD", name or "").casefold()
    plain = (one for one in letters if not unicodedata.combining(one))
    return " ".join("".join(one if one.isalnum() else " " for one in plain).split())
