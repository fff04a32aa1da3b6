"""Checking a definition while it is written: what stops it, what to look at, what is missing.

The rules are those by which a course is rated (`frameworks.rating`) and those that a credential
must pass before it is signed (`issuer.lint`); none of them is written here a second time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from credentials.errors import TallystickError
from credentials.findings import Finding
from credentials.json_types import JsonObject
from frameworks.rating.checks import check_course, declared_amount
from frameworks.rating.findings import RatingFinding
from frameworks.rating.framework_rules import FrameworkRules
from frameworks.rating.metadata import MissingField
from frameworks.rating.rate import Rating, rate
from frameworks.register import Register
from issuer.achievements.definition import AchievementDefinition
from issuer.achievements.issuing import SAMPLE_LEARNER, issuance_request
from issuer.lint import LintError

Lint = Callable[[JsonObject], tuple[Finding, ...]]
"""Prepares a request as for issuing; returns warnings, raises `TallystickError` if it must not."""


class Weight(StrEnum):
    """What a check means: it stops the publication, a person should look, or a standard asks."""

    STOPS = "stops"
    LOOK = "look"
    ASKED = "asked"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing found: stable code, the member that it is about, a sentence, and what to do."""

    code: str
    weight: Weight
    member: str
    message: str
    what_to_do: str = ""


@dataclass(frozen=True, slots=True)
class CheckedDefinition:
    """A definition with what was found, heaviest first, and the rating that it rests on."""

    definition: AchievementDefinition
    rating: Rating
    checks: tuple[Check, ...]

    @property
    def can_be_published(self) -> bool:
        """Tell whether nothing stops the publication."""
        return not any(check.weight is Weight.STOPS for check in self.checks)


ABOUT = {
    "CREDITS_DIFFER": "credits",
    "CREDITS_NOT_COMPUTABLE": "credits",
    "CREDITS_ZERO": "credits",
    "FRAMEWORK_UNKNOWN": "framework",
    "HOURS_ABOVE_MAX": "hours",
    "HOURS_BELOW_MIN": "hours",
    "HOURS_PER_CREDIT_ABOVE": "credits",
    "HOURS_PER_CREDIT_BELOW": "credits",
    "HOURS_UNKNOWN": "hours",
    "LEVEL_DIFFERS_FROM_OUTCOMES": "level",
    "LEVEL_SPREAD": "outcomes",
    "LEVEL_UNKNOWN": "level",
    "NOT_A_MULTIPLE_OF_STEP": "credits",
    "OUTCOMES_MISSING": "outcomes",
    "REVIEW_OVERDUE": "review",
    "SIZE_ABOVE_MAX": "credits",
    "SIZE_BELOW_MIN": "credits",
    "TITLE_WORD_FORBIDDEN": "title",
    "UNIT_MISMATCH": "credits",
}
"""Which member of a definition a finding of the rating is about."""

NOT_STOPPING = frozenset({"OUTCOMES_MISSING"})
"""Certain findings of a rating about what a proposal needs, and a stated value does not."""

OF_FIELD = {
    "assessment": "assessments",
    "awarding_body": "developer",
    "grade": "grading",
    "issuer_country": "developer",
    "supervision": "assessments",
}
"""Members for the fields of metadata standards that have another name."""


def check_definition(
    definition: AchievementDefinition, register: Register, *, as_of: date, lint: Lint
) -> CheckedDefinition:
    """Check a definition against a register as of a day.

    Obligations: 1. what a badge must state is there; 2. the framework's rules hold, for what is
    declared as for what the hours make; 3. a credential of it passes everything that is checked
    before signing, as soon as nothing above stops it; 4. what each metadata standard asks is told.
    """
    rating = rate(definition.course, register, as_of=as_of)
    # 1. and 2.
    found = [*_missing(definition), *map(_of_rating, _findings(rating))]
    # 3.
    if not any(check.weight is Weight.STOPS for check in found):
        found += _linted(definition, register, as_of, lint)
    # 4.
    found += _asked(rating.missing)
    order = list(Weight)
    unique = dict.fromkeys(sorted(found, key=lambda check: order.index(check.weight)))
    return CheckedDefinition(definition, rating, tuple(unique))


def _missing(definition: AchievementDefinition) -> Iterator[Check]:
    needed = {
        "description": (definition.description, "Say what somebody who has it can do."),
        "criteria": (definition.criteria, "Say what learners had to do to earn it."),
        "level": (definition.course.level, "Choose a level of the framework."),
        "credits": (definition.course.credits, "State how many credits, and in which unit."),
    }
    for member, (value, what_to_do) in needed.items():
        if value is None:
            message = f"The {member} is missing." if member != "credits" else "Credits are missing."
            yield Check("MEMBER_MISSING", Weight.STOPS, member, message, what_to_do)


def _findings(rating: Rating) -> Iterable[RatingFinding]:
    yield from rating.findings
    if rating.rules is not None:
        yield from _of_declared(rating, rating.rules)


def _of_declared(rating: Rating, rules: FrameworkRules) -> Iterator[RatingFinding]:
    """Check what is declared: a rating checks what is proposed, where it differs."""
    amount = declared_amount(rating.course, rules)
    if amount is not None and rating.credits is not None and amount != rating.credits.amount:
        yield from check_course(rating.course, rules, amount)


def _of_rating(finding: RatingFinding) -> Check:
    stops = finding.certain and finding.code not in NOT_STOPPING
    return Check(
        finding.code,
        Weight.STOPS if stops else Weight.LOOK,
        ABOUT.get(finding.code, ""),
        finding.message,
        finding.what_to_do,
    )


def _linted(
    definition: AchievementDefinition, register: Register, as_of: date, lint: Lint
) -> Iterator[Check]:
    try:
        request = issuance_request(definition, register, as_of=as_of, learner=SAMPLE_LEARNER)
        findings = lint(request)
    except LintError as error:
        findings = error.findings
    except TallystickError as error:
        yield Check(error.code, Weight.STOPS, _member_at(error.pointer), error.message)
        return
    for one in findings:
        weight = Weight.STOPS if one.severity == "error" else Weight.LOOK
        yield Check(one.code, weight, _member_at(one.pointer), one.message)


def _member_at(pointer: str) -> str:
    """Name the member that a place of the credential, or of the request, was built from."""
    steps = set(pointer.split("/"))
    for step, member in MEMBER_OF_STEP.items():
        if step in steps:
            return member
    return ""


MEMBER_OF_STEP = {
    "credits": "credits",
    "creditsAvailable": "credits",
    "creditsEarned": "credits",
    "hours": "hours",
    "level": "level",
    "image": "image",
    "alignment": "alignments",
    "related": "translations",
    "inLanguage": "language",
    "fieldOfStudy": "field",
    "criteria": "criteria",
    "description": "description",
    "name": "title",
}


def _asked(missing: tuple[MissingField, ...]) -> Iterator[Check]:
    """Say once for each field which standards ask for it."""
    by_field: dict[str, list[MissingField]] = {}
    for one in missing:
        by_field.setdefault(one.field, []).append(one)
    for name, asking in by_field.items():
        standards = "; ".join(_standard(one) for one in asking)
        message = f"Not stated yet: {name.replace('_', ' ')}. Asked for by {standards}."
        yield Check("METADATA_MISSING", Weight.ASKED, OF_FIELD.get(name, name), message)


def _standard(one: MissingField) -> str:
    sure = "" if one.status in ("sourced", "verified") else ", to be confirmed"
    return f"{one.standard_name or one.standard} ({one.need}{sure})"
