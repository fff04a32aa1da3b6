"""Running a file of worked cases and comparing each answer, whole and exact."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

import schemas
from credentials.errors import SchemaError, TallystickError
from credentials.json_types import pointer_to
from frameworks.cases import kinds
from frameworks.cases.parsing import Given

CaseKind = Callable[[Given], dict[str, Any]]

KINDS: dict[str, CaseKind] = {
    "convert": kinds.convert_case,
    "convert-sum": kinds.convert_sum_case,
    "level-claim": kinds.level_claim_case,
    "level-map": kinds.level_map_case,
    "recency": kinds.recency_case,
    "round-trip": kinds.round_trip_case,
    "scope-check": kinds.scope_check_case,
    "value-check": kinds.value_check_case,
}
"""Kinds of case that are answered here; other rooms add theirs."""


@dataclass(frozen=True, slots=True)
class CaseResult:
    """One case with the answer that came out."""

    id: str
    kind: str
    rule: str
    expected: Any
    actual: Any

    @property
    def passed(self) -> bool:
        """Tell whether the answer is the expected one: every member, list order included."""
        return _same(self.expected, self.actual)


def _same(expected: Any, actual: Any) -> bool:
    """Compare as JSON; the order of members does not count, and 1 is not true."""
    return json.dumps(expected, sort_keys=True) == json.dumps(actual, sort_keys=True)


def run_cases(document: Any, supported: Mapping[str, CaseKind] = KINDS) -> list[CaseResult]:
    """Run every case of a file.

    A file that breaks its schema or miscounts itself is refused before any case runs, with
    `SchemaError` (CASES_MALFORMED); a kind that is not supported is a failed case, and so is a
    case whose facts cannot be read.
    """
    _require_schema(document)
    _require_counts(document)
    return [_run(case, supported) for case in document["cases"]]


def _run(case: Given, supported: Mapping[str, CaseKind]) -> CaseResult:
    answer = supported.get(case["kind"])
    if answer is None:
        actual: Any = {"error": f"cases of the kind {case['kind']} are not supported"}
    else:
        try:
            actual = answer(case["given"])
        except TallystickError as error:
            actual = {"error": error.message, "code": error.code}
    return CaseResult(case["id"], case["kind"], case["rule"], case["expect"], actual)


@cache
def _validator() -> Draft202012Validator:
    return Draft202012Validator(schemas.json_schema("tallystick-cases"))


def _require_schema(document: Any) -> None:
    error = best_match(_validator().iter_errors(document))
    if error is not None:
        raise SchemaError(
            f"The file is not one of worked cases: {error.message[:300]}",
            code="CASES_MALFORMED",
            pointer=pointer_to(error.absolute_path),
        )


def _require_counts(document: Any) -> None:
    counted = Counter(case["kind"] for case in document["cases"])
    stated = {kind: number for kind, number in document["kinds"].items() if number}
    if document["count"] != len(document["cases"]) or stated != dict(counted):
        raise SchemaError(
            "The file does not contain as many cases as it says.",
            code="CASES_MALFORMED",
            pointer="/count",
        )
