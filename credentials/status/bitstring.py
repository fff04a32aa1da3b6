"""The bits of a status list (Bitstring Status List 1.0 sections 2.2, 3.3 and 3.4)."""

from __future__ import annotations

import gzip
import zlib

from credentials.errors import StatusError, ValueRangeError
from credentials.limits import DEFAULT_LIMITS, Limits
from keys.errors import MalformedKeyError
from keys.multibase import decode_base64url, encode_base64url

MINIMUM_ENTRIES = 131_072
"""Fewest entries of a list, so that one entry hides among many (section 2.2)."""

GZIP_LEVEL = 6
"""Compression level when writing; the result is the same for the same bits."""

_GZIP_WINDOW = zlib.MAX_WBITS | 16


def encode_list(bits: bytes) -> str:
    """Compress a list and write it as multibase base64url (section 3.3)."""
    return encode_base64url(gzip.compress(bits, compresslevel=GZIP_LEVEL, mtime=0))


def decode_list(encoded: object, *, limits: Limits = DEFAULT_LIMITS) -> bytes:
    """Read an encodedList (section 3.4); inflating stops at the limit.

    Raises `StatusError` (STATUS_LIST_MALFORMED, STATUS_LIST_LENGTH_ERROR).
    """
    if not isinstance(encoded, str) or len(encoded) > limits.document_bytes:
        raise _malformed("it is not a text of acceptable length")
    try:
        compressed = decode_base64url(encoded)
    except MalformedKeyError as error:
        raise _malformed("it is not multibase base64url") from error
    bits = _inflate(compressed, limits.status_list_bytes)
    if len(bits) * 8 < MINIMUM_ENTRIES:
        raise StatusError(
            f"The status list has fewer than {MINIMUM_ENTRIES} entries.",
            code="STATUS_LIST_LENGTH_ERROR",
        )
    return bits


def _inflate(compressed: bytes, most: int) -> bytes:
    """Inflate exactly one gzip member, never beyond `most` bytes."""
    inflater = zlib.decompressobj(wbits=_GZIP_WINDOW)
    try:
        bits = inflater.decompress(compressed, most + 1)
    except zlib.error as error:
        raise _malformed("it is not compressed with gzip") from error
    if len(bits) > most:
        raise _malformed("it is larger than allowed")
    if not inflater.eof or inflater.unused_data:
        raise _malformed("it is cut off, or something follows it")
    return bits


def bit_at(bits: bytes, index: int) -> bool:
    """Read one entry of size 1, the first being the leftmost (section 3.2 step 10).

    Raises `ValueRangeError` if the list has no such entry.
    """
    if not 0 <= index < len(bits) * 8:
        raise ValueRangeError("The status list has no entry of this number.")
    return bool(bits[index // 8] >> (7 - index % 8) & 1)


def _malformed(why: str) -> StatusError:
    return StatusError(f"The status list cannot be read: {why}.", code="STATUS_LIST_MALFORMED")
