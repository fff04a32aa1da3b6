"""A stated value in words, with its unit and level."""

from __future__ import annotations

from credentials.level_credit.claims import StatedValue, decimal_text


def in_words(value: StatedValue, *levels: str) -> str:
    """Tell a value in words, with its unit and level (or the levels as given)."""
    parts = []
    if value.amount is not None:
        told = f"{decimal_text(value.amount)} {value.unit} credits"
        parts.append(told + _unless_earned(value.basis))
    for level in value.levels:
        framework = level.framework or "an unnamed framework"
        parts.append(f"level {level.code or level.label or '?'} of {framework}")
    parts.extend(levels)
    if value.hours is not None:
        told = f"{decimal_text(value.hours)} hours of learning"
        parts.append(told + _unless_earned(value.hours_basis))
    return ", ".join(parts)


def _unless_earned(basis: str | None) -> str:
    return "" if basis == "earned" else " available, none stated as earned"
