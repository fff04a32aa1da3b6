"""Writing level and credits in the form of our profile (docs/level-credit-profile.md)."""

from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple

from credentials.errors import ValueRangeError
from credentials.json_types import JsonObject
from credentials.level_credit.claims import decimal_text
from credentials.level_credit.reader import HOURS_RESULT_TYPE

LARGEST_AMOUNT = 10_000
"""Most credits, and most hours, that one credential states."""

DECIMALS = 2
"""Decimal places of an amount; what is finer would not survive a signature exactly."""


class LevelStatement(NamedTuple):
    """A level: short name and full name of its framework, its code, and the URI that decides."""

    framework: str
    framework_name: str
    code: str
    uri: str


class CreditStatement(NamedTuple):
    """Credits: the short name of the unit (ECTS, NZQCF) and how many of them."""

    unit: str
    amount: Fraction


def write_values(
    achievement_id: str,
    *,
    level: LevelStatement | None,
    credit: CreditStatement,
    hours: Fraction | None = None,
) -> tuple[JsonObject, JsonObject]:
    """Build the members that state a value: those of the achievement and those of the subject.

    Without a level the credits stand alone.
    Raises `ValueRangeError` (AMOUNT_OUT_OF_RANGE) for amounts that are negative, too large or
    finer than two decimal places.
    """
    unit = f"ext:{credit.unit}Credits"
    amounts = [(f"{achievement_id}#credits", f"{credit.unit} credits", unit, credit.amount)]
    if hours is not None:
        name = "Notional hours of learning"
        amounts.append((f"{achievement_id}#hours", name, HOURS_RESULT_TYPE, hours))
    descriptions = [_description(*amount) for amount in amounts]
    results = [_result(identifier, amount) for identifier, _name, _kind, amount in amounts]
    aligned: JsonObject = {} if level is None else {"alignment": [level_alignment(level)]}
    achievement = {
        "creditsAvailable": json_number(credit.amount),
        **aligned,
        "resultDescription": descriptions,
    }
    return achievement, {"creditsEarned": json_number(credit.amount), "result": results}


def json_number(amount: Fraction) -> int | float:
    """Write an amount as a JSON number: an integer where it is whole.

    A float appears here and nowhere else, as the last step before JSON; with two decimal places
    its shortest text is the exact amount again.
    """
    _require_statable(amount)
    return amount.numerator if amount.denominator == 1 else amount.numerator / amount.denominator


def _require_statable(amount: Fraction) -> None:
    if not 0 <= amount <= LARGEST_AMOUNT or (amount * 10**DECIMALS).denominator != 1:
        raise ValueRangeError(
            f"An amount lies between 0 and {LARGEST_AMOUNT} and has at most {DECIMALS} decimal "
            f"places; {decimal_text(amount)} does not.",
            code="AMOUNT_OUT_OF_RANGE",
        )


def level_alignment(level: LevelStatement) -> JsonObject:
    """Build the alignment of an achievement that states a level."""
    return {
        "type": ["Alignment"],
        "targetType": f"ext:{level.framework}Level",
        "targetFramework": level.framework_name,
        "targetName": f"{level.framework} level {level.code}",
        "targetCode": level.code,
        "targetUrl": level.uri,
    }


def _description(identifier: str, name: str, kind: str, amount: Fraction) -> JsonObject:
    _require_statable(amount)
    text = decimal_text(amount)
    return {
        "id": identifier,
        "type": ["ResultDescription"],
        "name": name,
        "resultType": kind,
        "valueMin": "0",
        "valueMax": text,
        "requiredValue": text,
    }


def _result(identifier: str, amount: Fraction) -> JsonObject:
    return {
        "type": ["Result"],
        "resultDescription": identifier,
        "value": decimal_text(amount),
    }
