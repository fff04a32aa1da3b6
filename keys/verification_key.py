"""Public keys: Ed25519, P-256, P-384, P-521 and RSA, read strictly and used strictly.

P-521 and RSA keys only verify, and only as JSON Web Keys: tokens of others are signed with them.

Policy for Ed25519 (RFC 8032 section 5.1.7, FIPS 186-5 section 7.8.2; the cases of
ed25519-speccheck and CCTV): encodings of points are canonical, neither the public key nor R is of
low order, and S < L.  With a public key of low order one signature would fit many messages, and
the law that a signature binds its key to its message would be lost.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from keys.errors import (
    LowOrderKeyError,
    MalformedKeyError,
    SignatureMismatchError,
    UnsupportedKeyTypeError,
)
from keys.multibase import base64url, bytes_of_base64url, decode_base58btc, encode_base58btc

FIELD_PRIME = 2**255 - 19
"""The prime p of Curve25519 (RFC 8032 section 5.1)."""

GROUP_ORDER = 2**252 + 27742317777372353535851937790883648493
"""The order L of the base point of Ed25519 (RFC 8032 section 5.1)."""

POINTS_KEPT = 1_024
"""How many points of curves are kept decompressed, which takes a third of a verification."""

_ORDER_EIGHT_Y = 0x7A03AC9277FDC74EC6CC392CFA53202A0F67100D760B3CBA4FD84D3D706A17C7
LOW_ORDER_Y = frozenset({0, 1, FIELD_PRIME - 1, _ORDER_EIGHT_Y, FIELD_PRIME - _ORDER_EIGHT_Y})
"""The y coordinates of the eight points of low order; with both signs and the encodings that are
not reduced modulo p they make the 14 low-order encodings."""


class KeyType(Enum):
    """Kinds of key, by the names that people use for them."""

    ED25519 = "Ed25519"
    P256 = "P-256"
    P384 = "P-384"
    P521 = "P-521"
    RSA = "RSA"

    __hash__ = object.__hash__
    """Each is there once; the hash of an Enum, by its name, would take five times as long."""


MULTICODEC = {
    KeyType.ED25519: b"\xed\x01",
    KeyType.P256: b"\x80\x24",
    KeyType.P384: b"\x81\x24",
}
"""Prefixes of public keys (Controlled Identifiers 1.0 section 2.2.2)."""

KEY_BYTES = {KeyType.ED25519: 32, KeyType.P256: 33, KeyType.P384: 49, KeyType.P521: 67}
"""Length of a public key: a compressed point for the NIST curves; RSA keys differ in length."""

_JWK_NAMES = {
    ("OKP", "Ed25519"): KeyType.ED25519,
    ("EC", "P-256"): KeyType.P256,
    ("EC", "P-384"): KeyType.P384,
    ("EC", "P-521"): KeyType.P521,
}
_JWK_ALGORITHMS = {
    KeyType.ED25519: ("EdDSA", "Ed25519"),
    KeyType.P256: ("ES256",),
    KeyType.P384: ("ES384",),
    KeyType.P521: ("ES512",),
    KeyType.RSA: ("RS256",),
}
JWK_PRIVATE_MEMBERS = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})
"""Members that hold secrets (RFC 7518 section 6); a public key with one of them is refused."""


@dataclass(frozen=True, slots=True)
class VerificationKey:
    """A public key that was checked when it was made.

    `public_bytes` are as in a Multikey; for RSA they are an RSAPublicKey in DER (RFC 8017 A.1.1).
    """

    key_type: KeyType
    public_bytes: bytes

    def __post_init__(self) -> None:
        """Check length, encoding and point; raise `MalformedKeyError` or `LowOrderKeyError`."""
        if self.key_type is KeyType.RSA:
            # RSA and its encodings are loaded for the few keys of this kind.
            from keys.rsa import rsa_public_key

            rsa_public_key(self.public_bytes)
            return
        if len(self.public_bytes) != KEY_BYTES[self.key_type]:
            raise MalformedKeyError(
                f"A {self.key_type.value} key has {KEY_BYTES[self.key_type]} bytes."
            )
        if self.key_type is KeyType.ED25519:
            _require_sound_point(self.public_bytes)
            return
        from keys.nist_curves import point_of

        point_of(self.key_type, self.public_bytes)

    @classmethod
    def from_multikey(cls, text: str) -> VerificationKey:
        """Read a publicKeyMultibase value (Controlled Identifiers 1.0 section 2.2.2)."""
        return _key_of_multikey(text)

    def to_multikey(self) -> str:
        """Write the key as a publicKeyMultibase value; there is none for RSA and P-521 here."""
        if self.key_type not in MULTICODEC:
            raise UnsupportedKeyTypeError(f"A {self.key_type.value} key has no Multikey here.")
        return encode_base58btc(MULTICODEC[self.key_type] + self.public_bytes)

    @classmethod
    def from_jwk(cls, jwk: Mapping[str, Any]) -> VerificationKey:
        """Read a public JSON Web Key (RFC 7517, RFC 7518, RFC 8037) meant for verifying."""
        key_type = _key_type_of(jwk)
        if JWK_PRIVATE_MEMBERS & jwk.keys():
            raise MalformedKeyError("A public JWK must not contain private members.")
        _require_for_verifying(jwk, key_type)
        if key_type is KeyType.RSA:
            from keys.rsa import rsa_public_bytes

            return cls(key_type, rsa_public_bytes(_coordinate(jwk, "n"), _coordinate(jwk, "e")))
        x = _coordinate(jwk, "x")
        if key_type is KeyType.ED25519:
            return cls(key_type, x)
        from keys.nist_curves import compressed_point

        return cls(key_type, compressed_point(key_type, x, _coordinate(jwk, "y")))

    def to_jwk(self) -> dict[str, str]:
        """Write the key as a public JSON Web Key with its required members only."""
        if self.key_type is KeyType.RSA:
            from keys.rsa import rsa_jwk

            return rsa_jwk(self.public_bytes)
        if self.key_type is KeyType.ED25519:
            return {"kty": "OKP", "crv": "Ed25519", "x": base64url(self.public_bytes)}
        from keys.nist_curves import coordinates

        x, y = coordinates(self.key_type, self.public_bytes)
        return {
            "kty": "EC",
            "crv": self.key_type.value,
            "x": base64url(x),
            "y": base64url(y),
        }

    def verify(self, signature: bytes, message: bytes) -> None:
        """Verify a signature over `message`; raise `SignatureMismatchError` unless it holds.

        Ed25519 signatures have 64 bytes; ECDSA signatures are r and s in their full length
        (IEEE P1363), over SHA-256 for P-256, SHA-384 for P-384 and SHA-512 for P-521; RSA
        signatures are RSASSA-PKCS1-v1_5 over SHA-256, as long as the modulus.
        """
        try:
            if self.key_type is KeyType.ED25519:
                self._verify_ed25519(signature, message)
            elif self.key_type is KeyType.RSA:
                from keys.rsa import verify_rsa

                verify_rsa(self.public_bytes, signature, message)
            else:
                from keys.nist_curves import verify_ecdsa

                verify_ecdsa(self.key_type, self.public_bytes, signature, message)
        except (InvalidSignature, MalformedKeyError) as error:
            raise SignatureMismatchError("The signature does not hold.") from error

    def _verify_ed25519(self, signature: bytes, message: bytes) -> None:
        """Verify as RFC 8032 section 5.1.7 says, under the policy of this module."""
        if len(signature) != 64 or int.from_bytes(signature[32:], "little") >= GROUP_ORDER:
            raise InvalidSignature
        _require_sound_point(signature[:32])
        _edwards_key(self.public_bytes).verify(signature, message)


@lru_cache(POINTS_KEPT)
def _key_of_multikey(text: str) -> VerificationKey:
    """Read a Multikey: that of one issuer is read as its identifier and as its method's key."""
    data = decode_base58btc(text)
    for key_type, prefix in MULTICODEC.items():
        if data.startswith(prefix):
            return VerificationKey(key_type, data[len(prefix) :])
    raise UnsupportedKeyTypeError("The Multikey is not of the kind Ed25519, P-256 or P-384.")


