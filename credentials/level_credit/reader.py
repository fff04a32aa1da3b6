"""Reading level and credits out of a credential, in every form that is in use.

Forms (each with its source in docs/level-credit-profile.md): our profile; plain Open Badges
(creditsAvailable, creditsEarned, no unit); SURF educredentials; edubadges extensions; the
German LevelExtension; the European Learning Model.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from typing import NamedTuple

from credentials.json_types import JsonObject, JsonValue, as_list, only
from credentials.level_credit.claims import UNKNOWN_UNIT, StatedValue, amount_of
from credentials.level_credit.levels import (
    achievement_levels,
    concept_label,
    extension_members,
    learning_model_levels,
    text_of,
)

HOURS_RESULT_TYPE = "ext:NotionalHours"
COUNTED_STATUSES = (None, "Completed")
"""Statuses of a result that earns something; any other was not, or not yet, achieved."""

_CREDIT_RESULT_TYPE = re.compile(r"ext:([A-Za-z0-9._-]{1,32})Credits")
_ISO_DURATION = re.compile(r"P(?:([0-9]{1,4})D)?(?:T(?:([0-9]{1,5})H)?(?:([0-9]{1,5})M)?)?")


class Stated(NamedTuple):
    """One kind of amount: what was earned of it and what is available, as far as stated."""

    earned: Fraction | None
    available: Fraction | None


_NOTHING = Stated(None, None)


def read_values(document: JsonObject) -> tuple[StatedValue, ...]:
    """Read the stated values of all subjects of a credential.

    Returns one value for each unit of credit (or one without credits if only a level is stated);
    the unit is "unknown" where the credential names none.  Malformed parts are left out here and
    reported by `value_findings`.
    """
    values = [
        value
        for index, subject in enumerate(as_list(document.get("credentialSubject")))
        if isinstance(subject, dict)
        for value in _subject_values(subject, subject_pointer(document, index))
    ]
    return tuple(sorted(values, key=lambda value: (value.source_pointer, value.unit)))


def subject_pointer(document: JsonObject, index: int) -> str:
    """Point to one of the subjects, or to the only one."""
    many = isinstance(document.get("credentialSubject"), list)
    return f"/credentialSubject/{index}" if many else "/credentialSubject"


def amount_kind(description: JsonObject) -> str | None:
    """Read the result type of a description if it stands for credits of a unit, or for hours."""
    kind = text_of(description, "resultType") or ""
    is_amount = kind == HOURS_RESULT_TYPE or _CREDIT_RESULT_TYPE.fullmatch(kind)
    return kind if is_amount else None


def profile_credits(subject: JsonObject, achievement: JsonObject) -> dict[str, Stated]:
    """Read result descriptions that name a unit of credit, with their results."""
    units = {}
    for description in descriptions_of(achievement):
        match = _CREDIT_RESULT_TYPE.fullmatch(text_of(description, "resultType") or "")
        if match is not None:
            units[match[1]] = _stated(subject, description)
    return units


def descriptions_of(achievement: JsonObject) -> Iterator[JsonObject]:
    """Yield the result descriptions of an achievement."""
    for item in as_list(achievement.get("resultDescription")):
        if isinstance(item, dict):
            yield item


def results_of(subject: JsonObject, description: JsonObject) -> Iterator[tuple[int, JsonObject]]:
    """Yield the results that refer to a description, with their indexes."""
    description_id = description.get("id")
    for index, result in enumerate(as_list(subject.get("result"))):
        if isinstance(result, dict) and only(result.get("resultDescription")) == description_id:
            yield index, result


def counted_amounts(subject: JsonObject, description: JsonObject) -> set[Fraction | None]:
    """Read what the results of a description earn; one that was not completed earns nothing."""
    results = [result for _index, result in results_of(subject, description)]
    counted = [result for result in results if is_counted(result)]
    if results and not counted:
        return {Fraction(0)}
    return {amount_of(only(result.get("value"))) for result in counted}


def is_counted(result: JsonObject) -> bool:
    """Tell whether a result is of a status that earns something."""
    return only(result.get("status")) in COUNTED_STATUSES


def _subject_values(subject: JsonObject, pointer: str) -> Iterator[StatedValue]:
    achievement = subject.get("achievement")
    if isinstance(achievement, dict):
        yield from _achievement_values(subject, achievement, pointer)
    for claim in as_list(subject.get("hasClaim")):
        specification = claim.get("specifiedBy") if isinstance(claim, dict) else None
        if isinstance(specification, dict):
            yield from _learning_model_values(specification, f"{pointer}/hasClaim/specifiedBy")


def _achievement_values(
    subject: JsonObject, achievement: JsonObject, pointer: str
) -> Iterator[StatedValue]:
    place = f"{pointer}/achievement"
    levels = achievement_levels(achievement, place)
    hours = _hours(subject, achievement)
    units = profile_credits(subject, achievement) or _foreign_credits(achievement)
    plain = Stated(
        amount_of(subject.get("creditsEarned")), amount_of(achievement.get("creditsAvailable"))
    )
    if not units and plain != _NOTHING:
        units = {UNKNOWN_UNIT: _NOTHING}
    for unit, stated in units.items():
        credit = _completed(plain, stated) if len(units) == 1 else stated
        yield StatedValue(levels, unit, *credit, *hours, place)
    if not units and (levels or hours != _NOTHING):
        yield StatedValue(levels, UNKNOWN_UNIT, *_NOTHING, *hours, place)


def _completed(first: Stated, second: Stated) -> Stated:
    """Take each amount from the first that states it."""
    return Stated(
        second.earned if first.earned is None else first.earned,
        second.available if first.available is None else first.available,
    )


def _stated(subject: JsonObject, description: JsonObject) -> Stated:
    """Read what a description makes available, and its one result; several are none."""
    amounts = counted_amounts(subject, description)
    earned = amounts.pop() if len(amounts) == 1 else None
    return Stated(earned, amount_of(description.get("valueMax")))


def _hours(subject: JsonObject, achievement: JsonObject) -> Stated:
    for description in descriptions_of(achievement):
        if description.get("resultType") == HOURS_RESULT_TYPE:
            return _stated(subject, description)
    for _name, number in extension_members(achievement, ("StudyLoad", "SBU")):
        return Stated(None, amount_of(number))
    return _NOTHING


def _foreign_credits(achievement: JsonObject) -> dict[str, Stated]:
    """Read the ECTS member of SURF educredentials and of edubadges."""
    members = extension_members(achievement, ("ECTS",))
    return {name: Stated(None, amount_of(number)) for name, number in members}


def _learning_model_values(specification: JsonObject, pointer: str) -> Iterator[StatedValue]:
    """Read eqfLevel, nqfLevel, creditPoint and volumeOfLearning (European Learning Model 3)."""
    levels = learning_model_levels(specification, pointer)
    hours = Stated(None, _duration_hours(specification.get("volumeOfLearning")))
    points = [item for item in as_list(specification.get("creditPoint")) if isinstance(item, dict)]
    for item in points:
        amount = Stated(None, amount_of(item.get("point")))
        unit = concept_label(item.get("framework")) or UNKNOWN_UNIT
        is_ects = "european credit transfer" in unit.lower()
        yield StatedValue(levels, "ECTS" if is_ects else unit, *amount, *hours, pointer)
    if not points and (levels or hours != _NOTHING):
        yield StatedValue(levels, UNKNOWN_UNIT, *_NOTHING, *hours, pointer)


def _duration_hours(value: JsonValue) -> Fraction | None:
    """Read hours and minutes; days never become hours, since nobody says how long a day is."""
    match = _ISO_DURATION.fullmatch(value) if isinstance(value, str) else None
    if match is None or match[1] or not (match[2] or match[3]):
        return None
    return Fraction(int(match[2] or 0)) + Fraction(int(match[3] or 0), 60)
