"""Decisions: outcome, amount, precedents and rulings, and the same bytes each time."""

from __future__ import annotations

import json
from contextlib import suppress
from copy import deepcopy
from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any

import pytest

import schemas
from credentials.errors import TallystickError
from frameworks.amounts import Interval
from frameworks.conversions import Credit
from frameworks.levels import Level
from recognition.deciding.case import Ruling
from recognition.deciding.decide import RecognitionDecision, decide
from recognition.deciding.earlier import precedent_of
from recognition.deciding.inputs import DecisionInputs
from recognition.deciding.judging import Outcome
from recognition.deciding.precedents import Precedent
from recognition.deciding.question import Amount
from recognition.deciding.replaying import replay, what_if
from recognition.errors import RecognitionError
from recognition.policies.policy import Recognition, SourceClass
from tests.recognition.factories import (
    DAY,
    FACTS,
    SOURCE,
    TARGET,
    gate,
    inputs,
    members,
    policy,
    policy_text,
    registers,
)
from tests.recognition.test_cases import places, put

OPEN = policy_text(gates=[gate("overlap_min", min="4/5", on_fail="refer", route="RPL_EVIDENCE")])
"""A policy that refers every case of these tests: nobody established an overlap."""

RULING = Ruling("assessor:ana", Outcome.GRANT, "The syllabus covers nine of ten outcomes.")
REFUSAL = replace(
    RULING, outcome=Outcome.REFUSE, substantial_differences=("no laboratory work at all",)
)


def refused(given: DecisionInputs) -> str:
    with pytest.raises(RecognitionError) as caught:
        decide(given)
    return caught.value.code


def test_the_payload_has_the_members_of_its_contract() -> None:
    payload = decide(inputs()).payload
    assert set(payload) == {
        *("policy", "registers", "decidedOn", "applicant", "sources", "target", "facts", "gates"),
        *("levelPath", "conversion", "outcome", "recognition", "granted", "reasons", "routes"),
        *("substantialDifferences", "class", "assessor", "precedent", "overrides", "appeal"),
        *("allowedAsPrecedent", "validUntil"),
    }
    assert payload["granted"] == {
        "amount": "20",
        "unit": "nzqcf",
        "level": {"framework": "nz-nzqcf", "code": "5"},
        "component": "WELD101",
    }
    assert payload["appeal"] == {"days": 30, "body": "Appeals", "until": "2026-12-23"}
    assert payload["facts"]["accredited"] == {"value": True, "establishedBy": "credential"}
    assert payload["policy"]["digest"] == policy().digest
    assert payload["registers"] == [
        {"id": "urn:tallystick:register:reference", "edition": "1", "digest": ""}
    ]


def test_the_same_inputs_give_the_same_bytes() -> None:
    first, second = decide(inputs()), decide(inputs())
    assert first.payload_bytes == second.payload_bytes
    assert replay(first.inputs_bytes) == first.payload_bytes
    assert DecisionInputs.from_bytes(first.inputs_bytes).to_bytes() == first.inputs_bytes


@pytest.mark.parametrize("change", [{"ruling": RULING}, {"applicant": None}, {"registers": ()}])
def test_every_part_of_the_inputs_is_kept(change: dict[str, Any]) -> None:
    target = replace(
        TARGET,
        field="0715",
        programme="Diploma",
        programme_start=DAY,
        size=Fraction(120),
        used={"rpl": Fraction(5, 2)},
    )
    given = inputs(OPEN, replace(FACTS, level=Level("ie-nfq", "6")), target, **change)
    if "ruling" not in change:
        given = replace(given, precedents=(earlier(),))
    assert DecisionInputs.from_bytes(given.to_bytes()).to_bytes() == given.to_bytes()
    assert replay(given.to_bytes()) == decide(given).payload_bytes


@pytest.mark.parametrize("data", [b"", b"{}", b"[]", b'{"format":"x"}', b'{"format":5}'])
def test_what_is_no_inputs_is_not_replayed(data: bytes) -> None:
    with pytest.raises(RecognitionError) as caught:
        replay(data)
    assert caught.value.code == "INPUTS_MALFORMED"


