"""Canonical N-Quads of many documents that differ in a few values, as those of a roster do.

A template is the one pass evaluated in part: what no slot touches is read once.  For each document
the statements of the slots are written anew by the same code, and the first-degree hash (RDFC-1.0
section 4.6) of every blank node that a slot touches is computed anew, because labels depend on
values.  Lines are put into order anew.  Where that is not the whole story, the whole document is
read: a value of another kind, an id that stands elsewhere, too, or two equal hashes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from credentials.json_types import JsonObject, JsonValue
from credentials.limits import DEFAULT_LIMITS, Limits
from credentials.linked_data.compiled.exchanging import Parts
from credentials.linked_data.compiled.readings import Reading, are_within
from credentials.linked_data.compiled.term_definitions import NotCompiledError
from credentials.linked_data.compiled.tracing import Tracing
from credentials.linked_data.expansion import ContextLoader, processor_for
from credentials.linked_data.reading import canonical_n_quads
from credentials.linked_data.selection import parse_pointer, select


class Filled(NamedTuple):
    """A document made from a template: its canonical N-Quads, and what is known of it."""

    n_quads: str
    is_like_template: bool
    """Whether `faithful_findings` finds of it what it finds of the template's own document.

    If not, nothing is known, and the document has to be judged by itself."""


class CanonicalTemplate:
    """Writes canonical N-Quads of documents that differ from one another in named values only."""

    def __init__(
        self,
        document: JsonObject,
        slots: Sequence[str],
        *,
        load_context: ContextLoader,
        limits: Limits = DEFAULT_LIMITS,
    ) -> None:
        """Read a document, and find the values that JSON pointers name in it.

        A slot is one text, number or truth value, as the value of a member, or an id; what cannot
        be one makes no error, only a template that reads each document as a whole.  Raises
        `PointerError` for a pointer that is malformed or matches nothing.
        """
        select(document, slots)
        self._document = document
        self._paths = [parse_pointer(pointer) for pointer in slots]
        self._load_context = load_context
        self._limits = limits
        self._parts = self._read()

    def document(self, values: Sequence[JsonValue]) -> JsonObject:
        """Build the document with these values in its slots, given in the order of the slots."""
        document = self._document
        for path, value in zip(self._paths, values, strict=True):
            document = _exchanged(document, path, value)
        return document

    def fill(self, values: Sequence[JsonValue], *, hash_algorithm: str = "SHA-256") -> Filled:
        """Write the canonical N-Quads of the document with these values in its slots.

        Raises what `canonical_n_quads` raises for that document.
        """
        if self._parts is not None:
            text = self._parts.fill(values, hash_algorithm)
            if text is not None:
                return Filled(text, is_like_template=True)
        text = canonical_n_quads(
            self.document(values),
            load_context=self._load_context,
            hash_algorithm=hash_algorithm,
            limits=self._limits,
        )
        return Filled(text, is_like_template=False)

    def _read(self) -> Parts | None:
        readings = processor_for(self._load_context).readings
        tracing = Tracing()
        try:
            readings.trace(tracing, self._document)
            slots = [tracing.slot(*_found(self._document, path)) for path in self._paths]
        except NotCompiledError:
            return None
        if tracing.graph.graphs or tracing.described.repeated or tracing.embedded:
            return None
        if not tracing.returns or not are_within(self._limits, Reading(tracing)):
            return None
        return Parts(tracing, slots)


def _found(document: JsonObject, path: Sequence[str]) -> tuple[JsonObject, str]:
    """Find the object that a path leads into, and the name of its member."""
    if not path:
        raise NotCompiledError("")
    value: JsonValue = document
    for step in path[:-1]:
        value = value[int(step)] if isinstance(value, list) else value[step]
    if not isinstance(value, dict) or path[-1] not in value:
        raise NotCompiledError(path[-1])
    return value, path[-1]


def _exchanged(value: JsonValue, path: Sequence[str], new: JsonValue) -> JsonValue:
    """Copy a document as far as a path leads, with another value at its end."""
    if not path:
        return new
    step, rest = path[0], path[1:]
    if isinstance(value, list):
        index = int(step)
        return [*value[:index], _exchanged(value[index], rest, new), *value[index + 1 :]]
    return {**value, step: _exchanged(value[step], rest, new)}
