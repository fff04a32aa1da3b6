"""Points in time in controller documents and key files (xsd:dateTimeStamp)."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from keys.errors import KeyMaterialError

_INSTANT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?(Z|[+-][0-9]{2}:[0-9]{2})"
)


def parse_instant(text: object) -> datetime:
    """Read an instant with its mandatory offset; raise `KeyMaterialError` (INSTANT_MALFORMED)."""
    if isinstance(text, str) and _INSTANT.fullmatch(text):
        try:
            return datetime.fromisoformat(text).astimezone(UTC)
        except (ValueError, OverflowError):
            pass
    raise KeyMaterialError("A date in key material cannot be read.", code="INSTANT_MALFORMED")


def format_instant(moment: datetime) -> str:
    """Write an aware datetime in UTC with "Z"."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
