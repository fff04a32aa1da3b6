"""RDF terms and quads as small immutable values (RDF 1.1 Concepts sections 3 and 4)."""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

XSD_STRING = "http://www.w3.org/2001/XMLSchema#string"
RDF_LANG_STRING = "http://www.w3.org/1999/02/22-rdf-syntax-ns#langString"


class Iri(NamedTuple):
    """An absolute IRI, without angle brackets."""

    value: str


class BlankNode(NamedTuple):
    """A blank node; `label` comes without the leading "_:"."""

    label: str


class Literal(NamedTuple):
    """A lexical form with its datatype IRI; `language` only beside rdf:langString."""

    value: str
    datatype: str = XSD_STRING
    language: str | None = None


Term: TypeAlias = Iri | BlankNode | Literal


class Quad(NamedTuple):
    """One statement; `graph` is None in the default graph."""

    subject: Iri | BlankNode
    predicate: Iri
    object: Term
    graph: Iri | BlankNode | None = None
