"""The canonical form of what the one pass wrote (RDFC-1.0 sections 4.4 and 4.6).

In usual documents the first-degree hashes of all blank nodes differ.  Their order then gives the
labels (section 4.4.3 step 4), and nothing is left to do but to put the lines into order.  Where two
hashes are equal, the rest of the algorithm decides (`neighbours`).
"""

from __future__ import annotations

from collections.abc import Mapping

from credentials.limits import Limits
from credentials.linked_data.compiled.dataset import Graph, Resource
from credentials.linked_data.hash_algorithms import HASH_ALGORITHMS

END = " .\n"
_DOT = -len(".\n")
"""Before the dot stands the name of the graph, if the graph has one (section 5)."""


def canonical_n_quads(graph: Graph, *, hash_algorithm: str, limits: Limits) -> str:
    """Write the canonical N-Quads of a dataset by its default graph.

    Raises `LimitExceededError` (TOO_COMPLEX).
    """
    # Section 4.4.3 step 3.
    if graph.graphs:
        hashes = _hashes_with_graphs(graph, hash_algorithm)
    else:
        hashes = {node: first_degree_hash(node, hash_algorithm) for node in graph.blank_nodes}
    if len(hashes) > limits.blank_nodes:
        from credentials.linked_data.rdf_canonicalization import too_complex

        raise too_complex("it has too many parts without an id")
    # Steps 4 and 5.
    names = names_by_hash(hashes)
    if names is None:
        from credentials.linked_data.compiled.neighbours import names_by_neighbours

        names = names_by_neighbours(graph, hashes, hash_algorithm, limits)
    # Step 6.
    return _lines_with_graphs(graph, names) if graph.graphs else _lines(graph, names)


def names_by_hash(hashes: Mapping[Resource, str]) -> dict[Resource, str] | None:
    """Name blank nodes in the order of their hashes (4.4.3 step 4); None unless all differ."""
    by_hash = {digest: node for node, digest in hashes.items()}
    if len(by_hash) < len(hashes):
        return None
    return {by_hash[one]: f"_:c14n{number}" for number, one in enumerate(sorted(by_hash))}


def first_degree_hash(node: Resource, hash_algorithm: str = "SHA-256") -> str:
    """Hash what is said of a blank node of the default graph (section 4.6.3)."""
    if node.digest is not None and hash_algorithm == "SHA-256":
        return node.digest
    text = first_degree_text(node)
    return HASH_ALGORITHMS[hash_algorithm](text.encode("utf-8")).hexdigest()


def first_degree_text(node: Resource) -> str:
    """Write the statements that mention a blank node, in code point order (section 4.6.3).

    The node itself is written _:a, all others _:z.  Every line about it begins with "_:a ", so
    the tails are in order if the lines are.  The one line that refers to it stands before them if
    its subject is an IRI, and behind them if it is a blank node.
    """
    tails = node.statements()
    if node.links:
        # Statements about different nodes remain different, though they are written alike.
        tails = sorted([*tails, *(f"{predicate}_:z{END}" for predicate, _node in node.links)])
    text = f"_:a{'_:a'.join(tails)}" if tails else ""
    if node.referer is None:
        return text
    name, predicate = node.referer
    return f"{name}{predicate}_:a{END}{text}" if name else f"{text}_:z{predicate}_:a{END}"


def _lines(graph: Graph, names: dict[Resource, str]) -> str:
    """Write all lines in code point order (section 4.4.3 step 6; section 5).

    No name is the beginning of another, as IRIs stand in brackets and a space follows labels.  So
    the lines are in order if nodes are in the order of their names, and tails in their own.
    """
    nodes = graph.resources | {name: node for node, name in names.items()}
    return "".join(node_lines(name, nodes[name], names) for name in sorted(nodes))


def node_lines(name: str, node: Resource, names: Mapping[Resource, str]) -> str:
    """Write the lines about one node, in order; `names` are those of blank nodes ("_:c14n0")."""
    if node.lines is not None:
        return node.lines
    tails = node.statements()
    if node.links:
        tails = sorted([*tails, *[f"{head}{names[inner]}{END}" for head, inner in node.links]])
    return f"{name}{name.join(tails)}" if tails else ""


def _hashes_with_graphs(graph: Graph, hash_algorithm: str) -> dict[Resource, str]:
    """Hash what is said of every blank node, those that name graphs included (section 4.6.3)."""
    mentions: dict[Resource, list[str]] = {}
    _collect_mentions(graph, "", mentions)
    hash_function = HASH_ALGORITHMS[hash_algorithm]
    return {
        node: hash_function("".join(sorted(lines)).encode("utf-8")).hexdigest()
        for node, lines in mentions.items()
    }


def _collect_mentions(graph: Graph, at_graph: str, mentions: dict[Resource, list[str]]) -> None:
    """Write the lines of a graph that mention blank nodes: each for every one that it mentions.

    `at_graph` is "_:z " in a graph that a blank node names, as it is written for all others.
    """
    for node in graph.blank_nodes:
        lines = mentions[node] = [f"_:a{tail[:_DOT]}{at_graph}.\n" for tail in _tails(node)]
        if node.referer is not None:
            subject, predicate = node.referer
            lines.append(f"{subject or '_:z'}{predicate}_:a {at_graph}.\n")
    for name, inner in graph.graphs:
        _collect_mentions(inner, "_:z ", mentions)
        for node in inner.nodes():
            subject = node.name or "_:z"
            mentions[name] += [f"{subject}{tail[:_DOT]}_:a{END}" for tail in _tails(node)]


def _tails(node: Resource) -> list[str]:
    """List the tails of all statements about a node, other blank nodes written _:z."""
    return node.statements() + [f"{predicate}_:z{END}" for predicate, _node in node.links]


def _lines_with_graphs(graph: Graph, names: dict[Resource, str]) -> str:
    """Write the lines of all graphs in code point order; a node may stand in several of them."""
    tails: dict[str, list[str]] = {}

    def collect(inner: Graph, at_graph: str) -> None:
        for node in inner.nodes():
            ends = [f"{predicate}{names[one]}{END}" for predicate, one in node.links]
            tails.setdefault(node.name or names[node], []).extend(
                f"{tail[:_DOT]}{at_graph}.\n" for tail in (*node.statements(), *ends)
            )
        for name, one in inner.graphs:
            collect(one, f"{names[name]} ")

    collect(graph, "")
    return "".join(
        f"{name}{name.join(sorted(tails[name]))}" for name in sorted(tails) if tails[name]
    )
