"""Stack proofs: recomputed from the credentials alone, and wrong wherever they were changed."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from datetime import date
from functools import cache
from typing import Any
from unittest.mock import Mock

import pytest

from credentials.component_links import evidence_of, evidence_of_proof
from credentials.digests import multibase_of
from credentials.jcs import canonicalize
from credentials.json_types import JsonObject
from credentials.verified import VerifiedCredential
from frameworks.registers import Registers
from stacking import StackingError, credential_lots
from stacking.credential_lots import lots_of
from stacking.lots import LedgerEntry
from stacking.proof_verification import ProofDiffersError, verify_proof
from stacking.rule_reading import read_award_rule
from stacking.stack_proof import StackProof, read_proof, rule_digest
from tests.factories import STRANGER
from tests.stacking.stacks import (
    DAY,
    REGISTERS,
    RULE,
    component,
    components,
    proven,
    verified,
)

CAPPED: JsonObject = {
    **RULE,
    "id": "capped",
    "divisible_step": "5",
    "constraints": [
        *RULE["constraints"],
        {"id": "most", "type": "amount_max", "amount": "45", "where": {}},
    ],
}


@cache
def three() -> tuple[VerifiedCredential, ...]:
    return components("one", "two", "three")


@cache
def proof(kind: str = "award") -> StackProof:
    rule = CAPPED if kind == "capped" else RULE
    return proven(three()[:1] if kind == "not yet" else three(), rule)


def test_the_proof_in_an_award_is_read_once_however_many_values_it_has(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    document = component("award", awardedDate=f"{DAY.isoformat()}T00:00:00Z")
    subject = document["credentialSubject"]
    first = subject["achievement"]["resultDescription"][0]
    other = {**first, "id": f"{first['id']}-ects", "resultType": "ext:ECTSCredits"}
    subject["achievement"]["resultDescription"].append(other)
    subject["result"].append({**subject["result"][0], "resultDescription": other["id"]})
    del subject["creditsEarned"], subject["achievement"]["creditsAvailable"]
    document["evidence"] = [*map(evidence_of, three()), evidence_of_proof(proof().data, "x")]
    read = Mock(wraps=read_proof)
    monkeypatch.setattr(credential_lots, "read_proof", read)
    lots, _refused = lots_of(verified(document), proof().rule, REGISTERS, as_of=DAY)
    assert [len(lot.contains) for lot in lots] == [3, 3]
    assert read.call_count == 1


def changed(original: StackProof, **changes: Any) -> StackProof:
    return StackProof({**original.members, **changes}, original.rule)


@pytest.mark.parametrize("kind", ["award", "capped", "not yet"])
def test_a_proof_is_recomputed_from_the_credentials(kind: str) -> None:
    found = verify_proof(proof(kind), three(), REGISTERS)
    assert found.plan.outcome == proof(kind).members["outcome"]
    assert found.proof.data == proof(kind).data


def test_the_order_of_the_credentials_given_does_not_matter_and_others_are_not_needed() -> None:
    several = (verified(component("other")), *reversed(three()))
    assert verify_proof(proof(), several, REGISTERS).proof is proof()


def test_the_same_plan_gives_the_same_bytes() -> None:
    assert proven(three()).data == proof().data == canonicalize(proof().members)


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    inside = value.items() if isinstance(value, dict) else enumerate(value)
    for key, item in inside:
        if isinstance(item, dict | list):
            yield from leaves(item, (*path, key))
        else:
            yield (*path, key)


def other(value: Any) -> Any:
    """Change a value so that it stays of the same form where it can."""
    if isinstance(value, bool):
        return not value
    if value is None:
        return "did:example:authority"
    if isinstance(value, int):
        return value + 1
    if value.startswith("sha256:"):
        return f"sha256:{'0' * 64}"
    digits = [place for place, one in enumerate(value) if one.isdigit()]
    if not digits:
        return f"{value}x"
    last = digits[-1]
    return f"{value[:last]}{(int(value[last]) + 1) % 10}{value[last + 1 :]}"


@pytest.mark.parametrize("kind", ["award", "capped", "not yet"])
def test_a_proof_that_was_changed_anywhere_does_not_hold(kind: str) -> None:
    accepted = []
    # The day is a free choice of who plans; an award is bound to its own.
    paths = [path for path in leaves(proof(kind).members) if path != ("plannedOn",)]
    for path in paths:
        members = deepcopy(proof(kind).members)
        parent = members
        for key in path[:-1]:
            parent = parent[key]
        parent[path[-1]] = other(parent[path[-1]])
        try:
            verify_proof(read_proof(canonicalize(members)), three(), REGISTERS)
        except StackingError:
            continue
        accepted.append(path)
    assert accepted == []
    assert len(paths) > 40


@pytest.mark.parametrize("kind", ["award", "capped", "not yet"])
def test_a_proof_that_lacks_anything_does_not_hold(kind: str) -> None:
    for name in proof(kind).members:
        members = {key: value for key, value in proof(kind).members.items() if key != name}
        with pytest.raises(StackingError):
            verify_proof(read_proof(canonicalize(members)), three(), REGISTERS)


def test_a_component_with_other_credits_is_another_credential() -> None:
    richer = verified(component("one", amount=30))
    with pytest.raises(ProofDiffersError) as caught:
        verify_proof(proof(), (richer, *three()[1:]), REGISTERS)
    assert [one.pointer for one in caught.value.differences] == ["/lots/0"]


def test_a_component_that_is_not_given_is_named() -> None:
    with pytest.raises(ProofDiffersError) as caught:
        verify_proof(proof(), three()[:2], REGISTERS)
    (difference,) = caught.value.differences
    assert difference.stated["digest"] == three()[2].digest
    assert difference.found is None


def test_a_lot_that_is_listed_twice_does_not_count_twice() -> None:
    one = proof("not yet")
    twice = changed(one, lots=[*one.members["lots"], *one.members["lots"]])
    with pytest.raises(ProofDiffersError):
        verify_proof(read_proof(twice.data), three(), REGISTERS)


def test_credentials_of_somebody_else_do_not_count() -> None:
    document = component("foreign")
    document["credentialSubject"]["id"] = "did:example:somebody-else"
    foreign = verified(document)
    stated = proven((*three()[:1], foreign))
    assert len(stated.members["lots"]) == 1
    forged = changed(stated, subject="did:example:somebody-else", lots=[*stated.members["lots"]])
    with pytest.raises(ProofDiffersError):
        verify_proof(read_proof(forged.data), (*three(), foreign), REGISTERS)


def test_a_use_that_the_rule_does_not_allow_is_refused() -> None:
    capped = proof("capped")
    name = capped.members["lots"][0]["id"]
    for part in ("20", "7", "0", "25", "5/2"):
        use = {**capped.members["use"], name: part}
        with pytest.raises(ProofDiffersError) as caught:
            verify_proof(read_proof(changed(capped, use=use).data), three(), REGISTERS)
        assert f"/use/{name}" in [one.pointer for one in caught.value.differences]


def test_a_use_of_a_lot_that_does_not_count_is_refused() -> None:
    spent = (LedgerEntry("other", spent=True, digest=three()[0].digest),)
    stated = proven(three(), ledger=spent)
    assert stated.members["excluded"] == [{"lot": "urn:x:one", "reasons": ["LOT_REDEEMED"]}]
    assert verify_proof(stated, three(), REGISTERS).plan.outcome == "AWARD"
    use = {**stated.members["use"], "urn:x:one": "whole"}
    with pytest.raises(ProofDiffersError):
        verify_proof(read_proof(changed(stated, use=use).data), three(), REGISTERS)


def test_not_yet_is_not_believed_if_something_better_was_left_out() -> None:
    capped = proven(three(), CAPPED)
    members = deepcopy(capped.members)
    only = members["lots"][0]["id"]
    members["use"] = {only: "whole"}
    for one in members["constraints"]:
        one["sum"], one["lots"] = "20", [only]
        one["decision"] = "fail" if one["id"] == "total" else "pass"
    members["shortfall"], members["outcome"] = {"total": "20"}, "NOT_YET"
    with pytest.raises(ProofDiffersError) as caught:
        verify_proof(read_proof(canonicalize(members)), three(), REGISTERS)
    assert "/outcome" in [one.pointer for one in caught.value.differences]


def test_other_registers_leave_a_proof_undecided() -> None:
    with pytest.raises(StackingError) as caught:
        verify_proof(proof(), three(), Registers())
    assert caught.value.code == "PROOF_REGISTERS_DIFFER"
    assert "reference" in caught.value.message


def test_a_proof_carries_its_rule_and_nothing_can_be_changed_in_it() -> None:
    laxer = {**RULE, "constraints": RULE["constraints"][:1]}
    with pytest.raises(StackingError) as caught:
        read_proof(changed(proof(), rule=laxer).data)
    assert (caught.value.code, caught.value.pointer) == ("PROOF_MALFORMED", "/ruleDigest")
    honest = changed(proof(), rule=laxer, ruleDigest=rule_digest(laxer))
    with pytest.raises(ProofDiffersError):
        verify_proof(read_proof(honest.data), three(), REGISTERS)


@pytest.mark.parametrize(
    "data", [b"", b"{", b"[]", b"{}", b'{"format":"tallystick-stack-proof/2"}', b"\xff", b"null"]
)
def test_what_is_no_proof_is_refused(data: bytes) -> None:
    with pytest.raises(StackingError) as caught:
        read_proof(data)
    assert caught.value.code == "PROOF_MALFORMED"


def test_a_day_that_does_not_exist_is_refused() -> None:
    with pytest.raises(StackingError) as caught:
        read_proof(changed(proof(), plannedOn="2026-02-30").data)
    assert caught.value.code == "PROOF_MALFORMED"


def test_a_plan_cannot_be_older_than_its_credentials() -> None:
    long_ago = changed(proof(), plannedOn=date(1990, 1, 1).isoformat())
    with pytest.raises(ProofDiffersError) as caught:
        verify_proof(read_proof(long_ago.data), three(), REGISTERS)
    assert caught.value.pointer == "/lots/0/awarded"
    assert proof().planned_on == DAY


def test_assurance_is_stated_only_where_the_rule_asks_for_it() -> None:
    """It depends on endorsements, which end; the proof of an award must not end with them."""
    assured = {
        **RULE,
        "constraints": [
            *RULE["constraints"],
            {"id": "any", "type": "min_assurance", "scale": ["D", "C", "B", "A"], "min": "D"},
        ],
    }
    assert "assurance" not in proof().members["lots"][0]
    assert proven(three(), assured).members["lots"][0]["assurance"] == "D"


def test_lots_tell_language_and_outcomes_of_the_course() -> None:
    document = component("french")
    document["credentialSubject"]["achievement"]["inLanguage"] = "fr-CA"
    (lot,) = lots_of(verified(document), read_award_rule(RULE), REGISTERS, as_of=DAY)[0]
    assert lot.language == "fr-CA"
    assert lot.outcomes == {"urn:mcframework:nz-nzqcf:level:5"}


def test_a_stranger_can_sign_the_same_content_and_it_is_another_credential() -> None:
    """The digest leaves proofs out, so the issuer in the document has to be the one who signed."""
    document = component("one")
    with pytest.raises(Exception, match="does not belong"):
        verified(document, signer=STRANGER)


def test_credentials_that_share_a_file_of_evidence_are_no_kin() -> None:
    """Only where a stack proof stands beside it does a digest name a component."""
    portfolio = {"type": ["Evidence"], "digestMultibase": multibase_of(f"sha256:{'1' * 64}")}
    two = [verified(component(name, evidence=[portfolio])) for name in ("one", "two")]
    assert proven(tuple(two)).members["outcome"] == "AWARD"
