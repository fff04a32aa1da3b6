"""What a credential says about the award itself: dates, course, field, place, kind, workload."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import NamedTuple

import orjson

from credentials.json_types import (
    JsonObject,
    JsonValue,
    as_list,
    id_of,
    member,
    only,
    texts_among,
)
from frameworks.dates import parse_date
from frameworks.errors import FrameworkError
from frameworks.value_checks import Workload, workload

ISCED_PREFIX = "http://data.europa.eu/snb/isced-f/"
"""Beginning of the URIs of fields of study."""

_ISCED_CODE = re.compile("[0-9]{2,4}")
_FIELD_CODE = re.compile("[0-9]{2,6}")
_PLACE = re.compile("/credentialSubject(?:/([0-9]{1,6}))?(?:/hasClaim(?:/([0-9]{1,6}))?)?(?:/|$)")


class AwardFacts(NamedTuple):
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

    The day of the award is `awardedDate`, or else the beginning of validity.  A fact of which
    several different values are stated is unknown: which one comes first is not signed.
    """
    place = _PLACE.match(pointer)
    subject = _item(document.get("credentialSubject"), place and place[1])
    claim = _item(member(subject, "hasClaim"), place and place[2])
    activity = member(claim, "influencedBy")
    period = member(activity, "temporal")
    achievement = member(subject, "achievement")
    issuer = id_of(document.get("issuer"))
    begins = ((document, "validFrom"), (document, "issuanceDate"))
    return AwardFacts(
        issuer=issuer,
        achievement=id_of(achievement),
        title=_text(member(achievement, "name")),
        awarded=_day((document, "awardedDate"), *begins),
        valid_from=_day(*begins),
        valid_until=_day((document, "validUntil"), (document, "expirationDate")),
        activity_start=_day((subject, "activityStartDate"), (period, "startDate")),
        activity_end=_day((subject, "activityEndDate"), (period, "endDate")),
        activity_hours=workload(_text(member(activity, "workload"))),
        field=_field(achievement),
        jurisdiction=_country(document, issuer),
        type=_text(member(achievement, "achievementType")),
    )


def _item(value: JsonValue, index: str | None) -> JsonValue:
    """Take the item of an array that a pointer names, or the only one."""
    if isinstance(value, list) and index is not None and int(index) < len(value):
        return only(value[int(index)])
    return only(value)


def _field(achievement: JsonValue) -> str | None:
    """Read the field of study: the code of ISCED-F alignments and of what is stated as one."""
    codes = set(_aligned_fields(achievement))
    stated = as_list(member(achievement, "fieldOfStudy"))
    codes |= {code for code in texts_among(stated) if _FIELD_CODE.fullmatch(code)}
    return codes.pop() if len(codes) == 1 else None


def _aligned_fields(achievement: JsonValue) -> Iterator[str]:
    for item in as_list(member(achievement, "alignment")):
        stated = member(item, "targetUrl")
        for uri in (stated,) if isinstance(stated, str) else texts_among(as_list(stated)):
            code = uri.removeprefix(ISCED_PREFIX)
            if code != uri and _ISCED_CODE.fullmatch(code):
                yield code


def _country(document: JsonObject, issuer: str | None) -> str | None:
    """Read the issuer's country from every place that describes the issuer.

    To a signature over RDF all descriptions of one id are one, so an address could be moved from
    one of them to another.
    """
    profile = document.get("issuer")
    if not (isinstance(profile, dict) and _is_described_once(document, profile)):
        return _country_of(issuer, _described(document))
    return _country_of(issuer, {profile["id"]: [profile]})


def _country_of(issuer: str | None, described: Mapping[str, list[JsonObject]]) -> str | None:
    countries = {
        code
        for profile in described.get(issuer or "", [])
        for address in as_list(profile.get("address"))
        for place in (address, *described.get(id_of(address) or "", ()))
        for code in texts_among(as_list(member(place, "addressCountryCode")))
    }
    return countries.pop() if len(countries) == 1 else None


def _is_described_once(document: JsonObject, profile: JsonObject) -> bool:
    """Tell whether nothing but this profile, and nothing elsewhere, describes it or its addresses.

    Written as JSON, a text that does not begin like punctuation shows as often as it is there.
    False where that is not certain.
    """
    identifier, addresses = profile.get("id"), as_list(profile.get("address"))
    if not isinstance(identifier, str) or not identifier[:1].isalpha():
        return False
    if any(id_of(address) is not None for address in addresses):
        return False
    try:
        return orjson.dumps(document).count(orjson.dumps(identifier)) == 1
    except orjson.JSONEncodeError:
        return False


def _described(document: JsonObject) -> dict[str, list[JsonObject]]:
    """Find all descriptions of everything in a document that has an id."""
    described: dict[str, list[JsonObject]] = {}
    level: list[JsonValue] = [document]
    while level:
        below: list[JsonValue] = []
        for value in level:
            if isinstance(value, dict):
                if "id" in value and isinstance(identifier := only(value["id"]), str):
                    described.setdefault(identifier, []).append(value)
                below += value.values()
            elif isinstance(value, list):
                below += value
        level = below
    return described


def _day(*places: tuple[JsonValue, str]) -> date | None:
    """Read the first of some members that is there at all as a day."""
    for item, name in places:
        if isinstance(item, dict) and name in item:
            try:
                return parse_date(member(item, name))
            except FrameworkError:
                return None
    return None


def _text(value: JsonValue) -> str | None:
    return value if isinstance(value, str) and value else None
