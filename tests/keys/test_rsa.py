"""RSA public keys: read strictly, for verifying only."""

from __future__ import annotations

from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from keys.errors import KeyMaterialError, MalformedKeyError, UnsupportedKeyTypeError
from keys.multibase import base64url
from keys.rsa import EXPONENTS, MODULUS_BITS
from keys.signer import PrivateKeySigner
from keys.verification_key import KeyType, VerificationKey

MODULUS = rsa.generate_private_key(65_537, 2_048).public_key().public_numbers().n


def number(value: int) -> str:
    return base64url(value.to_bytes((value.bit_length() + 7) // 8, "big"))


GOOD: dict[str, Any] = {"kty": "RSA", "n": number(MODULUS), "e": "AQAB"}


def test_a_key_is_read_from_a_jwk_and_written_as_the_same() -> None:
    key = VerificationKey.from_jwk({**GOOD, "alg": "RS256", "use": "sig", "kid": "1"})
    assert key.key_type is KeyType.RSA
    assert key.to_jwk() == GOOD
    assert VerificationKey(KeyType.RSA, key.public_bytes) == key


@pytest.mark.parametrize(
    "change",
    [
        {"n": number(MODULUS >> 1 | 1)},
        {"n": number(MODULUS - 1)},
        {"n": number(2**MODULUS_BITS.stop - 1)},
        {"n": "AA" + number(MODULUS)},
        {"n": base64url(b"\0" + MODULUS.to_bytes(256, "big"))},
        {"n": number(MODULUS) + "="},
        {"n": ""},
        {"n": 5},
        {"n": None},
        {"e": "AAEAAQ"},
        {"e": "Aw"},
        {"e": "AQ"},
        {"e": "AQAA"},
        {"e": number(EXPONENTS.stop + 1)},
        {"e": 65_537},
        {"d": "AAAA"},
        {"alg": "PS256"},
        {"alg": "HS256"},
        {"use": "enc"},
        {"key_ops": ["encrypt"]},
    ],
)
def test_refuses_a_jwk_that_is_not_a_sound_rsa_key(change: dict[str, Any]) -> None:
    with pytest.raises(KeyMaterialError):
        VerificationKey.from_jwk({**GOOD, **change})


def test_refuses_other_bytes_than_the_one_encoding_of_a_key() -> None:
    good = VerificationKey.from_jwk(GOOD).public_bytes
    elliptic = PrivateKeySigner(KeyType.P256, bytes(range(1, 33))).verification_key.public_bytes
    for bad in (b"", good[:-1], good + b"\0", good[1:], b"\x30\x00", elliptic):
        with pytest.raises(MalformedKeyError):
            VerificationKey(KeyType.RSA, bad)


@pytest.mark.parametrize("key_type", [KeyType.RSA, KeyType.P521])
def test_nothing_is_signed_with_keys_that_only_verify(key_type: KeyType) -> None:
    with pytest.raises(UnsupportedKeyTypeError):
        PrivateKeySigner(key_type, bytes(32))


def test_an_rsa_key_has_no_multikey() -> None:
    with pytest.raises(UnsupportedKeyTypeError):
        VerificationKey.from_jwk(GOOD).to_multikey()