@lru_cache(POINTS_KEPT)
def _edwards_key(encoded: bytes) -> Ed25519PublicKey:
    return Ed25519PublicKey.from_public_bytes(encoded)


def _require_sound_point(encoded: bytes) -> None:
    """Refuse encodings that are not reduced modulo p, and points of low order."""
    y = int.from_bytes(encoded, "little") & ((1 << 255) - 1)
    if y % FIELD_PRIME in LOW_ORDER_Y:
        raise LowOrderKeyError("The Ed25519 point is of low order: anyone could sign with it.")
    if y >= FIELD_PRIME:
        raise MalformedKeyError("The Ed25519 point is not in its only encoding.")


def _key_type_of(jwk: Mapping[str, Any]) -> KeyType:
    kind, curve = jwk.get("kty"), jwk.get("crv")
    if kind == "RSA":
        return KeyType.RSA
    key_type = _JWK_NAMES.get((str(kind), str(curve)))
    if key_type is None:
        raise UnsupportedKeyTypeError(
            "The JWK is not of the kind Ed25519, P-256, P-384, P-521 or RSA."
        )
    return key_type


def _require_for_verifying(jwk: Mapping[str, Any], key_type: KeyType) -> None:
    """Respect what a JWK says about its own use (RFC 7517 sections 4.2 to 4.4)."""
    operations = jwk.get("key_ops", ["verify"])
    if jwk.get("use", "sig") != "sig" or not isinstance(operations, list):
        raise MalformedKeyError("The JWK is not meant for signatures.")
    if "verify" not in operations:
        raise MalformedKeyError("The JWK is not meant for verifying.")
    if jwk.get("alg", _JWK_ALGORITHMS[key_type][0]) not in _JWK_ALGORITHMS[key_type]:
        raise MalformedKeyError("The JWK names an algorithm of another kind of key.")


def _coordinate(jwk: Mapping[str, Any], name: str) -> bytes:
    value = jwk.get(name)
    if not isinstance(value, str):
        raise MalformedKeyError(f"The JWK has no member {name}.")
    return bytes_of_base64url(value)
