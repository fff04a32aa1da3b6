"""What a rating finds, and why a rating cannot become a listing."""

from __future__ import annotations

from dataclasses import dataclass

from frameworks.errors import FrameworkError


class RatingError(FrameworkError):
    """A rating cannot be made into a listing or an endorsement."""

    code = "RATING_NOT_ACCEPTABLE"


@dataclass(frozen=True, slots=True)
class RatingFinding:
    """One finding: stable code, whether it is certain, a sentence, and what to do.

    A certain finding stands against a listing; any other needs a person who looks at it.
    """

    code: str
    certain: bool
    message: str
    what_to_do: str

    def __str__(self) -> str:
        """Write the finding on one line."""
        return f"{self.message} {self.what_to_do} [{self.code}]"


ABOUT_LEVEL = frozenset({"LEVEL_DIFFERS_FROM_OUTCOMES", "LEVEL_SPREAD", "LEVEL_UNKNOWN"})
"""Findings that an approver answers by setting the level."""

ABOUT_CREDITS = frozenset(
    {
        "CREDITS_DIFFER",
        "CREDITS_NOT_COMPUTABLE",
        "CREDITS_ZERO",
        "HOURS_PER_CREDIT_ABOVE",
        "HOURS_PER_CREDIT_BELOW",
        "HOURS_UNKNOWN",
        "NOT_A_MULTIPLE_OF_STEP",
        "SIZE_ABOVE_MAX",
        "SIZE_BELOW_MIN",
        "UNIT_MISMATCH",
    }
)
"""Findings that an approver answers by setting the credits."""
