"""Writing canonical N-Quads anew where a document differs from one that was read in some values.

What no slot touches is read once.  The statements of the slots are written anew by the same code,
and the first-degree hash (RDFC-1.0 section 4.6) of every blank node that a slot touches is computed
anew, because labels depend on values.  Lines are put into order anew.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from credentials.json_types import JsonValue
from credentials.linked_data.compiled.canonical_form import (
    END,
    first_degree_hash,
    names_by_hash,
    node_lines,
)
from credentials.linked_data.compiled.dataset import Resource
from credentials.linked_data.compiled.emission import Emission
from credentials.linked_data.compiled.fragments import settle
from credentials.linked_data.compiled.objects import Written, are_alike
from credentials.linked_data.compiled.term_definitions import NotCompiledError
from credentials.linked_data.compiled.tracing import Slot, Tracing


@dataclass(slots=True)
class _Touched:
    """A node of which something is said anew for each document, or which is named anew."""

    node: Resource
    tails: list[str]
    """Its other statements, but those to blank nodes."""

    def renewed(self, names: Mapping[str, str], tails: Sequence[str]) -> Resource:
        """Build the node with its statements, under new names."""
        name = self.node.name
        node = Resource(names.get(name, name))
        node.tails, node.links, node.has_repeats = [*self.tails, *tails], self.node.links, True
        if self.node.referer is not None:
            subject, predicate = self.node.referer
            node.referer = (names.get(subject, subject), predicate)
        return node


class Parts:
    """What is known beforehand of the statements of all documents of a template."""

    def __init__(self, tracing: Tracing, slots: Sequence[Slot]) -> None:
        """Set apart what the slots touch."""
        self._slots = slots
        self._references = tracing.references
        self._blank_nodes = tracing.graph.blank_nodes
        self._touched: dict[Resource, _Touched] = {}
        for slot in slots:
            self._set_apart(slot)
        renamed = {slot.node.name for slot in slots if slot.member.is_keyword}
        for node in self._blank_nodes:
            if node.referer is not None and node.referer[0] in renamed:
                self._touch(node)
        self._names = tracing.graph.resources.keys() - renamed
        self._beside = [pair for pair in tracing.beside if any(map(self._changes, pair))]
        untouched = [node for node in tracing.graph.nodes() if node not in self._touched]
        settle(untouched, first_degree_hash)
        self._fixed = {
            node.name: node_lines(node.name, node, {})
            for node in untouched
            if node.name and not node.links
        }
        """Lines of nodes with a name, of which nothing depends on labels."""
        self._labelled = [node for node in untouched if node.links or not node.name]
        self._hashes: dict[str, dict[Resource, str]] = {}

    def fill(self, values: Sequence[JsonValue], hash_algorithm: str) -> str | None:
        """Write canonical N-Quads with values in the slots; None where that is not all of it."""
        emission = Emission()
        try:
            written = [one.write(emission, v) for one, v in zip(self._slots, values, strict=True)]
        except NotCompiledError:
            return None
        names = {
            slot.node.name: text
            for slot, text in zip(self._slots, written, strict=True)
            if slot.member.is_keyword
        }
        if not emission.returns or not self._are_new(names.values()):
            return None
        renewed = self._renewed(names, written)
        if self._has_alike(renewed, names):
            return None
        hashes = self._fixed_hashes(hash_algorithm) | {
            node: first_degree_hash(one, hash_algorithm)
            for node, one in renewed.items()
            if not node.name
        }
        labels = names_by_hash(hashes)
        return None if labels is None else self._lines(renewed, labels)

    def _set_apart(self, slot: Slot) -> None:
        """Take a slot's own statement, or those with its name, out of what is fixed."""
        node = self._touch(slot.node)
        if not slot.member.is_keyword:
            node.tails.remove(slot.tail)
        elif slot.node in self._references:
            subject, predicate = self._references[slot.node]
            self._touch(subject).tails.remove(f"{predicate}{slot.node.name}{END}")

    def _touch(self, node: Resource) -> _Touched:
        return self._touched.setdefault(node, _Touched(node, node.tails.copy()))

    def _changes(self, written: Written) -> bool:
        """Tell whether a value of an array is an object that a slot touches."""
        if isinstance(written, Resource):
            return written in self._touched
        return any(node.name == written for node in self._touched)

    def _has_alike(self, renewed: Mapping[Resource, Resource], names: Mapping[str, str]) -> bool:
        """Tell whether two values of an array became alike (`Emission`): the whole decides then."""

        def now(one: Written) -> Written:
            return renewed.get(one, one) if isinstance(one, Resource) else names.get(one, one)

        return any(are_alike(now(one), now(other)) for one, other in self._beside)

    def _are_new(self, names: Collection[str]) -> bool:
        """Tell whether no other node has one of these names: two would become one."""
        return len(set(names)) == len(names) and self._names.isdisjoint(names)

    def _renewed(
        self, names: Mapping[str, str], written: Sequence[str]
    ) -> dict[Resource, Resource]:
        """Build the nodes that the slots touch."""
        tails: dict[Resource, list[str]] = {node: [] for node in self._touched}
        for slot, text in zip(self._slots, written, strict=True):
            if not slot.member.is_keyword:
                tails[slot.node].append(text)
            elif slot.node in self._references:
                subject, predicate = self._references[slot.node]
                tails[subject].append(f"{predicate}{text}{END}")
        return {node: one.renewed(names, tails[node]) for node, one in self._touched.items()}

    def _fixed_hashes(self, hash_algorithm: str) -> dict[Resource, str]:
        """Hash the blank nodes that no slot touches."""
        known = self._hashes.get(hash_algorithm)
        if known is None:
            known = self._hashes[hash_algorithm] = {
                node: first_degree_hash(node, hash_algorithm)
                for node in self._blank_nodes
                if node not in self._touched
            }
        return known

    def _lines(self, renewed: Mapping[Resource, Resource], labels: Mapping[Resource, str]) -> str:
        """Put all lines into code point order, as `canonical_form` does."""
        lines = self._fixed.copy()
        for node in self._labelled:
            name = node.name or labels[node]
            lines[name] = node_lines(name, node, labels)
        for node, one in renewed.items():
            name = one.name or labels[node]
            lines[name] = node_lines(name, one, labels)
        return "".join([lines[name] for name in sorted(lines)])
