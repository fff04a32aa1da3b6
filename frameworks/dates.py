"""Calendar dates, and whether something is recent enough."""

from __future__ import annotations

import re
from datetime import MAXYEAR, MINYEAR, date

from credentials.errors import MalformedValueError
from credentials.timestamps import parse_timestamp
from frameworks.errors import FrameworkError

_DATE = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")
BOUNDARIES = ("inclusive", "exclusive")


def parse_date(text: object) -> date:
    """Read a date, or a date-time reduced to its date in UTC.

    Raises `FrameworkError` (DATE_MALFORMED).
    """
    if not isinstance(text, str):
        raise _malformed()
    try:
        if "T" in text:
            return parse_timestamp(text).date()
        # The interpreter reads more forms than this one, such as days of a week.
        if _DATE.fullmatch(text):
            return date.fromisoformat(text)
    except (MalformedValueError, ValueError) as error:
        raise _malformed() from error
    raise _malformed()


def anniversary(day: date, years: int) -> date:
    """Find the same day and month `years` later; a missing 29 February becomes 1 March.

    Raises `FrameworkError` (DATE_MALFORMED) beyond the year 9999.
    """
    year = day.year + years
    if not MINYEAR <= year <= MAXYEAR:
        raise _malformed()
    try:
        return day.replace(year=year)
    except ValueError:
        return date(year, 3, 1)


def is_recent(awarded: date, reference: date, years: int, boundary: str) -> bool:
    """Tell whether an award is not older than `years` on the reference date.

    "inclusive" means not exceeding, "exclusive" means less than; an award after the reference
    date is recent.
    """
    if boundary not in BOUNDARIES:
        raise FrameworkError("A boundary is inclusive or exclusive.", code="BOUNDARY_UNKNOWN")
    limit = anniversary(awarded, years)
    if reference < awarded:
        return True
    return reference <= limit if boundary == "inclusive" else reference < limit


def is_in_force(day: date, first: date | None, last: date | None) -> bool:
    """Tell whether a day lies between two days, both included; a missing end is open."""
    return (first is None or first <= day) and (last is None or day <= last)


def _malformed() -> FrameworkError:
    return FrameworkError("A date is a text such as 2026-01-31.", code="DATE_MALFORMED")
