"""The NIST curves P-256, P-384 and P-521, and ECDSA; loaded for keys of these kinds."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from keys.errors import MalformedKeyError
from keys.verification_key import POINTS_KEPT, KeyType


class _Curve(NamedTuple):
    """How one NIST curve is used: ECDSA with a hash, coordinates and halves of `size` bytes."""

    curve: ec.EllipticCurve
    algorithm: ec.ECDSA
    size: int
    order: int


_CURVES = {
    KeyType.P256: _Curve(
        ec.SECP256R1(),
        ec.ECDSA(hashes.SHA256()),
        32,
        0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551,
    ),
    KeyType.P384: _Curve(
        ec.SECP384R1(),
        ec.ECDSA(hashes.SHA384()),
        48,
        0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFC7634D81F4372DDF581A0DB248B0A77AECEC196ACCC52973,
    ),
    KeyType.P521: _Curve(
        ec.SECP521R1(),
        ec.ECDSA(hashes.SHA512()),
        66,
        2**521 - 0x5AE79787C40D069948033FEB708F65A2FC44A36477663B851449048E16EC79BF7,
    ),
}


@lru_cache(POINTS_KEPT)
def point_of(key_type: KeyType, encoded: bytes) -> ec.EllipticCurvePublicKey:
    """Find the point that an encoding stands for; raise `MalformedKeyError` if there is none."""
    try:
        return ec.EllipticCurvePublicKey.from_encoded_point(_CURVES[key_type].curve, encoded)
    except ValueError as error:
        raise MalformedKeyError(
            f"The bytes are not a point of the curve {key_type.value}."
        ) from error


def coordinates(key_type: KeyType, encoded: bytes) -> tuple[bytes, bytes]:
    """Write x and y of a point in their full length (RFC 7518 section 6.2.1)."""
    numbers, size = point_of(key_type, encoded).public_numbers(), _CURVES[key_type].size
    return numbers.x.to_bytes(size, "big"), numbers.y.to_bytes(size, "big")


def verify_ecdsa(key_type: KeyType, encoded: bytes, signature: bytes, message: bytes) -> None:
    """Verify r and s, both between 1 and n - 1 (FIPS 186-5 section 6.4.2).

    Raises `InvalidSignature` for a signature that does not hold.
    """
    curve = _CURVES[key_type]
    if len(signature) != 2 * curve.size:
        raise InvalidSignature
    r, s = (
        int.from_bytes(half, "big") for half in (signature[: curve.size], signature[curve.size :])
    )
    if not (0 < r < curve.order and 0 < s < curve.order):
        raise InvalidSignature
    point_of(key_type, encoded).verify(encode_dss_signature(r, s), message, curve.algorithm)


def compressed_point(key_type: KeyType, x: bytes, y: bytes) -> bytes:
    """Compress a point by its coordinates; raise `MalformedKeyError` if it is not on the curve."""
    curve = _CURVES[key_type]
    if len(x) != curve.size or len(y) != curve.size:
        raise MalformedKeyError(f"A coordinate of {key_type.value} has {curve.size} bytes.")
    numbers = ec.EllipticCurvePublicNumbers(
        int.from_bytes(x, "big"), int.from_bytes(y, "big"), curve.curve
    )
    try:
        numbers.public_key()
    except ValueError as error:
        raise MalformedKeyError(f"The point is not on the curve {key_type.value}.") from error
    # SEC 1 section 2.3.3: the sign of y, then x.
    return bytes((2 + (numbers.y & 1),)) + x
