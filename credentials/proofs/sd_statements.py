"""The statements of a document as ecdsa-sd-2023 signs them (vc-di-ecdsa section 3.4).

"canonicalizeAndGroup" with "createHmacIdLabelMapFunction": canonical N-Quads whose blank node
labels say nothing about what was left out.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from credentials.errors import DataLossError
from credentials.json_types import JsonObject
from credentials.linked_data.rdf_canonicalization import Statement, canonical_labels
from credentials.linked_data.selection import select
from credentials.linked_data.skolemization import (
    labelled_statements,
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
    _parts: dict[tuple[str, ...], tuple[Statement, ...]] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, document: JsonObject, hmac_key: bytes, environment: Environment) -> Statements:
        """Take an unsecured document apart; raise `DataLossError` where that cannot be done."""
        load_context, limits = environment.load_context, environment.limits
        skolemized = skolemize(document)
        whole = labelled_statements(skolemized, load_context=load_context, limits=limits)
        canonical = require_same_meaning(document, whole, load_context=load_context, limits=limits)
        labels = {label: hmac_label(name, hmac_key) for label, name in canonical.labels.items()}
        return cls(tuple(sorted(relabelled(whole, labels))), labels, skolemized, environment)

    def selected(self, pointers: Sequence[str]) -> frozenset[str]:
        """Choose the statements that JSON pointers name; none without pointers.

        Raises `PointerError`, and `DataLossError` (NOT_SELECTABLE) where a part of the document
        says something that the whole does not.
        """
        if not pointers:
            return frozenset()
        chosen = frozenset(relabelled(self._part(pointers), self.labels))
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
        limits, part = self.environment.limits, self._part(pointers)
        names = canonical_labels(part, hash_algorithm="SHA-256", limits=limits)
        return {name: self.labels[label] for label, name in names.items()}

    def _part(self, pointers: Sequence[str]) -> tuple[Statement, ...]:
        """Take a selection apart, once however often it is asked for."""
        key = tuple(pointers)
        if key not in self._parts:
            self._parts[key] = labelled_statements(
                select(self.skolemized, pointers),
                load_context=self.environment.load_context,
                limits=self.environment.limits,
            )
        return self._parts[key]


def hmac_label(canonical_label: str, hmac_key: bytes) -> str:
    """Replace a canonical label by one that says nothing (createHmacIdLabelMapFunction)."""
    return encode_base64url(hmac.digest(hmac_key, canonical_label.encode("utf-8"), hashlib.sha256))


def relabelled(statements: Iterable[Statement], labels: Mapping[str, str]) -> dict[str, Statement]:
    """Write statements as canonical lines with other labels; each line with its statement."""
    return {one.line(labels.__getitem__): one for one in statements}
