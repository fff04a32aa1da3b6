"""The changes of the corpus: each takes a document, which it changes, and a source of chance."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from random import Random
from typing import Any

from credentials.json_types import JsonObject, JsonValue
from tools.differential import values

Change = Callable[[JsonObject, Random], None]


def objects(document: JsonValue) -> list[JsonObject]:
    """List all objects in a document, itself first."""
    found: list[JsonObject] = []
    waiting = [document]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            found.append(value)
            waiting += value.values()
        elif isinstance(value, list):
            waiting += value
    return found


def _object(document: JsonObject, random: Random) -> JsonObject:
    return random.choice(objects(document))


NAMING = frozenset({"id", "type", "issuer", "holder", "verificationMethod", "previousProof"})
"""Members whose values name something: most changes of them leave nothing that can be signed."""

TEXTS = frozenset(
    {
        *("name", "description", "narrative", "targetName", "value", "caption", "allowedValue"),
        *("addressLocality", "salt", "identityHash", "endorsementComment", "achievementType"),
        *("tag", "targetType", "statusPurpose", "resultType", "degree", "proofValue", "created"),
    }
)
"""Members that are texts."""


def _members(document: JsonObject) -> list[tuple[JsonObject, str]]:
    """List all members that are no contexts."""
    return [(one, name) for one in objects(document) for name in one if name != "@context"]


def _member(document: JsonObject, random: Random) -> tuple[JsonObject, str]:
    """Choose a member that is no context, seldom one that names something."""
    members = _members(document)
    if random.random() < 0.8:
        members = [one for one in members if one[1] not in NAMING] or members
    return random.choice(members) if members else (document, "name")


def _text(document: JsonObject, random: Random) -> tuple[JsonObject, str]:
    """Choose a member that is a text, or one in its place."""
    texts = [one for one in _members(document) if one[1] in TEXTS]
    return random.choice(texts) if texts and random.random() < 0.8 else _member(document, random)


def _put(item: JsonObject, name: str, random: Random, value: JsonValue) -> None:
    """Put a value where another one was, or beside it."""
    if random.random() < 0.1:
        item[random.choice(values.TERMS)] = deepcopy(value)
    elif random.random() < 0.4 and isinstance(item.get(name), list):
        item[name].insert(random.randint(0, len(item[name])), deepcopy(value))
    else:
        item[name] = deepcopy(value)


def rename(document: JsonObject, random: Random) -> None:
    """Give a member the name of another term, or of none."""
    item, name = _member(document, random)
    others = [other for _item, other in _members(document)]
    names = others if others and random.random() < 0.6 else values.TERMS
    item[random.choice(names)] = item.pop(name, "a")


def delete(document: JsonObject, random: Random) -> None:
    """Take a member away."""
    item, name = _member(document, random)
    item.pop(name, None)


def wrap(document: JsonObject, random: Random) -> None:
    """Put a value into an array or an object, or take it out."""
    item, name = _member(document, random)
    value = item.get(name)
    if isinstance(value, list) and len(value) == 1:
        item[name] = value[0]
    else:
        wrapped = ([value], {"id": value}, {"name": value}, [value, value], {"@list": [value]})
        item[name] = random.choice(wrapped)


def plain_value(document: JsonObject, random: Random) -> None:
    """Put a plain value somewhere."""
    _put(*_text(document, random), random, random.choice(values.PLAIN))


def object_value(document: JsonObject, random: Random) -> None:
    """Put an object somewhere."""
    _put(*_member(document, random), random, random.choice(values.OBJECTS))


def keyword(document: JsonObject, random: Random) -> None:
    """Give an object a member that is a keyword."""
    name, value = random.choice(values.FORMS)
    _object(document, random)[name] = deepcopy(value)


def number(document: JsonObject, random: Random) -> None:
    """Put a number somewhere, some of them where a datatype is expected."""
    chosen: JsonValue = random.choice(values.NUMBERS)
    if random.random() < 0.3:
        chosen = random.choice((random.uniform(-1e6, 1e6), random.randint(-(10**12), 10**12)))
    if random.random() < 0.2:
        chosen = {"@value": chosen, "@type": random.choice(("xsd:double", "xsd:integer", "urn:t"))}
    _put(*_text(document, random), random, chosen)


def characters(document: JsonObject, random: Random) -> None:
    """Put odd characters into a text."""
    item, name = _text(document, random)
    if not isinstance(item.get(name), str):
        return
    text = str(item[name])
    for _ in range(random.randint(1, 3)):
        place = random.randint(0, len(text))
        text = text[:place] + random.choice(values.CHARACTERS) + text[place:]
    item[name] = text


def language(document: JsonObject, random: Random) -> None:
    """Write a text with a language or a direction, right or wrong."""
    text: JsonObject = {"@value": random.choice(("Mot", "", "\u05d0", "a\nb"))}
    if random.random() < 0.8:
        text["@language"] = random.choice(values.LANGUAGES)
    if random.random() < 0.4:
        text["@direction"] = random.choice(values.DIRECTIONS)
    if random.random() < 0.05:
        text["@type"] = "xsd:string"
    item, name = _text(document, random)
    item[name] = text


def identifier(document: JsonObject, random: Random) -> None:
    """Name something otherwise."""
    item = _object(document, random)
    name = random.choice(("id", "id", "id", "@id", "targetUrl", "issuer", "holder", "type"))
    item[name] = deepcopy(random.choice(values.IDENTIFIERS))


def types(document: JsonObject, random: Random) -> None:
    """Give an object other types, in any order."""
    item = _object(document, random)
    names = values.TYPES if random.random() < 0.8 else values.TERMS
    kept = as_array(item.get("type")) if random.random() < 0.5 else []
    item["type"] = [*kept, *(random.choice(names) for _ in range(random.randint(1, 3)))]


def order(document: JsonObject, random: Random) -> None:
    """Write members and the values of an array in another order."""
    for item in objects(document):
        members = list(item.items())
        random.shuffle(members)
        item.clear()
        item.update(members)
    item, name = _member(document, random)
    if isinstance(item.get(name), list):
        random.shuffle(item[name])


def contexts(document: JsonObject, random: Random) -> None:
    """Add contexts, leave one out, put them in another order, or name one that nobody knows."""
    known: list[Any] = list(as_array(document.get("@context")))
    chance = random.random()
    if chance < 0.45:
        known.insert(random.randint(0, len(known)), random.choice(values.CONTEXTS))
    elif chance < 0.75:
        random.shuffle(known)
    elif chance < 0.9 and known:
        known.pop(random.randrange(len(known)))
    else:
        known.append(random.choice((None, 5, [], "https://unknown.example/", {}, known[:1])))
    document["@context"] = known


def inline_context(document: JsonObject, random: Random) -> None:
    """Let a document define something itself."""
    chosen = deepcopy(random.choice(values.INLINE_CONTEXTS))
    if random.random() < 0.7:
        document["@context"] = [*as_array(document.get("@context")), chosen]
    else:
        _object(document, random)["@context"] = chosen
    if random.random() < 0.7:
        item = _object(document, random)
        item["unknownTerm"] = random.choice(("a", "urn:x:v", ["a", "b"], {"en": "a"}, 5))


def blank_nodes(document: JsonObject, random: Random) -> None:
    """Add nodes without names that are told apart only by what they are linked with, or not."""
    item = _object(document, random)
    leaf: JsonObject = {"type": ["Alignment"], "targetName": "Same"}
    size = random.randint(2, 5)
    nodes = [deepcopy(leaf) for _ in range(size)]
    kind = random.random()
    inner = random.choice(("related", "alignment", "evidence"))
    if kind < 0.3:
        nodes[random.randrange(size)]["targetName"] = "Other"
    elif kind < 0.6:
        nodes = [{inner: deepcopy(nodes)} for _ in range(size)]
    elif kind < 0.7:
        for one in nodes:
            one["id"] = random.choice(("_:x", "_:y", "_:z"))
    elif kind < 0.8:
        nodes[0] = {**leaf, "alignment": {**leaf, "alignment": deepcopy(leaf)}}
    item[random.choice(("alignment", "evidence", "result", "credentialSubject"))] = nodes


def lists(document: JsonObject, random: Random) -> None:
    """Write what has a place in an order: `allowedValue`, and lists inside lists."""
    items: list[JsonValue] = [
        random.choice(("A", "B", "", 1, 2.5, True, None, {"@value": "C", "@language": "fr"}))
        for _ in range(random.randint(0, 5))
    ]
    if random.random() < 0.2:
        items.insert(0, random.choice(([], ["A"], {"@list": ["A"]}, {"id": "urn:x"}, {})))
    holders = [one for one in objects(document) if "allowedValue" in one]
    if holders:
        name, item = "allowedValue", random.choice(holders)
    else:
        item, name = _member(document, random)
    item[name] = random.choice((items, {"@list": items}, {"@set": items}))


def embed(document: JsonObject, random: Random) -> None:
    """Put a copy of a part, or of a whole document, into another part."""
    part = deepcopy(_object(document, random))
    names = ("verifiableCredential", "endorsement", "evidence", "proof", "achievement", "source")
    name = random.choice(names)
    item = _object(document, random)
    item[name] = random.choice((part, [part], [part, deepcopy(part)]))


CHANGES: dict[str, Change] = {
    change.__name__.replace("_", " "): change
    for change in (
        *(rename, delete, wrap, plain_value, object_value, keyword, number, characters, language),
        *(identifier, types, order, contexts, inline_context, blank_nodes, lists, embed),
    )
}


def as_array(value: JsonValue) -> list[JsonValue]:
    """Take a value for an array of it, and nothing for an empty one."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]
