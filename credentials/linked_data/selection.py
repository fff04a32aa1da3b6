"""Selecting parts of a document by JSON pointers (vc-di-ecdsa section 3.4, "selectJsonLd").

What is selected brings along what makes it readable: the contexts, and the id and types of every
object on the way to it.  A pointer that matches nothing is an error, never an empty selection.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from credentials.errors import CredentialError
from credentials.json_types import JsonObject, JsonValue, copied
from credentials.linked_data.embedded import EMBEDDED_TYPES

POINTERS = 1_000
"""Most pointers that one selection takes."""

ALONG_THE_WAY = ("@context", "id", "type")
"""Members that a selection takes from every object that a pointer passes through."""

_INDEX = re.compile(r"0|[1-9][0-9]{0,8}")
_ESCAPE = re.compile(r"~(.?)")
_ESCAPED = {"0": "~", "1": "/"}


class PointerError(CredentialError):
    """A JSON pointer is malformed, or does not match the document."""

    code = "POINTER_NO_MATCH"


@dataclass(slots=True)
class _Chosen:
    """What the pointers choose of one value: all of it, or parts of it by name or index."""

    is_whole: bool = False
    parts: dict[str | int, _Chosen] = field(default_factory=dict)


def parse_pointer(pointer: str) -> tuple[str, ...]:
    """Split a JSON pointer into its unescaped tokens; "" is the document itself (RFC 6901).

    Raises `PointerError` (POINTER_MALFORMED).
    """
    if pointer and not pointer.startswith("/"):
        raise _malformed(pointer)
    return tuple(_unescape(token, pointer) for token in pointer.split("/")[1:])


def select(document: JsonObject, pointers: Iterable[str]) -> JsonObject:
    """Copy the parts of a document that JSON pointers name; without pointers, nothing: `{}`.

    Arrays keep the order of what is chosen of them.  A document inside the document that is a
    credential of its own is taken as a whole or not at all, because parts of it would no longer
    verify.  Raises `PointerError` (POINTER_MALFORMED, POINTER_NO_MATCH, POINTER_INTO_CREDENTIAL,
    TOO_MANY_POINTERS).
    """
    root, wanted = _Chosen(), list(pointers)
    if len(wanted) > POINTERS:
        text = f"At most {POINTERS} pointers are taken."
        raise PointerError(text, code="TOO_MANY_POINTERS")
    for pointer in wanted:
        _choose(root, document, pointer)
    return dict(_copy(document, root)) if wanted else {}


def _choose(root: _Chosen, document: JsonObject, pointer: str) -> None:
    """Walk from the root to what a pointer names, and mark it as chosen."""
    chosen, value = root, document
    for token in parse_pointer(pointer):
        if value is not document and _is_credential(value):
            raise PointerError(
                "The pointer leads into a credential inside this one; take that as a whole.",
                code="POINTER_INTO_CREDENTIAL",
                pointer=pointer,
            )
        step, value = _step(value, token, pointer)
        chosen = chosen.parts.setdefault(step, _Chosen())
    chosen.is_whole = True


def _step(value: JsonValue, token: str, pointer: str) -> tuple[str | int, JsonValue]:
    """Follow one token; return the name or index that it is, and what stands there."""
    if isinstance(value, dict) and token in value:
        return token, value[token]
    if isinstance(value, list) and _INDEX.fullmatch(token) and int(token) < len(value):
        return int(token), value[int(token)]
    raise PointerError(
        "The pointer matches nothing in the document. Check its spelling.", pointer=pointer
    )


def _copy(value: JsonValue, chosen: _Chosen) -> JsonValue:
    if chosen.is_whole or not chosen.parts:
        return copied(value)
    if isinstance(value, list):
        # Parts of an array are chosen by index only.
        return [_copy(item, chosen.parts[i]) for i, item in enumerate(value) if i in chosen.parts]
    # What is taken along the way is taken whole, even where a pointer names a part of it.
    return {
        name: copied(item) if name in ALONG_THE_WAY else _copy(item, chosen.parts[name])
        for name, item in value.items()
        if name in ALONG_THE_WAY or name in chosen.parts
    }


def _is_credential(value: JsonValue) -> bool:
    if not isinstance(value, dict):
        return False
    names = value.get("type")
    kinds = names if isinstance(names, list) else [names]
    return "@context" in value or any(kind in EMBEDDED_TYPES for kind in kinds)


def _unescape(token: str, pointer: str) -> str:
    def character(match: re.Match[str]) -> str:
        if match[1] not in _ESCAPED:
            raise _malformed(pointer)
        return _ESCAPED[match[1]]

    return _ESCAPE.sub(character, token) if "~" in token else token


def _malformed(pointer: str) -> PointerError:
    return PointerError(
        "This is not a JSON pointer: it begins with /, and ~ stands only in ~0 and ~1.",
        code="POINTER_MALFORMED",
        pointer=pointer,
    )
