"""The entries of a Token Status List (draft-ietf-oauth-status-list section 4).

Entries have 1, 2, 4 or 8 bits and are packed from the least significant bit of each byte on; a
Bitstring Status List, which is of another specification, packs from the most significant one.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass

from credentials.errors import StatusError, ValueRangeError
from credentials.json_types import JsonObject, JsonValue
from credentials.limits import DEFAULT_LIMITS, Limits
from keys.errors import MalformedKeyError
from keys.multibase import base64url, bytes_of_base64url

SIZES = (1, 2, 4, 8)
"""How many bits an entry may have."""

VALID, INVALID, SUSPENDED = 0, 1, 2
"""Status types with a registered meaning (section 7.1)."""

COMPRESSION_LEVEL = 9
"""The highest one, as section 4.1 recommends."""


@dataclass(frozen=True, slots=True)
class TokenStatusList:
    """A status list: `bits` for each entry, packed in `entries`."""

    bits: int
    entries: bytes

    @classmethod
    def of(cls, statuses: Mapping[int, int], *, bits: int, size: int) -> TokenStatusList:
        """Pack `size` entries, all VALID but those in `statuses` (entry to status).

        Raises `ValueRangeError` for a size of an entry, an entry or a status that cannot be.
        """
        if bits not in SIZES or size <= 0 or size * bits % 8:
            raise ValueRangeError("A status list has whole bytes of entries of 1, 2, 4 or 8 bits.")
        entries = bytearray(size * bits // 8)
        for index, status in statuses.items():
            if not 0 <= index < size or not 0 <= status < 1 << bits:
                size_told = f"{size} entries of {bits} bits"
                text = f"A status list of {size_told} has no place for {status} at {index}."
                raise ValueRangeError(text)
            entries[index * bits // 8] |= status << index * bits % 8
        return cls(bits, bytes(entries))

    @classmethod
    def from_json(cls, value: JsonValue, limits: Limits = DEFAULT_LIMITS) -> TokenStatusList:
        """Read the claim `status_list` of a status list token (section 4.2).

        Inflating stops at the limit.  Raises `StatusError` (STATUS_LIST_MALFORMED).
        """
        if not isinstance(value, dict):
            raise _malformed("it is not an object")
        bits, encoded = value.get("bits"), value.get("lst")
        if isinstance(bits, bool) or not isinstance(bits, int) or bits not in SIZES:
            raise _malformed("its entries are not of 1, 2, 4 or 8 bits")
        if not isinstance(encoded, str):
            raise _malformed("its entries are not a text")
        try:
            compressed = bytes_of_base64url(encoded)
        except MalformedKeyError as error:
            raise _malformed("its entries are not base64url") from error
        return cls(bits, _inflate(compressed, limits.status_list_bytes))

    def to_json(self) -> JsonObject:
        """Write the list as the claim `status_list`."""
        compressed = zlib.compress(self.entries, level=COMPRESSION_LEVEL)
        return {"bits": self.bits, "lst": base64url(compressed)}

    def status(self, index: int) -> int:
        """Read the status of an entry; raise `ValueRangeError` if the list has no such entry."""
        if not 0 <= index < len(self.entries) * 8 // self.bits:
            raise ValueRangeError("The status list has no entry of this number.")
        position = index * self.bits
        return self.entries[position // 8] >> position % 8 & (1 << self.bits) - 1


def _inflate(compressed: bytes, most: int) -> bytes:
    """Inflate exactly one ZLIB stream (RFC 1950), never beyond `most` bytes."""
    inflater = zlib.decompressobj()
    try:
        entries = inflater.decompress(compressed, most + 1)
    except zlib.error as error:
        raise _malformed("it is not compressed as ZLIB") from error
    if len(entries) > most:
        raise _malformed("it is larger than allowed")
    if not inflater.eof or inflater.unused_data:
        raise _malformed("it is cut off, or something follows it")
    return entries


def _malformed(why: str) -> StatusError:
    return StatusError(f"The status list cannot be read: {why}.", code="STATUS_LIST_MALFORMED")
