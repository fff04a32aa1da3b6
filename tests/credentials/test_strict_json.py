"""Strict JSON: what is read, and every way in which bytes are refused."""

from __future__ import annotations

import base64
import json
import math
import sys
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credentials.document_rules import document_findings
from credentials.errors import LimitExceededError, MalformedValueError, ParsingError
from credentials.limits import DEFAULT_LIMITS
from credentials.strict_json import (
    MEMBER_NAME_CHARACTERS,
    parse_json,
    serialize_json,
    serialize_json_for_people,
)
from tests.soak import repetitions

MEBIBYTE = DEFAULT_LIMITS.document_bytes

REFUSED_BY_STRICTER_RULES = {
    "y_object_duplicated_key.json": "JSON_DUPLICATE_KEY",
    "y_object_duplicated_key_and_value.json": "JSON_DUPLICATE_KEY",
}
"""Texts that RFC 8259 allows and we refuse, by the code of our rule.

Repeated names: RFC 8259 section 4 leaves the meaning open, so readers would disagree; RFC 7493
section 2.3 forbids them.
"""

TRANSFORMS_REFUSED = {
    "object_same_key_different_values.json": "JSON_DUPLICATE_KEY",
    "object_same_key_same_value.json": "JSON_DUPLICATE_KEY",
    "object_same_key_unclear_values.json": "JSON_DUPLICATE_KEY",
    "string_1_escaped_invalid_codepoint.json": "JSON_SURROGATE",
    "string_2_escaped_invalid_codepoints.json": "JSON_SURROGATE",
    "string_3_escaped_invalid_codepoints.json": "JSON_SURROGATE",
    "string_1_invalid_codepoint.json": "JSON_ENCODING",
    "string_2_invalid_codepoints.json": "JSON_ENCODING",
    "string_3_invalid_codepoints.json": "JSON_ENCODING",
}


def refusal(data: bytes, **limits: int) -> ParsingError:
    with pytest.raises(ParsingError) as caught:
        parse_json(data, replace(DEFAULT_LIMITS, **limits))
    return caught.value


def code_of(data: bytes) -> str:
    """Return the code of the refusal, or "" if the text is read."""
    try:
        parse_json(data)
    except ParsingError as error:
        return error.code
    return ""


def test_judges_the_json_test_suite(conformance: Path) -> None:
    kinds: Counter[str] = Counter()
    accepted, refused = set(), {}
    for path in sorted((conformance / "jsontestsuite" / "test_parsing").iterdir()):
        kinds[path.name[:2]] += 1
        code = code_of(path.read_bytes())
        if code:
            refused[path.name] = code
        else:
            accepted.add(path.name)
    assert kinds == {"y_": 95, "n_": 188, "i_": 35}
    assert {name for name in accepted if name.startswith("n_")} == set()
    assert {name: code for name, code in refused.items() if name.startswith("y_")} == (
        REFUSED_BY_STRICTER_RULES
    )


def test_judges_the_transformations_of_the_json_test_suite(conformance: Path) -> None:
    paths = sorted((conformance / "jsontestsuite" / "test_transform").iterdir())
    codes = {path.name: code_of(path.read_bytes()) for path in paths}
    assert len(codes) == 22
    assert {name: code for name, code in codes.items() if code} == TRANSFORMS_REFUSED


def test_refuses_hostile_texts(conformance: Path) -> None:
    """Two of the thirteen are sound JSON; their undefined terms are for JSON-LD to refuse."""
    cases = json.loads((conformance / "attacks" / "raw-json-cases.json").read_text("utf-8"))
    assert len(cases) == 13
    passed = [case["id"] for case in cases if not _is_refused(case)]
    assert passed == ["raw-dup-nfd", "raw-proto"]


