"""A stated value in words, with its unit and level."""

from __future__ import annotations

from credentials.level_credit.claims import StatedValue


def in_words(value: StatedValue) -> str:
    """Tell a value in words, with its unit and level."""
    figures = value.to_json()
    parts = []
    if "amount" in figures:
        parts.append(f"{figures['amount']} {figures['unit']} credits")
    for level in value.levels:
        framework = level.framework or "an unnamed framework"
        parts.append(f"level {level.code or level.label or '?'} of {framework}")
    if "hours" in figures:
        parts.append(f"{figures['hours']} hours of learning")
    return ", ".join(parts)
