"""Following blank nodes from a document into selections of it (vc-di-ecdsa section 3.4).

A blank node has no name that a part of the document could share with the whole.  Skolemization
gives each object without an id one that is only used here, and takes it away again in RDF.  The
specification does so on the way through expanded JSON-LD and back, which changes the places that
JSON pointers name; here ids are put into the document as it is, and that they changed nothing is
checked afterwards.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Mapping
from itertools import count

from credentials.errors import DataLossError
from credentials.json_types import JsonObject, JsonValue
from credentials.limits import DEFAULT_LIMITS, Limits
from credentials.linked_data.expansion import ContextLoader
from credentials.linked_data.rdf import BlankNode, Iri, Literal, Quad
from credentials.linked_data.rdf_canonicalization import (
    CanonicalDataset,
    Statement,
    canonicalize_statements,
    distinct_statements,
)
from credentials.linked_data.reading import canonical_n_quads
from credentials.linked_data.safe_mode import to_dataset
from credentials.linked_data.statement_texts import statements_in

SKOLEM = "urn:tallystick:part:"
"""How ids begin that stand for blank nodes; they never leave this software."""

_BEGINNING = f"<{SKOLEM}"
_MAY_HAVE_BLANK_NODE = re.compile("(?:^| )_:", re.MULTILINE)
"""What every line about a blank node has that is left: a cell of a list, or a graph."""


def skolemize(document: JsonObject) -> JsonObject:
    """Copy a document, giving each object without an id an id of its own.

    Contexts and texts with a language (`@value`) are left as they are.
    """
    numbers = count()

    def named(value: JsonValue) -> JsonValue:
        if isinstance(value, list):
            return [named(item) for item in value]
        if not isinstance(value, dict) or "@value" in value:
            return value
        copy = {
            name: member if name == "@context" else named(member) for name, member in value.items()
        }
        return copy if "id" in copy else {"id": f"{SKOLEM}{next(numbers)}", **copy}

    return dict(named(document))


def labelled_statements(
    skolemized: JsonObject, *, load_context: ContextLoader, limits: Limits = DEFAULT_LIMITS
) -> tuple[Statement, ...]:
    """Turn a skolemized document, or a selection of one, into RDF with lasting blank node labels.

    The same object has the same label in the whole and in every selection.  Blank nodes that are
    no objects (the cells of lists, the graphs of credentials inside) are named after what refers
    to them.  Raises `DataLossError` (NOT_SELECTABLE) where that does not tell them apart, and what
    `to_dataset` raises.
    """
    text = canonical_n_quads(skolemized, load_context=load_context, limits=limits)
    if not _may_have_blank_node(text) and (found := statements_in(text, _label_of)):
        return found
    dataset = to_dataset(skolemized, load_context=load_context, limits=limits)
    names = _names_of_unnamed(dataset)
    return distinct_statements(
        (
            Quad(
                _node(quad.subject, names),
                quad.predicate,
                quad.object if isinstance(quad.object, Literal) else _node(quad.object, names),
                None if quad.graph is None else _node(quad.graph, names),
            )
            for quad in dataset
        ),
        limits,
    )


def _may_have_blank_node(n_quads: str) -> bool:
    # A word is found in a text much faster than a pattern.
    return "_:" in n_quads and _MAY_HAVE_BLANK_NODE.search(n_quads) is not None


def require_same_meaning(
    document: JsonObject,
    labelled: Collection[Statement],
    *,
    load_context: ContextLoader,
    limits: Limits = DEFAULT_LIMITS,
) -> CanonicalDataset:
    """Require that skolemizing changed nothing, and return the canonical form with its labels.

    It would change something where an object stands for itself (JSON as a value), or where an id
    of the kind that only this module makes stands in the document.  Raises `DataLossError`
    (NOT_SELECTABLE).
    """
    plain = canonical_n_quads(document, load_context=load_context, limits=limits)
    canonical = canonicalize_statements(labelled, hash_algorithm="SHA-256", limits=limits)
    if plain != canonical.n_quads:
        raise _not_selectable()
    return canonical


def _label_of(term: str) -> str | None:
    """Name the blank node for which an id of skolemization stands."""
    return f"n{term[len(_BEGINNING) : -1]}" if term.startswith(_BEGINNING) else None


def _node(node: Iri | BlankNode, names: Mapping[str, str]) -> Iri | BlankNode:
    if isinstance(node, BlankNode):
        if node.label not in names:
            raise _not_selectable()
        return BlankNode(names[node.label])
    if node.value.startswith(SKOLEM):
        return BlankNode(f"n{node.value.removeprefix(SKOLEM)}")
    return node


def _names_of_unnamed(dataset: tuple[Quad, ...]) -> dict[str, str]:
    """Name each blank node after the one statement that refers to it."""
    referers: dict[str, Quad] = {}
    for quad in dataset:
        if isinstance(quad.object, BlankNode):
            if quad.object.label in referers:
                raise _not_selectable()
            referers[quad.object.label] = quad
    names: dict[str, str] = {}
    for label in referers:
        _name_chain(label, referers, names)
    if len(set(names.values())) < len(names):
        raise _not_selectable()
    return names


def _name_chain(label: str, referers: Mapping[str, Quad], names: dict[str, str]) -> None:
    """Name a blank node, and first those between it and something that has a name."""
    chain: list[Quad] = []
    while label not in names:
        if label not in referers or len(chain) > len(referers):
            raise _not_selectable()
        chain.append(referers[label])
        subject = chain[-1].subject
        if not isinstance(subject, BlankNode):
            break
        label = subject.label
    for quad in reversed(chain):
        subject = quad.subject
        known = f"_:{names[subject.label]}" if isinstance(subject, BlankNode) else subject.value
        text = f"{known} {quad.predicate.value}"
        if isinstance(quad.object, BlankNode):
            names[quad.object.label] = f"u{hashlib.sha256(text.encode('utf-8')).hexdigest()}"


def _not_selectable() -> DataLossError:
    return DataLossError(
        "Parts of this document cannot be told apart well enough to disclose some of them: it "
        "holds JSON as a value, or several credentials of its own in one place.",
        code="NOT_SELECTABLE",
    )
