"""Signed documents of every shape, and the ways in which a stranger can change one."""

from __future__ import annotations

import json
from collections.abc import Callable
from copy import deepcopy
from typing import Any

from credentials.json_types import Place, only, places
from tests.factories import (
    ISSUER,
    LEARNER,
    LIST_URL,
    STRANGER,
    sign,
    status_entry,
    status_list,
    unsigned,
    unsigned_record,
)

V2, OPEN_BADGES = unsigned()["@context"]
V1 = "https://www.w3.org/2018/credentials/v1"
DATA_INTEGRITY = "https://w3id.org/security/data-integrity/v2"
LISTS = {LIST_URL: status_list()}
"""What the shapes need to be looked up."""


def _endorsement() -> dict[str, Any]:
    document = {
        "@context": [V2, OPEN_BADGES],
        "id": "urn:uuid:8d7a3c52-6f4f-4b3e-9f38-0b3c4f7b2a99",
        "type": ["VerifiableCredential", "EndorsementCredential"],
        "name": "Endorsement",
        "issuer": {"id": LEARNER, "type": ["Profile"], "name": "Endorser"},
        "validFrom": "2026-01-15T09:00:00Z",
        "credentialSubject": {
            "id": unsigned()["credentialSubject"]["achievement"]["id"],
            "type": ["EndorsementSubject"],
            "endorsementComment": "Good.",
        },
    }
    return sign(document, signer=STRANGER)


def _older() -> dict[str, Any]:
    document = unsigned(validFrom=None, validUntil=None, issuanceDate="2026-01-15T09:00:00Z")
    document["expirationDate"] = "2036-01-15T09:00:00Z"
    return sign({**document, "@context": [V1, OPEN_BADGES, DATA_INTEGRITY]})


def _presentation() -> dict[str, Any]:
    document = {
        "@context": [V2],
        "id": "urn:uuid:8d7a3c52-6f4f-4b3e-9f38-0b3c4f7b2a55",
        "type": ["VerifiablePresentation"],
        "holder": LEARNER,
        "verifiableCredential": [sign(unsigned())],
    }
    options: dict[str, Any] = {"challenge": "c", "domain": "d.example"}
    return sign(document, signer=STRANGER, proof_purpose="authentication", **options)


def _record() -> dict[str, Any]:
    return sign(unsigned_record(sign(unsigned())))


def _chain() -> dict[str, Any]:
    first = sign(unsigned(), proof_id="urn:uuid:1")
    return sign(first, proof_id="urn:uuid:2", previous_proof=["urn:uuid:1"])


SHAPES: dict[str, dict[str, Any]] = {
    "credential": sign(unsigned(credentialStatus=status_entry("7"))),
    "credential with jcs": sign(unsigned(), suite="eddsa-jcs-2022"),
    "credential of version 1.1": _older(),
    "chain of proofs": _chain(),
    "presentation": _presentation(),
    "learner record": _record(),
    "endorsement": _endorsement(),
    "endorsed credential": sign(unsigned(endorsement=[_endorsement()])),
}

HOSTILE: list[Any] = [
    None,
    True,
    False,
    0,
    -1,
    1.5,
    1e22,
    10**20,
    10**400,
    2**53,
    -0.0,
    "",
    "x",
    "@foo",
    "@id",
    "@json",
    "_:b0",
    "#x",
    "http://[",
    "\u202e",
    "\x07",
    "\ufffe",
    "20",
    "2.0E1",
    "9999-12-31T23:59:59Z",
    "0001-01-01T00:00:00+14:00",
    "2026-01-01",
    "did:key:z6Mk",
    "did:web:a.b",
    "data:,x",
    "VerifiableCredential",
    "VerifiablePresentation",
    "EnvelopedVerifiableCredential",
    ISSUER,
    LEARNER,
    [],
    {},
    [[]],
    [None],
    [{}],
    ["a", "a"],
    {"id": "urn:x:1"},
    {"id": {}},
    {"id": []},
    {"@value": "x"},
    {"@value": "x", "@language": "en"},
    {"@value": 1},
    {"@id": "urn:x:1"},
    {"@list": ["x"]},
    {"@graph": []},
    {"type": "Achievement"},
    {"type": {}},
    {"type": [[]]},
    {"verifiableCredential": {}},
]
"""Values that have confused readers of credentials."""


def container_of(document: Any, place: Place) -> Any:
    """Return what directly holds the value at a place."""
    steps = []
    while place is not None:
        place, step = place
        steps.append(step)
    for step in reversed(steps[1:]):
        document = document[step]
    return document


def _deleted(container: Any, key: Any, _other: Any) -> None:
    del container[key]


def _replaced(container: Any, key: Any, other: Any) -> None:
    container[key] = deepcopy(other)


def _altered(container: Any, key: Any, _other: Any) -> None:
    value = container[key]
    if isinstance(value, str) and value:
        container[key] = value[:-1] + chr(ord(value[-1]) ^ 1)
    elif isinstance(value, int | float):
        container[key] = value + 1


def _in_brackets(container: Any, key: Any, _other: Any) -> None:
    container[key] = [container[key]]


def _twice(container: Any, key: Any, _other: Any) -> None:
    value = container[key]
    container[key] = [*value, *value] if isinstance(value, list) else [value, value]


def _reversed(container: Any, key: Any, _other: Any) -> None:
    value = container[key]
    if isinstance(value, list):
        value.reverse()


def _with_member(container: Any, key: Any, other: Any) -> None:
    target = container[key] if isinstance(container[key], dict) else container
    if isinstance(target, dict):
        target["validUntil"] = deepcopy(other)


def _renamed(container: Any, key: Any, _other: Any) -> None:
    if isinstance(container, dict):
        container[f"{key}2"] = container.pop(key)


CHANGES: dict[str, Callable[[Any, Any, Any], None]] = {
    "deleted": _deleted,
    "replaced": _replaced,
    "altered": _altered,
    "in brackets": _in_brackets,
    "twice": _twice,
    "reversed": _reversed,
    "with a member": _with_member,
    "renamed": _renamed,
}


def changed(document: Any, place: Place, change: str, other: Any) -> Any:
    """Copy a document with one change at a place."""
    copy = deepcopy(document)
    if place is not None:
        CHANGES[change](container_of(copy, place), place[1], other)
    return copy


def moved(document: Any, source: Place, target: Place) -> Any:
    """Copy a document with the member at one place moved into the object at another one."""
    copy = deepcopy(document)
    if source is None or not isinstance(source[1], str):
        return copy
    container = container_of(copy, source)
    into = copy if target is None else container_of(copy, target)[target[1]]
    if isinstance(into, dict) and source[1] in container:
        into[source[1]] = container.pop(source[1])
    return copy


def meaning(value: Any) -> Any:
    """Bring a document into a form in which it is the same as everything that means the same.

    `[X]` and `{"id": X}` are X, and the order of members and arrays says nothing.
    """
    value = only(value)
    if isinstance(value, dict):
        return {name: meaning(member) for name, member in sorted(value.items())}
    if isinstance(value, list):
        texts = {json.dumps(meaning(item), sort_keys=True) for item in value}
        return only([json.loads(text) for text in sorted(texts)])
    return value


def all_places(document: Any) -> list[Place]:
    """List the place of every value of a document."""
    return [place for place, _value in places(document)]
