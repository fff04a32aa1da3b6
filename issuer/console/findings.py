"""Checks of a definition in the language of the reader.

A check speaks English with all its figures; in another language its kind is said, and the English
sentence stands below it.
"""

from __future__ import annotations

from dataclasses import dataclass

from issuer.achievements import Check, Weight
from service.pages import N_, current_language, gettext

KINDS = {
    "MEMBER_MISSING": N_("Something is missing without which no badge can be issued."),
    "FRAMEWORK_UNKNOWN": N_("The register does not know this framework."),
    "LEVEL_UNKNOWN": N_("The framework has no such level."),
    "LEVEL_SPREAD": N_("The outcomes lie on very different levels."),
    "LEVEL_DIFFERS_FROM_OUTCOMES": N_("The level is another one than its outcomes make."),
    "OUTCOMES_MISSING": N_("There are no learning outcomes yet."),
    "TITLE_WORD_FORBIDDEN": N_("The title contains a word that the framework forbids."),
    "HOURS_PER_CREDIT_ABOVE": N_("There are more hours behind one credit than the unit allows."),
    "HOURS_PER_CREDIT_BELOW": N_("There are fewer hours behind one credit than the unit asks."),
    "HOURS_UNKNOWN": N_("There are no hours, so credits cannot be compared with them."),
    "HOURS_ABOVE_MAX": N_("There are more hours than a micro-credential may have."),
    "HOURS_BELOW_MIN": N_("There are fewer hours than a micro-credential must have."),
    "CREDITS_DIFFER": N_("The credits are others than the hours make."),
    "CREDITS_NOT_COMPUTABLE": N_("Credits cannot be computed from hours here."),
    "CREDITS_ZERO": N_("The hours do not make one step of credit."),
    "NOT_A_MULTIPLE_OF_STEP": N_("The unit does not divide credits so finely."),
    "SIZE_ABOVE_MAX": N_("It has more credits than a micro-credential may have."),
    "SIZE_BELOW_MIN": N_("It has fewer credits than a micro-credential must have."),
    "REVIEW_OVERDUE": N_("The course was to be reviewed already."),
    "UNIT_MISMATCH": N_("The credits are of another unit than the framework's."),
    "UNIT_UNKNOWN": N_("The register does not know this unit of credit."),
    "AMOUNT_OUT_OF_RANGE": N_("The amount cannot be stated: at most two decimal places."),
    "METADATA_MISSING": N_("Standards of metadata ask for something that is not stated."),
    "ASSURANCE_TOO_LOW": N_("Only the issuer stands behind this value so far."),
}
"""What each kind of check says, for readers of other languages than English."""


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
    sentence = f"{check.message} {check.what_to_do}".strip()
    kind = KINDS.get(check.code)
    if current_language().tag == "en" or kind is None:
        english = None if current_language().tag == "en" else sentence
        message = sentence if english is None else gettext(N_("The check found this:"))
        return ToldCheck(check.code, check.weight, check.member, message, english)
    return ToldCheck(check.code, check.weight, check.member, gettext(kind), sentence)
