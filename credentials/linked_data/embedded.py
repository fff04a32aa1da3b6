"""Credentials inside other documents: they bring their own contexts and proofs."""

from __future__ import annotations

from collections.abc import Iterator

from credentials.json_types import JsonObject, JsonValue, as_list, pointer_token

EMBEDDING_MEMBERS = frozenset({"verifiableCredential", "endorsement"})
"""Members whose values may be whole credentials (VCDM 2.0 section 4.13; Open Badges 3.0 B.1)."""

EMBEDDED_TYPES = ("VerifiableCredential", "EnvelopedVerifiableCredential")
"""Types of what is embedded: a credential, or a token that contains one."""


def is_embedded_credential(value: JsonValue) -> bool:
    """Tell whether a value is a credential with contexts of its own."""
    return (
        isinstance(value, dict)
        and "@context" in value
        and any(name in EMBEDDED_TYPES for name in as_list(value.get("type")))
    )


def embedded_credentials(document: JsonObject) -> Iterator[tuple[str, JsonObject]]:
    """Yield every credential inside a document with its pointer, the outer ones first."""
    for pointer, member, value in _members(document, ""):
        many = isinstance(value, list)
        for index, item in enumerate(as_list(value)):
            place = f"{pointer}/{index}" if many else pointer
            if member in EMBEDDING_MEMBERS and is_embedded_credential(item):
                yield place, item
            if isinstance(item, dict):
                yield from ((place + inner, found) for inner, found in embedded_credentials(item))


def _members(node: JsonObject, pointer: str) -> Iterator[tuple[str, str, JsonValue]]:
    for name, value in node.items():
        yield f"{pointer}/{pointer_token(name)}", name, value


def without_embedded(document: JsonObject) -> JsonObject:
    """Copy a document leaving out the credentials inside it."""
    return {
        name: left
        for name, value in document.items()
        if (left := _without(name, value)) is not None
    }


def _without(name: str, value: JsonValue) -> JsonValue:
    if isinstance(value, list):
        kept = [item for item in value if not _is_embedded(name, item)]
        if value and not kept:
            return None
        return [without_embedded(item) if isinstance(item, dict) else item for item in kept]
    if _is_embedded(name, value):
        return None
    return without_embedded(value) if isinstance(value, dict) else value


def _is_embedded(name: str, value: JsonValue) -> bool:
    return name in EMBEDDING_MEMBERS and is_embedded_credential(value)
