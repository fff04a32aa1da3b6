"""Naming blank nodes by their neighbours, where what is said of themselves is alike.

RDFC-1.0 section 4.4.3 steps 4 and 5; `rdf_canonicalization` has the algorithm.
"""

from __future__ import annotations

from collections.abc import Iterator

from credentials.limits import Limits
from credentials.linked_data.compiled.canonical_form import END
from credentials.linked_data.compiled.dataset import Graph, Resource
from credentials.linked_data.rdf_canonicalization import Statement, canonical_labels


def names_by_neighbours(
    graph: Graph, hashes: dict[Resource, str], hash_algorithm: str, limits: Limits
) -> dict[Resource, str]:
    """Name blank nodes of which some have the same hash (section 4.4.3 steps 4 and 5)."""
    labels = {node: f"b{number}" for number, node in enumerate(hashes)}
    issued = canonical_labels(
        dict.fromkeys(_statements(graph, labels, None)),
        {labels[node]: digest for node, digest in hashes.items()},
        hash_algorithm=hash_algorithm,
        limits=limits,
    )
    return {node: f"_:{issued[label]}" for node, label in labels.items()}


def _statements(
    graph: Graph, labels: dict[Resource, str], graph_label: str | None
) -> Iterator[Statement]:
    """Yield the statements with blank nodes of a graph, and of those inside it."""
    at_graph = () if graph_label is None else ((graph_label, "g"),)
    for node in graph.nodes():
        at_subject = ((labels[node], "s"),) if not node.name else ()
        for tail in node.statements() if at_subject or at_graph else ():
            predicate = tail[1 : tail.index(" ", 1)]
            yield _statement(node.name, [tail.removesuffix(END)], predicate, at_subject, at_graph)
        for head, inner in node.links:
            related = (*at_subject, (labels[inner], "o"))
            yield _statement(node.name, [head, ""], head.strip(" "), related, at_graph)
    for name, inner_graph in graph.graphs:
        yield from _statements(inner_graph, labels, labels[name])


def _statement(
    name: str,
    texts: list[str],
    predicate: str,
    related: tuple[tuple[str, str], ...],
    at_graph: tuple[tuple[str, str], ...],
) -> Statement:
    """Join the texts between the blank nodes of one statement; each of those begins with _:."""
    if name:
        texts[0] = name + texts[0]
    else:
        texts = ["", *texts]
    if at_graph:
        texts = [*texts[:-1], f"{texts[-1]} ", ""]
    texts[-1] += END
    before = [f"{text}_:" for text in texts[:-1]]
    return Statement((*before, texts[-1]), (*related, *at_graph), predicate)
