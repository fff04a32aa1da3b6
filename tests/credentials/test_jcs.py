"""JSON Canonicalization Scheme: the vectors of RFC 8785 and what it cannot express."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest

from credentials.errors import MalformedValueError
from credentials.jcs import canonicalize
from credentials.strict_json import parse_json


def test_passes_the_vectors_of_rfc_8785(conformance: Path) -> None:
    folder = conformance / "rfc8785"
    names, failures = [], []
    for path in sorted((folder / "input").iterdir()):
        names.append(path.stem)
        canonical = canonicalize(parse_json(path.read_bytes()))
        expected = (folder / "output" / path.name).read_bytes()
        in_hex = bytes.fromhex((folder / "outhex" / f"{path.stem}.txt").read_text("ascii"))
        if not canonical == expected == in_hex:
            failures.append(path.stem)
    assert failures == []
    assert names == ["arrays", "french", "structures", "unicode", "values", "weird"]


@pytest.mark.parametrize(
    "value",
    [math.nan, math.inf, 2**53, "\ud800", {"\ud800": 1}, {1: "a"}, {"a": {1, 2}}, b"bytes"],
)
def test_refuses_what_has_no_canonical_form(value: Any) -> None:
    with pytest.raises(MalformedValueError) as caught:
        canonicalize({"grade": value})
    assert caught.value.code == "NOT_CANONICALIZABLE"


def test_the_message_does_not_repeat_the_value() -> None:
    with pytest.raises(MalformedValueError) as caught:
        canonicalize([12345678901234567890])
    assert "1234567890" not in caught.value.message


def test_leaves_the_document_alone() -> None:
    document = {"b": [2, 1], "a": {"d": 1, "c": 2}}
    assert canonicalize(document) == b'{"a":{"c":2,"d":1},"b":[2,1]}'
    assert list(document) == ["b", "a"]
