"""An RDF dataset as the one pass writes it: canonical text that lacks the labels of blank nodes.

A blank node of a document is an object without an id, a cell of a list, or a graph.  None has a
name that another place could repeat, so at most one statement refers to it: blank nodes are trees,
and a statement about one differs from its canonical line in nothing but the label.
"""

from __future__ import annotations

from collections.abc import Iterator


class Resource:
    """A node, and the statements about it in one graph.

    `name` is "<IRI>", or "" for a blank node.  A tail is what follows the name in a canonical
    line of the default graph (" <predicate> object .\\n"), the newline included.
    """

    __slots__ = (
        *("digest", "has_repeats", "is_shared", "lines", "links", "name", "referer", "tails"),
    )

    def __init__(self, name: str) -> None:
        """Begin without statements."""
        self.name = name
        self.referer: tuple[str, str] | None = None
        """Who refers to a blank node, and how: a name as above and " <predicate> "."""
        self.tails: list[str] = []
        """Statements whose objects are no blank nodes."""
        self.links: list[tuple[str, Resource]] = []
        """Statements whose objects are blank nodes: " <predicate> " and the node."""
        self.has_repeats = False
        """Whether the tails may hold one statement twice."""
        self.is_shared = False
        """Whether it is part of a fragment, and must not be changed."""
        self.digest: str | None = None
        """Its first-degree hash by SHA-256, where it cannot change any more."""
        self.lines: str | None = None
        """Its canonical lines, where they cannot change any more and depend on no label."""

    def statements(self) -> list[str]:
        """List the tails of its statements without blank nodes, each once, in code point order."""
        if not self.is_shared:
            self.tails = sorted(set(self.tails) if self.has_repeats else self.tails)
            self.has_repeats = False
        return self.tails

    def joined(self, other: Resource) -> Resource:
        """Say what another description of the same node says, too; shared ones are not changed."""
        node = self if not self.is_shared else Resource(self.name)
        if node is not self:
            node.tails, node.links = self.tails.copy(), self.links.copy()
        node.tails += other.tails
        node.links += other.links
        node.has_repeats = True
        return node


class Graph:
    """Everything that one graph says: the default graph, or one that a blank node names."""

    __slots__ = ("blank_nodes", "graphs", "resources")

    def __init__(self) -> None:
        """Begin empty."""
        self.resources: dict[str, Resource] = {}
        """Nodes with an IRI, by their names."""
        self.blank_nodes: list[Resource] = []
        self.graphs: list[tuple[Resource, Graph]] = []
        """Graphs inside; the blank node that names one is a node of this graph."""

    def resource(self, name: str) -> Resource:
        """Find the node of a name, to say more about it."""
        known = self.resources.get(name)
        if known is None:
            node = Resource(name)
        elif known.is_shared:
            node = known.joined(Resource(name))
        else:
            known.has_repeats = True
            return known
        self.resources[name] = node
        return node

    def include(self, other: Graph) -> None:
        """Say what another graph says, too, whose nodes are shared."""
        for name, node in other.resources.items():
            known = self.resources.get(name)
            self.resources[name] = node if known is None else known.joined(node)
        self.blank_nodes += other.blank_nodes

    def blank_node(self, subject: Resource, predicate: str | None) -> Resource:
        """Make a blank node to which one statement refers; none without a predicate."""
        node = Resource("")
        if predicate is not None:
            node.referer = (subject.name, predicate)
            subject.links.append((predicate, node))
        self.blank_nodes.append(node)
        return node

    def nodes(self) -> Iterator[Resource]:
        """Yield every node of this graph, without those of graphs inside."""
        yield from self.resources.values()
        yield from self.blank_nodes

    def is_empty(self) -> bool:
        """Tell whether nothing is said."""
        return not (self.graphs or any(node.tails or node.links for node in self.nodes()))

    def count_characters(self) -> int:
        """Count the characters of the names with which the statements begin, in canonical text.

        It is what a short document can make much of: each statement repeats the name of its node.
        """
        named = self.resources.values()
        count = sum(len(one.name) * (len(one.statements()) + len(one.links)) for one in named)
        return count + sum(inner.count_characters() for _name, inner in self.graphs)

    def count_statements(self) -> int:
        """Count the statements, those of graphs inside included; repeated ones count anew."""
        count = 0
        for node in self.nodes():
            count += len(node.tails) + len(node.links)
        for _name, inner in self.graphs:
            count += inner.count_statements()
        return count
