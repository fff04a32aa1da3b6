"""The bits of status lists: encoding, decoding, reading entries of any size."""

from __future__ import annotations

import gzip
import json
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credentials.errors import (
    CredentialError,
    LimitExceededError,
    StatusListLengthError,
    ValueRangeError,
)
from credentials.limits import DEFAULT_LIMITS, Limits
from credentials.status.bitstring import (
    MINIMUM_ENTRIES,
    decode_list,
    decode_list_2021,
    encode_list,
    require_entries,
    status_at,
    with_status,
)
from keys.multibase import base64url

EMPTY = bytes(MINIMUM_ENTRIES // 8)
INDEXES = st.integers(0, MINIMUM_ENTRIES - 1)


@settings(max_examples=40)
@given(st.dictionaries(INDEXES, st.booleans(), max_size=10))
def test_what_is_set_and_cleared_comes_out_of_the_encoded_list(changes: dict[int, bool]) -> None:
    bits = EMPTY
    for index, value in changes.items():
        bits = with_status(bits, index, value=1)
        bits = with_status(bits, index, value=int(value))
    decoded = decode_list(encode_list(bits))
    assert decoded == bits
    assert decoded == decode_list_2021(encode_list(bits).removeprefix("u"))
    assert all(status_at(decoded, index) == value for index, value in changes.items())
    assert sum(byte.bit_count() for byte in decoded) == sum(changes.values())


@settings(max_examples=20)
@given(st.integers(1, 16), st.data())
def test_entries_of_any_size_keep_apart(size: int, data: st.DataObject) -> None:
    values = data.draw(st.dictionaries(INDEXES, st.integers(0, (1 << size) - 1), max_size=8))
    bits = EMPTY * size
    for index, value in values.items():
        bits = with_status(bits, index, value=value, size=size)
    for index, value in values.items():
        assert status_at(bits, index, size) == value
    assert sum(byte.bit_count() for byte in bits) == sum(v.bit_count() for v in values.values())


@given(INDEXES)
def test_setting_one_bit_and_clearing_it_again_changes_nothing(index: int) -> None:
    once = with_status(EMPTY, index, value=1)
    assert once != EMPTY
    assert once[index // 8] == 0x80 >> index % 8
    assert with_status(once, index, value=0) == EMPTY


@given(st.one_of(st.text(max_size=60), st.none(), st.integers(), st.binary(max_size=99).map(str)))
def test_whatever_is_no_list_ends_in_the_error_tree(encoded: object) -> None:
    for decode in (decode_list, decode_list_2021):
        with pytest.raises(CredentialError):
            decode(encoded)


@given(st.integers(0, 10_000), st.binary(min_size=1, max_size=4))
def test_a_list_with_other_bytes_in_it_is_refused_or_another_list(at: int, other: bytes) -> None:
    compressed = bytearray(gzip.compress(EMPTY, mtime=0))
    place = at % len(compressed)
    compressed[place : place + len(other)] = other
    try:
        decoded = decode_list(f"u{base64url(bytes(compressed))}")
    except CredentialError:
        return
    # The header has fields that mean nothing for the content; the rest has a checksum.
    assert decoded == EMPTY


@pytest.mark.parametrize(
    ("index", "size"), [(-1, 1), (MINIMUM_ENTRIES, 1), (MINIMUM_ENTRIES, 2), (10**30, 1)]
)
def test_there_is_no_entry_outside_the_list(index: int, size: int) -> None:
    with pytest.raises(ValueRangeError):
        status_at(EMPTY * size, index, size)
    with pytest.raises(ValueRangeError):
        with_status(EMPTY * size, index, value=1, size=size)


@pytest.mark.parametrize("value", [-1, 2, 4])
def test_a_value_that_an_entry_cannot_hold_is_refused(value: int) -> None:
    with pytest.raises(ValueRangeError):
        with_status(EMPTY, 5, value=value)


def test_a_list_needs_enough_entries_of_the_size_that_is_read() -> None:
    require_entries(EMPTY)
    for size in (2, 16):
        with pytest.raises(StatusListLengthError):
            require_entries(EMPTY * size, size + 1)
        with pytest.raises(StatusListLengthError):
            status_at(EMPTY, 0, size)


def test_a_list_of_exactly_the_largest_size_is_read() -> None:
    limits = Limits(status_list_bytes=len(EMPTY) + 7)
    assert len(decode_list(encode_list(EMPTY + bytes(7)), limits=limits)) == len(EMPTY) + 7
    with pytest.raises(LimitExceededError):
        decode_list(encode_list(EMPTY + bytes(8)), limits=limits)


def test_a_bomb_is_defused_before_it_takes_memory(conformance: Path) -> None:
    cases = json.loads((conformance / "attacks/status-cases.json").read_text())["lists"]
    (bomb,) = (case["encodedList"] for case in cases if case["id"] == "bomb-64MiB")
    tracemalloc.start()
    try:
        with pytest.raises(LimitExceededError):
            decode_list(bomb)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 4 * DEFAULT_LIMITS.status_list_bytes


def test_the_same_bits_are_always_written_alike() -> None:
    assert encode_list(EMPTY) == encode_list(bytes(EMPTY))
    assert encode_list(EMPTY).startswith("uH4sIAAAAAAA")
