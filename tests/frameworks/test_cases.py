"""The worked cases: every kind that is answered here comes out as its file says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

import schemas
from credentials.errors import SchemaError
from frameworks.cases import KINDS, run_cases

NUMBER_OF_CASES = {
    "convert": 9,
    "convert-sum": 6,
    "level-claim": 1,
    "level-map": 6,
    "recency": 6,
    "round-trip": 2,
    "scope-check": 5,
    "value-check": 7,
}
"""How many published cases of each kind there are, so that none is passed over in silence."""


def case(**changes: Any) -> dict[str, Any]:
    """Build a small case that passes."""
    return {
        "id": "X01",
        "kind": "recency",
        "title": "five years",
        "given": {
            "awarded": "2020-02-29",
            "reference_date": "2025-03-01",
            "years": 5,
            "boundary": "inclusive",
        },
        "expect": {"outcome": "WITHIN", "anniversary": "2025-03-01"},
        "rule": "the day itself counts",
        "source": "ours",
        **changes,
    }


def file_of(*cases: dict[str, Any]) -> dict[str, Any]:
    kinds: dict[str, int] = {}
    for one in cases:
        kinds[one["kind"]] = kinds.get(one["kind"], 0) + 1
    return {
        "format": "tallystick-cases/1",
        "count": len(cases),
        "kinds": kinds,
        "cases": list(cases),
    }


def published(conformance: Path) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((conformance / "frameworks/cases.json").read_bytes())
    return document


def test_every_published_case_of_an_answered_kind_passes(conformance: Path) -> None:
    results = run_cases(published(conformance))
    assert len(results) == published(conformance)["count"]
    answered = [result for result in results if result.kind in KINDS]
    assert {kind: sum(one.kind == kind for one in answered) for kind in KINDS} == NUMBER_OF_CASES
    assert [result for result in answered if not result.passed] == []


def test_our_schema_and_the_published_one_agree_on_the_published_cases(conformance: Path) -> None:
    official = json.loads((conformance / "frameworks/case.schema.json").read_bytes())
    document = published(conformance)
    for schema in (official, schemas.json_schema("tallystick-cases")):
        Draft202012Validator.check_schema(schema)
        assert list(Draft202012Validator(schema).iter_errors(document)) == []


def test_our_schema_refuses_what_the_published_one_refuses(conformance: Path) -> None:
    official = Draft202012Validator(
        json.loads((conformance / "frameworks/case.schema.json").read_bytes())
    )
    ours = Draft202012Validator(schemas.json_schema("tallystick-cases"))
    document = published(conformance)
    compared = 0
    for one in document["cases"]:
        if one["kind"] not in KINDS:
            continue
        for member in one["given"]:
            for value in (5, 1.5, "", None, [], {"x": 1}):
                changed = {**one, "given": {**one["given"], member: value}}
                small = {**document, "cases": [changed]}
                assert ours.is_valid(small) == official.is_valid(small), (one["id"], member, value)
                compared += 1
    assert compared > 500


def test_a_case_that_expects_something_else_fails() -> None:
    expected = {"outcome": "TOO_OLD", "anniversary": "2025-03-01"}
    (result,) = run_cases(file_of(case(expect=expected)))
    assert not result.passed
    assert result.actual == {"outcome": "WITHIN", "anniversary": "2025-03-01"}


def test_the_answer_is_compared_whole() -> None:
    (result,) = run_cases(file_of(case(expect={"outcome": "WITHIN", "anniversary": "2025-02-28"})))
    assert not result.passed


def test_a_kind_that_is_not_supported_is_a_failed_case() -> None:
    (result,) = run_cases(file_of(case()), {})
    assert not result.passed
    assert "not supported" in result.actual["error"]


@pytest.mark.parametrize(
    "change",
    [
        {"count": 2},
        {"kinds": {"recency": 2}},
        {"kinds": {"recency": 1, "convert": 1}},
        {"format": "tallystick-cases/2"},
        {"cases": []},
    ],
)
def test_a_file_that_miscounts_itself_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(SchemaError) as caught:
        run_cases({**file_of(case()), **change})
    assert caught.value.code == "CASES_MALFORMED"


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        ({"type": "amount_step", "step": "0"}, "STEP_MALFORMED"),
        ({"type": "hours_per_credit", "tolerance": "0." + "1" * 2_000}, "AMOUNT_MALFORMED"),
    ],
)
def test_facts_that_cannot_be_computed_with_fail_their_case_only(
    rule: dict[str, Any], code: str
) -> None:
    given = {
        "claim": {"credits": {"amount": "5", "unit": "cu:x"}},
        "rules": [rule],
        "as_of": "2026-11-23",
    }
    expected = {"outcome": "PASS", "findings": []}
    bad = case(kind="value-check", given=given, expect=expected)
    results = run_cases(file_of(bad, case()))
    assert [result.passed for result in results] == [False, True]
    assert results[0].actual["code"] == code
