"""Points in time as credentials write them: xsd:dateTimeStamp (XML Schema 1.1 part 2, 3.4.28).

Of its spellings only those are read that RFC 3339 shares: four digits for the year, upper-case
"T" and "Z", no hour 24.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache

from credentials.errors import MalformedValueError
from credentials.json_types import JsonValue

TIMESTAMP_CHARACTERS = 64
"""Longest text that is read as a point in time; a second has no use for more digits."""

TIMESTAMPS_KEPT = 4_096
"""How many points in time are kept as read: one credential's are read by several checks."""

LARGEST_OFFSET = timedelta(hours=14)
"""Farthest that local time may be from UTC (XML Schema 1.1 part 2, 3.3.7.2)."""

_OTHER_FORM = "it is not of the form 2026-01-31T12:00:00Z, with an offset from UTC"
_DATE_TIME_STAMP = re.compile(
    r"(?P<local>[0-9]{4}-[0-9]{2}-[0-9]{2}T(?P<hour>[0-9]{2}):[0-9]{2}:(?P<second>[0-9]{2}))"
    r"(?:\.(?P<fraction>[0-9]+))?"
    r"(?:Z|(?P<sign>[+-])(?P<offset_hours>[0-9]{2}):(?P<offset_minutes>[0-9]{2}))"
)


def parse_timestamp(text: JsonValue) -> datetime:
    """Read a date-time with its mandatory offset as an aware datetime in UTC.

    A fraction may have any number of digits; what is finer than a microsecond is cut off.

    Raises `MalformedValueError` (TIMESTAMP_MALFORMED) for anything else: not a text, no offset,
    a day that does not exist, a leap second, hour 24, year 0000.
    """
    if not isinstance(text, str) or len(text) > TIMESTAMP_CHARACTERS:
        raise _malformed(_OTHER_FORM)
    return _read(text)


@lru_cache(TIMESTAMPS_KEPT)
def _read(text: str) -> datetime:
    match = _DATE_TIME_STAMP.fullmatch(text)
    if match is None:
        raise _malformed(_OTHER_FORM)
    parts = match.groupdict(default="0")
    # RFC 3339 section 5.6 allows second 60, XML Schema does not, and a datetime cannot hold it.
    if parts["second"] == "60":
        raise _malformed("leap seconds (second 60) are not supported; write second 59")
    # XML Schema would read hour 24 as the next day; RFC 3339 refuses it.
    if parts["hour"] == "24":
        raise _malformed("hour 24 does not exist; write 00:00:00 of the next day")
    microsecond = int(parts["fraction"][:6].ljust(6, "0"))
    try:
        local = datetime.fromisoformat(parts["local"])
        return local.replace(microsecond=microsecond, tzinfo=_offset(parts)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise _malformed("there is no such date, time or offset") from error


def is_datetime_stamp(text: JsonValue) -> bool:
    """Tell whether a value is a text that `parse_timestamp` reads."""
    try:
        parse_timestamp(text)
    except MalformedValueError:
        return False
    return True


def format_timestamp(moment: datetime) -> str:
    """Write an aware datetime in UTC with "Z", leaving out a fraction that is zero."""
    if moment.utcoffset() is None:
        raise ValueError("A point in time needs a time zone.")
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"


def _offset(parts: dict[str, str]) -> timezone:
    hours, minutes = int(parts["offset_hours"]), int(parts["offset_minutes"])
    offset = timedelta(hours=hours, minutes=minutes)
    if minutes > 59 or offset > LARGEST_OFFSET:
        raise ValueError("an offset lies between -14:00 and +14:00")
    return timezone(-offset if parts["sign"] == "-" else offset)


def _malformed(why: str) -> MalformedValueError:
    return MalformedValueError(f"A date cannot be read: {why}.", code="TIMESTAMP_MALFORMED")
