"""Signed decisions: what they say, who may make them, and what a verifier makes of them."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from fractions import Fraction
from typing import Any

import pytest

from credentials.decisions import decision_payload, was_converted
from credentials.errors import TallystickError, ValueRangeError
from credentials.json_types import JsonObject
from credentials.strict_json import serialize_json
from frameworks.conversions import Credit
from recognition.checking import check_decision, compare_credentials
from recognition.deciding.decide import decide
from recognition.deciding.inputs import DecisionInputs
from recognition.decision_credential import decision_document
from recognition.errors import RecognitionError
from recognition.policies.credential import policy_document
from recognition.policies.policy import Recognition, SourceClass
from recognition.policies.reading import read_policy
from stacking import read_award_rule
from stacking.credential_lots import lots_of
from stacking.lots import SourceClass as LotClass
from stacking.lots import kin_pairs
from tallystick.adopters import Adopters
from tallystick.policies import open_policy_then, recognitions_by
from tests.factories import NOW, STRANGER, check, codes, sign, unsigned, world
from tests.recognition.factories import (
    DAY,
    FACTS,
    REGISTRAR,
    SENATE,
    TARGET,
    gate,
    inputs,
    policy,
    policy_text,
    registers,
    verified,
)
from tests.recognition.test_preparing import prepared
from verifier.checks.world import World
from verifier.verifier import Verifier

BELIEVED = Adopters(frozenset({SENATE}))
IDENTIFIER = "urn:uuid:8d7a3c52-6f4f-4b3e-9f38-0b3c4f7b2a99"


def signed_policy(text: str, suite: str = "eddsa-jcs-2022") -> bytes:
    document = policy_document(read_policy(text), issuer=SENATE)
    return serialize_json(sign(document, signer=STRANGER, suite=suite))


def unsigned_decision(given: DecisionInputs, issuer: str = REGISTRAR) -> JsonObject:
    return decision_document(
        decide(given),
        identifier=IDENTIFIER,
        issuer=issuer,
        policy_credential=signed_policy(given.policy_text).decode(),
        registers=registers(),
        now=NOW,
    )


def believing(adopters: Adopters = BELIEVED, **changes: Any) -> World:
    known = {"registers": registers(), "recognitions_of": recognitions_by(adopters, registers())}
    return world(**{**known, **changes})


def assurance(document: JsonObject, **changes: Any) -> str:
    report = Verifier(believing(**changes)).check(serialize_json(document))
    assert report.verdict == "valid", codes(report)
    (told,) = report.value["appraisals"]
    return str(told["assurance"]["class"])


def checked(document: JsonObject, adopters: Adopters = BELIEVED, **changes: Any) -> Any:
    opener = open_policy_then(believing(adopters, **changes), adopters)
    unproven = {name: value for name, value in document.items() if name != "proof"}
    return check_decision(unproven, opener)


def refused(document: JsonObject, adopters: Adopters = BELIEVED, **changes: Any) -> TallystickError:
    with pytest.raises(TallystickError) as caught:
        checked(document, adopters, **changes)
    return caught.value


def test_a_grant_is_an_open_badge_with_the_decision_as_evidence() -> None:
    document = sign(unsigned_decision(inputs()))
    assert codes(check(document)) == set()
    assert {"OpenBadgeCredential", "RecognitionDecisionCredential"} <= set(document["type"])
    assert document["credentialSubject"]["creditsEarned"] == 20
    payload = decision_payload(document)
    assert payload == decide(inputs()).payload
    assert checked(document).payload == payload


@pytest.mark.parametrize("on_fail", ["refuse", "refer"])
def test_a_refusal_and_a_referral_state_no_achievement(on_fail: str) -> None:
    text = policy_text(gates=[gate("hours_min", on_fail, min="500")])
    document = sign(unsigned_decision(inputs(text)))
    assert codes(check(document)) == set()
    assert document["type"] == ["VerifiableCredential", "RecognitionDecisionCredential"]
    assert document["credentialSubject"] == {"id": "did:example:ana"}
    assert checked(document).payload["outcome"] == on_fail.upper()


def test_an_exemption_states_no_credit() -> None:
    target = replace(TARGET, recognition=Recognition.EXEMPTION)
    document = sign(unsigned_decision(inputs(target=target)))
    assert codes(check(document)) == set()
    assert "creditsEarned" not in document["credentialSubject"]


def test_only_who_has_the_mandate_signs_a_decision() -> None:
    with pytest.raises(RecognitionError) as caught:
        unsigned_decision(inputs(), issuer=SENATE)
    assert caught.value.code == "NOT_MANDATED"


def test_a_decision_is_signed_for_a_learner_who_is_named() -> None:
    with pytest.raises(RecognitionError) as caught:
        unsigned_decision(inputs(applicant=None))
    assert caught.value.code == "APPLICANT_UNKNOWN"


def test_an_amount_that_no_credential_can_state_is_not_signed() -> None:
    facts = replace(FACTS, credits=Credit(Fraction(20, 3), "nzqcf"))
    with pytest.raises(ValueRangeError):
        unsigned_decision(inputs(facts=facts))


def test_a_recognised_value_is_of_class_c_where_the_adopter_is_believed() -> None:
    document = sign(unsigned_decision(inputs()))
    assert assurance(document) == "C"
    assert assurance(document, recognitions_of=None) == "D"
    nobody = Adopters()
    assert assurance(document, recognitions_of=recognitions_by(nobody, registers())) == "D"


def test_another_value_than_the_decided_one_is_of_class_d() -> None:
    document = unsigned_decision(inputs())
    subject = document["credentialSubject"]
    text = json.dumps(subject).replace('"20"', '"30"').replace(": 20", ": 30")
    more = {**document, "credentialSubject": json.loads(text)}
    assert assurance(sign(more)) == "D"
    higher = (
        json.dumps(subject)
        .replace("level:5", "level:6")
        .replace('"targetCode": "5"', '"targetCode": "6"')
    )
    assert assurance(sign({**document, "credentialSubject": json.loads(higher)})) == "D"


def test_somebody_else_cannot_sign_the_same_decision() -> None:
    document = {**unsigned_decision(inputs()), "issuer": {"id": SENATE, "type": ["Profile"]}}
    signed = sign(document, signer=STRANGER)
    assert assurance(signed) == "D"
    assert refused(signed).code == "NOT_MANDATED"


def changed_evidence(**changes: Any) -> JsonObject:
    document = unsigned_decision(inputs())
    (evidence,) = document["evidence"]
    return {**document, "evidence": [{**evidence, **changes}]}


def test_a_payload_that_does_not_follow_is_told_with_the_place() -> None:
    payload = decide(inputs()).payload
    granted = {**payload["granted"], "amount": "30"}
    text = json.dumps({**payload, "granted": granted})
    error = refused(changed_evidence(decisionPayload=text))
    assert (error.code, error.pointer) == ("PAYLOAD_DIFFERS", "/granted/amount")
    error = refused(changed_evidence(decisionPayload=json.dumps(payload, indent=1)))
    assert "its form only" in error.message
    assert refused(changed_evidence(decisionPayload="{")).code == "PAYLOAD_DIFFERS"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"decisionPayload": None}, "DECISION_MALFORMED"),
        ({"decisionInputs": "{}"}, "INPUTS_MALFORMED"),
        ({"policyCredential": 5}, "DECISION_MALFORMED"),
        ({"policyCredential": "{}"}, None),
        ({"type": ["Evidence"]}, "DECISION_MALFORMED"),
        ({"policyCredential": signed_policy(policy_text(version="2")).decode()}, "POLICY_DIFFERS"),
        (
            {"policyCredential": signed_policy(policy_text(), "eddsa-rdfc-2022").decode()},
            "POLICY_SUITE",
        ),
    ],
)
def test_evidence_that_is_no_decision_counts_for_nothing(
    change: dict[str, Any], code: str | None
) -> None:
    document = changed_evidence(**change)
    error = refused(document)
    assert code is None or error.code == code
    assert recognitions_by(BELIEVED, registers())(document, believing()) == ()


def test_a_decision_is_about_the_learner_of_its_credential() -> None:
    document = unsigned_decision(inputs())
    document["credentialSubject"]["id"] = "did:example:somebody-else"
    assert refused(document).code == "OTHER_SUBJECT"


def test_a_policy_that_nobody_is_believed_to_adopt_supports_no_decision() -> None:
    error = refused(unsigned_decision(inputs()), Adopters())
    assert error.code == "POLICY_SIGNER_NOT_BELIEVED"


def test_a_decision_outlives_its_policy() -> None:
    document = sign(unsigned_decision(inputs()))
    later = datetime(2031, 1, 1, tzinfo=UTC)
    assert checked(document, now=later).payload["outcome"] == "GRANT"
    assert assurance(document, now=later) == "C"


def test_a_decision_is_compared_with_the_credentials_that_it_rests_on() -> None:
    badge = verified()
    given = prepared(badge, stated={})
    text = policy_text(gates=[gate("credits_min")])
    document = unsigned_decision(replace(given, policy_text=text))
    found = checked(document)
    compare_credentials(found, (badge,), registers())
    other = verified(id="urn:x:other")
    for credentials in ((), (other,), (badge, other)):
        with pytest.raises(RecognitionError) as caught:
            compare_credentials(found, credentials, registers())
        assert caught.value.code == "SOURCES_DIFFER"


def test_a_fact_that_the_credential_does_not_establish_is_found() -> None:
    badge = verified()
    given = prepared(badge)
    facts = {**given.facts, "hours": replace(given.facts["kind"], value="500")}
    facts["credits"] = replace(facts["credits"], value={"amount": "90", "unit": "nzqcf"})
    text = policy_text(gates=[gate("credits_min")])
    document = unsigned_decision(replace(given, policy_text=text, facts=facts))
    with pytest.raises(RecognitionError) as caught:
        compare_credentials(checked(document), (badge,), registers())
    assert (caught.value.code, caught.value.pointer) == ("FACT_DIFFERS", "/facts/credits")


def recognised_lot(**changes: Any) -> Any:
    document = sign(unsigned_decision(inputs(**changes)))
    credential = Verifier(believing()).verify(serialize_json(document))
    rule = read_award_rule(
        {"id": "r", "unit": "nzqcf", "constraints": [{"id": "s", "type": "sum", "min": "1"}]}
    )
    (lot,), _others = lots_of(credential, rule, registers(), as_of=DAY)
    return lot


def test_a_later_planner_uses_what_was_recognised_as_prior_learning() -> None:
    lot = recognised_lot()
    assert (lot.source_class, lot.assurance, lot.amount) == (LotClass.RPL, "C", 20)
    assert lot.already_converted is False


def test_what_a_decision_converted_is_not_converted_again() -> None:
    ratio = {"from": "ects", "to": "nzqcf", "method": "receiver-policy", "ratio": "2"}
    text = policy_text(conversions=[ratio])
    lot = recognised_lot(text=text, facts=replace(FACTS, credits=Credit(Fraction(10), "ects")))
    assert (lot.amount, lot.already_converted) == (20, True)
    assert was_converted({"type": ["RecognitionDecisionCredential"]})
    assert not was_converted({"type": ["OpenBadgeCredential"]})


@pytest.mark.parametrize("is_converted", [True, False])
def test_what_was_converted_before_it_was_recognised_stays_so(is_converted: bool) -> None:
    """For a block, or by an earlier decision: else a third institution could convert it again."""
    credits_fact: dict[str, Any] = {"amount": "7", "unit": "ects"}
    if is_converted:
        credits_fact["already_converted"] = True
    payload = {"conversion": None, "facts": {"credits": {"value": credits_fact}}}
    evidence = {"type": ["RecognitionDecision"], "decisionPayload": json.dumps(payload)}
    document = {"type": ["RecognitionDecisionCredential"], "evidence": [evidence]}
    assert was_converted(document) is is_converted


def test_a_recognised_value_is_recognised_again_as_prior_learning() -> None:
    document = sign(unsigned_decision(inputs()))
    credential = Verifier(believing()).verify(serialize_json(document))
    found = prepared(credential)
    assert found.sources[0].source_class is SourceClass.RPL
    assert found.facts["assurance"].value == "C"
    assert found.facts["credits"].value == {"amount": "20", "unit": "nzqcf"}


def test_a_decision_never_counts_together_with_a_copy_of_what_it_recognised() -> None:
    badge, copy = verified(), verified({**unsigned(), "id": "urn:x:copy"})
    given = prepared(badge, under=EASY)
    granted = verified(unsigned_decision(given))
    award = read_award_rule({"id": "a", "title": "a", "unit": "nzqcf", "constraints": RULE_OF_ONE})
    (one,), (other,), (of_decision,) = (
        lots_of(each, award, registers(), as_of=NOW.date())[0] for each in (badge, copy, granted)
    )
    for form in (one, other):
        lots = (form, of_decision)
        assert len(kin_pairs(lots, {lot.id: lot for lot in lots})) == 1


def test_decisions_of_one_day_and_size_about_different_things_are_two() -> None:
    """So it is where free credit is granted, for whatever was learned."""
    other = unsigned()
    other["credentialSubject"]["achievement"]["id"] = "https://poly.example/achievements/other"
    award = read_award_rule({"id": "a", "title": "a", "unit": "nzqcf", "constraints": RULE_OF_ONE})
    decisions = [
        verified({**unsigned_decision(prepared(about, under=EASY)), "id": f"urn:x:{number}"})
        for number, about in enumerate((verified(), verified(other), verified()))
    ]
    lots = [lots_of(one, award, registers(), as_of=NOW.date())[0][0] for one in decisions]
    first, second, again = (one.statement for one in lots)
    assert first is not None
    assert first == again != second
    assert kin_pairs(lots[:2], {}) == ()


EASY = policy(gates=[gate("level_min", framework="nz-nzqcf", level="4")])
RULE_OF_ONE = [{"id": "total", "type": "sum", "min": "1"}]


def test_inputs_from_before_sources_told_what_is_in_them_give_the_same_decision() -> None:
    given = prepared(verified(), under=EASY)
    bare = tuple(replace(one, contains=(), states=()) for one in given.sources)
    older = replace(given, sources=bare)
    assert b'"states"' in given.to_bytes()
    assert b'"states"' not in older.to_bytes()
    for inputs_of in (given, older):
        read = DecisionInputs.from_bytes(inputs_of.to_bytes())
        assert (read.sources, read.to_bytes()) == (inputs_of.sources, inputs_of.to_bytes())
    assert b'"states"' not in decide(older).payload_bytes
