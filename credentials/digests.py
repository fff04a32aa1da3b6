"""Digests of bytes as they stand in documents: a multihash in multibase, in one spelling."""

from __future__ import annotations

import hashlib

from keys.multibase import encode_base64url

SHA2_256 = b"\x12\x20"
"""How the multihash of a SHA-256 begins: the code of the function, and 32 bytes."""


def digest_multibase(data: bytes) -> str:
    """Compute the `digestMultibase` of bytes: SHA-256 (VC Data Model 2.0 section 5.3)."""
    return encode_base64url(SHA2_256 + hashlib.sha256(data).digest())


def multibase_of(digest: str) -> str:
    """Write a "sha256:HEX" digest as a `digestMultibase`; raise `ValueError` for any other."""
    name, _colon, text = digest.partition(":")
    data = bytes.fromhex(text)
    if name != "sha256" or len(data) != SHA2_256[1]:
        raise ValueError("This is no SHA-256 digest.")
    return encode_base64url(SHA2_256 + data)


def all_digests(data: bytes) -> frozenset[str]:
    """Compute the digests of bytes under every function that documents name theirs by."""
    return frozenset(
        f"{name}:{hashlib.new(name, data).hexdigest()}" for name in ("sha256", "sha384", "sha512")
    )
