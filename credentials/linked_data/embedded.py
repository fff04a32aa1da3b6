"""Credentials inside other documents: they bring their own contexts and proofs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import orjson

from credentials.json_types import (
    JsonObject,
    JsonValue,
    Place,
    as_list,
    children,
    pointer_of,
    pointer_token,
)

ENDORSEMENT = "endorsement"
ENDORSEMENT_JWT = "endorsementJwt"
"""Member whose values are endorsements as tokens (Open Badges 3.0 section B.1)."""

ENDORSEMENTS = frozenset({ENDORSEMENT, ENDORSEMENT_JWT})
EMBEDDING_MEMBERS = frozenset({"verifiableCredential", ENDORSEMENT})
"""Members whose values may be whole credentials (VCDM 2.0 section 4.13; Open Badges 3.0 B.1)."""

VERIFIABLE_CREDENTIAL = "VerifiableCredential"
EMBEDDED_TYPES = (VERIFIABLE_CREDENTIAL, "EnvelopedVerifiableCredential")
"""Types of what is embedded: a credential, or a token that contains one."""

_END_OF_TYPE = b'VerifiableCredential"'
"""How both end as JSON."""


ENVELOPES = frozenset({"EnvelopedVerifiableCredential", "EnvelopedVerifiablePresentation"})
"""Types that only wrap a token (VCDM 2.0 section 4.13.1)."""


def is_envelope(value: JsonValue) -> bool:
    """Tell whether a value only wraps a token."""
    return isinstance(value, dict) and any(
        name in ENVELOPES for name in as_list(value.get("type")) if isinstance(name, str)
    )


def is_embedded_credential(value: JsonValue) -> bool:
    """Tell whether a value is a credential with contexts of its own."""
    return _has_type_of_credential(value) and "@context" in value


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


class Contained(NamedTuple):
    """Something inside a document that has to hold by itself: its place, the member it is in."""

    place: Place
    member: str
    value: JsonValue

    @property
    def pointer(self) -> str:
        """The place as a JSON pointer."""
        return pointer_of(self.place)


def contained_credentials(document: JsonObject) -> Iterator[Contained]:
    """Yield what is, or ought to be, a credential of its own directly inside a document.

    That is whatever stands in `EMBEDDING_MEMBERS` or as an endorsement's token, of whatever form,
    and everything that has the type of a credential, wherever it stands.  What such a thing
    contains itself is not yielded.
    """
    if not _may_contain_any(document):
        return
    stack = [(place, value, "") for place, value in reversed(children(None, document))]
    while stack:
        place, value, member = stack.pop()
        step = None if place is None else place[1]
        member = step if isinstance(step, str) else member
        is_meant = member in EMBEDDING_MEMBERS | ENDORSEMENTS and not isinstance(value, list)
        if is_meant or _has_type_of_credential(value):
            yield Contained(place, member, value)
            continue
        below = reversed(children(place, value))
        stack.extend((inner, child, member) for inner, child in below)


def _may_contain_any(document: JsonObject) -> bool:
    """Tell quickly, by the text of a document, whether there can be a credential in it.

    ASCII is written as it is, so the name of a member or of a type stands in the text.
    """
    try:
        text = orjson.dumps(document)
    except orjson.JSONEncodeError:
        return True
    own = sum(name == VERIFIABLE_CREDENTIAL for name in as_list(document.get("type")))
    return (
        text.count(_END_OF_TYPE) != own
        or b'"endorsement' in text
        or b'"verifiableCredential"' in text
    )


def _has_type_of_credential(value: JsonValue) -> bool:
    return isinstance(value, dict) and any(
        name in EMBEDDED_TYPES for name in as_list(value.get("type"))
    )


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
