"""RDF terms and quads as small immutable values (RDF 1.1 Concepts sections 3 and 4).

Terms of different kinds are never equal, whatever their text: an IRI and a blank node of the same
spelling must not merge in a set.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

XSD_STRING = "http://www.w3.org/2001/XMLSchema#string"
RDF_LANG_STRING = "http://www.w3.org/1999/02/22-rdf-syntax-ns#langString"


@dataclass(frozen=True, slots=True)
class Iri:
    """An absolute IRI, without angle brackets."""

    value: str


@dataclass(frozen=True, slots=True)
class BlankNode:
    """A blank node; `label` comes without the leading "_:"."""

    label: str


@dataclass(frozen=True, slots=True)
class Literal:
    """A lexical form with its datatype IRI; `language` only beside rdf:langString."""

    value: str
    datatype: str = XSD_STRING
    language: str | None = None


Term: TypeAlias = Iri | BlankNode | Literal


@dataclass(frozen=True, slots=True)
class Quad:
    """One statement; `graph` is None in the default graph."""

    subject: Iri | BlankNode
    predicate: Iri
    object: Term
    graph: Iri | BlankNode | None = None
