"""Compaction (JSON-LD 1.1 API section 6), for what the compiled expansion makes.

It serves the round trip: a document is written in its own terms if compacting what it expands to
gives it back.  What cannot come back equal is not worked out but raises `NotCompiledError`.
"""

from __future__ import annotations

from typing import Any

from credentials.json_types import JsonObject, JsonValue
from credentials.linked_data.compiled.contexts import (
    ActiveContext,
    ContextCompiler,
    in_property,
    typed_contexts,
)
from credentials.linked_data.compiled.term_definitions import NotCompiledError, TermDefinition


def compact(expanded: list[Any], contexts: JsonValue, compiler: ContextCompiler) -> JsonObject:
    """Compact one expanded node under pinned contexts (section 6.1.2), without its `@context`.

    Raises `NotCompiledError` for everything that is not compiled.
    """
    if len(expanded) != 1:
        raise NotCompiledError("@graph")
    return _node(compiler.compile(contexts), None, expanded[0])


def _item(active: ActiveContext, term: str | None, item: JsonObject) -> JsonValue:
    """Compact a value, a reference or a node that stands as a value of `term`."""
    scope = in_property(active, active.definition(term))
    if "@value" in item:
        return _value(scope, term, item)
    if len(item) == 1 and "@id" in item:
        return _reference(scope, term, item["@id"])
    return _node(active, term, item)


def _node(active: ActiveContext, term: str | None, node: JsonObject) -> JsonObject:
    """Compact a node object (steps 5 to 12)."""
    definition = active.definition(term)
    # Step 1: classes are named in the context around the node, as PyLD reads it.
    around = in_property(active, definition)
    kinds = node.get("@type", ())
    names = [name_of(around, kind) for kind in kinds]
    # Steps 5 and 6: what a type brought ends here; what the property brings begins.
    active = in_property(active.previous or active, definition)
    # Step 11.
    active = typed_contexts([name_of(active, kind) for kind in sorted(set(kinds))], around, active)
    result: JsonObject = {}
    for iri in sorted(node):
        if iri == "@id":
            result[name_of(active, "@id")] = _identifier(active, node["@id"])
        elif iri == "@type":
            result[name_of(active, "@type")] = names
        elif iri.startswith("@"):
            raise NotCompiledError(iri)
        else:
            _member(active, iri, node[iri], result)
    return result


def _member(active: ActiveContext, iri: str, values: list[Any], result: JsonObject) -> None:
    """Compact the values of a property (step 12.8); each may ask for a term of its own."""
    if not values:
        result.setdefault(_term_for(active, iri, _EMPTY), [])
    for value in values:
        term = _term_for(active, iri, value)
        container = _definition(active, term).container
        if "@list" in value:
            if container != ("@list",) or term in result:
                raise NotCompiledError(iri)
            result[term] = [_item(active, term, item) for item in value["@list"]]
        elif "@graph" in value:
            if "@graph" not in container or len(value["@graph"]) != 1:
                raise NotCompiledError(iri)
            _add(result, term, _item(active, term, value["@graph"][0]))
        else:
            _add(result, term, _item(active, term, value))


def _add(result: JsonObject, term: str, value: JsonValue) -> None:
    known = result.setdefault(term, [])
    if not isinstance(known, list):
        raise NotCompiledError(term)
    known.append(value)


def _value(active: ActiveContext, term: str | None, item: JsonObject) -> JsonValue:
    """Compact a value object (section 6.3.2)."""
    definition = _definition(active, term)
    kind = item.get("@type")
    if kind == definition.type_mapping and kind is not None:
        return item["@value"]
    if kind is not None:
        raise NotCompiledError(kind)
    if "@language" in item or "@direction" in item:
        return {name_of(active, name): text for name, text in item.items()}
    return item["@value"]


def _definition(active: ActiveContext, term: str | None) -> TermDefinition:
    """Look a term up; a name that is no term has no type and no container."""
    return active.definition(term) or _UNDEFINED


def _reference(active: ActiveContext, term: str | None, identifier: str) -> JsonValue:
    """Compact a reference (section 6.3.2 step 6)."""
    kind = _definition(active, term).type_mapping
    if kind == "@id":
        return _identifier(active, identifier)
    if kind == "@vocab":
        return name_of(active, identifier)
    return {name_of(active, "@id"): _identifier(active, identifier)}


