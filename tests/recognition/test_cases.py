"""The worked cases about recognition, and what their answers rest on."""

from __future__ import annotations

import json
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

from jsonschema_rs import Draft202012Validator

import schemas
from frameworks.cases import run_cases
from recognition.cases import KINDS

NUMBER_OF_CASES = {"recognise": 7, "precedent": 4}
"""How many published cases of each kind there are, so that none is passed over in silence."""


def published(conformance: Path) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((conformance / "frameworks/cases.json").read_bytes())
    return document


def test_every_published_case_about_recognition_passes(conformance: Path) -> None:
    results = [one for one in run_cases(published(conformance), KINDS) if one.kind in KINDS]
    assert {kind: sum(one.kind == kind for one in results) for kind in KINDS} == NUMBER_OF_CASES
    assert [result for result in results if not result.passed] == []


def test_our_schema_refuses_what_the_published_one_refuses(conformance: Path) -> None:
    official = Draft202012Validator(
        json.loads((conformance / "frameworks/case.schema.json").read_bytes())
    )
    ours = Draft202012Validator(schemas.json_schema("tallystick-cases"))
    compared = 0
    for case in published(conformance)["cases"]:
        if case["kind"] not in KINDS:
            continue
        for place in places(case["given"]):
            for value in (5, "", None, []):
                changed = deepcopy(case)
                put(changed["given"], place, value)
                document = {
                    "format": "tallystick-cases/1",
                    "count": 1,
                    "kinds": {case["kind"]: 1},
                    "cases": [changed],
                }
                assert ours.is_valid(document) == official.is_valid(document), (place, value)
                compared += 1
    assert compared > 1_000


def places(value: Any, before: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    inside = enumerate(value) if isinstance(value, list) else ()
    members = value.items() if isinstance(value, dict) else inside
    for step, child in members:
        yield (*before, step)
        yield from places(child, (*before, step))


def put(value: Any, place: tuple[str | int, ...], new: Any) -> None:
    for step in place[:-1]:
        value = value[step]
    value[place[-1]] = new
