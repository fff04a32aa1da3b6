"""Awards made of credentials: whole with their components, and wrong wherever one differs."""

from __future__ import annotations

import base64
from collections.abc import Callable
from copy import deepcopy
from functools import cache
from typing import Any

import pytest

from credentials.component_links import PROOF_URI, evidence_of, stack_proofs
from credentials.json_types import JsonObject
from credentials.limits import Limits
from frameworks.registers import Registers
from issuer.awards import AwardStatement, award_request, record_request
from issuer.requests import Fresh
from keys.did import did_key
from keys.signer import PrivateKeySigner
from keys.verification_key import KeyType
from stacking.stack_proof import StackProof, read_proof
from tests.factories import ISSUER, LEARNER, NOW, STRANGER, check, codes, sign, unsigned_record
from tests.stacking.stacks import REGISTERS, RULE, component, stack, verified

UNIVERSITY = PrivateKeySigner(KeyType.ED25519, bytes(range(2, 34)))
FRESH = Fresh(lambda: "urn:uuid:8d7a3c52-6f4f-4b3e-9f38-0b3c4f7b2a01", lambda: "0" * 32)
STATEMENT: JsonObject = {
    "achievement": {
        "id": "https://uni.example/awards/certificate",
        "name": "Certificate",
        "description": "Forty credits.",
        "criteria": "The rule.",
        "achievementType": "Certificate",
    },
    "level": {
        "framework": "NZQCF",
        "frameworkName": "New Zealand Qualifications and Credentials Framework",
        "code": "5",
        "uri": "urn:mcframework:nz-nzqcf:level:5",
    },
}


@cache
def signed(name: str) -> JsonObject:
    return sign(component(name))


def unsigned_award(rule: JsonObject = RULE, **changes: Any) -> JsonObject:
    given = tuple(verified(component(name)) for name in ("one", "two"))
    statement = AwardStatement({**STATEMENT, **changes}, "NZQCF", "In words.")
    request = award_request(statement, stack(given, rule), given)
    return request.build(issuer=did_key(UNIVERSITY.verification_key), now=NOW, fresh=FRESH)


@cache
def award() -> JsonObject:
    return sign(unsigned_award(), signer=UNIVERSITY)


def record(*inside: JsonObject, **changes: Any) -> JsonObject:
    whole = inside[0] if inside else award()
    parts = inside[1:] if inside else (signed("one"), signed("two"))
    request = record_request(whole, parts)
    built = request.build(issuer=did_key(UNIVERSITY.verification_key), now=NOW, fresh=FRESH)
    subject = {**built["credentialSubject"], **changes}
    return sign({**built, "id": "urn:x:record", "credentialSubject": subject}, signer=UNIVERSITY)


def report_on(document: JsonObject, registers: Registers | None = REGISTERS, **more: Any) -> Any:
    return check(document, registers=registers, **more)


def test_an_award_is_recomputed_from_the_components_in_its_record() -> None:
    report = report_on(record())
    assert report.verdict == "valid", codes(report)
    assert {"AWARD_COMPLETE", "AWARD_RECOMPUTED"} <= codes(report, "passed")


def test_an_award_names_its_components_by_digest() -> None:
    evidence = award()["evidence"]
    assert [one.get("id") for one in evidence[:2]] == ["urn:x:one", "urn:x:two"]
    assert all(one["digestMultibase"].startswith("uEi") for one in evidence[:2])
    related = award()["credentialSubject"]["achievement"]["related"]
    assert len(related) == 2
    assert award()["credentialSubject"]["creditsEarned"] == 40


def test_an_award_alone_is_valid_and_says_that_it_was_not_recomputed() -> None:
    report = report_on(award())
    assert report.verdict == "valid", codes(report)
    assert "AWARD_COMPONENTS_ABSENT" in codes(report, "warning")


