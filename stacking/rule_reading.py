"""Reading award rules: the document, what contradicts itself, and what a register does not know."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator, validators
from jsonschema.exceptions import ValidationError, best_match
from jsonschema.protocols import Validator

import schemas
from credentials.json_types import as_list, pointer_to
from frameworks.amounts import parse_amount
from frameworks.dates import parse_date
from frameworks.errors import FrameworkError
from frameworks.levels import Ladder
from stacking.award_rules import (
    AwardRule,
    Cap,
    Components,
    Constraint,
    CountBack,
    ExclusiveUse,
    Filter,
    LanguageIn,
    MaxAge,
    MinAtLevel,
    MinInCategory,
    MinLevel,
    MinOnScale,
    MinOverlap,
    Requirement,
    Residency,
    Selection,
    Sum,
    WholeLotsOnly,
)
from stacking.errors import StackingError
from stacking.lots import SourceClass

LONGEST_AGE = 200
"""Most years of an age limit."""

MOST_CONSTRAINTS = 200
"""Most constraints of a rule with its overlays."""


def _unique_texts(
    _validator: object, is_asked: bool, items: object, _schema: object
) -> Iterator[ValidationError]:
    """Find a text that is listed twice; whatever is no text is refused as such.

    The library compares every two items of a mixed list, which takes a hostile rule very long.
    """
    texts = [item for item in as_list(items) if isinstance(item, str)]
    if is_asked and len(set(texts)) < len(texts):
        yield ValidationError("This list has the same entry twice")


@cache
def _validator() -> Validator:
    keywords = {"uniqueItems": _unique_texts}
    kind: type[Validator] = validators.extend(  # type: ignore[no-untyped-call]
        Draft202012Validator, keywords
    )
    return kind(schemas.json_schema("award-rule"))


def read_award_rule(members: Mapping[str, Any]) -> AwardRule:
    """Read an award rule from its parsed form (TOML or JSON).

    Raises `StackingError` (RULE_MALFORMED) with the place of what is wrong.
    """
    _require_few(members)
    error = best_match(_validator().iter_errors(members))
    if error is not None:
        raise _malformed(error.message[:300], pointer_to(error.absolute_path))
    rule = _rule(members)
    for problem, pointer in _contradictions(rule):
        raise _malformed(problem, pointer)
    return rule


def require_usable(rule: AwardRule, units: Collection[str], ladders: Mapping[str, Ladder]) -> None:
    """Refuse a rule that nothing can satisfy: its parts contradict, or no register knows them.

    Raises `StackingError` (RULE_MALFORMED, RULE_UNIT_UNKNOWN, RULE_FRAMEWORK_UNKNOWN,
    RULE_LEVEL_UNKNOWN) with the place: that of the member, or /constraints/ID.
    """
    for problem, pointer in _impossible_sums(rule):
        raise _malformed(problem, pointer)
    if rule.unit not in units:
        text = f"The award rule: no register in use knows the unit {rule.unit}"
        raise StackingError(f"{text}.", code="RULE_UNIT_UNKNOWN", pointer="/unit")
    ladder = ladders.get(rule.framework or "")
    if rule.framework is not None and ladder is None:
        text = f"The award rule: no register in use knows the framework {rule.framework}"
        raise StackingError(f"{text}.", code="RULE_FRAMEWORK_UNKNOWN", pointer="/framework")
    for name, level in rule.levels:
        if ladder is None or ladder.rank(level) is None:
            where = rule.framework or "a framework that is not named"
            text = f"The award rule: {name}: {where} has no level {level}."
            raise StackingError(text, code="RULE_LEVEL_UNKNOWN", pointer=f"/constraints/{name}")


def _require_few(members: object) -> None:
    """Refuse too many constraints before the schema looks at each of them."""
    overlays = members.get("overlays") if isinstance(members, Mapping) else None
    parts = (members, *as_list(overlays))
    lists = [one.get("constraints") for one in parts if isinstance(one, Mapping)]
    if sum(len(as_list(one)) for one in lists) > MOST_CONSTRAINTS:
        raise _malformed(f"it has more than {MOST_CONSTRAINTS} constraints", "/constraints")


@dataclass(frozen=True, slots=True)
class _Row:
    """One constraint as it stands in the document, and where."""

    members: Mapping[str, Any]
    pointer: str


def _rows(members: Mapping[str, Any]) -> Iterator[_Row]:
    """Yield the constraints of a rule and then of its overlays, in order."""
    for index, one in enumerate(members["constraints"]):
        yield _Row(one, f"/constraints/{index}")
    for place, overlay in enumerate(members.get("overlays", ())):
        for index, one in enumerate(overlay["constraints"]):
            yield _Row(one, f"/overlays/{place}/constraints/{index}")


def _rule(members: Mapping[str, Any]) -> AwardRule:
    size = _member(members, "size")
    rows = tuple(_rows(members))
    _require_different(rows)
    return AwardRule(
        id=members["id"],
        unit=members["unit"],
        constraints=tuple(_read(row, size) for row in rows),
        title=members.get("title", ""),
        framework=members.get("framework"),
        institution=members.get("institution"),
        size=size,
        divisible_step=_member(members, "divisible_step"),
        report_credit_points=members.get("report_credit_points", False),
        worth=_member(members, "worth"),
        redeems=members.get("redeems", False),
        family=members.get("family"),
    )


def _member(members: Mapping[str, Any], name: str) -> Fraction | None:
    try:
        return _optional(members.get(name))
    except FrameworkError as fault:
        raise _malformed(f"{name}: {fault.message.rstrip('.')}", f"/{name}") from fault


def _require_different(rows: tuple[_Row, ...]) -> None:
    seen: set[str] = set()
    for row in rows:
        if row.members["id"] in seen:
            raise _malformed("two constraints have the same id", f"{row.pointer}/id")
        seen.add(row.members["id"])


def _read(row: _Row, size: Fraction | None) -> Constraint:
    """Build one constraint, and say where it stands if it is wrong."""
    try:
        one = _constraint(row.members, size)
    except StackingError:
        raise
    except FrameworkError as fault:
        raise _malformed(
            f"{row.members['id']}: {fault.message.rstrip('.')}", row.pointer
        ) from fault
    for problem in _contradictions_in(one):
        raise _malformed(f"{one.id}: {problem}", row.pointer)
    return one


def _contradictions(rule: AwardRule) -> Iterator[tuple[str, str]]:
    """Find what no wallet could ever satisfy, or what cannot be computed, and where it stands."""
    if not rule.requirements:
        yield "a rule needs at least one requirement", "/constraints"
    if rule.divisible_step == 0:
        yield "divisible_step must be above zero", "/divisible_step"
    count_backs = [one for one in rule.requirements if isinstance(one, CountBack)]
    if len(count_backs) > 1:
        yield "a rule has one level by count-back at the most", "/constraints"
    if count_backs and rule.caps:
        text = "a level by count-back is taken over all lots, so it does not go with caps"
        yield text, "/constraints"


def _impossible_sums(rule: AwardRule) -> Iterator[tuple[str, str]]:
    """Find sums that contradict each other, or a cap on every lot."""
    sums = [one for one in rule.requirements if isinstance(one, Sum)]
    highest = [(one.id, _most_of(one)) for one in sums]
    highest += [(one.id, one.most) for one in rule.caps if one.where == Selection()]
    for one in sums:
        least = one.exact if one.exact is not None else one.least
        for other, most in highest:
            if least is not None and most is not None and least > most and other != one.id:
                yield f"{one.id} asks for more than {other} allows", f"/constraints/{one.id}"


def _most_of(one: Sum) -> Fraction | None:
    return one.exact if one.exact is not None else one.most


def _contradictions_in(one: Constraint) -> Iterator[str]:
    """Find what makes a constraint contradict itself."""
    match one:
        case Sum() if one.most is not None and one.most < (one.least or 0):
            yield "the least is above the most"
        case Components() if one.count > len(one.components):
            yield "more components are needed than are named"
        case MinOnScale() if one.least not in one.scale:
            yield "the least is not on the scale"
        case MinOverlap() if one.least > 1:
            yield "a share is at most 1"


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
        case "max_age" | "min_grade" | "min_assurance" | "min_level" | "language_in":
            return _filter(row, where)
        case "min_overlap":
            outcomes = frozenset(row["outcomes"])
            return MinOverlap(row["id"], outcomes, parse_amount(row["min"]), where)
        case _:
            return _requirement(row, size)


def _requirement(row: Mapping[str, Any], size: Fraction | None) -> Requirement:
    match row["type"]:
        case "mandatory" | "one_of":
            all_of_them = len(row["components"]) if row["type"] == "mandatory" else 1
            count = row.get("count", all_of_them)
            if type(count) is not int:
                raise FrameworkError("count is a whole number")
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
                raise FrameworkError(f"years are a number up to {LONGEST_AGE}")
            return MaxAge(row["id"], row["years"], row["boundary"], reference, where)
        case "min_level":
            return MinLevel(row["id"], row["level"], where)
        case "language_in":
            return LanguageIn(row["id"], tuple(row["accept"]), where)
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
        raise FrameworkError("a share is at most 1")
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
