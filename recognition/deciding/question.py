"""What is asked of the rules: facts, the receiving component, and what registers say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from frameworks.credit_units import CreditUnit
from frameworks.level_maps import LevelMap
from frameworks.levels import Ladder
from recognition.deciding.facts import Facts


@dataclass(frozen=True, slots=True)
class Amount:
    """An amount in a unit."""

    amount: Fraction
    unit: str


@dataclass(frozen=True, slots=True)
class Cap:
    """How much of a kind of credit may be granted, and how much of that is used already.

    A larger grant becomes what is left if `partial`; `used` is None if that is not known.
    """

    amount: Fraction
    used: Fraction | None
    partial: bool


@dataclass(frozen=True, slots=True)
class Said:
    """What registers say about the frameworks and units of one question."""

    units: Mapping[str, CreditUnit] = field(default_factory=dict)
    ladders: Mapping[str, Ladder] = field(default_factory=dict)
    maps: tuple[LevelMap, ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """One question to the rules of a policy, as of the day of the decision."""

    facts: Facts
    target: Amount
    said: Said
    day: date
    cap: Cap | None = None
    programme_start: date | None = None
    grants_credit: bool = True
    """False for an exemption: what is granted then is zero credits."""