def test_inputs_of_which_a_member_is_missing_are_not_replayed() -> None:
    whole = json.loads(inputs().to_bytes())
    for name in whole:
        data = json.dumps({key: value for key, value in whole.items() if key != name}).encode()
        with pytest.raises(RecognitionError) as caught:
            replay(data)
        assert caught.value.code == "INPUTS_MALFORMED"


ODD: list[Any] = [None, 5, -1, 1.5, "", True, [], {}, "x", [[]], {"a": 1}, "9999-12-31", "0"]


@pytest.mark.parametrize("change", [{}, {"ruling": RULING}, {"precedents": "earlier"}])
def test_whatever_stands_in_inputs_is_decided_or_refused(change: dict[str, Any]) -> None:
    gates = [
        gate("level_min", framework="eu-eqf", level="4"),
        gate("credits_min"),
        gate("overlap_min", min="1/2"),
        gate("max_age", years=5, boundary="inclusive"),
    ]
    target = replace(TARGET, size=Fraction(120), used={"elsewhere": Fraction(1)})
    known = {"precedents": (earlier(),)} if "precedents" in change else change
    text = policy_text(gates=gates, caps=[CAP], method="formal-ratio")
    whole = json.loads(inputs(text, target=target, **known).to_bytes())
    for place in places(whole):
        for value in ODD:
            changed = deepcopy(whole)
            put(changed, place, value)
            with suppress(TallystickError):
                replay(json.dumps(changed).encode())


@pytest.mark.parametrize("day", [date(2025, 12, 31), date(2028, 1, 1)])
def test_nothing_is_decided_by_a_policy_that_is_not_in_force(day: date) -> None:
    assert refused(inputs(day=day)) == "POLICY_NOT_IN_FORCE"


@pytest.mark.parametrize(
    ("scope", "target"),
    [
        ({"source_classes": ["rpl"]}, {}),
        ({"recognitions": ["block"]}, {}),
        ({"programmes": ["Diploma"]}, {}),
        ({"programmes": ["Diploma"]}, {"programme": "Degree"}),
        ({"fields": ["06"]}, {"field": "0715"}),
        ({"fields": ["06"]}, {}),
        ({"levels": {"framework": "nz-nzqcf", "min": "6"}}, {}),
        ({"levels": {"framework": "nz-nzqcf", "max": "4"}}, {}),
        ({"levels": {"framework": "nz-nzqcf", "max": "7"}}, {"level": None}),
        ({"levels": {"framework": "eu-eqf", "max": "7"}}, {}),
        ({}, {"amount": Amount(Fraction(5), "ects")}),
    ],
)
def test_nothing_is_decided_that_the_policy_is_not_about(
    scope: dict[str, Any], target: dict[str, Any]
) -> None:
    text = policy_text(scope={**members()["scope"], **scope})
    assert refused(inputs(text, target=replace(TARGET, **target))) == "OUT_OF_POLICY_SCOPE"


def test_what_is_within_scope_is_decided() -> None:
    scope = {
        **members()["scope"],
        "programmes": ["Diploma"],
        "fields": ["07"],
        "levels": {"framework": "nz-nzqcf", "min": "5", "max": "5"},
    }
    target = replace(TARGET, programme="Diploma", field="0715")
    assert decide(inputs(policy_text(scope=scope), target=target)).outcome is Outcome.GRANT


def test_nothing_is_decided_about_nothing() -> None:
    assert refused(inputs(sources=())) == "NO_SOURCE"


def converted(credit: Credit, **changes: Any) -> dict[str, Any]:
    return decide(inputs(policy_text(**changes), replace(FACTS, credits=credit))).payload


def test_a_conversion_is_traced_with_method_authority_and_loss() -> None:
    ratio = {"from": "ects", "to": "nzqcf", "method": "receiver-policy", "ratio": "2"}
    payload = converted(
        Credit(Fraction("7.25"), "ects"),
        conversions=[{**ratio, "authority": "Senate"}],
        rounding={"step": "1", "mode": "floor"},
    )
    assert payload["granted"]["amount"] == "14"
    assert payload["conversion"] == {
        "method": "receiver-policy",
        "ratio": "2",
        "exact": "29/2",
        "rounded": "14",
        "loss": "1/2",
        "authority": "Senate",
    }


