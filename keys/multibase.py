"""Multibase values in exactly one spelling (Controlled Identifiers 1.0 section 2.4).

A value that could be written in two ways could also be changed without breaking a signature, so
decoding refuses everything that encoding would not have written.
"""

from __future__ import annotations

import base64
import binascii
from operator import mul

from keys.errors import MalformedKeyError

BASE58_ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
"""The Bitcoin alphabet of base58btc."""

BASE58_CHARACTERS = 512
"""Longest base58 text that is decoded: base conversion is quadratic, keys and signatures short."""

_TOGETHER = 10
_PAIRS = [one + other for one in BASE58_ALPHABET for other in BASE58_ALPHABET]
_POWERS = [58**digits for digits in range(_TOGETHER + 1)]
_VALUES = {character: value for value, character in enumerate(BASE58_ALPHABET)}


def encode_base58btc(data: bytes) -> str:
    """Write bytes as multibase base58btc ("z…"), one "1" for each leading zero byte."""
    zeros = len(data) - len(data.lstrip(b"\x00"))
    number = int.from_bytes(data, "big")
    digits: list[str] = []
    while number:
        # Ten digits at a time stay small numbers, which are quicker than one that shrinks.
        number, part = divmod(number, _POWERS[_TOGETHER])
        for _pair in range(_TOGETHER // 2):
            part, value = divmod(part, 58 * 58)
            digits.append(_PAIRS[value])
    return "z" + "1" * zeros + "".join(reversed(digits)).lstrip("1")


def decode_base58btc(text: str) -> bytes:
    """Read multibase base58btc; raise `MalformedKeyError` for anything encoding would not write."""
    if not text.startswith("z"):
        raise MalformedKeyError("The value is not base58btc multibase (it begins with z).")
    body = text[1:]
    if not body or len(body) > BASE58_CHARACTERS:
        raise MalformedKeyError(f"A base58 value has 1 to {BASE58_CHARACTERS} characters.")
    number = 0
    try:
        # Ten digits at a time stay small numbers, which are quicker than one that grows.
        for place in range(0, len(body), _TOGETHER):
            values = [*map(_VALUES.__getitem__, body[place : place + _TOGETHER])]
            part = sum(map(mul, reversed(values), _POWERS))
            number = number * _POWERS[len(values)] + part
    except KeyError as error:
        raise MalformedKeyError("The value contains a character that is not base58.") from error
    zeros = len(body) - len(body.lstrip("1"))
    return b"\x00" * zeros + number.to_bytes((number.bit_length() + 7) // 8, "big")


def encode_base64url(data: bytes) -> str:
    """Write bytes as multibase base64url without padding ("u…")."""
    return "u" + base64url(data)


def decode_base64url(text: str) -> bytes:
    """Read multibase base64url without padding; raise `MalformedKeyError` unless canonical."""
    if not text.startswith("u"):
        raise MalformedKeyError("The value is not base64url multibase (it begins with u).")
    return bytes_of_base64url(text[1:])


def base64url(data: bytes) -> str:
    """Write bytes as base64url without padding (RFC 4648 section 5)."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def bytes_of_base64url(text: str) -> bytes:
    """Read base64url without padding; no white space, no other alphabet, no stray bits."""
    try:
        data = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise MalformedKeyError("The value is not base64url without padding.") from error
    if base64url(data) != text:
        raise MalformedKeyError("The value is not base64url in its only spelling.")
    return data
