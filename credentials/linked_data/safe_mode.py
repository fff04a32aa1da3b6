"""From a JSON-LD document to RDF, with every loss an error.

The Deserialize JSON-LD to RDF algorithm (JSON-LD 1.1 API section 8.1) skips what RDF cannot say:
relative IRIs, unknown types, malformed language tags.  Here every part of the expanded document
becomes a statement or raises.
"""

from __future__ import annotations

from itertools import count
from typing import Any

from credentials.errors import DataLossError, LimitExceededError
from credentials.json_types import JsonObject
from credentials.limits import DEFAULT_LIMITS, Limits
from credentials.linked_data.datatypes import RDF
from credentials.linked_data.descriptions import require_single_descriptions
from credentials.linked_data.expansion import ContextLoader, expand
from credentials.linked_data.literals import literal
from credentials.linked_data.rdf import BlankNode, Iri, Quad, Term
from credentials.urls import is_url

_NODE_KEYWORDS = frozenset({"@id", "@type", "@graph"})
_VALUE_KEYWORDS = frozenset({"@value", "@type", "@language", "@direction"})

Node = Iri | BlankNode


def to_dataset(
    document: JsonObject, *, load_context: ContextLoader, limits: Limits = DEFAULT_LIMITS
) -> tuple[Quad, ...]:
    """Turn a JSON-LD document into its RDF dataset.

    Obligations (VC Data Integrity 1.0 section 2.4.1; JSON-LD 1.1 API sections 5.1 and 8.1):

    1. expansion drops nothing;
    2. one thing is described in one place;
    3. every name is an absolute, well-formed IRI, and every type is defined;
    4. every value becomes a statement.

    Raises `DataLossError` (UNDEFINED_TERM, UNDEFINED_TYPE, RELATIVE_IRI,
    BLANK_NODE_IDENTIFIER, KEYWORD, LANGUAGE_TAG, DROPPED_VALUE, NODE_SPLIT, JSON_LD_ERROR),
    `ContextError` or `LimitExceededError`.
    """
    # 1.
    expanded = expand(document, load_context=load_context, limits=limits)
    # 2.
    require_single_descriptions(expanded)
    # 3. and 4.
    dataset = tuple(_Deserializer(limits).statements(expanded))
    if not dataset:
        # A signature over nothing fits every document that says nothing.
        raise DataLossError("The document says nothing that could be signed.", code="DROPPED_VALUE")
    return dataset


class _Deserializer:
    """Emit the statements of expanded JSON-LD, labelling blank nodes in order of appearance."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._labels = count()
        self._quads: list[Quad] = []

    def statements(self, expanded: list[Any]) -> list[Quad]:
        """Emit a whole document."""
        for node in expanded:
            self._node(node, None)
        return self._quads

    def _emit(self, subject: Node, predicate: str, value: Term, graph: Node | None) -> None:
        if len(self._quads) >= self._limits.quads:
            raise LimitExceededError("The document makes too many statements.", code="TOO_COMPLEX")
        self._quads.append(Quad(subject, Iri(predicate), value, graph))

    def _blank(self) -> BlankNode:
        return BlankNode(f"b{next(self._labels)}")

    def _node(self, node: JsonObject, graph: Node | None) -> Node:
        """Emit a node object (section 7.2) and return its name."""
        _require_known_keywords(node, _NODE_KEYWORDS)
        subject = Iri(_name(node["@id"])) if "@id" in node else self._blank()
        for kind in node.get("@type", ()):
            self._emit(subject, f"{RDF}type", Iri(_type(kind)), graph)
        for inner in node.get("@graph", ()):
            self._graph(inner, subject)
        for predicate, values in node.items():
            if predicate.startswith("@"):
                continue
            _require_predicate(predicate)
            for value in values:
                self._emit(subject, predicate, self._object(value, graph), graph)
        return subject

    def _graph(self, node: JsonObject, graph: Node) -> None:
        """Emit what a graph holds; a node of which nothing is said would leave no trace in it."""
        before = len(self._quads)
        self._node(node, graph)
        if len(self._quads) == before:
            text = "A proof or a credential inside says nothing that could be signed."
            raise _loss(text, "DROPPED_VALUE")

    def _object(self, item: JsonObject, graph: Node | None) -> Term:
        """Emit what a value object, list object or node object refers to (section 8.2)."""
        if "@value" in item:
            _require_known_keywords(item, _VALUE_KEYWORDS)
            return literal(item)
        if "@list" in item:
            _require_known_keywords(item, frozenset({"@list"}))
            return self._list(item["@list"], graph)
        return self._node(item, graph)

    def _list(self, items: list[JsonObject], graph: Node | None) -> Node:
        """Emit a list (section 8.3) from its end."""
        head: Node = Iri(f"{RDF}nil")
        for item in reversed(items):
            cell = self._blank()
            self._emit(cell, f"{RDF}first", self._object(item, graph), graph)
            self._emit(cell, f"{RDF}rest", head, graph)
            head = cell
        return head


def _require_known_keywords(item: JsonObject, known: frozenset[str]) -> None:
    if any(name.startswith("@") and name not in known for name in item):
        raise _loss("The document uses a JSON-LD keyword in a place of its own.", "KEYWORD")


def _name(identifier: object) -> str:
    if isinstance(identifier, str) and identifier.startswith("_:"):
        raise _loss("The document names a blank node itself.", "BLANK_NODE_IDENTIFIER")
    if not is_url(identifier):
        raise _loss("An id, or another link, is not an absolute URL.", "RELATIVE_IRI")
    return str(identifier)


def _type(kind: object) -> str:
    if not is_url(kind):
        raise _loss("A type is not defined by any context of the document.", "UNDEFINED_TYPE")
    return str(kind)


def _require_predicate(predicate: str) -> None:
    if predicate.startswith("_:") or not is_url(predicate):
        raise _loss("A member's meaning is not an absolute URL.", "RELATIVE_IRI")


def _loss(message: str, code: str) -> DataLossError:
    return DataLossError(message, code=code)
