"""ID tokens of OpenID Connect: read strictly, verified fully, before a claim is believed.

The form is judged here, the signature by joserfc, and the claims by Authlib and here.  Nothing in a
token says with which key or algorithm it is verified.

Source: OpenID Connect Core 1.0 section 3.1.3.7; RFC 8725 (JSON Web Token best practices).
"""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from authlib.oidc.core import CodeIDToken
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import JWKRegistry, Key, RSAKey

from credentials.errors import CredentialError
from credentials.json_types import JsonObject
from credentials.strict_json import parse_json
from service.sign_in.errors import SignInError

TOKEN_CHARACTERS = 32_768
"""Longest token that is read."""

SUBJECT_CHARACTERS = 255
"""Longest subject (OpenID Connect Core section 2)."""

LEEWAY_SECONDS = 60
"""How far the clock of a provider may be off."""

RSA_BITS = 2_048
"""Shortest RSA key that is believed."""

KEY_TYPES = {
    "RS256": "RSA",
    "RS384": "RSA",
    "RS512": "RSA",
    "PS256": "RSA",
    "PS384": "RSA",
    "PS512": "RSA",
    "ES256": "EC",
    "ES384": "EC",
    "EdDSA": "OKP",
    "Ed25519": "OKP",
}
"""Algorithms that a provider may be configured for, with the kind of their keys: none with a shared
secret, none without a signature."""

FORBIDDEN_HEADERS = frozenset({"crit", "jku", "jwk", "x5c", "x5u", "b64"})
"""Members that bring or name a key, or change what the rest means."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What a token must say: who issued it, to whom, and for which visit."""

    issuer: str
    client_id: str
    nonce: str
    algorithms: Collection[str]
    access_token: str | None = None


def key_id_of(token: str) -> str | None:
    """Read the name of the key that a token says it was signed with; it proves nothing."""
    value = _header(token).get("kid")
    return value if isinstance(value, str) else None


def verified_claims(
    token: str, keys: Sequence[JsonObject], expected: Expected, now: int
) -> JsonObject:
    """Verify an ID token, and return its claims; `now` is in seconds since 1970.

    Obligations:

    1. the form: three parts, each in its only spelling, strict JSON, no key in the header;
    2. the algorithm is one that was agreed upon for this provider, and the key is of its kind;
    3. one key of the provider, named by the token if there are several, made the signature;
    4. issuer, audience, authorized party, times, nonce, and the subject is a text.

    Raises `SignInError` (ID_TOKEN_REFUSED), which does not say what was wrong.
    """
    # 1.
    header, claims = _header(token), _part(token, 1)
    # 2. and 3.
    algorithm = header.get("alg")
    if not isinstance(algorithm, str) or algorithm not in expected.algorithms:
        raise refused_token()
    key = _key(keys, header.get("kid"), algorithm)
    try:
        jws.deserialize_compact(token, key, algorithms=[algorithm])
    except (JoseError, ValueError, TypeError) as error:
        raise refused_token() from error
    # 4.
    _require_claims(claims, header, expected, now)
    return claims


def refused_token() -> SignInError:
    """Say that a token was refused; details are for attackers only."""
    text = "What the provider said about you could not be verified, so nobody was signed in."
    return SignInError(text, code="ID_TOKEN_REFUSED")


def _header(token: str) -> JsonObject:
    if len(token) > TOKEN_CHARACTERS or token.count(".") != 2:
        raise refused_token()
    _bytes_of(token.rpartition(".")[2])
    header = _part(token, 0)
    if header.keys() & FORBIDDEN_HEADERS:
        raise refused_token()
    return header


def _part(token: str, index: int) -> JsonObject:
    try:
        value = parse_json(_bytes_of(token.split(".")[index]))
    except CredentialError as error:
        raise refused_token() from error
    if not isinstance(value, dict):
        raise refused_token()
    return value


def _bytes_of(part: str) -> bytes:
    """Decode base64url without padding in its only spelling."""
    try:
        data = base64.urlsafe_b64decode(f"{part}{'=' * (-len(part) % 4)}".encode("ascii"))
    except (binascii.Error, ValueError) as error:
        raise refused_token() from error
    if base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii") != part:
        raise refused_token()
    return data


def _key(keys: Sequence[JsonObject], key_id: object, algorithm: str) -> Key:
    """Find the one key of the provider that fits; several without a name are no answer."""
    fitting = [
        one
        for one in keys
        if one.get("kty") == KEY_TYPES[algorithm]
        and one.get("use", "sig") == "sig"
        and one.get("alg", algorithm) == algorithm
        and (key_id is None or one.get("kid") == key_id)
    ]
    if len(fitting) != 1:
        raise refused_token()
    try:
        public = {name: value for name, value in fitting[0].items() if name != "key_ops"}
        key = JWKRegistry.import_key(public)
    except (JoseError, ValueError, TypeError, KeyError) as error:
        raise refused_token() from error
    if key.is_private or _is_short(key):
        raise refused_token()
    return key


def _is_short(key: Key) -> bool:
    return isinstance(key, RSAKey) and key.public_key.key_size < RSA_BITS


def _require_claims(claims: JsonObject, header: JsonObject, expected: Expected, now: int) -> None:
    _require_kinds(claims)
    options: dict[str, Any] = {"iss": {"essential": True, "value": expected.issuer}}
    parameters = {
        "nonce": expected.nonce,
        "client_id": expected.client_id,
        "access_token": expected.access_token,
    }
    try:
        CodeIDToken(claims, header, options, parameters).validate(now=now, leeway=LEEWAY_SECONDS)
    except (JoseError, ValueError, TypeError) as error:
        raise refused_token() from error
    audience = claims["aud"]
    named = [audience] if isinstance(audience, str) else audience
    is_ours = expected.client_id in named and (len(named) == 1 or "azp" in claims)
    is_this_visit = hmac.compare_digest(str(claims["nonce"]).encode(), expected.nonce.encode())
    if claims["iss"] != expected.issuer or not is_ours or not is_this_visit:
        raise refused_token()


def _require_kinds(claims: JsonObject) -> None:
    """Require claims of the right kinds before anybody compares them."""
    audience, subject = claims.get("aud"), claims.get("sub")
    named = [audience] if isinstance(audience, str) else audience
    texts = [claims.get("iss"), subject, claims.get("nonce"), claims.get("azp", "")]
    numbers = [claims.get("exp"), claims.get("iat"), claims.get("nbf", 0)]
    is_sound = (
        isinstance(named, list)
        and all(isinstance(one, str) for one in [*named, *texts])
        and all(type(one) in (int, float) for one in numbers)
        and isinstance(subject, str)
        and 0 < len(subject) <= SUBJECT_CHARACTERS
    )
    if not is_sound:
        raise refused_token()
