"""Entries of token status lists, and the tokens (draft-ietf-oauth-status-list)."""

from __future__ import annotations

import zlib
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.errors import CredentialError, ValueRangeError
from credentials.jose.compact import read_token, sign_token, verify_token
from credentials.limits import Limits
from credentials.status.status_list_token import STATUS_LIST_TYPE, StatusListToken
from credentials.status.token_status_list import SIZES, TokenStatusList
from credentials.strict_json import serialize_json
from keys.multibase import base64url
from tests.factories import NOW, SIGNER

ENTRIES = 2**20
"""How many entries the test vectors of the specification have."""

VECTORS: list[tuple[int, str, dict[int, int]]] = [
    (
        1,
        (
            "eNrt3AENwCAMAEGogklACtKQPg9LugC9k_ACvreiogEAAKkeCQAAAAAAAAAAAAAAAAAAAIBylgQAAAAAAAAA"
            "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAXG9IAAAAAAAAAPwsJAAAAAAAAAAAAAAAvhsSAAAA"
            "AAAAAAAA7KpLAAAAAAAAAAAAAAAAAAAAAJsLCQAAAAAAAAAAADjelAAAAAAAAAAAKjDMAQAAAACAZC8L2AEb"
        ),
        dict.fromkeys(
            (0, 1993, 25460, 159495, 495669, 554353, 645645, 723232, 854545, 934534, 1000345), 1
        ),
    ),
    (
        2,
        (
            "eNrt2zENACEQAEEuoaBABP5VIO01fCjIHTMStt9ovGVIAAAAAABAbiEBAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
            "AAAAAAAAAAAAAEB5WwIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
            "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAID0ugQAAAAAAAAAAAAAAAAAQG12SgAAAAAAAAAAAAAA"
            "AAAAAAAAAAAAAOCSIQEAAAAAAAAAAAAAAAAAAAAAAAD8ExIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
            "AAAAwJEuAQAAAAAAAAAAAAAAAAAAAAAAAMB9SwIAAAAAAAAAAAAAAAAAAACoYUoAAAAAAAAAAAAAAEBqH81g"
            "AQw"
        ),
        {
            0: 1,
            1993: 2,
            25460: 1,
            159495: 3,
            495669: 1,
            554353: 1,
            645645: 2,
            723232: 1,
            854545: 1,
            934534: 2,
            1000345: 3,
        },
    ),
    (
        4,
        (
            "eNrt0EENgDAQADAIHwImkIIEJEwCUpCEBBQRHOy35Li1EjoOQGabAgAAAAAAAAAAAAAAAAAAACC1SQEAAAAA"
            "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
            "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
            "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
            "AAAAAAAAAAAAAABADrsCAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
            "AAAAAAAAAAAAAAAAAAAAAADoxaEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
            "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAIIoCgAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
            "AAAAAAAAAAAAAAAAAAAAAACArpwKAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAGhqVkAz"
            "lwIAAAAAiGVRAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAABx3AoAgLpVAQAAAAAAAAAAAAAAwM89"
            "rwMAAAAAAAAAAAjsA9xMBMA"
        ),
        {
            0: 1,
            1993: 2,
            35460: 3,
            459495: 4,
            595669: 5,
            754353: 6,
            845645: 7,
            923232: 8,
            924445: 9,
            934534: 10,
            1004534: 11,
            1000345: 12,
            1030203: 13,
            1030204: 14,
            1030205: 15,
        },
    ),
]
"""The long test vectors of the specification (appendix "Test vectors")."""


def code_of(value: Any, limits: Limits | None = None) -> str:
    with pytest.raises(CredentialError) as caught:
        TokenStatusList.from_json(value, limits or Limits())
    return caught.value.code


@pytest.mark.parametrize(("bits", "lst", "statuses"), VECTORS, ids=["1", "2", "4"])
def test_the_vectors_of_the_specification_are_read_and_written(
    bits: int, lst: str, statuses: dict[int, int]
) -> None:
    read = TokenStatusList.from_json({"bits": bits, "lst": lst})
    assert len(read.entries) * 8 // bits == ENTRIES
    assert read == TokenStatusList.of(statuses, bits=bits, size=ENTRIES)
    for index, status in statuses.items():
        assert read.status(index) == status
        assert read.status(index + 7) == statuses.get(index + 7, 0)


def test_the_short_examples_of_the_specification_are_read() -> None:
    read = TokenStatusList.from_json({"bits": 1, "lst": "eNrbuRgAAhcBXQ"})
    assert read.entries == bytes([0xB9, 0xA3])
    told = [1, 0, 0, 1, 1, 1, 0, 1, 1, 1, 0, 0, 0, 1, 0, 1]
    assert [read.status(index) for index in range(16)] == told
    read = TokenStatusList.from_json({"bits": 2, "lst": "eNo76fITAAPfAgc"})
    assert [read.status(index) for index in range(12)] == [1, 2, 0, 3, 0, 1, 0, 1, 1, 2, 3, 3]


@given(st.sampled_from(SIZES), st.data())
def test_every_status_is_read_as_it_was_written(bits: int, data: st.DataObject) -> None:
    size = 8 * data.draw(st.integers(1, 16))
    entries = st.integers(0, size - 1), st.integers(0, (1 << bits) - 1)
    statuses = data.draw(st.dictionaries(*entries))
    read = TokenStatusList.from_json(TokenStatusList.of(statuses, bits=bits, size=size).to_json())
    assert [read.status(index) for index in range(size)] == [
        statuses.get(index, 0) for index in range(size)
    ]


@pytest.mark.parametrize("index", [-1, 16, 2**70])
def test_there_is_no_entry_beyond_the_list(index: int) -> None:
    with pytest.raises(ValueRangeError):
        TokenStatusList(1, b"ab").status(index)


