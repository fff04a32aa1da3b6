"""Envelopes: JSON objects that only wrap a token in a data: URL (VCDM 2.0 section 4.13)."""

from __future__ import annotations

from typing import NamedTuple

from credentials.errors import MalformedValueError
from credentials.json_types import JsonObject, as_list
from credentials.linked_data.context_policy import VC_V2

ENVELOPED_CREDENTIAL = "EnvelopedVerifiableCredential"
ENVELOPED_PRESENTATION = "EnvelopedVerifiablePresentation"
MEMBERS = frozenset({"@context", "id", "type"})


class Envelope(NamedTuple):
    """What stands in an envelope: media type and token; and whether a presentation is promised."""

    media_type: str
    token: bytes
    is_presentation: bool


def read_envelope(document: JsonObject) -> Envelope:
    """Read an envelope.

    Obligations (VCDM 2.0 sections 4.13.1 and 4.13.2): 1. there is nothing but context, type and
    id, since nothing in an envelope is signed; 2. the context is that of the data model, or begins
    with it; 3. the type is that of an envelope alone; 4. the id is a data: URL.

    Raises `MalformedValueError` (ENVELOPE_MALFORMED).
    """
    # 1.
    if document.keys() != MEMBERS:
        raise _malformed("has other members than @context, type and id")
    # 2.
    contexts = as_list(document["@context"])
    if contexts[:1] != [VC_V2] or not all(isinstance(one, str) for one in contexts):
        raise _malformed("does not name the context of the data model first", "/@context")
    # 3.
    types = as_list(document["type"])
    if types not in ([ENVELOPED_CREDENTIAL], [ENVELOPED_PRESENTATION]):
        raise _malformed("is of another type as well", "/type")
    # 4.
    scheme, comma, token = str(document["id"]).partition(",")
    if not isinstance(document["id"], str) or not comma or not scheme.startswith("data:"):
        raise _malformed("has no data: URL as its id", "/id")
    media_type = scheme.removeprefix("data:").lower()
    return Envelope(media_type, token.encode("utf-8"), types == [ENVELOPED_PRESENTATION])


def envelope_of(token: str, media_type: str, *, is_presentation: bool = False) -> JsonObject:
    """Wrap a token in an envelope."""
    return {
        "@context": [VC_V2],
        "type": ENVELOPED_PRESENTATION if is_presentation else ENVELOPED_CREDENTIAL,
        "id": f"data:{media_type},{token}",
    }


def _malformed(what: str, pointer: str = "") -> MalformedValueError:
    return MalformedValueError(f"The envelope {what}.", code="ENVELOPE_MALFORMED", pointer=pointer)
