"""What is said about a plan, in one place: English, and the form that other languages take."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from frameworks.amounts import Decision
from stacking.lots import SourceClass
from stacking.planning import Outcome


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something does not count, and what to do about it.

    Both may name `{unit}`, `{target}`, `{awarded}`, `{grade}`, `{assurance}` and `{level}`.
    """

    why: str
    advice: str


@dataclass(frozen=True, slots=True)
class Texts:
    """Everything that is said about a plan, in one language.

    `nouns` are given for one and for many; `is_one` tells which of them an amount takes.
    `phrases` are templates, and every language has the same ones with the same names in them.
    """

    language: str
    decimal_mark: str
    is_one: Callable[[Fraction], bool]
    headlines: Mapping[Outcome, str]
    summaries: Mapping[Outcome, str]
    decisions: Mapping[Decision, str]
    sources: Mapping[SourceClass, str]
    nouns: Mapping[str, tuple[str, str]]
    phrases: Mapping[str, str]
    reasons: Mapping[str, Reason]
    unverified: Reason
    """For every other reason: those of the verifier, which explains them itself."""


_ASK_ISSUER = "Ask its issuer for a new credential that states it."
_ASK_INSTITUTION = "Ask the institution that makes the award which conversion it applies."
_OTHER_CREDIT = "Use other credit, or ask the institution that makes the award for an exception."
_NEW_CREDENTIAL = "Ask its issuer for a new credential."

