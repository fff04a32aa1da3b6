"""Expansion (JSON-LD 1.1 API section 5), for what documents under pinned contexts use.

Nothing is ever dropped here: what the algorithm would drop raises `NotCompiledError`, as does every
keyword but @id, @type and a text with its language.
"""

from __future__ import annotations

from typing import Any

from credentials.json_types import JsonObject, JsonValue
from credentials.linked_data.compiled.contexts import (
    ActiveContext,
    ContextCompiler,
    in_property,
    process,
    typed_contexts,
)
from credentials.linked_data.compiled.term_definitions import (
    NotCompiledError,
    TermDefinition,
    is_absolute,
)
from credentials.urls import is_url

_LANGUAGE_VALUE = frozenset({"@value", "@language", "@direction"})
_DIRECTIONS = frozenset({"ltr", "rtl"})


def expand(document: JsonObject, compiler: ContextCompiler) -> list[Any]:
    """Expand a document whose contexts are pinned (section 5.1.2).

    Raises `NotCompiledError` for everything that is not compiled, and for what is wrong.
    """
    active = compiler.compile(document.get("@context"))
    node = _Expansion(compiler).node(active, None, document, is_root=True)
    if node.keys() <= {"@id"}:
        # A document that says nothing is dropped (step 19).
        raise NotCompiledError("@id")
    return [node]


def expand_node(
    active: ActiveContext, term: str | None, element: JsonObject, compiler: ContextCompiler
) -> JsonObject:
    """Expand one object of a document, which stands as a value of `term`; raises as `expand`."""
    return _Expansion(compiler).node(active, term, element)


class _Expansion:
    def __init__(self, compiler: ContextCompiler) -> None:
        self._compiler = compiler

    def node(
        self, active: ActiveContext, term: str | None, element: JsonObject, *, is_root: bool = False
    ) -> JsonObject:
        """Expand an object that stands as a value of `term` (steps 7 to 15)."""
        definition = active.definition(term)
        if not element.keys().isdisjoint(_LANGUAGE_VALUE):
            return expand_language_value(element)
        # Step 7: what a type brought ends here, but for a mere reference.
        if active.previous is not None and not _is_reference(active, element):
            active = active.previous
        # Step 8.
        active = in_property(active, definition)
        # Step 9.
        if not is_root and "@context" in element:
            active = self._with_own_contexts(active, element["@context"])
        return self._members(active, element)

    def _with_own_contexts(self, active: ActiveContext, contexts: JsonValue) -> ActiveContext:
        """Apply the contexts that a part of the document brings, if all are URLs."""
        urls = contexts if isinstance(contexts, list) else [contexts]
        for url in urls:
            if not isinstance(url, str):
                raise NotCompiledError("@context")
            active = process(active, url)
        return active

    def _members(self, scope: ActiveContext, element: JsonObject) -> JsonObject:
        """Expand the members of a node (steps 10 to 13)."""
        active = scope
        for name in sorted(element):
            if scope.expand_iri(name, vocab=True) == "@type":
                active = typed_contexts(sorted(set(_texts(element[name]))), scope, active)
        result: JsonObject = {}
        for name in sorted(element):
            if name != "@context":
                self._member(active, scope, name, element[name], result)
        return result

    def _member(
        self,
        active: ActiveContext,
        scope: ActiveContext,
        name: str,
        value: JsonValue,
        result: JsonObject,
    ) -> None:
        """Expand one member (step 13)."""
        iri = active.expand_iri(name, vocab=True)
        if iri == "@id" and isinstance(value, str) and "@id" not in result:
            result["@id"] = _absolute(active.expand_iri(value))
        elif iri == "@type" and "@type" not in result:
            result["@type"] = [
                _absolute(scope.expand_iri(kind, vocab=True)) for kind in _texts(value)
            ]
        else:
            definition = _property(active, name, iri)
            # Several terms may stand for one property.
            values = self._values(active, name, definition, value)
            result.setdefault(iri or "", []).extend(values)

    def _values(
        self, active: ActiveContext, name: str, definition: TermDefinition, value: JsonValue
    ) -> list[Any]:
        """Expand the values of a member by its container (steps 13.6 to 13.12)."""
        if definition.type_mapping == "@json":
            return [{"@value": value, "@type": "@json"}]
        items = value if isinstance(value, list) else [value]
        expanded = [self._item(active, name, definition, item) for item in items]
        if "@list" in definition.container:
            return [{"@list": expanded}]
        if "@graph" in definition.container:
            return [{"@graph": [item]} for item in expanded]
        return expanded

    def _item(
        self, active: ActiveContext, name: str, definition: TermDefinition, item: JsonValue
    ) -> JsonObject:
        if isinstance(item, dict):
            return self.node(active, name, item)
        if item is None or isinstance(item, list):
            raise NotCompiledError(name)
        # Step 4: a property's own context may say otherwise what its name means, or nothing.
        scope = in_property(active, definition)
        meant = scope.terms.get(name) if definition.has_local_context else definition
        return _value(scope, None if meant is None else meant.type_mapping, item)


def _property(active: ActiveContext, name: str, iri: str | None) -> TermDefinition:
    """Find what a member means; refuse what would be dropped, and keywords (13.3 and 13.4)."""
    definition = active.terms.get(name)
    if definition is not None and definition.iri is not None and definition.iri[0] != "@":
        return definition
    if definition is not None or ":" in name or not is_url(iri):
        raise NotCompiledError(name)
    return TermDefinition(iri)


def _value(active: ActiveContext, kind: str | None, value: JsonValue) -> JsonObject:
    """Expand a text, a number or a truth value by its type mapping (section 5.3.2)."""
    if kind == "@id" and isinstance(value, str):
        return {"@id": _absolute(active.expand_iri(value))}
    if kind == "@vocab" and isinstance(value, str):
        return {"@id": _absolute(active.expand_iri(value, vocab=True))}
    if kind in ("@id", "@vocab", None):
        return {"@value": value}
    return {"@value": value, "@type": kind}


def _absolute(iri: str | None) -> str:
    """Require that an identifier or a class became an absolute IRI; no other can be signed."""
    if iri is None or not is_absolute(iri):
        raise NotCompiledError(str(iri))
    return iri


def expand_language_value(element: JsonObject) -> JsonObject:
    """Expand a text with language and direction (steps 13.4.7 to 13.4.9 and 14)."""
    if not (
        "@value" in element
        and element.keys() <= _LANGUAGE_VALUE
        and all(isinstance(value, str) for value in element.values())
        and element.get("@direction", "ltr") in _DIRECTIONS
    ):
        raise NotCompiledError("@value")
    # PyLD and jsonld.js write language tags in small letters.
    return {
        name: value.lower() if name == "@language" else value
        for name, value in sorted(element.items())
    }


def _is_reference(active: ActiveContext, element: JsonObject) -> bool:
    """Tell whether an object is nothing but a reference by @id (step 7)."""
    return len(element) == 1 and active.expand_iri(next(iter(element)), vocab=True) == "@id"


def _texts(value: JsonValue) -> list[str]:
    texts = value if isinstance(value, list) else [value]
    if not texts or not all(isinstance(text, str) for text in texts):
        raise NotCompiledError("@type")
    return texts
