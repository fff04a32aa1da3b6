"""Reading what a course costs, as its issuer declares it, and how much of that others pay."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

from credentials.json_types import JsonObject, member, only
from credentials.level_credit.levels import text_of
from credentials.level_credit.reader import achievement_of, descriptions_of, subjects_of

_RESULT_TYPE = re.compile(r"ext:([A-Z]{3})(Cost|Subsidy)")
_AMOUNT = re.compile(r"(?:0|[1-9][0-9]{0,11})(?:\.[0-9]{1,4})?")


@dataclass(frozen=True, slots=True)
class Price:
    """An exact amount of money; the currency is three capital letters (ISO 4217).

    Amounts of different currencies are never added.
    """

    amount: Fraction
    currency: str


@dataclass(frozen=True, slots=True)
class DeclaredCosts:
    """What one place costs, whoever pays, and how much of that others pay; None: not declared."""

    cost: Price | None = None
    subsidy: Price | None = None


def is_currency(text: object) -> bool:
    """Tell whether a text has the form of a currency code; which of them exist is not checked."""
    return isinstance(text, str) and re.fullmatch("[A-Z]{3}", text) is not None


def price_of(amount: object, currency: object) -> Price | None:
    """Read a price from two texts; None for anything else."""
    is_amount = isinstance(amount, str) and _AMOUNT.fullmatch(amount)
    if not is_amount or not is_currency(currency):
        return None
    return Price(Fraction(str(amount)), str(currency))


def declared_costs(document: JsonObject) -> DeclaredCosts:
    """Read what the issuer of a credential declares that its course costs.

    Of one that declares two different prices none is read: their order is not signed, and amounts
    of two currencies are not one price.  Several subjects declare nothing here.
    """
    subjects = [subject for _place, subject in subjects_of(document)]
    if len(subjects) != 1:
        return DeclaredCosts()
    _place, achievement = achievement_of(subjects[0], "/credentialSubject")
    found: dict[str, set[Price | None]] = {"Cost": set(), "Subsidy": set()}
    for description in descriptions_of(achievement):
        kind = _RESULT_TYPE.fullmatch(text_of(description, "resultType") or "")
        if kind is not None:
            amount = only(member(description, "valueMax"))
            found[kind[2]].add(price_of(amount, kind[1]))
    return DeclaredCosts(_one_of(found["Cost"]), _one_of(found["Subsidy"]))


def _one_of(prices: set[Price | None]) -> Price | None:
    return prices.pop() if len(prices) == 1 else None
