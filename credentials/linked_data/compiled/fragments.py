"""Parts of documents that come again and again: the issuer, the achievement.

What is said in a part whose root has an IRI depends on nothing but the place where it stands and
its JSON: its blank nodes cannot be referred to from elsewhere, so that even their first-degree
hashes are known (RDFC-1.0 section 4.6).  Parts are found by place and full content, never by id.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from weakref import ref

from credentials.full_bytes import full_bytes
from credentials.json_types import JsonObject
from credentials.linked_data.compiled.dataset import Graph, Resource
from credentials.linked_data.compiled.tables import Place
from credentials.remembering import Weighed

FRAGMENT_BYTES = 16_384
"""Size of the largest part that is kept."""

FRAGMENTS_BYTES = 1_048_576
"""Size of all parts that are kept (what is made of a part takes some ten times its weight).

Those used least make room, so whoever sends many different parts only makes others slower."""

VALUE_BYTES = 40
"""What a JSON value counts at least, as in usual documents, however few bytes it was written in.

What is made of `{}` takes as much memory as what is made of a whole alignment."""

CHARACTERS_A_BYTE = 8
"""Characters of canonical text that count as one byte; usual documents have four for each.

A long name is written again in front of each statement about it."""

SEEN = 4_096
"""Parts that were seen once and are not kept yet: of each only a number is known."""


@dataclass(frozen=True, slots=True, eq=False)
class Fragment:
    """What the pass found in a part; nothing in it belongs to a document."""

    name: str
    graph: Graph
    described: tuple[tuple[str, Place, tuple[str | int, ...]], ...]
    """The names of nodes that are described, and the places and paths of their objects."""

    values: int
    characters: int
    returns: bool


class FragmentCache:
    """Keeps parts from the second time on that they are seen.

    A part is kept with the place that it stands in, and forgotten with it: whoever sends documents
    under many lists of contexts must not keep all of these in memory.
    """

    def __init__(self) -> None:
        """Begin empty."""
        self.kept: Weighed[tuple[ref[Place], bytes]] = Weighed(FRAGMENTS_BYTES)
        self._seen: set[int] = set()
        self._lock = threading.Lock()

    def find(
        self, place: Place, element: JsonObject, read: Callable[[], Fragment | None]
    ) -> Fragment | None:
        """Find a part, or read it if it comes for the second time; None if it is to be read anew.

        `read` returns None for a part that does not stand for itself.
        """
        content = full_bytes(element)
        if content is None or len(content) > FRAGMENT_BYTES:
            return None
        key = (place.number, content)
        with self._lock:
            if content in place.fragments:
                self.kept.find(key)
                kept: Fragment | None = place.fragments[content]
                return kept
            if not self._comes_again(hash(key)):
                return None
        fragment = read()
        with self._lock:
            place.fragments[content] = fragment
            weighs = len(content)
            if fragment is not None:
                weighs = weight(content, fragment.values, fragment.characters)
            self._forget(self.kept.keep(key, (ref(place), content), weighs))
        return fragment

    def _forget(self, forgotten: Iterable[tuple[ref[Place], bytes]]) -> None:
        """Forget the parts that were used least, unless their places are forgotten already."""
        for place_of, content in forgotten:
            place = place_of()
            if place is not None:
                place.fragments.pop(content, None)

    def _comes_again(self, number: int) -> bool:
        if number in self._seen:
            return True
        if len(self._seen) >= SEEN:
            self._seen.clear()
        self._seen.add(number)
        return False


def weight(content: bytes, values: int, characters: int) -> int:
    """Weigh what is kept of JSON: by its bytes, or by its values, or by what is written of it.

    `characters` is the length of its canonical text, or of the names that repeat in it.
    """
    return max(len(content), VALUE_BYTES * values, characters // CHARACTERS_A_BYTE)


def settle(nodes: Iterable[Resource], hash_of: Callable[[Resource], str]) -> None:
    """Finish the nodes of a part, so that documents can share them."""
    for node in nodes:
        node.statements()
        if not node.name:
            node.digest = hash_of(node)
        elif not node.links:
            node.lines = f"{node.name}{node.name.join(node.tails)}" if node.tails else ""
        node.is_shared = True