ENGLISH = Texts(
    language="en",
    decimal_mark=".",
    is_one=lambda amount: amount == 1,
    headlines={
        Outcome.AWARD: "AWARD",
        Outcome.NOT_YET: "NOT YET",
        Outcome.REFER: "A PERSON MUST DECIDE",
    },
    summaries={
        Outcome.AWARD: "The credits add up to it.",
        Outcome.NOT_YET: "Something is missing.",
        Outcome.REFER: "It depends on what is not certain.",
    },
    decisions={
        Decision.PASS: "Met",
        Decision.FAIL: "Not met",
        Decision.REFER: "Not certain",
    },
    sources={
        SourceClass.TAUGHT: "taught courses",
        SourceClass.TRANSFER: "transferred credit",
        SourceClass.RPL: "recognised prior learning",
    },
    nouns={
        "credit": ("credit", "credits"),
        "component": ("component", "components"),
        "lot": ("piece", "pieces"),
        "year": ("year", "years"),
    },
    phrases={
        # Amounts.
        "range": "from {low} to {high}",
        "between": "between {low} and {high}",
        "more_than": "more than {low}",
        "part": "{used} of {amount}",
        # What a rule asks.
        "sum_least": "At least {least} in all",
        "sum_most": "At most {most} in all",
        "sum_between": "At least {least} and at most {most} in all",
        "sum_exact": "Exactly {least} in all",
        "at_level": "At least {least} exactly at level {level}",
        "at_or_above": "At least {least} at level {level} or above",
        "in_category": 'At least {least} in the category "{category}"',
        "in_category_at": 'At least {least} in the category "{category}", exactly at level {level}',
        "components_all": "All of these, each whole: {components}",
        "components_some": "At least {count} of these, each whole: {components}",
        "residency": "At least {least} from the institution that makes the award",
        "residency_of": "At least {least} from the institution that makes the award: {classes}",
        "count_back": "At least {least} in all; counted from the highest level down, the level at "
        "which they are reached is that of the award",
        "cap": "At most {most} of {selection}",
        "max_age_inclusive": "Age, for {selection}: awarded at most {years} before {date}",
        "max_age_exclusive": "Age, for {selection}: awarded less than {years} before {date}",
        "min_grade": "Grade, for {selection}: at least {least} (scale, lowest first: {scale})",
        "min_assurance": "Assurance class, for {selection}: at least {least} (scale, lowest first: "
        "{scale})",
        "min_level": "Level, for {selection}: {level} or above",
        "language_in": "Language, for {selection}: one of {accepted}",
        "min_overlap": "Overlap, for {selection}: aligned with at least {least} of the {count} "
        "learning outcomes that are asked for",
        "exclusive_use": "What serves another award does not count, and what is used here serves "
        "no other award",
        "whole_lots_only": "Used whole or not at all: {selection}",
        # Which lots are meant.
        "everything": "all credit",
        "category": 'in the category "{category}"',
        "awarding": "from the institution that makes the award",
        "other": "from other institutions",
        # What is there.
        "counted": "Counted: {amount}",
        "counted_from": "Counted: {amount}, in {lots}",
        "missing": "Missing: {amount}",
        "perhaps_missing": "Perhaps missing: up to {amount}",
        "too_much": "Too much: {amount}",
        "perhaps_too_much": "Perhaps too much: up to {amount}",
        "gap": "{amount} missing",
        "gap_least": "at least {amount} missing",
        "least": "at least {amount}",
        "most": "at most {amount}",
        "exactly": "exactly {amount}",
        # Lots.
        "level": "level {level}",
        "levels": "level {levels} (not certain which)",
        "level_or": " or ",
        "level_unknown": "level not known",
        "institution": "{institution}",
        "from": "from {institution}",
        "no_institution": "no institution stated",
        "other_institutions": "{count} other institutions",
        "no_name": "(no name)",
        "not_stated": "not stated",
        "and_more": "and {count} more",
        # Headings and notes.
        "units": "Amounts are in: {unit}.",
        "framework": "Levels are those of: {framework}.",
        "award_level": "Level of the award, by counting back: {level}.",
        "award_level_open": "The level of the award, which is found by counting back, is not "
        "certain.",
        "credit_points": "Credit points, told beside the credits: {amount}.",
        "not_exhaustive": "There are too many ways to use the credit to try them all; a better one "
        "may exist.",
        "asked": "What the award asks",
        "conditions": "Conditions on what counts",
        "by_level": "Credits by level",
        "by_institution": "Credits by institution",
        "used": "What is used",
        "unused": "What counts, and is not used",
        "why_unused": "With it a limit would be passed, or it is part of something that is used, "
        "or contains it.",
        "excluded": "What does not count",
        "nothing": "Nothing.",
        "to_do": "What to do: {advice}",
        "legend_sure": "full: certain",
        "legend_open": "hatched: not certain",
        "legend_bound": "line: what is asked",
        "names": "Names are as the credentials state them. Exact fractions are not rounded.",
        # Columns of the table.
        "column_state": "State",
        "column_asked": "What is asked",
        "column_counted": "What is there",
        "column_missing": "What is missing",
        "column_mark": "Mark",
        "column_name": "Name",
        "column_amount": "Amount",
        "column_level": "Level",
        "column_institution": "Institution",
        "column_reason": "Why not, and what to do",
    },
    reasons={
        "DUPLICATE_DIGEST": Reason(
            "The same credential is there twice, and counts once.", "Nothing has to be done."
        ),
        "SAME_IN_OTHER_FORM": Reason(
            "It is the same credential in two forms: its issuer awards the same achievement on the "
            "same day for the same credit in another one that is there. The two count once.",
            "Nothing has to be done, unless they were earned one after the other: then ask the "
            "institution that issued them to say so in their dates.",
        ),
        "LOT_REDEEMED": Reason(
            "It, or something that contains it or is part of it, was spent on another award for "
            "good.",
            "Use other credit, or ask the institution that made the other award.",
        ),
        "LOT_IN_USE": Reason(
            "It, or something that contains it or is part of it, serves another award, and this "
            "award shares with no other.",
            "Decide which award it shall serve, or use other credit.",
        ),
        "TOO_OLD": Reason(
            "It was awarded on {awarded}, which is longer ago than the award allows.",
            "Ask the institution that makes the award whether it accepts newer evidence.",
        ),
        "DATE_UNKNOWN": Reason(
            "The award asks how old it is, and it does not say when it was awarded.", _ASK_ISSUER
        ),
        "GRADE_BELOW_MIN": Reason(
            "Its grade, {grade}, is lower than the award asks for.", _OTHER_CREDIT
        ),
        "GRADE_UNKNOWN": Reason(
            "The award asks for a grade on its scale; the grade here: {grade}.", _ASK_ISSUER
        ),
        "ASSURANCE_BELOW_MIN": Reason(
            "Not enough stands behind its level and credits: its assurance class, {assurance}, is "
            "lower than the award asks for.",
            "Ask its issuer whether the authority of the framework lists or endorses the course, "
            "and use the register that says so.",
        ),
        "ASSURANCE_UNKNOWN": Reason(
            "The award asks what stands behind its level and credits, and that is not known "
            "(assurance class: {assurance}).",
            "Use the register that lists or endorses the course.",
        ),
        "LANGUAGE_NOT_ACCEPTED": Reason(
            "The award does not accept courses in its language.", _OTHER_CREDIT
        ),
        "LANGUAGE_UNKNOWN": Reason(
            "The award asks in which language the course was, and it does not say.", _ASK_ISSUER
        ),
        "OVERLAP_BELOW_MIN": Reason(
            "Its learning outcomes overlap too little with those that the award asks for.",
            _OTHER_CREDIT,
        ),
        "OVERLAP_UNKNOWN": Reason(
            "It is aligned with no learning outcomes, so its overlap is not known.", _ASK_ISSUER
        ),
        "LEVEL_BELOW_MIN": Reason(
            "Its level, {level}, is lower than the award asks for.", _OTHER_CREDIT
        ),
        "LEVEL_INDETERMINATE": Reason(
            "Its level cannot be compared with the one that the award asks for (level: {level}).",
            "Ask its issuer for the level in the framework of the award, or let the institution "
            "that makes the award decide.",
        ),
        "NO_CONVERSION": Reason(
            "It is counted in {unit}, and nothing says how that becomes {target}.",
            _ASK_INSTITUTION,
        ),
        "CONVERSION_NOT_REVERSIBLE": Reason(
            "It is counted in {unit}; what is known is only how {target} becomes that, and not the "
            "reverse.",
            _ASK_INSTITUTION,
        ),
        "DECLARED_NOT_CONVERTIBLE": Reason(
            "It is counted in {unit}, which is declared not to become {target}.", _OTHER_CREDIT
        ),
        "CONTACT_HOUR_UNIT": Reason(
            "Of {unit} and {target}, one counts hours of teaching and the other hours of learning; "
            "neither becomes the other.",
            "Ask its issuer how many hours of learning it took in all.",
        ),
        "PER_YEAR_UNKNOWN": Reason(
            "It is not known how many {unit} or {target} make a full year, so it cannot be "
            "converted.",
            _ASK_INSTITUTION,
        ),
        "UNIT_HOURS_UNKNOWN": Reason(
            "It is not known how many hours stand behind {unit} or {target}, so it cannot be "
            "converted.",
            _ASK_INSTITUTION,
        ),
        "ALREADY_CONVERTED": Reason(
            "Its amount is itself the result of a conversion, and is not converted again.",
            "Use the original credential, with the amount in its own unit.",
        ),
        "UNIT_UNKNOWN": Reason(
            "No register in use knows the unit of its credits.",
            "Use a register that knows the unit, or ask its issuer which unit is meant.",
        ),
        "CREDITS_UNKNOWN": Reason("It states no credits.", _ASK_ISSUER),
        "CREDITS_NOT_EARNED": Reason(
            "It says how many credits there are, and not that they were earned.", _ASK_ISSUER
        ),
        "SEVERAL_SUBJECTS": Reason(
            "It is about several people, so it is not known who earned what.",
            "Ask its issuer for a credential of your own.",
        ),
        "SUBJECT_UNKNOWN": Reason(
            "It does not say by an id whom it is about.",
            "Say whose it must be, with --learner and the id or mail address.",
        ),
        "OTHER_SUBJECT": Reason(
            "It is about somebody else than the first credential is, or does not say whom it is "
            "about.",
            "Plan with the credentials of one person only.",
        ),
        "EXPIRED": Reason("It has expired.", "Ask its issuer whether it can be renewed."),
        "NOT_YET_VALID": Reason("It is not valid yet.", "Plan again when its validity has begun."),
        "REVOKED": Reason("Its issuer has withdrawn it.", "Ask its issuer why."),
        "SUSPENDED": Reason("Its issuer has suspended it.", "Ask its issuer why, and until when."),
        "SIGNATURE_INVALID": Reason(
            "Its signature does not hold: it was changed after it was signed, or damaged.",
            "Use the original file. " + _NEW_CREDENTIAL,
        ),
        "SHOWN_IN_PARTS": Reason(
            "It is an SD-JWT, which may show a part of a credential only; in another form the same "
            "credit could be counted again.",
            "Use the badge itself.",
        ),
    },
    unverified=Reason(
        "It could not be verified.", "Verify it by itself; the report says why and what to do."
    ),
)
