"""What frameworks, levels, units and fields of study are called, for pages that have their ids."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from frameworks.registers import Registers

BROAD_FIELD_DIGITS = 2
"""Digits of ISCED-F that name a broad field; registers name these, and longer codes lie in them."""


@dataclass(frozen=True, slots=True)
class Names:
    """Names by id, as registers give them; what no register names is called by its id."""

    frameworks: Mapping[str, str]
    units: Mapping[str, str]
    fields: Mapping[str, str]

    @classmethod
    def of(cls, registers: Registers) -> Names:
        """Gather the names of all registers in use; the one that comes first is heard."""
        tables = [source.register.tables for source in registers.sources]
        return cls(
            _first((row.id, row.name) for one in tables for row in one.frameworks),
            _first((row.id, row.name) for one in tables for row in one.units),
            _first((row.code, row.label) for one in tables for row in one.isced_fields),
        )

    def framework(self, identifier: str) -> str:
        """Name a framework of qualifications."""
        return self.frameworks.get(identifier, identifier)

    def unit(self, identifier: str) -> str:
        """Name a unit of credit."""
        return self.units.get(identifier, identifier)

    def field(self, code: str) -> str:
        """Name the broad field of study beside a code of ISCED-F."""
        broad = self.fields.get(code[:BROAD_FIELD_DIGITS])
        return code if broad is None else f"{code}: {broad}"


def _first(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    found: dict[str, str] = {}
    for identifier, name in pairs:
        found.setdefault(identifier, name)
    return found
