"""Key binding JWTs: who signed, over what, and in which form (RFC 9901 sections 4.3 and 7.3)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from credentials.errors import CredentialError, PresentationError
from credentials.jose.compact import sign_token
from credentials.sd_jwt.disclosures import DEFAULT_HASH, digest_of
from credentials.sd_jwt.key_binding import KEY_BINDING_TYPE, KeyBinding, bind, read_key_binding
from credentials.sd_jwt.serialization import SdJwt
from credentials.strict_json import serialize_json
from keys.signer import PrivateKeySigner
from keys.verification_key import KeyType
from tests.credentials.sd_jwt.tokens import issue
from tests.factories import NOW, SIGNER, STRANGER

HOLDER = STRANGER
SD_JWT = issue({"a": 1, "b": 2}, [("a",), ("b",)])
EVE = PrivateKeySigner(KeyType.P256, bytes(range(1, 33)))


def bound(sd_jwt: SdJwt = SD_JWT, signer: Any = HOLDER, **changes: Any) -> SdJwt:
    answer = {"nonce": "n", "audience": "https://employer.example", "issued_at": NOW}
    return bind(sd_jwt, signer, **{"algorithm": DEFAULT_HASH, **answer, **changes})


def read(sd_jwt: SdJwt, algorithm: str = DEFAULT_HASH) -> KeyBinding:
    return read_key_binding(sd_jwt, HOLDER.verification_key, algorithm)


def refused(sd_jwt: SdJwt, algorithm: str = DEFAULT_HASH) -> str:
    with pytest.raises(CredentialError) as caught:
        read(sd_jwt, algorithm)
    return caught.value.code


def forged(header: Any = None, signer: Any = HOLDER, **changes: Any) -> SdJwt:
    """Have the holder sign other claims, or another header, than those of a key binding JWT."""
    claims = {
        "iat": 1_700_000_000,
        "aud": "https://employer.example",
        "nonce": "n",
        "sd_hash": digest_of(SD_JWT.bound_text),
        **changes,
    }
    claims = {name: value for name, value in claims.items() if value is not None}
    header = {"typ": KEY_BINDING_TYPE} if header is None else header
    jwt = sign_token(header, serialize_json(claims), signer)
    return replace(SD_JWT, key_binding_jwt=jwt)


def test_a_holder_answers_a_nonce_for_one_audience() -> None:
    binding = read(bound())
    assert (binding.nonce, binding.audience) == ("n", "https://employer.example")
    assert binding.issued_at == NOW
    assert binding.claims.keys() == {"iat", "aud", "nonce", "sd_hash"}


def test_a_key_binding_of_another_key_is_refused() -> None:
    for signer in (SIGNER, EVE):
        assert refused(bound(signer=signer)) == "KEY_BINDING_SIGNATURE"


def test_a_key_binding_does_not_cover_other_disclosures() -> None:
    signed = bound()
    for disclosures in ((), signed.disclosures[:1], signed.disclosures[::-1]):
        assert refused(replace(signed, disclosures=disclosures)) == "KEY_BINDING_OF_OTHER"


def test_a_key_binding_does_not_cover_another_credential() -> None:
    other = issue({"a": 1, "b": 3}, [("a",), ("b",)])
    signed = replace(other, key_binding_jwt=bound().key_binding_jwt)
    assert refused(signed) == "KEY_BINDING_OF_OTHER"


def test_the_digest_uses_the_hash_function_of_the_disclosures() -> None:
    assert refused(bound(), "sha-512") == "KEY_BINDING_OF_OTHER"
    assert read(bound(algorithm="sha-512"), "sha-512").nonce == "n"


def test_a_presentation_that_nobody_signed_has_no_key_binding() -> None:
    assert refused(SD_JWT) == "KEY_BINDING_MISSING"


@pytest.mark.parametrize("typ", ["jwt", "dc+sd-jwt", "KB+JWT", "application/kb+jwt"])
def test_a_token_of_another_type_is_no_key_binding(typ: str) -> None:
    assert refused(forged({"typ": typ})) == "KEY_BINDING_TYPE"


def test_a_token_without_a_type_is_no_key_binding() -> None:
    assert refused(forged({})) == "KEY_BINDING_TYPE"


@pytest.mark.parametrize("name", ["nonce", "aud", "sd_hash"])
@pytest.mark.parametrize("value", [None, 1, True, ["n"], {}])
def test_a_key_binding_needs_each_claim_as_a_text(name: str, value: Any) -> None:
    assert refused(forged(**{name: value})) == "KEY_BINDING_MALFORMED"


@pytest.mark.parametrize("value", [None, "1700000000", True, -1, 1e300, [1]])
def test_a_key_binding_needs_the_time_of_its_making(value: Any) -> None:
    assert refused(forged(iat=value)) == "NUMERIC_DATE_MALFORMED"


def test_a_time_with_a_fraction_is_read() -> None:
    assert read(forged(iat=1_700_000_000.5)).issued_at == datetime(2023, 11, 14, 22, 13, 20, 0, UTC)


def test_a_digest_of_other_letters_than_ascii_is_refused() -> None:
    assert refused(forged(sd_hash="é")) == "KEY_BINDING_OF_OTHER"


def test_an_unsigned_or_broken_token_is_no_key_binding() -> None:
    jwt = bound().key_binding_jwt
    assert jwt is not None
    header, claims, _signature = jwt.split(".")
    for broken in (f"{header}.{claims}.", f"{header}.{claims}", "x", f"{jwt}=", f"{jwt}.a"):
        refused(replace(SD_JWT, key_binding_jwt=broken))
    none = "eyJhbGciOiJub25lIiwidHlwIjoia2Irand0In0"
    assert refused(replace(SD_JWT, key_binding_jwt=f"{none}.{claims}.AA")) == "TOKEN_UNSIGNED"


def test_nothing_is_signed_twice() -> None:
    with pytest.raises(PresentationError):
        bound(bound())
