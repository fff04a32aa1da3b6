"""Public keys in PEM, as Open Badges 2.0 publishes them (`publicKeyPem`; RFC 7468)."""

from __future__ import annotations

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_public_key,
)

from keys.errors import MalformedKeyError, UnsupportedKeyTypeError
from keys.verification_key import KeyType, VerificationKey

PEM_CHARACTERS = 4_096
"""Longest text that is read as a key; one of 8192 bits has about 1500."""


def rsa_key_from_pem(text: str) -> VerificationKey:
    """Read an RSA public key.

    Raises `MalformedKeyError` for anything that is no public key in PEM, also for a private one,
    and for a key that is too short; `UnsupportedKeyTypeError` for other kinds of keys.
    """
    if len(text) > PEM_CHARACTERS:
        raise MalformedKeyError("The public key in PEM is too long.")
    try:
        key = load_pem_public_key(text.encode("utf-8", "replace"))
    except (ValueError, UnsupportedAlgorithm) as error:
        raise MalformedKeyError("The text is not a public key in PEM.") from error
    if not isinstance(key, RSAPublicKey):
        raise UnsupportedKeyTypeError("Only RSA keys are read in PEM.")
    return VerificationKey(KeyType.RSA, key.public_bytes(Encoding.DER, PublicFormat.PKCS1))
