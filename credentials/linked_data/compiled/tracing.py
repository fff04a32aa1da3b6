"""The pass over a document whose values will be exchanged: where each of them goes."""

from __future__ import annotations

from typing import NamedTuple

from credentials.json_types import JsonObject, JsonValue
from credentials.linked_data.compiled.dataset import Resource
from credentials.linked_data.compiled.emission import Emission
from credentials.linked_data.compiled.objects import Written
from credentials.linked_data.compiled.tables import Member, NodeTable
from credentials.linked_data.compiled.term_definitions import NotCompiledError


class Slot(NamedTuple):
    """A value of a node that is exchanged: the object of one statement, or the name of the node."""

    node: Resource
    table: NodeTable
    member: Member
    kind: type
    tail: str
    """The statement with the value that stands there now; "" for an id."""

    def write(self, emission: Emission, value: JsonValue) -> str:
        """Write the statement, or the name, with another value of the same kind."""
        if type(value) is not self.kind:
            raise NotCompiledError(self.member.name)
        if self.member.is_keyword:
            return emission.name(self.table, value)
        return emission.tail(self.member, value)


class Reference(NamedTuple):
    """A statement whose object is the name of a node because that stands there as an object."""

    subject: Resource
    predicate: str


class Tracing(Emission):
    """The pass, noting where each object of the document went."""

    def __init__(self) -> None:
        """Begin with nothing."""
        super().__init__()
        self.references: dict[Resource, Reference] = {}
        self.beside: list[tuple[Written, Written]] = []
        """The first two values of each array that has objects: they must not become alike."""
        self._nodes: dict[int, tuple[Resource, NodeTable]] = {}

    def slot(self, element: JsonObject, name: str) -> Slot:
        """Find where a member of an object went; raise `NotCompiledError` if it cannot be a slot.

        It is one text, number or truth value, or the id; never a type or a context.
        """
        if id(element) not in self._nodes or name in ("type", "@context"):
            raise NotCompiledError(name)
        node, table = self._nodes[id(element)]
        member, value = table.member(name), element[name]
        if isinstance(value, dict | list) or (not member.is_keyword and member.is_list):
            raise NotCompiledError(name)
        tail = "" if member.is_keyword else Emission().tail(member, value)
        return Slot(node, table, member, type(value), tail)

    def _members(self, node: Resource, table: NodeTable, element: JsonObject) -> None:
        self._nodes[id(element)] = (node, table)
        super()._members(node, table, element)

    def _require_told_apart(self, items: list[JsonValue], written: list[Written]) -> None:
        super()._require_told_apart(items, written)
        if any(type(item) is dict for item in items):
            self.beside.append((written[0], written[1]))

    def _node_object(
        self, node: Resource, head: str | None, member: Member, item: JsonObject
    ) -> Written:
        written = super()._node_object(node, head, member, item)
        found = self._nodes.get(id(item))
        if found is not None and head is not None and found[0].name:
            self.references[found[0]] = Reference(node, head)
        return written
