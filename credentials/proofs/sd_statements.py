"""The statements of a document as ecdsa-sd-2023 signs them (vc-di-ecdsa section 3.4).

"canonicalizeAndGroup" with "createHmacIdLabelMapFunction": canonical N-Quads whose blank node
labels say nothing about what was left out.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from credentials.errors import DataLossError
from credentials.json_types import JsonObject
from credentials.linked_data.n_quads import serialize_quad
from credentials.linked_data.rdf import BlankNode, Iri, Literal, Quad, Term
from credentials.linked_data.rdf_canonicalization import canonicalize
from credentials.linked_data.selection import select
from credentials.linked_data.skolemization import (
    labelled_dataset,
    require_same_meaning,
    skolemize,
)
from credentials.proofs.cryptosuite import Environment
from keys.multibase import encode_base64url


@dataclass(frozen=True, slots=True)
class Statements:
    """All statements of a document in the order in which they are signed.

    `labels` leads from the labels of skolemization to the signed ones.
    """

    lines: tuple[str, ...]
    labels: Mapping[str, str]
    skolemized: JsonObject
    environment: Environment

    @classmethod
    def of(cls, document: JsonObject, hmac_key: bytes, environment: Environment) -> Statements:
        """Take an unsecured document apart; raise `DataLossError` where that cannot be done."""
        load_context, limits = environment.load_context, environment.limits
        skolemized = skolemize(document)
        quads = labelled_dataset(skolemized, load_context=load_context, limits=limits)
        canonical = require_same_meaning(document, quads, load_context=load_context, limits=limits)
        labels = {label: hmac_label(name, hmac_key) for label, name in canonical.labels.items()}
        return cls(tuple(sorted(relabelled(quads, labels))), labels, skolemized, environment)

    def selected(self, pointers: Sequence[str]) -> frozenset[str]:
        """Choose the statements that JSON pointers name; none without pointers.

        Raises `PointerError`, and `DataLossError` (NOT_SELECTABLE) where a part of the document
        says something that the whole does not.
        """
        if not pointers:
            return frozenset()
        chosen = frozenset(relabelled(self._quads(pointers), self.labels))
        if not chosen <= set(self.lines):
            raise DataLossError(
                "This cannot be disclosed in parts: a part would not say what the whole says.",
                code="NOT_SELECTABLE",
            )
        return chosen

    def label_map(self, pointers: Sequence[str]) -> dict[str, str]:
        """Tell which signed label belongs to each canonical one of a selection.

        Whoever canonicalizes the selection finds its canonical labels, and needs the signed ones.
        """
        canonical = canonicalize(self._quads(pointers), limits=self.environment.limits)
        return {name: self.labels[label] for label, name in canonical.labels.items()}

    def _quads(self, pointers: Sequence[str]) -> tuple[Quad, ...]:
        return labelled_dataset(
            select(self.skolemized, pointers),
            load_context=self.environment.load_context,
            limits=self.environment.limits,
        )


def hmac_label(canonical_label: str, hmac_key: bytes) -> str:
    """Replace a canonical label by one that says nothing (createHmacIdLabelMapFunction)."""
    return encode_base64url(hmac.digest(hmac_key, canonical_label.encode("utf-8"), hashlib.sha256))


def relabelled(quads: Iterable[Quad], labels: Mapping[str, str]) -> dict[str, Quad]:
    """Write statements as canonical lines with other labels; each line with its statement."""

    def node(value: Iri | BlankNode) -> Iri | BlankNode:
        return BlankNode(labels[value.label]) if isinstance(value, BlankNode) else value

    def term(value: Term) -> Term:
        return value if isinstance(value, Literal) else node(value)

    def line(quad: Quad) -> str:
        graph = None if quad.graph is None else node(quad.graph)
        return serialize_quad(Quad(node(quad.subject), quad.predicate, term(quad.object), graph))

    return {line(quad): quad for quad in quads}


def blank_node_labels(quads: Iterable[Quad]) -> set[str]:
    """Collect the labels of all blank nodes of a dataset."""
    terms = (term for quad in quads for term in (quad.subject, quad.object, quad.graph))
    return {term.label for term in terms if isinstance(term, BlankNode)}