def _is_refused(case: dict[str, str]) -> bool:
    data = base64.b64decode(case["body_base64"])
    return bool(code_of(data)) or document_findings(parse_json(data)) != ()


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "EMPTY_INPUT"),
        (b" \r\n\t", "EMPTY_INPUT"),
        (b"\xef\xbb\xbf{}", "JSON_BOM"),
        ("\ufeff{}".encode("utf-16-le"), "JSON_BOM"),
        ("\ufeff{}".encode("utf-32-be"), "JSON_BOM"),
        ("{}".encode("utf-16-le"), "JSON_ENCODING"),
        ("{}".encode("utf-16-be"), "JSON_ENCODING"),
        ("{}".encode("utf-32-be"), "JSON_ENCODING"),
        (b'{"a": "\xff"}', "JSON_ENCODING"),
        (b'"\xed\xa0\x80"', "JSON_ENCODING"),
        (b'{"a": 1, "\\u0061": 2}', "JSON_DUPLICATE_KEY"),
        (b"NaN", "JSON_NUMBER"),
        (b"[-Infinity]", "JSON_NUMBER"),
        (b"[1e999]", "JSON_NUMBER"),
        (b"[-1e999]", "JSON_NUMBER"),
        (b"1" * 4_301, "JSON_NUMBER"),
        (b'"\\ud800"', "JSON_SURROGATE"),
        (b'{"\\udc00": 1}', "JSON_SURROGATE"),
        (b'["\\ud83d\\u0041"]', "JSON_SURROGATE"),
        (b"{} x", "JSON_SYNTAX"),
        (b"{}{}", "JSON_SYNTAX"),
        (b"{} // note", "JSON_SYNTAX"),
        (b"{'a': 1}", "JSON_SYNTAX"),
        (b'{"a": 1,}', "JSON_SYNTAX"),
        (b'{"a": 01}', "JSON_SYNTAX"),
        (b'"a\nb"', "JSON_SYNTAX"),
        (b'""\x00', "JSON_SYNTAX"),
        (b"\x0c", "EMPTY_INPUT"),
        (b"\x0c{}", "JSON_SYNTAX"),
        ("{}\u00a0".encode(), "JSON_SYNTAX"),
    ],
)
def test_refuses_with_a_stable_code(data: bytes, code: str) -> None:
    assert refusal(data).code == code


def test_reads_a_document_as_it_is() -> None:
    text = '{"b": [1, 2.5, -0.1, 1e3, true, false, null], "a": {"é\\ud83d\\ude00": "\\u0000/"}}'
    value = parse_json(text.encode())
    assert value == {"b": [1, 2.5, -0.1, 1000.0, True, False, None], "a": {"é😀": "\x00/"}}
    assert list(value) == ["b", "a"]
    assert isinstance(value["b"][1], float)
    assert len(str(parse_json(b"9" * 4_300))) == 4_300


def test_points_to_the_member_that_occurs_twice() -> None:
    assert refusal(b'{"a": [{"x": 1e999999, "b/c": {}}, {"x": 1, "x": 2}]}').code == "JSON_NUMBER"
    assert refusal(b'{"a": [{"b/c": {}}, {"~x": 1, "~x": 2}]}').pointer == "/a/1/~0x"
    assert refusal(b'{"a": 1, "b": {}, "a": 2}').pointer == "/a"
    assert refusal(b'{"\\ud800": 1, "\\ud800": 2}').pointer == ""


def test_points_to_a_member_that_occurs_twice_beside_a_number_of_any_length() -> None:
    data = b'[[{"b": 1, "b": 2}], ' + b"1" * 5_000 + b"]"
    assert refusal(data).pointer == "/0/0/b"
    assert refusal(b'[[1], {"a": [], "b": {"c": {}, "c": []}}]').pointer == "/1/b/c"


def test_an_interpreter_that_reads_fewer_digits_refuses_a_number_alike() -> None:
    before = sys.get_int_max_str_digits()
    sys.set_int_max_str_digits(640)
    try:
        error = refusal(b"1" * 1_000)
    finally:
        sys.set_int_max_str_digits(before)
    assert (error.code, error.message) == ("JSON_NUMBER", refusal(b"1" * 4_301).message)


def test_says_where_the_syntax_breaks() -> None:
    error = refusal(b'{\n  "a": 1,\n  b: 2\n}')
    assert "Line 3, column 3." in error.message


@pytest.mark.parametrize("text", [b"<!DOCTYPE html><html></html>", b"\n <?xml version='1.0'?>"])
def test_recognises_a_web_page(text: bytes) -> None:
    error = refusal(text)
    assert error.code == "JSON_SYNTAX"
    assert "HTML" in error.message


def test_messages_do_not_repeat_the_document() -> None:
    for data in (b'{"secret": 1, "secret": 2}', b'{"a": secret}', b'"secret \\ud800"'):
        assert "secret" not in refusal(data).message


def test_limits_size_depth_values_and_strings() -> None:
    assert refusal(b"[1, 2]", document_bytes=5).code == "TOO_LARGE"
    assert parse_json(b"[1, 2]", replace(DEFAULT_LIMITS, document_bytes=6)) == [1, 2]
    assert refusal(b'[{"a": []}]', depth=2).code == "TOO_DEEP"
    assert parse_json(b'[{"a": "[["}]', replace(DEFAULT_LIMITS, depth=2)) == [{"a": "[["}]
    assert refusal(b'"abcd"', string_characters=3).code == "STRING_TOO_LONG"
    assert refusal(b'{"abcd": 1}', string_characters=3).code == "STRING_TOO_LONG"
    assert parse_json('"äöü"'.encode(), replace(DEFAULT_LIMITS, string_characters=3)) == "äöü"
    name = "n" * MEMBER_NAME_CHARACTERS
    assert parse_json(json.dumps({name: name * 9}).encode()) == {name: name * 9}
    assert refusal(json.dumps({f"{name}n": 1}).encode()).code == "STRING_TOO_LONG"
    escaped = json.dumps("\n" * (DEFAULT_LIMITS.string_characters + 1)).encode()
    assert refusal(escaped).code == "STRING_TOO_LONG"


