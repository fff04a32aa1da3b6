"""Reading signed tokens strictly: their form, their header, their algorithm, their signature."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from hypothesis import given
from hypothesis import strategies as st

from credentials.errors import CredentialError, IndeterminateError, ProofGenerationError
from credentials.jose.compact import (
    ALGORITHMS,
    HEADER_MEMBERS,
    CompactToken,
    read_token,
    sign_token,
    verify_token,
)
from credentials.limits import DEFAULT_LIMITS
from keys.errors import KeyMaterialError
from keys.multibase import base64url
from keys.signer import SECRET_BYTES, PrivateKeySigner
from keys.verification_key import KeyType, VerificationKey

SIGNERS = {
    key_type: PrivateKeySigner(key_type, bytes(range(1, size + 1)))
    for key_type, size in SECRET_BYTES.items()
}
SIGNER = SIGNERS[KeyType.ED25519]
HEADER = {"typ": "JWT", "kid": "did:example:1#key"}
TOKEN = sign_token(HEADER, b'{"iss":"did:example:1"}', SIGNER)
"""A good token, for tests that spoil it."""


def raw(header: bytes | dict[str, Any], payload: bytes = b"{}", signature: bytes = b"s") -> bytes:
    """Put a token together without asking whether it is one."""
    first = header if isinstance(header, bytes) else json.dumps(header).encode()
    return ".".join(base64url(part) for part in (first, payload, signature)).encode()


def code_of(data: bytes, **options: Any) -> str:
    with pytest.raises(CredentialError) as caught:
        read_token(data, **options)
    return caught.value.code


def signed_by(token: CompactToken, key: VerificationKey) -> bool:
    try:
        verify_token(token, key)
    except CredentialError:
        return False
    return True


@pytest.mark.parametrize("key_type", list(SIGNERS))
def test_what_is_signed_is_read_and_verifies_with_its_own_key_only(key_type: KeyType) -> None:
    signer = SIGNERS[key_type]
    token = read_token(sign_token(HEADER, b'{"iss":"did:example:1"}', signer).encode())
    assert token.claims() == {"iss": "did:example:1"}
    assert (token.key_id, token.media_type) == ("did:example:1#key", "jwt")
    assert ALGORITHMS[token.algorithm] is key_type
    verified = [other for other in SIGNERS.values() if signed_by(token, other.verification_key)]
    assert verified == [signer]


def test_a_changed_part_breaks_the_signature() -> None:
    token = read_token(TOKEN.encode())
    assert signed_by(token, SIGNER.verification_key)
    header, payload, signature = TOKEN.split(".")
    other = sign_token({**HEADER, "kid": "did:example:2#key"}, b'{"iss":"x"}', SIGNER).split(".")
    for spoiled in (
        f"{other[0]}.{payload}.{signature}",
        f"{header}.{other[1]}.{signature}",
        f"{header}.{payload}.{other[2]}",
        f"{header}.{payload}.",
        f"{header}.{payload}.{signature[:-2]}",
    ):
        assert not signed_by(read_token(spoiled.encode()), SIGNER.verification_key)


WYCHEPROOF_POLICY = {"valid": True, "invalid": False, "acceptable": False}
"""Our answer to each result of Wycheproof, where algorithm and key are ones of ours.

