"""The award rules that come with the software: sound, as their sources were read, and worked."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator
from copy import deepcopy
from datetime import date
from fractions import Fraction
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

import schemas
from frameworks.levels import Level
from frameworks.register import Register, RegisterDay, read_register
from stacking import (
    AwardRule,
    Conditions,
    Lot,
    Outcome,
    SourceClass,
    StackingError,
    StackPlan,
    plan,
    read_award_rule,
)
from tests.conformance import ABSENT
from tests.project import ROOT

DAY = date(2026, 11, 24)
PLACEHOLDER_DATE = "9999-12-31"
PLACEHOLDER_INSTITUTION = "urn:example:awarding-institution"
LEVEL_OF_THE_HKU_SPACE_DIPLOMA = "4"
"""The facts say "the level of the award"; the file is written for one."""

FACT_OF_FILE = {
    "csu-graduate-certificate.toml": "aw:au-gradcert-csu",
    "ehea-second-cycle.toml": "aw:ehea-master",
    "ehea-short-cycle.toml": "aw:ehea-short",
    "hku-space-certificate-qf-level-5.toml": "aw:hk-space-cert-pp5",
    "hku-space-diploma.toml": "aw:hk-space-dip",
    "india-bachelor-3-years.toml": "aw:in-bach3",
    "india-ug-certificate.toml": "aw:in-ugc",
    "keele-certificate-of-higher-education.toml": "aw:uk-certhe-keele",
    "malaysia-bachelor.toml": "aw:my-bachelor",
    "nz-certificate.toml": "aw:nz-cert",
    "nz-diploma-level-5.toml": "aw:nz-dip5",
    "nz-diploma-level-6.toml": "aw:nz-dip6",
    "sqa-higher-national-certificate.toml": "aw:sct-hnc",
    "sqa-higher-national-diploma.toml": "aw:sct-hnd",
    "uk-postgraduate-certificate.toml": "aw:uk-pgcert",
    "uk-postgraduate-diploma.toml": "aw:uk-pgdip",
    "uk-taught-master.toml": "aw:uk-master",
    "us-bachelor-sacscoc.toml": "aw:us-bachelor-sacs",
}

FILES = sorted(FACT_OF_FILE)


@cache
def reference() -> Register:
    return read_register(schemas.reference_register())


def said() -> RegisterDay:
    return reference().on(DAY)


def members(file: str) -> dict[str, Any]:
    return tomllib.loads(schemas.award_rules()[file])


def constraints(rule: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the constraints of a rule and then of its overlays."""
    yield from rule["constraints"]
    for overlay in rule.get("overlays", ()):
        yield from overlay["constraints"]


def dated(file: str, day: date = DAY) -> AwardRule:
    """Read a rule as a provider uses it: with a reference date instead of the placeholder."""
    rule = members(file)
    for one in constraints(rule):
        if "reference_date" in one:
            one["reference_date"] = day.isoformat()
    return read_award_rule(rule)


# Each file by itself.


def test_exactly_the_rules_of_the_facts_are_shipped() -> None:
    assert list(schemas.award_rules()) == FILES


@pytest.mark.parametrize("file", FILES)
def test_a_file_satisfies_the_schema_and_is_read(file: str) -> None:
    rule = members(file)
    assert list(Draft202012Validator(schemas.json_schema("award-rule")).iter_errors(rule)) == []
    assert f"{read_award_rule(rule).id}.toml" == file
    assert rule["title"]


@pytest.mark.parametrize("file", FILES)
def test_a_file_names_what_the_reference_register_has(file: str) -> None:
    rule = members(file)
    assert rule["framework"] in said().frameworks
    assert rule["unit"] in said().units
    ladder = said().ladders.get(rule["framework"])
    levels = {one["level"] for one in constraints(rule) if "level" in one}
    assert levels <= (set(ladder.levels) if ladder else set())


