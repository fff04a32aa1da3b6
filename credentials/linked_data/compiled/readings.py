"""What one pass found out about a document, kept while the same document is asked about again.

A verification asks for the context check, for the transformation of each proof and for the digest;
an issuance also rehearses, signs and checks what it signed.  The last few documents are kept by
their full content, so that all of them ask about one reading.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from functools import cached_property
from itertools import permutations

import orjson

from credentials.errors import DataLossError
from credentials.full_bytes import full_bytes
from credentials.json_types import JsonObject
from credentials.limits import Limits
from credentials.linked_data.compiled.canonical_form import canonical_n_quads
from credentials.linked_data.compiled.contexts import ContextCompiler
from credentials.linked_data.compiled.dataset import Graph
from credentials.linked_data.compiled.described import Description
from credentials.linked_data.compiled.emission import Emission
from credentials.linked_data.compiled.expansion import expand, expand_node
from credentials.linked_data.compiled.fragments import FragmentCache, weight
from credentials.linked_data.compiled.tables import top_level
from credentials.linked_data.compiled.templates import Filled, Templates
from credentials.linked_data.compiled.term_definitions import NotCompiledError
from credentials.linked_data.descriptions import is_split, require_single_descriptions
from credentials.remembering import Weighed

READINGS_BYTES = 1_048_576
"""Weight of the documents whose readings are kept, altogether (a reading takes ten times it)."""

READINGS_KEPT = 32
"""How many readings are kept at most: whoever asks again does so soon, and what is kept longer only
drives what is needed out of the processor's own memory."""

DESCRIPTIONS_COMPARED = 3
"""Most descriptions of one thing that are compared here; their order may count, so all are."""


class Reading:
    """One document as the pass read it: nothing would be dropped, and each thing is described once.

    Nothing in it belongs to the document, which may change, or to contexts, which are forgotten.
    """

    def __init__(self, emission: Emission) -> None:
        """Keep the findings of a pass."""
        self.values = emission.values
        self.contexts = tuple(emission.contexts)
        named = [*map(len, self.contexts)]
        self.named, self.named_in_one_place = sum(named), max(named, default=0)
        """How many contexts are named in all, and how many in one place at most."""
        self.embedded = emission.embedded
        self.returns = emission.returns
        self.has_usual_contexts = emission.has_usual_contexts
        self._graph = emission.graph
        self._texts: dict[str, tuple[Limits, str]] = {}

    @property
    def graph(self) -> Graph:
        """All that the document says."""
        return self._graph

    @cached_property
    def characters(self) -> int:
        """How much of the canonical text repeats names (`Graph.count_characters`)."""
        return self._graph.count_characters()

    def n_quads(self, hash_algorithm: str, limits: Limits) -> str:
        """Write the canonical N-Quads; raise `LimitExceededError` (TOO_COMPLEX)."""
        known = self._texts.get(hash_algorithm)
        if known is None or not (known[0] is limits or known[0] == limits):
            text = canonical_n_quads(self.graph, hash_algorithm=hash_algorithm, limits=limits)
            known = self._texts[hash_algorithm] = (limits, text)
        return known[1]


class ExchangedReading(Reading):
    """A document that is like one that was read (`templates`): it differs in some values only."""

    def __init__(self, filled: Filled, read: Callable[[], Reading]) -> None:
        """Take what was filled in, and how the document is read if that is not enough."""
        super().__init__(filled.tracing)
        self._n_quads = filled.n_quads
        self.characters = len(filled.n_quads)
        self._blank_nodes = len(filled.tracing.graph.blank_nodes)
        self._read = read

    @cached_property
    def _whole(self) -> Reading:
        return self._read()

    @property
    def graph(self) -> Graph:
        """All that the document says."""
        return self._whole.graph

    def n_quads(self, hash_algorithm: str, limits: Limits) -> str:
        """Write the canonical N-Quads; raise `LimitExceededError` (TOO_COMPLEX)."""
        if hash_algorithm == "SHA-256" and self._blank_nodes <= limits.blank_nodes:
            return self._n_quads
        return self._whole.n_quads(hash_algorithm, limits)


