"""Languages of learning: whether a language that is stated is one that is accepted."""

from __future__ import annotations

from collections.abc import Iterable


def is_language_accepted(stated: str, accepted: Iterable[str]) -> bool:
    """Match a language tag: `fr` accepts `fr-CA`, not the reverse (RFC 4647 section 3.3.1)."""
    tag = f"{stated.lower()}-"
    return any(tag.startswith(f"{range_.lower()}-") for range_ in accepted)


def is_same_language(one: str, other: str) -> bool:
    """Tell whether two tags name one language, whatever its region or script (RFC 5646)."""
    return one.partition("-")[0].lower() == other.partition("-")[0].lower()