@pytest.mark.parametrize(
    ("statuses", "bits", "size"),
    [
        ({8: 1}, 1, 8),
        ({-1: 1}, 1, 8),
        ({0: 2}, 1, 8),
        ({0: -1}, 1, 8),
        ({}, 3, 8),
        ({}, 1, 7),
        ({}, 1, 0),
    ],
)
def test_nothing_is_written_that_has_no_place(
    statuses: dict[int, int], bits: int, size: int
) -> None:
    with pytest.raises(ValueRangeError):
        TokenStatusList.of(statuses, bits=bits, size=size)


GOOD = base64url(zlib.compress(bytes(4)))


@pytest.mark.parametrize(
    "value",
    [
        None,
        [],
        {},
        {"bits": 1},
        {"lst": GOOD},
        {"bits": 3, "lst": GOOD},
        {"bits": True, "lst": GOOD},
        {"bits": 1.0, "lst": GOOD},
        {"bits": "1", "lst": GOOD},
        {"bits": 16, "lst": GOOD},
        {"bits": 1, "lst": None},
        {"bits": 1, "lst": GOOD + "="},
        {"bits": 1, "lst": f"u{GOOD}"},
        {"bits": 1, "lst": ""},
        {"bits": 1, "lst": GOOD[:-4]},
        {"bits": 1, "lst": base64url(zlib.compress(bytes(4)) + b"x")},
        {"bits": 1, "lst": base64url(zlib.compress(bytes(4), wbits=31))},
        {"bits": 1, "lst": base64url(zlib.compress(bytes(4), wbits=-15))},
    ],
)
def test_a_list_in_another_form_is_refused(value: Any) -> None:
    assert code_of(value) == "STATUS_LIST_MALFORMED"


def test_inflating_stops_at_the_limit() -> None:
    bomb = base64url(zlib.compress(bytes(64 * 1024 * 1024), level=9))
    assert code_of({"bits": 1, "lst": bomb}) == "STATUS_LIST_MALFORMED"
    fits = base64url(zlib.compress(bytes(16)))
    assert TokenStatusList.from_json({"bits": 8, "lst": fits}, Limits(status_list_bytes=16))
    assert code_of({"bits": 8, "lst": fits}, Limits(status_list_bytes=15))


def token(**changes: Any) -> StatusListToken:
    members: dict[str, Any] = {
        "subject": "https://issuer.example/status/9",
        "issued_at": NOW,
        "expires": NOW + timedelta(days=2),
        "time_to_live": timedelta(hours=12),
        "status_list": TokenStatusList.of({5: 1}, bits=1, size=64),
    }
    return StatusListToken(**{**members, **changes})


@pytest.mark.parametrize("changes", [{}, {"expires": None, "time_to_live": None}, {"issuer": "i"}])
def test_a_status_list_token_says_what_was_signed(changes: dict[str, Any]) -> None:
    made = token(**changes)
    read = read_token(made.sign(SIGNER, key_id="key").encode())
    verify_token(read, SIGNER.verification_key)
    assert StatusListToken.read(read) == made


def test_the_example_of_the_specification_is_read() -> None:
    claims = {
        "exp": 2291720170,
        "iat": 1686920170,
        "status_list": {"bits": 1, "lst": "eNrbuRgAAhcBXQ"},
        "sub": "https://example.com/statuslists/1",
        "ttl": 43200,
    }
    signed = sign_token({"typ": STATUS_LIST_TYPE, "kid": "12"}, serialize_json(claims), SIGNER)
    read = StatusListToken.read(read_token(signed.encode()))
    assert read.subject == "https://example.com/statuslists/1"
    assert read.issued_at == datetime(2023, 6, 16, 12, 56, 10, tzinfo=UTC)
    assert read.time_to_live == timedelta(hours=12)
    assert read.status_list.status(0) == 1


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"sub": None}, "STATUS_LIST_MALFORMED"),
        ({"sub": 1}, "STATUS_LIST_MALFORMED"),
        ({"iat": None}, "STATUS_LIST_MALFORMED"),
        ({"iat": "now"}, "STATUS_LIST_MALFORMED"),
        ({"exp": "then"}, "STATUS_LIST_MALFORMED"),
        ({"ttl": 0}, "STATUS_LIST_MALFORMED"),
        ({"ttl": -1}, "STATUS_LIST_MALFORMED"),
        ({"ttl": True}, "STATUS_LIST_MALFORMED"),
        ({"ttl": "1"}, "STATUS_LIST_MALFORMED"),
        ({"ttl": 1e18}, "STATUS_LIST_MALFORMED"),
        ({"iss": 1}, "STATUS_LIST_MALFORMED"),
        ({"status_list": None}, "STATUS_LIST_MALFORMED"),
    ],
)
def test_a_status_list_token_in_another_form_is_refused(changes: dict[str, Any], code: str) -> None:
    claims = {
        "sub": "https://issuer.example/status/9",
        "iat": 1,
        "status_list": {"bits": 1, "lst": GOOD},
        **changes,
    }
    claims = {name: value for name, value in claims.items() if value is not None}
    signed = sign_token({"typ": STATUS_LIST_TYPE}, serialize_json(claims), SIGNER)
    with pytest.raises(CredentialError) as caught:
        StatusListToken.read(read_token(signed.encode()))
    assert caught.value.code == code


@pytest.mark.parametrize("typ", ["jwt", "statuslist+cwt", "application/statuslist+jwt"])
def test_a_token_of_another_type_is_no_status_list(typ: str) -> None:
    signed = sign_token({"typ": typ}, b"{}", SIGNER)
    with pytest.raises(CredentialError) as caught:
        StatusListToken.read(read_token(signed.encode()))
    assert caught.value.code == "STATUS_LIST_TYPE"
