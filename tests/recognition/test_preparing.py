"""Preparing a case: only verified credentials, and every fact with who established it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from credentials.component_links import evidence_of, evidence_of_proof
from credentials.json_types import JsonObject
from credentials.verified import VerifiedCredential
from frameworks.conversions import Credit
from frameworks.levels import Level
from frameworks.rating import read_course
from recognition.deciding.case import LearningOutcome, Ruling
from recognition.deciding.combining import add_stated, combine
from recognition.deciding.courses import DescribedCourse
from recognition.deciding.credential_facts import Examined
from recognition.deciding.decide import decide
from recognition.deciding.earlier import precedent_of
from recognition.deciding.facts import Established, Facts
from recognition.deciding.inputs import DecisionInputs
from recognition.deciding.judging import Outcome
from recognition.deciding.preparing import Application, prepare
from recognition.deciding.question import Amount
from recognition.deciding.replaying import replay
from recognition.errors import RecognitionError
from recognition.policies.policy import Policy, Recognition, SourceClass
from stacking import StackingError
from stacking.lots import LedgerEntry
from tests.factories import LEARNER, unsigned
from tests.recognition.factories import (
    DAY,
    SOURCE,
    TARGET,
    course_of,
    gate,
    policy,
    registers,
    verified,
)


def prepared(*credentials: VerifiedCredential, under: Policy | None = None, **changes: Any) -> Any:
    application = Application(credentials=credentials, target=TARGET)
    return prepare(replace(application, **changes), under or policy(), registers(), day=DAY)


def refused(*credentials: VerifiedCredential, **changes: Any) -> str:
    with pytest.raises(RecognitionError) as caught:
        prepared(*credentials, **changes)
    return caught.value.code


def by(value: Any, who: str = "assessor:ana") -> Established:
    return Established(value, who)


@pytest.mark.parametrize("thing", [unsigned(), "text", None, object()])
def test_only_a_verified_credential_is_recognised(thing: Any) -> None:
    with pytest.raises(TypeError):
        prepared(thing)


def test_every_fact_says_who_established_it() -> None:
    found = prepared(verified(course_of()), stated={"redeemed": by(False, "registry")})
    assert found.facts["credits"] == by({"amount": "20", "unit": "nzqcf"}, "credential")
    assert found.facts["level"] == by({"framework": "nz-nzqcf", "code": "5"}, "credential")
    assert found.facts["kind"] == by("MicroCredential", "credential")
    assert found.facts["awarded"] == by("2026-01-15", "credential")
    assert found.facts["assurance"] == by("D", "verifier")
    assert found.facts["redeemed"] == by(False, "registry")
    assert "accredited" not in found.facts
    assert "identity_verified" not in found.facts
    (source,) = found.sources
    assert (source.version, source.source_class) == ("3", SourceClass.FORMAL)
    assert found.applicant == LEARNER


def test_only_earned_credit_counts() -> None:
    document = unsigned()
    del document["credentialSubject"]["creditsEarned"], document["credentialSubject"]["result"]
    found = prepared(verified(document))
    assert "credits" not in found.facts
    assert found.sources[0].source_class is SourceClass.NON_CREDIT


def test_a_fact_of_a_verified_credential_is_not_replaced() -> None:
    badge = verified(course_of())
    assert refused(badge, stated={"level": by({"framework": "nz-nzqcf", "code": "7"})}) == (
        "FACT_CONTRADICTED"
    )
    same = prepared(badge, stated={"level": by({"framework": "nz-nzqcf", "code": "5"})})
    assert same.facts["level"].by == "credential"


@pytest.mark.parametrize(
    ("stated", "code"),
    [
        ({"redeemed": by(False, " ")}, "ESTABLISHED_BY_NOBODY"),
        ({"redeemed": by("no")}, "FACT_MALFORMED"),
        ({"colour": by("blue")}, "FACT_MALFORMED"),
    ],
)
def test_a_stated_fact_has_a_form_and_a_name(stated: Mapping[str, Established], code: str) -> None:
    assert refused(verified(), stated=stated) == code


OUTCOMES = tuple(LearningOutcome(f"urn:x:outcome:{n}") for n in range(5))
TARGET_OF_FIVE = replace(TARGET, outcomes=OUTCOMES)


def aligned(*numbers: int) -> JsonObject:
    document = course_of()
    alignment = document["credentialSubject"]["achievement"]["alignment"]
    alignment += [
        {"type": ["Alignment"], "targetName": "An outcome", "targetUrl": f"urn:x:outcome:{n}"}
        for n in numbers
    ]
    return document


@pytest.mark.parametrize(
    ("numbers", "value", "outcome"),
    [
        ((0, 1, 2, 3), {"min": "4/5", "max": "1"}, Outcome.GRANT),
        ((0, 1, 2, 3, 4), "1", Outcome.GRANT),
        ((0, 9), {"min": "1/5", "max": "1"}, Outcome.REFER),
        ((), None, Outcome.REFER),
    ],
)
def test_an_outcome_is_reached_by_the_same_uri_and_text_decides_nothing(
    numbers: tuple[int, ...], value: Any, outcome: Outcome
) -> None:
    """Aligned outcomes are the least that the overlap can be: the rest is open, never missing."""
    under = policy(gates=[gate("overlap_min", min="4/5")])
    found = prepared(verified(aligned(*numbers)), under=under, target=TARGET_OF_FIVE)
    told = found.facts.get("overlap")
    assert (told and told.value) == value
    assert decide(found).outcome is outcome


def test_an_assessor_states_an_overlap_more_precisely_and_not_otherwise() -> None:
    badge = verified(aligned(0, 1))
    more = prepared(badge, target=TARGET_OF_FIVE, stated={"overlap": by("4/5")})
    assert more.facts["overlap"] == by("4/5")
    less = {"overlap": by("1/5")}
    assert refused(badge, target=TARGET_OF_FIVE, stated=less) == "FACT_CONTRADICTED"


def made_of(component: VerifiedCredential, **changes: Any) -> VerifiedCredential:
    """Verify an award that names its component; its proof is unreadable and changes nothing."""
    evidence = [evidence_of(component), evidence_of_proof(b"{}", "In words.")]
    return replace(
        component,
        document={**unsigned(id="urn:x:award"), "evidence": evidence, **changes},
        digest=f"sha256:{changes}",
    )


def test_a_credential_and_its_copy_are_not_added_up() -> None:
    badge, copy = verified(), verified({**unsigned(), "id": "urn:x:copy"})
    assert copy.digest != badge.digest
    assert refused(badge, copy) == "CREDIT_COUNTED_TWICE"


def test_a_case_is_about_one_learner_and_each_credential_once() -> None:
    badge = verified()
    assert refused() == "NO_SOURCE"
    assert refused(badge, badge) == "DUPLICATE_DIGEST"
    award = made_of(badge)
    assert refused(badge, award) == refused(award, badge) == "CREDIT_COUNTED_TWICE"
    assert refused(award, made_of(badge, id="urn:x:degree")) == "CREDIT_COUNTED_TWICE"
    assert prepared(award).facts["credits"] == prepared(badge).facts["credits"]
    assert refused(badge, applicant="did:example:somebody-else") == "OTHER_SUBJECT"
    other = unsigned(id="urn:x:other")
    other["credentialSubject"]["id"] = "did:example:somebody-else"
    assert refused(badge, verified(other)) == "OTHER_SUBJECT"


def test_credentials_of_one_learner_add_up() -> None:
    second = unsigned(id="urn:x:second", validFrom="2025-01-15T09:00:00Z")
    found = prepared(verified(), verified(second))
    assert found.facts["credits"].value == {"amount": "40", "unit": "nzqcf"}
    assert found.facts["awarded"].value == "2025-01-15"
    assert found.facts["level"].value == {"framework": "nz-nzqcf", "code": "5"}


def several(*facts: Facts) -> dict[str, Any]:
    ladders = registers().sources[0].register.on(DAY).ladders
    examined = tuple(Examined(SOURCE, one, {}, frozenset(), None) for one in facts)
    return {name: one.value for name, one in combine(examined, ladders, ()).items()}


@pytest.mark.parametrize(
    ("one", "other", "value"),
    [
        (Facts(accredited=True), Facts(accredited=True), True),
        (Facts(accredited=True), Facts(), None),
        (Facts(accredited=False), Facts(), False),
        (Facts(redeemed=True), Facts(), True),
        (Facts(redeemed=False), Facts(redeemed=False), False),
        (Facts(redeemed=False), Facts(), None),
        (Facts(assurance="A"), Facts(assurance="C"), "C"),
        (Facts(assurance="A"), Facts(assurance="odd"), None),
        (Facts(grade="A"), Facts(grade="B"), None),
        (Facts(grade="A"), Facts(grade="A"), "A"),
        (Facts(hours=Fraction(5)), Facts(hours=Fraction(6)), "11"),
        (Facts(hours=Fraction(5)), Facts(), None),
        (Facts(awarded=date(2020, 1, 1)), Facts(awarded=DAY), "2020-01-01"),
        (Facts(credits=Credit(Fraction(1), "ects")), Facts(credits=Credit(Fraction(1), "x")), None),
        (
            Facts(level=Level("nz-nzqcf", "10")),
            Facts(level=Level("nz-nzqcf", "9")),
            {"framework": "nz-nzqcf", "code": "9"},
        ),
        (Facts(level=Level("nz-nzqcf", "5")), Facts(level=Level("ie-nfq", "5")), None),
    ],
)
def test_facts_of_several_credentials_count_only_as_far_as_they_agree(
    one: Facts, other: Facts, value: Any
) -> None:
    for pair in ((one, other), (other, one)):
        assert next(iter(several(*pair).values()), None) == value


def test_a_named_person_adds_to_what_several_credentials_leave_open() -> None:
    known = {"grade": by("B", "credential")}
    added = add_stated(known, {"identity_verified": by(True), "language": by(None)})
    assert added == {**known, "identity_verified": by(True)}
    assert known == {"grade": by("B", "credential")}


COURSE = """id = "urn:x:course"
title = "Safe lifting for warehouses"
framework = "nz-nzqcf"
language = "en"
field = "1022"
level = "4"

