"""From a definition and a learner to the request that `issuer.requests` reads."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator
from datetime import UTC, date, datetime, time

from credentials.errors import TallystickError
from credentials.json_types import JsonObject
from credentials.level_credit.claims import decimal_text
from credentials.timestamps import format_timestamp
from frameworks.rating.course import Assessment, Course
from frameworks.register import Register, RegisterDay
from issuer.achievements.definition import AchievementDefinition, Alignment
from issuer.achievements.wording import Wording, wording_for

SAMPLE_LEARNER: JsonObject = {"email": "learner@example.com"}
"""Whom a credential is prepared for that only shows what it will be."""

SHORT_NAME = re.compile(r"[A-Za-z0-9._-]{1,32}")
"""What the target type of an alignment can carry (docs/level-credit-profile.md)."""


class NotIssuableError(TallystickError):
    """A definition does not say enough, or the register does not know what it says."""

    code = "NOT_ISSUABLE"


def issuance_request(
    definition: AchievementDefinition,
    register: Register,
    *,
    as_of: date,
    learner: JsonObject,
    version: int | None = None,
    award: JsonObject | None = None,
) -> JsonObject:
    """Write the short form of a request for one learner.

    `learner` is {"id": URL} or {"email": ADDRESS}; `award` adds members of the one award, such as
    `awardedDate`, `validUntil` and `issuer`.  Level and unit are looked up in the register as of
    the day.  Raises `NotIssuableError` that names the member at fault in its pointer.
    """
    day = register.on(as_of)
    members: JsonObject = {
        "achievement": _achievement(definition, version),
        "learner": dict(learner),
        "level": _level(definition.course, day),
        "credits": _credits(definition.course, day),
        **(award or {}),
    }
    hours = definition.course.hours.total
    return members if hours is None else {**members, "hours": decimal_text(hours)}


def _achievement(definition: AchievementDefinition, version: int | None) -> JsonObject:
    course = definition.course
    description = _stated(definition.description, "description")
    optional = {
        "inLanguage": course.language,
        "fieldOfStudy": course.field,
        "version": None if version is None else str(version),
        "creator": _creator(course),
        "image": _image(definition),
        "alignment": [_alignment(one) for one in definition.alignments],
        "related": [_related(one.id, one.language) for one in definition.translations],
    }
    return {
        "id": course.id,
        "name": course.title,
        "description": description,
        "criteria": narrative(definition),
        "achievementType": definition.achievement_type,
        **{name: value for name, value in optional.items() if value},
    }


def narrative(definition: AchievementDefinition) -> str:
    """Write the criteria with outcomes, assessment and what else a reader asks, in Markdown."""
    course, words = definition.course, wording_for(definition.course.language)
    parts = [_stated(definition.criteria, "criteria")]
    if course.outcomes:
        outcomes = "\n".join(f"- {one.text.strip()}" for one in course.outcomes)
        parts.append(f"{words.outcomes}{words.colon}\n\n{outcomes}")
    if course.assessments:
        assessments = "\n".join(f"- {_assessed(one, words)}" for one in course.assessments)
        parts.append(f"{words.assessment}{words.colon}\n\n{assessments}")
    parts += _further(course, words)
    return "\n\n".join(part.strip() for part in parts)


def _further(course: Course, words: Wording) -> Iterator[str]:
    if course.participation is not None:
        yield f"{words.participation}{words.colon} {words.ways[course.participation]}"
    if course.prerequisites is not None:
        yield f"{words.prerequisites}{words.colon} {course.prerequisites}"
    if course.quality_assurance is not None:
        body = course.quality_assurance.body
        named = course.quality_assurance.type
        yield f"{words.quality_assurance}{words.colon} {named}" + (f" ({body})" if body else "")


def _assessed(one: Assessment, words: Wording) -> str:
    remarks = [
        text
        for is_said, text in (
            (one.supervised, words.supervised),
            (one.identity_verified, words.identity_verified),
        )
        if is_said
    ]
    remark = f" ({', '.join(remarks)})" if remarks else ""
    return f"{one.type}{remark}" + (f": {one.description.strip()}" if one.description else "")


def _creator(course: Course) -> JsonObject | None:
    """Name who developed the course, if there is an id to name them by."""
    if course.developer is None or course.developer.id is None:
        return None
    return {"id": course.developer.id, "type": ["Profile"], "name": course.developer.name}


def _image(definition: AchievementDefinition) -> JsonObject | None:
    if definition.image is None:
        return None
    return {"id": definition.image.url, "type": "Image", "caption": definition.image.alt}


def _alignment(one: Alignment) -> JsonObject:
    optional = {
        "targetFramework": one.framework,
        "targetCode": one.code,
        "targetDescription": one.description,
        "targetType": one.type,
    }
    stated = {name: value for name, value in optional.items() if value is not None}
    return {"type": ["Alignment"], "targetName": one.name, "targetUrl": one.url, **stated}


def _related(identifier: str, language: str) -> JsonObject:
    return {"id": identifier, "type": ["Related"], "inLanguage": language}


def _level(course: Course, day: RegisterDay) -> JsonObject:
    code = _stated(course.level, "level")
    framework = day.frameworks.get(course.framework)
    row = day.level_rows.get((course.framework, code))
    if framework is None or row is None or row.uri is None:
        raise NotIssuableError(
            f"The register has no level {code} of {course.framework} that can be named.",
            code="LEVEL_UNKNOWN",
            pointer="/level",
        )
    acronym = framework.acronym or ""
    short = acronym if SHORT_NAME.fullmatch(acronym) else framework.id
    return {"framework": short, "frameworkName": framework.name, "code": code, "uri": row.uri}


def _credits(course: Course, day: RegisterDay) -> JsonObject:
    if course.credits is None:
        raise _lacking("credits")
    unit = course.credits.unit
    row = day.unit_rows.get(unit) or day.units_by_token.get(unit)
    if row is None:
        text = f"The register has no unit of credit {unit}."
        raise NotIssuableError(text, code="UNIT_UNKNOWN", pointer="/credits")
    amount = decimal_text(course.credits.amount)
    if amount is None or "/" in amount:
        text = f"Credits are stated with at most two decimal places; {amount} has more."
        raise NotIssuableError(text, code="AMOUNT_OUT_OF_RANGE", pointer="/credits")
    return {"unit": row.token, "amount": amount}


def _stated(value: str | None, member: str) -> str:
    if value is None:
        raise _lacking(member)
    return value


def _lacking(member: str) -> NotIssuableError:
    text = f"The definition does not state its {member}."
    return NotIssuableError(text, code="MEMBER_MISSING", pointer=f"/{member}")


def valid_until(definition: AchievementDefinition, awarded: date) -> str | None:
    """Say until when a credential of a day is valid; None if the definition sets no end."""
    if definition.validity_months is None:
        return None
    end = _months_later(awarded, definition.validity_months)
    return format_timestamp(datetime.combine(end, time(23, 59, 59), UTC))


def _months_later(day: date, months: int) -> date:
    """Find the same day of a later month; a day that it does not have becomes its last one."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
