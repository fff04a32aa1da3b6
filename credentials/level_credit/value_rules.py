"""What is wrong or missing in the level and credits that a credential states."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from credentials.findings import Finding
from credentials.json_types import JsonObject, as_list, only
from credentials.level_credit.claims import UNKNOWN_UNIT, StatedLevel, StatedValue, amount_of
from credentials.level_credit.levels import (
    LEVELS_READ,
    achievement_levels,
    contradicted_levels,
    framework_uri,
    has_too_many_levels,
)
from credentials.level_credit.reader import (
    Stated,
    amount_kind,
    counted_amounts,
    descriptions_of,
    is_counted,
    profile_credits,
    read_values,
    results_of,
    subject_pointer,
)

CLAUSE = "Level and credit profile"


def value_findings(document: JsonObject) -> tuple[Finding, ...]:
    """Say what is wrong or missing in the stated values, without any register.

    Codes: CREDITS_NOT_A_NUMBER, RESULT_NOT_A_NUMBER, NEGATIVE_CREDITS, EARNED_OVER_AVAILABLE,
    RESULT_DISAGREES, AMBIGUOUS_VALUE, LEVEL_CONTRADICTS, TOO_MANY_LEVELS; as warnings
    UNIT_UNKNOWN, LEVEL_MISSING, ACRONYM_ONLY, MORE_THAN_ONE_LEVEL.
    """
    found: list[Finding] = []
    for index, subject in enumerate(as_list(document.get("credentialSubject"))):
        achievement = subject.get("achievement") if isinstance(subject, dict) else None
        if isinstance(subject, dict) and isinstance(achievement, dict):
            pointer = subject_pointer(document, index)
            found.extend(_number_findings(subject, achievement, pointer))
            found.extend(_result_findings(subject, achievement, pointer))
            found.extend(_level_findings(achievement, f"{pointer}/achievement"))
    for value in read_values(document):
        found.extend(_amount_findings(value))
    return tuple(found)


def _number_findings(
    subject: JsonObject, achievement: JsonObject, pointer: str
) -> Iterator[Finding]:
    places = (
        (subject, "creditsEarned", f"{pointer}/creditsEarned"),
        (achievement, "creditsAvailable", f"{pointer}/achievement/creditsAvailable"),
    )
    for item, member, place in places:
        amount = amount_of(item.get(member))
        if member in item and (amount is None or isinstance(item[member], str)):
            yield Finding("CREDITS_NOT_A_NUMBER", place, "Credits must be a number.", CLAUSE)
        elif amount is not None and amount < 0:
            yield _negative(place)
    units = tuple(profile_credits(subject, achievement).values())
    if len(units) == 1:
        yield from _disagreements(subject, achievement, units[0], pointer)


def _disagreements(
    subject: JsonObject, achievement: JsonObject, stated: Stated, pointer: str
) -> Iterator[Finding]:
    """Compare the plain numbers with the description that names their unit, and its result."""
    earned = amount_of(subject.get("creditsEarned"))
    if earned is not None and stated.earned not in (None, earned):
        text = "The credits earned and the result that states them differ."
        yield Finding("RESULT_DISAGREES", f"{pointer}/creditsEarned", text, CLAUSE)
    available = amount_of(achievement.get("creditsAvailable"))
    if available is not None and stated.available not in (None, available):
        text = "The credits available and the description that names their unit differ."
        place = f"{pointer}/achievement/creditsAvailable"
        yield Finding("RESULT_DISAGREES", place, text, CLAUSE)


def _result_findings(
    subject: JsonObject, achievement: JsonObject, pointer: str
) -> Iterator[Finding]:
    """Judge the descriptions of credits and hours, and the results that refer to them."""
    kinds: list[str] = []
    for description in descriptions_of(achievement):
        kind = amount_kind(description)
        if kind is None:
            continue
        # Their order is not signed, so of two amounts neither would be.
        if kind in kinds or len(counted_amounts(subject, description)) > 1:
            text = "One amount is stated in two ways."
            yield Finding("AMBIGUOUS_VALUE", f"{pointer}/result", text, CLAUSE)
        kinds.append(kind)
        yield from _amounts_of(description, subject, pointer)


def _amounts_of(description: JsonObject, subject: JsonObject, pointer: str) -> Iterator[Finding]:
    if "valueMax" in description:
        place = f"{pointer}/achievement/resultDescription"
        yield from _amount(description, "valueMax", place)
    many = isinstance(subject.get("result"), list)
    for index, result in results_of(subject, description):
        place = f"{pointer}/result/{index}" if many else f"{pointer}/result"
        if "value" in result or is_counted(result):
            yield from _amount(result, "value", f"{place}/value")


def _amount(item: JsonObject, member: str, place: str) -> Iterator[Finding]:
    amount = amount_of(only(item.get(member)))
    if amount is None:
        text = "Credits and hours must be a decimal number, such as 7.5."
        yield Finding("RESULT_NOT_A_NUMBER", place, text, CLAUSE)
    elif amount < 0:
        yield _negative(place)


def _negative(place: str) -> Finding:
    return Finding("NEGATIVE_CREDITS", place, "Credits cannot be negative.", CLAUSE)


def _level_findings(achievement: JsonObject, pointer: str) -> Iterator[Finding]:
    if has_too_many_levels(achievement):
        text = f"The achievement claims more than {LEVELS_READ} levels, so none of them is read."
        yield Finding("TOO_MANY_LEVELS", f"{pointer}/alignment", text, CLAUSE)
    for level in contradicted_levels(achievement, pointer):
        text = "The code of a level is another one than its URI names; the URI decides."
        yield Finding("LEVEL_CONTRADICTS", f"{level.pointer}/targetCode", text, CLAUSE)
    levels = achievement_levels(achievement, pointer)
    for level in levels:
        if level.uri is None:
            text = "A level is named without its URI; names of frameworks are not unique."
            yield Finding("ACRONYM_ONLY", level.pointer, text, CLAUSE, "warning")
    if any(_share_a_framework(one, other) for one, other in combinations(levels, 2)):
        text = "More than one level of the same framework is claimed."
        yield Finding("MORE_THAN_ONE_LEVEL", pointer, text, CLAUSE, "warning")


def _share_a_framework(one: StatedLevel, other: StatedLevel) -> bool:
    """Tell whether two levels are of one framework, by its name or by their URIs."""
    uri = framework_uri(one)
    return one.framework == other.framework or (uri is not None and uri == framework_uri(other))


def _amount_findings(value: StatedValue) -> Iterator[Finding]:
    for earned, available in (
        (value.earned, value.available),
        (value.hours_earned, value.hours_available),
    ):
        if earned is not None and available is not None and earned > available:
            text = "More was earned than is available."
            yield Finding("EARNED_OVER_AVAILABLE", value.source_pointer, text, CLAUSE)
    if value.unit == UNKNOWN_UNIT and value.amount is not None:
        text = "The credits have no unit, so nobody can tell what they are worth."
        yield Finding("UNIT_UNKNOWN", value.source_pointer, text, CLAUSE, "warning")
    if not value.levels and value.amount is not None:
        text = "The credits have no level."
        yield Finding("LEVEL_MISSING", value.source_pointer, text, CLAUSE, "warning")