def test_a_conversion_of_the_registers_counts_by_the_named_method_only() -> None:
    credit = Credit(Fraction(10), "cats")
    in_ects = {"unit": "ects", "accepts": members()["accepts"]}
    target = replace(TARGET, amount=Amount(Fraction(5), "ects"))
    facts = replace(FACTS, credits=credit)
    without = decide(inputs(policy_text(**in_ects), facts, target)).payload
    assert without["reasons"] == ["NO_CONVERSION"]
    by_ratio = policy_text(**in_ects, method="formal-ratio")
    payload = decide(inputs(by_ratio, facts, target)).payload
    assert (payload["granted"]["amount"], payload["conversion"]["ratio"]) == ("5", "1/2")
    by_hours = policy_text(**in_ects, method="notional-hours")
    payload = decide(inputs(by_hours, facts, target)).payload
    assert payload["reasons"] == ["AMOUNT_INTERVAL"]
    assert payload["conversion"]["exact"] == {"min": "10/3", "max": "4"}
    lower = policy_text(
        **in_ects,
        method="notional-hours",
        interval="lower",
        rounding={"step": "1/2", "mode": "floor"},
    )
    payload = decide(inputs(lower, facts, target)).payload
    assert (payload["granted"]["amount"], payload["conversion"]["loss"]) == ("3", None)


def test_what_a_register_declares_not_to_convert_does_not() -> None:
    payload = converted(Credit(Fraction(2), "ceu"), method="notional-hours")
    assert payload["reasons"] in (["DECLARED_NOT_CONVERTIBLE"], ["CONTACT_HOUR_UNIT"])


def test_a_converted_amount_is_not_converted_again() -> None:
    credit = Credit(Fraction(10), "ects", already_converted=True)
    ratio = {"from": "ects", "to": "nzqcf", "method": "receiver-policy", "ratio": "2"}
    assert converted(credit, conversions=[ratio])["reasons"] == ["ALREADY_CONVERTED"]


def test_the_level_path_names_the_maps() -> None:
    text = policy_text(gates=[gate("level_min", framework="eu-eqf", level="4")])
    (path,) = decide(inputs(text)).payload["levelPath"]
    assert path["from"] == {"framework": "nz-nzqcf", "code": "5"}
    assert (path["framework"], path["levels"], path["maps"]) == ("eu-eqf", ["5"], [["nz-eqf"]])


def test_without_a_level_of_its_own_a_component_gets_the_established_one() -> None:
    target = replace(TARGET, level=None)
    granted = decide(inputs(target=target)).payload["granted"]
    assert granted["level"] == {"framework": "nz-nzqcf", "code": "5"}
    elsewhere = replace(FACTS, level=Level("za-nqf", "5"))
    assert decide(inputs(facts=elsewhere, target=target)).payload["granted"]["level"] is None


@pytest.mark.parametrize("kind", list(Recognition))
def test_a_grant_says_of_which_kind_it_is(kind: Recognition) -> None:
    payload = decide(inputs(target=replace(TARGET, recognition=kind))).payload
    assert payload["recognition"] == kind.value
    assert payload["granted"]["amount"] == ("0" if kind is Recognition.EXEMPTION else "20")


def test_a_refusal_states_the_substantial_difference() -> None:
    text = policy_text(gates=[gate("hours_min", min="500"), gate("not_redeemed")])
    payload = decide(inputs(text)).payload
    assert payload["outcome"] == "REFUSE"
    assert payload["substantialDifferences"] == [
        "hours_min: there were fewer hours of learning than are asked for"
    ]
    assert payload["granted"] is None
    assert payload["recognition"] is None


CAP = {"id": "elsewhere", "source_class": ["formal"], "amount": "30", "partial": True}


