"""Points in time: the spellings that are read, and those that are refused."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credentials.errors import MalformedValueError
from credentials.timestamps import format_timestamp, is_datetime_stamp, parse_timestamp
from tests.soak import repetitions


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-01-31T12:00:00Z", datetime(2026, 1, 31, 12, tzinfo=UTC)),
        ("2026-01-31T12:00:00-00:00", datetime(2026, 1, 31, 12, tzinfo=UTC)),
        ("2026-01-31T12:00:00+14:00", datetime(2026, 1, 30, 22, tzinfo=UTC)),
        ("2026-01-31T12:00:00-14:00", datetime(2026, 2, 1, 2, tzinfo=UTC)),
        ("2026-01-31T12:00:00+05:45", datetime(2026, 1, 31, 6, 15, tzinfo=UTC)),
        ("2024-02-29T23:59:59.5Z", datetime(2024, 2, 29, 23, 59, 59, 500_000, UTC)),
        ("2024-01-01T00:00:00.000001Z", datetime(2024, 1, 1, 0, 0, 0, 1, UTC)),
        ("2024-01-01T00:00:00.1234569999Z", datetime(2024, 1, 1, 0, 0, 0, 123_456, UTC)),
        ("0001-01-01T00:00:00Z", datetime(1, 1, 1, tzinfo=UTC)),
        ("9999-12-31T23:59:59Z", datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)),
    ],
)
def test_reads_a_date_time_with_its_offset(text: str, moment: datetime) -> None:
    assert parse_timestamp(text) == moment
    assert parse_timestamp(text).utcoffset() == timedelta(0)
    assert is_datetime_stamp(text)


@pytest.mark.parametrize(
    "text",
    [
        "2026-01-31T12:00:00",
        "2026-01-31",
        "2026-01-31T12:00Z",
        "2026-01-31t12:00:00Z",
        "2026-01-31T12:00:00z",
        "2026-01-31 12:00:00Z",
        "2026-01-31T12:00:00Z\n",
        " 2026-01-31T12:00:00Z",
        "2026-01-31T12:00:00.Z",
        "2026-01-31T12:00:00,5Z",
        "2026-01-31T12:00:00+0100",
        "2026-01-31T12:00:00+01",
        "2026-01-31T12:00:00+14:01",
        "2026-01-31T12:00:00-15:00",
        "2026-01-31T12:00:00+01:60",
        "2026-02-29T12:00:00Z",
        "2026-13-01T12:00:00Z",
        "2026-00-01T12:00:00Z",
        "2026-01-31T25:00:00Z",
        "2026-01-31T12:60:00Z",
        "2026-01-31T12:00:61Z",
        "0000-01-01T00:00:00Z",
        "10000-01-01T00:00:00Z",
        "-2026-01-31T12:00:00Z",
        "+2026-01-31T12:00:00Z",
        "0001-01-01T00:00:00+01:00",
        "9999-12-31T23:59:59-01:00",
        "20260131T120000Z",
        "2026-W05-6T12:00:00Z",
        "\u0662026-01-31T12:00:00Z",
        "2026-01-31T12:00:0\uff10Z",
        "2026-01-31T12:00:00." + "1" * 100_000 + "Z",
        "",
        None,
        1_700_000_000,
        ["2026-01-31T12:00:00Z"],
    ],
)
def test_refuses_every_other_spelling(text: Any) -> None:
    with pytest.raises(MalformedValueError) as caught:
        parse_timestamp(text)
    assert caught.value.code == "TIMESTAMP_MALFORMED"
    assert not is_datetime_stamp(text)


@pytest.mark.parametrize(
    ("text", "words"),
    [("2016-12-31T23:59:60Z", "leap second"), ("2016-12-31T24:00:00Z", "next day")],
)
def test_explains_why_an_uncommon_spelling_is_refused(text: str, words: str) -> None:
    with pytest.raises(MalformedValueError, match=words):
        parse_timestamp(text)


def test_reads_a_text_up_to_its_longest() -> None:
    longest = f"2026-01-31T12:00:00.{'0' * 43}Z"
    assert len(longest) == 64
    assert is_datetime_stamp(longest)
    assert not is_datetime_stamp(longest.replace("Z", "0Z"))


def test_writes_utc_with_z() -> None:
    east = timezone(timedelta(hours=2))
    assert format_timestamp(datetime(2026, 1, 31, 1, tzinfo=east)) == "2026-01-30T23:00:00Z"
    assert format_timestamp(datetime(26, 1, 1, 0, 0, 0, 10, UTC)) == "0026-01-01T00:00:00.000010Z"
    with pytest.raises(ValueError, match="time zone"):
        format_timestamp(datetime(2026, 1, 31, tzinfo=UTC).replace(tzinfo=None))


def test_reads_and_writes_utc_wherever_the_machine_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setenv("TZ", "Asia/Kolkata")
        time.tzset()
        assert format_timestamp(datetime(2026, 1, 31, tzinfo=UTC)) == "2026-01-31T00:00:00Z"
        assert parse_timestamp("2026-01-31T00:00:00Z") == datetime(2026, 1, 31, tzinfo=UTC)
    time.tzset()


@settings(max_examples=repetitions(40, soak=200), deadline=None, derandomize=True)
@given(st.datetimes(timezones=st.just(UTC)))
def test_reading_what_was_written_gives_the_same(moment: datetime) -> None:
    assert parse_timestamp(format_timestamp(moment)) == moment
