"""Points in time as tokens write them: NumericDate, seconds since 1970 (RFC 7519 section 2)."""

from __future__ import annotations

from datetime import UTC, datetime

from credentials.errors import MalformedValueError
from credentials.json_types import JsonValue

LATEST = 253_402_300_799
"""The last second of the year 9999, beyond which no calendar date can be written."""


def parse_numeric_date(value: JsonValue) -> datetime:
    """Read a NumericDate as an aware datetime in UTC; fractions of a second are cut off.

    Raises `MalformedValueError` (NUMERIC_DATE_MALFORMED) for anything but a JSON number between
    the years 1970 and 9999.
    """
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= LATEST:
        raise MalformedValueError(
            "A time cannot be read: it is not a number of seconds since 1970.",
            code="NUMERIC_DATE_MALFORMED",
        )
    return datetime.fromtimestamp(int(value), UTC)


def numeric_date(moment: datetime) -> int:
    """Write an aware datetime as whole seconds since 1970."""
    if moment.utcoffset() is None:
        raise ValueError("A point in time needs a time zone.")
    return int(moment.timestamp())