@pytest.mark.parametrize("file", FILES)
def test_a_file_says_where_it_comes_from_and_how_sure_it_is(file: str) -> None:
    rule = members(file)
    keys = {row.key for row in reference().tables.sources}
    assert {rule["source"], *re.findall(r"\(source ([a-z0-9-]+)\)", rule["note"])} <= keys
    assert rule["status"] in {"sourced", "derived", "general-knowledge"}
    assert (rule["status"] == "general-knowledge") is (rule["source"] == "gk")


@pytest.mark.parametrize("file", FILES)
def test_placeholders_are_named_as_such(file: str) -> None:
    rule = members(file)
    dates = {one["reference_date"] for one in constraints(rule) if "reference_date" in one}
    assert dates <= {PLACEHOLDER_DATE}
    assert all(f"{day}, is a placeholder" in rule["note"] for day in dates)
    assert rule.get("institution", PLACEHOLDER_INSTITUTION) == PLACEHOLDER_INSTITUTION
    if "institution" in rule:
        assert "The institution is a placeholder." in rule["note"]


def test_the_readme_lists_every_file_with_its_source_and_status() -> None:
    text = files("schemas").joinpath("award-rules/README.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([^`]+)` \| [^|]+ \| `([^`]+)`[^|]* \| ([a-z-]+)", text, re.MULTILINE)
    assert rows == [(name, members(name)["source"], members(name)["status"]) for name in FILES]


# Bound by bound against the data that the rules were transcribed from.


@pytest.fixture(scope="module")
def facts(conformance: Path) -> dict[str, dict[str, Any]]:
    """Read the award rules of the facts by id, or skip loudly without them."""
    path = conformance.parent / "knowledge" / "frameworks-data.json"
    if not path.is_file():
        pytest.skip(f"{ABSENT}: no {path.name} in {path.parent}")
    return {one["id"]: one for one in json.loads(path.read_bytes())["awardRules"]}


RPL, TRANSFER = {"source_class": ["rpl"]}, {"source_class": ["transfer"]}
CREDIT = {"source_class": ["transfer", "rpl"]}

DECIDED_COURSE_BY_COURSE = {"overlapMin", "creditsEqual", "sourceAccredited"}
"""Facts about one course, which belong in a recognition policy."""

MEMBERS_OF_FACTS = {
    *("id", "title", "framework", "unit", "source", "status", "note", "awardLevel"),
    *("constraints", "levelRule", "exclusiveUse", "debitOnRedemption", "maxAgeYears"),
    *("homeShareMin", "recognition", "overlayExample"),
}


def stated(one: dict[str, Any]) -> dict[str, Any]:
    """Write a constraint of the facts as one of the format, without id."""
    where = one["where"]
    level = where.get("level")
    if level == "award":
        level = LEVEL_OF_THE_HKU_SPACE_DIPLOMA
    if one["type"] == "share":
        assert where == {"institution": "awarding"}
        return {"type": "residency_min_share", "share": one["gte"]}
    if "tag" in where:
        at = {} if level is None else {"level": level}
        return {
            "type": "min_in_category",
            "category": where["tag"],
            "amount": one["gte"],
            **at,
        }
    if "levelMin" in where:
        return {
            "type": "min_at_or_above_level",
            "level": where["levelMin"],
            "amount": one["gte"],
        }
    if level is not None:
        return {"type": "min_at_level", "level": level, "amount": one["gte"]}
    names = {"gte": "min", "lte": "max", "eq": "equal"}
    return {"type": "sum", **{names[key]: one[key] for key in names if key in one}}


