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
from typing import NamedTuple, TypeAlias

from credentials.errors import CredentialError
from credentials.json_types import JsonObject, JsonValue
from credentials.linked_data.compiled.canonical_form import first_degree_hash
from credentials.linked_data.compiled.contexts import ActiveContext
from credentials.linked_data.compiled.dataset import Graph, Resource
from credentials.linked_data.compiled.expansion import expand_language_value
from credentials.linked_data.compiled.fragments import Fragment, FragmentCache, settle
from credentials.linked_data.compiled.tables import Member, NodeTable, Place
from credentials.linked_data.compiled.term_definitions import NotCompiledError
from credentials.linked_data.embedded import is_embedded_credential
from credentials.linked_data.literals import RDF, literal
from credentials.linked_data.n_quads import escape, serialize_term
from credentials.urls import is_url

_FIRST = f" <{RDF}first> "
_REST = f" <{RDF}rest> "
_NIL = f"<{RDF}nil>"

Written: TypeAlias = str | Resource
"""What stands as an object: the text of an IRI or a literal, or a blank node."""


Path = tuple[str | int, ...]


class Description(NamedTuple):
    """An object that says something about a named node, and the place where it stands.

    It stands at `path` inside `around`.
    """

    place: Place
    around: JsonObject
    path: Path = ()

    @property
    def element(self) -> JsonObject:
        """The object."""
        found: JsonValue = self.around
        for step in self.path:
            found = found[step]
        return dict(found)


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
        self.repeated: list[list[Description]] = []
        """The descriptions of each node that is described more than once in a graph."""
        self.described: dict[str, Description] = {}
        """Nodes that are described in this graph, or component, by their names."""
        self._worlds = [self.described]
        """All of these, so that their identities stay their own."""
        self._repeated_in: dict[tuple[int, str], list[Description]] = {}
        self._credential = Resource("")
        self._its_contexts: JsonValue = None

    def document(self, place: Place, document: JsonObject) -> NodeTable:
        """Read a whole document at its top level, and return the table of its members."""
        contexts = document["@context"]
        self._note_contexts(contexts)
        table = place.table(document.get("type"))
        if "id" in document:
            node = self._named(table, document, ())
        else:
            node = self.graph.blank_node(self._credential, None)
        self._credential, self._its_contexts = node, contexts
        self._members(node, table, document)
        return table

    def part(self, place: Place, element: JsonObject) -> str:
        """Read one object with an id, as if there were nothing around it; return its name."""
        table = place.table(element.get("type"))
        node = self._named(table, element, place.names)
        self._members(node, table, element)
        return node.name

    def proof_apart(self, table: NodeTable | None, document: JsonObject) -> None:
        """Read the proofs of a document whose other members are read elsewhere.

        They are graphs of their own, which share no node with anything else.
        """
        if table is None or not table.member("proof").is_graph:
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
                is_plain = value.isprintable() and '"' not in value and "\\" not in value
                text = value if is_plain else _escaped(value)
                tails.append(f"{member.text_head}{text}{member.text_tail}")
            elif not member.is_keyword:
                self._values(node, member, value)
            if member.shares_iri:
                if member.iri in iris:
                    # Two terms stand for one property: compaction would write one of them.
                    node.has_repeats, self.returns = True, False
                iris.add(member.iri)

    def _named(self, table: NodeTable, element: JsonObject, names: Container[str]) -> Resource:
        """Find the node of an object with an id, and note that it is described here."""
        name = self._iri(element["id"], table.active, names)
        self._describe(name, Description(table.place, element))
        return self.graph.resource(name)

    def _describe(self, name: str, here: Description) -> None:
        first = self.described.setdefault(name, here)
        if first is not here:
            key = (id(self.described), name)
            known = self._repeated_in.get(key)
            if known is None:
                known = self._repeated_in[key] = [first]
                self.repeated.append(known)
            known.append(here)

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
            self.returns &= len({_is_literal(one) for one in written}) == 1

    def _graph(self, node: Resource, member: Member, item: JsonValue) -> Written:
        """Emit a node in a graph that a blank node names (5.1.2 step 13.12; 8.1)."""
        if type(item) is not dict or "@value" in item:
            raise NotCompiledError(member.name)
        outer, described = self.graph, self.described
        name = outer.blank_node(node, member.head)
        inner = self.graph = Graph()
        outer.graphs.append((name, inner))
        self._begin_world()
        written = self._node_object(node, None, member, item)
        self.graph, self.described = outer, described
        if not inner.count_statements():
            # Nothing would tell that the graph is there.
            raise NotCompiledError(member.name)
        return written

    def _object(self, node: Resource, head: str, member: Member, item: JsonValue) -> Written:
        """Emit the statement with one value as its object (5.1.2 step 4; 5.3.2; 8.2)."""
        if type(item) is str:
            written = self._text(member, item)
        elif type(item) is not dict:
            self.returns &= member.returns_value
            written = _number(member, item)
        elif "@value" in item:
            # A value object that says no more than its value comes back as the value alone.
            self.returns &= member.returns_language_value and len(item) > 1
            self.values += len(item)
            written = _language_literal(item)
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
        return f'"{_escaped(text)}{member.datatype}'

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
            inner = self._named(table, item, place.names)
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
            self._describe(name, Description(inner, item, path))
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
        returns, described = self.returns, self.described
        credential, contexts = self._credential, self._its_contexts
        is_embedded = member.is_embedding and is_embedded_credential(item)
        if is_embedded:
            self.embedded += 1
        if member.begins_world:
            self._begin_world()
        yield
        self._credential, self._its_contexts, self.described = credential, contexts, described
        if is_embedded:
            self.returns = returns

    def _begin_world(self) -> None:
        self.described = {}
        self._worlds.append(self.described)

    def _require_told_apart(self, items: list[JsonValue], written: list[Written]) -> None:
        """Note where compaction may write several values alike that the document wrote otherwise.

        Then the one side of the round trip would be read as one value, and the other not.
        """
        if any(type(item) is dict for item in items) and _are_alike(written[0], written[1]):
            self.returns = False


