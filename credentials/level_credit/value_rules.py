"""What is wrong or missing in the level and credits that a credential states."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from credentials.findings import Finding
from credentials.full_bytes import full_bytes
from credentials.json_types import (
    JsonObject,
    JsonValue,
    as_list,
    is_ambiguous,
    member,
    pointed,
)
from credentials.level_credit.claims import UNKNOWN_UNIT, StatedLevel, StatedValue, amount_of
from credentials.level_credit.levels import (
    LEVELS_READ,
    contradicted_levels,
    extension_members,
    framework_uri,
)
from credentials.level_credit.reader import (
    CREDIT_MEMBERS,
    HOURS_MEMBERS,
    NOTHING,
    UNITS_READ,
    Stated,
    StatedAchievement,
    counted_amounts,
    is_counted,
    results_of,
    stated_achievements,
    values_of,
)
from credentials.remembering import Remembered

CLAUSE = "Level and credit profile"
CLAIMS_READ = 256
"""How many values at how many levels one credential may state, over all its subjects."""

MEMBERS_READ = ("type", "achievement", "creditsEarned", "hasClaim", "result")
"""All members of a subject that its values are read from."""

BYTES_REMEMBERED = 16_384
"""Longest text of these members whose values are remembered."""

SUBJECTS_REMEMBERED = 512
"""For how many different subjects they are."""

_READ: Remembered[tuple[tuple[StatedValue, ...], tuple[Finding, ...]]] = Remembered(
    SUBJECTS_REMEMBERED
)

SINGLE_IN_LISTS = {
    "alignment": ("targetCode", "targetFramework", "targetName", "targetType", "targetUrl"),
    "resultDescription": ("resultType", "valueMax"),
    "result": ("resultDescription", "status", "value"),
}
"""Members that have one value, in what an achievement or its subject has many of."""


def value_findings(document: JsonObject) -> tuple[Finding, ...]:
    """Say what is wrong or missing in the stated values, without any register.

    Codes: CREDITS_NOT_A_NUMBER, RESULT_NOT_A_NUMBER, NEGATIVE_CREDITS, EARNED_OVER_AVAILABLE,
    RESULT_DISAGREES, AMBIGUOUS_VALUE, LEVEL_CONTRADICTS, TOO_MANY_LEVELS, TOO_MANY_UNITS,
    TOO_MANY_CLAIMS; as warnings UNIT_UNKNOWN, LEVEL_MISSING, ACRONYM_ONLY, MORE_THAN_ONE_LEVEL.
    """
    _values, findings = read_and_judge(document)
    return findings


def read_and_judge(document: JsonObject) -> tuple[tuple[StatedValue, ...], tuple[Finding, ...]]:
    """Do what `read_values` and `value_findings` do, reading everything once.

    What is read of one subject is the same wherever the same is stated: a course and its results
    come again with each learner.
    """
    subject = document.get("credentialSubject")
    question = _all_that_is_read(subject) if isinstance(subject, dict) else None
    if question is None:
        return _read_and_judge(document)
    return _READ.get(question, lambda: _read_and_judge(document))


def _all_that_is_read(subject: JsonObject) -> bytes | None:
    """Write everything that the values of a subject depend on; None for what is unusual."""
    text = full_bytes({name: subject[name] for name in MEMBERS_READ if name in subject})
    return text if text is not None and len(text) <= BYTES_REMEMBERED else None


def _read_and_judge(
    document: JsonObject,
) -> tuple[tuple[StatedValue, ...], tuple[Finding, ...]]:
    achievements = tuple(stated_achievements(document))
    found = [finding for one in achievements for finding in _achievement_findings(one)]
    values = values_of(achievements)
    for value in values:
        found.extend(_amount_findings(value))
    found.extend(_together(values))
    return values, tuple(found)


def _achievement_findings(one: StatedAchievement) -> Iterator[Finding]:
    yield from _ambiguous_achievement(one.subject, one.pointer)
    if one.achievement:
        yield from _ambiguous_members(one.subject, one.achievement, one.pointer, one.place)
        yield from _number_findings(one)
        yield from _result_findings(one)
        yield from _level_findings(one)


def _ambiguous_achievement(subject: JsonObject, pointer: str) -> Iterator[Finding]:
    """Refuse several achievements of one subject, unless it is that of a learner record."""
    is_record = "ClrSubject" in as_list(subject.get("type"))
    if is_ambiguous(subject.get("achievement")) and not is_record:
        yield _ambiguous(f"{pointer}/achievement")


def _ambiguous_members(
    subject: JsonObject, achievement: JsonObject, pointer: str, place: str
) -> Iterator[Finding]:
    """Refuse several values where there is one to be read: their order is not signed."""
    yield from _ambiguous_in(subject, ("creditsEarned",), pointer)
    yield from _ambiguous_in(achievement, ("creditsAvailable",), place)
    for name, members in SINGLE_IN_LISTS.items():
        holder, inside = (subject, pointer) if name == "result" else (achievement, place)
        for below, item in pointed(holder.get(name), f"{inside}/{name}"):
            yield from _ambiguous_in(item, members, below)
    for names in (CREDIT_MEMBERS, HOURS_MEMBERS):
        stated = {amount_of(number) for _name, number in extension_members(achievement, names)}
        if len(stated) > 1:
            yield _ambiguous(place)


def _ambiguous_in(item: JsonValue, names: tuple[str, ...], pointer: str) -> Iterator[Finding]:
    for name in names:
        if isinstance(item, dict) and is_ambiguous(item.get(name)):
            yield _ambiguous(f"{pointer}/{name}")


def _ambiguous(pointer: str) -> Finding:
    text = "One thing is stated in two ways, so nobody can tell which of them is meant."
    return Finding("AMBIGUOUS_VALUE", pointer, text, CLAUSE)


def _number_findings(one: StatedAchievement) -> Iterator[Finding]:
    pointer, place = one.pointer, one.place
    for item, name, where in (
        (one.subject, "creditsEarned", f"{pointer}/creditsEarned"),
        (one.achievement, "creditsAvailable", f"{place}/creditsAvailable"),
    ):
        number = member(item, name)
        amount = amount_of(number)
        if name in item and (amount is None or isinstance(number, str)):
            yield Finding("CREDITS_NOT_A_NUMBER", where, "Credits must be a number.", CLAUSE)
        elif amount is not None and amount < 0:
            yield _negative(where)
    plain, units = one.plain, one.units
    if len(units) == 1:
        (stated,) = units.values()
        yield from _disagreements(plain, stated, pointer, place)
    elif units and plain != NOTHING:
        text = (
            "Credits without a unit stand beside several units, so nobody can tell whose they are."
        )
        yield Finding("AMBIGUOUS_VALUE", place, text, CLAUSE)


def _disagreements(plain: Stated, stated: Stated, pointer: str, place: str) -> Iterator[Finding]:
    """Compare the plain numbers with the description that names their unit, and its result."""
    if plain.earned is not None and stated.earned not in (None, plain.earned):
        text = "The credits earned and the result that states them differ."
        yield Finding("RESULT_DISAGREES", f"{pointer}/creditsEarned", text, CLAUSE)
    if plain.available is not None and stated.available not in (None, plain.available):
        text = "The credits available and the description that names their unit differ."
        yield Finding("RESULT_DISAGREES", f"{place}/creditsAvailable", text, CLAUSE)


def _result_findings(one: StatedAchievement) -> Iterator[Finding]:
    """Judge the descriptions of credits and hours, and the results that refer to them."""
    subject, pointer, place = one.subject, one.pointer, one.place
    if one.has_too_many_units:
        text = f"Credits are stated in more than {UNITS_READ} units, so none of them is read."
        yield Finding("TOO_MANY_UNITS", f"{place}/resultDescription", text, CLAUSE)
    kinds: list[str] = []
    for kind, description in one.amounts:
        # Their order is not signed, so of two amounts neither would be.
        if kind in kinds or len(counted_amounts(subject, description)) > 1:
            text = "One amount is stated in two ways."
            yield Finding("AMBIGUOUS_VALUE", f"{pointer}/result", text, CLAUSE)
        kinds.append(kind)
        if "valueMax" in description:
            yield from _amount(description, "valueMax", f"{place}/resultDescription")
        for below, result in results_of(subject, description, pointer):
            if "value" in result or is_counted(result):
                yield from _amount(result, "value", f"{below}/value")


def _amount(item: JsonObject, name: str, place: str) -> Iterator[Finding]:
    amount = amount_of(member(item, name))
    if amount is None:
        text = "Credits and hours must be a decimal number, such as 7.5."
        yield Finding("RESULT_NOT_A_NUMBER", place, text, CLAUSE)
    elif amount < 0:
        yield _negative(place)


def _negative(place: str) -> Finding:
    return Finding("NEGATIVE_CREDITS", place, "Credits cannot be negative.", CLAUSE)


def _level_findings(one: StatedAchievement) -> Iterator[Finding]:
    pointer, levels = one.place, one.levels
    if len(one.claimed_levels) > LEVELS_READ:
        text = f"The achievement claims more than {LEVELS_READ} levels, so none of them is read."
        yield Finding("TOO_MANY_LEVELS", f"{pointer}/alignment", text, CLAUSE)
    for level in contradicted_levels(one.achievement, pointer):
        text = "The code of a level is another one than its URI names; the URI decides."
        yield Finding("LEVEL_CONTRADICTS", f"{level.pointer}/targetCode", text, CLAUSE)
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


def _together(values: tuple[StatedValue, ...]) -> Iterator[Finding]:
    """Judge all values of a credential together."""
    if sum(max(1, len(value.levels)) for value in values) > CLAIMS_READ:
        text = f"The credential states more than {CLAIMS_READ} values at their levels."
        yield Finding("TOO_MANY_CLAIMS", "/credentialSubject", text, CLAUSE)
    stated = {(value.source_pointer, value.unit): value for value in values}
    for value in values:
        if stated[value.source_pointer, value.unit] != value:
            yield _ambiguous(value.source_pointer)
