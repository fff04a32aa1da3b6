"""The rules of every document that is signed or verified."""

from __future__ import annotations

import itertools
import time
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credentials.document_rules import (
    FINDINGS_REPORTED,
    LARGEST_EXACT_INTEGER,
    document_findings,
    is_exact_number,
)
from credentials.limits import DEFAULT_LIMITS
from tests.soak import repetitions


def found(document: Any) -> list[tuple[str, str]]:
    return [(finding.code, finding.pointer) for finding in document_findings(document)]


def test_accepts_an_ordinary_document() -> None:
    document = {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "type": "VerifiableCredential",
        "name": "tab\tline\nreturn\r, é, 😀, non\u00a0breaking",
        "credits": [5, 5.0, 2.5, 0.0, 0.0001, -12.75, 1e15, 0, LARGEST_EXACT_INTEGER],
        "flag": [True, False],
        "empty": {"object": {}, "text": ""},
        "proof": [],
        "verifiableCredential": [],
    }
    before = repr(document)
    assert document_findings(document) == ()
    assert repr(document) == before


@pytest.mark.parametrize("document", [[], [{}], "text", 5, 2.5, True, None])
def test_requires_an_object(document: Any) -> None:
    assert found(document) == [("NOT_AN_OBJECT", "")]


def test_zeros_before_and_behind_a_number_do_not_count_as_its_digits() -> None:
    for exact in (0.000123456789012345, 123456789012345.0, 10000000000000.5, -0.5, 0.0, 120.0):
        assert is_exact_number(exact), exact
    for other in (0.0001234567890123456, 1000000000000.123, True, False, "1", None):
        assert not is_exact_number(other), other


def test_an_empty_object_is_an_object() -> None:
    assert found({}) == []


def test_finds_control_characters_in_values_and_names() -> None:
    unwanted = [chr(code) for code in range(0x20) if chr(code) not in "\t\n\r"]
    unwanted += ["\x7f", "\ufffe", "\uffff", "\ud800"]
    for character in unwanted:
        assert found({"a": {"b": f"x{character}"}}) == [("CONTROL_CHARACTER", "/a/b")]
        assert found({"a": {f"x{character}": 1}}) == [("CONTROL_CHARACTER", "/a")]
    assert found({"\x00": None}) == [("CONTROL_CHARACTER", ""), ("NULL_VALUE", "/\ufffd")]


def test_finds_null_empty_and_nested_arrays_in_document_order() -> None:
    document = {
        "a": None,
        "b": [1, None],
        "c": [],
        "d/~": {"proof": [[]], "x": [[1], 2]},
        "proof": [[]],
    }
    assert found(document) == [
        ("NULL_VALUE", "/a"),
        ("NULL_VALUE", "/b/1"),
        ("EMPTY_ARRAY", "/c"),
        ("NESTED_ARRAY", "/d~1~0/proof"),
        ("EMPTY_ARRAY", "/d~1~0/proof/0"),
        ("NESTED_ARRAY", "/d~1~0/x"),
        ("NESTED_ARRAY", "/proof"),
        ("EMPTY_ARRAY", "/proof/0"),
    ]


@pytest.mark.parametrize(
    "number",
    [
        2**53,
        -(2**53),
        10**30,
        float("nan"),
        float("inf"),
        float("-inf"),
        -0.0,
        1e-5,
        1e-7,
        5e-324,
        1e16,
        1e21,
        1.5e300,
        0.30000000000000004,
        1.000000000000001,
        123456789012345.6,
        1234567890123456.0,
    ],
)
def test_finds_numbers_that_cannot_be_signed_exactly(number: float) -> None:
    assert found({"a": [number]}) == [("NUMBER_NOT_EXACT", "/a/0")]


@pytest.mark.parametrize(
    "number", [0, -1, 2**53 - 1, 0.1, 0.3, 100.0, 1e15, 0.00012345, 12345678901234.5, 99.95]
)
def test_accepts_numbers_that_survive_signing(number: float) -> None:
    assert found({"a": number}) == []


@settings(max_examples=repetitions(60, soak=300), deadline=None, derandomize=True)
@given(st.integers(-(10**15) + 1, 10**15 - 2), st.integers(0, 10))
def test_decimals_of_15_digits_are_exact_and_stay_apart(digits: int, places: int) -> None:
    """JSON-LD 1.1 API section 8.6 writes doubles with 16 significant digits."""
    one, next_one = digits / 10**places, (digits + 1) / 10**places
    assert f"{one:1.15E}" != f"{next_one:1.15E}"
    for number in (one, next_one):
        assert is_exact_number(number) == (number == 0 or abs(number) >= 1e-4)


def test_neighbours_share_a_signature_only_if_one_is_refused() -> None:
    close = [0.3, 0.30000000000000004, 0.29999999999999999, 0.1 + 0.2, 0.3000000000000001]
    for one, other in itertools.combinations(close, 2):
        if one != other and f"{one:1.15E}" == f"{other:1.15E}":
            assert not (is_exact_number(one) and is_exact_number(other))


def test_reports_a_limited_number_of_findings() -> None:
    assert len(found({"a": [None] * 1_000})) == FINDINGS_REPORTED


def test_stops_at_the_limit_of_values() -> None:
    few = replace(DEFAULT_LIMITS, values=3)
    assert document_findings({"a": [1]}, few) == ()
    (finding,) = document_findings({"a": [1, 2]}, few)
    assert finding.code == "TOO_MANY_VALUES"


def test_long_names_do_not_multiply_and_depth_does_not_matter() -> None:
    document: Any = {"n" * 200_000: [0] * 4_900}
    started = time.process_time()
    assert found(document) == []
    for _level in range(2_000):
        document = {"a": document}
    assert found(document) == [("TOO_MANY_VALUES", "")]
    assert time.process_time() - started < 0.25


def test_every_finding_names_its_clause_and_what_to_do() -> None:
    for finding in document_findings({"a": None, "b": [], "c": [[1]], "d": 1e-9, "e": "\x00"}):
        assert finding.clause
        assert finding.message.endswith(".")
        assert finding.severity == "error"