[[outcomes]]
text = "Lift and store heavy goods without harm."
level = "4"

[hours]
taught = "20"
self_study = "30"

[[assessments]]
type = "practical"
supervised = true
identity_verified = true

[quality_assurance]
type = "internal"
"""


def without_credit(version: str | None = "3") -> VerifiedCredential:
    document = course_of(version, id="urn:x:course")
    achievement = document["credentialSubject"]["achievement"]
    for name in ("creditsAvailable", "alignment", "resultDescription"):
        del achievement[name]
    del document["credentialSubject"]["creditsEarned"], document["credentialSubject"]["result"]
    return verified(document)


RATES = policy(
    gates=[
        gate("level_min", framework="nz-nzqcf", level="3"),
        gate("hours_min", min="50"),
        gate("assessment_in", accept=["practical"]),
        gate("quality_assurance_in", accept=["internal", "external"]),
    ]
)
OF_NO_LEVEL = replace(TARGET, level=None, recognition=Recognition.UNSPECIFIED)


def described(text: str = COURSE) -> DescribedCourse:
    return DescribedCourse(read_course(text), "assessor:ana")


def test_a_course_without_credit_gets_level_and_credits_for_this_institution() -> None:
    found = prepared(without_credit(), under=RATES, target=OF_NO_LEVEL, course=described())
    assert found.facts["credits"] == by(
        {"amount": "5", "unit": "nzqcf"}, "register:urn:tallystick:register:reference"
    )
    assert found.facts["hours"] == by("50")
    payload = decide(found).payload
    assert (payload["outcome"], payload["granted"]["amount"]) == ("GRANT", "5")
    assert payload["granted"]["level"] == {"framework": "nz-nzqcf", "code": "4"}
    assert payload["sources"][0]["sourceClass"] == "non-credit"
    assert payload["sources"][0]["credits"] is None


def test_the_next_learner_with_the_same_version_needs_no_description() -> None:
    first = decide(prepared(without_credit(), under=RATES, target=OF_NO_LEVEL, course=described()))
    kept = precedent_of("urn:x:first", first.payload)
    assert kept is not None
    later = {"under": RATES, "target": OF_NO_LEVEL, "precedents": (kept,)}
    payload = decide(prepared(without_credit(), **later)).payload
    assert (payload["class"], payload["granted"]) == ("precedent", first.payload["granted"])
    payload = decide(prepared(without_credit("4"), **later)).payload
    assert payload["outcome"] == "REFER"
    assert "VERSION_CHANGED" in payload["reasons"]


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ('"urn:x:course"', '"urn:x:other"', "COURSE_OF_OTHER_CREDENTIAL"),
        ('"nz-nzqcf"', '"za-nqf"', "FRAMEWORK_NOT_ACCEPTED"),
    ],
)
def test_a_description_is_of_the_very_course(old: str, new: str, code: str) -> None:
    other = described(COURSE.replace(old, new))
    assert refused(without_credit(), under=RATES, target=OF_NO_LEVEL, course=other) == code


def test_a_course_that_breaks_its_framework_gets_no_value() -> None:
    national = described(COURSE.replace("Safe lifting", "National lifting"))
    found = prepared(without_credit(), under=RATES, target=OF_NO_LEVEL, course=national)
    assert "credits" not in found.facts
    assert decide(found).outcome is Outcome.REFER


BLOCK_TARGET = replace(TARGET, recognition=Recognition.BLOCK)


def rule_for(least: str, unit: str = "nzqcf", more: str = "") -> str:
    return f"""id = "block"
