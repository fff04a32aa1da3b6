"""Compacting what was expanded must give the document back.

Two JSON documents can mean the same RDF and so share a signature: a member renamed to its full
IRI, an alias, a subtree turned inside out.  Code that reads `validUntil` would not find it there.
A document is therefore accepted only in the one spelling that its own contexts give it.  Contexts
that it defines itself are not believed in this: see `inline_contexts`.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice

from credentials.errors import DataLossError, LimitExceededError
from credentials.json_types import JsonObject, JsonValue, as_list, only, pointer_token
from credentials.limits import DEFAULT_LIMITS, Limits
from credentials.linked_data.embedded import embedded_credentials, without_embedded
from credentials.linked_data.equal_names import PROPERTY_NAMES, compacted_class, written_class
from credentials.linked_data.expansion import ContextLoader, processor_for
from credentials.linked_data.inline_contexts import (
    has_inline_context,
    hidden_place,
    named_contexts,
    require_bounded_contexts,
)


def require_round_trip(
    document: JsonObject,
    *,
    load_context: ContextLoader,
    limits: Limits = DEFAULT_LIMITS,
    passed: dict[int, JsonObject] | None = None,
) -> None:
    """Require compact(expand(x)) == x, for the document and each credential inside it.

    Equal are `{"id": X}` and `X`, and one value and an array of it; the order of members and the
    case of language tags do not count.  What is in `passed` (by its identity) is not done again,
    and what passes is put there.

    Raises `DataLossError` (ROUND_TRIP) with the place of the first difference,
    `LimitExceededError` (TOO_MANY_CREDENTIALS), and what expansion raises.
    """
    embedded = list(islice(embedded_credentials(document), limits.embedded_credentials + 1))
    if len(embedded) > limits.embedded_credentials:
        raise LimitExceededError(
            f"More than {limits.embedded_credentials} credentials stand inside this one.",
            code="TOO_MANY_CREDENTIALS",
        )
    known = {} if passed is None else passed
    for pointer, part in (("", document), *embedded):
        if id(part) not in known:
            _require_part(part, pointer, load_context, limits)
            # The part is kept, so that its identity stays its own.
            known[id(part)] = part


def _require_part(
    part: JsonObject, pointer: str, load_context: ContextLoader, limits: Limits
) -> None:
    own = without_embedded(part)
    require_bounded_contexts(own, limits)
    processor = processor_for(load_context)
    difference = _difference(_body(own), _body(processor.there_and_back(own)), pointer)
    if difference is not None:
        # Before anything is refused, the library has the last word.
        returned = processor.last_word(own)
        difference = _difference(_body(own), _body(returned), pointer)
    if difference is None and has_inline_context(own):
        plain = processor.library.compact(processor.library.expand(own), named_contexts(own))
        difference = hidden_place(_body(own), _body(plain), pointer)
    if difference is not None:
        raise DataLossError(
            "The document is not written in the terms of its own contexts: readers would "
            "not find this member where they look for it.",
            code="ROUND_TRIP",
            pointer=difference,
        )


def _body(document: JsonObject) -> JsonObject:
    """Leave out contexts: of the root, and of proofs that repeat the root's."""
    body = {name: value for name, value in document.items() if name != "@context"}
    if "proof" in body:
        body["proof"] = _without_context(body["proof"])
    return body


def _without_context(proof: JsonValue) -> JsonValue:
    if isinstance(proof, list):
        return [_without_context(item) for item in proof]
    if isinstance(proof, dict):
        return {name: value for name, value in proof.items() if name != "@context"}
    return proof


def _difference(ours: JsonValue, theirs: JsonValue, pointer: str) -> str | None:
    """Find the first place where two documents differ, or None."""
    ours, theirs = only(ours), only(theirs)
    if isinstance(ours, dict) and isinstance(theirs, dict):
        return _difference_of_objects(ours, _by_property(theirs), pointer)
    if isinstance(ours, list) and isinstance(theirs, list) and len(ours) == len(theirs):
        places = (
            _difference(mine, other, f"{pointer}/{index}")
            for index, (mine, other) in enumerate(zip(ours, theirs, strict=True))
        )
        return next((place for place in places if place is not None), None)
    return None if type(ours) is type(theirs) and ours == theirs else pointer


def _difference_of_objects(ours: JsonObject, theirs: JsonObject, pointer: str) -> str | None:
    for name in (*ours, *(name for name in theirs if name not in ours)):
        place = f"{pointer}/{pointer_token(name)}"
        if name not in ours or name not in theirs:
            return place
        mine, other = ours[name], theirs[name]
        if name == "type":
            mine, other = _classes(mine, written_class), _classes(other, compacted_class)
        if name == "@language" and isinstance(mine, str):
            # Expansion writes tags in small letters; case means nothing in them (RFC 5646 2.1.1).
            mine = mine.lower()
        difference = _difference(mine, other, place)
        if difference is not None:
            return difference
    return None


def _by_property(compacted: JsonObject) -> JsonObject:
    return {PROPERTY_NAMES.get(name, name): value for name, value in compacted.items()}


def _classes(value: JsonValue, read: Callable[[str], str]) -> list[JsonValue]:
    return [read(name) if isinstance(name, str) else name for name in as_list(value)]
