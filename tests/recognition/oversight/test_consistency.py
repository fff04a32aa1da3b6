"""Overrides, referrals, agreement and contradicted precedents."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recognition.decision_payload import read_payload
from recognition.errors import RecognitionError
from recognition.oversight import (
    Mark,
    RecordedDecision,
    Share,
    cohens_kappa,
    contradicted_precedents,
    double_marked,
    override_rates,
    referral_share,
)
from tests.recognition.decision_factories import payload, refusal, source


def recorded(number: int, data: bytes) -> RecordedDecision:
    return RecordedDecision(f"sha256:{number:064x}", f"case-{number}", 1, read_payload(data))


def numbered(*payloads: bytes) -> list[RecordedDecision]:
    return [recorded(number, data) for number, data in enumerate(payloads)]


def assessed(name: str, outcome: str, proposed: str | None) -> bytes:
    changes: dict[str, Any] = {
        "class": "assessor",
        "assessor": {"id": name, "secondReader": None, "reason": "why"},
        "outcome": outcome,
        "overrides": None if proposed is None else {"outcome": proposed},
    }
    return payload(**changes)


def test_overrides_are_counted_for_each_assessor() -> None:
    decisions = numbered(
        assessed("ben", "GRANT", "REFUSE"),
        assessed("anna", "GRANT", None),
        assessed("ben", "GRANT", "GRANT"),
        assessed("ben", "REFUSE", "REFER"),
        payload(),
    )
    rates = override_rates(decisions)
    assert rates == {"anna": Share(0, 1), "ben": Share(2, 3)}
    assert list(rates) == ["anna", "ben"]
    assert override_rates(numbered(payload())) == {}


def test_the_share_of_referrals() -> None:
    referral = payload(outcome="REFER", granted=None)
    assert referral_share(numbered(payload(), referral, refusal())) == Share(1, 3)
    with pytest.raises(RecognitionError) as caught:
        referral_share([])
    assert caught.value.code == "NOTHING_TO_SAY"


def test_decisions_are_paired_with_their_first_mark() -> None:
    decisions = numbered(payload(), refusal(), payload())
    marks = [
        Mark(decisions[1].id, "carla", "REFER"),
        Mark(decisions[1].id, "dora", "REFUSE"),
        Mark(decisions[0].id, "dora", "GRANT"),
        Mark("sha256:other", "dora", "GRANT"),
    ]
    assert double_marked(decisions, marks) == [("GRANT", "GRANT"), ("REFUSE", "REFER")]


def test_kappa_of_a_table_worked_by_hand() -> None:
    """20 both grant, 5 and 10 apart, 15 both refuse: observed 7/10, by chance 1/2."""
    pairs = [
        *[("GRANT", "GRANT")] * 20,
        *[("GRANT", "REFUSE")] * 5,
        *[("REFUSE", "GRANT")] * 10,
        *[("REFUSE", "REFUSE")] * 15,
    ]
    agreement = cohens_kappa(pairs)
    assert (agreement.pairs, agreement.observed) == (50, Fraction(7, 10))
    assert agreement.by_chance == Fraction(1, 2)
    assert agreement.kappa == Fraction(2, 5)
    assert agreement.why is None


@pytest.mark.parametrize(
    ("pairs", "kappa"),
    [
        ([("GRANT", "GRANT"), ("REFUSE", "REFUSE")], Fraction(1)),
        ([("GRANT", "REFUSE"), ("REFUSE", "GRANT")], Fraction(-1)),
        ([("GRANT", "REFUSE")], Fraction(0)),
        ([("GRANT", "GRANT")] * 3 + [("GRANT", "REFUSE")], Fraction(0)),
    ],
)
def test_kappa_at_its_ends(pairs: list[tuple[str, str]], kappa: Fraction) -> None:
    assert cohens_kappa(pairs).kappa == kappa


def test_where_there_is_no_kappa_it_is_said_why() -> None:
    agreement = cohens_kappa([("GRANT", "GRANT")] * 9)
    assert agreement.observed == 1
    assert agreement.kappa is None
    assert agreement.why
    with pytest.raises(RecognitionError):
        cohens_kappa([])


outcomes = st.sampled_from(["GRANT", "REFUSE", "REFER"])


@given(st.lists(st.tuples(outcomes, outcomes), min_size=1))
def test_kappa_does_not_depend_on_who_is_first(pairs: list[tuple[str, str]]) -> None:
    kappa = cohens_kappa(pairs).kappa
    assert cohens_kappa([(second, first) for first, second in pairs]).kappa == kappa
    assert kappa is None or -1 <= kappa <= 1


def differing(*payloads: bytes) -> list[tuple[int, int, tuple[str, ...]]]:
    decisions = numbered(*payloads)
    order = {one.id: position for position, one in enumerate(decisions)}
    return [
        (order[found.precedent_id], order[found.decision_id], found.differing)
        for found in contradicted_precedents(decisions)
    ]


def test_a_decision_otherwise_than_its_precedent_is_told() -> None:
    less = payload(granted={"amount": "10", "unit": "nzqcf"}, allowedAsPrecedent=False)
    assert differing(payload(), payload()) == []
    assert differing(payload(), less, refusal()) == [
        (0, 1, ("granted",)),
        (0, 2, ("outcome", "granted")),
    ]


def test_the_reasons_are_told_along() -> None:
    found = contradicted_precedents(numbered(payload(), refusal(reasons=["GRADE_TOO_LOW"])))
    assert [one.reasons for one in found] == [("GRADE_TOO_LOW",)]


@pytest.mark.parametrize(
    "other",
    [
        refusal(sources=[source(version="2026")]),
        refusal(sources=[source(version=None)]),
        refusal(sources=[source(), source(achievement="https://other.example")]),
        refusal(target={"component": "ENGR102", "amount": "15", "unit": "nzqcf"}),
        refusal(policy={"id": "urn:example:policy", "version": "3", "digest": "zQmThree"}),
        refusal(outcome="REFER"),
    ],
)
def test_another_question_contradicts_nothing(other: bytes) -> None:
    assert differing(payload(), other) == []


def test_what_is_no_precedent_or_has_ended_is_not_contradicted() -> None:
    assert differing(payload(allowedAsPrecedent=False), refusal()) == []
    ended = payload(validUntil="2026-03-02")
    assert differing(ended, refusal(decidedOn="2026-03-03")) == []
    assert differing(ended, refusal(decidedOn="2026-03-02")) != []
    assert differing(payload(outcome="REFER", granted=None), refusal()) == []


def test_two_sources_without_a_version_are_never_the_same_question() -> None:
    unknown = [source(version=None)]
    assert differing(payload(sources=unknown), refusal(sources=unknown)) == []