_UNDEFINED = TermDefinition(None)
_EMPTY: JsonObject = {}
"""Stands for the absence of any value when a term is chosen."""


Selection = tuple[tuple[str, ...], str, tuple[str, ...]]
"""Containers, kind of type ("@type", "@language" or "@any") and types that a value asks for."""


def _term_for(active: ActiveContext, iri: str, value: JsonObject) -> str:
    """Choose the name of a property for a value (section 6.2.2)."""
    return select_term(active, iri, _selection(active, value))


def select_term(active: ActiveContext, iri: str, selection: Selection) -> str:
    """Choose the name of a property for values of one kind (section 6.2.2 step 4)."""
    by_container = active.inverse().get(iri)
    if by_container is None:
        return name_of(active, iri)
    key = (iri, *selection)
    term = active.chosen.get(key)
    if term is None:
        term = _select(by_container, *selection) or _without_term(active, iri)
        active.chosen[key] = term
    return term


def _select(
    by_container: dict[str, dict[str, dict[str, str]]],
    containers: tuple[str, ...],
    kind: str,
    preferred: tuple[str, ...],
) -> str | None:
    """Select a term (section 4.3.3)."""
    for container in containers:
        terms = by_container.get(container, {}).get(kind, {})
        for value in preferred:
            if value in terms:
                return terms[value]
    return None


def _without_term(active: ActiveContext, iri: str) -> str:
    """Name what no term fits by its IRI, or by what follows the vocabulary (steps 5 to 9)."""
    vocabulary = active.vocabulary
    if vocabulary is not None and iri.startswith(vocabulary) and iri != vocabulary:
        suffix = iri[len(vocabulary) :]
        if suffix not in active.terms:
            return suffix
    _require_no_prefix(active, iri)
    return iri


_LIST = ("@list", "@none")
_GRAPH = ("@graph", "@graph@set", "@set", "@none")
_PLAIN = ("@set", "@none")


def _selection(active: ActiveContext, value: JsonObject) -> Selection:
    """Tell which containers and types fit a value best (section 6.2.2 steps 4.3 to 4.18)."""
    if "@list" in value:
        return _list_selection(value["@list"])
    if "@graph" in value:
        return _GRAPH, "@type", ("@id", "@none")
    if "@value" not in value:
        return _PLAIN, "@type", _preferred_for_node(active, value)
    if "@type" in value:
        return _PLAIN, "@type", (value["@type"], "@none")
    # No term of a compiled context has a language of its own, so that of a text chooses nothing.
    return _PLAIN, "@language", ("@none",)


def _preferred_for_node(active: ActiveContext, value: JsonObject) -> tuple[str, ...]:
    """Prefer @vocab for a reference that a term stands for (step 4.15)."""
    if "@id" not in value:
        return "@id", "@none"
    if own_term(active, value["@id"]) is not None:
        return "@vocab", "@id", "@none"
    return "@id", "@vocab", "@none"


def _list_selection(items: list[Any]) -> Selection:
    """Find what all items of a list have in common (step 4.7)."""
    if not items:
        return _LIST, "@any", ("@none",)
    kinds = {item.get("@type", "@none") if "@value" in item else "@id" for item in items}
    kind = kinds.pop() if len(kinds) == 1 else "@none"
    if kind == "@none":
        return _LIST, "@language", ("@none",)
    return _LIST, "@type", (kind, "@none")


def name_of(active: ActiveContext, iri: str) -> str:
    """Compact a keyword, or an IRI that stands for a class (section 6.2.2 with vocab)."""
    return own_term(active, iri) or (iri if iri.startswith("@") else _without_term(active, iri))


def own_term(active: ActiveContext, iri: str) -> str | None:
    """Choose the term that stands for an IRI or a keyword itself, if there is one."""
    by_container = active.inverse().get(iri, {})
    if iri.startswith("@"):
        return by_container.get("@none", {}).get("@type", {}).get("@none")
    return _select(by_container, _PLAIN, "@type", ("@id", "@none"))


def _identifier(active: ActiveContext, iri: str) -> str:
    """Compact an identifier; one that a prefix could shorten is not compiled."""
    _require_no_prefix(active, iri)
    return iri


def _require_no_prefix(active: ActiveContext, iri: str) -> None:
    for term, prefix in active.prefixes():
        if iri.startswith((prefix, f"{term}:")) and iri != prefix:
            raise NotCompiledError(iri)
