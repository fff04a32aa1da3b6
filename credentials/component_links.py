"""How an award names the credentials that it was made of: as evidence, each with its digest.

The digest is that of the credential's content (`credentials.proofs.content_digest`), so that
neither a further proof nor another spelling makes another credential of it.  The stack proof stands
beside them.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import NamedTuple

from credentials.data_model.related_resources import digests_of
from credentials.digests import multibase_of
from credentials.json_types import JsonObject, JsonValue, as_list, id_of, only, pointed
from credentials.verified import VerifiedCredential

PROOF_URI = "data:application/vnd.tallystick.stack-proof+json;base64,"
"""Beginning of the id of the evidence that is a stack proof."""


class ComponentLink(NamedTuple):
    """A component as an award names it: its digest, and the place of the evidence."""

    digest: str
    pointer: str


def component_links(document: JsonObject) -> tuple[ComponentLink, ...]:
    """Read the components of an award: all evidence with a SHA-256 digest."""
    return tuple(
        ComponentLink(digest, pointer)
        for pointer, item in pointed(document.get("evidence"), "/evidence")
        if isinstance(item, dict)
        for digest in digests_of(item)
        if digest.startswith("sha256:")
    )


def stack_proofs(document: JsonObject) -> Iterator[tuple[str, bytes | None]]:
    """Yield every stack proof in the evidence with its place; None for one that is damaged.

    One that stands there twice is one: under a signature over RDF it is.
    """
    places: dict[str, str] = {}
    for pointer, item in pointed(document.get("evidence"), "/evidence"):
        uri = id_of(item)
        if uri is not None and uri.startswith(PROOF_URI):
            places.setdefault(uri, pointer)
    yield from ((place, _decoded(uri.removeprefix(PROOF_URI))) for uri, place in places.items())


def _decoded(text: str) -> bytes | None:
    try:
        return base64.b64decode(text, validate=True)
    except ValueError:
        # A character beyond ASCII is another error than a wrong length (`binascii.Error`).
        return None


def evidence_of(component: VerifiedCredential) -> JsonObject:
    """Name a component as evidence (Open Badges 3.0 section B.1.10, VCDM 2.0 section 5.3)."""
    document = component.document
    stated = {"id": id_of(document), "name": only(document.get("name"))}
    return {
        **{name: value for name, value in stated.items() if isinstance(value, str)},
        "type": ["Evidence"],
        "digestMultibase": multibase_of(component.digest),
    }


def evidence_of_proof(proof: bytes, narrative: str) -> JsonObject:
    """Attach a stack proof as evidence, with the plan in words beside it."""
    return {
        "id": PROOF_URI + base64.b64encode(proof).decode("ascii"),
        "type": ["Evidence"],
        "name": "Stack proof",
        "narrative": narrative,
    }


def related_to(components: tuple[VerifiedCredential, ...]) -> list[JsonObject]:
    """Name the achievements of the components as related ones, each once."""
    identifiers = dict.fromkeys(
        identifier for one in components if (identifier := achievement_id(one.document))
    )
    return [{"id": identifier, "type": ["Related"]} for identifier in identifiers]


def achievement_id(document: JsonObject) -> str | None:
    """Name the achievement of a credential about one subject."""
    subjects = as_list(document.get("credentialSubject"))
    subject: JsonValue = subjects[0] if len(subjects) == 1 else None
    return id_of(subject.get("achievement")) if isinstance(subject, dict) else None
