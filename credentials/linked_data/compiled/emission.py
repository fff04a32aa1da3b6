"""One pass from JSON-LD to RDF: expansion, the refusals of safe mode, and statements in one.

For each object the pass finds its table (place, classes), for each member its row, and writes the
statement at once: what JSON-LD 1.1 API sections 5.1 (Expansion) and 8.1 (Deserialize JSON-LD to
RDF) say together.  Whatever expansion would drop, or RDF cannot say, raises `NotCompiledError`.

On the way it notes whether the document makes the round trip (`round_trip`) by construction: every
member and every class in a form for which `tables` knows that compaction gives it back.
"""

from __future__ import annotations

from collections.abc import Container, Iterator
from contextlib import contextmanager

from credentials.json_types import JsonObject, JsonValue
from credentials.linked_data.compiled.canonical_form import first_degree_hash
from credentials.linked_data.compiled.contexts import ActiveContext
from credentials.linked_data.compiled.dataset import Graph, Resource
from credentials.linked_data.compiled.described import Described, Description, path_to
from credentials.linked_data.compiled.fragments import Fragment, FragmentCache, settle
from credentials.linked_data.compiled.objects import (
    Written,
    are_alike,
    escaped,
    is_literal,
    language_literal,
    number_literal,
)
from credentials.linked_data.compiled.tables import Member, NodeTable, Place
from credentials.linked_data.compiled.term_definitions import NotCompiledError
from credentials.linked_data.datatypes import RDF
from credentials.linked_data.embedded import is_embedded_credential
from credentials.urls import is_url

_FIRST = f" <{RDF}first> "
_REST = f" <{RDF}rest> "
_NIL = f"<{RDF}nil>"