def stated_beside(fact: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield what the facts say beside their list of constraints."""
    assert set(fact) <= MEMBERS_OF_FACTS
    if "levelRule" in fact:
        assert fact["levelRule"]["type"] == "count-back"
        yield {"type": "level_by_count_back", "threshold": fact["levelRule"]["threshold"]}
    if fact.get("exclusiveUse") or fact.get("debitOnRedemption"):
        yield {"type": "exclusive_use"}
    if "maxAgeYears" in fact:
        yield {"type": "max_age", "years": fact["maxAgeYears"], "boundary": "inclusive"}
    if "homeShareMin" in fact:
        yield {"type": "residency_min_share", "share": fact["homeShareMin"]["value"]}
    if "recognition" in fact:
        yield from _recognition(fact["recognition"])
    yield from _overlay(fact.get("overlayExample", {}))


def _recognition(limits: dict[str, Any]) -> Iterator[dict[str, Any]]:
    transfer = limits["transfer"]
    assert set(limits) == {"apelMaxShare", "partialCredit", "transfer", "residency"}
    assert set(transfer) == {"gradeMin", *DECIDED_COURSE_BY_COURSE}
    assert limits["residency"]["bachelor"] == "1 year"  # no credits, so no constraint
    yield {"type": "share_max", "share": limits["apelMaxShare"], "where": RPL}
    assert limits["partialCredit"] is False
    yield {"type": "whole_lots_only", "where": RPL}
    yield {"type": "min_grade", "min": transfer["gradeMin"], "where": TRANSFER}


def _overlay(overlay: dict[str, Any]) -> Iterator[dict[str, Any]]:
    is_rpl = "maxRplShare" in overlay
    for key, value in overlay.items():
        match key:
            case "maxRplShare":
                yield {"type": "share_max", "share": value, "where": RPL}
            case "maxCreditShare":
                yield {"type": "share_max", "share": value, "where": CREDIT}
            case "rplLevelMin":
                yield {"type": "min_level", "level": value, "where": RPL}
            case "minTaught":
                yield {"type": "min_in_category", "category": "taught", "amount": value}
            case "singleUse":
                yield {"type": "exclusive_use"}
            case "maxAgeYears":
                is_strict = overlay.get("ageRule") == "strictly less than"
                boundary = "exclusive" if is_strict else "inclusive"
                where = RPL if is_rpl else CREDIT
                yield {"type": "max_age", "years": value, "boundary": boundary, "where": where}
            case _:
                assert key in {"ageRule", "source", *DECIDED_COURSE_BY_COURSE}


def written(rule: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the constraints of a file without what the facts do not have."""
    for one in constraints(rule):
        yield {
            key: value for key, value in one.items() if key not in {"id", "reference_date", "scale"}
        }


def in_order(those: Iterator[dict[str, Any]]) -> list[str]:
    return sorted(json.dumps(one, sort_keys=True) for one in those)


def test_every_rule_of_the_facts_is_there(facts: dict[str, dict[str, Any]]) -> None:
    assert sorted(facts) == sorted(FACT_OF_FILE.values())


@pytest.mark.parametrize("file", FILES)
def test_a_file_has_the_bounds_of_the_facts_and_no_others(
    facts: dict[str, dict[str, Any]], file: str
) -> None:
    fact, rule = facts[FACT_OF_FILE[file]], members(file)
    expected = [*map(stated, fact["constraints"]), *stated_beside(fact)]
    assert in_order(written(rule)) == in_order(iter(expected))
    assert list(written({"constraints": rule["constraints"]}))[: len(fact["constraints"])] == [
        stated(one) for one in fact["constraints"]
    ]


@pytest.mark.parametrize("file", FILES)
def test_a_file_has_the_names_and_the_status_of_the_facts(
    facts: dict[str, dict[str, Any]], file: str
) -> None:
    fact, rule = facts[FACT_OF_FILE[file]], members(file)
    assert f"fw:{rule['framework']}" == fact["framework"]
    assert f"cu:{rule['unit']}" == fact["unit"]
    assert rule["title"].startswith(fact["title"])
    assert rule["source"] == fact["source"]
    assert rule["status"] == {"generalKnowledge": "general-knowledge"}.get(
        fact["status"], fact["status"]
    )
    overlay = fact.get("overlayExample")
    assert overlay is None or f"(source {overlay['source']})" in rule["note"]


# Worked: a wallet that reaches each award, and the same with one credit less.

HOME = PLACEHOLDER_INSTITUTION
RECENT = date(2024, 11, 24)


def lot(amount: int, level: str | None = None, *categories: str, **known: Any) -> dict[str, Any]:
    return {
        "amount": Fraction(amount),
        "level": level,
        "categories": frozenset(categories),
        "awarded": RECENT,
        **known,
    }


def planned(rule: AwardRule, given: list[dict[str, Any]]) -> StackPlan:
    lots = []
    for number, one in enumerate(given):
        code = one["level"]
        level = None if code is None else Level(rule.framework or "", code)
        lots.append(Lot(id=f"lot-{number}", unit=rule.unit, **{**one, "level": level}))
    return plan(tuple(lots), rule, Conditions(units=said().units, ladders=said().ladders))


REACHED: dict[str, list[dict[str, Any]]] = {
    "csu-graduate-certificate.toml": [lot(16, "8"), lot(16, "8", source_class=SourceClass.RPL)],
    "ehea-second-cycle.toml": [lot(60, "second"), lot(30, "first")],
    "ehea-short-cycle.toml": [lot(90, "short-cycle")],
    "hku-space-certificate-qf-level-5.toml": [lot(24, "5", "professional-practice"), lot(6, "4")],
    "hku-space-diploma.toml": [lot(45, "4", "professional-practice"), lot(15, "5")],
    "india-bachelor-3-years.toml": [
        *(lot(20, "5", institution=HOME), lot(40, "4.5", institution=HOME)),
        *(lot(20, "5"), lot(40, "5.5")),
    ],
    "india-ug-certificate.toml": [lot(40, "4.5")],
    "keele-certificate-of-higher-education.toml": [lot(100, "4"), lot(20, "5")],
    "malaysia-bachelor.toml": [lot(84, "6"), lot(36, "6", source_class=SourceClass.RPL)],
    "nz-certificate.toml": [lot(5, "2"), lot(15, "4"), lot(20, "3")],
    "nz-diploma-level-5.toml": [lot(72, "5"), lot(48, "4")],
    "nz-diploma-level-6.toml": [lot(72, "6"), lot(48, "5")],
    "sqa-higher-national-certificate.toml": [
        *(lot(40, "7", "mandatory"), lot(8, "7", "mandatory", "graded-unit"), lot(48, "8")),
    ],
    "sqa-higher-national-diploma.toml": [
        *(lot(48, "8"), lot(16, "8", "graded-unit"), lot(8, "7", "graded-unit")),
        *(lot(96, "7", "mandatory"), lot(72, "7")),
    ],
    "uk-postgraduate-certificate.toml": [
        *(lot(20, "6"), lot(40, "7", source_class=SourceClass.RPL)),
    ],
    "uk-postgraduate-diploma.toml": [lot(90, "7"), lot(30, "6")],
    "uk-taught-master.toml": [lot(30, "6", "taught"), lot(90, "7", "taught"), lot(60, "7")],
    "us-bachelor-sacscoc.toml": [lot(30, institution=HOME), lot(90, institution="urn:example:x")],
}

MISSED_WITH_ONE_LESS = {
    "csu-graduate-certificate.toml": {"at_8"},
    "ehea-second-cycle.toml": {"second_cycle"},
    "ehea-short-cycle.toml": {"total"},
    "hku-space-certificate-qf-level-5.toml": {"total", "at_5", "professional_practice"},
    "hku-space-diploma.toml": {"total", "at_4", "professional_practice"},
    "india-bachelor-3-years.toml": {"at_or_above_4.5", "home_share"},
    "india-ug-certificate.toml": {"at_or_above_4.5"},
    "keele-certificate-of-higher-education.toml": {"at_or_above_4"},
    "malaysia-bachelor.toml": {"total"},
    "nz-certificate.toml": {"total", "award_level"},
    "nz-diploma-level-5.toml": {"at_or_above_4", "at_or_above_5"},
    "nz-diploma-level-6.toml": {"at_or_above_5", "at_or_above_6"},
    "sqa-higher-national-certificate.toml": {"total", "at_7", "mandatory"},
    "sqa-higher-national-diploma.toml": {"total", "at_8"},
    "uk-postgraduate-certificate.toml": {"total"},
    "uk-postgraduate-diploma.toml": {"total", "at_or_above_7"},
    "uk-taught-master.toml": {"total", "taught"},
    "us-bachelor-sacscoc.toml": {"total", "residency"},
}
"""What is missing, one credit each, if the first lot of the wallet has one credit less."""


@pytest.mark.parametrize("file", FILES)
def test_a_wallet_reaches_the_award(file: str) -> None:
    found = planned(dated(file), REACHED[file])
    assert found.outcome is Outcome.AWARD
    assert found.excluded == ()


@pytest.mark.parametrize("file", FILES)
def test_the_same_wallet_with_one_credit_less_misses_it_by_one(file: str) -> None:
    given = deepcopy(REACHED[file])
    given[0]["amount"] -= 1
    found = planned(dated(file), given)
    assert found.outcome is Outcome.NOT_YET
    short = {name: missing.number for name, missing in found.shortfalls.items()}
    assert short == dict.fromkeys(MISSED_WITH_ONE_LESS[file], Fraction(1))


@pytest.mark.parametrize(
    "file", [name for name in FILES if PLACEHOLDER_DATE in schemas.award_rules()[name]]
)
def test_a_placeholder_that_nobody_replaced_lets_nothing_in(file: str) -> None:
    found = planned(read_award_rule(members(file)), REACHED[file])
    assert found.outcome is Outcome.NOT_YET
    assert {one.reasons for one in found.excluded} == {("TOO_OLD",)}


def test_a_higher_level_does_not_stand_in_for_an_exact_one() -> None:
    given = [lot(40, "7", "mandatory"), lot(8, "8", "mandatory", "graded-unit"), lot(48, "8")]
    found = planned(dated("sqa-higher-national-certificate.toml"), given)
    assert found.outcome is Outcome.NOT_YET
    assert set(found.shortfalls) == {"at_7", "graded_unit_at_7"}


def test_a_higher_level_stands_in_where_at_or_above_is_meant() -> None:
    given = [lot(48, "6"), lot(72, "7")]
    assert planned(dated("nz-diploma-level-5.toml"), given).outcome is Outcome.AWARD


def test_the_printed_24_is_the_rule_and_not_the_printed_percentage() -> None:
    given = [lot(23, "5", "professional-practice"), lot(7, "4")]
    found = planned(dated("hku-space-certificate-qf-level-5.toml"), given)
    assert set(found.shortfalls) == {"at_5", "professional_practice"}


def test_prior_learning_beyond_two_thirds_of_the_award_is_not_used() -> None:
    given = [lot(20, "7"), lot(41, "7", source_class=SourceClass.RPL)]
    found = planned(dated("uk-postgraduate-certificate.toml"), given)
    assert found.outcome is Outcome.NOT_YET
    assert found.sums["rpl_cap"].number == 0


@pytest.mark.parametrize(
    ("file", "years", "outcome"),
    [
        ("uk-postgraduate-certificate.toml", 5, Outcome.NOT_YET),
        ("csu-graduate-certificate.toml", 5, Outcome.AWARD),
        ("india-ug-certificate.toml", 7, Outcome.AWARD),
    ],
)
def test_credit_that_is_exactly_as_old_as_the_limit(
    file: str, years: int, outcome: Outcome
) -> None:
    day = RECENT.replace(year=RECENT.year + years)
    assert planned(dated(file, day), REACHED[file]).outcome is outcome


def test_counting_back_names_the_level_at_which_the_threshold_is_reached() -> None:
    found = planned(dated("nz-certificate.toml"), [lot(15, "4"), lot(20, "3"), lot(10, "2")])
    assert (found.outcome, found.award_level) == (Outcome.AWARD, "2")


def test_credit_points_stand_beside_the_credits() -> None:
    found = planned(dated("india-ug-certificate.toml"), [lot(40, "4.5")])
    assert found.credit_points == 180
    assert found.sums["at_or_above_4.5"].number == 40


def test_a_quarter_is_one_of_the_degree_and_not_of_120() -> None:
    rule = members("us-bachelor-sacscoc.toml") | {"size": "136"}
    given = [lot(30, institution=HOME), lot(106)]
    assert planned(read_award_rule(rule), given).shortfalls["residency"].number == 4


# The page for registrars.


def page() -> str:
    return (ROOT / "docs" / "award-rules.md").read_text(encoding="utf-8")


def constraint_types() -> list[str]:
    schema = schemas.json_schema("award-rule")
    types: list[str] = schema["$defs"]["constraint"]["properties"]["type"]["enum"]
    return types


def test_the_page_has_a_section_for_every_type_of_constraint() -> None:
    assert re.findall(r"^#### `(.+)`$", page(), re.MULTILINE) == constraint_types()


def test_the_page_names_every_member_of_a_rule_and_every_shipped_file() -> None:
    text = page()
    assert [one for one in schemas.json_schema("award-rule")["properties"] if one not in text] == []
    assert sorted(set(re.findall(r"`([a-z0-9-]+\.toml)`", text))) == FILES


def test_every_example_of_the_page_is_read() -> None:
    shown = re.findall(r"```toml\n(.*?)```", page(), re.DOTALL)
    seen = set()
    for text in shown:
        example = {"id": "example", "unit": "nzqcf", **tomllib.loads(text)}
        seen |= {one["type"] for one in constraints(example)}
        example["constraints"].append({"id": "something", "type": "sum", "min": "1"})
        read_award_rule(example)
    assert seen == set(constraint_types())


def _changed(**change: Any) -> dict[str, Any]:
    return {
        "id": "example",
        "unit": "nzqcf",
        "constraints": [{"id": "total", "type": "sum", "min": "120"}],
        **change,
    }


def _with(**constraint: Any) -> dict[str, Any]:
    rule = _changed()
    rule["constraints"].append({"id": "other", **constraint})
    return rule


REFUSED: list[tuple[str, dict[str, Any]]] = [
    ("'unit' is a required property", {"id": "example", "constraints": [{}]}),
    ("120 is not of type 'string'", _with(type="sum", min=120)),
    ("'7,5' does not match", _with(type="sum", min="7,5")),
    ("Additional properties are not allowed", _with(type="sum", min="1", level="5")),
    ("'minimum' is not one of", _with(type="minimum", amount="1")),
    ("is not valid under any of the given schemas", _with(type="sum", min="1", equal="1")),
    ("[] should be non-empty", _changed(constraints=[])),
    (
        "a rule needs at least one requirement",
        _changed(constraints=[{"id": "a", "type": "exclusive_use"}]),
    ),
    (
        "two constraints have the same id",
        _changed(overlays=[{"id": "more", "constraints": _changed()["constraints"]}]),
    ),
    ("a share needs the size of the award", _with(type="residency_min_share", share="1/4")),
    ("a share is at most 1", _with(type="share_max", share="30", where={}) | {"size": "60"}),
    ("the least is above the most", _with(type="sum", min="2", max="1")),
    (
        "more components are needed than are named",
        _with(type="one_of", components=["A"], count=2),
    ),
    ("the least is not on the scale", _with(type="min_grade", scale=["C", "B"], min="A")),
    ("divisible_step must be above zero", _changed(divisible_step="0")),
]


@pytest.mark.parametrize(("message", "rule"), REFUSED)
def test_what_the_page_says_is_refused_is_refused_so(message: str, rule: dict[str, Any]) -> None:
    with pytest.raises(StackingError, match=re.escape(message)) as refused:
        read_award_rule(rule)
    assert refused.value.code == "RULE_MALFORMED"


def test_the_page_lists_exactly_these_refusals() -> None:
    section = page().partition("## 8. What is refused")[2].partition("\n## ")[0]
    listed = re.findall(r"^\| `(.+?)`", section, re.MULTILINE)
    assert listed == [message for message, _rule in REFUSED]
