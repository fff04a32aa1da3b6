"""Public keys against the hostile vectors of the field, under the policy of the module."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keys.errors import KeyMaterialError, LowOrderKeyError, MalformedKeyError
from keys.multibase import base64url
from keys.signer import SECRET_BYTES, PrivateKeySigner
from keys.verification_key import FIELD_PRIME, LOW_ORDER_Y, KeyType, VerificationKey

WYCHEPROOF_POLICY = {"valid": True, "invalid": False, "acceptable": False}
"""Our answer to each result of Wycheproof.

`acceptable` marks what standards leave open, such as weak parameters or lax encodings; nothing in
credentials needs any of it, so it is refused.  The files for Ed25519 and for fixed-length ECDSA
have no such case at present."""


def accepts(key_type: KeyType, public: bytes, signature: bytes, message: bytes) -> bool:
    try:
        VerificationKey(key_type, public).verify(signature, message)
    except KeyMaterialError:
        return False
    return True


def test_judges_ed25519_as_wycheproof_does(conformance: Path) -> None:
    groups = json.loads((conformance / "wycheproof/ed25519_test.json").read_text())["testGroups"]
    cases = [(group["publicKey"]["pk"], case) for group in groups for case in group["tests"]]
    assert len(cases) == 151
    wrong = [
        case["tcId"]
        for public, case in cases
        if accepts(
            KeyType.ED25519,
            bytes.fromhex(public),
            bytes.fromhex(case["sig"]),
            bytes.fromhex(case["msg"]),
        )
        is not WYCHEPROOF_POLICY[case["result"]]
    ]
    assert wrong == []


@pytest.mark.parametrize(
    ("file", "key_type", "count"),
    [
        ("ecdsa_secp256r1_sha256_p1363_test.json", KeyType.P256, 262),
        ("ecdsa_secp384r1_sha384_p1363_test.json", KeyType.P384, 280),
    ],
)
def test_judges_ecdsa_as_wycheproof_does(
    conformance: Path, file: str, key_type: KeyType, count: int
) -> None:
    groups = json.loads((conformance / "wycheproof" / file).read_text())["testGroups"]
    cases = [(_key(group, key_type), case) for group in groups for case in group["tests"]]
    assert len(cases) == count
    wrong = [
        case["tcId"]
        for key, case in cases
        if accepts(
            key_type,
            key.public_bytes,
            bytes.fromhex(case["sig"]),
            bytes.fromhex(case["msg"]),
        )
        is not WYCHEPROOF_POLICY[case["result"]]
    ]
    assert wrong == []


def _key(group: dict[str, dict[str, str]], key_type: KeyType) -> VerificationKey:
    point = bytes.fromhex(group["publicKey"]["uncompressed"])[1:]
    half = len(point) // 2
    return VerificationKey.from_jwk(
        {
            "kty": "EC",
            "crv": key_type.value,
            "x": base64url(point[:half]),
            "y": base64url(point[half:]),
        }
    )


def cctv_policy(case: dict[str, Any]) -> bool:
    """Our answer to a case of CCTV: whether the signature is to be accepted.

    Points of low order and non-canonical encodings are refused, whatever else is right, and so is
    what only the equation with cofactor fulfils (a residue of low order).  What is left is
    accepted: components of low order beside one of prime order can only be made by whoever owns
    the key, and the equation of RFC 8032 without cofactor holds.
    """
    refused = {
        "low_order_A",
        "low_order_R",
        "low_order_residue",
        "non_canonical_A",
        "non_canonical_R",
    }
    return not refused & set(case["flags"] or [])


def test_judges_each_edge_case_of_cctv_by_the_policy(conformance: Path) -> None:
    cases = json.loads((conformance / "cctv-ed25519/ed25519vectors.json").read_text())
    assert len(cases) == 914
    wrong = [
        case["number"]
        for case in cases
        if accepts(
            KeyType.ED25519,
            bytes.fromhex(case["key"]),
            bytes.fromhex(case["sig"]),
            case["msg"].encode(),
        )
        is not cctv_policy(case)
    ]
    assert wrong == []
    assert sum(map(cctv_policy, cases)) == 43


def test_judges_the_cases_of_taming_eddsa_by_the_policy(conformance: Path) -> None:
    cases = json.loads((conformance / "ed25519-speccheck/cases.json").read_text())
    assert len(cases) == 12
    accepted = [
        number
        for number, case in enumerate(cases)
        if accepts(
            KeyType.ED25519,
            bytes.fromhex(case["pub_key"]),
            bytes.fromhex(case["signature"]),
            bytes.fromhex(case["message"]),
        )
    ]
    # Case 3 has mixed-order A and R and fulfils the equation: only the key's owner can make it.
    assert accepted == [3]


def test_refuses_all_fourteen_encodings_of_low_order() -> None:
    encodings = {
        (y | sign << 255).to_bytes(32, "little")
        for low in LOW_ORDER_Y
        for y in (low, low + FIELD_PRIME)
        if y < 2**255
        for sign in (0, 1)
    }
    # Of these, y = 1 and y = -1 with a set sign bit are the ones that RFC 8032 decodes to nothing.
    assert len(encodings) == 14
    for encoding in encodings:
        with pytest.raises(LowOrderKeyError):
            VerificationKey(KeyType.ED25519, encoding)


def test_refuses_an_encoding_that_is_not_reduced() -> None:
    with pytest.raises(MalformedKeyError):
        VerificationKey(KeyType.ED25519, (FIELD_PRIME + 3).to_bytes(32, "little"))


@pytest.mark.parametrize("key_type", list(SECRET_BYTES))
def test_what_is_signed_verifies_and_nothing_else_does(key_type: KeyType) -> None:
    signer = PrivateKeySigner(key_type, bytes(range(1, SECRET_BYTES[key_type] + 1)))
    signature = signer.sign(b"message")
    signer.verification_key.verify(signature, b"message")
    assert signer.sign(b"message") == signature, "signatures are deterministic"
    for bad in (b"", signature[:-1], signature + b"\0", bytes(len(signature)), signature[::-1]):
        assert not accepts(key_type, signer.verification_key.public_bytes, bad, b"message")
    assert not accepts(key_type, signer.verification_key.public_bytes, signature, b"Message")


@given(st.sampled_from(list(SECRET_BYTES)), st.binary(min_size=48, max_size=48))
def test_multikey_and_jwk_give_the_same_key_back(key_type: KeyType, secret: bytes) -> None:
    if int.from_bytes(secret, "big") % 2**64 == 0:
        return
    try:
        signer = PrivateKeySigner(key_type, secret[: SECRET_BYTES[key_type]])
    except MalformedKeyError:
        return
    key = signer.verification_key
    assert VerificationKey.from_multikey(key.to_multikey()) == key
    assert VerificationKey.from_jwk(key.to_jwk()) == key


GOOD_JWK = PrivateKeySigner(KeyType.P256, bytes(range(1, 33))).verification_key.to_jwk()


@pytest.mark.parametrize(
    "change",
    [
        {"kty": "oct", "k": "AAAA"},
        {"crv": "secp256k1"},
        {"crv": "P-384"},
        {"d": "AAAA"},
        {"x": GOOD_JWK["y"]},
        {"x": GOOD_JWK["x"] + "="},
        {"x": GOOD_JWK["x"] + "AA"},
        {"x": 5},
        {"y": None},
        {"use": "enc"},
        {"key_ops": ["sign"]},
        {"key_ops": "verify"},
        {"alg": "HS256"},
        {"alg": "ES384"},
    ],
)
def test_refuses_a_jwk_that_is_not_a_public_key_for_verifying(change: dict[str, object]) -> None:
    with pytest.raises(KeyMaterialError):
        VerificationKey.from_jwk({**GOOD_JWK, **change})


def test_refuses_multikeys_of_other_kinds_and_lengths() -> None:
    good = PrivateKeySigner(KeyType.ED25519, bytes(range(32))).verification_key.to_multikey()
    for bad in ("", "z", good[1:], good[:-1], good + "1", good + " ", "u" + good[1:], good + "0"):
        with pytest.raises(KeyMaterialError):
            VerificationKey.from_multikey(bad)


def test_a_signer_never_shows_its_secret() -> None:
    signer = PrivateKeySigner(KeyType.ED25519, b"\x42" * 32)
    assert "42" * 8 not in repr(signer)
    assert repr(signer) == f"PrivateKeySigner({signer.verification_key.to_multikey()})"
