"""Every pinned context, and every one inside it, means what PyLD makes of it, term by term."""

from __future__ import annotations

from typing import Any

import pytest
from cachetools import LRUCache
from pyld import jsonld
from pyld.context_resolver import ContextResolver

import schemas
from credentials.json_types import JsonObject, JsonValue
from credentials.linked_data.compiled import ContextCompiler, NotCompiledError
from credentials.linked_data.compiled.contexts import (
    ActiveContext,
    in_property,
    typed_contexts,
)

LOADED = "urn:test:context"
BASE = "https://www.w3.org/ns/credentials/v2"
PINNED = sorted(schemas.context_urls() | schemas.vector_context_urls())


def answer(url: str, _options: Any = None) -> JsonObject:
    """Hand a pinned context to PyLD as if it came from the web."""
    document = {"contentType": "application/ld+json", "contextUrl": None, "documentUrl": url}
    return {**document, "document": schemas.load_context(url)}


class Library:
    """PyLD's processing of contexts, without its documents."""

    def __init__(self) -> None:
        resolver = ContextResolver(LRUCache(1_000), answer)
        self.options = {
            "documentLoader": answer,
            "base": "",
            "processingMode": "json-ld-1.1",
            "contextResolver": resolver,
        }
        self.processor = jsonld.JsonLdProcessor()

    def initial(self) -> Any:
        return self.processor._get_initial_context(self.options)

    def process(self, active: Any, local: JsonValue, **how: Any) -> Any:
        return self.processor._process_context(active, local, self.options, **how)


def meaning(one: Any) -> Any:
    """Take a definition of PyLD apart, in the order of `TermDefinition`."""
    if one is None or one["@id"] is None:
        return None
    container = tuple(sorted(one.get("@container") or ()))
    scoped = "@context" in one
    return one["@id"], one.get("@type"), container, scoped, one["_prefix"], one["protected"]


def compiled_meaning(one: Any) -> Any:
    if one.iri is None:
        return None
    of_values = one.type_mapping, tuple(one.container), one.has_local_context
    return one.iri, *of_values, one.is_prefix, one.is_protected


def assert_same(active: ActiveContext, expected: Any, depth: int) -> int:
    """Compare all terms, and the contexts of terms as properties and as classes; count them."""
    assert {name: compiled_meaning(one) for name, one in active.terms.items()} == {
        name: meaning(one) for name, one in expected["mappings"].items()
    }
    assert active.vocabulary == expected.get("@vocab")
    terms = len(active.terms)
    for name, definition in active.terms.items():
        if not definition.has_local_context or not depth:
            continue
        local = expected["mappings"][name]["@context"]
        as_property = LIBRARY.process(expected, local, override_protected=True)
        terms += assert_same(in_property(active, definition), as_property, depth - 1)
        try:
            of_class = typed_contexts([name], active, active)
        except NotCompiledError:
            continue
        as_class = LIBRARY.process(expected, local, propagate=False)
        terms += assert_same(of_class, as_class, depth - 1)
        assert of_class.previous is (active.previous or active)
    return terms


LIBRARY = Library()


@pytest.mark.parametrize("url", PINNED)
def test_a_pinned_context_means_what_the_library_makes_of_it(url: str) -> None:
    active = ContextCompiler(schemas.load_context).compile(url)
    assert_same(active, LIBRARY.process(LIBRARY.initial(), url), 1)


@pytest.mark.parametrize(
    "kinds", [[], ["VerifiableCredential", "OpenBadgeCredential"], ["Achievement"]]
)
def test_contexts_after_one_another_mean_what_the_library_makes_of_them(kinds: list[str]) -> None:
    urls = [BASE, "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"]
    scope = ContextCompiler(schemas.load_context).compile(urls)
    active = typed_contexts(kinds, scope, scope)
    expected = outer = LIBRARY.process(LIBRARY.initial(), urls)
    for kind in kinds:
        local = outer["mappings"][kind].get("@context")
        if local is not None:
            expected = LIBRARY.process(expected, local, propagate=False)
    assert assert_same(active, expected, 1) > len(active.terms)
