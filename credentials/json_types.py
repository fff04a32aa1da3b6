"""Types of parsed JSON, and RFC 6901 pointers into it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, TypeAlias

JsonObject: TypeAlias = dict[str, Any]
JsonValue: TypeAlias = Any


def pointer_token(name: str | int) -> str:
    """Escape one reference token of a JSON pointer (RFC 6901 section 3)."""
    return str(name).replace("~", "~0").replace("/", "~1")


def pointer_to(steps: Iterable[str | int]) -> str:
    """Join member names and array indexes into a JSON pointer; no steps give the root, ""."""
    return "".join("/" + pointer_token(step) for step in steps)


def walk(value: JsonValue, pointer: str = "") -> Iterator[tuple[str, JsonValue]]:
    """Yield every value of a JSON document with its pointer, parents before children."""
    stack = [(pointer, value)]
    while stack:
        here, item = stack.pop()
        yield here, item
        if isinstance(item, dict):
            stack.extend((f"{here}/{pointer_token(key)}", child) for key, child in item.items())
        elif isinstance(item, list):
            stack.extend((f"{here}/{index}", child) for index, child in enumerate(item))


def as_list(value: JsonValue) -> list[JsonValue]:
    """Read a JSON-LD value as a set: absent gives [], one value [value], an array itself."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]
