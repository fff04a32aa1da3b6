"""Reading signed tokens in compact form (JWS, RFC 7515), so strictly that two readers agree.

A token is three base64url texts with dots between them: header, payload, signature.  Whoever makes
a token writes its header, so nothing in it is believed: the algorithm must be one of a list and
fit the key, and the key comes from elsewhere (RFC 8725 sections 3.1 and 3.2).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple, Protocol

from credentials.errors import (
    CredentialError,
    IndeterminateError,
    InvalidProofError,
    LimitExceededError,
    ParsingError,
    ProofGenerationError,
)
from credentials.json_types import JsonObject
from credentials.limits import DEFAULT_LIMITS, Limits
from credentials.strict_json import parse_json, serialize_json
from keys.errors import KeyMaterialError
from keys.multibase import base64url, bytes_of_base64url
from keys.verification_key import KeyType, VerificationKey

ALGORITHMS: Mapping[str, KeyType] = {
    "EdDSA": KeyType.ED25519,
    "Ed25519": KeyType.ED25519,
    "ES256": KeyType.P256,
    "ES384": KeyType.P384,
    "ES512": KeyType.P521,
    "RS256": KeyType.RSA,
}
"""Algorithms that are verified, each with the only kind of key that it is used with.

RFC 7518 section 3.1, RFC 8037 section 3.1; "Ed25519" is the name that RFC 9864 gives to EdDSA."""

SIGNING_ALGORITHMS: Mapping[KeyType, str] = {
    KeyType.ED25519: "EdDSA",
    KeyType.P256: "ES256",
    KeyType.P384: "ES384",
}
"""Algorithms that tokens are made with here, by kind of key."""

KNOWN_ELSEWHERE = frozenset(
    {"Ed448", "ES256K", "ML-DSA-44", "ML-DSA-65", "ML-DSA-87", "PS256", "PS384", "PS512"}
    | {"RS384", "RS512"}
)
"""Signatures of the field that are not verified here: such a token is left undecided."""

HEADER_MEMBERS = frozenset({"alg", "cty", "kid", "typ"})
"""Members that every header may have; a reader that knows a reason for another one names it."""

_EXPLAINED = {
    "b64": "says that the payload is not encoded",
    "crit": "demands extensions",
    "jku": "names a place to fetch keys from",
    "jwk": "brings its own key",
    "x5c": "brings its own certificate",
    "x5u": "names a place to fetch a certificate from",
}


class TokenSigner(Protocol):
    """The part of a signer that making a token needs."""

    @property
    def verification_key(self) -> VerificationKey:
        """Public half of the key."""

    def sign(self, message: bytes) -> bytes:
        """Sign `message`."""


class CompactToken(NamedTuple):
    """A token whose form is sound; its signature is verified by `verify_token` only."""

    header: JsonObject
    payload: bytes
    signature: bytes
    signing_input: bytes
    """The first two parts as they stand, with their dot: what is signed (RFC 7515 5.1 step 5)."""

    @property
    def algorithm(self) -> str:
        """The name in `alg`, one of `ALGORITHMS`."""
        return str(self.header["alg"])

    @property
    def key_id(self) -> str | None:
        """The text in `kid`, if there is one: it tells where to look, and proves nothing."""
        value = self.header.get("kid")
        return None if value is None else str(value)

    @property
    def media_type(self) -> str | None:
        """The type in `typ`, in lower case and without "application/" (RFC 7515 4.1.9)."""
        value = self.header.get("typ")
        return None if value is None else str(value).lower().removeprefix("application/")

    def claims(self, limits: Limits = DEFAULT_LIMITS) -> JsonObject:
        """Read the payload as strict JSON, one object (RFC 7519 section 7.2 step 10).

        Raises what `parse_json` raises, and `ParsingError` (TOKEN_PAYLOAD_NOT_AN_OBJECT).
        """
        return _json_object(self.payload, limits, "payload")


def read_token(
    data: bytes,
    *,
    limits: Limits = DEFAULT_LIMITS,
    header_members: frozenset[str] = HEADER_MEMBERS,
) -> CompactToken:
    """Read a token in compact form; nothing about its signature is known afterwards.

    Obligations (RFC 7515 sections 5.2 and 7.1; RFC 8725 section 3):

    1. the token is not larger than allowed, and so is each of its parts before it is decoded;
    2. there are three parts, each base64url without padding in its only spelling, and nothing
       around them;
    3. the header is strict JSON, one object, with no member beyond `header_members`;
    4. its members are texts, and the algorithm is one that is verified here.

    Raises `LimitExceededError` (TOO_LARGE), `ParsingError` (TOKEN_MALFORMED,
    TOKEN_HEADER_NOT_AN_OBJECT and the codes of `parse_json`), `InvalidProofError`
    (TOKEN_HEADER_NOT_ALLOWED, TOKEN_HEADER_MALFORMED, TOKEN_UNSIGNED, ALGORITHM_NOT_ALLOWED) and
    `IndeterminateError` (UNSUPPORTED_ALGORITHM).
    """
    # 1. and 2.
    parts = _parts(data, limits)
    header_bytes, payload, signature = (_decoded(part) for part in parts)
    # 3.
    header = _json_object(header_bytes, limits, "header")
    _require_members(header, header_members)
    # 4.
    _require_texts(header)
    _require_algorithm(header["alg"])
    return CompactToken(header, payload, signature, data.rpartition(b".")[0])


def verify_token(token: CompactToken, key: VerificationKey) -> None:
    """Verify the signature of a token with a key that was found elsewhere, or raise.

    Obligations (RFC 7515 section 5.2 steps 5 to 8; RFC 8725 section 3.1): 1. the key is of the
    one kind that the token's algorithm is used with; 2. the signature holds.

    Raises `InvalidProofError` (KEY_TYPE_MISMATCH, SIGNATURE_INVALID).
    """
    # 1. A key of another kind must not reach the algorithm: the key fixes the algorithm.
    if key.key_type is not ALGORITHMS[token.algorithm]:
        raise InvalidProofError(
            f"The algorithm {token.algorithm} is not used with {key.key_type.value} keys.",
            code="KEY_TYPE_MISMATCH",
        )
    # 2.
    try:
        key.verify(token.signature, token.signing_input)
    except KeyMaterialError as error:
        raise InvalidProofError(
            "The signature does not match the content: something was changed after signing, "
            "or another key made it.",
            code="SIGNATURE_INVALID",
        ) from error


def sign_token(header: JsonObject, payload: bytes, signer: TokenSigner) -> str:
    """Make a token of `payload`; `header` is completed by the algorithm of the signer's key.

    Raises `ProofGenerationError` if nothing is signed with such a key, or if the header names an
    algorithm itself.
    """
    text = signing_input(header, payload, signer.verification_key.key_type)
    return with_signature(text, signer.sign(text.encode("ascii")))


def signing_input(header: JsonObject, payload: bytes, key_type: KeyType) -> str:
    """Write what is signed for a token (RFC 7515 section 5.1 step 5), for a key elsewhere.

    Raises what `sign_token` raises.
    """
    algorithm = SIGNING_ALGORITHMS.get(key_type)
    if algorithm is None or "alg" in header:
        raise ProofGenerationError("No token can be made with this key and this header.")
    parts = serialize_json({"alg": algorithm, **header}), payload
    return ".".join(base64url(part) for part in parts)


def with_signature(text: str, signature: bytes) -> str:
    """Complete what `signing_input` wrote; whether the signature holds is not looked at."""
    return f"{text}.{base64url(signature)}"


def _parts(data: bytes, limits: Limits) -> tuple[str, str, str]:
    if len(data) > limits.document_bytes:
        raise LimitExceededError(
            f"The token has more than {limits.document_bytes} bytes.", code="TOO_LARGE"
        )
    parts = data.split(b".", 3)
    if len(parts) != 3:
        raise _malformed("it does not have three parts with dots between them")
    for part, most in (
        (parts[0], limits.token_header_characters),
        (parts[2], limits.token_signature_characters),
    ):
        if len(part) > most:
            raise LimitExceededError(
                f"A part of the token has more than {most} characters.", code="TOO_LARGE"
            )
    if not data.isascii():
        raise _malformed("it contains other characters than base64url")
    header, payload, signature = (part.decode("ascii") for part in parts)
    return header, payload, signature


def _decoded(part: str) -> bytes:
    try:
        return bytes_of_base64url(part)
    except KeyMaterialError as error:
        raise _malformed("a part is not base64url without padding in its only spelling") from error


def _malformed(why: str) -> ParsingError:
    return ParsingError(f"The token cannot be read: {why}.", code="TOKEN_MALFORMED")


def _json_object(data: bytes, limits: Limits, part: str) -> JsonObject:
    try:
        value = parse_json(data, limits)
    except CredentialError as error:
        text = f"In the token's {part}: {error.message}"
        raise type(error)(text, code=error.code, pointer=error.pointer) from error
    if not isinstance(value, dict):
        code = f"TOKEN_{part.upper()}_NOT_AN_OBJECT"
        raise ParsingError(f"The token's {part} is not a JSON object.", code=code)
    return value


def _require_members(header: JsonObject, allowed: frozenset[str]) -> None:
    """Refuse what nobody asked for: an ignored member could mean something to its maker."""
    for name in sorted(header.keys() - allowed):
        why = _EXPLAINED.get(name, "has a member that is not used in credentials")
        raise InvalidProofError(
            f"The token's header {why}; that is not allowed.", code="TOKEN_HEADER_NOT_ALLOWED"
        )


def _require_texts(header: JsonObject) -> None:
    texts = header.keys() & HEADER_MEMBERS
    if "alg" not in header or not all(
        isinstance(header[name], str) and header[name] for name in texts
    ):
        raise InvalidProofError(
            "The token's header does not name its algorithm, type and key as texts.",
            code="TOKEN_HEADER_MALFORMED",
        )


def _require_algorithm(name: str) -> None:
    if name in ALGORITHMS:
        return
    if name.lower() == "none":
        raise InvalidProofError(
            "The token says that it is not signed: anybody could have written this.",
            code="TOKEN_UNSIGNED",
        )
    if name in KNOWN_ELSEWHERE:
        raise IndeterminateError(
            f"Tokens signed with {name} are not verified by this software.",
            code="UNSUPPORTED_ALGORITHM",
        )
    raise InvalidProofError(
        "The token's algorithm is not one that credentials are signed with.",
        code="ALGORITHM_NOT_ALLOWED",
    )
