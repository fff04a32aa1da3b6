"""The kinds of case about levels, conversion, values and scope: facts in, answer out."""

from __future__ import annotations

from typing import Any

from frameworks.amounts import Interval, canonical, parse_amount
from frameworks.cases import parsing
from frameworks.cases.parsing import Given
from frameworks.conversions import Credit, NotConvertible, convert, convert_sum, loss
from frameworks.dates import anniversary, is_recent, parse_date
from frameworks.level_maps import read_level
from frameworks.levels import Level, LevelClaim, check_level_claim
from frameworks.scope import Accreditation, Award, LevelScope, check_scope
from frameworks.value_checks import (
    Facts,
    Rule,
    SizeBounds,
    ValueClaim,
    amount_step,
    assurance_min,
    check_value,
    dates,
    durations_agree,
    earned_available,
    hours_per_credit,
    level_known,
    size_bounds,
    title_words,
    workload,
)

Answer = dict[str, Any]


def level_map_case(given: Given) -> Answer:
    """Answer which level of one framework a level of another is."""
    reading = read_level(
        Level(given["level"]["framework"], given["level"]["code"]),
        given["to"],
        tuple(map(parsing.level_map, given["maps"])),
        parsing.map_policy(given["policy"]),
        parsing.ladders(given),
    )
    return {
        "outcome": reading.outcome.value,
        "levels": list(reading.levels),
        "chosen": reading.chosen,
        "reasons": list(reading.reasons),
    }


def level_claim_case(given: Given) -> Answer:
    """Answer whether a claimed level exists and is of the claimed framework."""
    claim = given["claim"]
    outcome, reasons = check_level_claim(
        LevelClaim(claim["framework"], claim.get("uri"), claim.get("code")),
        parsing.ladders(given),
    )
    return {"outcome": outcome.value, "reasons": list(reasons)}


def convert_case(given: Given) -> Answer:
    """Answer one amount in another unit."""
    conversions = [parsing.conversion(given["conversion"])] if "conversion" in given else []
    credit = Credit(
        parse_amount(given["amount"]), given["from"], given.get("already_converted", False)
    )
    try:
        exact = convert(credit, given["to"], conversions, parsing.units(given)).exact
    except NotConvertible as refusal:
        return _refused(refusal)
    rounding = parsing.rounding(given.get("rounding"))
    # An amount in the target unit already is unchanged, and so never rounded.
    is_converted = credit.unit != given["to"]
    result = rounding.apply_to(exact) if rounding and is_converted else exact
    return _converted(exact, result)


def convert_sum_case(given: Given) -> Answer:
    """Answer several amounts as one sum."""
    place = given.get("rounding", {}).get("place")
    rounding = parsing.rounding(given.get("rounding"))
    parts = tuple(
        Credit(parse_amount(row["amount"]), row["unit"], row.get("already_converted", False))
        for row in given["amounts"]
    )
    try:
        total = convert_sum(
            parts,
            given["to"],
            tuple(map(parsing.conversion, given["conversions"])),
            parsing.units(given),
            component_rounding=rounding if place == "component" else None,
            total_rounding=rounding if place == "total" else None,
        )
    except NotConvertible as refusal:
        return _refused(refusal)
    return _converted(total.exact, total.result)


def round_trip_case(given: Given) -> Answer:
    """Answer what is lost there and back; it shows what the product never does."""
    units = parsing.units(given)
    amount = parse_amount(given["amount"])
    try:
        out = _leg(Credit(amount, given["from"]), given["to"], given["out"], units)
        back = _leg(Credit(out, given["to"]), given["from"], given["back"], units)
    except NotConvertible as refusal:
        return _refused(refusal)
    return {
        "outcome": "CONVERTED",
        "out": canonical(out),
        "back": canonical(back),
        "loss": canonical(amount - back),
        "reasons": [],
    }


def _leg(credit: Credit, target: str, leg: Given, units: Any) -> Any:
    exact = convert(credit, target, [parsing.conversion(leg["conversion"])], units).exact
    rounding = parsing.rounding(leg.get("rounding"))
    result = rounding.apply_to(exact) if rounding and credit.unit != target else exact
    if result.number is None:
        raise NotConvertible("A round trip needs one number.", code="AMOUNT_INTERVAL")
    return result.number


