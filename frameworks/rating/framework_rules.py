"""What a register says on one day about the framework of a course."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from frameworks.levels import Ladder
from frameworks.register import Register
from frameworks.register.rows import FrameworkRow, SizeBoundsRow, TitleRuleRow, UnitRow
from frameworks.value_checks import Facts


@dataclass(frozen=True, slots=True)
class FrameworkRules:
    """The rules of one framework as of a day; without levels its ladder has no steps."""

    framework: FrameworkRow
    ladder: Ladder
    unit: UnitRow | None
    size_bounds: tuple[SizeBoundsRow, ...]
    title_rules: tuple[TitleRuleRow, ...]
    facts: Facts = field(repr=False)

    @property
    def as_of(self) -> date:
        """The day of the rules."""
        return self.facts.as_of


def framework_rules(framework: str, register: Register, as_of: date) -> FrameworkRules | None:
    """Look up the rules of a framework; None if the register does not know it on that day."""
    day = register.on(as_of)
    row = day.frameworks.get(framework)
    if row is None:
        return None
    return FrameworkRules(
        framework=row,
        ladder=day.ladders.get(framework, Ladder.of(framework, ())),
        unit=day.unit_rows.get(row.unit or ""),
        size_bounds=day.size_bounds.get(framework, ()),
        title_rules=day.title_rules.get(framework, ()),
        facts=Facts(as_of, day.units, day.ladders),
    )
