"""What codes of reasons mean, for learners and for whoever decides."""

from __future__ import annotations

from service.pages import N_, gettext

REASONS = {
    "ASSESSMENT_NOT_ACCEPTED": N_("the learning was assessed in a way that is not accepted"),
    "ASSURANCE_BELOW_MIN": N_("the value of the credential is not assured well enough"),
    "CREDITS_BELOW_MIN": N_("there are fewer credits than the receiving course has"),
    "CREDITS_NOT_EQUAL": N_("there are not as many credits as the receiving course has"),
    "FIELD_NOT_ACCEPTED": N_("the field of study is another one"),
    "GRADE_BELOW_MIN": N_("the grade is below the one that is asked for"),
    "HOURS_BELOW_MIN": N_("there were fewer hours of learning than are asked for"),
    "IDENTITY_NOT_VERIFIED": N_("it is not shown that the learning was yours"),
    "KIND_NOT_ACCEPTED": N_("this kind of credential is not accepted on this route"),
    "LANGUAGE_NOT_ACCEPTED": N_("the learning was in a language that is not accepted"),
    "LEVEL_BELOW_MIN": N_("the level is below the one that is asked for"),
    "LOT_REDEEMED": N_("the credits have been counted already"),
    "OVERLAP_BELOW_MIN": N_("too few of the receiving course's outcomes were reached"),
    "QUALITY_ASSURANCE_NOT_ACCEPTED": N_("the quality assurance is not of an accepted kind"),
    "SOURCE_NOT_ACCREDITED": N_("the institution is not accredited for this learning"),
    "TOO_OLD": N_("the learning is longer ago than is accepted"),
    "CAP_LIMITED": N_("you may transfer only so much credit, and this is what is left"),
    "CAP_EXCEEDED": N_("you may transfer only so much credit, and this is more than is left"),
    "CAP_EXHAUSTED": N_("you may transfer only so much credit, and nothing of it is left"),
    "ACCREDITATION_UNKNOWN": N_("it is not known yet whether the institution is accredited"),
    "ALREADY_CONVERTED": N_("the credits were converted already, and are not converted again"),
    "ASSESSMENT_UNKNOWN": N_("it is not known yet how the learning was assessed"),
    "ASSURANCE_UNKNOWN": N_("it is not known yet how well the value is assured"),
    "CAP_USE_UNKNOWN": N_("it is not known yet how much credit was transferred before"),
    "CONTACT_HOUR_UNIT": N_("one unit counts hours of teaching, the other hours of learning"),
    "CONVERSION_NOT_REVERSIBLE": N_("the credits convert only the other way round"),
    "CREDITS_INDETERMINATE": N_("it is not certain whether there are enough credits"),
    "CREDITS_UNKNOWN": N_("it is not known yet how many credits there are"),
    "DATE_UNKNOWN": N_("it is not known yet when the learning was"),
    "DECLARED_NOT_CONVERTIBLE": N_("the unit of the credits is declared not to convert"),
    "FIELD_TOO_COARSE": N_("the field of study is stated too broadly to tell"),
    "FIELD_UNKNOWN": N_("the field of study is not known yet"),
    "GRADE_UNKNOWN": N_("the grade is not known yet"),
    "HOURS_UNKNOWN": N_("it is not known yet how many hours of learning there were"),
    "IDENTITY_UNKNOWN": N_("it is not known yet whether the learning was yours"),
    "KIND_UNKNOWN": N_("it is not known yet what kind of credential this is"),
    "LANGUAGE_UNKNOWN": N_("it is not known yet in which language the learning was"),
    "LEVEL_INDETERMINATE": N_("the level cannot be compared with the one that is asked for"),
    "LEVEL_UNKNOWN": N_("the level is not known yet"),
    "NO_CONVERSION": N_("nothing says how the credits convert into those of the course"),
    "OVERLAP_UNKNOWN": N_("it is not known yet how many of the course's outcomes were reached"),
    "PER_YEAR_UNKNOWN": N_("it is not known how many credits make a full year"),
    "QUALITY_ASSURANCE_UNKNOWN": N_("the quality assurance is not known yet"),
    "REDEMPTION_UNKNOWN": N_("it is not known yet whether the credits were counted already"),
    "UNIT_HOURS_UNKNOWN": N_("it is not known how many hours stand behind a credit"),
    "UNIT_UNKNOWN": N_("the unit of the credits is not known"),
}
"""What codes of reasons mean for a learner; others are told as what is not known yet."""


def reason_words(code: str) -> str:
    """Tell a reason, "" if there are no words for it."""
    return gettext(REASONS[code]) if code in REASONS else ""
