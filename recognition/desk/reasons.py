"""What codes of reasons mean, for the learner's letter and for whoever works here."""

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
    "AWARD_NOT_REACHED": N_("your credentials do not add up to the award"),
    "CAP_LIMITED": N_("you may transfer only so much credit, and this is what is left"),
    "CAP_EXCEEDED": N_("you may transfer only so much credit, and this is more than is left"),
    "CAP_EXHAUSTED": N_("you may transfer only so much credit, and nothing of it is left"),
    "ALREADY_CONVERTED": N_("the credits were converted already, and are not converted again"),
    "CONTACT_HOUR_UNIT": N_("one unit counts hours of teaching, the other hours of learning"),
    "CONVERSION_NOT_REVERSIBLE": N_("the credits convert only the other way round"),
    "DECLARED_NOT_CONVERTIBLE": N_("the unit of the credits is declared not to convert"),
    "NO_CONVERSION": N_("nothing says how the credits convert into those of the course"),
    "PER_YEAR_UNKNOWN": N_("it is not known how many credits make a full year"),
    "UNIT_HOURS_UNKNOWN": N_("it is not known how many hours stand behind a credit"),
    "UNIT_UNKNOWN": N_("the unit of the credits is not known"),
}
"""Why something is not granted, or not whole."""

NOT_KNOWN = {
    "ACCREDITATION_UNKNOWN": N_(
        "it is not known whether the institution is accredited for this learning"
    ),
    "ASSESSMENT_UNKNOWN": N_("it is not known how the learning was assessed"),
    "ASSURANCE_UNKNOWN": N_("it is not known who stands behind the value of the credential"),
    "AWARD_NOT_CERTAIN": N_("it is not certain that your credentials add up to the award"),
    "CAP_USE_UNKNOWN": N_("it is not known how much credit was transferred before"),
    "CREDITS_INDETERMINATE": N_("it is not certain how many credits the learning is worth here"),
    "CREDITS_UNKNOWN": N_("it is not known how many credits the learning is worth"),
    "DATE_UNKNOWN": N_("it is not known on which day the learning was completed"),
    "FIELD_TOO_COARSE": N_("the field of study is not stated closely enough"),
    "FIELD_UNKNOWN": N_("the field of study is not known"),
    "GRADE_UNKNOWN": N_("the grade is not known"),
    "HOURS_UNKNOWN": N_("it is not known how many hours the learning took"),
    "IDENTITY_UNKNOWN": N_("it is not known whether it was verified who learned"),
    "KIND_UNKNOWN": N_("it is not known what kind of credential it is"),
    "LANGUAGE_UNKNOWN": N_("it is not known in which language the learning was"),
    "LEVEL_INDETERMINATE": N_("it is not certain at which level the learning counts here"),
    "OVERLAP_UNKNOWN": N_(
        "it is not known how much of the receiving course's outcomes was reached"
    ),
    "QUALITY_ASSURANCE_UNKNOWN": N_("it is not known how the quality of the course is assured"),
    "REDEMPTION_UNKNOWN": N_("it is not known whether the credits were used for another award"),
}
"""What a person has to find out before it can be decided."""


def reason_words(code: str) -> str:
    """Say a reason in the language of the page; one that has no words is told by its code."""
    text = REASONS.get(code) or NOT_KNOWN.get(code)
    return (
        gettext("something is not known yet (%(code)s)", code=code)
        if text is None
        else gettext(text)
    )
