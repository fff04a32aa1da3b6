"""RDF Dataset Canonicalization, RDFC-1.0 (W3C Recommendation of 21 May 2024).

Blank nodes get labels that depend on nothing but the dataset, so that two descriptions of the
same thing become the same bytes.  Every function is named after its section.  The algorithm is
exponential for entangled blank nodes; a work limit stops it (section 7.1, dataset poisoning).

One gap belongs to the algorithm itself.  Where a statement has three different blank nodes, as
subject, object and graph, Hash Related Blank Node looks at each of them alone, and blank nodes
that differ only in how the three are combined can get equal hashes.  The labels then follow the
order of the input.  Nothing is lost from the dataset; only its form is not unique.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from credentials.errors import LimitExceededError, MalformedValueError
from credentials.limits import DEFAULT_LIMITS, Limits
from credentials.linked_data.hash_algorithms import HASH_ALGORITHMS
from credentials.linked_data.n_quads import serialize_term
from credentials.linked_data.rdf import BlankNode, Iri, Quad

WORK_PER_STEP = 8
"""Related blank nodes looked at, for each step that `Limits.hash_n_degree_steps` allows.

One step may concern many blank nodes, so steps alone would not bound the time.
"""


class CanonicalDataset(NamedTuple):
    """Canonical N-Quads, and the canonical label of each blank node of the input.

    Labels come without "_:"; keys are the input's labels in the order in which canonical ones
    were issued.
    """

    n_quads: str
    labels: dict[str, str]


def canonicalize(
    quads: Iterable[Quad], *, hash_algorithm: str = "SHA-256", limits: Limits = DEFAULT_LIMITS
) -> CanonicalDataset:
    """Canonicalize a dataset (section 4.4).

    Raises `LimitExceededError` (TOO_COMPLEX) when a limit on quads, blank nodes or work is hit,
    and `MalformedValueError` (RDF_TERM) for a term that N-Quads cannot express.
    """
    if hash_algorithm not in HASH_ALGORITHMS:
        raise ValueError(f"hash_algorithm must be one of {', '.join(HASH_ALGORITHMS)}.")
    return canonicalize_statements(
        distinct_statements(quads, limits), hash_algorithm=hash_algorithm, limits=limits
    )


def canonicalize_statements(
    statements: Collection[Statement], *, hash_algorithm: str, limits: Limits
) -> CanonicalDataset:
    """Canonicalize a set of statements (section 4.4); raise `LimitExceededError` (TOO_COMPLEX)."""
    labels = canonical_labels(statements, hash_algorithm=hash_algorithm, limits=limits)
    lines = sorted([statement.line(labels.__getitem__) for statement in statements])
    return CanonicalDataset("".join(lines), labels)


def canonical_labels(
    statements: Iterable[Statement],
    first_degree_hashes: dict[str, str] | None = None,
    *,
    hash_algorithm: str,
    limits: Limits,
) -> dict[str, str]:
    """Issue canonical labels (section 4.4.3 steps 2 to 5), by first-degree hashes if known.

    `statements` are all different, and those that mention blank nodes are among them.  Raises
    `LimitExceededError` (TOO_COMPLEX).
    """
    state = _CanonicalizationState(statements, hash_algorithm, limits, first_degree_hashes)
    return state.issue_canonical_identifiers()


class Statement(NamedTuple):
    """One quad as the text between its blank nodes, so that relabelling costs one join.

    `texts` has one entry more than `related`, which holds the blank nodes in order, each with
    its position: "s", "o" or "g".
    """

    texts: tuple[str, ...]
    related: tuple[tuple[str, str], ...]
    predicate: str

    def line(self, label_of: Callable[[str], str]) -> str:
        """Write the canonical line with other labels for the blank nodes."""
        first, *others = self.texts
        for (label, _position), text in zip(self.related, others, strict=True):
            first += label_of(label) + text
        return first


def _statement(quad: Quad) -> Statement:
    if not isinstance(quad.predicate, Iri):
        raise MalformedValueError("A predicate must be an IRI.", code="RDF_TERM")
    texts, related, text = [], [], ""
    predicate = serialize_term(quad.predicate)
    for position, term in (("s", quad.subject), ("p", None), ("o", quad.object), ("g", quad.graph)):
        if isinstance(term, BlankNode):
            texts.append(f"{text}_:")
            related.append((term.label, position))
            text = " "
        elif term is not None:
            text += f"{serialize_term(term)} "
        elif position == "p":
            text += f"{predicate} "
    return Statement((*texts, f"{text}.\n"), tuple(related), predicate)


def distinct_statements(quads: Iterable[Quad], limits: Limits) -> tuple[Statement, ...]:
    """Make the dataset a set; terms count as equal only if they are of the same kind.

    (As tuples, the IRI <urn:x> and the blank node _:urn:x would be equal.)
    """
    statements: dict[Statement, None] = {}
    characters = 0
    for quad in quads:
        statement = _statement(quad)
        if statement in statements:
            continue
        statements[statement] = None
        characters += sum(map(len, statement.texts))
        if len(statements) > limits.quads:
            raise too_complex("it makes too many statements")
        if characters > limits.canonical_characters:
            raise too_complex("its statements are too long together")
    return tuple(statements)


@dataclass(slots=True)
class _IdentifierIssuer:
    """Issue identifiers in the order of the first request (section 4.5)."""

    prefix: str
    issued: dict[str, str] = field(default_factory=dict)

    def issue_identifier(self, existing: str) -> str:
        """Return the identifier of a blank node, making one at the first request (4.5.2)."""
        return self.issued.setdefault(existing, f"{self.prefix}{len(self.issued)}")

    def copy(self) -> _IdentifierIssuer:
        """Copy the issuer, so that a path can be tried without committing to it."""
        return _IdentifierIssuer(self.prefix, self.issued.copy())


class _CanonicalizationState:
    """Canonicalization state of section 4.2, with a budget of work."""

    def __init__(
        self,
        statements: Iterable[Statement],
        hash_algorithm: str,
        limits: Limits,
        first_degree_hashes: dict[str, str] | None = None,
    ) -> None:
        self._hash_function = HASH_ALGORITHMS[hash_algorithm]
        self._steps_left = limits.hash_n_degree_steps
        self._work_left = limits.hash_n_degree_steps * WORK_PER_STEP
        self._depth_left = limits.hash_n_degree_depth
        self._canonical_issuer = _IdentifierIssuer("c14n")
        # Section 4.4.3, step 2: the blank node to quads map.
        self._blank_node_to_quads: dict[str, list[Statement]] = defaultdict(list)
        for statement in statements:
            for label in dict(statement.related):
                self._blank_node_to_quads[label].append(statement)
        if len(self._blank_node_to_quads) > limits.blank_nodes:
            raise too_complex("it has too many parts without an id")
        # Step 3: the first-degree hash of every blank node.
        self._first_degree_hash = first_degree_hashes or {
            label: self._hash_first_degree_quads(label) for label in self._blank_node_to_quads
        }

    def issue_canonical_identifiers(self) -> dict[str, str]:
        """Run steps 4 and 5 of section 4.4.3: unique first-degree hashes first, then the others."""
        hash_to_blank_nodes: dict[str, list[str]] = defaultdict(list)
        for label, digest in self._first_degree_hash.items():
            hash_to_blank_nodes[digest].append(label)
        shared = []
        for digest in sorted(hash_to_blank_nodes):
            identifiers = hash_to_blank_nodes[digest]
            if len(identifiers) == 1:
                self._canonical_issuer.issue_identifier(identifiers[0])
            else:
                shared.append(identifiers)
        for identifiers in shared:
            self._issue_for_shared_hash(identifiers)
        return self._canonical_issuer.issued

    def _issue_for_shared_hash(self, identifiers: list[str]) -> None:
        """Run step 5 of section 4.4.3 for the blank nodes that share one first-degree hash."""
        hash_path_list = []
        for identifier in identifiers:
            if identifier in self._canonical_issuer.issued:
                continue
            temporary_issuer = _IdentifierIssuer("b")
            temporary_issuer.issue_identifier(identifier)
            hash_path_list.append(self._hash_n_degree_quads(identifier, temporary_issuer))
        for _digest, issuer in sorted(hash_path_list, key=lambda result: result[0]):
            for existing in issuer.issued:
                self._canonical_issuer.issue_identifier(existing)

    def _hash(self, text: str) -> str:
        return self._hash_function(text.encode("utf-8")).hexdigest()

    def _hash_first_degree_quads(self, reference: str) -> str:
        """Hash the statements that mention a blank node (section 4.6.3)."""

        def label_of(label: str) -> str:
            return "a" if label == reference else "z"

        lines = [statement.line(label_of) for statement in self._blank_node_to_quads[reference]]
        return self._hash("".join(sorted(lines)))

    def _hash_related_blank_node(
        self, related: str, statement: Statement, issuer: _IdentifierIssuer, position: str
    ) -> str:
        """Hash how one blank node is related to another (section 4.7.3)."""
        start = position if position == "g" else position + statement.predicate
        identifier = self._canonical_issuer.issued.get(related) or issuer.issued.get(related)
        if identifier is not None:
            return self._hash(f"{start}_:{identifier}")
        return self._hash(start + self._first_degree_hash[related])

    def _related_blank_nodes(
        self, identifier: str, issuer: _IdentifierIssuer
    ) -> dict[str, list[str]]:
        """Run steps 1 to 3 of section 4.8.3: group the related blank nodes by their hash."""
        hash_to_related: dict[str, list[str]] = defaultdict(list)
        for statement in self._blank_node_to_quads[identifier]:
            for related, position in statement.related:
                if related != identifier:
                    digest = self._hash_related_blank_node(related, statement, issuer, position)
                    hash_to_related[digest].append(related)
        return hash_to_related

    def _hash_n_degree_quads(
        self, identifier: str, issuer: _IdentifierIssuer
    ) -> tuple[str, _IdentifierIssuer]:
        """Hash a blank node through its neighbours (section 4.8.3)."""
        self._spend(work=len(self._blank_node_to_quads[identifier]))
        if self._depth_left == 0:
            raise too_complex("a chain of parts without an id is too long")
        self._depth_left -= 1
        data_to_hash = ""
        hash_to_related = self._related_blank_nodes(identifier, issuer)
        # Step 5, in code point order of the related hashes.
        for related_hash in sorted(hash_to_related):
            path, issuer = self._choose_path(hash_to_related[related_hash], issuer)
            data_to_hash += related_hash + path
        self._depth_left += 1
        return self._hash(data_to_hash), issuer

    def _choose_path(
        self, blank_nodes: list[str], issuer: _IdentifierIssuer
    ) -> tuple[str, _IdentifierIssuer]:
        """Try every order of related blank nodes and keep the least path (4.8.3, step 5.4)."""
        chosen_path, chosen_issuer = "", issuer
        for permutation in _permutations(blank_nodes):
            self._spend(work=len(permutation))
            attempt = self._try_path(permutation, issuer.copy(), chosen_path)
            if attempt is not None and (not chosen_path or attempt[0] < chosen_path):
                chosen_path, chosen_issuer = attempt
        return chosen_path, chosen_issuer

    def _try_path(
        self, permutation: Sequence[str], issuer_copy: _IdentifierIssuer, chosen_path: str
    ) -> tuple[str, _IdentifierIssuer] | None:
        """Build the path of one order (4.8.3, steps 5.4.2 to 5.4.5); None once it has lost."""
        path, recursion_list = "", []
        for related in permutation:
            canonical = self._canonical_issuer.issued.get(related)
            if canonical is None and related not in issuer_copy.issued:
                recursion_list.append(related)
            path += f"_:{canonical or issuer_copy.issue_identifier(related)}"
            if _has_lost(path, chosen_path):
                return None
        for related in recursion_list:
            digest, result_issuer = self._hash_n_degree_quads(related, issuer_copy)
            path += f"_:{issuer_copy.issue_identifier(related)}<{digest}>"
            issuer_copy = result_issuer
            if _has_lost(path, chosen_path):
                return None
        return path, issuer_copy

    def _spend(self, work: int) -> None:
        """Count one step, and how many blank nodes or statements it looks at."""
        self._steps_left -= 1
        self._work_left -= work
        if self._steps_left < 0 or self._work_left < 0:
            raise too_complex("its parts without an id refer to each other in too many ways")


def _has_lost(path: str, chosen_path: str) -> bool:
    return bool(chosen_path) and len(path) >= len(chosen_path) and path > chosen_path


def _permutations(items: Iterable[str]) -> Iterator[list[str]]:
    """Yield each distinct order of a list once, in lexicographic order.

    A blank node may be related several times in the same way, for instance as the graph of many
    statements; orders that differ only in which mention comes first would give the same path.
    """
    order = sorted(items)
    while True:
        yield order
        pivot = len(order) - 2
        while pivot >= 0 and order[pivot] >= order[pivot + 1]:
            pivot -= 1
        if pivot < 0:
            return
        successor = len(order) - 1
        while order[successor] <= order[pivot]:
            successor -= 1
        order = order.copy()
        order[pivot], order[successor] = order[successor], order[pivot]
        order[pivot + 1 :] = reversed(order[pivot + 1 :])


def too_complex(why: str) -> LimitExceededError:
    """Say that a dataset is given up, and why."""
    return LimitExceededError(f"The document is too complex: {why}.", code="TOO_COMPLEX")
