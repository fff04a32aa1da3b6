"""The quick reader and writer of JSON do exactly what the ones do that define what is right."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson
import pytest
import rfc8785
from hypothesis import given, settings
from hypothesis import strategies as st

from credentials import document_rules, jcs, strict_json
from credentials.errors import MalformedValueError, ParsingError
from credentials.json_shape import shape_of
from credentials.limits import DEFAULT_LIMITS, Limits
from tests.soak import repetitions

SPELLINGS = (
    *('{"a":1}', '{"a":1,"a":2}', '{"a":1,"\\u0061":2}', '{"a:":1}', '{"a\\u003A":1}', '{":":1}'),
    *('{"a":1,"a":":"}', '{"a":1,"a":"\\u003a"}', '{"a\\\\u003a":1}', '{"a":"\\\\\\u003a","a":1}'),
    *('{"\\\\":1,"\\\\":2}', '{"\\"":1,"\\":":2}', '["\\\\", ":"]', '{"é":1,"e\u0301":2}'),
    *("-0", "-0.0", "0.0", "1E5", "1e-7", "1e400", "-1e400", "1e-400", "4.9e-324", "2.5", "1.0"),
    *("9007199254740993", "9223372036854775808", "18446744073709551615", "18446744073709551616"),
    *("-9223372036854775809", "9" * 400, "0." + "3" * 60, "123456789012345.678", "00", "+1", ".5"),
    *("0.500000000000000166533453693773481063544750213623046875", "9007199254740992.999999"),
    *('"\\ud800"', '"\\ud83d\\ude00"', '"\\ude00\\ud83d"', '"\\u0000"', '"\\u007f"', '"\\uffff"'),
    *('"\x00"', '"a', '"\\x"', "nul", "NaN", "[1,]", "[[[[]]]]", "[]", "{}", '{"":{"":[]}}', ""),
    *('{"__proto__":1}', "\ufeff{}", "{}\ufeff", "\x0b1", "1\x0c", " 1 ", "1 2", "{}{}", "/**/1"),
)
"""Texts that readers are known to disagree about, or could."""

PIECES = st.sampled_from([*'{}[]:,"\\ \n0123456789-.eE', '"a"', '"a":', "\\u003a", "\\\\", "true"])
TEXTS = st.lists(st.sampled_from(SPELLINGS) | PIECES, max_size=9).map("".join)


def same(one: Any, other: Any) -> bool:
    """Tell whether two values are alike in everything, the order of members included."""
    if type(one) is not type(other):
        return False
    if isinstance(one, dict):
        return list(one) == list(other) and all(same(one[name], other[name]) for name in one)
    if isinstance(one, list):
        return len(one) == len(other) and all(map(same, one, other))
    return bool(one == other) and repr(one) == repr(other)


def reads_alike(data: bytes, limits: Limits = DEFAULT_LIMITS) -> bool:
    """Require that both readers agree where the quick one decides; tell whether it does."""
    quick = strict_json._read_plain(data, limits)
    if quick is None:
        return False
    assert same(quick.value, strict_json._read(data, limits)), data[:200]
    assert quick.shape == shape_of(quick.value)
    assert orjson.loads(quick.written) == quick.value
    return True


@pytest.mark.parametrize("text", SPELLINGS)
def test_reads_what_readers_disagree_about_as_the_strict_reader(text: str) -> None:
    reads_alike(text.encode())
    reads_alike(f'{{"a": [{text}], "b": {text}}}'.encode())


@settings(max_examples=repetitions(40, soak=200))
@given(TEXTS)
def test_reads_any_text_as_the_strict_reader(text: str) -> None:
    reads_alike(text.encode())
    reads_alike(f'{{"a": {text}, "b:": "{text}"}}'.encode())


@settings(max_examples=repetitions(40, soak=200))
@given(
    st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(2**70), 2**70),
    st.integers(0, 30),
)
def test_reads_and_writes_every_number_alike(number: float, digits: int) -> None:
    for text in (repr(number), f"{number:.{digits}f}", f"{number:.{digits}e}"):
        reads_alike(text.encode())
    plain = strict_json.write_plain([number])
    assert plain is None or plain == strict_json._dump([number], indent=None).encode()


def test_reads_the_json_test_suite_as_the_strict_reader(conformance: Path) -> None:
    paths = sorted((conformance / "jsontestsuite").glob("test_*/*"))
    assert sum(reads_alike(path.read_bytes()) for path in paths) > 60


def test_decides_a_usual_document_and_leaves_hidden_repetitions() -> None:
    assert reads_alike(b'{"a:": "say \\"no\\": \\u003a \\\\", "b": [1, 7.5, true, null]}')
    assert reads_alike(json.dumps({"n" * 512: ["z" * 5_000, 'a"b' * 500]}).encode())
    for data in (
        b'{"a": 1, "a": 2}',
        b'{"a": 1, "\\u0061": ":"}',
        b'{"a": "\\u003a", "\\u0061": 1}',
        b'{"\\\\": 1, "\\u005c": 2}',
        b'[{"x": {"a": 1, "b": 2, "a": 3}}]',
    ):
        assert strict_json._read_plain(data, DEFAULT_LIMITS) is None
        with pytest.raises(ParsingError) as caught:
            strict_json.parse_json(data)
        assert caught.value.code == "JSON_DUPLICATE_KEY"


def test_keeps_every_limit() -> None:
    for data, changes in (
        (b"[1, 2]", {"document_bytes": 5}),
        (b'[{"a": []}]', {"depth": 2}),
        (b"[1, 2, 3]", {"values": 3}),
        (b'["abcd"]', {"string_characters": 3}),
        (b'{"a\\"\\"\\"b": 1}', {"string_characters": 4}),
        (json.dumps({"n" * 513: 1}).encode(), {}),
        (json.dumps({'n"' * 257: 1}).encode(), {}),
        (json.dumps([{"proofValue": "z" * 5_000}, {"n" * 513: 1}]).encode(), {}),
    ):
        assert strict_json._read_plain(data, replace(DEFAULT_LIMITS, **changes)) is None
    assert reads_alike(json.dumps({"n" * 512: ["z" * 5_000, 'a"b' * 500]}).encode())


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**66), 2**66) | st.floats() | st.text(max_size=9),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=5)
    ),
    max_leaves=12,
)


@settings(max_examples=repetitions(25, soak=120))
@given(JSON_VALUES)
def test_writes_and_canonicalizes_as_the_libraries_of_reference(value: Any) -> None:
    for options, indent in ((0, None), (strict_json.orjson.OPT_INDENT_2, 2)):
        plain = strict_json.write_plain(value, options)
        assert plain is None or plain == strict_json._dump(value, indent=indent).encode()
    plain = jcs._write_plain(value)
    assert plain is None or plain == rfc8785.dumps(value)


def test_every_character_is_written_as_the_libraries_of_reference_write_it() -> None:
    characters = [chr(code) for code in (*range(0x250), 0x2028, 0xE000, 0xFFFE, 0xFFFF, 0x1F600)]
    for character in characters:
        assert strict_json.write_plain([character]) == (
            strict_json._dump([character], indent=None).encode()
        )
        assert jcs._write_plain([character]) == rfc8785.dumps([character])


def test_names_outside_ascii_and_numbers_that_are_not_exact_are_sorted_by_the_reference() -> None:
    assert jcs._write_plain({"\ue000": 1, "\U0001f600": 2}) is None
    assert jcs.canonicalize({"\ue000": 1, "\U0001f600": 2}).startswith('{"\U0001f600"'.encode())
    assert jcs._write_plain({"b": "é", "a": 1}) == '{"a":1,"b":"é"}'.encode()
    for value in (1.0, 2**53, -(2**53), math.inf, (1,), {1: 2}, "\ud800", b"a"):
        assert jcs._write_plain({"a": value}) is None
    with pytest.raises(MalformedValueError):
        jcs.canonicalize({"a": 2**53})


@settings(max_examples=repetitions(25, soak=120))
@given(JSON_VALUES.map(lambda value: {"a": value}))
def test_a_document_that_is_passed_quickly_breaks_no_rule(document: dict[str, Any]) -> None:
    if document_rules._keeps_all_rules(document, DEFAULT_LIMITS):
        assert list(document_rules._findings(document, DEFAULT_LIMITS)) == []


@pytest.mark.parametrize(
    "value",
    [*"\x00\x08\x0c\x1f\x7f\ud800\ufffe\uffff", None, [], [[1]], 1e-7, 2**53, 0.1 + 0.2, -0.0],
)
def test_a_document_that_breaks_a_rule_is_never_passed_quickly(value: Any) -> None:
    for document in ({"a": value}, {"a": [{"b": value}]}, {str(value): value}):
        assert document_rules.document_findings(document) != ()
    assert document_rules.document_findings({"a": 'tab\t "\\/" é 😀 \u007e \ufffd'}) == ()
