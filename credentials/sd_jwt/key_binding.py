"""Key binding: the holder shows that a presentation is theirs (RFC 9901 sections 4.3 and 7.3)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from credentials.errors import (
    CredentialError,
    InvalidProofError,
    MalformedValueError,
    PresentationError,
)
from credentials.jose.compact import (
    CompactToken,
    TokenSigner,
    read_token,
    sign_token,
    verify_token,
)
from credentials.json_types import JsonObject, JsonValue
from credentials.limits import DEFAULT_LIMITS, Limits
from credentials.numeric_dates import numeric_date, parse_numeric_date
from credentials.sd_jwt.disclosures import digest_of
from credentials.sd_jwt.serialization import SdJwt
from credentials.strict_json import serialize_json
from keys.verification_key import VerificationKey

KEY_BINDING_TYPE = "kb+jwt"
"""The `typ` of a key binding JWT (section 4.3)."""


@dataclass(frozen=True, slots=True)
class KeyBinding:
    """What a holder signed: for whom, in answer to what, and when."""

    nonce: str
    audience: str
    issued_at: datetime
    claims: JsonObject


def read_key_binding(
    sd_jwt: SdJwt, key: VerificationKey, algorithm: str, limits: Limits = DEFAULT_LIMITS
) -> KeyBinding:
    """Read the key binding JWT of an SD-JWT+KB, whose holder has the public key `key`.

    Obligations (RFC 9901 section 7.3 steps 5b to 5d, 5g and 5h; section 4.3):

    1. there is one, its form is strict, and its type is `kb+jwt`;
    2. the holder's key made its signature;
    3. `iat`, `aud`, `nonce` and `sd_hash` are there and of their kinds;
    4. `sd_hash` is the digest of exactly this SD-JWT with these disclosures.

    Whether nonce, audience and age are the expected ones is for the caller to judge.  Raises
    `InvalidProofError` (KEY_BINDING_MISSING, KEY_BINDING_TYPE, KEY_BINDING_SIGNATURE,
    KEY_BINDING_OF_OTHER), `MalformedValueError` (KEY_BINDING_MALFORMED) and what `read_token`
    raises.
    """
    # 1.
    token = _token(sd_jwt, limits)
    # 2.
    try:
        verify_token(token, key)
    except CredentialError as error:
        text = "The presentation was not signed with the key that the credential is bound to."
        raise _refused(text, "KEY_BINDING_SIGNATURE") from error
    # 3.
    claims = token.claims(limits)
    issued_at = parse_numeric_date(claims.get("iat"))
    binding = KeyBinding(_text(claims, "nonce"), _text(claims, "aud"), issued_at, claims)
    # 4.
    if _text(claims, "sd_hash") != digest_of(sd_jwt.bound_text, algorithm):
        text = "The holder has signed a presentation with other disclosures than these."
        raise _refused(text, "KEY_BINDING_OF_OTHER")
    return binding


def bind(
    sd_jwt: SdJwt,
    signer: TokenSigner,
    *,
    nonce: str,
    audience: str,
    issued_at: datetime,
    algorithm: str,
) -> SdJwt:
    """Sign a presentation with the holder's key (section 7.2 step 5).

    `algorithm` is the hash function that the issuer chose for the disclosures (section 4.3.1).

    Raises `PresentationError` (KEY_BINDING_PRESENT) for what has a key binding JWT already.
    """
    if sd_jwt.key_binding_jwt is not None:
        raise PresentationError(
            "This presentation is signed by its holder already.", code="KEY_BINDING_PRESENT"
        )
    claims = {
        "iat": numeric_date(issued_at),
        "aud": audience,
        "nonce": nonce,
        "sd_hash": digest_of(sd_jwt.bound_text, algorithm),
    }
    jwt = sign_token({"typ": KEY_BINDING_TYPE}, serialize_json(claims), signer)
    return replace(sd_jwt, key_binding_jwt=jwt)


def _token(sd_jwt: SdJwt, limits: Limits) -> CompactToken:
    if sd_jwt.key_binding_jwt is None:
        raise _refused("Nobody has signed this presentation.", "KEY_BINDING_MISSING")
    token = read_token(sd_jwt.key_binding_jwt.encode("utf-8"), limits=limits)
    if token.header.get("typ") != KEY_BINDING_TYPE:
        text = f"The token of the holder is not of the type {KEY_BINDING_TYPE}."
        raise _refused(text, "KEY_BINDING_TYPE")
    return token


def _text(claims: JsonObject, name: str) -> str:
    value: JsonValue = claims.get(name)
    if not isinstance(value, str):
        raise MalformedValueError(
            f"The token of the holder has no text as its claim {name}.",
            code="KEY_BINDING_MALFORMED",
        )
    return value


def _refused(text: str, code: str) -> InvalidProofError:
    return InvalidProofError(text, code=code)