def _converted(exact: Interval, result: Interval) -> Answer:
    answer: Answer = {
        "outcome": "CONVERTED",
        "exact": parsing.told(exact),
        "result": parsing.told(result),
        "reasons": [],
    }
    lost = loss(exact, result)
    return answer if lost is None else {**answer, "loss": canonical(lost)}


def _refused(refusal: NotConvertible) -> Answer:
    return {"outcome": "NOT_CONVERTIBLE", "reasons": [refusal.code]}


def value_check_case(given: Given) -> Answer:
    """Answer whether stated values are possible and within the bounds in force."""
    facts = Facts(parse_date(given["as_of"]), parsing.units(given), parsing.ladders(given))
    rules = tuple(map(_rule, given["rules"]))
    checked = check_value(_claim(given["claim"]), rules, facts)
    answer: Answer = {"outcome": checked.outcome.value, "findings": list(checked.findings)}
    notes = {
        "applied_bounds": checked.notes.applied_bounds,
        "hours_per_credit": checked.notes.hours_per_credit,
    }
    return answer | {name: value for name, value in notes.items() if value is not None}


def _claim(row: Given) -> ValueClaim:
    stated = row.get("credits", {})
    return ValueClaim(
        framework=row.get("framework"),
        level=row.get("level"),
        amount=parsing.optional_amount(stated.get("amount")),
        unit=stated.get("unit"),
        earned=parsing.optional_amount(row.get("credits_earned")),
        available=parsing.optional_amount(row.get("credits_available")),
        hours=workload(row.get("hours")),
        activity_hours=workload(row.get("activity_hours")),
        title=row.get("title"),
        awarded=parsing.optional_date(row.get("awarded")),
        valid_from=parsing.optional_date(row.get("valid_from")),
        valid_until=parsing.optional_date(row.get("valid_until")),
        activity_start=parsing.optional_date(row.get("activity_start")),
        activity_end=parsing.optional_date(row.get("activity_end")),
        sector=row.get("sector"),
        assurance=row.get("assurance"),
    )


def _rule(row: Given) -> Rule:
    makers: dict[str, Any] = {
        "amount_step": lambda: amount_step(parse_amount(row["step"])),
        "assurance_min": lambda: assurance_min(tuple(row["scale"]), row["min"]),
        "dates": dates,
        "durations_agree": durations_agree,
        "earned_available": earned_available,
        "hours_per_credit": lambda: hours_per_credit(parse_amount(row.get("tolerance", "0"))),
        "level_known": level_known,
        "size_bounds": lambda: size_bounds(row["unit"], tuple(map(_bounds, row["bounds"]))),
        "title_words": lambda: title_words(tuple(row["forbidden"])),
    }
    rule: Rule = makers[row["type"]]()
    return rule


def _bounds(row: Given) -> SizeBounds:
    return SizeBounds(
        id=row["id"],
        low=parsing.optional_amount(row.get("min")),
        high=parsing.optional_amount(row.get("max")),
        first_day=parsing.optional_date(row.get("from")),
        last_day=parsing.optional_date(row.get("until")),
        sector=row.get("sector"),
    )


def scope_check_case(given: Given) -> Answer:
    """Answer whether the assigner was accredited for an award on its date."""
    award = given["award"]
    outcome, reasons = check_scope(
        Award(parse_date(award["date"]), parsing.level(award["level"]), award["field"]),
        tuple(map(_accreditation, given["scopes"])),
        parsing.ladders(given),
    )
    return {"outcome": outcome.value, "reasons": list(reasons)}


def _accreditation(row: Given) -> Accreditation:
    levels = row.get("levels")
    scope = levels and LevelScope(levels["framework"], levels.get("min"), levels.get("max"))
    return Accreditation(
        first_day=parse_date(row["from"]),
        last_day=parsing.optional_date(row.get("until")),
        withdrawn_on=parsing.optional_date(row.get("withdrawn_on")),
        levels=scope,
        fields=tuple(row.get("fields", ())),
    )


def recency_case(given: Given) -> Answer:
    """Answer whether an award is recent enough."""
    awarded, reference = parse_date(given["awarded"]), parse_date(given["reference_date"])
    recent = is_recent(awarded, reference, given["years"], given["boundary"])
    return {
        "outcome": "WITHIN" if recent else "TOO_OLD",
        "anniversary": anniversary(awarded, given["years"]).isoformat(),
    }
