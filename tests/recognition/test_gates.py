"""Every type of gate: passed, certainly failed, and open; what is unknown is never refused."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import date
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.level_credit.costs import Price
from frameworks.amounts import Interval
from frameworks.conversions import Credit
from frameworks.levels import Level
from recognition.deciding.decide import decide
from recognition.deciding.facts import NAMES, Facts, read_facts, told
from recognition.errors import RecognitionError
from recognition.policies.gates import COURSE_GATES
from tests.recognition.factories import FACTS, TARGET, gate, inputs, policy_text

HALF = Fraction(1, 2)
GRADES = {"scale": ["F", "C", "B", "A"], "min": "C"}
CLASSES = {"scale": ["D", "C", "B", "A"], "min": "B"}
YEARS = {"years": 5, "boundary": "inclusive"}

EVERY_GATE: list[
    tuple[dict[str, Any], dict[str, Any], dict[str, Any], str, dict[str, Any], str]
] = [
    (
        gate("kind_in", accept=["MicroCredential"]),
        {},
        {"kind": "Badge"},
        "KIND_NOT_ACCEPTED",
        {"kind": None},
        "KIND_UNKNOWN",
    ),
    (
        gate("accredited"),
        {},
        {"accredited": False},
        "SOURCE_NOT_ACCREDITED",
        {"accredited": None},
        "ACCREDITATION_UNKNOWN",
    ),
    (
        gate("level_min", framework="eu-eqf", level="4"),
        {},
        {"level": Level("nz-nzqcf", "2")},
        "LEVEL_BELOW_MIN",
        {"level": None},
        "LEVEL_INDETERMINATE",
    ),
    (
        gate("overlap_min", min="1/2"),
        {"overlap": Interval(HALF, Fraction(1))},
        {"overlap": Interval.of(Fraction(1, 3))},
        "OVERLAP_BELOW_MIN",
        {"overlap": Interval(Fraction(1, 3), Fraction(1))},
        "OVERLAP_UNKNOWN",
    ),
    (
        gate("credits_equal"),
        {},
        {"credits": Credit(Fraction(19), "nzqcf")},
        "CREDITS_NOT_EQUAL",
        {"credits": None},
        "CREDITS_UNKNOWN",
    ),
    (
        gate("credits_min"),
        {"credits": Credit(Fraction(30), "nzqcf")},
        {"credits": Credit(Fraction(19), "nzqcf")},
        "CREDITS_BELOW_MIN",
        {"credits": None},
        "CREDITS_UNKNOWN",
    ),
    (
        gate("grade_min", **GRADES),
        {"grade": "C"},
        {"grade": "F"},
        "GRADE_BELOW_MIN",
        {"grade": "C+"},
        "GRADE_UNKNOWN",
    ),
    (
        gate("assurance_min", **CLASSES),
        {},
        {"assurance": "C"},
        "ASSURANCE_BELOW_MIN",
        {"assurance": None},
        "ASSURANCE_UNKNOWN",
    ),
    (
        gate("assessment_in", accept=["examination"]),
        {},
        {"assessment": "attendance"},
        "ASSESSMENT_NOT_ACCEPTED",
        {"assessment": None},
        "ASSESSMENT_UNKNOWN",
    ),
    (
        gate("max_age", **YEARS),
        {"awarded": date(2021, 11, 23)},
        {"awarded": date(2021, 11, 22)},
        "TOO_OLD",
        {"awarded": None},
        "DATE_UNKNOWN",
    ),
    (
        gate("field_in", prefixes=["0715"]),
        {},
        {"field": "06"},
        "FIELD_NOT_ACCEPTED",
        {"field": "07"},
        "FIELD_TOO_COARSE",
    ),
    (
        gate("identity_verified"),
        {},
        {"identity_verified": False},
        "IDENTITY_NOT_VERIFIED",
        {"identity_verified": None},
        "IDENTITY_UNKNOWN",
    ),
    (
        gate("not_redeemed"),
        {},
        {"redeemed": True},
        "LOT_REDEEMED",
        {"redeemed": None},
        "REDEMPTION_UNKNOWN",
    ),
    (
        gate("hours_min", min="200"),
        {},
        {"hours": Fraction(199)},
        "HOURS_BELOW_MIN",
        {"hours": None},
        "HOURS_UNKNOWN",
    ),
    (
        gate("language_in", accept=["en", "fr"]),
        {},
        {"language": "de"},
        "LANGUAGE_NOT_ACCEPTED",
        {"language": None},
        "LANGUAGE_UNKNOWN",
    ),
    (
        gate("quality_assurance_in", accept=["external"]),
        {},
        {"quality_assurance": "none"},
        "QUALITY_ASSURANCE_NOT_ACCEPTED",
        {"quality_assurance": None},
        "QUALITY_ASSURANCE_UNKNOWN",
    ),
]
"""A gate, facts that pass it, facts that fail it with the code, and facts that leave it open."""


def decided(row: dict[str, Any], facts: dict[str, Any]) -> dict[str, Any]:
    text = policy_text(gates=[row], grant="target", precedents={"allowed": False})
    return decide(inputs(text, replace(FACTS, **facts))).payload


def test_every_type_of_gate_is_among_these() -> None:
    types = {row["type"] for row, *_others in EVERY_GATE}
    assert len(types) == 16
    assert types > COURSE_GATES


@pytest.mark.parametrize("case", EVERY_GATE, ids=lambda case: case[0]["type"])
def test_a_gate_passes_fails_and_refers(case: Any) -> None:
    row, passing, failing, failed_code, leaving_open, open_code = case
    passed = decided(row, passing)
    assert (passed["outcome"], passed["reasons"]) == ("GRANT", [])
    assert passed["gates"][0]["outcome"] == "passed"
    refused = decided(row, failing)
    assert (refused["outcome"], refused["reasons"]) == ("REFUSE", [failed_code])
    assert refused["gates"][0]["outcome"] == "failed"
    referred = decided({**row, "on_fail": "refer"}, failing)
    assert (referred["outcome"], referred["reasons"]) == ("REFER", [failed_code])
    for on_fail in ("refuse", "refer"):
        is_open = decided({**row, "on_fail": on_fail}, leaving_open)
        assert (is_open["outcome"], is_open["reasons"]) == ("REFER", [open_code])
        assert is_open["gates"][0]["outcome"] == "open"


@pytest.mark.parametrize("case", EVERY_GATE, ids=lambda case: case[0]["type"])
def test_a_gate_tells_its_route_unless_it_is_passed(case: Any) -> None:
    row, passing, failing, *_others = case
    with_route = {**row, "route": "RPL_EVIDENCE"}
    assert decided(with_route, passing)["routes"] == []
    assert decided(with_route, failing)["routes"] == ["RPL_EVIDENCE"]


def test_an_interval_of_credits_leaves_its_gate_open() -> None:
    facts = {"credits": Credit(Fraction(10), "ects")}
    text = policy_text(gates=[gate("credits_min")], method="notional-hours", grant="target")
    payload = decide(inputs(text, replace(FACTS, **facts), TARGET)).payload
    assert payload["gates"][0]["outcome"] == "passed"
    few = {"credits": Credit(Fraction(7), "ects")}
    payload = decide(inputs(text, replace(FACTS, **few), TARGET)).payload
    assert payload["reasons"] == ["CREDITS_INDETERMINATE"]


@pytest.mark.parametrize(
    ("start", "outcome"),
    [(date(2026, 2, 1), "GRANT"), (date(2026, 3, 1), "REFUSE"), (None, "REFER")],
)
def test_an_age_is_counted_to_the_start_of_the_programme(start: date | None, outcome: str) -> None:
    row = gate("max_age", years=1, boundary="exclusive", reference="programme_start")
    text = policy_text(gates=[row], precedents={"allowed": False})
    facts = replace(FACTS, awarded=date(2025, 2, 2))
    target = replace(TARGET, programme_start=start)
    assert decide(inputs(text, facts, target)).payload["outcome"] == outcome


@pytest.mark.parametrize(
    ("accept", "stated", "outcome"),
    [
        ("fr", "fr-CA", "GRANT"),
        ("EN", "en", "GRANT"),
        ("fr-CA", "fr", "REFUSE"),
        ("en", "eng", "REFUSE"),
        ("mi", "", "REFER"),
    ],
)
def test_a_language_is_accepted_with_its_regions(accept: str, stated: str, outcome: str) -> None:
    text = policy_text(gates=[gate("language_in", accept=[accept])], precedents={"allowed": False})
    facts = replace(FACTS, language=stated or None)
    assert decide(inputs(text, facts)).payload["outcome"] == outcome


VALUES = {
    "kind": st.sampled_from(["MicroCredential", "Badge"]),
    "accredited": st.booleans(),
    "level": st.sampled_from(
        [Level("nz-nzqcf", "2"), Level("nz-nzqcf", "7"), Level("ie-nfq", "8"), Level("x", "1")]
    ),
    "overlap": st.sampled_from(
        [Interval.of(Fraction(1, 4)), Interval.of(Fraction(1)), Interval(HALF, Fraction(1))]
    ),
    "credits": st.sampled_from(
        [Credit(Fraction(5), "nzqcf"), Credit(Fraction(20), "nzqcf"), Credit(Fraction(9), "ects")]
    ),
    "hours": st.sampled_from([Fraction(5), Fraction(400)]),
    "grade": st.sampled_from(["F", "A", "odd"]),
    "assurance": st.sampled_from(["A", "D"]),
    "assessment": st.sampled_from(["examination", "attendance"]),
    "awarded": st.sampled_from([date(2010, 1, 1), date(2026, 1, 1)]),
    "field": st.sampled_from(["07", "0715", "06"]),
    "language": st.sampled_from(["en", "de"]),
    "quality_assurance": st.sampled_from(["external", "none"]),
    "identity_verified": st.booleans(),
    "redeemed": st.booleans(),
    "cost": st.sampled_from([Price(Fraction("450.50"), "NZD"), Price(Fraction(0), "EUR")]),
    "subsidy": st.sampled_from([Price(Fraction(100), "NZD")]),
}
READ_BY_NO_GATE = {"cost", "subsidy"}
READ_BY = {
    "max_age": "awarded",
    "not_redeemed": "redeemed",
    "credits_equal": "credits",
    "credits_min": "credits",
}
"""Which fact a gate reads, where its type does not say so."""

ALL_FACTS = st.fixed_dictionaries({}, optional=VALUES).map(lambda known: Facts(**known))
GATES = st.lists(
    st.sampled_from([row for row, *_others in EVERY_GATE]),
    min_size=1,
    unique_by=lambda row: row["id"],
)
ON_FAIL = st.sampled_from(["refuse", "refer"])


def fact_of(kind: str) -> str:
    bare = kind.removesuffix("_in").removesuffix("_min")
    return READ_BY.get(kind, bare)


def outcomes(rows: list[dict[str, Any]], facts: Facts) -> dict[str, Any]:
    text = policy_text(gates=rows, grant="target", precedents={"allowed": False})
    return decide(inputs(text, facts)).payload


def test_the_properties_below_know_every_fact() -> None:
    assert set(VALUES) == set(NAMES) == {one.name for one in fields(Facts)}
    read = {fact_of(row["type"]) for row, *_others in EVERY_GATE}
    assert read == set(VALUES) - READ_BY_NO_GATE


@given(GATES, ALL_FACTS, ON_FAIL)
def test_what_is_unknown_never_refuses(
    rows: list[dict[str, Any]], facts: Facts, on_fail: str
) -> None:
    """Only a gate that certainly failed, and that says so, refuses."""
    rows = [{**row, "on_fail": on_fail} for row in rows]
    payload = outcomes(rows, facts)
    certain = [one for one in payload["gates"] if one["outcome"] == "failed"]
    assert (payload["outcome"] == "REFUSE") == (on_fail == "refuse" and bool(certain))
    for one in certain:
        assert getattr(facts, fact_of(one["type"])) is not None
    unknown = replace(facts, **{fact_of(one["type"]): None for one in certain})
    assert outcomes(rows, unknown)["outcome"] != "REFUSE"


@given(GATES, ALL_FACTS, st.sampled_from(sorted(VALUES)), st.data())
def test_a_fact_changes_only_the_gates_that_read_it(
    rows: list[dict[str, Any]], facts: Facts, name: str, data: st.DataObject
) -> None:
    added = replace(facts, **{name: data.draw(VALUES[name])})
    before, after = outcomes(rows, facts)["gates"], outcomes(rows, added)["gates"]
    for one, other in zip(before, after, strict=True):
        assert one == other or fact_of(one["type"]) == name


@given(ALL_FACTS)
def test_facts_are_written_and_read_again(facts: Facts) -> None:
    assert read_facts(told(facts)) == facts


@pytest.mark.parametrize(
    "values",
    [
        {"colour": "blue"},
        {"kind": ""},
        {"kind": 5},
        {"accredited": "true"},
        {"level": "5"},
        {"level": {"framework": "x"}},
        {"overlap": 0.8},
        {"overlap": {"min": "1", "max": "0"}},
        {"credits": {"amount": "5"}},
        {"credits": {"amount": 5, "unit": "ects"}},
        {"hours": "many"},
        {"awarded": "yesterday"},
        {"grade": "x" * 501},
    ],
)
def test_a_fact_that_cannot_be_read_is_refused(values: dict[str, Any]) -> None:
    with pytest.raises(RecognitionError) as caught:
        read_facts(values)
    assert caught.value.code == "FACT_MALFORMED"
