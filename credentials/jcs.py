"""JSON Canonicalization Scheme (RFC 8785), by way of the library rfc8785."""

from __future__ import annotations

import rfc8785

from credentials.errors import MalformedValueError
from credentials.json_types import JsonValue


def canonicalize(document: JsonValue) -> bytes:
    """Write parsed JSON as RFC 8785 canonical bytes.

    Raises `MalformedValueError` (NOT_CANONICALIZABLE) for what RFC 8785 cannot express: integers
    beyond 2^53-1, NaN and infinities, lone surrogates, values that are not JSON.
    """
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
