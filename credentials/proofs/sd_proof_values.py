"""The proof values of ecdsa-sd-2023: CBOR of five components, in exactly one spelling.

W3C Data Integrity ECDSA Cryptosuites 1.0 section 3.5, "serializeBaseProofValue" to
"parseDerivedProofValue".  What is read must be what writing it again would give (RFC 8949 section
4.2, deterministic encoding): no tags, no other lengths, nothing behind it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

import cbor2

from credentials.errors import InvalidProofError
from credentials.json_types import JsonObject, JsonValue
from credentials.limits import Limits
from keys.errors import KeyMaterialError
from keys.multibase import decode_base64url, encode_base64url
from keys.verification_key import MULTICODEC, KeyType, VerificationKey

BASE_HEADER = b"\xd9\x5d\x00"
DERIVED_HEADER = b"\xd9\x5d\x01"
SIGNATURE_BYTES = 64
HMAC_BYTES = 32
COMPONENTS = 5
CBOR_DEPTH = 3
"""Nesting of a proof value: the components, and what is in them."""

NUMBERS = 2**32
"""Labels and indexes lie below this; a larger number would need a tag in CBOR."""

PREFIX = MULTICODEC[KeyType.P256]


@dataclass(frozen=True, slots=True)
class BaseProofValue:
    """What an issuer gives to the holder: all that any derived proof may need."""

    base_signature: bytes
    public_key: VerificationKey
    hmac_key: bytes
    signatures: tuple[bytes, ...]
    mandatory_pointers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DerivedProofValue:
    """What a verifier gets: signatures of what is disclosed, and the issuer's blank node labels.

    `label_map` leads from canonical labels ("c14n0") to signed ones ("u…").
    """

    base_signature: bytes
    public_key: VerificationKey
    signatures: tuple[bytes, ...]
    label_map: Mapping[str, str]
    mandatory_indexes: tuple[int, ...]


def public_key_bytes(key: VerificationKey) -> bytes:
    """Write a proof-scoped public key as Multikey bytes (35 bytes)."""
    return PREFIX + key.public_bytes


def serialize_base(value: BaseProofValue) -> str:
    """Write a base proof value as multibase base64url."""
    components = [
        value.base_signature,
        public_key_bytes(value.public_key),
        value.hmac_key,
        list(value.signatures),
        list(value.mandatory_pointers),
    ]
    return encode_base64url(BASE_HEADER + cbor2.dumps(components, canonical=True))


def serialize_derived(value: DerivedProofValue) -> str:
    """Write a derived proof value as multibase base64url."""
    compressed = {
        int(label.removeprefix("c14n")): decode_base64url(signed)
        for label, signed in value.label_map.items()
    }
    components = [
        value.base_signature,
        public_key_bytes(value.public_key),
        list(value.signatures),
        compressed,
        list(value.mandatory_indexes),
    ]
    return encode_base64url(DERIVED_HEADER + cbor2.dumps(components, canonical=True))


def is_base_proof(proof: JsonObject) -> bool:
    """Tell whether a proof of this suite is a base proof, by the header of its value.

    Three header bytes fill the first four characters of base64url exactly.
    """
    return str(proof.get("proofValue", "")).startswith(encode_base64url(BASE_HEADER))


def parse_base(proof: JsonObject, *, limits: Limits) -> BaseProofValue:
    """Read a base proof value; raise `InvalidProofError` (PROOF_VALUE_MALFORMED) otherwise."""
    components = _components(proof, BASE_HEADER, limits)
    signature, key, hmac_key, signatures, pointers = components
    if not all(isinstance(pointer, str) for pointer in _array(pointers)):
        raise _malformed()
    return BaseProofValue(
        _bytes(signature, SIGNATURE_BYTES),
        _public_key(key),
        _bytes(hmac_key, HMAC_BYTES),
        _signatures(signatures),
        tuple(_array(pointers)),
    )


def parse_derived(proof: JsonObject, *, limits: Limits) -> DerivedProofValue:
    """Read a derived proof value.

    Raises `InvalidProofError`: BASE_PROOF for a base proof, PROOF_VALUE_MALFORMED for anything
    else that is not exactly a derived proof value.  Labels must be different from each other and
    indexes ascend; whether they fit the document is not known here.
    """
    if is_base_proof(proof):
        raise InvalidProofError(
            "This credential has its base proof, which is for its holder alone. Derive from it "
            "what is to be shown (tallystick derive), and give that to verifiers.",
            code="BASE_PROOF",
            pointer="/proofValue",
        )
    signature, key, signatures, labels, indexes = _components(proof, DERIVED_HEADER, limits)
    return DerivedProofValue(
        _bytes(signature, SIGNATURE_BYTES),
        _public_key(key),
        _signatures(signatures),
        _label_map(labels),
        _ascending(_array(indexes)),
    )


def _components(proof: JsonObject, header: bytes, limits: Limits) -> list[JsonValue]:
    text = proof.get("proofValue")
    if not isinstance(text, str) or len(text) > limits.selective_proof_value_characters:
        raise _malformed()
    try:
        data = decode_base64url(text)
    except KeyMaterialError as error:
        raise _malformed() from error
    if not data.startswith(header):
        raise _malformed()
    components = _decode(data[len(header) :])
    if not isinstance(components, list) or len(components) != COMPONENTS:
        raise _malformed()
    return components


def _decode(data: bytes) -> JsonValue:
    """Decode CBOR, and require that encoding gives the same bytes again."""
    try:
        value = cbor2.loads(
            data, max_depth=CBOR_DEPTH, allow_indefinite=False, allow_duplicate_keys=False
        )
        is_canonical = cbor2.dumps(value, canonical=True) == data
    except (cbor2.CBORError, ValueError, TypeError, OverflowError, RecursionError) as error:
        raise _malformed() from error
    if not is_canonical:
        raise _malformed()
    return value


def _bytes(value: JsonValue, length: int) -> bytes:
    if type(value) is not bytes or len(value) != length:
        raise _malformed()
    return value


def _array(value: JsonValue) -> list[JsonValue]:
    if type(value) is not list:
        raise _malformed()
    return value


def _signatures(value: JsonValue) -> tuple[bytes, ...]:
    return tuple(_bytes(item, SIGNATURE_BYTES) for item in _array(value))


def _public_key(value: JsonValue) -> VerificationKey:
    data = _bytes(value, len(PREFIX) + 33)
    if not data.startswith(PREFIX):
        raise _malformed()
    try:
        return VerificationKey(KeyType.P256, data[len(PREFIX) :])
    except KeyMaterialError as error:
        raise _malformed() from error


def _label_map(value: JsonValue) -> dict[str, str]:
    """Read a compressed label map; two nodes with one label would be merged into one."""
    if type(value) is not dict or not all(map(_is_natural, value)):
        raise _malformed()
    labels = {
        f"c14n{number}": encode_base64url(_bytes(label, HMAC_BYTES))
        for number, label in value.items()
    }
    if len(set(labels.values())) < len(labels):
        raise _malformed()
    return labels


def _ascending(indexes: list[JsonValue]) -> tuple[int, ...]:
    if not all(map(_is_natural, indexes)):
        raise _malformed()
    if any(one >= other for one, other in pairwise(indexes)):
        raise _malformed()
    return tuple(indexes)


def _is_natural(value: JsonValue) -> bool:
    return type(value) is int and 0 <= value < NUMBERS


def _malformed() -> InvalidProofError:
    return InvalidProofError(
        "The proofValue is not exactly what ecdsa-sd-2023 defines: base64url multibase (it begins "
        "with u) of a header and five components in deterministic CBOR.",
        code="PROOF_VALUE_MALFORMED",
        pointer="/proofValue",
    )
