"""Reading level and credits out of a credential, in every form that is in use.

Forms (each with its source in docs/level-credit-profile.md): our profile; plain Open Badges
(creditsAvailable, creditsEarned, no unit); SURF educredentials; edubadges extensions; the
German LevelExtension; the European Learning Model.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction

from credentials.findings import Finding
from credentials.json_types import JsonObject, JsonValue, as_list
from credentials.level_credit.claims import (
    UNKNOWN_UNIT,
    StatedLevel,
    StatedValue,
    amount_of,
)

CLAUSE = "Level and credit profile"
HOURS_RESULT_TYPE = "ext:NotionalHours"
LEVELS_READ = 16
"""How many level claims of one achievement are read."""

_CREDIT_RESULT_TYPE = re.compile(r"ext:([A-Za-z0-9._-]{1,32})Credits")
_LEVEL_TARGET_TYPE = re.compile(r"ext:([A-Za-z0-9._-]{1,32}?)(?:Level|Alignment)?")
_EQF_URI = re.compile(
    r"https?://(?:data\.europa\.eu/snb/eqf/|publications\.europa\.eu/resource/[A-Za-z/_-]*eqf/)"
    r"([1-8])",
    re.IGNORECASE,
)
_ISO_DURATION = re.compile(r"P(?:([0-9]{1,4})D)?(?:T(?:([0-9]{1,5})H)?(?:([0-9]{1,5})M)?)?")
_EXTENSION = re.compile(r"(?:extensions:)?([A-Za-z]+)Extension")
_EQF_NAME = "European Qualifications Framework"
_NOT_LEVELS = frozenset({"QualityAssurance", "CFItem", "CFRubric", "CTDL"})


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
        for value in _subject_values(subject, _subject_pointer(document, index))
    ]
    return tuple(sorted(values, key=lambda value: (value.source_pointer, value.unit)))


def _subject_pointer(document: JsonObject, index: int) -> str:
    many = isinstance(document.get("credentialSubject"), list)
    return f"/credentialSubject/{index}" if many else "/credentialSubject"


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
    levels = _in_order(_levels(achievement, place))
    hours = _hours(subject, achievement)
    units = dict(_profile_credits(subject, achievement))
    units = units or dict(_foreign_credits(achievement))
    earned = amount_of(subject.get("creditsEarned"))
    available = amount_of(achievement.get("creditsAvailable"))
    if not units and (earned is not None or available is not None):
        units = {UNKNOWN_UNIT: (None, None)}
    for unit, (unit_earned, unit_available) in units.items():
        alone = len(units) == 1
        yield StatedValue(
            levels=levels,
            unit=unit,
            earned=earned if alone and earned is not None else unit_earned,
            available=available if alone and available is not None else unit_available,
            hours=hours,
            source_pointer=place,
        )
    if not units and (levels or hours is not None):
        yield StatedValue(levels, UNKNOWN_UNIT, None, None, hours, place)


def _in_order(levels: Iterator[StatedLevel]) -> tuple[StatedLevel, ...]:
    """Sort levels by what they say, never by where they stand."""
    return tuple(
        sorted(levels, key=lambda one: (one.framework or "", one.uri or "", one.code or ""))
    )


def _levels(achievement: JsonObject, pointer: str) -> Iterator[StatedLevel]:
    """Read levels from alignments, then from extensions."""
    for index, item in enumerate(as_list(achievement.get("alignment"))[:LEVELS_READ]):
        if isinstance(item, dict) and (level := _aligned_level(item, pointer, index)):
            yield level
    for name, number in _extension_members(achievement, ("EQF", "Level")):
        code = str(number)
        is_eqf = name == "EQF" and code in "12345678"
        yield StatedLevel(
            framework=_EQF_NAME if name == "EQF" else None,
            code=code,
            uri=f"http://data.europa.eu/snb/eqf/{code}" if is_eqf else None,
            label=None,
            pointer=pointer,
        )


def _aligned_level(item: JsonObject, pointer: str, index: int) -> StatedLevel | None:
    """Read an alignment as a level if its URI or its target type says that it is one."""
    uri, kind = _text(item, "targetUrl"), _text(item, "targetType") or ""
    eqf = _EQF_URI.fullmatch(uri or "")
    match = _LEVEL_TARGET_TYPE.fullmatch(kind)
    stated = match[1] if match and match[1] not in _NOT_LEVELS else None
    is_level = kind.endswith("Level") or stated in ("EQF", "NQF", "NLQF")
    if eqf is None and not is_level:
        return None
    return StatedLevel(
        framework=_EQF_NAME if eqf else _text(item, "targetFramework") or stated,
        code=eqf[1] if eqf else _text(item, "targetCode"),
        uri=uri,
        label=_text(item, "targetName"),
        pointer=f"{pointer}/alignment/{index}",
    )


def _profile_credits(
    subject: JsonObject, achievement: JsonObject
) -> Iterator[tuple[str, tuple[Fraction | None, Fraction | None]]]:
    """Read result descriptions that name a unit of credit, with their results."""
    for description in _descriptions(achievement):
        match = _CREDIT_RESULT_TYPE.fullmatch(_text(description, "resultType") or "")
        if match is not None:
            earned = _result_amount(subject, description)
            yield match[1], (earned, amount_of(description.get("valueMax")))


def _hours(subject: JsonObject, achievement: JsonObject) -> Fraction | None:
    for description in _descriptions(achievement):
        if description.get("resultType") == HOURS_RESULT_TYPE:
            hours = _result_amount(subject, description)
            return amount_of(description.get("valueMax")) if hours is None else hours
    for _name, number in _extension_members(achievement, ("StudyLoad", "SBU")):
        return amount_of(number)
    return None


def _foreign_credits(
    achievement: JsonObject,
) -> Iterator[tuple[str, tuple[Fraction | None, Fraction | None]]]:
    """Read the ECTS member of SURF educredentials and of edubadges."""
    for _name, number in _extension_members(achievement, ("ECTS",)):
        yield "ECTS", (None, amount_of(number))


def _extension_members(
    achievement: JsonObject, names: tuple[str, ...]
) -> Iterator[tuple[str, JsonValue]]:
    """Find members by name: bare, or inside an "extensions:…Extension" object."""
    for name, value in achievement.items():
        if name in names and not isinstance(value, dict | list):
            yield name, value
        match = _EXTENSION.fullmatch(name)
        if match and match[1] in names and isinstance(value, dict) and match[1] in value:
            yield match[1], value[match[1]]


def _descriptions(achievement: JsonObject) -> Iterator[JsonObject]:
    for item in as_list(achievement.get("resultDescription")):
        if isinstance(item, dict):
            yield item


def _result_amount(subject: JsonObject, description: JsonObject) -> Fraction | None:
    """Read the one result of a description; several that differ are none."""
    amounts = _result_amounts(subject, description)
    return amounts.pop() if len(amounts) == 1 else None


def _result_amounts(subject: JsonObject, description: JsonObject) -> set[Fraction | None]:
    return {
        amount_of(result.get("value"))
        for result in as_list(subject.get("result"))
        if isinstance(result, dict) and result.get("resultDescription") == description.get("id")
    }


def _learning_model_values(specification: JsonObject, pointer: str) -> Iterator[StatedValue]:
    """Read eqfLevel, nqfLevel, creditPoint and volumeOfLearning (European Learning Model 3)."""
    levels = _in_order(_learning_model_levels(specification, pointer))
    hours = _duration_hours(specification.get("volumeOfLearning"))
    points = [item for item in as_list(specification.get("creditPoint")) if isinstance(item, dict)]
    for item in points:
        amount = amount_of(item.get("point"))
        unit = _concept_label(item.get("framework")) or UNKNOWN_UNIT
        is_ects = "european credit transfer" in unit.lower()
        yield StatedValue(levels, "ECTS" if is_ects else unit, None, amount, hours, pointer)
    if not points and (levels or hours is not None):
        yield StatedValue(levels, UNKNOWN_UNIT, None, None, hours, pointer)


def _learning_model_levels(specification: JsonObject, pointer: str) -> Iterator[StatedLevel]:
    for member in ("eqfLevel", "nqfLevel"):
        for concept in as_list(specification.get(member)):
            if not isinstance(concept, dict):
                continue
            uri = _text(concept, "id")
            eqf = _EQF_URI.fullmatch(uri or "")
            yield StatedLevel(
                framework=_EQF_NAME if eqf else None,
                code=eqf[1] if eqf else None,
                uri=uri,
                label=_concept_label(concept),
                pointer=f"{pointer}/{member}",
            )


def _concept_label(concept: JsonValue) -> str | None:
    label = concept.get("prefLabel") if isinstance(concept, dict) else None
    if isinstance(label, dict):
        label = label.get("en") or next(iter(label.values()), None)
    label = label[0] if isinstance(label, list) and label else label
    return label if isinstance(label, str) else None


def _duration_hours(value: JsonValue) -> Fraction | None:
    """Read hours and minutes; days never become hours, since nobody says how long a day is."""
    match = _ISO_DURATION.fullmatch(value) if isinstance(value, str) else None
    if match is None or match[1] or not (match[2] or match[3]):
        return None
    return Fraction(int(match[2] or 0)) + Fraction(int(match[3] or 0), 60)


def _text(item: JsonObject, member: str) -> str | None:
    value = item.get(member)
    return value if isinstance(value, str) and value else None


def value_findings(document: JsonObject) -> tuple[Finding, ...]:
    """Say what is wrong or missing in the stated values, without any register.

    Codes: CREDITS_NOT_A_NUMBER, NEGATIVE_CREDITS, EARNED_OVER_AVAILABLE, RESULT_DISAGREES,
    AMBIGUOUS_VALUE; as warnings UNIT_UNKNOWN, LEVEL_MISSING, ACRONYM_ONLY, MORE_THAN_ONE_LEVEL.
    """
    found: list[Finding] = []
    for index, subject in enumerate(as_list(document.get("credentialSubject"))):
        achievement = subject.get("achievement") if isinstance(subject, dict) else None
        if isinstance(subject, dict) and isinstance(achievement, dict):
            pointer = _subject_pointer(document, index)
            found.extend(_number_findings(subject, achievement, pointer))
            found.extend(_level_findings(achievement, pointer))
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
            yield Finding("NEGATIVE_CREDITS", place, "Credits cannot be negative.", CLAUSE)
    yield from _ambiguous(subject, achievement, pointer)
    stated = amount_of(subject.get("creditsEarned"))
    results = [earned for _, (earned, _) in _profile_credits(subject, achievement)]
    if stated is not None and len(results) == 1 and results[0] not in (None, stated):
        text = "The credits earned and the result that states them differ."
        yield Finding("RESULT_DISAGREES", f"{pointer}/creditsEarned", text, CLAUSE)


def _ambiguous(subject: JsonObject, achievement: JsonObject, pointer: str) -> Iterator[Finding]:
    """Refuse amounts that are stated twice: their order is not signed, so neither would be."""
    kinds: list[str] = []
    for description in _descriptions(achievement):
        kind = _text(description, "resultType") or ""
        if kind != HOURS_RESULT_TYPE and not _CREDIT_RESULT_TYPE.fullmatch(kind):
            continue
        if kind in kinds or len(_result_amounts(subject, description)) > 1:
            text = "One amount is stated in two ways."
            yield Finding("AMBIGUOUS_VALUE", f"{pointer}/result", text, CLAUSE)
        kinds.append(kind)


def _level_findings(achievement: JsonObject, pointer: str) -> Iterator[Finding]:
    levels = list(_levels(achievement, f"{pointer}/achievement"))
    for level in levels:
        if level.uri is None:
            text = "A level is named without its URI; names of frameworks are not unique."
            yield Finding("ACRONYM_ONLY", level.pointer, text, CLAUSE, "warning")
    frameworks = [level.framework for level in levels]
    if len(set(frameworks)) < len(frameworks):
        text = "More than one level of the same framework is claimed."
        yield Finding("MORE_THAN_ONE_LEVEL", f"{pointer}/achievement", text, CLAUSE, "warning")


def _amount_findings(value: StatedValue) -> Iterator[Finding]:
    if value.earned is not None and value.available is not None and value.earned > value.available:
        text = "More credits were earned than are available."
        yield Finding("EARNED_OVER_AVAILABLE", value.source_pointer, text, CLAUSE)
    if value.unit == UNKNOWN_UNIT and value.amount is not None:
        text = "The credits have no unit, so nobody can tell what they are worth."
        yield Finding("UNIT_UNKNOWN", value.source_pointer, text, CLAUSE, "warning")
    if not value.levels and value.amount is not None:
        text = "The credits have no level."
        yield Finding("LEVEL_MISSING", value.source_pointer, text, CLAUSE, "warning")
