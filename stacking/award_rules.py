"""Award rules: what lots must add up to, and the limits on what counts.

A rule is a list of constraints with overlays of further ones; all must hold, so that the strictest
wins.  Each class is one type of constraint (docs/award-rules.md).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

import schemas
from credentials.json_types import pointer_to
from frameworks.amounts import parse_amount
from frameworks.dates import parse_date
from frameworks.errors import FrameworkError
from stacking.errors import StackingError
from stacking.lots import Lot, SourceClass

LONGEST_AGE = 200
"""Most years of an age limit."""


@dataclass(frozen=True, slots=True)
class Selection:
    """Which lots are meant: those that meet all of what is stated."""

    source_classes: frozenset[SourceClass] | None = None
    category: str | None = None
    is_awarding: bool | None = None
    """Whether the lot is of the institution that awards; one without institution is not."""

    def selects(self, lot: Lot, institution: str | None) -> bool:
        """Tell whether a lot is meant by a rule of an institution."""
        own = lot.institution is not None and lot.institution == institution
        return (
            (self.source_classes is None or lot.source_class in self.source_classes)
            and (self.category is None or self.category in lot.categories)
            and (self.is_awarding is None or self.is_awarding is own)
        )


EVERY = Selection()


@dataclass(frozen=True, slots=True)
class Sum:
    """All used amounts reach `least`, stay within `most`, or are exactly `exact`."""

    id: str
    least: Fraction | None = None
    most: Fraction | None = None
    exact: Fraction | None = None


@dataclass(frozen=True, slots=True)
class MinAtLevel:
    """Used amounts at a level (`or_above`: at it or above, by rank) reach an amount."""

    id: str
    level: str
    amount: Fraction
    or_above: bool = False


@dataclass(frozen=True, slots=True)
class MinInCategory:
    """Used amounts in a category, exactly at a level if one is given, reach an amount."""

    id: str
    category: str
    amount: Fraction
    level: str | None = None


@dataclass(frozen=True, slots=True)
class Components:
    """So many different ones of some components are present, each by a lot that is used whole."""

    id: str
    components: tuple[str, ...]
    count: int


@dataclass(frozen=True, slots=True)
class Residency:
    """Used amounts of the awarding institution reach an amount, or a share of the award's size."""

    id: str
    amount: Fraction
    source_classes: frozenset[SourceClass] | None = None


@dataclass(frozen=True, slots=True)
class CountBack:
    """All used amounts reach a threshold; the level at which they do is that of the award."""

    id: str
    threshold: Fraction


@dataclass(frozen=True, slots=True)
class Cap:
    """Selected used amounts stay within an amount, or a share of the award's size."""

    id: str
    most: Fraction
    where: Selection


@dataclass(frozen=True, slots=True)
class MaxAge:
    """Selected lots were awarded not too long before a day."""

    id: str
    years: int
    boundary: str
    reference: date
    where: Selection


@dataclass(frozen=True, slots=True)
class MinOnScale:
    """Selected lots have at least a grade, or an assurance class, on a scale (lowest first)."""

    id: str
    what: str
    scale: tuple[str, ...]
    least: str
    where: Selection


@dataclass(frozen=True, slots=True)
class MinLevel:
    """Selected lots are at a level or above."""

    id: str
    level: str
    where: Selection


@dataclass(frozen=True, slots=True)
class ExclusiveUse:
    """A lot in use elsewhere does not count, and a lot used here serves no other award."""

    id: str


@dataclass(frozen=True, slots=True)
class WholeLotsOnly:
    """Selected lots may not be divided."""

    id: str
    where: Selection


Requirement = Sum | MinAtLevel | MinInCategory | Components | Residency | CountBack
Filter = MaxAge | MinOnScale | MinLevel
Constraint = Requirement | Cap | Filter | ExclusiveUse | WholeLotsOnly


@dataclass(frozen=True, slots=True)
class AwardRule:
    """An award rule; `constraints` are those of the rule and then of its overlays, in order."""

    id: str
    unit: str
    constraints: tuple[Constraint, ...]
    title: str = ""
    framework: str | None = None
    institution: str | None = None
    size: Fraction | None = None
    divisible_step: Fraction | None = None
    report_credit_points: bool = False
    worth: Fraction | None = None

    @property
    def requirements(self) -> tuple[Requirement, ...]:
        """What must be reached, in order."""
        return tuple(one for one in self.constraints if isinstance(one, Requirement))

    @property
    def caps(self) -> tuple[Cap, ...]:
        """What limits the use of lots, in order."""
        return tuple(one for one in self.constraints if isinstance(one, Cap))

    @property
    def filters(self) -> tuple[Filter, ...]:
        """What decides for each lot whether it counts, in order."""
        return tuple(one for one in self.constraints if isinstance(one, Filter))

    @property
    def is_exclusive(self) -> bool:
        """Tell whether a lot that serves this award serves no other one."""
        return any(isinstance(one, ExclusiveUse) for one in self.constraints)

    def may_divide(self, lot: Lot) -> bool:
        """Tell whether a lot may be used in part."""
        return self.divisible_step is not None and not any(
            one.where.selects(lot, self.institution)
            for one in self.constraints
            if isinstance(one, WholeLotsOnly)
        )


@cache
def _validator() -> Draft202012Validator:
    return Draft202012Validator(schemas.json_schema("award-rule"))