def test_an_award_of_one_credential_says_so_in_the_singular() -> None:
    given = (verified(component("one")),)
    rule = {**RULE, "constraints": [{"id": "total", "type": "sum", "min": "20"}]}
    statement = AwardStatement(STATEMENT, "NZQCF", "In words.")
    request = award_request(statement, stack(given, rule), given)
    whole = request.build(issuer=did_key(UNIVERSITY.verification_key), now=NOW, fresh=FRESH)
    report = report_on(sign(whole, signer=UNIVERSITY))
    told = [one.detail for check in report.checks for one in check.remarks]
    assert any("is made of another credential, which is not here" in one for one in told)


def test_without_registers_nothing_is_recomputed_and_that_is_told() -> None:
    report = report_on(record(), registers=None)
    assert report.verdict == "valid"
    assert "AWARD_NOT_RECOMPUTED" in codes(report, "warning")
    report = report_on(record(), registers=Registers())
    assert report.verdict == "valid"
    assert "PROOF_REGISTERS_DIFFER" in codes(report, "warning")


def test_a_record_that_lacks_a_component_says_so() -> None:
    report = report_on(record(award(), signed("one")))
    assert report.verdict == "valid"
    assert "AWARD_COMPONENTS_ABSENT" in codes(report, "warning")


def test_a_component_changed_by_hand_breaks_the_record() -> None:
    changed = deepcopy(signed("one"))
    changed["credentialSubject"]["creditsEarned"] = 30
    report = report_on(record(award(), changed, signed("two")))
    assert report.verdict == "invalid"
    assert "COMPONENT_INVALID" in codes(report)


def test_a_component_in_another_spelling_is_still_the_component() -> None:
    respelt = deepcopy(signed("one"))
    respelt["credentialSubject"]["achievement"]["tag"].reverse()
    report = report_on(record(award(), respelt, signed("two")))
    assert "AWARD_RECOMPUTED" in codes(report, "passed")


def test_another_credential_in_the_place_of_a_component_is_noticed() -> None:
    """The same id and achievement, signed by the same issuer, with more credits."""
    richer = sign(component("one", amount=30))
    report = report_on(record(award(), richer, signed("two")))
    assert "AWARD_COMPONENTS_ABSENT" in codes(report, "warning")
    assert "AWARD_RECOMPUTED" not in codes(report, "passed")


def proof_of(document: JsonObject) -> StackProof:
    ((_place, data),) = stack_proofs(document)
    assert data is not None
    return read_proof(data)


def with_proof(change: Callable[[JsonObject], Any]) -> JsonObject:
    """Sign an award whose institution put another stack proof into it."""
    document = unsigned_award()
    members = deepcopy(proof_of(document).members)
    change(members)
    data = StackProof(members, proof_of(document).rule).data
    document["evidence"][-1]["id"] = PROOF_URI + base64.b64encode(data).decode()
    return sign(document, signer=UNIVERSITY)


WRONG: dict[str, tuple[Callable[[JsonObject], Any], str]] = {
    "another learner": (lambda p: p.update(subject="did:x:y"), "STACK_PROOF_CONTRADICTS"),
    "another day": (lambda p: p.update(plannedOn="2026-11-22"), "STACK_PROOF_CONTRADICTS"),
    "no award": (lambda p: p.update(outcome="REFER"), "STACK_PROOF_CONTRADICTS"),
    "nothing": (lambda p: p.update(lots=[]), "STACK_PROOF_CONTRADICTS"),
    "a ledger": (
        lambda p: p.update(ledger=[{"award": "x", "spent": False}]),
        "STACK_PROOF_CONTRADICTS",
    ),
    "a credential that is not named": (
        lambda p: p["lots"][0].update(digest=f"sha256:{'0' * 64}"),
        "STACK_PROOF_CONTRADICTS",
    ),
    "more credits": (lambda p: p["lots"][0].update(amount="30"), "STACK_PROOF_DIFFERS"),
    "a larger sum": (lambda p: p["constraints"][0].update(sum="50"), "STACK_PROOF_DIFFERS"),
    "another form": (lambda p: p.update(more="x"), "STACK_PROOF_MALFORMED"),
    "another rule": (lambda p: p["rule"].update(unit="ects"), "STACK_PROOF_MALFORMED"),
}


