"""What the framework's rules say about a course, in the language of the reader.

A finding speaks English with all its figures, and is told in another language as sentences are.
Where no form fits, its kind is said, and the English sentence stands below it.
"""

from __future__ import annotations

from service.pages.languages import N_, gettext
from service.pages.sentences import parts_of

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


def finding_in_words(code: str, sentence: str) -> tuple[str, str | None]:
    """Say a finding in the language of the page; the second part is what is said in English."""
    kind = KINDS.get(code)
    parts = parts_of(sentence)
    if not any(one.is_english for one in parts):
        return " ".join(one.text for one in parts), None
    return gettext(kind or N_("The check found this:")), sentence
