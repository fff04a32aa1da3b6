"""JSON Canonicalization Scheme (RFC 8785), by way of the library rfc8785.

Where a quicker library provably writes the same bytes, it does: RFC 8785 sorts names by their
UTF-16 code units, which in ASCII is the order of their bytes, and has a form of its own for
numbers, which for exact integers is that of JSON.
"""

from __future__ import annotations

from typing import Any

import orjson
import rfc8785

from credentials.errors import MalformedValueError
from credentials.json_shape import shape_of
from credentials.json_types import JsonValue


def canonicalize(document: JsonValue) -> bytes:
    """Write parsed JSON as RFC 8785 canonical bytes.

    Raises `MalformedValueError` (NOT_CANONICALIZABLE) for what RFC 8785 cannot express: integers
    beyond 2^53-1, NaN and infinities, lone surrogates, values that are not JSON.
    """
    plain = _write_plain(document)
    if plain is not None:
        return plain
    try:
        return rfc8785.dumps(document)
    # A lone surrogate in a member name escapes the library as UnicodeEncodeError.
    except (rfc8785.CanonicalizationError, UnicodeEncodeError) as error:
        # The library's own message repeats the value, which may be a claim about a learner.
        raise MalformedValueError(
            "The document has no canonical JSON form: a number is too large or a text contains "
            "half of a Unicode character.",
            code="NOT_CANONICALIZABLE",
        ) from error


def _write_plain(document: JsonValue) -> bytes | None:
    """Write what both libraries write alike; None for anything else."""
    if not shape_of(document).has_only_exact_integers:
        return None
    try:
        written = orjson.dumps(document, option=orjson.OPT_SORT_KEYS)
    except orjson.JSONEncodeError:
        return None
    return written if written.isascii() or _has_ascii_names(document) else None


def _has_ascii_names(document: JsonValue) -> bool:
    """Tell whether the names of all members are ASCII, whatever the texts are."""
    stack: list[Any] = [document]
    while stack:
        value = stack.pop()
        if isinstance(value, dict):
            if not "".join(value).isascii():
                return False
            stack.extend(value.values())
        elif isinstance(value, list):
            stack.extend(value)
    return True