def are_within(limits: Limits, *readings: Reading) -> bool:
    """Tell whether what was read, as parts of one document, is no larger than limits allow."""
    values = characters = embedded = contexts = in_one_place = 0
    for one in readings:
        values += one.values
        characters += one.characters
        embedded += one.embedded
        contexts += one.named
        in_one_place = max(in_one_place, one.named_in_one_place)
    return (
        values <= limits.values
        # A value makes two statements at most (an item of a list).
        and (2 * values <= limits.quads or _count_statements(readings) <= limits.quads)
        and characters <= limits.canonical_characters
        and embedded <= limits.embedded_credentials
        and contexts <= limits.contexts
        and in_one_place <= limits.contexts_in_one_place
    )


def _count_statements(readings: Iterable[Reading]) -> int:
    return sum(one.graph.count_statements() for one in readings)


class Readings:
    """Reads documents, and keeps the last few readings."""

    def __init__(self, compiler: ContextCompiler) -> None:
        """Use compiled contexts."""
        self._compiler = compiler
        self._kept: Weighed[tuple[Reading | None]] = Weighed(READINGS_BYTES)
        self._fragments = FragmentCache()
        self._templates = Templates(self.trace)
        self._lock = threading.Lock()

    def read(self, document: JsonObject) -> Reading | None:
        """Read a document; None if the pass cannot vouch for it, whatever the reason."""
        key = full_bytes(document)
        if key is None:
            return None
        with self._lock:
            kept = self._kept.find(key)
        if kept is not None:
            return kept[0]
        reading = self._like_template(document, key) or self._read(document)
        size = len(key) if reading is None else weight(key, reading.values, reading.characters)
        size = max(size, READINGS_BYTES // READINGS_KEPT)
        with self._lock:
            self._kept.keep(key, (reading,), size)
        return reading

    def _like_template(self, document: JsonObject, written: bytes) -> Reading | None:
        """Read what differs from a document that was read before; None if that is not all."""
        try:
            place = top_level(self._compiler, document.get("@context"))
            filled = self._templates.fill(place, document, written)
        except (NotCompiledError, RecursionError):
            return None
        if filled is None:
            return None
        return ExchangedReading(filled, lambda: self._read_again(written))

    def _read_again(self, written: bytes) -> Reading:
        emission = Emission()
        self.trace(emission, orjson.loads(written))
        return Reading(emission)

    def _read(self, document: JsonObject) -> Reading | None:
        emission = Emission(self._fragments)
        try:
            self.trace(emission, document)
        except (NotCompiledError, RecursionError):
            return None
        reading = Reading(emission)
        return None if reading.graph.is_empty() else reading

    def trace(self, emission: Emission, document: JsonObject) -> None:
        """Read a document with a pass of the caller's; raise `NotCompiledError` instead of None."""
        place = top_level(self._compiler, document.get("@context"))
        emission.document(place, document)
        _require_single_descriptions(emission, document, self._compiler)

    def read_proof(self, document: JsonObject) -> Reading | None:
        """Read the proofs of a document that was read without them; None as in `read`."""
        emission = Emission()
        try:
            place = top_level(self._compiler, document.get("@context"))
            emission.proof_apart(place.table(document.get("type")), document)
            _require_single_descriptions(emission, document, self._compiler)
        except (NotCompiledError, RecursionError):
            return None
        return Reading(emission)


def _require_single_descriptions(
    emission: Emission, document: JsonObject, compiler: ContextCompiler
) -> None:
    """Require that one thing is described in one place (`descriptions`).

    Raises `NotCompiledError` where it is not.  Where many are described twice, or the document
    itself, it is expanded as a whole; else only they are.
    """
    if not emission.described.repeated:
        return
    if any(map(_takes_more, emission.described.repeated)):
        try:
            require_single_descriptions(expand(document, compiler))
        except DataLossError as error:
            raise NotCompiledError("@id") from error
        return
    for descriptions in emission.described.repeated:
        nodes = [_expanded(one, compiler) for one in descriptions]
        if any(is_split(list(order), None) for order in permutations(nodes)):
            raise NotCompiledError("@id")


def _takes_more(descriptions: list[Description]) -> bool:
    is_about_document = any(one.place.term is None for one in descriptions)
    return is_about_document or len(descriptions) > DESCRIPTIONS_COMPARED


def _expanded(description: Description, compiler: ContextCompiler) -> JsonObject:
    place = description.place
    return expand_node(place.active, place.term, description.element, compiler)