def read_award_rule(members: Mapping[str, Any]) -> AwardRule:
    """Read an award rule from its parsed form (TOML or JSON).

    Raises `StackingError` (RULE_MALFORMED) with the place of what is wrong.
    """
    error = best_match(_validator().iter_errors(members))
    if error is not None:
        raise _malformed(error.message[:300], pointer_to(error.absolute_path))
    try:
        rule = _rule(members)
    except FrameworkError as fault:
        if isinstance(fault, StackingError):
            raise
        raise _malformed(fault.message.rstrip("."), "/constraints") from fault
    for problem in _contradictions(rule):
        raise _malformed(problem, "/constraints")
    return rule


def _rule(members: Mapping[str, Any]) -> AwardRule:
    size = _optional(members.get("size"))
    every = [*members["constraints"]]
    for overlay in members.get("overlays", ()):
        every += overlay["constraints"]
    ids = [one["id"] for one in every]
    if len(set(ids)) < len(ids):
        raise _malformed("two constraints have the same id", "/constraints")
    return AwardRule(
        id=members["id"],
        unit=members["unit"],
        constraints=tuple(_constraint(one, size) for one in every),
        title=members.get("title", ""),
        framework=members.get("framework"),
        institution=members.get("institution"),
        size=size,
        divisible_step=_optional(members.get("divisible_step")),
        report_credit_points=members.get("report_credit_points", False),
        worth=_optional(members.get("worth")),
    )


def _contradictions(rule: AwardRule) -> Iterator[str]:
    """Find what no wallet could ever satisfy, or what cannot be computed."""
    if not rule.requirements:
        yield "a rule needs at least one requirement"
    if rule.divisible_step == 0:
        yield "divisible_step must be above zero"
    count_backs = [one for one in rule.requirements if isinstance(one, CountBack)]
    if len(count_backs) > 1:
        yield "a rule has one level by count-back at the most"
    if count_backs and rule.caps:
        yield "a level by count-back is taken over all lots, so it does not go with caps"
    for one in rule.constraints:
        if isinstance(one, Sum) and one.most is not None and one.most < (one.least or 0):
            yield f"{one.id}: the least is above the most"
        if isinstance(one, Components) and one.count > len(one.components):
            yield f"{one.id}: more components are needed than are named"
        if isinstance(one, MinOnScale) and one.least not in one.scale:
            yield f"{one.id}: the least is not on the scale"


def _constraint(row: Mapping[str, Any], size: Fraction | None) -> Constraint:
    """Build one constraint; shares become amounts of the award's size."""
    where = _selection(row.get("where", {}))
    match row["type"]:
        case "share_max" | "amount_max":
            return Cap(row["id"], _of_size(row, size), where)
        case "exclusive_use":
            return ExclusiveUse(row["id"])
        case "whole_lots_only":
            return WholeLotsOnly(row["id"], where)
        case "max_age" | "min_grade" | "min_assurance" | "min_level":
            return _filter(row, where)
        case _:
            return _requirement(row, size)


def _requirement(row: Mapping[str, Any], size: Fraction | None) -> Requirement:
    match row["type"]:
        case "mandatory" | "one_of":
            all_of_them = len(row["components"]) if row["type"] == "mandatory" else 1
            count = row.get("count", all_of_them)
            if type(count) is not int:
                raise _malformed(f"{row['id']}: count is a whole number", "/constraints")
            return Components(row["id"], tuple(row["components"]), count)
        case "residency_min_share" | "residency_min_amount":
            return Residency(row["id"], _of_size(row, size), _classes(row.get("source_class")))
        case "sum":
            bounds = (_optional(row.get(name)) for name in ("min", "max", "equal"))
            return Sum(row["id"], *bounds)
        case "level_by_count_back":
            return CountBack(row["id"], parse_amount(row["threshold"]))
        case _:
            return _of_lots(row, parse_amount(row["amount"]))


def _of_lots(row: Mapping[str, Any], amount: Fraction) -> MinAtLevel | MinInCategory:
    if row["type"] == "min_in_category":
        return MinInCategory(row["id"], row["category"], amount, row.get("level"))
    return MinAtLevel(row["id"], row["level"], amount, row["type"] == "min_at_or_above_level")


def _filter(row: Mapping[str, Any], where: Selection) -> Filter:
    match row["type"]:
        case "max_age":
            reference = parse_date(row["reference_date"])
            if type(row["years"]) is not int or row["years"] > LONGEST_AGE:
                raise _malformed(
                    f"{row['id']}: years are a number up to {LONGEST_AGE}", "/constraints"
                )
            return MaxAge(row["id"], row["years"], row["boundary"], reference, where)
        case "min_level":
            return MinLevel(row["id"], row["level"], where)
        case _:
            what = row["type"].removeprefix("min_")
            return MinOnScale(row["id"], what, tuple(row["scale"]), row["min"], where)


def _of_size(row: Mapping[str, Any], size: Fraction | None) -> Fraction:
    """Read an amount, or a share of the award's size; it is never rounded."""
    if "amount" in row:
        return parse_amount(row["amount"])
    share = parse_amount(row["share"])
    if size is None:
        raise _malformed(f"{row['id']}: a share needs the size of the award", "/size")
    if share > 1:
        raise _malformed(f"{row['id']}: a share is at most 1", "/constraints")
    return share * size


def _selection(row: Mapping[str, Any]) -> Selection:
    institution = row.get("institution")
    return Selection(
        source_classes=_classes(row.get("source_class")),
        category=row.get("category"),
        is_awarding=None if institution is None else institution == "awarding",
    )


def _classes(names: list[str] | None) -> frozenset[SourceClass] | None:
    return None if names is None else frozenset(map(SourceClass, names))


def _optional(value: str | None) -> Fraction | None:
    return None if value is None else parse_amount(value)


def _malformed(why: str, pointer: str) -> StackingError:
    return StackingError(f"The award rule: {why}.", code="RULE_MALFORMED", pointer=pointer)