def test_counts_values_exactly() -> None:
    def count(value: Any) -> int:
        children = list(value.values()) if isinstance(value, dict) else value
        return 1 + sum(map(count, children)) if isinstance(value, dict | list) else 1

    for text in ('{"a": [1, "b,[", {}], "c": [ ], "d": {"e": null}}', "[]", "1", '",[]{}"'):
        value = json.loads(text)
        assert parse_json(text.encode(), replace(DEFAULT_LIMITS, values=count(value))) == value
        error = refusal(text.encode(), values=count(value) - 1)
        assert isinstance(error, LimitExceededError)
        assert error.code == "TOO_MANY_VALUES"


@pytest.mark.parametrize(
    ("unit", "code"),
    [
        (b"[", "TOO_DEEP"),
        (b'{"a":', "TOO_DEEP"),
        (b"[ ", "TOO_DEEP"),
        (b"]", "TOO_MANY_VALUES"),
        (b"[],", "TOO_MANY_VALUES"),
        (b'"",', "TOO_MANY_VALUES"),
        (b'"', "JSON_SYNTAX"),
        (b'"\\', "JSON_SYNTAX"),
        (b"1", "JSON_NUMBER"),
        (b" ", "EMPTY_INPUT"),
        (b"\\", "JSON_SYNTAX"),
    ],
)
def test_answers_a_mebibyte_of_anything_quickly(unit: bytes, code: str) -> None:
    data = (unit * (MEBIBYTE // len(unit) + 1))[:MEBIBYTE]
    started = time.process_time()
    assert refusal(data).code == code
    assert time.process_time() - started < (0.05 if unit == b"[" else 0.5)


JSON_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=("Cs",)), max_size=20),
    lambda children: (
        st.lists(children, max_size=4)
        | st.dictionaries(
            st.text(st.characters(exclude_categories=("Cs",)), max_size=8), children, max_size=4
        )
    ),
    max_leaves=12,
)


@settings(max_examples=repetitions(40, soak=200), deadline=None, derandomize=True)
@given(JSON_VALUES)
def test_reading_what_was_written_gives_the_same(value: Any) -> None:
    assert parse_json(serialize_json(value)) == value
    assert parse_json(serialize_json_for_people(value)) == value
    assert serialize_json(parse_json(serialize_json(value))) == serialize_json(value)


@settings(max_examples=repetitions(60, soak=300), deadline=None, derandomize=True)
@given(
    st.binary(max_size=40)
    | st.text('{}",:a1 ', max_size=30).map(lambda text: b'{"a":1,"a":2' + text.encode())
    | st.text('[]{}",:\\u0019.eE-trufalsn ', max_size=30).map(str.encode)
)
def test_never_raises_anything_but_a_parsing_error(data: bytes) -> None:
    code_of(data)


def test_writes_in_two_forms() -> None:
    value = {"z": ["é", 1.5], "a": {}}
    assert serialize_json(value) == '{"z":["é",1.5],"a":{}}'.encode()
    assert serialize_json_for_people(value) == (
        '{\n  "z": [\n    "é",\n    1.5\n  ],\n  "a": {}\n}\n'.encode()
    )


@pytest.mark.parametrize("value", [math.nan, [math.inf], {"a": "\ud800"}, {"\udfff": 1}])
def test_refuses_to_write_what_it_would_not_read(value: Any) -> None:
    for write in (serialize_json, serialize_json_for_people):
        with pytest.raises(MalformedValueError) as caught:
            write(value)
        assert caught.value.code == "NOT_SERIALIZABLE"


@pytest.mark.parametrize(
    "data", [b'{"a":1,"a":2}x', b'[{"a":1,"a":2},', b'{"a":1,"a":2}{', b'[{"a":1,"a":2}, nul]']
)
def test_a_repeated_name_in_a_text_that_is_no_json_ends_in_a_refusal(data: bytes) -> None:
    """Looking for the place of the name read the text again, and met the fault behind it."""
    with pytest.raises(ParsingError) as caught:
        parse_json(data)
    assert caught.value.code == "JSON_SYNTAX"
