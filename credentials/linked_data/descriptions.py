"""One thing is described in one place.

In RDF all places of a document with the same id are one node.  Members could therefore be moved
from the place where readers look for them to another place with the same id, under the same
signature: an expiry date from the credential to an endorsement of it, a level from the
achievement to its criteria.  The round trip does not notice, since both spellings are compact.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from credentials.errors import DataLossError
from credentials.json_types import JsonObject

_OPEN_BADGES = "https://purl.imsglobal.org/spec/vc/ob/vocab.html#"
_LEARNER_RECORDS = "https://purl.imsglobal.org/spec/vc/clr/vocab.html#"
_SCHEMA_ORG = "https://schema.org/"
_VOCABULARIES = ("https://www.w3.org/2018/credentials#", _OPEN_BADGES, _LEARNER_RECORDS)
ACHIEVEMENT = f"{_OPEN_BADGES}Achievement"
_ENDORSEMENT_SUBJECT = f"{_OPEN_BADGES}EndorsementSubject"
_COMMENT = f"{_OPEN_BADGES}endorsementComment"
NARRATIVE = f"{_OPEN_BADGES}narrative"

SUBJECT_CLASSES = frozenset(
    {
        f"{_OPEN_BADGES}AchievementSubject",
        f"{_LEARNER_RECORDS}ClrSubject",
    }
)
"""Classes of whom a credential is about; that can be its issuer, too, described as a profile."""

REPEATABLE_CLASSES = frozenset({_ENDORSEMENT_SUBJECT, f"{_OPEN_BADGES}Profile"})
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

IN_OWN_WORDS = frozenset(
    {_COMMENT, NARRATIVE, f"{_OPEN_BADGES}endorsement", f"{_OPEN_BADGES}endorsementJwt"}
)
"""Those of them that may differ: what each endorser says, criteria, and who endorses."""


COMPONENTS = f"{_LEARNER_RECORDS}verifiableCredential"
"""Member whose values are credentials of their own, each with its proof (CLR 2.0 section B.1.3).

RDF merges them with the record around them; whoever moves a member of one breaks that one's proof,
and every component has to verify by itself."""


def require_single_descriptions(expanded: list[Any]) -> None:
    """Refuse an expanded document from which a member could be moved to another place unnoticed.

    Obligations, for each id and graph:

    1. a second description is word for word the same, or holds only members in `REPEATABLE` and
       classes that no other description of the same id has (but those in `REPEATABLE_CLASSES`);
    2. of the document itself nothing is said elsewhere but the comments of endorsers;
    3. members that several descriptions have are equal, but those `IN_OWN_WORDS`;
    4. what describes an endorsed thing, or an achievement, beside its main description adds
       nothing to it.

    Raises `DataLossError` (NODE_SPLIT).
    """
    described: dict[tuple[str, str], list[JsonObject]] = defaultdict(list)
    for graph, node in _nodes(expanded, ""):
        identifier = node.get("@id")
        if isinstance(identifier, str):
            described[graph, identifier].append(node)
    root = expanded[0] if expanded and isinstance(expanded[0], dict) else None
    if any(len(nodes) > 1 and is_split(nodes, root) for nodes in described.values()):
        raise DataLossError(
            "One thing is described in two places of the document, so readers could "
            "miss what stands in the other one.",
            code="NODE_SPLIT",
        )


def is_split(nodes: list[JsonObject], root: JsonObject | None) -> bool:
    """Tell whether the descriptions of one thing break one of the obligations."""
    others = [node for node in nodes if node is not root]
    is_root = len(others) < len(nodes)
    return (
        _has_two_claims(nodes)
        or (is_root and not all(map(_is_mention, others)))
        or _has_unequal_members(nodes)
        or _has_members_beside(nodes)
    )


def _has_two_claims(nodes: list[JsonObject]) -> bool:
    first: dict[str, JsonObject] = {}
    return any(
        first.setdefault(claim, node) != node for node in nodes for claim in _exclusive_claims(node)
    )


def _exclusive_claims(node: JsonObject) -> Iterator[str]:
    """Name what only one description of a thing may have: each class, and all other members."""
    yield from (kind for kind in _classes(node) if kind not in REPEATABLE_CLASSES)
    if not _members(node) <= REPEATABLE:
        yield "members"


def _is_mention(node: JsonObject) -> bool:
    """Tell whether a node says nothing about the document itself but what an endorser comments.

    A class of another vocabulary may stand there: a refresh service can have the document's id.
    """
    classes = _classes(node) - {_ENDORSEMENT_SUBJECT}
    return _members(node) <= {_COMMENT} and not any(
        kind.startswith(_VOCABULARIES) for kind in classes
    )


def _has_unequal_members(nodes: list[JsonObject]) -> bool:
    first: dict[str, Any] = {}
    return any(
        first.setdefault(name, node[name]) != node[name]
        for node in nodes
        for name in (_members(node) & REPEATABLE) - IN_OWN_WORDS
    )


def _has_members_beside(nodes: list[JsonObject]) -> bool:
    """Tell whether a member stands beside the main description of a thing instead of in it."""
    main = _main(nodes)
    if main is None:
        return False
    if ACHIEVEMENT in _classes(main) and NARRATIVE in main:
        return True
    must_be_whole = bool(_classes(main) - SUBJECT_CLASSES - REPEATABLE_CLASSES)
    return any(
        not (_members(node) - IN_OWN_WORDS <= _members(main))
        for node in nodes
        if must_be_whole or _is_endorsed(node)
    )


def _main(nodes: list[JsonObject]) -> JsonObject | None:
    """Choose the main description: what only one may have, else whatever an endorser did not say.

    Members tell more than a class alone, which a mere reference may have.
    """
    claims = [(set(_exclusive_claims(node)), node) for node in nodes]
    mains = [node for claimed, node in claims if "members" in claimed]
    mains += [node for claimed, node in claims if claimed]
    mains += [node for node in nodes if _members(node) and not _is_endorsed(node)]
    return mains[0] if mains else None


def _is_endorsed(node: JsonObject) -> bool:
    return _ENDORSEMENT_SUBJECT in _classes(node)


def _classes(node: JsonObject) -> set[str]:
    return set(map(str, node.get("@type", ())))


def _members(node: JsonObject) -> set[str]:
    return {name for name in node if not name.startswith("@")}


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
