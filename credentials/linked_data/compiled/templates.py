"""Documents that are like others before them: only the values that differ are read.

The badges of one course differ in who earned them, when, and with which results.  From the second
one on, what two of them do not have in common are slots, and a document that is the same everywhere
else is written by exchanging values (`exchanging`).  Which document that is, is found out from
its full content, never from its ids.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias
from weakref import ref

import orjson

from credentials.full_bytes import full_bytes
from credentials.json_types import JsonObject, JsonValue
from credentials.linked_data.compiled.exchanging import Parts
from credentials.linked_data.compiled.fragments import weight
from credentials.linked_data.compiled.tables import Place
from credentials.linked_data.compiled.term_definitions import NotCompiledError
from credentials.linked_data.compiled.tracing import Tracing
from credentials.remembering import Weighed

TEMPLATE_BYTES = 16_384
"""Size of the largest document that others are held against."""

TEMPLATES_BYTES = 262_144
"""Size of all of them (what is made of one takes some twenty times its weight)."""

FILLED_CHARACTERS = 262_144
"""Longest canonical text that is written by exchanging values; usual ones have four times the
bytes of their document."""

LEAST_BYTES = 1_024
"""What a template counts at least, however small it is."""

SLOTS = 64
"""Most values in which documents may differ; with more they are not alike."""

TRIES = 8
"""How many documents that fit nothing are learnt from one by one; later ever more rarely."""

Path: TypeAlias = tuple[str | int, ...]
Mask: TypeAlias = "dict[str | int, Mask | None]"
"""What is beneath members and items, as far as slots are there; None for a slot."""

Trace: TypeAlias = Callable[[Tracing, JsonObject], None]
"""Reads a document; raises `NotCompiledError` for one that cannot be vouched for."""


class Filled(NamedTuple):
    """What is known of the template of a document, and the document's own canonical N-Quads."""

    tracing: Tracing
    n_quads: str


class _UnlikeError(Exception):
    """Two documents do not differ in values alone; never leaves this module."""


@dataclass(slots=True)
class Template:
    """A document, and what is known of all that differ from it in its slots only."""

    written: bytes
    tracing: Tracing | None = None
    paths: tuple[Path, ...] = ()
    parts: Parts | None = None
    mask: Mask | None = None
    masked: bytes = b""
    hits: int = 0
    """How many documents were like it."""

    misses: int = 0
    """How many were not."""

    def fill(self, document: JsonObject) -> str | None:
        """Write the canonical N-Quads (SHA-256) of a document that is like it; None of others."""
        if self.parts is None or self.mask is None:
            return None
        values: list[JsonValue] = []
        try:
            rest = _masked(document, self.mask, values)
        except _UnlikeError:
            return None
        return self.parts.fill(values, "SHA-256") if full_bytes(rest) == self.masked else None

    @property
    def weight(self) -> int:
        """Weigh what is kept of it (`fragments.weight`)."""
        size = max(len(self.written), LEAST_BYTES)
        if self.tracing is None:
            return size
        return max(size, weight(b"", self.tracing.values, self.tracing.graph.count_characters()))

    @property
    def is_worth_learning(self) -> bool:
        """Tell whether to learn from a document that it does not fit: often first, rarely later."""
        return self.misses <= TRIES or self.misses & (self.misses - 1) == 0


