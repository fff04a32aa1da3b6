"""Reading level and credits out of a credential, in every form that is in use.

Forms (each with its source in docs/level-credit-profile.md): our profile; plain Open Badges
(creditsAvailable, creditsEarned, no unit); SURF educredentials; edubadges extensions; the
German LevelExtension; the European Learning Model.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import NamedTuple

from credentials.json_types import (
    JsonObject,
    JsonValue,
    as_list,
    id_of,
    member,
    only,
    only_object,
    pointed,
)
from credentials.level_credit.claims import (
    UNKNOWN_UNIT,
    StatedLevel,
    StatedValue,
    amount_of,
)
from credentials.level_credit.levels import (
    LEVELS_READ,
    claimed_levels,
    concept_label,
    extension_members,
    learning_model_levels,
    text_of,
)

HOURS_RESULT_TYPE = "ext:NotionalHours"
UNITS_READ = 8
"""In how many units one achievement may state its credits; with more, none of them is read."""

COUNTED_STATUSES = (None, "Completed")
"""Statuses of a result that earns something; any other was not, or not yet, achieved."""

HOURS_MEMBERS = ("StudyLoad", "SBU")
"""Members of others that state hours of learning."""

CREDIT_MEMBERS = ("ECTS",)
"""Members of others that state credits; their name is the unit."""

_CREDIT_RESULT_TYPE = re.compile(r"ext:([A-Za-z0-9._-]{1,32})Credits")
_ISO_DURATION = re.compile(r"P(?:([0-9]{1,4})D)?(?:T(?:([0-9]{1,5})H)?(?:([0-9]{1,5})M)?)?")


class Stated(NamedTuple):
    """One kind of amount: what was earned of it and what is available, as far as stated."""

    earned: Fraction | None
    available: Fraction | None


NOTHING = Stated(None, None)


@dataclass(frozen=True)
class StatedAchievement:
    """The achievement of a subject, each with its pointer; what is asked for is read once.

    It is `{}` where a subject has none, or several.
    """

    subject: JsonObject
    pointer: str
    achievement: JsonObject
    place: str

    @cached_property
    def claimed_levels(self) -> tuple[StatedLevel, ...]:
        """All levels that the achievement claims."""
        return claimed_levels(self.achievement, self.place)

    @property
    def levels(self) -> tuple[StatedLevel, ...]:
        """The levels that are read: all, or none where there are too many."""
        levels = self.claimed_levels
        return levels if len(levels) <= LEVELS_READ else ()

    @cached_property
    def described(self) -> tuple[tuple[str, JsonObject], ...]:
        """All descriptions of credits and hours, with their kinds."""
        return _amounts_described(self.achievement)

    @property
    def has_too_many_units(self) -> bool:
        """Whether credits are stated in more units than are read."""
        return _are_too_many(self.described)

    @property
    def amounts(self) -> tuple[tuple[str, JsonObject], ...]:
        """The descriptions that are read: all, or none where there are too many."""
        return () if self.has_too_many_units else self.described

    @cached_property
    def units(self) -> dict[str, Stated]:
        """Credits by the unit that a description names."""
        return _profile_credits(self.subject, self.amounts)

    @cached_property
    def plain(self) -> Stated:
        """Credits without a unit."""
        return plain_credits(self.subject, self.achievement)

    @property
    def hours(self) -> Stated:
        """Hours of learning."""
        described = [
            _stated(self.subject, description)
            for kind, description in self.amounts
            if kind == HOURS_RESULT_TYPE
        ]
        return _agreed(described or foreign_amounts(self.achievement, HOURS_MEMBERS).values())

    def values(self) -> Iterator[StatedValue]:
        """Read one value for each unit, or one without credits if only a level is stated."""
        if not self.achievement:
            return
        levels, hours, plain = self.levels, self.hours, self.plain
        units = self.units or foreign_amounts(self.achievement, CREDIT_MEMBERS)
        if not units and plain != NOTHING:
            units = {UNKNOWN_UNIT: NOTHING}
        for unit, stated in units.items():
            credit = _completed(plain, stated) if len(units) == 1 else stated
            yield StatedValue(levels, unit, *credit, *hours, self.place)
        if not units and (levels or hours != NOTHING):
            yield StatedValue(levels, UNKNOWN_UNIT, *NOTHING, *hours, self.place)


def stated_achievements(document: JsonObject) -> Iterator[StatedAchievement]:
    """Take the achievement of each subject of a credential."""
    for pointer, subject in subjects_of(document):
        place, achievement = achievement_of(subject, pointer)
        yield StatedAchievement(subject, pointer, achievement, place)


def read_values(document: JsonObject) -> tuple[StatedValue, ...]:
    """Read the stated values of all subjects of a credential.

    Returns one value for each unit of credit (or one without credits if only a level is stated);
    the unit is "unknown" where the credential names none.  Malformed and ambiguous parts are left
    out here and reported by `value_findings`.
    """
    return values_of(stated_achievements(document))


def values_of(achievements: Iterable[StatedAchievement]) -> tuple[StatedValue, ...]:
    """Read the values of achievements, and of the claims that stand beside them."""
    values = [value for one in achievements for value in (*one.values(), *_claims(one))]
    return tuple(sorted(values, key=_place_and_unit)) if len(values) > 1 else tuple(values)


def _place_and_unit(value: StatedValue) -> tuple[str, str, Fraction]:
    return value.source_pointer, value.unit, value.amount or Fraction(0)


def subjects_of(document: JsonObject) -> Iterator[tuple[str, JsonObject]]:
    """Yield the subjects of a credential with their pointers."""
    for pointer, subject in pointed(document.get("credentialSubject"), "/credentialSubject"):
        if isinstance(subject, dict):
            yield pointer, subject


def achievement_of(subject: JsonObject, pointer: str) -> tuple[str, JsonObject]:
    """Find the one achievement of a subject with its pointer; of several, none is read."""
    return only_object(subject.get("achievement"), f"{pointer}/achievement")


def amount_kind(description: JsonObject) -> str | None:
    """Read the result type of a description if it stands for credits of a unit, or for hours."""
    kind = text_of(description, "resultType") or ""
    is_amount = kind == HOURS_RESULT_TYPE or _CREDIT_RESULT_TYPE.fullmatch(kind)
    return kind if is_amount else None


def amount_descriptions(achievement: JsonObject) -> tuple[tuple[str, JsonObject], ...]:
    """Read the descriptions of credits and hours with their kinds, all of them or none.

    Beyond `UNITS_READ` it is none: which ones come first is not signed.
    """
    found = _amounts_described(achievement)
    return () if _are_too_many(found) else found


def _amounts_described(achievement: JsonObject) -> tuple[tuple[str, JsonObject], ...]:
    described = ((amount_kind(item), item) for item in descriptions_of(achievement))
    return tuple((kind, item) for kind, item in described if kind is not None)


def _are_too_many(described: tuple[tuple[str, JsonObject], ...]) -> bool:
    hours = sum(1 for kind, _item in described if kind == HOURS_RESULT_TYPE)
    return max(hours, len(described) - hours) > UNITS_READ


def profile_credits(subject: JsonObject, achievement: JsonObject) -> dict[str, Stated]:
    """Read result descriptions that name a unit of credit, with their results."""
    return _profile_credits(subject, amount_descriptions(achievement))


def _profile_credits(
    subject: JsonObject, amounts: Iterable[tuple[str, JsonObject]]
) -> dict[str, Stated]:
    units: dict[str, list[Stated]] = {}
    for kind, description in amounts:
        match = _CREDIT_RESULT_TYPE.fullmatch(kind)
        if match is not None:
            units.setdefault(match[1], []).append(_stated(subject, description))
    return {unit: _agreed(stated) for unit, stated in units.items()}


def _agreed(stated: Iterable[Stated]) -> Stated:
    """Take what all statements of one amount agree on; of different ones, none."""
    different = set(stated)
    return different.pop() if len(different) == 1 else NOTHING


def descriptions_of(achievement: JsonObject) -> Iterator[JsonObject]:
    """Yield the result descriptions of an achievement."""
    for item in as_list(achievement.get("resultDescription")):
        if isinstance(item, dict):
            yield item


def results_of(
    subject: JsonObject, description: JsonObject, pointer: str = ""
) -> Iterator[tuple[str, JsonObject]]:
    """Yield the results that refer to a description, with their pointers."""
    description_id = id_of(description)
    for place, result in pointed(subject.get("result"), f"{pointer}/result"):
        refers = isinstance(result, dict) and id_of(result.get("resultDescription"))
        if refers and refers == description_id:
            yield place, result


def counted_amounts(subject: JsonObject, description: JsonObject) -> set[Fraction | None]:
    """Read what the results of a description earn; one that was not completed earns nothing."""
    results = [result for _place, result in results_of(subject, description)]
    counted = [result for result in results if is_counted(result)]
    if results and not counted:
        return {Fraction(0)}
    return {amount_of(only(result.get("value"))) for result in counted}


def is_counted(result: JsonObject) -> bool:
    """Tell whether a result is of a status that earns something."""
    return only(result.get("status")) in COUNTED_STATUSES


def plain_credits(subject: JsonObject, achievement: JsonObject) -> Stated:
    """Read the credits that Open Badges states without a unit."""
    earned, available = member(subject, "creditsEarned"), member(achievement, "creditsAvailable")
    return Stated(amount_of(earned), amount_of(available))


def foreign_amounts(achievement: JsonObject, names: tuple[str, ...]) -> dict[str, Stated]:
    """Read amounts in members of others, by name; of different ones, none."""
    found: dict[str, list[Stated]] = {}
    for name, number in extension_members(achievement, names):
        found.setdefault(name, []).append(Stated(None, amount_of(number)))
    return {name: _agreed(stated) for name, stated in found.items()}


def _claims(one: StatedAchievement) -> Iterator[StatedValue]:
    """Read the claims of a subject (European Learning Model 3)."""
    for inside, claim in pointed(one.subject.get("hasClaim"), f"{one.pointer}/hasClaim"):
        if isinstance(claim, dict):
            place, found = only_object(claim.get("specifiedBy"), f"{inside}/specifiedBy")
            yield from _learning_model_values(found, place)


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
    return Stated(earned, amount_of(member(description, "valueMax")))


def _learning_model_values(specification: JsonObject, pointer: str) -> Iterator[StatedValue]:
    """Read eqfLevel, nqfLevel, creditPoint and volumeOfLearning (European Learning Model 3)."""
    levels = learning_model_levels(specification, pointer)
    hours = Stated(None, _duration_hours(member(specification, "volumeOfLearning")))
    points = [item for item in as_list(specification.get("creditPoint")) if isinstance(item, dict)]
    for item in points:
        amount = Stated(None, amount_of(member(item, "point")))
        unit = concept_label(item.get("framework")) or UNKNOWN_UNIT
        is_ects = "european credit transfer" in unit.lower()
        yield StatedValue(levels, "ECTS" if is_ects else unit, *amount, *hours, pointer)
    if not points and (levels or hours != NOTHING):
        yield StatedValue(levels, UNKNOWN_UNIT, *NOTHING, *hours, pointer)


def _duration_hours(value: JsonValue) -> Fraction | None:
    """Read hours and minutes; days never become hours, since nobody says how long a day is."""
    match = _ISO_DURATION.fullmatch(value) if isinstance(value, str) else None
    if match is None or match[1] or not (match[2] or match[3]):
        return None
    return Fraction(int(match[2] or 0)) + Fraction(int(match[3] or 0), 60)
