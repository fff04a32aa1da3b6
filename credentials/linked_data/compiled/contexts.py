"""Active contexts and term definitions (JSON-LD 1.1 API section 4).

An active context is never changed; those that follow from it are kept with it, so that each is
computed once for each (context, scoped context) and (context, set of types).
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from credentials.json_types import JsonObject, JsonValue
from credentials.linked_data.compiled.term_definitions import (
    KEYWORDS,
    Definitions,
    NotCompiledError,
    TermDefinition,
    is_absolute,
)
from credentials.remembering import Weighed
from credentials.urls import is_url

ContextLoader = Callable[[str], JsonObject]

ROOT_CONTEXTS = 64
"""Combinations of context URLs whose active contexts are kept; the one used least makes room."""

ACTIVE_CONTEXTS = 500
"""Active contexts that may follow from one root; then they are forgotten and made anew.

Usual documents need some fifty.  A hostile one can ask for every set of types.
"""

ACTIVE_CONTEXTS_KEPT = 2_000
"""Active contexts of all roots together; beyond that all are forgotten (each takes some 30 kB)."""

_CONTEXT_KEYWORDS = frozenset({"@version", "@vocab", "@protected"})


@dataclass(slots=True, eq=False)
class ActiveContext:
    """All terms that are in force at a place of a document; only the memory of it changes."""

    terms: dict[str, TermDefinition]
    vocabulary: str | None
    previous: ActiveContext | None
    root: RootContext
    """What all contexts that follow from one document's contexts share."""

    following: dict[Any, tuple[JsonValue, ActiveContext]] = field(default_factory=dict)
    """Contexts that follow from this one; each is kept beside what it was made of."""

    chosen: dict[Any, str] = field(default_factory=dict)
    """Terms that were chosen for properties of its terms, by IRI and kind of value."""

    top_level: Any = None
    """The place of a document under it (`tables.Place`), once one was read."""

    _inverse: dict[str, dict[str, dict[str, dict[str, str]]]] | None = None
    _prefixes: tuple[tuple[str, str], ...] | None = None

    def definition(self, term: str | None) -> TermDefinition | None:
        """Look a term up."""
        return None if term is None else self.terms.get(term)

    def expand_iri(self, value: str, *, vocab: bool = False) -> str | None:
        """Expand a text to an IRI or a keyword (section 5.2.2); None for a term taken away.

        Raises `NotCompiledError` for what only looks like a keyword.
        """
        if value.startswith("@"):
            if value in KEYWORDS:
                return value
            raise NotCompiledError(value)
        definition = self.terms.get(value)
        if definition is not None and (
            vocab or (definition.iri is not None and definition.iri.startswith("@"))
        ):
            return definition.iri
        has_vocabulary = vocab and self.vocabulary is not None
        if ":" in value[1:]:
            if has_vocabulary and not is_url(value):
                # What has no form of an IRI belongs to the vocabulary (step 6.4), or is wrong.
                raise NotCompiledError(value)
            return self._expand_compact(value)
        return f"{self.vocabulary}{value}" if has_vocabulary else value

    def _expand_compact(self, value: str) -> str:
        """Expand prefix:suffix where the prefix is one (section 5.2.2 step 6)."""
        prefix, _colon, suffix = value.partition(":")
        if prefix == "_" or suffix.startswith("//"):
            return value
        definition = self.terms.get(prefix)
        if definition is not None and definition.iri is not None and definition.is_prefix:
            return definition.iri + suffix
        return value

    def prefixes(self) -> tuple[tuple[str, str], ...]:
        """List the terms that are prefixes, with their IRIs."""
        if self._prefixes is None:
            self._prefixes = tuple(
                (term, definition.iri)
                for term, definition in self.terms.items()
                if definition.is_prefix and definition.iri is not None
            )
        return self._prefixes

    def inverse(self) -> dict[str, dict[str, dict[str, dict[str, str]]]]:
        """Return the inverse context: IRI, container, kind of type, type: term (section 4.3)."""
        if self._inverse is None:
            self._inverse = _inverse(self.terms)
        return self._inverse


def _inverse(
    terms: dict[str, TermDefinition],
) -> dict[str, dict[str, dict[str, dict[str, str]]]]:
    """Create an inverse context (section 4.3.2); shorter terms come first, then by code point."""
    result: dict[str, dict[str, dict[str, dict[str, str]]]] = {}
    for term in sorted(terms, key=lambda name: (len(name), name)):
        definition = terms[term]
        if definition.iri is None:
            continue
        containers = result.setdefault(definition.iri, {})
        container = "".join(definition.container) or "@none"
        entry = containers.setdefault(
            container, {"@language": {}, "@type": {}, "@any": {"@none": term}}
        )
        if definition.type_mapping is not None:
            entry["@type"].setdefault(definition.type_mapping, term)
        else:
            entry["@language"].setdefault("@none", term)
            entry["@type"].setdefault("@none", term)
    return result


@dataclass(slots=True, eq=False)
class RootContext:
    """The contexts of a document, and how many active contexts followed from them."""

    load_context: ContextLoader
    made: int = 0
    counted: int = 0
    """How many of them the compiler has taken into account."""

    def initial(self) -> ActiveContext:
        """Make the context in which nothing means anything."""
        return ActiveContext({}, None, None, self)


