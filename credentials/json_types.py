"""Types of parsed JSON, and RFC 6901 pointers into it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any, TypeAlias

JsonObject: TypeAlias = dict[str, Any]
JsonValue: TypeAlias = Any

Place: TypeAlias = "tuple[Place, str | int] | None"
"""Where a value stands: its parent's place with its name or index; None for the document.

Pointers are made only for what is told: a long member name with many children would otherwise be
repeated for each of them.
"""


def pointer_token(name: str | int) -> str:
    """Escape one reference token of a JSON pointer (RFC 6901 section 3)."""
    return str(name).replace("~", "~0").replace("/", "~1")


def pointer_to(steps: Iterable[str | int]) -> str:
    """Join member names and array indexes into a JSON pointer; no steps give the root, ""."""
    return "".join("/" + pointer_token(step) for step in steps)


def pointer_of(place: Place) -> str:
    """Write a place as a JSON pointer."""
    steps: list[str | int] = []
    while place is not None:
        place, step = place
        steps.append(step)
    return pointer_to(reversed(steps))


def children(place: Place, value: JsonValue) -> list[tuple[Place, JsonValue]]:
    """List what stands directly in an object or array, in document order."""
    if isinstance(value, dict):
        return [((place, name), child) for name, child in value.items()]
    if isinstance(value, list):
        return [((place, index), child) for index, child in enumerate(value)]
    return []


def places(value: JsonValue) -> Iterator[tuple[Place, JsonValue]]:
    """Yield every value of a JSON document with its place, in document order."""
    stack: list[tuple[Place, JsonValue]] = [(None, value)]
    while stack:
        place, item = stack.pop()
        yield place, item
        # The last child goes in first, so that the first comes out first.
        stack.extend(reversed(children(place, item)))


def copied(value: JsonValue) -> JsonValue:
    """Copy parsed JSON, so that neither copy changes with the other."""
    if isinstance(value, dict):
        return {name: copied(item) for name, item in value.items()}
    if isinstance(value, list):
        return [copied(item) for item in value]
    return value


def count_values(value: JsonValue) -> int:
    """Count the values of a JSON document, itself included."""
    values, level = 0, [value]
    while level:
        values += len(level)
        below: list[JsonValue] = []
        for item in level:
            # Most values are texts.
            if isinstance(item, str):
                continue
            if isinstance(item, dict):
                below += item.values()
            elif isinstance(item, list):
                below += item
        level = below
    return values


def walk(value: JsonValue) -> Iterator[tuple[str, JsonValue]]:
    """Yield every value of a JSON document with its pointer, in document order."""
    return ((pointer_of(place), item) for place, item in places(value))


def as_list(value: JsonValue) -> list[JsonValue]:
    """Read a JSON-LD value as a set: absent gives [], one value [value], an array itself."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def only(value: JsonValue) -> JsonValue:
    """Read `[X]`, `[X, X]` and `{"id": X}` as X: under a signature over RDF they are the same.

    Several different values stay an array: which of them stands first is not signed.
    """
    # Most values are texts.
    if type(value) is str:
        return value
    while isinstance(value, list) and value and _are_same(value):
        value = value[0]
    if isinstance(value, dict) and len(value) == 1 and "id" in value:
        return value["id"]
    return value


def _are_same(items: list[JsonValue]) -> bool:
    """Tell whether all items are written alike; to Python, `1` and `true` would be equal."""
    first, *others = items
    if any(item != first for item in others):
        return False
    text = json.dumps(first, sort_keys=True) if others else ""
    return all(json.dumps(item, sort_keys=True) == text for item in others)


def whole_number(value: JsonValue) -> int | None:
    """Read a whole number as 1 or as 1.0, which are one under a signature over RDF; else None."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def is_ambiguous(value: JsonValue) -> bool:
    """Tell whether several different values stand where there is one to be read."""
    found = only(value)
    return isinstance(found, list) and bool(found)


def member(item: JsonValue, *names: str) -> JsonValue:
    """Follow members that have one value each; None where there is none or `item` is no object."""
    for name in names:
        item = only(item)
        item = item.get(name) if isinstance(item, dict) else None
    return only(item)


def id_of(value: JsonValue) -> str | None:
    """Read the id of something that stands as an object or as its id alone."""
    value = only(value)
    identifier = only(value.get("id")) if isinstance(value, dict) else value
    return identifier if isinstance(identifier, str) and identifier else None


def pointed(value: JsonValue, pointer: str) -> list[tuple[str, JsonValue]]:
    """Read a JSON-LD value as a set, each item with its own pointer."""
    if isinstance(value, list):
        return [(f"{pointer}/{index}", item) for index, item in enumerate(value)]
    return [] if value is None else [(pointer, value)]


def only_object(value: JsonValue, pointer: str) -> tuple[str, JsonObject]:
    """Read the one object that stands somewhere, with its own pointer; `{}` if there is none.

    An id alone is an object that has only this id.
    """
    found = only(value)
    found = {"id": found} if isinstance(found, str) else found
    while isinstance(value, list) and value:
        value, pointer = value[0], f"{pointer}/0"
    return pointer, found if isinstance(found, dict) else {}


def texts_among(values: Iterable[JsonValue]) -> set[str]:
    """Keep the texts among any values."""
    return {value for value in values if isinstance(value, str)}
