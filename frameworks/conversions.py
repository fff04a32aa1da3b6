"""Converting credit, exactly, once, and by a method that is named."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import NamedTuple

from frameworks.amounts import Interval, Rounding
from frameworks.credit_units import CreditUnit
from frameworks.errors import FrameworkError


class Method(StrEnum):
    """Where a conversion comes from."""

    FORMAL_RATIO = "formal-ratio"
    FULL_TIME_YEAR = "full-time-year"
    NOTIONAL_HOURS = "notional-hours"
    RECEIVER_POLICY = "receiver-policy"
    NOT_CONVERTIBLE = "not-convertible"


STATED = (Method.FORMAL_RATIO, Method.RECEIVER_POLICY)
"""Methods whose ratio is stated; the others compute it from the units."""


@dataclass(frozen=True, slots=True)
class Conversion:
    """A conversion between two units; a stated ratio counts one way unless it is reversible."""

    source: str
    target: str
    method: Method
    ratio: Fraction | None = None
    authority: str = ""
    reversible: bool = False
    id: str = ""

    def __post_init__(self) -> None:
        """Refuse a stated ratio that is missing or zero, and a ratio where none belongs."""
        if (self.ratio is not None) is not (self.method in STATED) or self.ratio == 0:
            raise FrameworkError(
                f"The conversion from {self.source} to {self.target} needs a ratio above zero "
                "exactly if its method states one.",
                code="RATIO_MALFORMED",
            )


class Credit(NamedTuple):
    """An amount in a unit; a converted amount never becomes the input of another conversion."""

    amount: Fraction
    unit: str
    already_converted: bool = False


class Converted(NamedTuple):
    """A converted amount, unrounded, with the conversion that gave it (None: the same unit)."""

    exact: Interval
    conversion: Conversion | None = None


class NotConvertible(FrameworkError):  # noqa: N818 - an answer, not a fault
    """The amount does not convert; `code` is the reason."""


def convert(
    credit: Credit,
    target: str,
    conversions: Iterable[Conversion],
    units: Mapping[str, CreditUnit],
) -> Converted:
    """Convert credit into another unit, unrounded.

    Obligations, the first that applies decides: 1. the same unit stays as it is; 2. what was
    converted is not converted again; 3. a conversion between the units is given, one in the
    asked direction before one in the other; 4. contact hours stay contact hours; 5. the method
    gives the result.  Raises `NotConvertible` with the reason as its code.
    """
    # 1.
    if credit.unit == target:
        return Converted(Interval.of(credit.amount))
    # 2.
    if credit.already_converted:
        raise _refused("ALREADY_CONVERTED")
    # 3.
    conversion = _find(credit.unit, target, tuple(conversions))
    source_unit, target_unit = _unit(units, credit.unit), _unit(units, target)
    # 4.
    if source_unit.is_contact and not target_unit.is_contact:
        raise _refused("CONTACT_HOUR_UNIT")
    # 5.
    return Converted(_by_method(credit, conversion, source_unit, target_unit), conversion)


def _by_method(
    credit: Credit, conversion: Conversion, source_unit: CreditUnit, target_unit: CreditUnit
) -> Interval:
    if conversion.method is Method.NOT_CONVERTIBLE:
        raise _refused("DECLARED_NOT_CONVERTIBLE")
    if conversion.ratio is not None:
        return Interval.of(_by_ratio(credit, conversion, conversion.ratio))
    if target_unit.is_contact and not source_unit.is_contact:
        raise _refused("CONTACT_HOUR_UNIT")
    if conversion.method is Method.FULL_TIME_YEAR:
        return Interval.of(_by_year(credit.amount, source_unit, target_unit))
    return _by_hours(credit.amount, source_unit, target_unit)


def _find(source: str, target: str, conversions: tuple[Conversion, ...]) -> Conversion:
    for pair in ((source, target), (target, source)):
        for conversion in conversions:
            if (conversion.source, conversion.target) == pair:
                return conversion
    raise _refused("NO_CONVERSION")


def _unit(units: Mapping[str, CreditUnit], name: str) -> CreditUnit:
    return units.get(name) or CreditUnit(name, "", None, None)


def _by_ratio(credit: Credit, conversion: Conversion, ratio: Fraction) -> Fraction:
    if conversion.source == credit.unit:
        return credit.amount * ratio
    if not conversion.reversible:
        raise _refused("CONVERSION_NOT_REVERSIBLE")
    return credit.amount / ratio


def _by_year(amount: Fraction, source: CreditUnit, target: CreditUnit) -> Fraction:
    if not source.per_year or target.per_year is None:
        raise _refused("PER_YEAR_UNKNOWN")
    return amount * target.per_year / source.per_year


def _by_hours(amount: Fraction, source: CreditUnit, target: CreditUnit) -> Interval:
    """Divide the least hours by the most per credit for the lower end, and the reverse."""
    if source.hours is None or target.hours is None or target.hours.low == 0:
        raise _refused("UNIT_HOURS_UNKNOWN")
    return Interval(
        amount * source.hours.low / target.hours.high,
        amount * source.hours.high / target.hours.low,
    )


class Sum(NamedTuple):
    """A sum of converted amounts: exact, and rounded."""

    exact: Interval
    result: Interval


def convert_sum(
    parts: tuple[Credit, ...],
    target: str,
    conversions: tuple[Conversion, ...],
    units: Mapping[str, CreditUnit],
    *,
    component_rounding: Rounding | None = None,
    total_rounding: Rounding | None = None,
) -> Sum:
    """Convert and add; each converted amount is rounded, or the total once, or nothing.

    Raises `NotConvertible` for the first part that does not convert: nothing is dropped.
    """
    exact = result = Interval.of(Fraction(0))
    for credit in parts:
        converted = convert(credit, target, conversions, units).exact
        exact += converted
        # What is in the target unit already was not converted, and so is not rounded.
        if component_rounding is not None and credit.unit != target:
            converted = component_rounding.apply_to(converted)
        result += converted
    return Sum(exact, total_rounding.apply_to(result) if total_rounding else result)


def loss(exact: Interval, rounded: Interval) -> Fraction | None:
    """Tell what rounding took away (negative: gave), if the exact value is one number."""
    before, after = exact.number, rounded.number
    return None if before is None or after is None else before - after


def _refused(code: str) -> NotConvertible:
    return NotConvertible(f"The amount does not convert ({code}).", code=code)