unit = "{unit}"
framework = "nz-nzqcf"
{more}

[[constraints]]
id = "total"
type = "sum"
min = "{least}"
"""


def second(**changes: Any) -> VerifiedCredential:
    document = unsigned(**{"id": "urn:x:second", **changes})
    document["credentialSubject"]["achievement"]["id"] = "https://poly.example/second"
    return verified(document)


def test_credentials_that_reach_a_rule_are_recognised_as_a_block() -> None:
    stated = {"accredited": by(True)}
    found = prepared(
        verified(), second(), block_rule=rule_for("40"), target=BLOCK_TARGET, stated=stated
    )
    decision = decide(found)
    payload = decision.payload
    assert (payload["recognition"], payload["granted"]["amount"]) == ("block", "40")
    assert found.facts["credits"].by == "plan"
    assert len(payload["sources"]) == 2
    assert payload["block"]["rule"] == "block"
    assert payload["block"]["ruleDigest"].startswith("sha256:")
    again = DecisionInputs.from_bytes(decision.inputs_bytes)
    assert decide(again).payload_bytes == decision.payload_bytes


def test_what_a_block_does_not_need_is_no_part_of_it() -> None:
    exact = rule_for("20").replace("min = ", 'max = "20"\nmin = ')
    found = prepared(verified(), second(), block_rule=exact, target=BLOCK_TARGET)
    assert len(found.sources) == 1
    assert found.facts["credits"].value == {"amount": "20", "unit": "nzqcf"}
    [lot] = json.loads(found.plan or "")["lots"]
    assert lot["digest"] == found.sources[0].digest


def test_a_block_that_is_not_reached_says_what_is_missing() -> None:
    with pytest.raises(RecognitionError) as caught:
        prepared(verified(), block_rule=rule_for("50"), target=BLOCK_TARGET)
    assert caught.value.code == "PLAN_NOT_REACHED"
    assert "missing for total: 30" in caught.value.message


def test_a_rule_makes_a_block_only_where_a_block_is_asked_for() -> None:
    assert refused(verified(), block_rule=rule_for("20")) == "BLOCK_NOT_ASKED"


def test_a_rule_that_is_none_prepares_nothing() -> None:
    with pytest.raises(StackingError):
        prepared(verified(), block_rule="id = 3", target=BLOCK_TARGET)
    with pytest.raises(StackingError):
        prepared(verified(), block_rule=rule_for("20", "gold"), target=BLOCK_TARGET)
    other = rule_for("20").replace("nz-nzqcf", "za-nqf")
    assert refused(verified(), block_rule=other, target=BLOCK_TARGET) == "FRAMEWORK_NOT_ACCEPTED"


def test_a_block_is_about_one_learner_who_is_named() -> None:
    other = unsigned(id="urn:x:other")
    other["credentialSubject"]["id"] = "did:example:somebody-else"
    block = {"block_rule": rule_for("20"), "target": BLOCK_TARGET}
    assert refused(verified(), verified(other), **block) == "OTHER_SUBJECT"
    nobody = verified()
    subject = {name: one for name, one in unsigned()["credentialSubject"].items() if name != "id"}
    nobody = replace(nobody, document={**unsigned(), "credentialSubject": subject})
    assert refused(nobody, **block) == "OTHER_SUBJECT"


RATIO = {
    "from": "nzqcf",
    "to": "ects",
    "method": "full-time-year",
    "authority": "Senate",
    "reversible": True,
}


def test_what_is_converted_for_a_block_is_rounded_once_and_never_converted_again() -> None:
    under = policy(unit="ects", method="full-time-year", rounding={"step": "1", "mode": "floor"})
    document = unsigned()
    subject = document["credentialSubject"]
    subject["creditsEarned"] = subject["achievement"]["creditsAvailable"] = 15
    subject["result"][0]["value"] = "15"
    subject["achievement"]["resultDescription"][0]["valueMax"] = "15"
    target = replace(BLOCK_TARGET, amount=Amount(Fraction(7), "ects"), level=None)
    block = {"block_rule": rule_for("7", "ects"), "target": target, "under": under}
    found = prepared(verified(document), **block)
    assert found.facts["credits"].value == {
        "amount": "7",
        "unit": "ects",
        "already_converted": True,
    }


def test_a_block_that_the_policy_reads_otherwise_is_refused() -> None:
    target = replace(BLOCK_TARGET, amount=Amount(Fraction(7), "ects"), level=None)
    block = {"block_rule": rule_for("5", "ects"), "target": target}
    for changes in ({}, {"conversions": [{**RATIO, "method": "receiver-policy", "ratio": "1/3"}]}):
        under = policy(unit="ects", **changes)
        assert refused(verified(), under=under, **block) == "PLAN_READ_OTHERWISE"
    no_maps = policy(map_policy=None)
    european = rule_for("20").replace("nz-nzqcf", "eu-eqf")
    levels = {"block_rule": european, "target": BLOCK_TARGET}
    assert refused(verified(), under=no_maps, **levels) == "PLAN_READ_OTHERWISE"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda one: replace(one, plan=None), "PLAN_MISSING"),
        (lambda one: replace(one, plan="{}"), "PLAN_MALFORMED"),
        (lambda one: replace(one, plan="\ud800"), "PLAN_MALFORMED"),
        (lambda one: replace(one, sources=one.sources[:1]), "PLAN_DIFFERS"),
        (lambda one: replace(one, target=TARGET), "PLAN_DIFFERS"),
        (lambda one: replace(one, day=date(2026, 11, 24)), "PLAN_DIFFERS"),
        (lambda one: replace(one, applicant="did:example:other"), "PLAN_DIFFERS"),
    ],
)
def test_a_decision_about_a_block_has_the_plan_of_its_sources(change: Any, code: str) -> None:
    found = prepared(verified(), second(), block_rule=rule_for("40"), target=BLOCK_TARGET)
    with pytest.raises(RecognitionError) as caught:
        decide(change(found))
    assert caught.value.code == code


@pytest.mark.parametrize("name", ["credential", "verifier", "plan", "register:urn:x", " plan "])
def test_nobody_states_a_fact_in_the_name_of_what_is_read(name: str) -> None:
    stated = {"redeemed": by(False, name)}
    assert refused(verified(), stated=stated) == "ESTABLISHED_BY_NOBODY"


def test_a_policy_that_contradicts_its_registers_prepares_nothing() -> None:
    draft = policy(gates=[gate("level_min", framework="eu-eqf", level="9")])
    assert refused(verified(), under=draft) == "POLICY_CONTRADICTS_REGISTER"


def short(**changes: Any) -> DecisionInputs:
    """Prepare a block of fifty credits of which twenty are there, to be decided all the same."""
    asked = {"block_rule": rule_for("50"), "target": BLOCK_TARGET, "takes_short_block": True}
    return prepared(verified(), **{**asked, **changes})


def test_a_short_block_that_is_to_be_decided_is_refused_with_what_is_missing() -> None:
    payload = decide(short()).payload
    assert (payload["outcome"], payload["granted"]) == ("REFUSE", None)
    assert "AWARD_NOT_REACHED" in payload["reasons"]
    assert "total: 30 missing" in payload["substantialDifferences"]
    assert payload["allowedAsPrecedent"] is False


def test_nobody_grants_a_short_block_by_name() -> None:
    ruling = Ruling("Ana", Outcome.GRANT, "Enough for me.", second_reader="Ben")
    with pytest.raises(RecognitionError, match="nobody can grant it") as refused:
        decide(replace(short(), ruling=ruling))
    assert refused.value.code == "AWARD_NOT_REACHED"


def test_a_short_block_is_replayed_to_the_same_bytes() -> None:
    found = short()
    assert replay(found.to_bytes()) == decide(found).payload_bytes


def test_credit_that_was_spent_counts_for_no_short_block() -> None:
    first = verified()
    spent = LedgerEntry("other", spent=True, digest=first.digest)
    asked = {"block_rule": rule_for("10"), "target": BLOCK_TARGET, "takes_short_block": True}
    payload = decide(prepared(first, ledger=(spent,), **asked)).payload
    assert "total: 10 missing" in payload["substantialDifferences"]