@pytest.mark.parametrize(("change", "code"), WRONG.values(), ids=WRONG)
def test_an_institution_cannot_sign_a_wrong_proof(
    change: Callable[[JsonObject], Any], code: str
) -> None:
    report = report_on(record(with_proof(change), signed("one"), signed("two")))
    assert report.verdict == "invalid"
    assert code in codes(report)


def test_two_stack_proofs_are_none() -> None:
    document = unsigned_award()
    twice = {**document["evidence"][-1]}
    twice["id"] = PROOF_URI + base64.b64encode(b"{}").decode()
    document["evidence"].append(twice)
    report = report_on(sign(document, signer=UNIVERSITY))
    assert "STACK_PROOF_MALFORMED" in codes(report)


def test_a_stack_proof_that_is_written_twice_is_one() -> None:
    """Whoever holds an award may repeat an item of a list under the same signature."""
    document = deepcopy(award())
    document["evidence"].append(document["evidence"][-1])
    assert report_on(document).verdict == "valid"


@pytest.mark.parametrize("text", ["", "****", "e30", "e30=", "\u00e9"])
def test_a_damaged_stack_proof_makes_the_award_invalid(text: str) -> None:
    document = unsigned_award()
    document["evidence"][-1]["id"] = PROOF_URI + text
    report = report_on(sign(document, signer=UNIVERSITY))
    assert report.verdict == "invalid"


def test_an_award_states_no_more_than_its_components_have() -> None:
    document = unsigned_award()
    subject = document["credentialSubject"]
    subject["creditsEarned"] = subject["achievement"]["creditsAvailable"] = 60
    subject["result"][0]["value"] = "60"
    subject["achievement"]["resultDescription"][0].update(valueMax="60", requiredValue="60")
    report = report_on(record(sign(document, signer=UNIVERSITY), signed("one"), signed("two")))
    assert "AWARD_CREDITS_EXCEED" in codes(report)


def test_credits_in_another_unit_are_not_taken_for_compared() -> None:
    document = unsigned_award()
    description = document["credentialSubject"]["achievement"]["resultDescription"][0]
    description["resultType"] = "ext:ECTSCredits"
    report = report_on(record(sign(document, signer=UNIVERSITY), signed("one"), signed("two")))
    assert "AWARD_CREDITS_NOT_COMPARED" in codes(report, "warning")
    assert "AWARD_RECOMPUTED" not in codes(report, "passed")


def test_credits_that_are_only_available_are_compared_too() -> None:
    document = unsigned_award()
    subject = document["credentialSubject"]
    del subject["creditsEarned"], subject["result"]
    subject["achievement"]["creditsAvailable"] = 900
    subject["achievement"]["resultDescription"][0].update(valueMax="900", requiredValue="900")
    report = report_on(record(sign(document, signer=UNIVERSITY), signed("one"), signed("two")))
    assert "AWARD_CREDITS_EXCEED" in codes(report)


def test_an_award_about_two_persons_is_not_that_of_the_first() -> None:
    document = unsigned_award()
    document["type"] = ["VerifiableCredential"]
    first = document["credentialSubject"]
    document["credentialSubject"] = [first, {"id": "did:example:somebody-else"}]
    report = report_on(sign(document, signer=UNIVERSITY))
    assert "STACK_PROOF_CONTRADICTS" in codes(report)


def test_an_award_is_not_made_by_the_residency_rule_of_another_institution() -> None:
    residency = {"id": "own", "type": "residency_min_amount", "amount": "40"}
    rule = {**RULE, "institution": ISSUER, "constraints": [residency]}
    document = unsigned_award(rule)
    report = report_on(record(sign(document, signer=UNIVERSITY), signed("one"), signed("two")))
    assert "STACK_PROOF_CONTRADICTS" in codes(report)
    own = unsigned_award({**RULE, "institution": did_key(UNIVERSITY.verification_key)})
    report = report_on(record(sign(own, signer=UNIVERSITY), signed("one"), signed("two")))
    assert "AWARD_RECOMPUTED" in codes(report, "passed"), codes(report)


