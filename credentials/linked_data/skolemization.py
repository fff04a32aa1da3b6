"""Following blank nodes from a document into selections of it (vc-di-ecdsa section 3.4).

A blank node has no name that a part of the document could share with the whole.  Skolemization
gives each object without an id one that is only used here, and takes it away again in RDF.  The
specification does so on the way through expanded JSON-LD and back, which changes the places that
JSON pointers name; here ids are put into the document as it is, and that they changed nothing is
checked afterwards.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from itertools import count

from credentials.errors import DataLossError
from credentials.json_types import JsonObject, JsonValue
from credentials.limits import DEFAULT_LIMITS, Limits
from credentials.linked_data.expansion import ContextLoader
from credentials.linked_data.rdf import BlankNode, Iri, Literal, Quad
from credentials.linked_data.rdf_canonicalization import CanonicalDataset, canonicalize
from credentials.linked_data.safe_mode import to_dataset

SKOLEM = "urn:tallystick:part:"
"""How ids begin that stand for blank nodes; they never leave this software."""


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


def labelled_dataset(
    skolemized: JsonObject, *, load_context: ContextLoader, limits: Limits = DEFAULT_LIMITS
) -> tuple[Quad, ...]:
    """Turn a skolemized document, or a selection of one, into RDF with lasting blank node labels.

    The same object has the same label in the whole and in every selection.  Blank nodes that are
    no objects (the cells of lists, the graphs of credentials inside) are named after what refers
    to them.  Raises `DataLossError` (NOT_SELECTABLE) where that does not tell them apart, and what
    `to_dataset` raises.
    """
    dataset = to_dataset(skolemized, load_context=load_context, limits=limits)
    names = _names_of_unnamed(dataset)
    return tuple(
        Quad(
            _node(quad.subject, names),
            quad.predicate,
            quad.object if isinstance(quad.object, Literal) else _node(quad.object, names),
            None if quad.graph is None else _node(quad.graph, names),
        )
        for quad in dataset
    )


def require_same_meaning(
    document: JsonObject,
    labelled: Iterable[Quad],
    *,
    load_context: ContextLoader,
    limits: Limits = DEFAULT_LIMITS,
) -> CanonicalDataset:
    """Require that skolemizing changed nothing, and return the canonical form with its labels.

    It would change something where an object stands for itself (JSON as a value), or where an id
    of the kind that only this module makes stands in the document.  Raises `DataLossError`
    (NOT_SELECTABLE).
    """
    plain = to_dataset(document, load_context=load_context, limits=limits)
    canonical = canonicalize(labelled, limits=limits)
    if canonicalize(plain, limits=limits).n_quads != canonical.n_quads:
        raise _not_selectable()
    return canonical


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