`acceptable` would mark what the standards leave open; nothing in credentials needs any of it, so
it is refused.  The file has no such case at present."""

NOT_OURS = {
    **dict.fromkeys(("hs256", "base64"), "ALGORITHM_NOT_ALLOWED"),
    **dict.fromkeys(("rs384", "rs512", "ps256", "ps384", "ps512"), "UNSUPPORTED_ALGORITHM"),
}
"""Groups of other algorithms, by comment: symmetric ones are refused, others left undecided."""

NOT_OURS_EITHER = {
    346: "UNSUPPORTED_ALGORITHM",
    350: "UNSUPPORTED_ALGORITHM",
    # The key names an algorithm "ES521", which does not exist (it should be ES512).
    347: "MALFORMED_KEY",
    351: "MALFORMED_KEY",
    348: "ALGORITHM_NOT_ALLOWED",
    352: "ALGORITHM_NOT_ALLOWED",
    # Wycheproof lets a reader skip characters that are not base64url; RFC 7515 does not.
    372: "TOKEN_MALFORMED",
    373: "TOKEN_MALFORMED",
}
"""Valid cases in other groups, or for another reason than the algorithm of their group."""


def wycheproof_answer(group: dict[str, Any], case: dict[str, Any]) -> str:
    try:
        token = read_token(str(case["jws"]).encode())
        verify_token(token, VerificationKey.from_jwk(group["public"]))
    except (CredentialError, KeyMaterialError) as error:
        return error.code
    return "valid"


def test_judges_tokens_as_wycheproof_does(conformance: Path) -> None:
    path = conformance / "wycheproof/json_web_signature_test.json"
    groups = json.loads(path.read_text())["testGroups"]
    cases = [(group, case) for group in groups for case in group["tests"]]
    assert len(cases) == 401
    accepted, wrong = 0, []
    for group, case in cases:
        answer = wycheproof_answer(group, case)
        expected = WYCHEPROOF_POLICY[case["result"]]
        accepted += answer == "valid"
        other = NOT_OURS_EITHER.get(case["tcId"]) or NOT_OURS.get(group["comment"])
        if answer != other if expected and other else (answer == "valid") is not expected:
            wrong.append((group["comment"], case["tcId"], case["result"], answer))
    assert (accepted, wrong) == (10, [])


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "TOKEN_MALFORMED"),
        (b"a.b", "TOKEN_MALFORMED"),
        (b"..", "EMPTY_INPUT"),
        (TOKEN.encode() + b".e30", "TOKEN_MALFORMED"),
        (b" " + TOKEN.encode(), "TOKEN_MALFORMED"),
        (TOKEN.encode() + b"\n", "TOKEN_MALFORMED"),
        (TOKEN.replace(".", ".\n").encode(), "TOKEN_MALFORMED"),
        (b"\xef\xbb\xbf" + TOKEN.encode(), "TOKEN_MALFORMED"),
        (TOKEN.encode().replace(b".", b"=.", 1), "TOKEN_MALFORMED"),
        (TOKEN.encode() + b"==", "TOKEN_MALFORMED"),
        (TOKEN.encode().replace(b".", b"+.", 1), "TOKEN_MALFORMED"),
        (TOKEN.encode("utf-16"), "TOKEN_MALFORMED"),
        (TOKEN.replace("e", "\u0435", 1).encode(), "TOKEN_MALFORMED"),
        (TOKEN.encode() + b"~", "TOKEN_MALFORMED"),
    ],
)
def test_only_three_canonical_parts_and_nothing_around_them_are_a_token(
    data: bytes, code: str
) -> None:
    assert code_of(data) == code


def test_stray_bits_in_the_last_character_are_refused() -> None:
    """The same bytes in another spelling would be another token with the same signature."""
    last = TOKEN[-1]
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    other = alphabet[alphabet.index(last) ^ 1]
    assert code_of((TOKEN[:-1] + other).encode()) == "TOKEN_MALFORMED"


@pytest.mark.parametrize(
    ("header", "code"),
    [
        (b"[]", "TOKEN_HEADER_NOT_AN_OBJECT"),
        (b"null", "TOKEN_HEADER_NOT_AN_OBJECT"),
        (b'{"alg":"EdDSA","alg":"none"}', "JSON_DUPLICATE_KEY"),
        (b'{"alg":"EdDSA"', "JSON_SYNTAX"),
        (b'\xef\xbb\xbf{"alg":"EdDSA"}', "JSON_BOM"),
        (b'{"alg":"EdDSA","kid":NaN}', "JSON_NUMBER"),
        ({}, "TOKEN_HEADER_MALFORMED"),
        ({"alg": None}, "TOKEN_HEADER_MALFORMED"),
        ({"alg": ["EdDSA"]}, "TOKEN_HEADER_MALFORMED"),
        ({"alg": "EdDSA", "kid": 5}, "TOKEN_HEADER_MALFORMED"),
        ({"alg": "EdDSA", "typ": ["JWT"]}, "TOKEN_HEADER_MALFORMED"),
        ({"alg": "EdDSA", "crit": ["exp"]}, "TOKEN_HEADER_NOT_ALLOWED"),
        ({"alg": "EdDSA", "crit": []}, "TOKEN_HEADER_NOT_ALLOWED"),
        ({"alg": "EdDSA", "b64": False}, "TOKEN_HEADER_NOT_ALLOWED"),
        ({"alg": "EdDSA", "jku": "https://evil.example/keys"}, "TOKEN_HEADER_NOT_ALLOWED"),
        ({"alg": "EdDSA", "x5u": "https://evil.example/key"}, "TOKEN_HEADER_NOT_ALLOWED"),
        ({"alg": "EdDSA", "x5c": ["MII="]}, "TOKEN_HEADER_NOT_ALLOWED"),
        ({"alg": "EdDSA", "jwk": {"kty": "OKP"}}, "TOKEN_HEADER_NOT_ALLOWED"),
        ({"alg": "EdDSA", "zip": "DEF"}, "TOKEN_HEADER_NOT_ALLOWED"),
        ({"alg": "EdDSA", "epk": {}}, "TOKEN_HEADER_NOT_ALLOWED"),
        ({"alg": "none"}, "TOKEN_UNSIGNED"),
        ({"alg": "nOnE"}, "TOKEN_UNSIGNED"),
        ({"alg": ""}, "TOKEN_HEADER_MALFORMED"),
        ({"alg": "EdDSA", "kid": ""}, "TOKEN_HEADER_MALFORMED"),
        ({"alg": "HS256"}, "ALGORITHM_NOT_ALLOWED"),
        ({"alg": "HS512"}, "ALGORITHM_NOT_ALLOWED"),
        ({"alg": "RSA-OAEP"}, "ALGORITHM_NOT_ALLOWED"),
        ({"alg": "es256"}, "ALGORITHM_NOT_ALLOWED"),
        ({"alg": "EdDSA "}, "ALGORITHM_NOT_ALLOWED"),
        ({"alg": "PS256"}, "UNSUPPORTED_ALGORITHM"),
        ({"alg": "ES256K"}, "UNSUPPORTED_ALGORITHM"),
    ],
)
def test_a_header_says_only_what_credentials_need(
    header: bytes | dict[str, Any], code: str
) -> None:
    assert code_of(raw(header)) == code


def test_an_algorithm_of_others_is_undecided_and_never_accepted() -> None:
    with pytest.raises(IndeterminateError):
        read_token(raw({"alg": "RS512"}))


def test_a_reader_may_name_further_members_of_the_header() -> None:
    header = {"alg": "EdDSA", "jwk": {"kty": "OKP"}}
    token = read_token(raw(header), header_members=HEADER_MEMBERS | {"jwk"})
    assert token.header == header


@pytest.mark.parametrize("payload", [b"[]", b"7", b"null", b'"text"'])
def test_claims_are_one_object(payload: bytes) -> None:
    with pytest.raises(CredentialError) as caught:
        read_token(raw({"alg": "EdDSA"}, payload)).claims()
    assert caught.value.code == "TOKEN_PAYLOAD_NOT_AN_OBJECT"


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        (b"", "EMPTY_INPUT"),
        (b'{"iss":"a","iss":"b"}', "JSON_DUPLICATE_KEY"),
        (b'{"exp":1e999}', "JSON_NUMBER"),
        (b"[" * 30 + b"]" * 30, "TOO_DEEP"),
        (b'{"iss":"\\ud800"}', "JSON_SURROGATE"),
    ],
)
def test_claims_are_strict_json(payload: bytes, code: str) -> None:
    with pytest.raises(CredentialError) as caught:
        read_token(raw({"alg": "EdDSA"}, payload)).claims()
    assert caught.value.code == code


def test_each_part_has_a_limit_that_is_kept_before_anything_is_decoded() -> None:
    long_kid = raw({"alg": "EdDSA", "kid": "k" * 10_000})
    assert code_of(long_kid) == "TOO_LARGE"
    assert code_of(raw({"alg": "EdDSA"}, signature=bytes(2_000))) == "TOO_LARGE"
    assert code_of(raw({"alg": "EdDSA"}, bytes(1_000_000))) == "TOO_LARGE"
    small = replace(DEFAULT_LIMITS, document_bytes=len(TOKEN) - 1)
    assert code_of(TOKEN.encode(), limits=small) == "TOO_LARGE"
    assert code_of(b"." * 1_000_000) == "TOKEN_MALFORMED"


def test_an_error_never_repeats_the_token() -> None:
    for data in (TOKEN.encode() + b"=", raw({"alg": "EdDSA", "x" * 50: 1}), raw(b"{secret}")):
        with pytest.raises(CredentialError) as caught:
            read_token(data)
        text = str(caught.value)
        assert len(text) < 200
        assert "x" * 50 not in text
        assert "secret" not in text
        assert TOKEN[:20] not in text


def rsa_pair(bits: int = 2_048) -> tuple[rsa.RSAPrivateKey, dict[str, str]]:
    key = rsa.generate_private_key(65_537, bits)
    numbers = key.public_key().public_numbers()
    return key, {
        "kty": "RSA",
        "n": base64url(numbers.n.to_bytes(bits // 8, "big")),
        "e": base64url(numbers.e.to_bytes(3, "big")),
    }


def test_an_rsa_token_verifies_with_its_key_and_not_as_another_algorithm() -> None:
    private, jwk = rsa_pair()
    key = VerificationKey.from_jwk(jwk)
    signing_input = raw({"alg": "RS256"}).rpartition(b".")[0]
    signature = private.sign(signing_input, padding.PKCS1v15(), hashes.SHA256())
    token = read_token(raw({"alg": "RS256"}, signature=signature))
    verify_token(token, key)
    assert key.to_jwk() == jwk
    for spoiled in (signature[1:], b"\0" + signature, signature[::-1], b""):
        assert not signed_by(token._replace(signature=spoiled), key)
    assert not signed_by(token, SIGNER.verification_key)
    eddsa = read_token(TOKEN.encode())
    with pytest.raises(CredentialError) as caught:
        verify_token(eddsa, key)
    assert caught.value.code == "KEY_TYPE_MISMATCH"


def test_a_token_of_p_521_verifies_with_its_key_and_not_otherwise() -> None:
    private = ec.generate_private_key(ec.SECP521R1())
    numbers = private.public_key().public_numbers()
    x, y = (base64url(number.to_bytes(66, "big")) for number in (numbers.x, numbers.y))
    jwk = {"kty": "EC", "crv": "P-521", "x": x, "y": y}
    key = VerificationKey.from_jwk({**jwk, "alg": "ES512"})
    assert key.to_jwk() == jwk
    signing_input = raw({"alg": "ES512"}).rpartition(b".")[0]
    r, s = decode_dss_signature(private.sign(signing_input, ec.ECDSA(hashes.SHA512())))
    signature = r.to_bytes(66, "big") + s.to_bytes(66, "big")
    token = read_token(raw({"alg": "ES512"}, signature=signature))
    verify_token(token, key)
    for spoiled in (signature[1:], signature[:66] + bytes(66), signature[::-1]):
        assert not signed_by(token._replace(signature=spoiled), key)
    assert not signed_by(read_token(raw({"alg": "ES384"}, signature=signature)), key)


def test_the_public_key_is_no_secret_of_a_symmetric_algorithm() -> None:
    """CVE-2022-29217 and its like: HS256 with the text of the public key as its secret."""
    assert code_of(raw({"alg": "HS256", "typ": "JWT"})) == "ALGORITHM_NOT_ALLOWED"


def test_nothing_is_signed_under_a_header_that_names_its_own_algorithm() -> None:
    with pytest.raises(ProofGenerationError):
        sign_token({"alg": "none"}, b"{}", SIGNER)


@given(st.binary(max_size=200))
def test_any_bytes_end_in_the_error_tree(data: bytes) -> None:
    try:
        read_token(data)
    except CredentialError:
        return
    pytest.fail("three random parts are no token")


@given(st.binary(min_size=1, max_size=60), st.integers(min_value=0, max_value=400))
def test_a_token_has_only_one_spelling(payload: bytes, place: int) -> None:
    token = sign_token(HEADER, payload, SIGNER)
    index = place % len(token)
    other = token[:index] + ("A" if token[index] != "A" else "B") + token[index + 1 :]
    try:
        read = read_token(other.encode())
    except CredentialError:
        return
    assert not signed_by(read, SIGNER.verification_key)