class Emission:
    """The pass over one document, and what it found out."""

    def __init__(self, fragments: FragmentCache | None = None) -> None:
        """Begin with nothing; `fragments` are parts that were read before."""
        self.graph = self._default_graph = Graph()
        self._fragments = fragments
        self._included: list[Fragment] = []
        self.values = 1
        """JSON values that were read, the document included."""
        self.returns = True
        """Whether everything makes the round trip by construction, embedded credentials apart."""
        self.has_usual_contexts = True
        """Whether nothing but embedded credentials, and proofs, brings contexts."""
        self.contexts: list[tuple[str, ...]] = []
        """The contexts of each credential, the document first, and of all that brings others."""
        self.embedded = 0
        """Credentials inside, those inside them included."""
        self.described = Described()
        self._credential = Resource("")
        self._its_contexts: JsonValue = None

    def document(self, place: Place, document: JsonObject) -> None:
        """Read a whole document at its top level."""
        contexts = document["@context"]
        self._note_contexts(contexts)
        table = place.table(document.get("type"))
        if "id" in document:
            node = self._named(table, document)
        else:
            node = self.graph.blank_node(self._credential, None)
        self._credential, self._its_contexts = node, contexts
        self._members(node, table, document)

    def part(self, place: Place, element: JsonObject) -> str:
        """Read one object with an id, as if there were nothing around it; return its name."""
        table = place.table(element.get("type"))
        node = self._named(table, element)
        self._members(node, table, element)
        return node.name

    def tail(self, member: Member, value: JsonValue) -> str:
        """Write the statement with one text or number alone."""
        if member.is_text and type(value) is str:
            return _text_statement(member, value)
        node = Resource("")
        self._values(node, member, value)
        (tail,) = node.tails
        return tail

    def name(self, table: NodeTable, identifier: JsonValue) -> str:
        """Write the name of a node of this table by its id."""
        place = table.place
        return self._iri(identifier, table.active, () if place.term is None else place.names)

    def proof_apart(self, table: NodeTable, document: JsonObject) -> None:
        """Read the proofs of a document whose other members are read elsewhere.

        They are graphs of their own, which share no node with anything else.
        """
        if not table.member("proof").is_graph:
            raise NotCompiledError("proof")
        self._its_contexts = document["@context"]
        self._values(self._credential, table.member("proof"), document["proof"])

    def _members(self, node: Resource, table: NodeTable, element: JsonObject) -> None:
        """Emit the statements about a node object (5.1.2 step 13; 8.1 step 1.3)."""
        self.values += len(element) + table.listed_types
        self.returns &= table.returns
        tails, rows = node.tails, table.members
        tails += table.type_tails
        iris: set[str] = set()
        for name, value in element.items():
            member = rows.get(name) or table.member(name)
            if member.is_text and type(value) is str:
                # `_text_statement`, written out: most members are texts.
                is_plain = value.isprintable() and '"' not in value and "\\" not in value
                text = value if is_plain else escaped(value)
                tails.append(f"{member.text_head}{text}{member.text_tail}")
                continue
            if member.is_keyword:
                continue
            self._values(node, member, value)
            if member.shares_iri:
                if member.iri in iris:
                    # Two terms stand for one property: compaction would write one of them.
                    node.has_repeats, self.returns = True, False
                iris.add(member.iri)

    def _named(self, table: NodeTable, element: JsonObject) -> Resource:
        """Find the node of an object with an id, and note that it is described here."""
        name = self.name(table, element["id"])
        self.described.add(name, Description(table.place, element))
        return self.graph.resource(name)

    def _values(self, node: Resource, member: Member, value: JsonValue) -> None:
        """Emit the values of a member by its container (5.1.2 steps 13.6 to 13.12)."""
        if type(value) is not list:
            if member.is_list:
                self._list(node, member, [value])
            else:
                self._value(node, member, value)
            return
        self.values += len(value)
        if member.is_list:
            self._list(node, member, value)
        elif not value:
            self.returns &= member.returns_nothing
        else:
            written = [self._value(node, member, item) for item in value]
            if len(value) > 1:
                node.has_repeats = True
                self._require_told_apart(value, written)

    def _value(self, node: Resource, member: Member, item: JsonValue) -> Written:
        """Emit the statement with one value, in a graph of its own if the member asks for one."""
        if not member.is_embedding and not member.begins_world:
            if member.is_graph:
                return self._graph(node, member, item)
            return self._object(node, member.head, member, item)
        with self._apart(member, item):
            if member.is_graph:
                return self._graph(node, member, item)
            return self._object(node, member.head, member, item)

    def _list(self, node: Resource, member: Member, items: list[JsonValue]) -> None:
        """Emit a list as its cells (section 8.3)."""
        predicate, written = member.head, []
        for item in items:
            node = self.graph.blank_node(node, predicate)
            written.append(self._object(node, _FIRST, member, item))
            predicate = _REST
        node.tails.append(f"{predicate}{_NIL} .\n")
        if not items:
            self.returns &= member.returns_nothing
        elif len(items) > 1:
            self._require_told_apart(items, written)
            self.returns &= len({is_literal(one) for one in written}) == 1

    def _graph(self, node: Resource, member: Member, item: JsonValue) -> Written:
        """Emit a node in a graph that a blank node names (5.1.2 step 13.12; 8.1)."""
        if type(item) is not dict or "@value" in item:
            raise NotCompiledError(member.name)
        outer, world = self.graph, self.described.world
        name = outer.blank_node(node, member.head)
        inner = self.graph = Graph()
        outer.graphs.append((name, inner))
        self.described.begin_world()
        written = self._node_object(node, None, member, item)
        self.graph, self.described.world = outer, world
        if inner.is_empty():
            # Nothing would tell that the graph is there.
            raise NotCompiledError(member.name)
        return written

    def _object(self, node: Resource, head: str, member: Member, item: JsonValue) -> Written:
        """Emit the statement with one value as its object (5.1.2 step 4; 5.3.2; 8.2)."""
        if type(item) is str:
            written = self._text(member, item)
        elif type(item) is not dict:
            self.returns &= member.returns_value
            written = number_literal(member, item)
        elif "@value" in item:
            # A value object that says no more than its value comes back as the value alone.
            self.returns &= member.returns_language_value and len(item) > 1
            self.values += len(item)
            written = language_literal(item)
        else:
            return self._node_object(node, head, member, item)
        node.tails.append(f"{head}{written} .\n")
        return written

    def _text(self, member: Member, text: str) -> str:
        """Write a text by the type mapping of its member (section 5.3.2)."""
        if member.kind == "@id":
            self.returns &= member.returns_reference
            return self._iri(text, member.place.around, member.place.names)
        if member.kind == "@vocab":
            iri, returns = member.named(text)
            self.returns &= returns
            return iri
        self.returns &= member.returns_value
        return f'"{escaped(text)}{member.datatype}'

    def _node_object(
        self, node: Resource, head: str | None, member: Member, item: JsonObject
    ) -> Written:
        """Emit a node object that stands as a value (5.1.2 steps 7 to 13; 8.2).

        Without `head` it stands in a graph of its own, and no statement refers to it.
        """
        place = member.place
        if "@context" in item:
            place = self._with_contexts(place, node, member, item)
        elif "id" in item and len(item) == 1:
            return self._reference(node, head, member, item)
        elif member.is_repeating and "id" in item and self.graph is self._default_graph:
            name = self._fragment(place, item)
            if name is not None:
                self.returns &= member.returns_reference
                node.tails.append(f"{head}{name} .\n")
                return name
        table = place.table(item.get("type"))
        if "id" not in item:
            self.returns &= member.returns_anonymous
            inner = self.graph.blank_node(node, head)
        else:
            self.returns &= member.returns_reference
            inner = self._named(table, item)
            if head is not None:
                node.tails.append(f"{head}{inner.name} .\n")
        if member.is_embedding and is_embedded_credential(item):
            self._credential, self._its_contexts = inner, item["@context"]
        self._members(inner, table, item)
        return inner.name or inner

    def _fragment(self, place: Place, item: JsonObject) -> str | None:
        """Say what a part says that was read before, and return its name; None if there is none."""
        if self._fragments is None:
            return None
        fragment = self._fragments.find(place, item, lambda: _read_fragment(place, item))
        if fragment is None or fragment in self._included:
            # A part that stands in a document twice has two sets of blank nodes.
            return None
        self._included.append(fragment)
        self.values += fragment.values
        self.returns &= fragment.returns
        self.graph.include(fragment.graph)
        for name, inner, path in fragment.described:
            self.described.add(name, Description(inner, item, path))
        return fragment.name

    def _reference(
        self, node: Resource, head: str | None, member: Member, item: JsonObject
    ) -> Written:
        """Emit a mere reference, which keeps the context around it (5.1.2 step 7)."""
        place = member.place
        if head is None or not place.names_references:
            raise NotCompiledError(member.name)
        self.values += 1
        self.returns &= member.returns_reference
        name = self._iri(item["id"], place.around, place.names)
        node.tails.append(f"{head}{name} .\n")
        return name

    def _iri(self, text: JsonValue, active: ActiveContext, names: Container[str]) -> str:
        """Write an identifier (5.2.2), which must be an absolute IRI; no other can be signed.

        `names` are the IRIs for which compaction would prefer another term (6.2.2 step 4.15).
        """
        if not is_url(text):
            raise NotCompiledError("@id")
        if text in names:
            self.returns = False
        for term, prefix in active.prefixes():
            if text.startswith((prefix, f"{term}:")):
                raise NotCompiledError(text)
        return f"<{text}>"

    def _with_contexts(
        self, place: Place, node: Resource, member: Member, item: JsonObject
    ) -> Place:
        """Find the place of a node that brings contexts (5.1.2 step 9)."""
        contexts = item["@context"]
        self._note_contexts(contexts)
        inner = place.with_contexts(contexts)
        repeats = (
            member.name == "proof"
            and node is self._credential
            and contexts == self._its_contexts
            and inner is place
        )
        if not (repeats or (member.is_embedding and is_embedded_credential(item))):
            self.returns = self.has_usual_contexts = False
        return inner

    def _note_contexts(self, contexts: JsonValue) -> None:
        is_usual = isinstance(contexts, list)
        self.contexts.append(tuple(contexts) if is_usual else (contexts,))
        self.has_usual_contexts &= is_usual
        self.values += len(contexts) if is_usual else 0

    @contextmanager
    def _apart(self, member: Member, item: JsonValue) -> Iterator[None]:
        """Read what stands for itself: a credential inside, or a component (`descriptions`).

        The round trip of a credential inside is its own, in the document it is left out.
        """
        returns, world = self.returns, self.described.world
        credential, contexts = self._credential, self._its_contexts
        is_embedded = member.is_embedding and is_embedded_credential(item)
        if is_embedded:
            self.embedded += 1
        if member.begins_world:
            self.described.begin_world()
        yield
        self._credential, self._its_contexts, self.described.world = credential, contexts, world
        if is_embedded:
            self.returns = returns

    def _require_told_apart(self, items: list[JsonValue], written: list[Written]) -> None:
        """Note where compaction may write several values alike that the document wrote otherwise.

        Then the one side of the round trip would be read as one value, and the other not.
        """
        if any(type(item) is dict for item in items) and are_alike(written[0], written[1]):
            self.returns = False


def _text_statement(member: Member, text: str) -> str:
    """Write the statement with a text that simply becomes a literal (`Member.is_text`)."""
    is_plain = text.isprintable() and '"' not in text and "\\" not in text
    return f"{member.text_head}{text if is_plain else escaped(text)}{member.text_tail}"


def _read_fragment(place: Place, element: JsonObject) -> Fragment | None:
    """Read a part of a document by itself; None if it is not the same wherever it stands."""
    emission = Emission()
    name = emission.part(place, element)
    if emission.contexts or emission.graph.graphs or emission.described.repeated:
        return None
    settle(emission.graph.nodes(), first_degree_hash)
    return Fragment(
        name=name,
        graph=emission.graph,
        described=tuple(
            (name, one.place, path_to(element, one.around) or ())
            for name, one in emission.described.world.items()
        ),
        values=emission.values - 1,
        characters=emission.graph.count_characters(),
        returns=emission.returns,
    )