@pytest.mark.parametrize(
    ("cap", "used", "outcome", "reasons", "amount"),
    [
        ({}, "10", "GRANT", [], "20"),
        ({}, "25", "GRANT", ["CAP_LIMITED"], "5"),
        ({}, "30", "REFUSE", ["CAP_EXHAUSTED"], None),
        ({"partial": False}, "25", "REFUSE", ["CAP_EXCEEDED"], None),
        ({}, None, "REFER", ["CAP_USE_UNKNOWN"], None),
        ({"source_class": ["rpl"]}, None, "GRANT", [], "20"),
        ({"amount": None, "share": "1/4"}, "0", "GRANT", [], "20"),
        ({"amount": None, "share": "1/8"}, "0", "GRANT", ["CAP_LIMITED"], "15"),
    ],
)
def test_a_cap_limits_what_is_granted(
    cap: dict[str, Any], used: str | None, outcome: str, reasons: list[str], amount: str | None
) -> None:
    row = {name: value for name, value in {**CAP, **cap}.items() if value is not None}
    stated = {} if used is None else {"elsewhere": Fraction(used)}
    target = replace(TARGET, size=Fraction(120), used=stated)
    payload = decide(inputs(policy_text(caps=[row]), target=target)).payload
    granted = payload["granted"] and payload["granted"]["amount"]
    assert (payload["outcome"], payload["reasons"], granted) == (outcome, reasons, amount)


def test_a_share_of_a_programme_needs_its_size() -> None:
    row = {"id": "elsewhere", "source_class": ["formal"], "share": "1/4", "partial": True}
    target = replace(TARGET, used={"elsewhere": Fraction(0)})
    payload = decide(inputs(policy_text(caps=[row]), target=target)).payload
    assert payload["reasons"] == ["CAP_USE_UNKNOWN"]


def test_of_several_caps_the_one_that_leaves_least_counts() -> None:
    caps = [CAP, {**CAP, "id": "tighter", "amount": "12"}]
    target = replace(TARGET, used={"elsewhere": Fraction(0), "tighter": Fraction(0)})
    assert (
        decide(inputs(policy_text(caps=caps), target=target)).payload["granted"]["amount"] == "12"
    )


def ruled(ruling: Ruling, text: str = OPEN, **changes: Any) -> RecognitionDecision:
    return decide(inputs(text, ruling=ruling, **changes))


def test_an_assessor_decides_what_was_referred() -> None:
    payload = ruled(RULING).payload
    assert (payload["outcome"], payload["class"]) == ("GRANT", "assessor")
    assert payload["assessor"] == {
        "id": "assessor:ana",
        "secondReader": None,
        "reason": RULING.reason,
    }
    assert payload["overrides"] is None
    assert payload["reasons"] == ["OVERLAP_UNKNOWN"]
    assert payload["granted"]["amount"] == "20"
    payload = ruled(REFUSAL).payload
    assert (payload["outcome"], payload["granted"]) == ("REFUSE", None)
    assert payload["substantialDifferences"] == ["no laboratory work at all"]
    assert ruled(replace(RULING, amount=Fraction(12))).payload["granted"]["amount"] == "12"


def test_an_assessor_overrides_with_a_second_reader_where_the_policy_asks_for_one() -> None:
    text = policy_text()
    assert refused(inputs(text, ruling=REFUSAL)) == "SECOND_READER_MISSING"
    same = replace(REFUSAL, second_reader=REFUSAL.assessor)
    assert refused(inputs(text, ruling=same)) == "SECOND_READER_IS_ASSESSOR"
    payload = ruled(replace(REFUSAL, second_reader="assessor:ben"), text).payload
    assert (payload["outcome"], payload["overrides"]) == ("REFUSE", {"outcome": "GRANT"})


@pytest.mark.parametrize(("wanted", "is_needed"), [("never", False), ("always", True)])
def test_the_policy_says_when_a_second_reader_is_needed(wanted: str, is_needed: bool) -> None:
    mandate = {**members()["mandate"], "second_reader": wanted}
    text = policy_text(gates=[gate("overlap_min", min="1")], mandate=mandate)
    if is_needed:
        assert refused(inputs(text, ruling=RULING)) == "SECOND_READER_MISSING"
    else:
        assert ruled(RULING, text).outcome is Outcome.GRANT


@pytest.mark.parametrize(
    ("text", "ruling", "code"),
    [
        (policy_text(), RULING, "NOTHING_REFERRED"),
        (OPEN, replace(RULING, reason="  "), "REASON_MISSING"),
        (OPEN, replace(RULING, assessor=""), "REASON_MISSING"),
        (OPEN, replace(RULING, outcome=Outcome.REFUSE), "DIFFERENCE_MISSING"),
        (OPEN, replace(RULING, outcome=Outcome.REFER), "RULING_MALFORMED"),
    ],
)
def test_a_ruling_that_is_not_one_decides_nothing(text: str, ruling: Ruling, code: str) -> None:
    assert refused(inputs(text, ruling=ruling)) == code


