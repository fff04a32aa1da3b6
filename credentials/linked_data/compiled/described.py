"""Which nodes a document describes, and where: each should be described in one place.

Graphs are worlds apart, and so are the components of a learner record (`descriptions`): the same
name may be described in each.
"""

from __future__ import annotations

from typing import NamedTuple

from credentials.json_types import JsonObject, JsonValue
from credentials.linked_data.compiled.tables import Place

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


World = dict[str, Description]
"""The nodes that are described in a graph, or component, by their names."""


class Described:
    """Notes every description, and those that come again."""

    def __init__(self) -> None:
        """Begin in the default graph of a document."""
        self.world: World = {}
        """Where the document is read just now."""
        self.repeated: list[list[Description]] = []
        """The descriptions of each node that is described more than once in a world."""
        self._worlds = [self.world]
        self._repeated_in: dict[tuple[int, str], list[Description]] = {}

    def add(self, name: str, here: Description) -> None:
        """Note that something is said here about the node of a name."""
        first = self.world.setdefault(name, here)
        if first is not here:
            key = (id(self.world), name)
            known = self._repeated_in.get(key)
            if known is None:
                known = self._repeated_in[key] = [first]
                self.repeated.append(known)
            known.append(here)

    def begin_world(self) -> None:
        """Go on in a world of its own; whoever begins one sets `world` back."""
        self.world = {}
        # All are kept, so that their identities stay their own.
        self._worlds.append(self.world)


def path_to(value: JsonValue, wanted: JsonObject) -> Path | None:
    """Find the path to an object, which stands in a document once."""
    if value is wanted:
        return ()
    steps = value.items() if isinstance(value, dict) else enumerate(value)
    for step, inner in steps:
        if isinstance(inner, dict | list):
            path = path_to(inner, wanted)
            if path is not None:
                return (step, *path)
    return None
