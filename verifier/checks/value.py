"""Check "value": what the credential says it is worth, and whether that can be."""

from __future__ import annotations

from credentials.json_types import JsonObject
from credentials.level_credit import read_values, value_findings
from credentials.level_credit.claims import StatedValue, decimal_text
from verifier.checks.world import from_findings, passed, skipped
from verifier.report import Outcome, Remark


def check_value(document: JsonObject) -> tuple[tuple[Remark, ...], JsonObject]:
    """Read level and credits; the second result is the `value` section of the report.

    Obligations (docs/level-credit-profile.md):

    1. stated values are possible in themselves;
    2. each is told with its unit, level and source, never as a bare number, and as what it is:
       earned, or only available;
    3. nothing stated here counts as confirmed: that takes a register.
    """
    # 1.
    remarks = from_findings(value_findings(document))
    # 2.
    values = read_values(document)
    section = _section(values)
    if any(remark.outcome is Outcome.FAILED for remark in remarks):
        return remarks, section
    # 3.
    if not values:
        text = "The credential states neither level nor credits."
        return (skipped("NO_VALUE_STATED", text), *remarks), section
    told = "; ".join(in_words(value) for value in values)
    text = f"Stated by the issuer, not confirmed by any register: {told}."
    return (passed(text, "STATED_BY_ISSUER"), *remarks), section


def _section(values: tuple[StatedValue, ...]) -> JsonObject:
    """Write what is stated; where it is one value, its members stand beside the list, too."""
    stated = [value.to_json() for value in values]
    if not stated:
        return {}
    return (stated[0] if len(stated) == 1 else {}) | {"stated": stated}


def in_words(value: StatedValue) -> str:
    """Tell a value in words, with its unit and level."""
    parts = []
    if value.amount is not None:
        told = f"{decimal_text(value.amount)} {value.unit} credits"
        parts.append(told + _unless_earned(value.basis))
    for level in value.levels:
        framework = level.framework or "an unnamed framework"
        parts.append(f"level {level.code or level.label or '?'} of {framework}")
    if value.hours is not None:
        told = f"{decimal_text(value.hours)} hours of learning"
        parts.append(told + _unless_earned(value.hours_basis))
    return ", ".join(parts)


def _unless_earned(basis: str | None) -> str:
    return "" if basis == "earned" else " available, none stated as earned"
