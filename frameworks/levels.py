"""Levels of a framework: codes with a rank and a URI, and what a claim to a level is worth."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from fractions import Fraction
from typing import NamedTuple

from frameworks.errors import FrameworkError


class LevelCode(NamedTuple):
    """One level: its code is a text and never computed with; only ranks are compared."""

    code: str
    rank: int
    uri: str | None = None
    factor: Fraction | None = None


class Ladder(NamedTuple):
    """The levels of one framework."""

    framework: str
    levels: Mapping[str, LevelCode]

    @classmethod
    def of(cls, framework: str, levels: tuple[LevelCode, ...]) -> Ladder:
        """Build a ladder; raise `FrameworkError` (LEVEL_DUPLICATE) for a code that comes twice."""
        by_code = {level.code: level for level in levels}
        if len(by_code) != len(levels):
            raise FrameworkError(f"A level of {framework} is listed twice.", code="LEVEL_DUPLICATE")
        return cls(framework, by_code)

    def rank(self, code: str) -> int | None:
        """Return the rank of a level, or None if the framework has no such level."""
        level = self.levels.get(code)
        return None if level is None else level.rank

    def in_order(self, codes: frozenset[str]) -> tuple[str, ...]:
        """Sort codes by rank, equal ranks by code; codes without rank come last."""
        return tuple(sorted(codes, key=self._order))

    def _order(self, code: str) -> tuple[bool, int, str]:
        rank = self.rank(code)
        return (rank is None, rank or 0, code)


class Level(NamedTuple):
    """A level by its framework and code."""

    framework: str
    code: str


class LevelClaim(NamedTuple):
    """A claimed level: framework, and a URI or a code; a label is for people and proves nothing."""

    framework: str
    uri: str | None = None
    code: str | None = None


class ClaimOutcome(StrEnum):
    """Whether a claimed level exists and is of the claimed framework."""

    VALID = "VALID"
    INVALID = "INVALID"
    INDETERMINATE = "INDETERMINATE"


REFUTING = frozenset({"URI_OF_OTHER_FRAMEWORK", "LEVEL_UNKNOWN", "URI_CODE_MISMATCH"})
"""Reasons that make a claim wrong; any other leaves it undecided."""


def check_level_claim(
    claim: LevelClaim, ladders: Mapping[str, Ladder]
) -> tuple[ClaimOutcome, tuple[str, ...]]:
    """Check a level claim; URIs are compared character by character, acronyms never."""
    if claim.framework not in ladders:
        return ClaimOutcome.INDETERMINATE, ("FRAMEWORK_UNKNOWN",)
    reasons = tuple(_claim_reasons(claim, ladders))
    if REFUTING & set(reasons):
        return ClaimOutcome.INVALID, reasons
    return (ClaimOutcome.INDETERMINATE if reasons else ClaimOutcome.VALID), reasons


def _claim_reasons(claim: LevelClaim, ladders: Mapping[str, Ladder]) -> list[str]:
    own = ladders[claim.framework]
    reasons = []
    named = _code_of_uri(own, claim.uri)
    if claim.uri is not None and named is None:
        others = (ladder for ladder in ladders.values() if ladder.framework != own.framework)
        is_foreign = any(_code_of_uri(ladder, claim.uri) is not None for ladder in others)
        reasons.append("URI_OF_OTHER_FRAMEWORK" if is_foreign else "URI_UNKNOWN")
    if claim.code is not None and own.rank(claim.code) is None:
        reasons.append("LEVEL_UNKNOWN")
    elif claim.code is not None and named is not None and named != claim.code:
        reasons.append("URI_CODE_MISMATCH")
    if claim.uri is None and claim.code is None:
        reasons.append("LEVEL_MISSING")
    return reasons


def _code_of_uri(ladder: Ladder, uri: str | None) -> str | None:
    return next(
        (level.code for level in ladder.levels.values() if uri is not None and level.uri == uri),
        None,
    )
