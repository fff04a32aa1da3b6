"""What the design form shows of the register: frameworks, levels in words, units, hours."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from credentials.level_credit.claims import decimal_text
from frameworks.rating.framework_rules import framework_rules
from frameworks.rating.proposals import ProposedCredits
from frameworks.register import Register


@dataclass(frozen=True, slots=True)
class ShownLevel:
    """A level: its code, what it means in words, what is typically awarded there."""

    code: str
    summary: str
    award: str
    is_sure: bool


@dataclass(frozen=True, slots=True)
class ShownFramework:
    """A framework with its levels in order, and its unit of credit if it has one."""

    id: str
    name: str
    levels: tuple[ShownLevel, ...]
    unit: str
    unit_name: str
    hours_per_credit: str


def framework_choices(register: Register, day: date) -> list[tuple[str, str]]:
    """Name the frameworks that have levels, by the name that people know."""
    said = register.on(day)
    rows = [row for row in said.frameworks.values() if row.id in said.ladders]
    return sorted(
        ((row.id, f"{row.name} ({row.jurisdiction})" if row.jurisdiction else row.name))
        for row in rows
    )


def unit_choices(register: Register, day: date) -> list[tuple[str, str]]:
    """Name the units of credit by their tokens."""
    rows = register.on(day).unit_rows.values()
    return sorted((row.token, f"{row.token}: {row.name}") for row in rows)


def shown_framework(register: Register, framework: str, day: date) -> ShownFramework | None:
    """Describe a framework; nothing if the register does not know it on that day."""
    rules = framework_rules(framework, register, day)
    if rules is None:
        return None
    said = register.on(day)
    codes = rules.ladder.in_order(frozenset(rules.ladder.levels))
    rows = [said.level_rows[framework, code] for code in codes]
    levels = tuple(
        ShownLevel(
            row.code,
            row.summary or "",
            row.typical_award or "",
            row.provenance.status in ("sourced", "verified"),
        )
        for row in rows
    )
    unit = rules.unit
    return ShownFramework(
        framework,
        rules.framework.name,
        levels,
        "" if unit is None else unit.token,
        "" if unit is None else unit.name,
        "" if unit is None else _hours(unit.hours_low, unit.hours_high),
    )


def _hours(low: Fraction | None, high: Fraction | None) -> str:
    if low is None or high is None:
        return ""
    first, last = decimal_text(low) or "", decimal_text(high) or ""
    return first if low == high else f"{first}–{last}"


def credits_in_words(proposed: ProposedCredits | None) -> tuple[str, str]:
    """Write the credits that the hours make, and how they were found; nothing if they are none."""
    if proposed is None:
        return "", ""
    return decimal_text(proposed.amount) or "", proposed.why
