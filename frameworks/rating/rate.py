"""Proposing a value for a course: level and credits, what stands against them, what is missing."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from frameworks.rating.checks import check_course, declared_amount, declared_credits
from frameworks.rating.course import Course
from frameworks.rating.findings import RatingFinding
from frameworks.rating.framework_rules import FrameworkRules, framework_rules
from frameworks.rating.metadata import MissingField, missing_metadata
from frameworks.rating.proposals import (
    ProposedCredits,
    ProposedLevel,
    propose_credits,
    propose_level,
)
from frameworks.register import Register


@dataclass(frozen=True, slots=True)
class Rating:
    """What is proposed for a course on a day; a person decides.

    `rules` is what was known of the framework, or None if the register does not have it.
    """

    course: Course
    as_of: date
    level: ProposedLevel | None
    credits: ProposedCredits | None
    hours: Fraction | None
    findings: tuple[RatingFinding, ...]
    missing: tuple[MissingField, ...]
    rules: FrameworkRules | None = field(repr=False)

    @property
    def certain(self) -> tuple[RatingFinding, ...]:
        """The findings that stand against a listing."""
        return tuple(finding for finding in self.findings if finding.certain)


def rate(course: Course, register: Register, *, as_of: date) -> Rating:
    """Propose the value of a course by the rules that a register has on a day.

    1. the level by the best fit of the outcomes (`propose_level`); 2. the credits from the hours
    (`propose_credits`); 3. credits that the course declares; 4. the framework's rules about
    titles, sizes and reviews, with the proposed credits, else with the declared ones; 5. what is
    missing by standard.
    """
    missing = missing_metadata(course, register, as_of)
    rules = framework_rules(course.framework, register, as_of)
    hours = course.hours.total
    if rules is None:
        unknown = _framework_unknown(course)
        return Rating(course, as_of, None, None, hours, (unknown,), missing, None)
    # 1.
    level, findings = propose_level(course, rules)
    # 2.
    credit, more = propose_credits(course, rules)
    findings += more
    # 3.
    findings += tuple(declared_credits(course, rules, credit))
    # 4.
    amount = declared_amount(course, rules) if credit is None else credit.amount
    findings += tuple(check_course(course, rules, amount))
    # 5.
    unique = tuple(dict.fromkeys(findings))
    return Rating(course, as_of, level, credit, hours, unique, missing, rules)


def _framework_unknown(course: Course) -> RatingFinding:
    return RatingFinding(
        "FRAMEWORK_UNKNOWN",
        certain=True,
        message=f"The register has no framework {course.framework} on that day.",
        what_to_do="Name a framework by its id in the register, such as nz-nzqcf.",
    )
