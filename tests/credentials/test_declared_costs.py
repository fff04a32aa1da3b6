"""What a course costs, as its issuer declares it: exact, in one currency, or not at all."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from credentials.json_types import JsonObject
from credentials.level_credit.costs import DeclaredCosts, Price, declared_costs


def described(kind: str, amount: Any) -> JsonObject:
    return {"type": ["ResultDescription"], "resultType": kind, "valueMax": amount}


def stating(*descriptions: JsonObject) -> JsonObject:
    achievement = {"id": "urn:x:course", "resultDescription": list(descriptions)}
    return {"credentialSubject": {"achievement": achievement}}


def test_cost_and_subsidy_are_read_exactly() -> None:
    document = stating(
        described("ext:NZDCost", "1250.10"),
        described("ext:NZDSubsidy", "1000"),
        described("ext:NZQCFCredits", "20"),
    )
    expected = DeclaredCosts(Price(Fraction(125010, 100), "NZD"), Price(Fraction(1000), "NZD"))
    assert declared_costs(document) == expected


def test_the_same_price_twice_is_one_price() -> None:
    twice = stating(described("ext:EURCost", "5"), described("ext:EURCost", "5.00"))
    assert declared_costs(twice).cost == Price(Fraction(5), "EUR")


@pytest.mark.parametrize(
    "descriptions",
    [
        (),
        (described("ext:NZDCost", "5"), described("ext:NZDCost", "6")),
        (described("ext:NZDCost", "5"), described("ext:EURCost", "5")),
        (described("ext:NZDCost", "5"), described("ext:NZDCost", "free")),
        (described("ext:nzdCost", "5"),),
        (described("ext:NZDCosts", "5"),),
        (described("ext:DOLLARCost", "5"),),
        *((described("ext:NZDCost", amount),) for amount in (5, "-5", "1e3", "5.", "1/3", None)),
        (described("ext:NZDCost", "9" * 13),),
        (described("ext:NZDCost", ["5", "6"]),),
    ],
)
def test_what_is_no_one_price_is_not_read(descriptions: tuple[JsonObject, ...]) -> None:
    assert declared_costs(stating(*descriptions)) == DeclaredCosts()


def test_several_subjects_declare_nothing() -> None:
    one = stating(described("ext:NZDCost", "5"))["credentialSubject"]
    assert declared_costs({"credentialSubject": [one, {"achievement": {}}]}) == DeclaredCosts()
    assert declared_costs({"credentialSubject": "text"}) == DeclaredCosts()
