"""Disclosures: the salted parts of an SD-JWT that its holder may show or keep (RFC 9901 §4.2)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from credentials.errors import (
    CredentialError,
    IndeterminateError,
    LimitExceededError,
    MalformedValueError,
)
from credentials.json_types import JsonValue
from credentials.limits import DEFAULT_LIMITS, Limits
from credentials.strict_json import parse_json, serialize_json
from keys.errors import MalformedKeyError
from keys.multibase import base64url, bytes_of_base64url

DIGESTS = "_sd"
"""Member of an object that lists the digests of its hidden members (section 4.2.4.1)."""

ELEMENT = "..."
"""Only member of the object that stands for a hidden element of an array (section 4.2.4.2)."""

HASH_ALGORITHM = "_sd_alg"
"""Member of the payload that names the hash function (section 4.1.1)."""

RESERVED_NAMES = frozenset({DIGESTS, ELEMENT, HASH_ALGORITHM})
"""Names that no claim may have, whether it is disclosed or not.

RFC 9901 names the first two for disclosures; `_sd_alg` must not stand in any nested object, and
at the top a disclosed one would change the meaning of what has been computed already.
"""

DEFAULT_HASH = "sha-256"
HASHES: dict[str, Callable[[bytes], hashlib._Hash]] = {
    "sha-256": hashlib.sha256,
    "sha-384": hashlib.sha384,
    "sha-512": hashlib.sha512,
}
"""Hash functions by their IANA names; the truncated and old ones of that registry are left out."""


@dataclass(frozen=True, slots=True)
class Disclosure:
    """One disclosure as it was sent; `name` is None for an element of an array."""

    encoded: str
    name: str | None
    value: JsonValue

    @classmethod
    def read(cls, encoded: str, limits: Limits = DEFAULT_LIMITS) -> Disclosure:
        """Read a disclosure: base64url in its only spelling, of strict JSON.

        Raises `MalformedValueError` (DISCLOSURE_MALFORMED, DISCLOSURE_NAME_RESERVED) or
        `LimitExceededError`.
        """
        parts = _parts(encoded, limits)
        if not isinstance(parts, list) or len(parts) not in (2, 3):
            raise _malformed("it is not an array of a salt, a name and a value")
        if not isinstance(parts[0], str):
            raise _malformed("its salt is not a text")
        if len(parts) == 2:
            return cls(encoded, None, parts[1])
        if not isinstance(parts[1], str):
            raise _malformed("the name of its claim is not a text")
        _require_free(parts[1])
        return cls(encoded, parts[1], parts[2])

    @classmethod
    def make(cls, salt: str, name: str | None, value: JsonValue) -> Disclosure:
        """Write a disclosure with a fresh salt of at least 128 random bits.

        Raises `MalformedValueError` (DISCLOSURE_NAME_RESERVED) for a name that no claim may have.
        """
        if name is not None:
            _require_free(name)
        parts = [salt, value] if name is None else [salt, name, value]
        return cls(base64url(serialize_json(parts)), name, value)

    def digest(self, algorithm: str = DEFAULT_HASH) -> str:
        """Compute the digest over the disclosure as it was sent (section 4.2.3)."""
        return digest_of(self.encoded, algorithm)


def digest_of(text: str, algorithm: str = DEFAULT_HASH) -> str:
    """Hash an ASCII text and write the hash as base64url.

    Raises `IndeterminateError` (UNSUPPORTED_HASH_ALGORITHM) if the function is not used here.
    """
    return base64url(hash_function(algorithm)(text.encode("ascii")).digest())


def hash_function(algorithm: JsonValue) -> Callable[[bytes], hashlib._Hash]:
    """Find a hash function by its IANA name (section 4.1.1)."""
    if not isinstance(algorithm, str):
        raise MalformedValueError(
            "The hash function of the disclosures is not named by a text.",
            code="HASH_ALGORITHM_MALFORMED",
            pointer=f"/{HASH_ALGORITHM}",
        )
    if algorithm not in HASHES:
        raise IndeterminateError(
            f"The disclosures use a hash function that is not used here ({', '.join(HASHES)} are).",
            code="UNSUPPORTED_HASH_ALGORITHM",
            pointer=f"/{HASH_ALGORITHM}",
        )
    return HASHES[algorithm]


def _parts(encoded: str, limits: Limits) -> JsonValue:
    try:
        return parse_json(bytes_of_base64url(encoded), limits)
    except MalformedKeyError as error:
        raise _malformed("it is not base64url in its only spelling") from error
    except LimitExceededError:
        raise
    except CredentialError as error:
        raise _malformed("it does not contain strict JSON") from error


def _require_free(name: str) -> None:
    if name in RESERVED_NAMES:
        raise MalformedValueError(
            f"A disclosure is for a claim of the name {name}, which no claim may have.",
            code="DISCLOSURE_NAME_RESERVED",
        )


def _malformed(why: str) -> MalformedValueError:
    return MalformedValueError(f"A disclosure cannot be read: {why}.", code="DISCLOSURE_MALFORMED")
