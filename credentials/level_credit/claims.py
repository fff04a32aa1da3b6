"""A stated value as an immutable object; stated is not the same as confirmed."""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

from credentials.json_types import JsonObject, JsonValue

UNKNOWN_UNIT = "unknown"
"""The unit of credits for which a credential names none."""

AMOUNT_CHARACTERS = 32
"""Longest text that is read as an amount."""

AMOUNTS_KEPT = 1_024
"""How many amounts are kept as read: most are the same few."""


class StatedLevel(NamedTuple):
    """A level as it is claimed: framework by name, level by code, and the URI that decides."""

    framework: str | None
    code: str | None
    uri: str | None
    label: str | None
    pointer: str

    def to_json(self) -> JsonObject:
        """Write the level for a report, leaving out what is not stated."""
        members = {"framework": self.framework, "level": self.code, "level_uri": self.uri}
        return {name: value for name, value in members.items() if value is not None}


class StatedValue(NamedTuple):
    """Credits of one unit with levels and hours; what is only available is not earned.

    `levels` is in an order of its own: that of an unordered array in a signed document may be
    changed by anybody, so it must not mean anything.
    """

    levels: tuple[StatedLevel, ...]
    unit: str
    earned: Fraction | None
    available: Fraction | None
    hours_earned: Fraction | None
    hours_available: Fraction | None
    source_pointer: str

    @property
    def amount(self) -> Fraction | None:
        """The amount to tell, together with its `basis`: earned if stated, else available."""
        return self.available if self.earned is None else self.earned

    @property
    def basis(self) -> str | None:
        """What the amount is: "earned", "available", or None if there is none."""
        return _basis(self.earned, self.available)

    @property
    def hours(self) -> Fraction | None:
        """The hours to tell, together with their `hours_basis`."""
        return self.hours_available if self.hours_earned is None else self.hours_earned

    @property
    def hours_basis(self) -> str | None:
        """What the hours are, in the words of `basis`."""
        return _basis(self.hours_earned, self.hours_available)

    @property
    def same_basis(self) -> tuple[Fraction | None, Fraction | None]:
        """Credits and hours of one basis, to be divided by each other: the course's, else earned.

        Where the credits of the course are stated, these with the hours of the course; else what
        was earned of both.  Hours that are not stated in that basis are None.
        """
        if self.available is not None:
            return self.available, self.hours_available
        return self.earned, self.hours_earned

    def to_json(self) -> JsonObject:
        """Write the value for a report, leaving out what is not stated."""
        members = {
            "unit": self.unit if self.amount is not None else None,
            "amount": decimal_text(self.amount),
            "basis": self.basis,
            "available": decimal_text(self.available),
            "hours": decimal_text(self.hours),
            "hours_basis": self.hours_basis,
            "source_pointer": self.source_pointer,
        }
        first = self.levels[0].to_json() if self.levels else {}
        others = [level.to_json() for level in self.levels[1:]]
        stated = {name: value for name, value in members.items() if value is not None}
        return first | stated | ({"further_levels": others} if others else {})


def _basis(earned: Fraction | None, available: Fraction | None) -> str | None:
    if earned is not None:
        return "earned"
    return None if available is None else "available"


def decimal_text(amount: Fraction | None) -> str | None:
    """Write an amount as an exact decimal, or as a fraction where no decimal is exact."""
    if amount is None or amount.denominator == 1:
        return None if amount is None else str(amount.numerator)
    scaled = amount * 100
    if scaled.denominator != 1:
        return str(amount)
    whole, hundredths = divmod(abs(scaled.numerator), 100)
    sign = "-" if amount < 0 else ""
    return f"{sign}{whole}.{hundredths:02d}".rstrip("0")


def amount_of(value: JsonValue) -> Fraction | None:
    """Read a JSON number or a decimal text exactly, through the number's shortest text.

    `True` and `False` have a shortest text, too, which is no decimal.
    """
    if not isinstance(value, int | float | str):
        return None
    text = value.strip() if isinstance(value, str) else repr(value)
    is_plain = text.replace(".", "", 1).removeprefix("-").isdecimal() and text.isascii()
    if not is_plain or len(text) > AMOUNT_CHARACTERS or text.endswith("."):
        return None
    return _fraction(text)


@lru_cache(AMOUNTS_KEPT)
def _fraction(text: str) -> Fraction:
    return Fraction(text)
