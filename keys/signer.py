"""Private keys that sign.  Only the issuer's and the wallet's side import this module."""

from __future__ import annotations

import os
from typing import Protocol

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from keys.errors import MalformedKeyError, UnsupportedKeyTypeError
from keys.multibase import decode_base58btc
from keys.verification_key import KeyType, VerificationKey

SECRET_BYTES = {KeyType.ED25519: 32, KeyType.P256: 32, KeyType.P384: 48}
"""Length of a secret: the seed of Ed25519, the private scalar of the NIST curves."""

SECRET_MULTICODEC = {
    KeyType.ED25519: b"\x80\x26",
    KeyType.P256: b"\x86\x26",
    KeyType.P384: b"\x87\x26",
}
"""Prefixes of secretKeyMultibase values (Controlled Identifiers 1.0 section 2.2.2)."""

_CURVES: dict[KeyType, tuple[ec.EllipticCurve, ec.ECDSA]] = {
    KeyType.P256: (ec.SECP256R1(), ec.ECDSA(hashes.SHA256(), deterministic_signing=True)),
    KeyType.P384: (ec.SECP384R1(), ec.ECDSA(hashes.SHA384(), deterministic_signing=True)),
}


class Signer(Protocol):
    """Something that signs with one key: in this process, behind a socket, or in hardware."""

    @property
    def verification_key(self) -> VerificationKey:
        """The public half of the key."""

    def sign(self, message: bytes) -> bytes:
        """Sign `message`: 64 bytes for Ed25519, r and s in full length for ECDSA."""


class PrivateKeySigner:
    """A signer whose key lies in this process; it never shows its secret.

    The public half is always derived from the secret: a signer that were told its public key
    could be tricked into giving the secret away (the "double public key" attack on Ed25519).
    """

    def __init__(self, key_type: KeyType, secret: bytes) -> None:
        """Take a secret of the length in `SECRET_BYTES`; raise `KeyMaterialError` otherwise."""
        if key_type not in SECRET_BYTES:
            raise UnsupportedKeyTypeError(f"Nothing is signed with {key_type.value} keys here.")
        if len(secret) != SECRET_BYTES[key_type]:
            raise MalformedKeyError(
                f"A {key_type.value} secret has {SECRET_BYTES[key_type]} bytes."
            )
        self._key_type = key_type
        self._key = _private_key(key_type, secret)
        self._verification_key = VerificationKey(key_type, _public_bytes(self._key))

    @classmethod
    def generate(cls, key_type: KeyType) -> PrivateKeySigner:
        """Draw a fresh key, for instance one that exists for one proof only."""
        return cls(key_type, new_secret(key_type))

    @classmethod
    def from_secret_multikey(cls, text: str) -> PrivateKeySigner:
        """Read a secretKeyMultibase value."""
        data = decode_base58btc(text)
        for key_type, prefix in SECRET_MULTICODEC.items():
            if data.startswith(prefix):
                return cls(key_type, data[len(prefix) :])
        raise UnsupportedKeyTypeError("The secret is not of the kind Ed25519, P-256 or P-384.")

    @property
    def verification_key(self) -> VerificationKey:
        """The public half of the key."""
        return self._verification_key

    def sign(self, message: bytes) -> bytes:
        """Sign deterministically: Ed25519 (RFC 8032), ECDSA with RFC 6979 nonces."""
        if isinstance(self._key, Ed25519PrivateKey):
            return self._key.sign(message)
        _curve, algorithm = _CURVES[self._key_type]
        halves = decode_dss_signature(self._key.sign(message, algorithm))
        size = SECRET_BYTES[self._key_type]
        return b"".join(half.to_bytes(size, "big") for half in halves)

    def __repr__(self) -> str:
        """Show the public half only."""
        return f"PrivateKeySigner({self._verification_key.to_multikey()})"


def new_secret(key_type: KeyType) -> bytes:
    """Draw a secret; a scalar out of its curve's range (2^-32 for P-256) is drawn again."""
    while True:
        secret = os.urandom(SECRET_BYTES[key_type])
        try:
            PrivateKeySigner(key_type, secret)
        except MalformedKeyError:
            continue
        return secret


def _private_key(
    key_type: KeyType, secret: bytes
) -> Ed25519PrivateKey | ec.EllipticCurvePrivateKey:
    if key_type is KeyType.ED25519:
        return Ed25519PrivateKey.from_private_bytes(secret)
    try:
        return ec.derive_private_key(int.from_bytes(secret, "big"), _CURVES[key_type][0])
    except ValueError as error:
        raise MalformedKeyError("The secret is not in the range of its curve.") from error


def _public_bytes(key: Ed25519PrivateKey | ec.EllipticCurvePrivateKey) -> bytes:
    if isinstance(key, Ed25519PrivateKey):
        return key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    return key.public_key().public_bytes(Encoding.X962, PublicFormat.CompressedPoint)