def test_an_assessor_states_an_amount_where_the_claim_has_none() -> None:
    facts = replace(FACTS, credits=None)
    assert refused(inputs(OPEN, facts, ruling=RULING)) == "AMOUNT_MISSING"
    given = inputs(OPEN, facts, ruling=replace(RULING, amount=Fraction(6)))
    assert decide(given).payload["granted"]["amount"] == "6"


def test_an_assessor_grants_no_more_than_the_caps_leave() -> None:
    text = policy_text(gates=[gate("overlap_min", min="1")], caps=[{**CAP, "partial": False}])
    target = replace(TARGET, used={"elsewhere": Fraction(15)})
    assert refused(inputs(text, target=target, ruling=RULING)) == "CAP_EXCEEDED"


def earlier(**changes: Any) -> Precedent:
    made = Precedent(
        id="urn:x:decision",
        issuer=SOURCE.issuer,
        achievement="urn:x:course",
        version="3",
        policy_version=policy().digest,
        decided=date(2026, 3, 1),
        is_allowed=True,
        outcome=Outcome.GRANT,
        granted=Amount(Fraction(18), "nzqcf"),
        valid_until=date(2028, 2, 29),
        component="WELD101",
    )
    return replace(made, **changes)


def repeated(*precedents: Precedent, text: str = OPEN, **changes: Any) -> dict[str, Any]:
    return decide(inputs(text, precedents=precedents, **changes)).payload


def test_an_earlier_decision_settles_what_is_about_the_course() -> None:
    payload = repeated(earlier())
    assert (payload["outcome"], payload["class"]) == ("GRANT", "precedent")
    assert payload["precedent"] == "urn:x:decision"
    assert payload["granted"]["amount"] == "18"
    assert payload["allowedAsPrecedent"] is False
    assert payload["validUntil"] is None


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"version": "2"}, "VERSION_CHANGED"),
        ({"valid_until": date(2026, 4, 1)}, "PRECEDENT_EXPIRED"),
        ({"is_allowed": False}, "PRECEDENT_NOT_ALLOWED"),
        ({"decided": date(2027, 1, 1)}, "PRECEDENT_NOT_YET_MADE"),
        ({"superseded_by": "urn:x:decision"}, "PRECEDENT_SUPERSEDED"),
        ({"outcome": Outcome.REFUSE, "granted": None}, "PRECEDENT_REFUSED"),
    ],
)
def test_an_earlier_decision_that_cannot_be_repeated_says_why(
    change: dict[str, Any], code: str
) -> None:
    payload = repeated(earlier(**change))
    assert (payload["outcome"], payload["class"]) == ("REFER", "automatic")
    assert payload["reasons"] == ["OVERLAP_UNKNOWN", code]


def test_an_earlier_decision_about_another_component_is_none() -> None:
    assert repeated(earlier(component="MATH1"))["reasons"] == ["OVERLAP_UNKNOWN"]


def test_an_earlier_decision_settles_nothing_about_this_learner() -> None:
    text = policy_text(gates=[gate("overlap_min", min="1"), gate("identity_verified")])
    facts = replace(FACTS, identity_verified=None)
    payload = repeated(earlier(), text=text, facts=facts)
    assert payload["outcome"] == "REFER"


def test_an_earlier_decision_never_turns_a_refusal() -> None:
    text = policy_text(gates=[gate("hours_min", min="500")])
    assert repeated(earlier(), text=text)["outcome"] == "REFUSE"


def test_an_earlier_decision_is_bound_to_the_policy_if_that_says_so() -> None:
    rule = {"allowed": True, "years": 2, "bind_policy_version": True}
    text = policy_text(gates=[gate("overlap_min", min="1")], precedents=rule)
    assert repeated(earlier(), text=text)["reasons"][-1] == "POLICY_CHANGED"
    own = earlier(
        policy_version=policy(gates=[gate("overlap_min", min="1")], precedents=rule).digest
    )
    assert repeated(own, text=text)["class"] == "precedent"


