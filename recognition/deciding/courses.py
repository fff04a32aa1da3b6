"""A course without credit: its description rated by a framework's rules, as facts of a case."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from credentials.json_types import JsonObject, member
from credentials.verified import VerifiedCredential
from frameworks.conversions import Credit
from frameworks.levels import Level
from frameworks.rating import Course, rate
from frameworks.rating.course import Assessment
from recognition.deciding.credential_facts import BY_REGISTER
from recognition.deciding.facts import Established, Facts, told
from recognition.errors import RecognitionError
from recognition.policies.consistency import AcceptedSources
from recognition.policies.policy import Policy


@dataclass(frozen=True, slots=True)
class DescribedCourse:
    """The description of a course, and the person who answers for it ("assessor:…")."""

    course: Course
    described_by: str


def course_facts(
    described: DescribedCourse,
    credentials: tuple[VerifiedCredential, ...],
    policy: Policy,
    accepted: AcceptedSources,
) -> dict[str, Established]:
    """Establish what a description says of a course, and what it is worth for this institution.

    Obligations: 1. the credential is of this very course, and of no other; 2. the framework is
    one that the policy accepts; 3. level and credits are what its rules propose, and only where
    nothing certain stands against them; 4. the rest is as described, by a person who is named.

    Raises `RecognitionError` (COURSE_OF_OTHER_CREDENTIAL, FRAMEWORK_NOT_ACCEPTED).
    """
    course = described.course
    # 1.
    if len(credentials) != 1 or _achievement(credentials[0].document) != course.id:
        text = f"The course description is of {course.id}, and the credential is of another one."
        raise RecognitionError(text, code="COURSE_OF_OTHER_CREDENTIAL", pointer="/id")
    # 2.
    if course.framework not in policy.frameworks:
        text = f"The course is described in {course.framework}, which the policy does not accept."
        raise RecognitionError(text, code="FRAMEWORK_NOT_ACCEPTED", pointer="/framework")
    # 3.
    rated, register = _rated(course, accepted)
    # 4.
    stated = told(Facts(**_described(course)))
    facts = {name: Established(value, described.described_by) for name, value in stated.items()}
    return facts | {
        name: Established(value, f"{BY_REGISTER}{register}") for name, value in told(rated).items()
    }


def _achievement(document: JsonObject) -> str | None:
    found = member(document.get("credentialSubject"), "achievement", "id")
    return found if isinstance(found, str) else None


def _rated(course: Course, accepted: AcceptedSources) -> tuple[Facts, str]:
    """Rate a course by the first accepted register that has its framework."""
    for source in accepted.in_order_for(course.framework):
        rating = rate(course, source.register, as_of=accepted.day)
        if rating.rules is None:
            continue
        if rating.certain:
            return Facts(), source.register.description.id
        level, proposed = rating.level, rating.credits
        facts = Facts(
            level=None if level is None else Level(course.framework, level.code),
            credits=None if proposed is None else Credit(proposed.amount, proposed.unit),
        )
        return facts, source.register.description.id
    return Facts(), ""


def _described(course: Course) -> dict[str, Any]:
    assurance = course.quality_assurance
    return {
        "hours": course.hours.total,
        "language": course.language,
        "field": course.field,
        "quality_assurance": None if assurance is None else assurance.type,
        "cost": course.cost,
        "subsidy": course.subsidy,
        **_assessed(course.assessments),
    }


def _assessed(assessments: tuple[Assessment, ...]) -> dict[str, Any]:
    """Read how the course is assessed, where all of its assessments agree."""
    types = {one.type for one in assessments}
    checks = [one.identity_verified for one in assessments]
    verified = None
    if checks and None not in checks:
        verified = all(checks)
    return {
        "assessment": types.pop() if len(types) == 1 else None,
        "identity_verified": verified,
    }
