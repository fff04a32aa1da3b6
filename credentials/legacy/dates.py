"""Dates of Open Badges 2.0: ISO 8601 with a time zone, the seconds being optional."""

from __future__ import annotations

import re
from datetime import datetime

from credentials.json_types import JsonValue
from credentials.timestamps import parse_timestamp

_WITHOUT_SECONDS = re.compile(r"([0-9-]{10}T[0-9]{2}:[0-9]{2})(Z|[+-][0-9]{2}:?[0-9]{2})")
_OFFSET_WITHOUT_COLON = re.compile(r"(.*[+-][0-9]{2})([0-9]{2})", re.DOTALL)


def parse_date(value: JsonValue) -> datetime:
    """Read a date; raise `MalformedValueError` (TIMESTAMP_MALFORMED) for anything else."""
    if not isinstance(value, str):
        return parse_timestamp(value)
    match = _WITHOUT_SECONDS.fullmatch(value)
    text = f"{match[1]}:00{match[2]}" if match is not None else value
    offset = _OFFSET_WITHOUT_COLON.fullmatch(text) if "T" in text else None
    return parse_timestamp(f"{offset[1]}:{offset[2]}" if offset is not None else text)