class ContextCompiler:
    """Compiles lists of context URLs to active contexts, and keeps them."""

    def __init__(self, load_context: ContextLoader) -> None:
        """Take the source of contexts, whose documents never change."""
        self._load_context = load_context
        self._compiled: Weighed[ActiveContext] = Weighed(ROOT_CONTEXTS)
        self._lock = threading.Lock()

    def compile(self, contexts: JsonValue) -> ActiveContext:
        """Return the active context of a document; raise `NotCompiledError` unless all are URLs."""
        urls = tuple(contexts if isinstance(contexts, list) else [contexts])
        if not urls or not all(isinstance(url, str) for url in urls):
            raise NotCompiledError("@context")
        with self._lock:
            known = self._compiled.find(urls)
            if known is not None and known.root.made == known.root.counted:
                return known
            if sum(one.root.made for one in self._compiled.answers()) >= ACTIVE_CONTEXTS_KEPT:
                self._compiled.clear()
                known = None
            if known is None or known.root.made >= ACTIVE_CONTEXTS:
                known = self._compile(urls)
                self._compiled.keep(urls, known, 1)
            known.root.counted = known.root.made
        return known

    def _compile(self, urls: tuple[str, ...]) -> ActiveContext:
        active = RootContext(self._load_context).initial()
        for url in urls:
            active = process(active, url)
        return active


def process(
    active: ActiveContext,
    local: JsonValue,
    *,
    propagate: bool = True,
    override_protected: bool = False,
) -> ActiveContext:
    """Process a local context (section 4.1.2), or find what came of it before."""
    key = (local if isinstance(local, str) else id(local), propagate, override_protected)
    known = active.following.get(key)
    if known is None:
        if active.root.made >= ACTIVE_CONTEXTS:
            raise NotCompiledError("@context")
        active.root.made += 1
        # The local context is kept beside the result, so that its identity stays its own.
        known = (local, _process(active, local, propagate, override_protected))
        active.following[key] = known
    return known[1]


def _process(
    active: ActiveContext, local: JsonValue, propagate: bool, override_protected: bool
) -> ActiveContext:
    result = active
    # Step 4: a type-scoped context ends where the next node begins.
    previous = active.previous if propagate else (active.previous or active)
    for context in local if isinstance(local, list) else [local]:
        if context is None:
            result = _nullified(result, override_protected)
        elif isinstance(context, str):
            result = _with_remote(result, context)
        elif isinstance(context, dict):
            result = _with_definitions(result, context, override_protected)
        else:
            raise NotCompiledError("@context")
    return ActiveContext(result.terms, result.vocabulary, previous, active.root)


def _nullified(active: ActiveContext, override_protected: bool) -> ActiveContext:
    """Take all terms away, unless some are protected (section 4.1.2 step 5.1)."""
    if not override_protected and any(one.is_protected for one in active.terms.values()):
        raise NotCompiledError("@context")
    return active.root.initial()


def _with_remote(active: ActiveContext, url: str) -> ActiveContext:
    """Add what a context URL stands for (section 4.1.2 step 5.2)."""
    try:
        document = active.root.load_context(url)
    except LookupError as error:
        raise NotCompiledError(url) from error
    local = document.get("@context")
    if not isinstance(local, dict):
        raise NotCompiledError(url)
    return _with_definitions(active, local, override_protected=False)


def _with_definitions(
    active: ActiveContext, local: JsonObject, override_protected: bool
) -> ActiveContext:
    """Add the definitions of a context (section 4.1.2 steps 5.4 to 5.13)."""
    if any(name.startswith("@") and name not in _CONTEXT_KEYWORDS for name in local):
        raise NotCompiledError("@context")
    if local.get("@version", 1.1) != 1.1:
        raise NotCompiledError("@version")
    vocabulary = active.vocabulary
    if "@vocab" in local:
        vocabulary = _vocabulary(local["@vocab"])
    result = ActiveContext(dict(active.terms), vocabulary, None, active.root)
    Definitions(
        result.terms,
        vocabulary,
        lambda value: result.expand_iri(value, vocab=True),
        override_protected=override_protected,
    ).add(local)
    return result


def _vocabulary(value: JsonValue) -> str | None:
    if value is None or (isinstance(value, str) and is_absolute(value)):
        return value
    raise NotCompiledError("@vocab")


def typed_contexts(
    kinds: Iterable[str], scope: ActiveContext, active: ActiveContext
) -> ActiveContext:
    """Apply the contexts of classes to `active`, one after the other (section 5.1.2 step 11).

    What the names of the classes mean is looked up in `scope`.
    """
    for kind in kinds:
        definition = scope.terms.get(kind)
        if definition is not None and definition.has_local_context:
            active = process(active, definition.local_context, propagate=False)
    return active


def in_property(active: ActiveContext, definition: TermDefinition | None) -> ActiveContext:
    """Apply the context of a property, which may define protected terms anew (step 8)."""
    if definition is None or not definition.has_local_context:
        return active
    return process(active, definition.local_context, override_protected=True)
