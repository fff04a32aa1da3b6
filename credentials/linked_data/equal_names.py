"""Names that readers take for one: where compaction may choose another than the document has."""

from __future__ import annotations

from collections.abc import Sequence

PROPERTY_OF_CLASS = {
    "Achievement": "achievement",
    "Address": "address",
    "Criteria": "criteria",
    "GeoCoordinates": "geo",
    "Image": "image",
    "Profile": "creator",
}
"""Classes that some Open Badges contexts give the IRI of a property.

Compaction may then choose either name.  Accepted is the property's name where a property stands
and the class's name where a type stands: exactly what a reader looks for."""

_RECORD = "https://purl.imsglobal.org/spec/vc/clr/vocab.html#"
MEMBER_OF_PROPERTY = {
    f"{_RECORD}achievement": "achievement",
    f"{_RECORD}association": "association",
    f"{_RECORD}identifier-1": "identifier",
}
"""Properties of a learner record whose terms say that a value is of a class.

The context of CLR 2.0 writes the class as a datatype, so compaction finds no term for the objects
that stand there, and leaves the property's IRI.  Accepted is the term, and never the IRI."""

PROPERTY_NAMES = PROPERTY_OF_CLASS | MEMBER_OF_PROPERTY
"""Names that compaction may choose for a property, and how they are read."""

_CLASS_OF_PROPERTY = {name: kind for kind, name in PROPERTY_OF_CLASS.items()}
_SAME_CLASS = {"OpenBadgeCredential": "AchievementCredential"}
"""Two names of one class (Open Badges 3.0 section B.1.1), both in use."""


def written_class(name: str) -> str:
    """Read the name of a class as a document writes it."""
    return _SAME_CLASS.get(name, name)


def compacted_class(name: str) -> str:
    """Read the name of a class as compaction chooses it."""
    return _CLASS_OF_PROPERTY.get(written_class(name), written_class(name))


def same_classes(written: Sequence[str], compacted: Sequence[str | None]) -> bool:
    """Tell whether compaction gave back the classes of a document, one by one."""
    return [written_class(name) for name in written] == [
        None if name is None else compacted_class(name) for name in compacted
    ]