def test_what_is_repeated_stays_within_the_caps() -> None:
    text = policy_text(gates=[gate("overlap_min", min="1")], caps=[CAP])
    target = replace(TARGET, used={"elsewhere": Fraction(25)})
    payload = repeated(earlier(), text=text, target=target)
    assert payload["granted"]["amount"] == "5"
    assert payload["reasons"] == ["OVERLAP_UNKNOWN", "CAP_LIMITED"]


def test_a_decision_becomes_a_precedent_for_the_next_learner() -> None:
    payload = ruled(RULING).payload
    assert (payload["allowedAsPrecedent"], payload["validUntil"]) == (True, "2028-11-22")
    kept = precedent_of("urn:x:first", payload)
    assert kept is not None
    later = inputs(OPEN, precedents=(kept,), applicant="did:example:ben", day=date(2027, 3, 1))
    assert decide(later).payload["precedent"] == "urn:x:first"


@pytest.mark.parametrize(
    "given",
    [
        inputs(OPEN),
        inputs(policy_text(precedents={"allowed": False})),
        inputs(sources=(replace(SOURCE, version=None),)),
        inputs(sources=(SOURCE, replace(SOURCE, digest="sha256:bb"))),
        inputs(
            policy_text(gates=[gate("grade_min", scale=["F", "B"], min="B")]),
            replace(FACTS, grade="F"),
        ),
        inputs(policy_text(caps=[CAP]), target=replace(TARGET, used={"elsewhere": Fraction(25)})),
    ],
)
def test_what_says_nothing_about_a_version_of_a_course_is_no_precedent(
    given: DecisionInputs,
) -> None:
    payload = decide(given).payload
    assert payload["allowedAsPrecedent"] is False
    found = precedent_of("urn:x:it", payload)
    assert found is None or not found.is_allowed


def test_a_changed_policy_does_not_change_an_old_decision() -> None:
    old = decide(inputs())
    kept = old.inputs_bytes
    stricter = policy(version="2", gates=[gate("hours_min", min="500")])
    assert json.loads(what_if(kept, stricter, registers()))["outcome"] == "REFUSE"
    assert replay(kept) == old.payload_bytes


def test_a_draft_is_tried_before_it_is_in_force() -> None:
    draft = policy(version="2", valid_from="2027-01-01", gates=[gate("accredited")])
    payload = json.loads(what_if(inputs().to_bytes(), draft, registers()))
    assert (payload["outcome"], payload["policy"]["version"]) == ("GRANT", "2")


def test_without_a_draft_the_policy_of_the_decision_is_tried_with_the_registers() -> None:
    old = decide(inputs())
    assert what_if(old.inputs_bytes, None, registers()) == old.payload_bytes


def test_prior_learning_and_courses_without_credit_are_in_the_payload_as_such() -> None:
    for kind in SourceClass:
        source = replace(SOURCE, source_class=kind)
        payload = decide(inputs(sources=(source,))).payload
        assert payload["sources"][0]["sourceClass"] == kind.value


@pytest.mark.parametrize(
    ("name", "unit", "level", "used", "amount"),
    [
        ("canadian-senate", "ca-3", None, {}, "5"),
        ("new-zealand-provider", "nzqcf", Level("nz-nzqcf", "5"), {"transfer": Fraction(0)}, "20"),
        (
            "european-university",
            "ects",
            Level("eu-eqf", "5"),
            {"from-elsewhere": Fraction(0)},
            "10",
        ),
    ],
)
def test_every_example_decides(
    name: str, unit: str, level: Level | None, used: dict[str, Fraction], amount: str
) -> None:
    text = schemas.recognition_policies()[f"{name}.toml"]
    size = Fraction(180)
    receiving = Amount(Fraction(amount), unit)
    target = replace(TARGET, amount=receiving, level=level, used=used, size=size)
    known = replace(FACTS, overlap=Interval.of(Fraction(9, 10)))
    payload = decide(inputs(text, known, target)).payload
    assert (payload["outcome"], payload["granted"]["amount"]) == ("GRANT", amount)
    unknown = decide(inputs(text, FACTS, target)).payload
    assert (unknown["outcome"], unknown["reasons"]) == ("REFER", ["OVERLAP_UNKNOWN"])
    used_before = decide(inputs(text, replace(known, redeemed=True), target)).payload
    assert (used_before["outcome"], used_before["reasons"]) == ("REFUSE", ["LOT_REDEEMED"])
