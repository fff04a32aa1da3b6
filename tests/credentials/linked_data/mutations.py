"""Documents with one or several things wrong or odd in them, made up from seeds."""

from __future__ import annotations

from copy import deepcopy
from random import Random
from typing import Any

import schemas
from credentials.json_types import JsonObject, JsonValue

TERMS = (
    *("id", "type", "name", "description", "achievement", "Achievement", "criteria", "alignment"),
    *("image", "Image", "address", "Profile", "credentialSubject", "proof", "result", "tag"),
    *("evidence", "allowedValue", "resultDescription", "validUntil", "creditsEarned", "related"),
    *("verifiableCredential", "endorsement", "EndorsementCredential", "AchievementSubject"),
    *("VerifiableCredential", "OpenBadgeCredential", "source", "creator", "otherIdentifier"),
    *("unknownTerm", "@id", "@type", "@value", "@language", "@graph", "@reverse", "@nest"),
    *("https://schema.org/name", "urn:a b", "schema:name", "xsd:date", "_:b0", "", "id ", "@foo"),
)
VALUES: tuple[JsonValue, ...] = (
    *(None, True, False, 0, 1, -3, 2.5, 1e21, 1e-7, 12345678901234567890, "", "a", " "),
    *("urn:x", "https://example.org/\u00e9", "relative", "@id", "_:b0", "id", "type", "xsd:date"),
    *("2026-01-01T00:00:00Z", "Caf\u00e9", "a\u0000b", "\u0007", "\ufffe", "Achievement"),
    *([], {}, [[]], [["a"]], [None], ["a", "b"], [{}], ["urn:x", {"id": "urn:y"}]),
    {"@value": "Mot", "@language": "fr"},
    {"@value": "Mot", "@language": "fr-CA", "@direction": "ltr"},
    {"@value": "Mot", "@direction": "rtl"},
    {"@value": 5},
    {"@value": "a", "@type": "xsd:date"},
    {"@value": "a", "@language": "not a tag"},
    {"id": "urn:x"},
    {"id": "urn:x", "type": "Achievement"},
    {"id": "urn:x", "type": ["Profile", "Achievement"], "name": "A"},
    {"type": "Image", "id": "urn:i", "caption": "A"},
    {"type": ["ResultDescription"], "allowedValue": ["A", "B"], "id": "urn:r"},
    {"allowedValue": ["A", "B"]},
    {"@context": "https://www.w3.org/ns/credentials/v2", "name": "A"},
    {"@list": ["a"]},
    {"@set": ["a"]},
)


def mutated(document: JsonObject, seed: int) -> JsonObject:
    """Change a copy of a document in one to three places."""
    random = Random(seed)
    changed = deepcopy(document)
    for _ in range(random.randint(1, 3)):
        random.choice((_rename, _set, _set, _delete, _wrap, _contexts, _types))(changed, random)
    return changed


def _object(document: JsonObject, random: Random) -> JsonObject:
    """Choose an object somewhere in a document."""
    found: list[JsonObject] = []

    def collect(value: Any) -> None:
        if isinstance(value, dict):
            found.append(value)
        for inner in value.values() if isinstance(value, dict) else value:
            if isinstance(inner, dict | list):
                collect(inner)

    collect(document)
    return random.choice(found)


def _name(item: JsonObject, random: Random) -> str | None:
    names = [name for name in item if name != "@context"]
    return random.choice(names) if names else None


def _rename(document: JsonObject, random: Random) -> None:
    item = _object(document, random)
    name = _name(item, random)
    if name is not None:
        item[random.choice(TERMS)] = item.pop(name)


def _set(document: JsonObject, random: Random) -> None:
    item = _object(document, random)
    name = _name(item, random) if random.random() < 0.5 else None
    item[name or random.choice(TERMS)] = deepcopy(random.choice(VALUES))


def _delete(document: JsonObject, random: Random) -> None:
    item = _object(document, random)
    name = _name(item, random)
    if name is not None:
        del item[name]


def _wrap(document: JsonObject, random: Random) -> None:
    item = _object(document, random)
    name = _name(item, random)
    if name is None:
        return
    value = item[name]
    if isinstance(value, list) and len(value) == 1:
        item[name] = value[0]
    else:
        item[name] = random.choice(([value], {"id": value}, {"name": value}, [value, value]))


def _contexts(document: JsonObject, random: Random) -> None:
    urls = sorted(schemas.context_urls())
    contexts = document.get("@context")
    known = list(contexts) if isinstance(contexts, list) else [contexts]
    if random.random() < 0.5:
        known.insert(random.randint(0, len(known)), random.choice(urls))
    else:
        random.shuffle(known)
    if random.random() < 0.1:
        known.append(random.choice(({"name": "urn:n"}, None, 5, "https://unknown.example/")))
    document["@context"] = known


def _types(document: JsonObject, random: Random) -> None:
    item = _object(document, random)
    count = random.randint(1, 3)
    item["type"] = [random.choice(TERMS) for _ in range(count)]
