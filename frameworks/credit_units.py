"""Units of credit: what stands behind one credit of a kind."""

from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple

from frameworks.amounts import Interval

CONTACT = "contact"
"""Basis of units that count hours of teaching; they never convert into hours of learning."""


class CreditUnit(NamedTuple):
    """A unit: hours per credit and credits per full-time year, where they are known."""

    id: str
    basis: str
    hours: Interval | None
    per_year: Fraction | None

    @property
    def is_contact(self) -> bool:
        """Tell whether the unit counts hours of teaching."""
        return self.basis == CONTACT
