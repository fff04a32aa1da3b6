"""The bits of a status list (Bitstring Status List 1.0 sections 2.2, 3.2 to 3.4).

Bits are counted from the left: entry 0 of a list is the most significant bit of its first byte.
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator

from credentials.errors import (
    LimitExceededError,
    MalformedValueError,
    StatusListLengthError,
    ValueRangeError,
)
from credentials.json_types import JsonValue
from credentials.limits import DEFAULT_LIMITS, Limits
from keys.errors import MalformedKeyError
from keys.multibase import bytes_of_base64url, decode_base64url, encode_base64url

MINIMUM_ENTRIES = 131_072
"""Fewest entries of a list, so that one entry hides among many (section 2.2)."""

GZIP_LEVEL = 6
"""Compression level when writing; the result is the same for the same bits."""

_GZIP_WINDOW = zlib.MAX_WBITS | 16
_TO_BASE64URL = str.maketrans("+/", "-_")


def encode_list(bits: bytes) -> str:
    """Compress a list and write it as multibase base64url (section 3.3)."""
    return encode_base64url(gzip.compress(bits, compresslevel=GZIP_LEVEL, mtime=0))


def decode_list(encoded: JsonValue, *, limits: Limits = DEFAULT_LIMITS) -> bytes:
    """Read an encodedList (section 3.4): "u", then base64url of one gzip member.

    Inflating stops at the limit.  Raises `MalformedValueError`, `LimitExceededError`,
    `StatusListLengthError`.
    """
    text = _text(encoded, limits)
    try:
        compressed = decode_base64url(text)
    except MalformedKeyError as error:
        raise _malformed("it is not multibase base64url, which begins with u") from error
    return _bits(compressed, limits)


def decode_list_2021(encoded: JsonValue, *, limits: Limits = DEFAULT_LIMITS) -> bytes:
    """Read the encodedList of a StatusList2021: base64, in either alphabet, of one gzip member.

    Its drafts said first base64 and then base64url, and lists of both kinds are about.  Raises
    what `decode_list` raises.
    """
    text = _text(encoded, limits)
    try:
        compressed = bytes_of_base64url(text.rstrip("=").translate(_TO_BASE64URL))
    except MalformedKeyError as error:
        raise _malformed("it is not base64") from error
    return _bits(compressed, limits)


def status_at(bits: bytes, index: int, size: int = 1) -> int:
    """Read the entry of `size` bits at an index, most significant bit first (section 3.2).

    Raises `StatusListLengthError` if there are too few entries of this size, `ValueRangeError` if
    there is none at this index.
    """
    require_entries(bits, size)
    first, last = _place(bits, index, size)
    word = int.from_bytes(bits[first // 8 : last // 8 + 1], "big")
    return word >> (7 - last % 8) & ((1 << size) - 1)


def with_status(bits: bytes, index: int, *, value: int, size: int = 1) -> bytes:
    """Give the list with another value in the entry of `size` bits at an index.

    Raises `ValueRangeError` if there is no such entry, or if it cannot hold the value.
    """
    first, last = _place(bits, index, size)
    if not 0 <= value < 1 << size:
        raise ValueRangeError("The entry is too small for this value.")
    low, high, shift = first // 8, last // 8 + 1, 7 - last % 8
    mask = ((1 << size) - 1) << shift
    word = int.from_bytes(bits[low:high], "big") & ~mask | value << shift
    return bits[:low] + word.to_bytes(high - low, "big") + bits[high:]


def entries_set(bits: bytes) -> Iterator[int]:
    """Name the entries of one bit that are set, in order."""
    for place, byte in enumerate(bits):
        if byte:
            yield from (place * 8 + bit for bit in range(8) if byte & 0x80 >> bit)


def require_entries(bits: bytes, size: int = 1) -> None:
    """Refuse a list with too few entries of `size` bits (section 3.2 step 9)."""
    if len(bits) * 8 // size < MINIMUM_ENTRIES:
        raise StatusListLengthError(
            f"The status list has fewer than {MINIMUM_ENTRIES} entries of size {size}, too few "
            "for one of them to hide among."
        )


def _place(bits: bytes, index: int, size: int) -> tuple[int, int]:
    """Find the first and the last bit of an entry."""
    first, last = index * size, (index + 1) * size - 1
    if index < 0 or last >= len(bits) * 8:
        raise ValueRangeError("The status list has no entry of this number.")
    return first, last


def _text(encoded: JsonValue, limits: Limits) -> str:
    if not isinstance(encoded, str) or len(encoded) > limits.document_bytes:
        raise _malformed("it is not a text of acceptable length")
    return encoded


def _bits(compressed: bytes, limits: Limits) -> bytes:
    bits = _inflate(compressed, limits.status_list_bytes)
    require_entries(bits)
    return bits


def _inflate(compressed: bytes, most: int) -> bytes:
    """Inflate exactly one gzip member (RFC 1952 section 2.2), one byte beyond `most` at most."""
    inflater = zlib.decompressobj(wbits=_GZIP_WINDOW)
    try:
        bits = inflater.decompress(compressed, most + 1)
    except zlib.error as error:
        raise _malformed("it is not compressed with gzip") from error
    if len(bits) > most:
        raise LimitExceededError(f"The status list has more than {most} bytes.")
    if not inflater.eof or inflater.unused_data:
        raise _malformed("it is cut off, or something follows it")
    return bits


def _malformed(why: str) -> MalformedValueError:
    return MalformedValueError(f"The status list cannot be read: {why}.")
