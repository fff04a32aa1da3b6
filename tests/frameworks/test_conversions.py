"""Converting credit: exactly, once, and never in favour of whoever converts twice."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frameworks.amounts import Interval, Rounding, RoundingMode, canonical, parse_amount
from frameworks.conversions import (
    Conversion,
    Credit,
    Method,
    NotConvertible,
    convert,
    convert_sum,
)
from frameworks.credit_units import CreditUnit
from frameworks.errors import FrameworkError

ECTS = CreditUnit("ects", "total-workload", Interval(Fraction(25), Fraction(30)), Fraction(60))
CATS = CreditUnit("cats", "total-notional", Interval.of(Fraction(10)), Fraction(120))
CEU = CreditUnit("ceu", "contact", Interval.of(Fraction(10)), None)
UNITS = {unit.id: unit for unit in (ECTS, CATS, CEU)}

amounts = st.fractions(min_value=0, max_value=10_000, max_denominator=1_000)
steps = st.sampled_from([Fraction(1), Fraction(1, 2), Fraction(1, 10), Fraction(1, 3)])


@st.composite
def units(draw: st.DrawFn, name: str) -> CreditUnit:
    low = draw(st.fractions(min_value=1, max_value=60, max_denominator=4))
    wide = draw(st.fractions(min_value=0, max_value=20, max_denominator=4))
    per_year = draw(st.integers(min_value=1, max_value=2_000))
    return CreditUnit(name, "total-notional", Interval(low, low + wide), Fraction(per_year))


@st.composite
def conversions(draw: st.DrawFn) -> Conversion:
    method = draw(
        st.sampled_from([Method.FORMAL_RATIO, Method.FULL_TIME_YEAR, Method.NOTIONAL_HOURS])
    )
    ratio = draw(st.fractions(min_value=Fraction(1, 50), max_value=50, max_denominator=50))
    is_stated = method is Method.FORMAL_RATIO
    return Conversion("a", "b", method, ratio if is_stated else None, reversible=True)


@given(amounts, units("a"), units("b"), conversions(), steps)
def test_there_and_back_never_gains_credit(
    amount: Fraction, source: CreditUnit, target: CreditUnit, conversion: Conversion, step: Fraction
) -> None:
    known = {"a": source, "b": target}
    floor = Rounding(step, RoundingMode.FLOOR)
    out = floor.apply_to(convert(Credit(amount, "a"), "b", [conversion], known).exact).low
    back = floor.apply_to(convert(Credit(out, "b"), "a", [conversion], known).exact).low
    assert back <= amount


@given(amounts, units("a"), units("b"), conversions())
def test_there_and_back_unrounded_contains_the_start(
    amount: Fraction, source: CreditUnit, target: CreditUnit, conversion: Conversion
) -> None:
    known = {"a": source, "b": target}
    out = convert(Credit(amount, "a"), "b", [conversion], known).exact
    low = convert(Credit(out.low, "b"), "a", [conversion], known).exact.low
    high = convert(Credit(out.high, "b"), "a", [conversion], known).exact.high
    assert low <= amount <= high


@given(st.lists(amounts, min_size=1, max_size=6), steps, st.sampled_from(RoundingMode))
def test_rounding_once_differs_by_less_than_a_step_for_each_rounded_number(
    parts: list[Fraction], step: Fraction, mode: RoundingMode
) -> None:
    conversion = Conversion("cats", "ects", Method.FORMAL_RATIO, Fraction(1, 2))
    credit = tuple(Credit(part, "cats") for part in parts)
    rounding = Rounding(step, mode)
    by_total = convert_sum(credit, "ects", (conversion,), UNITS, total_rounding=rounding)
    by_part = convert_sum(credit, "ects", (conversion,), UNITS, component_rounding=rounding)
    assert abs(by_total.exact.low - by_total.result.low) < step
    assert abs(by_part.exact.low - by_part.result.low) < step * len(parts)


@given(amounts, steps, st.sampled_from(RoundingMode))
def test_a_rounded_number_is_a_multiple_of_its_step(
    amount: Fraction, step: Fraction, mode: RoundingMode
) -> None:
    rounded = Rounding(step, mode).apply(amount)
    assert (rounded / step).denominator == 1
    assert abs(rounded - amount) < step


@pytest.mark.parametrize(
    ("mode", "amount", "rounded"),
    [
        (RoundingMode.FLOOR, "5/2", "2"),
        (RoundingMode.CEILING, "5/2", "3"),
        (RoundingMode.CEILING, "2", "2"),
        (RoundingMode.HALF_UP, "5/2", "3"),
        (RoundingMode.HALF_EVEN, "5/2", "2"),
        (RoundingMode.HALF_EVEN, "7/2", "4"),
        (RoundingMode.HALF_UP, "2.4", "2"),
        (RoundingMode.HALF_EVEN, "2.6", "3"),
    ],
)
def test_rounding_modes(mode: RoundingMode, amount: str, rounded: str) -> None:
    assert canonical(Rounding(Fraction(1), mode).apply(parse_amount(amount))) == rounded


def test_what_was_converted_is_not_converted_again() -> None:
    conversion = Conversion("cats", "ects", Method.FORMAL_RATIO, Fraction(1, 2))
    with pytest.raises(NotConvertible) as caught:
        convert(Credit(Fraction(5), "cats", already_converted=True), "ects", [conversion], UNITS)
    assert caught.value.code == "ALREADY_CONVERTED"


@pytest.mark.parametrize("method", [Method.NOTIONAL_HOURS, Method.FULL_TIME_YEAR])
@pytest.mark.parametrize(("source", "target"), [("ceu", "ects"), ("ects", "ceu")])
def test_contact_hours_never_become_hours_of_learning(
    method: Method, source: str, target: str
) -> None:
    with pytest.raises(NotConvertible) as caught:
        convert(Credit(Fraction(5), source), target, [Conversion(source, target, method)], UNITS)
    assert caught.value.code == "CONTACT_HOUR_UNIT"


def test_the_conversion_that_was_used_is_told() -> None:
    asked = Conversion("cats", "ects", Method.FORMAL_RATIO, Fraction(1, 2), id="asked")
    other = Conversion("ects", "cats", Method.FORMAL_RATIO, Fraction(3), reversible=True)
    converted = convert(Credit(Fraction(15), "cats"), "ects", [other, asked], UNITS)
    assert (converted.exact.number, converted.conversion) == (Fraction(15, 2), asked)


@pytest.mark.parametrize("ratio", [None, Fraction(0)])
def test_a_stated_ratio_is_above_zero(ratio: Fraction | None) -> None:
    with pytest.raises(FrameworkError) as caught:
        Conversion("a", "b", Method.FORMAL_RATIO, ratio)
    assert caught.value.code == "RATIO_MALFORMED"


@pytest.mark.parametrize(
    "text",
    ["", "-1", "1e3", "1,5", " 5", "05", "1/0", ".5", "5.", "½", "\u0665", 5, 5.0, True, None],
)
def test_what_is_no_amount_is_refused(text: object) -> None:
    with pytest.raises(FrameworkError) as caught:
        parse_amount(text)
    assert caught.value.code == "AMOUNT_MALFORMED"


@given(amounts)
def test_writing_and_reading_an_amount_gives_it_back(amount: Fraction) -> None:
    assert parse_amount(canonical(amount)) == amount


def test_a_number_that_nobody_could_read_is_not_written() -> None:
    with pytest.raises(FrameworkError) as caught:
        canonical(Fraction(10**4_001))
    assert caught.value.code == "AMOUNT_TOO_LONG"
