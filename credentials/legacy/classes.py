"""The classes of Open Badges 2.0: their properties, and how a document is told to be of one.

Documents are read as JSON by the names of the specification.  No signature of Open Badges 2 covers
an RDF dataset, so a context changes nothing in what was signed or published; it only has to be the
one of Open Badges 2.
"""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple

from credentials.json_types import JsonObject, JsonValue, as_list

CONTEXTS = ("https://w3id.org/openbadges/v2", "https://openbadgespec.org/v2/context.json")
"""The addresses of the context (Open Badges 2.0 section "JSON-LD")."""

FIRST_CONTEXTS = ("https://w3id.org/openbadges/v1", "https://openbadgespec.org/v1/context.json")
CONTEXT_PREFIXES = ("https://w3id.org/openbadges/", "https://openbadgespec.org/")
VOCABULARY = "https://w3id.org/openbadges#"
VERIFIABLE_CREDENTIAL = "VerifiableCredential"


class Kind(Enum):
    """Kinds of values of properties."""

    IRI = "an IRI"
    WEB = "a web address"
    TEXT = "a text"
    BOOLEAN = "true or false"
    DATE = "a date with time and time zone"
    IDENTITY = "an identity, hashed if it says so"
    REVOKED = "an id, or an object with one"


class Property(NamedTuple):
    """A property: what it holds (a kind, or the name of a class), and how often it is there.

    A class stands as an object, or as the id of one unless `is_inside` says that it must be there.
    """

    holds: Kind | str
    is_required: bool = False
    is_many: bool = False
    is_inside: bool = False


_ID = Property(Kind.IRI, is_required=True)
_ENDORSED = Property("Endorsement", is_many=True)
_TEXT = Property(Kind.TEXT)
_REQUIRED_TEXT = Property(Kind.TEXT, is_required=True)
_IMAGE = Property("Image")

_PROFILE: dict[str, Property] = {
    "id": _ID,
    "name": _REQUIRED_TEXT,
    "url": Property(Kind.WEB, is_required=True),
    "email": _REQUIRED_TEXT,
    "telephone": _TEXT,
    "description": _TEXT,
    "image": _IMAGE,
    "verification": Property("VerificationObject", is_inside=True),
    "revocationList": Property(Kind.WEB),
    "publicKey": Property("CryptographicKey", is_many=True),
    "endorsement": _ENDORSED,
}

CLASSES: dict[str, dict[str, Property]] = {
    "Assertion": {
        "id": _ID,
        "recipient": Property("IdentityObject", is_required=True, is_inside=True),
        "badge": Property("BadgeClass", is_required=True),
        "verification": Property("VerificationObject", is_required=True, is_inside=True),
        "issuedOn": Property(Kind.DATE, is_required=True),
        "expires": Property(Kind.DATE),
        "revoked": Property(Kind.BOOLEAN),
        "revocationReason": _TEXT,
        "narrative": _TEXT,
        "image": _IMAGE,
        "evidence": Property("Evidence", is_many=True),
        "endorsement": _ENDORSED,
    },
    "BadgeClass": {
        "id": _ID,
        "name": _REQUIRED_TEXT,
        "description": _REQUIRED_TEXT,
        "criteria": Property("Criteria", is_required=True),
        "issuer": Property("Profile", is_required=True),
        "image": _IMAGE,
        "alignment": Property("AlignmentObject", is_many=True, is_inside=True),
        "tags": Property(Kind.TEXT, is_many=True),
        "endorsement": _ENDORSED,
    },
    "Profile": _PROFILE,
    "Issuer": _PROFILE,
    "Endorsement": {
        "id": _ID,
        "claim": Property("Claim", is_required=True, is_inside=True),
        "issuer": Property("Profile", is_required=True),
        "issuedOn": Property(Kind.DATE, is_required=True),
        "verification": Property("VerificationObject", is_required=True, is_inside=True),
    },
    "CryptographicKey": {
        "id": _ID,
        "owner": _ID,
        "publicKeyPem": _REQUIRED_TEXT,
    },
    "RevocationList": {
        "id": _ID,
        "issuer": Property("Profile"),
        "revokedAssertions": Property(Kind.REVOKED, is_many=True),
    },
    "IdentityObject": {
        "type": _REQUIRED_TEXT,
        "identity": Property(Kind.IDENTITY, is_required=True),
        "hashed": Property(Kind.BOOLEAN, is_required=True),
        "salt": _TEXT,
    },
    "VerificationObject": {
        "creator": Property("CryptographicKey"),
        "verificationProperty": _TEXT,
        "startsWith": Property(Kind.WEB, is_many=True),
        "allowedOrigins": Property(Kind.TEXT, is_many=True),
    },
    "Claim": {"id": _ID, "endorsementComment": _TEXT},
    "Image": {"id": Property(Kind.IRI), "caption": _TEXT},
    "Criteria": {"id": Property(Kind.IRI), "narrative": _TEXT},
    "Evidence": {
        "id": Property(Kind.IRI),
        "narrative": _TEXT,
        "name": _TEXT,
        "description": _TEXT,
        "genre": _TEXT,
        "audience": _TEXT,
    },
    "AlignmentObject": {
        "targetName": _REQUIRED_TEXT,
        "targetUrl": Property(Kind.IRI, is_required=True),
        "targetDescription": _TEXT,
        "targetFramework": _TEXT,
        "targetCode": _TEXT,
    },
}
"""The classes of Open Badges 2.0 (section "Data Model") with their properties."""

PROFILES = frozenset({"Profile", "Issuer"})
DOCUMENTS = frozenset({"Assertion", "BadgeClass", "Endorsement", "CryptographicKey"} | PROFILES)
"""Classes of which a document of its own is published."""

HOSTED = frozenset({"hosted", "HostedBadge"})
SIGNED = frozenset({"signed", "SignedBadge"})
OTHER_TYPES = HOSTED | SIGNED | {"Extension", "RevocationList"}
"""Types of the vocabulary beside the classes."""

UNTYPED = frozenset({"IdentityObject", "VerificationObject", "Claim"})
"""Classes whose `type` says something else than the class: an id of what, verified how."""


def types_in(document: JsonObject) -> tuple[str, ...]:
    """Read the types of a document; anything but a text is left out."""
    return tuple(name for name in as_list(document.get("type")) if isinstance(name, str))


def is_legacy(document: JsonValue) -> bool:
    """Recognise a document of Open Badges 1 or 2 by its context, or by its type without one.

    Whatever calls itself a verifiable credential is one, and is never read by these rules.
    """
    if not isinstance(document, dict) or VERIFIABLE_CREDENTIAL in as_list(document.get("type")):
        return False
    contexts = as_list(document.get("@context"))
    return any(map(_is_of_open_badges, contexts)) or bool(
        not contexts and {"badge", "recipient"} <= document.keys()
    )


def _is_of_open_badges(context: JsonValue) -> bool:
    if isinstance(context, dict):
        return context.get("obi") == VOCABULARY
    return isinstance(context, str) and context.startswith(CONTEXT_PREFIXES)


def is_first_generation(document: JsonObject) -> bool:
    """Tell whether a document is of Open Badges 0.5 to 1.1, which are not verified here."""
    contexts = as_list(document.get("@context"))
    return not contexts or any(
        context in FIRST_CONTEXTS for context in contexts if is_text(context)
    )


def is_text(value: JsonValue) -> bool:
    """Tell whether a value is a text."""
    return isinstance(value, str)
