"""RSA public keys, for verifying tokens of others only (RFC 7518 sections 3.3 and 6.3.1)."""

from __future__ import annotations

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey, RSAPublicNumbers
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_der_public_key,
)

from keys.errors import MalformedKeyError
from keys.multibase import base64url

MODULUS_BITS = range(2_048, 8_193)
"""Allowed lengths: RFC 7518 section 3.3 wants 2048 bits at least; longer ones cost too much."""

EXPONENTS = range(2**16 + 1, 2**32, 2)
"""Allowed public exponents: odd and above 2^16 (FIPS 186-5 section A.1.1), and short."""


def rsa_public_bytes(modulus: bytes, exponent: bytes) -> bytes:
    """Build an RSAPublicKey in DER from the numbers of a JWK, big-endian and without zeros before.

    Raises `MalformedKeyError` for a number in another spelling than its only one, and for a key
    outside `MODULUS_BITS` and `EXPONENTS`.
    """
    if modulus[:1] in (b"", b"\x00") or exponent[:1] in (b"", b"\x00"):
        raise MalformedKeyError("A number of the RSA key is not in its only spelling.")
    n, e = int.from_bytes(modulus, "big"), int.from_bytes(exponent, "big")
    _require_sound(n, e)
    try:
        key = RSAPublicNumbers(e, n).public_key()
    except ValueError as error:
        raise MalformedKeyError("The numbers do not make an RSA key.") from error
    return key.public_bytes(Encoding.DER, PublicFormat.PKCS1)


def rsa_public_key(der: bytes) -> RSAPublicKey:
    """Read an RSAPublicKey in DER; raise `MalformedKeyError` unless it is a sound one."""
    try:
        key = load_der_public_key(der)
    except ValueError as error:
        raise MalformedKeyError("The bytes are not an RSA public key.") from error
    if not isinstance(key, RSAPublicKey):
        raise MalformedKeyError("The bytes are not an RSA public key.")
    numbers = key.public_numbers()
    _require_sound(numbers.n, numbers.e)
    if key.public_bytes(Encoding.DER, PublicFormat.PKCS1) != der:
        raise MalformedKeyError("The RSA public key is not in its only encoding.")
    return key


def rsa_jwk(der: bytes) -> dict[str, str]:
    """Write an RSA key as a public JSON Web Key with its required members only."""
    numbers = rsa_public_key(der).public_numbers()
    return {"kty": "RSA", "n": _base64url_uint(numbers.n), "e": _base64url_uint(numbers.e)}


def verify_rsa(der: bytes, signature: bytes, message: bytes) -> None:
    """Verify RSASSA-PKCS1-v1_5 with SHA-256 (RS256); raise `InvalidSignature` otherwise."""
    key = rsa_public_key(der)
    if len(signature) != (key.key_size + 7) // 8:
        raise InvalidSignature
    key.verify(signature, message, padding.PKCS1v15(), hashes.SHA256())


def _require_sound(modulus: int, exponent: int) -> None:
    if modulus.bit_length() not in MODULUS_BITS or modulus % 2 == 0:
        raise MalformedKeyError(
            f"An RSA key has {MODULUS_BITS.start} to {MODULUS_BITS.stop - 1} bits."
        )
    if exponent not in EXPONENTS:
        raise MalformedKeyError("The public exponent of the RSA key is not one that is used.")


def _base64url_uint(number: int) -> str:
    return base64url(number.to_bytes((number.bit_length() + 7) // 8, "big"))
