"""Whether a course, with given credits, keeps the rules of its framework."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from fractions import Fraction

from credentials.level_credit.claims import decimal_text
from frameworks.rating.course import Course
from frameworks.rating.findings import RatingFinding
from frameworks.rating.framework_rules import FrameworkRules
from frameworks.rating.proposals import ProposedCredits
from frameworks.register.rows import SizeBoundsRow
from frameworks.value_checks import (
    NOT_CERTAIN,
    Rule,
    SizeBounds,
    ValueClaim,
    Workload,
    amount_step,
    check_value,
    hours_per_credit,
    size_bounds,
    title_words,
)

WORDING = {
    "CREDITS_ZERO": (
        "The hours do not make one step of credit.",
        "State more hours, or do not list the course with credits.",
    ),
    "HOURS_PER_CREDIT_ABOVE": (
        "There are more hours behind one credit than the unit allows.",
        "Correct the hours or the credits.",
    ),
    "HOURS_PER_CREDIT_BELOW": (
        "There are fewer hours behind one credit than the unit asks for.",
        "Correct the hours or the credits.",
    ),
    "NOT_A_MULTIPLE_OF_STEP": (
        "The unit does not divide credits so finely.",
        "Use a multiple of the unit's step.",
    ),
    "SIZE_ABOVE_MAX": (
        "The course has more credits than a micro-credential may have",
        "Divide the course, or correct its hours.",
    ),
    "SIZE_BELOW_MIN": (
        "The course has fewer credits than a micro-credential must have",
        "Extend the course, or correct its hours.",
    ),
    "TITLE_WORD_FORBIDDEN": (
        "The title contains a word that the framework forbids",
        "Choose another title.",
    ),
    "UNIT_MISMATCH": (
        "A rule of the framework is written in another unit, so it was not checked",
        "Compare the size with that rule.",
    ),
}
"""What the findings of the value rules mean for a course, and what to do."""


def check_course(
    course: Course, rules: FrameworkRules, amount: Fraction | None
) -> Iterator[RatingFinding]:
    """Check a course against the framework's rules as of their day.

    1. the title; 2. the size in credits, as far as they are known; 3. the size in hours; 4. the
    review date.
    """
    # 1.
    for row in rules.title_rules:
        check = title_words(row.forbidden)
        yield from _values(course, rules, amount, check, because=f" (rule {row.id}).")
    # 2.
    if amount is not None:
        yield from _size(course, rules, amount)
    # 3.
    for bounds in _applicable(course, rules):
        yield from _hours(course, bounds, is_sure=_is_sure(course, rules))
    # 4.
    yield from review_overdue(course, rules.as_of)


def review_overdue(course: Course, day: date) -> Iterator[RatingFinding]:
    """Find a review that was to be held before a day."""
    if course.review is not None and course.review < day:
        yield RatingFinding(
            "REVIEW_OVERDUE",
            certain=True,
            message=f"The course was to be reviewed by {course.review}.",
            what_to_do="Review the course and state the next date.",
        )


def check_credits(
    course: Course, rules: FrameworkRules, amount: Fraction
) -> Iterator[RatingFinding]:
    """Check an amount of the framework's unit against the unit: hours per credit, and step."""
    if course.hours.total is not None and rules.unit is not None and rules.unit.hours_low:
        yield from _values(course, rules, amount, hours_per_credit())
    if rules.unit is not None and rules.unit.step is not None:
        yield from _values(course, rules, amount, amount_step(rules.unit.step))


def declared_credits(
    course: Course, rules: FrameworkRules, proposed: ProposedCredits | None
) -> Iterator[RatingFinding]:
    """Compare the credits that the developers declare with those that are proposed.

    They differ for certain only if their hours per credit lie outside the unit's interval.
    """
    declared, amount = course.credits, declared_amount(course, rules)
    if declared is None or rules.unit is None:
        return
    if amount is None:
        yield RatingFinding(
            "UNIT_MISMATCH",
            certain=False,
            message=f"The course declares {declared.unit}; the framework uses {rules.unit.token}.",
            what_to_do="Declare credits in the framework's own unit; nothing is converted here.",
        )
    elif proposed is None or amount != proposed.amount:
        found = tuple(check_credits(course, rules, amount))
        yield from found
        if proposed is not None:
            yield _credits_differ(amount, proposed, found)


