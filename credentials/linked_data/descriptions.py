"""One thing is described in one place.

In RDF all places of a document with the same id are one node.  Members could therefore be moved
from the place where readers look for them to another place with the same id, under the same
signature: an expiry date from the credential to an endorsement of it, a level from the
achievement to its criteria.  The round trip does not notice, since both spellings are compact.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from credentials.errors import DataLossError
from credentials.json_types import JsonObject

_OPEN_BADGES = "https://purl.imsglobal.org/spec/vc/ob/vocab.html#"
_SCHEMA_ORG = "https://schema.org/"

REPEATABLE_CLASSES = frozenset({f"{_OPEN_BADGES}EndorsementSubject", f"{_OPEN_BADGES}Profile"})
"""Classes that may describe one thing in several places.

Issuer and creator are often the same, and several people may endorse one achievement."""

REPEATABLE = frozenset(
    _SCHEMA_ORG + name
    for name in (
        "additionalName",
        "description",
        "email",
        "familyName",
        "givenName",
        "honorificPrefix",
        "honorificSuffix",
        "name",
        "url",
    )
) | frozenset(
    _OPEN_BADGES + name
    for name in (
        "Address",
        "Image",
        "PhoneNumber",
        "address",
        "dateOfBirth",
        "endorsement",
        "endorsementComment",
        "endorsementJwt",
        "familyNamePrefix",
        "image",
        "narrative",
        "official",
        "otherIdentifier",
        "parentOrg",
        "patronymicName",
        "phone",
    )
)
"""Members that may stand in several descriptions: those of profiles, endorsements and criteria.

None of them decides whether a credential is in force or what it is worth."""


COMPONENTS = "https://purl.imsglobal.org/spec/vc/clr/vocab.html#verifiableCredential"
"""Member whose values are credentials of their own, each with its proof (CLR 2.0 section B.1.3).

RDF merges them with the record around them; whoever moves a member of one breaks that one's proof,
and every component has to verify by itself."""


def require_single_descriptions(expanded: list[Any]) -> None:
    """Refuse an expanded document in which one id is described twice.

    A second description may be word for word the same, or hold only members in `REPEATABLE` and
    classes that no other description of the same id has (but those in `REPEATABLE_CLASSES`).
    Raises `DataLossError` (NODE_SPLIT).
    """
    first: dict[tuple[str, str, str], JsonObject] = {}
    for graph, node in _nodes(expanded, ""):
        identifier = node.get("@id")
        for claim in _exclusive_claims(node) if isinstance(identifier, str) else ():
            if first.setdefault((graph, str(identifier), claim), node) != node:
                raise DataLossError(
                    "One thing is described in two places of the document, so readers could "
                    "miss what stands in the other one.",
                    code="NODE_SPLIT",
                )


def _exclusive_claims(node: JsonObject) -> Iterator[str]:
    """Name what only one description of a thing may have: each class, and all other members."""
    yield from (str(kind) for kind in node.get("@type", ()) if kind not in REPEATABLE_CLASSES)
    if any(not name.startswith("@") and name not in REPEATABLE for name in node):
        yield "members"


def _nodes(value: Any, graph: str) -> Iterator[tuple[str, JsonObject]]:
    """Yield every node object with the graph that it stands in."""
    if isinstance(value, list):
        for item in value:
            yield from _nodes(item, graph)
    elif isinstance(value, dict) and "@value" not in value:
        yield graph, value
        for name, member in value.items():
            if name == "@graph":
                # Each graph is a world of its own, told apart by the identity of its object.
                yield from _nodes(member, f"graph {id(value)}")
            elif name == COMPONENTS:
                for component in member:
                    yield from _nodes(component, f"component {id(component)}")
            elif name not in ("@id", "@type"):
                yield from _nodes(member, graph)
