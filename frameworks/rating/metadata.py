"""What each metadata standard asks a course description to say, and the course does not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from frameworks.rating.course import Course
from frameworks.rating.framework_rules import framework_rules
from frameworks.rating.proposals import propose_credits, propose_level
from frameworks.register import Register
from frameworks.register.register import in_force
from frameworks.register.rows import MetadataRow

OF_THE_CREDENTIAL = frozenset({"learner", "issue_date"})
"""Fields that a credential states and a course cannot."""


@dataclass(frozen=True, slots=True)
class MissingField:
    """A field that a standard asks for: how much, how sure that is, and where it comes from.

    `is_understood` is False for a field of the register that this software does not know, so
    that a person has to look for it.
    """

    standard: str
    standard_name: str | None
    field: str
    need: str
    status: str
    source: str
    note: str
    is_understood: bool = True


def _says_who_watches(course: Course) -> bool:
    """Tell whether each assessment says if it is supervised and if identity is verified."""
    return bool(course.assessments) and all(
        one.supervised is not None and one.identity_verified is not None
        for one in course.assessments
    )


STATED: dict[str, Callable[[Course], bool]] = {
    "assessment": lambda course: bool(course.assessments),
    "awarding_body": lambda course: bool(course.providers) and course.developer is not None,
    "credits": lambda course: course.credits is not None,
    "field": lambda course: course.field is not None,
    "grade": lambda course: course.grading is not None,
    "hours": lambda course: course.hours.total is not None,
    "issuer_country": lambda course: (
        course.developer is not None and course.developer.country is not None
    ),
    "language": lambda course: course.language is not None,
    "level": lambda course: course.level is not None,
    "need": lambda course: course.need is not None or course.employer is not None,
    "outcomes": lambda course: bool(course.outcomes),
    "participation": lambda course: course.participation is not None,
    "prerequisites": lambda course: course.prerequisites is not None,
    "purpose": lambda course: course.purpose is not None,
    "quality_assurance": lambda course: course.quality_assurance is not None,
    "review": lambda course: course.review is not None,
    "stackability": lambda course: course.stackability is not None,
    "supervision": _says_who_watches,
    "target_group": lambda course: course.target_group is not None,
    "title": lambda course: bool(course.title),
}
"""Whether a course states a field.

The awarding body is whoever developed the course together with whoever may award it (NZQA asks
for both); its country is the developer's.  An employer that a course is made for is evidence of
need."""


def missing_metadata(course: Course, register: Register, as_of: date) -> tuple[MissingField, ...]:
    """Name what a course does not state, by standard, in the order of the register.

    Level and credits count as stated also if they can be proposed.
    """
    stated = {name for name, is_stated in STATED.items() if is_stated(course)}
    stated |= OF_THE_CREDENTIAL | _proposable(course, register, as_of)
    rows = in_force(register.tables.metadata, as_of)
    standards = list(dict.fromkeys(row.standard for row in rows))
    missing = [row for row in rows if row.field not in stated]
    return tuple(map(_missing, sorted(missing, key=lambda row: standards.index(row.standard))))


def _missing(row: MetadataRow) -> MissingField:
    return MissingField(
        standard=row.standard,
        standard_name=row.standard_name,
        field=row.field,
        need=row.need,
        status=row.provenance.status,
        source=row.provenance.source,
        note=row.provenance.note,
        is_understood=row.field in STATED,
    )


def _proposable(course: Course, register: Register, as_of: date) -> set[str]:
    rules = framework_rules(course.framework, register, as_of)
    if rules is None:
        return set()
    proposals = {"level": propose_level(course, rules), "credits": propose_credits(course, rules)}
    return {name for name, (proposed, _findings) in proposals.items() if proposed is not None}