class Templates:
    """The templates that were used most recently; safe to use from several threads.

    Like parts (`fragments`), a template is kept with the place of its documents, and forgotten with
    it.
    """

    def __init__(self, trace: Trace) -> None:
        """Take how documents are read."""
        self._trace = trace
        self.kept: Weighed[tuple[ref[Place], bytes]] = Weighed(TEMPLATES_BYTES)
        self._lock = threading.Lock()

    def fill(self, place: Place, document: JsonObject, written: bytes) -> Filled | None:
        """Fill the template of a document at its top level; without one, learn from it.

        `written` are its full bytes.
        """
        course = _course(document) if len(written) <= TEMPLATE_BYTES else None
        if course is None or not written.startswith(b"{"):
            return None
        with self._lock:
            template: Template | None = place.templates.get(course)
            self.kept.find((place.number, course))
        text = None if template is None else template.fill(document)
        is_filled = text is not None and len(text) <= FILLED_CHARACTERS
        if template is not None and template.tracing is not None and text and is_filled:
            template.hits += 1
            return Filled(template.tracing, text)
        self._learn(place, course, template, written)
        return None

    def _learn(
        self, place: Place, course: bytes, template: Template | None, written: bytes
    ) -> None:
        if template is not None:
            template.misses += 1
            if not template.is_worth_learning:
                return
        learnt = Template(written) if template is None else self._learnt(template, written)
        with self._lock:
            place.templates[course] = learnt
            key, size = (place.number, course), learnt.weight
            for place_of, name in self.kept.keep(key, (ref(place), course), size):
                former = place_of()
                if former is not None:
                    former.templates.pop(name, None)

    def _learnt(self, template: Template, written: bytes) -> Template:
        """Make slots of what two documents do not have in common, beside those that are known."""
        pattern: JsonObject = orjson.loads(template.written)
        found = dict.fromkeys(template.paths)
        try:
            _compare(pattern, orjson.loads(written), (), found)
            if len(found) > SLOTS:
                raise _UnlikeError
            if len(found) == len(template.paths):
                return template
            return self._built(template, pattern, tuple(found))
        except (_UnlikeError, NotCompiledError, RecursionError):
            # One odd document between two that are alike does not part them.
            is_kept = template.hits > template.misses or template.misses % 2 == 1
            return template if is_kept else Template(written, misses=template.misses)

    def _built(self, template: Template, pattern: JsonObject, paths: tuple[Path, ...]) -> Template:
        tracing = Tracing()
        self._trace(tracing, pattern)
        slots = [tracing.slot(*_member_at(pattern, path)) for path in paths]
        if tracing.graph.graphs or tracing.described.repeated or tracing.embedded:
            raise _UnlikeError
        if not tracing.returns:
            raise _UnlikeError
        mask = _mask_of(paths)
        # Slots are filled in the order in which a mask comes upon them.
        order: list[JsonValue] = []
        masked = full_bytes(_masked(pattern, mask, order)) or b""
        by_path = dict(zip(paths, slots, strict=True))
        parts = Parts(tracing, [by_path[path] for path in _in_order(mask)])
        seen = (template.hits, template.misses)
        return Template(template.written, tracing, paths, parts, mask, masked, *seen)


def _course(document: JsonObject) -> bytes | None:
    """Name the documents that may be alike: of one issuer, and of one achievement if there is."""
    subject = document.get("credentialSubject")
    achievement = subject.get("achievement") if isinstance(subject, dict) else None
    named = achievement.get("id") if isinstance(achievement, dict) else None
    return full_bytes([document["issuer"], named]) if "issuer" in document else None


def _compare(one: JsonValue, other: JsonValue, path: Path, found: dict[Path, None]) -> None:
    """Find the values in which two documents differ; raise unless they differ in values alone."""
    if type(one) is not type(other):
        raise _UnlikeError
    if isinstance(one, dict):
        if list(one) != list(other):
            raise _UnlikeError
        for name, value in one.items():
            _compare(value, other[name], (*path, name), found)
    elif isinstance(one, list):
        if len(one) != len(other):
            raise _UnlikeError
        for index, value in enumerate(one):
            _compare(value, other[index], (*path, index), found)
    elif one != other:
        found[path] = None


def _member_at(document: JsonObject, path: Path) -> tuple[JsonObject, str]:
    """Find the object whose member a path leads to; raise where it leads to an item of an array."""
    value: Any = document
    for step in path[:-1]:
        value = value[step]
    name = path[-1]
    if not isinstance(value, dict) or not isinstance(name, str):
        raise _UnlikeError
    return value, name


def _mask_of(paths: tuple[Path, ...]) -> Mask:
    mask: Mask = {}
    for path in paths:
        inner = mask
        for step in path[:-1]:
            below = inner.setdefault(step, {})
            if below is None:
                raise _UnlikeError
            inner = below
        inner[path[-1]] = None
    return mask


def _in_order(mask: Mask, above: Path = ()) -> list[Path]:
    """List the slots as `_masked` comes upon them."""
    found: list[Path] = []
    for step, below in mask.items():
        path = (*above, step)
        found += [path] if below is None else _in_order(below, path)
    return found


def _masked(value: Any, mask: Mask, values: list[JsonValue]) -> Any:
    """Copy a document as far as its slots are, with empty texts there; put its values on a list.

    Raises `_UnlikeError` where it has no such slots.
    """
    if type(value) is not dict and type(value) is not list:
        raise _UnlikeError
    rest: Any = value.copy()
    try:
        for step, below in mask.items():
            if below is None:
                values.append(rest[step])
                rest[step] = ""
            else:
                rest[step] = _masked(rest[step], below, values)
    except (LookupError, TypeError) as error:
        raise _UnlikeError from error
    return rest
