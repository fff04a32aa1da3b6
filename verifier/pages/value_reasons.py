"""Reasons that lie in what a credential says it is worth, and in who stands behind that."""

from __future__ import annotations

from service.pages import N_
from verifier.pages.reason_texts import Explanation, Owner

LEVEL = Explanation(
    N_(
        "The level is stated in a way that does not fit its framework: it is unknown there, stated "
        "twice, or contradicts itself."
    ),
    Owner.ISSUER,
    N_("Ask the issuer which level of which framework is meant."),
)
CREDITS = Explanation(
    N_(
        "The number of credits does not fit the hours of learning, the unit, or the sizes that the "
        "framework allows."
    ),
    Owner.ISSUER,
    N_("Ask the issuer how many hours of learning stand behind the credits."),
)
AWARD_DATES = Explanation(
    N_("The dates of learning and award do not fit each other, or are missing."),
    Owner.ISSUER,
    N_("Ask the issuer when it was awarded."),
)
NOT_BACKED = Explanation(
    N_(
        "Nobody whom this verifier believes confirms level and credits, or not for this course on "
        "that day. They are the issuer's own word."
    ),
    Owner.READER,
    N_("Look at whom this verifier believes, and ask the issuer who has approved its courses."),
)
OUT_OF_SCOPE = Explanation(
    N_(
        "The issuer is accredited, but its accreditation does not cover this: another level, "
        "field, size, place or kind, or another day."
    ),
    Owner.ISSUER,
    N_("Ask the issuer under which accreditation it awards this."),
)
REGISTERS_DIFFER = Explanation(
    N_("The registers that this verifier has do not agree about this, or say too little."),
    Owner.NOBODY,
    N_("Read the detail, and ask the authority of the framework if it matters to you."),
)
TITLE = Explanation(
    N_("Its title has a word in it that the framework keeps for other qualifications."),
    Owner.ISSUER,
    N_("Do not take it for that qualification; look at level and credits instead."),
)

GROUPS: tuple[tuple[Explanation, str], ...] = (
    (
        LEVEL,
        """
        LEVEL_CONTRADICTS LEVEL_MISSING MORE_THAN_ONE_LEVEL TOO_MANY_LEVELS LEVEL_NOT_IN_REGISTER
        LEVEL_UNKNOWN UNKNOWN_LEVEL URI_CODE_MISMATCH URI_UNKNOWN FRAMEWORK_UNKNOWN
        LEVEL_DUPLICATE ACRONYM_ONLY LEVEL_DISPUTED
        """,
    ),
    (
        CREDITS,
        """
        AMBIGUOUS_VALUE CREDITS_NOT_A_NUMBER EARNED_OVER_AVAILABLE NEGATIVE_CREDITS
        RESULT_DISAGREES RESULT_NOT_A_NUMBER TOO_MANY_CLAIMS TOO_MANY_UNITS UNIT_UNKNOWN
        UNKNOWN_UNIT UNIT_MISMATCH CREDITS_ZERO HOURS_ABOVE_MAX HOURS_BELOW_MIN HOURS_MISMATCH
        HOURS_PER_CREDIT_ABOVE HOURS_PER_CREDIT_BELOW NOT_A_MULTIPLE_OF_STEP OUT_OF_BOUNDS
        SIZE_ABOVE_MAX SIZE_BELOW_MIN DURATION_MISMATCH AMOUNT_MALFORMED AMOUNT_TOO_LONG
        AMOUNT_OUT_OF_RANGE INTERVAL_MALFORMED STEP_MALFORMED EARNED_EXCEEDS_AVAILABLE
        """,
    ),
    (
        AWARD_DATES,
        """
        ACTIVITY_END_BEFORE_START AWARDED_IN_FUTURE AWARD_DATE_MISSING DATE_UNKNOWN
        VALID_FROM_BEFORE_ACTIVITY_END VALID_UNTIL_BEFORE_VALID_FROM BOUNDARY_UNKNOWN
        DATE_MALFORMED
        """,
    ),
    (
        NOT_BACKED,
        """
        ACCREDITOR_NOT_BELIEVED ENDORSEMENT_DIFFERS ISSUER_NOT_A_PROVIDER LISTING_DIFFERS
        LISTING_NOT_CURRENT NOT_ENDORSED NOT_LISTED NO_ACCREDITATION REGISTER_NOT_BELIEVED
        ISSUER_NOT_PROVEN STATED_BY_ISSUER ASSURANCE_BELOW_MIN ASSURANCE_UNKNOWN ASSURANCE_A
        ASSURANCE_B ASSURANCE_C ASSURANCE_D
        """,
    ),
    (
        OUT_OF_SCOPE,
        """
        FIELD_OUT_OF_SCOPE FIELD_TOO_COARSE FIELD_UNKNOWN JURISDICTION_OUT_OF_SCOPE
        JURISDICTION_UNKNOWN LEVEL_OUT_OF_SCOPE NOT_ACCREDITED_ON_AWARD_DATE SIZE_OUT_OF_SCOPE
        SIZE_UNKNOWN TYPE_OUT_OF_SCOPE TYPE_UNKNOWN OUT_OF_SCOPE ACCREDITED_ON_AWARD_DATE_ONLY
        LEVEL_OTHER_FRAMEWORK
        """,
    ),
    (
        REGISTERS_DIFFER,
        """
        REGISTERS_DISAGREE UNIT_NOT_IN_REGISTER UNIT_HOURS_UNKNOWN HOURS_UNKNOWN
        NO_BOUNDS_IN_FORCE MAPS_DO_NOT_MEET NO_AGREED_MATCH PATHS_DISAGREE ROW_MISSING
        ROW_WITHHELD NO_MAP MAP_KIND_NOT_ACCEPTED NO_CONVERSION PER_YEAR_UNKNOWN RATIO_MALFORMED
        ALREADY_CONVERTED CONTACT_HOUR_UNIT CONVERSION_NOT_REVERSIBLE DECLARED_NOT_CONVERTIBLE
        URI_OF_OTHER_FRAMEWORK FRAMEWORK_ERROR
        """,
    ),
    (TITLE, "TITLE_WORD TITLE_WORD_FORBIDDEN"),
)
"""Which codes have which explanation."""
