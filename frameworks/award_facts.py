"""What a credential says about the award itself: dates, course, field, place, kind, workload."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from credentials.json_types import JsonObject, JsonValue, as_list
from frameworks.dates import parse_date
from frameworks.errors import FrameworkError
from frameworks.value_checks import Workload, workload

ISCED_PREFIX = "http://data.europa.eu/snb/isced-f/"
"""Beginning of the URIs of fields of study."""

ALIGNMENTS_READ = 64
"""How many alignments of an achievement are looked at for its field."""

_FIELD_CODE = re.compile("[0-9]{2,6}")
_SUBJECT_INDEX = re.compile("/credentialSubject/([0-9]{1,6})(?:/|$)")


@dataclass(frozen=True, slots=True)
class AwardFacts:
    """Facts of one award, as stated; None means not stated, or not readable."""

    issuer: str | None = None
    achievement: str | None = None
    title: str | None = None
    awarded: date | None = None
    valid_from: date | None = None
    valid_until: date | None = None
    activity_start: date | None = None
    activity_end: date | None = None
    activity_hours: Workload | None = None
    field: str | None = None
    jurisdiction: str | None = None
    type: str | None = None


def award_facts(document: JsonObject, pointer: str) -> AwardFacts:
    """Read the facts of the award whose value stands at `pointer` of a credential.

    The day of the award is `awardedDate`, or else the beginning of validity.
    """
    subject = _subject(document, pointer)
    achievement = _object(subject.get("achievement"))
    claim = _object(_first(subject.get("hasClaim")))
    activity = _object(_first(claim.get("influencedBy")))
    period = _object(_first(activity.get("temporal")))
    issuer = document.get("issuer")
    valid_from = _day(document.get("validFrom", document.get("issuanceDate")))
    return AwardFacts(
        issuer=_text(issuer.get("id") if isinstance(issuer, dict) else issuer),
        achievement=_text(achievement.get("id")),
        title=_text(achievement.get("name")),
        awarded=_day(document.get("awardedDate")) or valid_from,
        valid_from=valid_from,
        valid_until=_day(document.get("validUntil", document.get("expirationDate"))),
        activity_start=_day(subject.get("activityStartDate", period.get("startDate"))),
        activity_end=_day(subject.get("activityEndDate", period.get("endDate"))),
        activity_hours=workload(_text(activity.get("workload"))),
        field=_field(achievement),
        jurisdiction=_country(issuer),
        type=_text(achievement.get("achievementType")),
    )


def _subject(document: JsonObject, pointer: str) -> JsonObject:
    subjects = document.get("credentialSubject")
    match = _SUBJECT_INDEX.match(pointer)
    if isinstance(subjects, list) and match and int(match[1]) < len(subjects):
        return _object(subjects[int(match[1])])
    return _object(subjects)


def _field(achievement: JsonObject) -> str | None:
    """Read the field of study: the ISCED-F code of an alignment, or a code that is stated."""
    codes = set(_aligned_fields(achievement))
    if len(codes) == 1:
        return codes.pop()
    stated = _text(achievement.get("fieldOfStudy"))
    return stated if stated and not codes and _FIELD_CODE.fullmatch(stated) else None


def _aligned_fields(achievement: JsonObject) -> Iterator[str]:
    for item in as_list(achievement.get("alignment"))[:ALIGNMENTS_READ]:
        uri = _text(item.get("targetUrl")) if isinstance(item, dict) else None
        if uri is not None and uri.startswith(ISCED_PREFIX):
            yield uri.removeprefix(ISCED_PREFIX)


def _country(issuer: JsonValue) -> str | None:
    address = issuer.get("address") if isinstance(issuer, dict) else None
    return _text(_object(address).get("addressCountryCode"))


def _day(value: JsonValue) -> date | None:
    try:
        return None if value is None else parse_date(value)
    except FrameworkError:
        return None


def _first(value: JsonValue) -> JsonValue:
    return next(iter(as_list(value)), None)


def _object(value: JsonValue) -> JsonObject:
    return value if isinstance(value, dict) else {}


def _text(value: JsonValue) -> str | None:
    return value if isinstance(value, str) and value else None
