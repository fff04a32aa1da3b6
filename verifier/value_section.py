"""The section of a report that tells what a credential says it is worth."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property, partial
from typing import NamedTuple

import orjson

from credentials.json_types import JsonObject, JsonValue
from credentials.level_credit.claims import StatedValue


class Appraisals:
    """What registers say of stated values: written when somebody asks for it, and once."""

    def __init__(self, write: Callable[[], bytes]) -> None:
        """Take how it is written, as JSON."""
        self._write = write

    def __reduce__(self) -> tuple[type[Appraisals], tuple[Callable[[], bytes]]]:
        """Send the JSON alone to another process, and no register with it."""
        return Appraisals, (partial(bytes, self.written),)

    def __eq__(self, other: object) -> bool:
        """Compare the JSON."""
        return isinstance(other, Appraisals) and self.written == other.written

    def __hash__(self) -> int:
        """Hash the JSON."""
        return hash(self.written)

    @cached_property
    def written(self) -> bytes:
        """The JSON; with it nothing is kept of what it was written from."""
        written = self._write()
        self._write = partial(bytes, written)
        return written

    def to_json(self) -> JsonValue:
        """Read what is written: whoever gets it may change it."""
        return orjson.loads(self.written)


class ValueSection(NamedTuple):
    """What is stated, and what became of it; written as JSON only when somebody asks for it.

    Most of what decides about a credential is never shown, so writing it would be in vain.
    """

    values: tuple[StatedValue, ...] = ()
    appraisals: Appraisals | None = None
    """What registers say of the values; None without any."""

    def __bool__(self) -> bool:
        """Tell whether anything is stated."""
        return bool(self.values)

    def to_json(self) -> JsonObject:
        """Write what is stated; where it is one value, its members stand beside the list, too."""
        stated = [value.to_json() for value in self.values]
        if not stated:
            return {}
        section = (stated[0] if len(stated) == 1 else {}) | {"stated": stated}
        if self.appraisals is not None:
            section["appraisals"] = self.appraisals.to_json()
        return section


NOTHING_STATED = ValueSection()
