"""Checks of a definition in the language of the reader.

A check speaks English with all its figures; in another language its kind is said, and the English
sentence stands below it.
"""

from __future__ import annotations

from dataclasses import dataclass

from issuer.achievements import Check, Weight
from service.pages.course_findings import finding_in_words


@dataclass(frozen=True, slots=True)
class ToldCheck:
    """A check as it is told: `english` is what is said besides, in another language than that."""

    code: str
    weight: Weight
    member: str
    message: str
    english: str | None


def told(check: Check) -> ToldCheck:
    """Say a check in the language of the page."""
    message, english = finding_in_words(check.code, f"{check.message} {check.what_to_do}".strip())
    return ToldCheck(check.code, check.weight, check.member, message, english)