def _read_fragment(place: Place, element: JsonObject) -> Fragment | None:
    """Read a part of a document by itself; None if it is not the same wherever it stands."""
    emission = Emission()
    name = emission.part(place, element)
    if emission.contexts or emission.graph.graphs or emission.repeated:
        return None
    settle(emission.graph, lambda one: first_degree_hash(one, "SHA-256"))
    return Fragment(
        name=name,
        graph=emission.graph,
        described=tuple(
            (name, one.place, _path(element, one.around) or ())
            for name, one in emission.described.items()
        ),
        values=emission.values - 1,
        returns=emission.returns,
    )


def _path(value: JsonValue, wanted: JsonObject) -> Path | None:
    """Find the path to an object, which stands in a document once."""
    if value is wanted:
        return ()
    steps = value.items() if isinstance(value, dict) else enumerate(value)
    for step, inner in steps:
        if isinstance(inner, dict | list):
            path = _path(inner, wanted)
            if path is not None:
                return (step, *path)
    return None


def _are_alike(one: Written, other: Written) -> bool:
    if isinstance(one, str) or isinstance(other, str):
        return one == other
    return set(one.tails) == set(other.tails)


def _is_literal(written: Written) -> bool:
    return isinstance(written, str) and written.startswith('"')


def _escaped(text: str) -> str:
    try:
        return escape(text)
    except CredentialError as error:
        raise NotCompiledError(text) from error


def _number(member: Member, value: JsonValue) -> str:
    """Write a number or a truth value by the type mapping of its member (8.2.2)."""
    item = {"@value": value}
    if member.has_datatype:
        item["@type"] = member.kind
    return _written_literal(item)


def _language_literal(item: JsonObject) -> str:
    return _written_literal(expand_language_value(item))


def _written_literal(item: JsonObject) -> str:
    try:
        return serialize_term(literal(item))
    except (CredentialError, ValueError, OverflowError) as error:
        raise NotCompiledError("@value") from error
