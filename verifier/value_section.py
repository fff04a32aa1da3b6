"""The section of a report that tells what a credential says it is worth."""

from __future__ import annotations

from typing import NamedTuple

import orjson

from credentials.json_types import JsonObject
from credentials.level_credit.claims import StatedValue


class ValueSection(NamedTuple):
    """What is stated, and what became of it; written as JSON only when somebody asks for it.

    Most of what decides about a credential is never shown, so writing it would be in vain.
    """

    values: tuple[StatedValue, ...] = ()
    appraisals: bytes | None = None
    """What registers say of the values, as JSON: whoever gets it may change it.  None without."""

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
            section["appraisals"] = orjson.loads(self.appraisals)
        return section


NOTHING_STATED = ValueSection()