def test_a_component_about_somebody_else_makes_the_award_invalid() -> None:
    foreign = component("foreign")
    foreign["credentialSubject"]["id"] = "did:example:somebody-else"
    document = unsigned_award()
    document["evidence"].append(evidence_of(verified(foreign)))
    made = sign(document, signer=UNIVERSITY)
    report = report_on(record(made, signed("one"), signed("two"), sign(foreign)))
    assert report.verdict == "invalid"
    assert "COMPONENT_OF_OTHER_SUBJECT" in codes(report)


def test_a_record_tells_credentials_that_are_there_twice_or_about_others() -> None:
    foreign = component("foreign")
    foreign["credentialSubject"]["id"] = "did:example:somebody-else"
    other = record(award(), signed("one"), signed("two"), sign(foreign))
    assert "COMPONENT_OF_OTHER_SUBJECT" in codes(report_on(other), "warning")
    twice = record(award(), signed("one"), signed("two"), signed("two"))
    assert "COMPONENT_TWICE" in codes(report_on(twice), "warning")


def test_credentials_about_nobody_are_not_about_the_subject_of_a_record_about_nobody() -> None:
    nameless = component("nameless", type=["VerifiableCredential"])
    del nameless["credentialSubject"]["id"]
    whole = unsigned_record(sign(nameless), type=["VerifiableCredential"])
    del whole["credentialSubject"]["id"]
    report = report_on(sign(whole))
    assert report.verdict == "valid", codes(report)
    assert "COMPONENT_OF_OTHER_SUBJECT" in codes(report, "warning")


def association(source: str, target: str, kind: str = "isPartOf") -> JsonObject:
    ids = {"sourceId": f"https://x.example/{source}", "targetId": f"https://x.example/{target}"}
    return {"type": "Association", "associationType": kind, **ids}


CIRCLES = {
    "with itself": [association("a", "a")],
    "of three": [association("a", "b"), association("b", "c"), association("c", "a")],
    "of both directions": [association("a", "b"), association("a", "b", "isParentOf")],
    "of two kinds": [association("a", "b"), association("b", "a", "isChildOf")],
}


@pytest.mark.parametrize("circle", CIRCLES.values(), ids=CIRCLES)
def test_nothing_is_part_of_itself(circle: list[JsonObject]) -> None:
    tail = [association("t", "a"), association("a", "z")]
    report = report_on(record(association=[*tail, *circle]))
    assert report.verdict == "invalid"
    assert "ASSOCIATION_CYCLE" in codes(report)


def test_parts_of_parts_are_no_circle() -> None:
    parts = [association("a", "b"), association("b", "c"), association("a", "c")]
    peers = [association("c", "a", "precedes"), association("c", "a", "isPeerOf")]
    report = report_on(record(association=[*parts, *peers]))
    assert "ASSOCIATION_CYCLE" not in codes(report)


def test_awards_beyond_the_limit_are_left_undecided() -> None:
    report = report_on(record(), limits=Limits(stack_proofs=0))
    assert report.verdict == "indeterminate"
    assert "TOO_MANY_STACK_PROOFS" in codes(report)


def test_an_award_presented_beside_its_components_is_recomputed() -> None:
    presentation = sign(
        {
            "@context": ["https://www.w3.org/ns/credentials/v2"],
            "type": ["VerifiablePresentation"],
            "holder": LEARNER,
            "verifiableCredential": [signed("two"), award(), signed("one")],
        },
        signer=STRANGER,
        proof_purpose="authentication",
    )
    report = report_on(presentation)
    assert report.verdict == "valid", codes(report)
    assert "AWARD_RECOMPUTED" in codes(report, "passed")
