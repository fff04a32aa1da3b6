"""Declared cost and subsidy: from a statement, as a fact with who made it, to published figures."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest

from credentials.json_types import JsonObject
from frameworks.rating import CourseError, read_course
from recognition.deciding.courses import DescribedCourse
from recognition.deciding.decide import decide
from recognition.deciding.facts import Established
from recognition.deciding.inputs import DecisionInputs
from recognition.deciding.preparing import Application, prepare
from recognition.decision_payload import read_payload
from recognition.errors import RecognitionError
from recognition.oversight.recorded import RecordedDecision
from recognition.oversight.transparency import SMALL_CELL, transparency_figures
from tests.factories import unsigned
from tests.recognition.factories import DAY, TARGET, course_of, policy, registers, verified
from tests.recognition.test_preparing import COURSE, OF_NO_LEVEL, RATES, without_credit

PAID = {"amount": "901/2", "currency": "NZD"}


def priced(amount: str = "450.50", currency: str = "NZD", **changes: Any) -> JsonObject:
    document = course_of()
    document.update(changes)
    achievement = document["credentialSubject"]["achievement"]
    for kind, number in (("Cost", amount), ("Subsidy", "100")):
        description = {
            "id": f"urn:x:{currency}:{kind}",
            "type": ["ResultDescription"],
            "name": kind,
            "resultType": f"ext:{currency}{kind}",
            "valueMax": number,
        }
        achievement["resultDescription"].append(description)
    return document


def prepared(*documents: JsonObject, **changes: Any) -> DecisionInputs:
    given = {"credentials": tuple(map(verified, documents)), "target": TARGET}
    return prepare(Application(**{**given, **changes}), policy(), registers(), day=DAY)


def test_what_a_credential_declares_is_a_fact_of_it() -> None:
    found = prepared(priced())
    assert found.facts["cost"] == Established(PAID, "credential")
    payload = decide(found).payload
    assert payload["facts"]["cost"] == {"value": PAID, "establishedBy": "credential"}
    assert payload["sources"][0]["cost"] == PAID
    assert payload["sources"][0]["subsidy"] == {"amount": "100", "currency": "NZD"}
    again = DecisionInputs.from_bytes(found.to_bytes())
    assert decide(again).payload_bytes == decide(found).payload_bytes


def test_a_credential_that_declares_nothing_says_so() -> None:
    payload = decide(prepared(unsigned())).payload
    assert (payload["sources"][0]["cost"], payload["sources"][0]["subsidy"]) == (None, None)
    assert not {"cost", "subsidy"} & payload["facts"].keys()


SECOND = {"id": "urn:x:second", "validFrom": "2025-01-15T09:00:00Z"}
"""Members of another credential: one of the same day would be a copy."""


def test_prices_of_several_credentials_add_up_in_one_currency_only() -> None:
    same = prepared(priced(), priced("50", **SECOND))
    assert same.facts["cost"].value == {"amount": "1001/2", "currency": "NZD"}
    assert [one.cost and one.cost.amount for one in same.sources] == [Fraction(901, 2), 50]
    other = prepared(priced(), priced("50", "EUR", **SECOND))
    assert "cost" not in other.facts
    one_alone = prepared(priced(), unsigned(**SECOND))
    assert "cost" not in one_alone.facts


def test_a_person_states_what_the_credential_does_not_and_replaces_nothing() -> None:
    stated = {"cost": Established({"amount": "450.50", "currency": "NZD"}, "price list 2026")}
    found = prepared(unsigned(), stated=stated)
    payload = decide(found).payload
    assert payload["facts"]["cost"] == {"value": PAID, "establishedBy": "price list 2026"}
    assert payload["sources"][0]["cost"] == PAID
    with pytest.raises(RecognitionError) as caught:
        prepared(priced("1"), stated=stated)
    assert caught.value.code == "FACT_CONTRADICTED"


@pytest.mark.parametrize(
    "value",
    [{"amount": "5"}, {"amount": "5", "currency": "nzd"}, {"amount": "-5", "currency": "NZD"}, "5"],
)
def test_a_price_has_an_amount_and_a_currency(value: Any) -> None:
    with pytest.raises(RecognitionError) as caught:
        prepared(unsigned(), stated={"cost": Established(value, "assessor:ana")})
    assert caught.value.code == "FACT_MALFORMED"


def test_inputs_with_a_price_that_is_none_are_refused() -> None:
    data = prepared(priced()).to_bytes().replace(b'"currency":"NZD"', b'"currency":"gold"')
    with pytest.raises(RecognitionError) as caught:
        DecisionInputs.from_bytes(data)
    assert caught.value.code == "INPUTS_MALFORMED"


def test_cost_and_subsidy_decide_nothing() -> None:
    dear, cheap = decide(prepared(priced("99999"))).payload, decide(prepared(unsigned())).payload
    assert {name: dear[name] for name in ("outcome", "gates", "granted")} == {
        name: cheap[name] for name in ("outcome", "gates", "granted")
    }


def recorded(found: DecisionInputs, number: int) -> RecordedDecision:
    source = replace(found.sources[0], digest=f"sha256:{number}")
    person = replace(found, applicant=f"did:example:{number}", sources=(source,))
    payload = read_payload(decide(person).payload_bytes)
    return RecordedDecision(f"sha256:{number}", f"case-{number}", 1, payload)


def test_the_published_figure_is_exact_and_never_over_two_currencies() -> None:
    new_zealand, european = prepared(priced("100.10")), prepared(priced("70", "EUR"))
    decisions = [
        *(recorded(new_zealand, number) for number in range(SMALL_CELL)),
        *(recorded(european, 100 + number) for number in range(SMALL_CELL + 1)),
        *(recorded(prepared(unsigned()), 200 + number) for number in range(3)),
    ]
    figures = transparency_figures(decisions).to_json()
    assert figures["costPerCredit"] == [
        {"unit": "EUR/nzqcf", "amount": "7/2"},
        {"unit": "NZD/nzqcf", "amount": "1001/200"},
    ]
    assert figures["subsidyPerCredit"] == [
        {"unit": "EUR/nzqcf", "amount": "5"},
        {"unit": "NZD/nzqcf", "amount": "5"},
    ]


def test_a_price_that_few_people_paid_is_withheld() -> None:
    few = [recorded(prepared(priced()), number) for number in range(SMALL_CELL - 1)]
    many = [recorded(prepared(unsigned()), 100 + number) for number in range(20)]
    figures = transparency_figures([*few, *many]).to_json()
    assert figures["costPerCredit"] == [{"unit": "NZD/nzqcf", "amount": None}]


DESCRIBED = """
[cost]
amount = "500"
currency = "NZD"

[subsidy]
amount = "125.50"
currency = "NZD"
"""


def test_a_course_without_credit_is_told_by_the_credits_that_it_is_worth_here() -> None:
    course = DescribedCourse(read_course(COURSE + DESCRIBED), "assessor:ana")
    found = prepare(
        Application((without_credit(),), OF_NO_LEVEL, course=course), RATES, registers(), day=DAY
    )
    assert found.facts["cost"] == Established({"amount": "500", "currency": "NZD"}, "assessor:ana")
    figures = transparency_figures(recorded(found, number) for number in range(SMALL_CELL))
    assert [(one.unit, one.amount) for one in figures.costs] == [("NZD/nzqcf", 100)]
    assert [one.amount for one in figures.subsidies] == [Fraction("25.1")]


@pytest.mark.parametrize("line", ['amount = "5,00"', 'currency = "nz$"', "amount = 500", 'x = "1"'])
def test_a_course_whose_cost_cannot_be_read_is_refused(line: str) -> None:
    name = line.partition(" ")[0]
    lines = ["[cost]", 'amount = "500"', 'currency = "NZD"']
    kept = [one for one in lines if not one.startswith(name)]
    with pytest.raises(CourseError, match="cost"):
        read_course("\n".join([COURSE, *kept, line]))
