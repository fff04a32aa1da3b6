"""The parts of an SD-JWT and how they are written (RFC 9901 sections 4 and 8)."""

from __future__ import annotations

from dataclasses import dataclass, replace

from credentials.errors import LimitExceededError, ParsingError
from credentials.json_types import JsonObject, JsonValue
from credentials.limits import DEFAULT_LIMITS, Limits

SEPARATOR = "~"


@dataclass(frozen=True, slots=True)
class SdJwt:
    """An SD-JWT, or an SD-JWT+KB if it has a key binding JWT; nothing in it is verified.

    `further_jwts` are the same payload under further signatures; only the general JSON
    serialization has them.
    """

    issuer_jwt: str
    disclosures: tuple[str, ...] = ()
    key_binding_jwt: str | None = None
    further_jwts: tuple[str, ...] = ()

    @classmethod
    def from_compact(cls, text: str, limits: Limits = DEFAULT_LIMITS) -> SdJwt:
        """Part the compact serialization at its tildes (section 4).

        Raises `ParsingError` (SD_JWT_MALFORMED) or `LimitExceededError` (TOO_LARGE,
        TOO_MANY_DISCLOSURES).
        """
        if len(text) > limits.document_bytes:
            raise LimitExceededError(
                f"The SD-JWT has more than {limits.document_bytes} characters.", code="TOO_LARGE"
            )
        if not text.isascii():
            raise _malformed("it contains other characters than base64url")
        if text.count(SEPARATOR) > limits.disclosures + 1:
            raise LimitExceededError(
                f"There are more than {limits.disclosures} disclosures.",
                code="TOO_MANY_DISCLOSURES",
            )
        issuer_jwt, *disclosures = text.split(SEPARATOR)
        if not issuer_jwt or not disclosures:
            raise _malformed("it does not begin with a JWT and a tilde")
        key_binding_jwt = disclosures.pop() or None
        if not all(disclosures):
            raise _malformed("it has two tildes with nothing between them")
        return cls(issuer_jwt, tuple(disclosures), key_binding_jwt)

    @classmethod
    def from_json(cls, value: JsonValue, limits: Limits = DEFAULT_LIMITS) -> SdJwt:
        """Read the flattened or the general JSON serialization (section 8).

        Only the first unprotected header may have `disclosures` and `kb_jwt`; other members of
        unprotected headers are protected by nothing, so there must be none.
        Raises `ParsingError` (SD_JWT_MALFORMED) or `LimitExceededError` (TOO_MANY_SIGNATURES).
        """
        signatures = _signatures(value)
        # Each of them is read with the payload, which may be long.
        if len(signatures) > limits.proofs:
            raise LimitExceededError(
                f"There are more than {limits.proofs} signatures.", code="TOO_MANY_SIGNATURES"
            )
        jwts = [_compact_jws(value["payload"], one) for one in signatures]
        headers = [one.get("header", {}) for one in signatures]
        first = headers[0]
        if not isinstance(first, dict) or any(headers[1:]) or first.keys() - _UNPROTECTED:
            raise _malformed("its unprotected headers say what no signature protects")
        disclosures, key_binding_jwt = first.get("disclosures", []), first.get("kb_jwt")
        if not isinstance(disclosures, list) or not all(map(_is_text, disclosures)):
            raise _malformed("its disclosures are not an array of texts")
        if "kb_jwt" in first and not _is_text(key_binding_jwt):
            raise _malformed("its key binding JWT is not a text")
        return cls(jwts[0], tuple(disclosures), key_binding_jwt, tuple(jwts[1:]))

    @property
    def without_key_binding(self) -> SdJwt:
        """The same SD-JWT without its key binding JWT."""
        return replace(self, key_binding_jwt=None)

    @property
    def bound_text(self) -> str:
        """What the `sd_hash` of a key binding JWT is computed over (section 4.3.1)."""
        return "".join(part + SEPARATOR for part in (self.issuer_jwt, *self.disclosures))

    def to_compact(self) -> str:
        """Write the compact serialization, by its first signature."""
        return self.bound_text + (self.key_binding_jwt or "")

    def to_json(self) -> JsonObject:
        """Write the JSON serialization: flattened, or general with several signatures."""
        unprotected: JsonObject = {"disclosures": list(self.disclosures)}
        if self.key_binding_jwt is not None:
            unprotected["kb_jwt"] = self.key_binding_jwt
        _header, payload, _signature = self.issuer_jwt.split(".")
        signatures: list[JsonObject] = []
        for jwt in (self.issuer_jwt, *self.further_jwts):
            protected, _payload, signature = jwt.split(".")
            signatures.append({"protected": protected, "signature": signature})
        signatures[0]["header"] = unprotected
        if len(signatures) == 1:
            return {"payload": payload, **signatures[0]}
        return {"payload": payload, "signatures": signatures}


_UNPROTECTED = frozenset({"disclosures", "kb_jwt"})
_FLATTENED = frozenset({"payload", "protected", "signature", "header"})
_GENERAL = frozenset({"payload", "signatures"})
_SIGNATURE = frozenset({"protected", "signature", "header"})


def _signatures(value: JsonValue) -> list[JsonObject]:
    if not isinstance(value, dict) or not _is_text(value.get("payload")):
        raise _malformed("it has no payload")
    if "signatures" not in value:
        signatures: JsonValue = [{name: value[name] for name in value.keys() & _SIGNATURE}]
        unknown = value.keys() - _FLATTENED
    else:
        signatures, unknown = value["signatures"], value.keys() - _GENERAL
    if unknown or not isinstance(signatures, list) or not signatures:
        raise _malformed("its members are not those of a signed JSON object")
    if not all(isinstance(one, dict) and not one.keys() - _SIGNATURE for one in signatures):
        raise _malformed("one of its signatures is not of the required form")
    return signatures


def _compact_jws(payload: str, signature: JsonObject) -> str:
    protected, value = signature.get("protected"), signature.get("signature")
    if not _is_text(protected) or not _is_text(value):
        raise _malformed("one of its signatures has no protected header or no value")
    return f"{protected}.{payload}.{value}"


def _is_text(value: JsonValue) -> bool:
    return isinstance(value, str) and value.isascii() and bool(value)


def _malformed(why: str) -> ParsingError:
    return ParsingError(f"This is not an SD-JWT: {why}.", code="SD_JWT_MALFORMED")
