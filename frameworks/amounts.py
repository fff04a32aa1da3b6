"""Exact amounts and intervals of them; a float anywhere would be a defect."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from frameworks.errors import FrameworkError

AMOUNT_CHARACTERS = 1_000
"""Longest text that is read as an amount."""

RESULT_DIGITS = 4_000
"""Most digits of a number that is written; the interpreter's own limit is near."""

_TOO_LONG = 10**RESULT_DIGITS
_AMOUNT = re.compile(r"(?:0|[1-9][0-9]*)(?:\.[0-9]+|/[1-9][0-9]*)?")


class Decision(StrEnum):
    """How a bound is decided: by every value of an interval, by none, or not at all."""

    PASS = "pass"  # noqa: S105 - not a password
    FAIL = "fail"
    REFER = "refer"


def parse_amount(text: object) -> Fraction:
    """Read a decimal ("7.5") or a fraction ("15/2") as it is written in documents.

    Raises `FrameworkError` (AMOUNT_MALFORMED) for anything else, a number of JSON included.
    """
    if isinstance(text, str) and len(text) <= AMOUNT_CHARACTERS and _AMOUNT.fullmatch(text):
        return Fraction(text)
    raise FrameworkError('An amount is a text such as "7.5" or "15/2".', code="AMOUNT_MALFORMED")


@dataclass(frozen=True, slots=True)
class Interval:
    """All values from `low` to `high`, both included."""

    low: Fraction
    high: Fraction

    def __post_init__(self) -> None:
        """Refuse an interval that is empty."""
        if self.low > self.high:
            raise FrameworkError("An interval ends before it begins.", code="INTERVAL_MALFORMED")

    @classmethod
    def of(cls, amount: Fraction) -> Interval:
        """Make the interval of one number."""
        return cls(amount, amount)

    @property
    def number(self) -> Fraction | None:
        """The one number of the interval, or None if it has more."""
        return self.low if self.low == self.high else None

    def __add__(self, other: Interval) -> Interval:
        """Add end by end."""
        return Interval(self.low + other.low, self.high + other.high)

    def at_least(self, bound: Fraction) -> Decision:
        """Decide a minimum: pass if the lower end reaches it, fail if the upper does not."""
        if self.low >= bound:
            return Decision.PASS
        return Decision.REFER if self.high >= bound else Decision.FAIL

    def at_most(self, bound: Fraction) -> Decision:
        """Decide a maximum: pass if the upper end respects it, fail if the lower breaks it."""
        if self.high <= bound:
            return Decision.PASS
        return Decision.REFER if self.low <= bound else Decision.FAIL

    def exactly(self, value: Fraction) -> Decision:
        """Decide an exact value: pass only for that one number, fail if it is not contained."""
        if self.number == value:
            return Decision.PASS
        return Decision.REFER if self.low <= value <= self.high else Decision.FAIL


class RoundingMode(StrEnum):
    """How a value between two multiples is rounded."""

    FLOOR = "floor"
    CEILING = "ceiling"
    HALF_UP = "half-up"
    HALF_EVEN = "half-even"


@dataclass(frozen=True, slots=True)
class Rounding:
    """To which multiple of a step a value is rounded, and how."""

    step: Fraction
    mode: RoundingMode

    def __post_init__(self) -> None:
        """Refuse a step of zero: everything would be a multiple of it, or nothing."""
        if self.step <= 0:
            raise FrameworkError("A rounding step must be above zero.", code="STEP_MALFORMED")

    def apply(self, amount: Fraction) -> Fraction:
        """Round one number; ties go away from zero (half-up) or to the even multiple."""
        multiples, remainder = divmod(amount, self.step)
        return self.step * (multiples + self._rounds_up(multiples, remainder / self.step, amount))

    def apply_to(self, interval: Interval) -> Interval:
        """Round each end of an interval by itself."""
        return Interval(self.apply(interval.low), self.apply(interval.high))

    def _rounds_up(self, multiples: int, part: Fraction, amount: Fraction) -> bool:
        half = Fraction(1, 2)
        if part == 0 or self.mode is RoundingMode.FLOOR:
            return False
        if self.mode is RoundingMode.CEILING or part != half:
            return self.mode is RoundingMode.CEILING or part > half
        return amount > 0 if self.mode is RoundingMode.HALF_UP else multiples % 2 == 1


def canonical(amount: Fraction) -> str:
    """Write an integer, or a fraction in lowest terms.

    Raises `FrameworkError` (AMOUNT_TOO_LONG) for what nobody could read.
    """
    if max(abs(amount.numerator), amount.denominator) >= _TOO_LONG:
        raise FrameworkError("An amount has too many digits.", code="AMOUNT_TOO_LONG")
    return str(amount)
