"""The frameworks in which a reader can be told what something is worth."""

from __future__ import annotations

from dataclasses import dataclass

from frameworks.registers import Registers


@dataclass(frozen=True, slots=True)
class Viewpoint:
    """A framework that a reader knows: its id, its name, and the token of its unit of credit."""

    id: str
    name: str
    unit: str = ""
    unit_name: str = ""


def viewpoints(registers: Registers | None) -> tuple[Viewpoint, ...]:
    """List the frameworks of all registers in use, by name."""
    found: dict[str, Viewpoint] = {}
    for source in () if registers is None else registers.sources:
        tables = source.register.tables
        units = {row.id: row for row in tables.units}
        for row in tables.frameworks:
            unit = units.get(row.unit or "")
            named = ("", "") if unit is None else (unit.token, unit.name)
            where = f" ({row.jurisdiction})" if row.jurisdiction else ""
            found.setdefault(row.id, Viewpoint(row.id, row.name + where, *named))
    return tuple(sorted(found.values(), key=lambda one: one.name))
