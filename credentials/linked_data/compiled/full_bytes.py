"""JSON as bytes that differ wherever anything in it differs, to find it again."""

from __future__ import annotations

import marshal

from credentials.json_types import JsonValue

_VERSION = 2
"""Writes the same value always in the same way, and 1, 1.0 and true in three."""


def full_bytes(value: JsonValue) -> bytes | None:
    """Write JSON as bytes; None for what is no JSON, or is nested too deeply.

    Nothing ever reads them: whoever has the bytes has no more than the JSON.
    """
    try:
        return marshal.dumps(value, _VERSION)
    except ValueError:
        return None