def declared_amount(course: Course, rules: FrameworkRules) -> Fraction | None:
    """Read the declared credits, if they are of the framework's unit."""
    declared, unit = course.credits, rules.unit
    if declared is None or unit is None or declared.unit not in (unit.id, unit.token):
        return None
    return declared.amount


def _credits_differ(
    amount: Fraction, proposed: ProposedCredits, found: tuple[RatingFinding, ...]
) -> RatingFinding:
    impossible = {"HOURS_PER_CREDIT_ABOVE", "HOURS_PER_CREDIT_BELOW", "CREDITS_ZERO"}
    return RatingFinding(
        "CREDITS_DIFFER",
        certain=any(finding.code in impossible for finding in found),
        message=f"The course declares {decimal_text(amount)} credits; its hours make "
        f"{decimal_text(proposed.amount)}.",
        what_to_do="Correct the credits or the hours, or have the approver set the credits.",
    )


def _claim(course: Course, rules: FrameworkRules, amount: Fraction | None) -> ValueClaim:
    """Say of a course what the value rules ask of a credential; it is as if awarded today."""
    hours = course.hours.total
    return ValueClaim(
        framework=course.framework,
        amount=amount,
        unit=None if rules.unit is None else rules.unit.id,
        hours=None if hours is None else Workload(hours),
        title=course.title,
        awarded=rules.as_of,
        sector=course.sector,
    )


def _values(
    course: Course,
    rules: FrameworkRules,
    amount: Fraction | None,
    rule: Rule,
    *,
    because: str = "",
    is_sure: bool = True,
) -> Iterator[RatingFinding]:
    """Apply one of the value rules; every finding gets its words."""
    for code in check_value(_claim(course, rules, amount), (rule,), rules.facts).findings:
        message, what_to_do = WORDING[code]
        certain = is_sure and code not in NOT_CERTAIN
        yield RatingFinding(code, certain, message + because, what_to_do)


def _size(course: Course, rules: FrameworkRules, amount: Fraction) -> Iterator[RatingFinding]:
    if amount <= 0:
        message, what_to_do = WORDING["CREDITS_ZERO"]
        yield RatingFinding("CREDITS_ZERO", True, message, what_to_do)
    for row in _applicable(course, rules):
        if row.unit is not None and (row.min is not None or row.max is not None):
            rule = size_bounds(row.unit, (_bounds(row),))
            because = f" (rule {row.id}, source {row.provenance.source})."
            is_sure = _is_sure(course, rules)
            yield from _values(course, rules, amount, rule, because=because, is_sure=is_sure)


def _bounds(row: SizeBoundsRow) -> SizeBounds:
    first, last = row.provenance.first_day, row.provenance.last_day
    return SizeBounds(row.id, row.min, row.max, first, last, row.sector)


def _applicable(course: Course, rules: FrameworkRules) -> tuple[SizeBoundsRow, ...]:
    """Choose the bounds for a course: of each unit those of its sector, else the general ones."""
    own = tuple(row for row in rules.size_bounds if row.sector and row.sector == course.sector)
    units = {row.unit for row in own}
    general = (row for row in rules.size_bounds if not row.sector and row.unit not in units)
    return (*own, *general)


def _is_sure(course: Course, rules: FrameworkRules) -> bool:
    """Tell whether the bounds are sure: a sector that is not stated may have others."""
    return course.sector is not None or not any(row.sector for row in rules.size_bounds)


def _hours(course: Course, row: SizeBoundsRow, *, is_sure: bool) -> Iterator[RatingFinding]:
    hours = course.hours.total
    rule = f"(rule {row.id}, source {row.provenance.source})"
    if hours is not None and row.min_hours is not None and hours < row.min_hours:
        yield RatingFinding(
            "HOURS_BELOW_MIN",
            certain=is_sure,
            message=f"At least {decimal_text(row.min_hours)} hours are asked for {rule}.",
            what_to_do="Extend the course, or correct its hours.",
        )
    if hours is not None and row.max_hours is not None and hours > row.max_hours:
        yield RatingFinding(
            "HOURS_ABOVE_MAX",
            certain=is_sure,
            message=f"At most {decimal_text(row.max_hours)} hours are allowed {rule}.",
            what_to_do="Divide the course, or correct its hours.",
        )
