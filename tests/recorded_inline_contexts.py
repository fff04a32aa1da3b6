"""What is said about contexts that documents define themselves, and of what PyLD makes of them."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import replace
from typing import Any

import schemas
from credentials.errors import CredentialError
from credentials.json_types import JsonObject, JsonValue
from credentials.limits import DEFAULT_LIMITS
from credentials.linked_data.expansion import LinkedDataProcessor
from credentials.linked_data.inline_contexts import (
    brings_own_contexts,
    has_inline_context,
    hidden_place,
    named_contexts,
    require_bounded_contexts,
    require_sound_contexts,
    with_usable_contexts,
)
from credentials.linked_data.library import JsonLdLibrary
from credentials.linked_data.round_trip import require_round_trip
from credentials.strict_json import serialize_json
from tests.credentials.linked_data.mutations import mutated
from tests.credentials.linked_data.test_compiled import rich
from tests.factories import unsigned
from tests.recorded_readings import digest

Case = tuple[str, Any]

V2 = "https://www.w3.org/ns/credentials/v2"
SEEDS = 24
"""Odd documents that are read by the library."""


def outcome(call: Callable[[], Any]) -> Any:
    try:
        return call()
    except CredentialError as error:
        return f"{type(error).__name__} {error.code} {error.pointer}: {error.message}"


CONTEXTS: tuple[JsonValue, ...] = (
    *(None, V2, [], {}, [V2], [{}], [V2, {}], [None, 5], {"@context": {}}),
    *({"@vocab": None}, [V2, {"@vocab": None}], {"@context": {"@vocab": None}}),
    *({"@context": {"@context": {"@vocab": None}}}, {"@vocab": "urn:x:"}, {"@vocab": "x"}),
    *({"@vocab": 5}, {"@language": "en"}, {"@language": "en-GB-x"}, {"@language": "e n"}),
    *({"@language": "en_GB"}, {"@language": None}, {"@language": "abcdefghi"}, {"@foo": "urn:x"}),
    *({"@Foo": 5}, {"@foo1": "urn:x"}, {"x@foo": "urn:x"}, {"x": "@foo"}, {"x": "@id"}),
    *({"x": {"@id": "@foo"}}, {"x": {"@reverse": "@foo"}}, {"x": {"@reverse": "urn:x"}}),
    *({"x": {"@context": {"@foo": 5}}}, {"x": {"@context": {"@vocab": "x"}}}, {"x": None}),
    *({"x": {"@context": [V2, "urn:x"]}}, {"x": {"@context": {"y": {"@context": V2}}}}),
)


def contexts_of_documents() -> Iterator[Case]:
    """Record which contexts are sound, are written anew, and count how much."""
    for context in CONTEXTS:
        document: JsonObject = {"@context": context, "a": {"b": 5}}
        inner: JsonObject = {"@context": V2, "a": [{"@context": context}]}
        flags = [has_inline_context(document), brings_own_contexts(document)]
        yield f"{context}: own", [*flags, has_inline_context(inner), brings_own_contexts(inner)]
        yield f"{context}: named", named_contexts(document)
        yield f"{context}: usable", with_usable_contexts(document)["@context"]
        yield f"{context}: kept", with_usable_contexts(document) is document
        for name, one in (("sound", document), ("sound inside", inner)):
            yield f"{context}: {name}", outcome(lambda one=one: require_sound_contexts(one))
    yield "no context", [named_contexts({}), with_usable_contexts({}), has_inline_context({})]
    yield from bounds()


def bounds() -> Iterator[Case]:
    """Find the least limits within which a document is."""
    several: JsonObject = {"@context": [V2, "urn:x"], "a": [{"@context": V2}, {"@context": [V2]}]}
    for name, document in (
        ("named", several),
        ("own", {"@context": [V2, {"x": "urn:x"}], "a": {"@context": {"y": "urn:y"}}}),
        ("none", {"a": [1, 2]}),
        ("in the place of a member", {"a": {"@context": 5}, "b": ["@context"]}),
    ):
        for limit in ("values", "contexts", "contexts_in_one_place", "own_context_work"):
            few = [_bounded(document, limit, most) for most in range(12)]
            yield f"{name}: {limit}", [few.index(None) if None in few else "more", few[0]]
    naming = {"@context": {"x": {"@context": [V2, {"y": "urn:y"}]}}, "a": 5}
    yield "least work", bisect_left(range(30_000), True, key=lambda most: is_enough(naming, most))


def is_enough(document: JsonObject, work: int) -> bool:
    return _bounded(document, "own_context_work", work) is None


def _bounded(document: JsonObject, limit: str, most: int) -> Any:
    limits = replace(DEFAULT_LIMITS, **{limit: most})
    return outcome(lambda: require_bounded_contexts(document, limits))


READ: tuple[JsonValue, ...] = (
    *("x", "y", 5, 5.0, True, 1, None, [], ["x"], ["x", "y"], ["x", ["y"]], {}, {"a": "x"}),
    *({"a": ["x"]}, {"a": "y", "b": "x"}, {"a/b": {"c~": "x"}}, {"a/b": {"c~": "y"}}),
    *({"@value": "x"}, {"@value": "x", "@language": "en"}, {"@value": "x", "@type": "urn:x"}),
    *({"type": "A"}, {"type": ["A", "B"]}, {"type": ["urn:x", "A"]}, {"type": 5}, {"urn:x": "x"}),
    *([{"a": "x"}, {"a": "y"}], [{"a": "x"}, {"a": "x"}], {"@value": None}, {"@value": {"a": "x"}}),
)


def hidden_places() -> Iterator[Case]:
    """Record where readers of the named contexts alone would read something else."""
    for ours in READ:
        found = {str(plain): hidden_place(ours, plain, "/p") for plain in READ}
        yield str(ours), {plain: place for plain, place in found.items() if place is not None}


def round_trips() -> Iterator[Case]:
    """Record of odd documents whether they come back, and where they do not."""

    def load(url: str) -> JsonObject:  # of its own, so that its processor has seen nothing
        return schemas.load_context(url)

    def came_back(document: JsonObject) -> str:
        require_round_trip(document, load_context=load)
        return "comes back"

    for own in ({}, {"x": "urn:x"}, {"validUntil": "urn:x"}, {"until": f"{V2}#validUntil"}):
        for name, changes in (
            ("plain", {}),
            ("with x", {"x": "y"}),
            ("with until", {"validUntil": None, "until": "2030-01-01T00:00:00Z"}),
            ("with a type", {"type": ["VerifiableCredential", "x"]}),
        ):
            document = unsigned(**changes)
            document["@context"] = [V2, own]
            document["credentialSubject"] = {"id": "urn:x:y"}
            yield f"{own} {name}", outcome(lambda one=document: came_back(one))
    for seed in range(SEEDS):
        odd = mutated(rich(), seed)
        yield f"odd {seed}", outcome(lambda one=odd: came_back(one))


def library() -> Iterator[Case]:
    """Record what PyLD makes of documents, and how its errors are told."""
    jsonld = JsonLdLibrary(schemas.load_context)
    for seed in range(SEEDS):
        odd = mutated(rich(), seed)
        before = deepcopy(odd)
        yield f"odd {seed}", outcome(lambda one=odd: expanded_by(jsonld, one))
        if odd != before:
            yield f"odd {seed} was changed", odd
    for context in CONTEXTS:
        document = {"@context": context, "urn:x:y": "z"}
        yield f"under {context}", outcome(lambda one=document: jsonld.there_and_back(one))
    processor = LinkedDataProcessor(schemas.load_context)
    for name, one in (("usual", rich()), ("odd", {"@context": [V2, {"x": "urn:x"}], "x": "y"})):
        yield f"{name}: expanded", expanded_by(processor, one)
        yield f"{name}: there and back", digest(serialize_json(processor.there_and_back(one)))
        # The library is loaded for what only it can read.
        yield f"{name}: by the library", "library" in vars(processor)
        yield f"{name}: last word", digest(serialize_json(processor.last_word(one)))


def expanded_by(reader: Any, document: JsonObject) -> str:
    return digest(serialize_json(reader.expand(document)))


AREAS: dict[str, Callable[[], Iterator[Case]]] = {
    "contexts of documents": contexts_of_documents,
    "hidden places": hidden_places,
    "library": library,
    "round trips": round_trips,
}
