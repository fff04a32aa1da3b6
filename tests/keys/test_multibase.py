"""Multibase values have exactly one spelling."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keys.errors import MalformedKeyError
from keys.multibase import (
    BASE58_CHARACTERS,
    decode_base58btc,
    decode_base64url,
    encode_base58btc,
    encode_base64url,
)


@given(st.binary(min_size=1, max_size=80))
def test_decoding_undoes_encoding(data: bytes) -> None:
    assert decode_base58btc(encode_base58btc(data)) == data
    assert decode_base64url(encode_base64url(data)) == data


@given(st.text(alphabet="123ABCabcz", min_size=1, max_size=60))
def test_whatever_decodes_is_what_encoding_writes(text: str) -> None:
    assert encode_base58btc(decode_base58btc("z" + text)) == "z" + text


def test_leading_zeros_are_kept() -> None:
    assert decode_base58btc("z11") == b"\0\0"
    assert encode_base58btc(b"\0\0\1") == "z112"


@pytest.mark.parametrize(
    "text", ["", "z", "zO", "z0", "z l", "zA ", " zA", "zA\n", "uAA", "Z2", "zI"]
)
def test_refuses_other_spellings_of_base58(text: str) -> None:
    with pytest.raises(MalformedKeyError):
        decode_base58btc(text)


@pytest.mark.parametrize("text", ["", "uA", "uAB", "uAA==", "uA+A_", "uA/", "u AA", "uAA\n", "zAA"])
def test_refuses_other_spellings_of_base64url(text: str) -> None:
    with pytest.raises(MalformedKeyError):
        decode_base64url(text)


def test_a_long_text_is_refused_before_it_costs_anything() -> None:
    begun = time.perf_counter()
    with pytest.raises(MalformedKeyError):
        decode_base58btc("z" + "2" * 100_000)
    assert time.perf_counter() - begun < 0.05
    assert len(decode_base58btc("z" + "2" * BASE58_CHARACTERS)) > 300
