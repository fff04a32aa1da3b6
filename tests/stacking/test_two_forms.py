"""A credential and copies of it, in whatever form, are one achievement and count once."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest

from credentials.component_links import evidence_of, evidence_of_proof
from credentials.verified import VerifiedCredential
from stacking import AwardRule, StackPlan, plan, read_award_rule
from stacking.lots import LedgerEntry
from stacking.plan_json import lot_json
from stacking.proof_verification import ProofDiffersError, verify_proof
from stacking.register_conditions import RegisterConditions
from stacking.stack_proof import StackProof
from stacking.statements import statement_of
from tests.stacking.stacks import (
    DAY,
    REGISTERS,
    RULE,
    component,
    components,
    lots_for,
    proven,
    verified,
)

AWARD = read_award_rule(RULE)


def copy_of(name: str, number: int = 1) -> VerifiedCredential:
    """Build what a wallet has beside the original: the same under another id."""
    return verified({**component(name), "id": f"urn:x:{name}-copy-{number}"})


def planned(
    *given: VerifiedCredential, ledger: tuple[LedgerEntry, ...] = (), by: AwardRule = AWARD
) -> StackPlan:
    lots = lots_for(by, given)
    asked = RegisterConditions.of(REGISTERS, by.framework, DAY)
    return plan(lots, by, asked.for_lots(lots, by, ledger=ledger))


def total(found: StackPlan) -> Fraction | None:
    return found.sums["total"].number


def reasons(found: StackPlan) -> list[tuple[str, ...]]:
    return [one.reasons for one in found.excluded]


def test_a_credential_and_its_copies_count_once_and_it_is_told_why() -> None:
    found = planned(*components("one"), copy_of("one"), copy_of("one", 2))
    assert (total(found), found.outcome) == (20, "NOT_YET")
    assert reasons(found) == [("SAME_IN_OTHER_FORM",), ("SAME_IN_OTHER_FORM",)]


@pytest.mark.parametrize(
    "other",
    [
        component("two"),
        {**component("one"), "id": "urn:x:later", "awardedDate": "2026-02-15T09:00:00Z"},
        {**component("one", amount=15), "id": "urn:x:smaller"},
    ],
    ids=["another achievement", "another day", "another amount"],
)
def test_what_differs_in_what_it_states_counts_beside_it(other: Any) -> None:
    found = planned(*components("one"), verified(other))
    assert reasons(found) == []
    assert len(found.use) == 2


def test_what_was_used_in_one_form_is_used_in_the_other() -> None:
    (lot,) = lots_for(AWARD, components("one"))
    used = tuple(LedgerEntry("other", True, digest=name) for name in lot.known_by)
    found = planned(copy_of("one"), *components("two"), ledger=used)
    assert reasons(found) == [("LOT_REDEEMED",)]
    assert reasons(planned(*components("two"), ledger=used)) == []


def test_an_award_and_a_copy_of_what_it_was_made_of_never_count_together() -> None:
    parts = components("one", "two")
    document = component("award", amount=40, awardedDate=f"{DAY.isoformat()}T00:00:00Z")
    evidence = [*map(evidence_of, parts), evidence_of_proof(proven(parts).data, "x")]
    award = verified({**document, "evidence": evidence})
    found = planned(award, copy_of("one"))
    assert (total(found), reasons(found)) == (40, [])
    assert len(found.use) == 1


def award_of(name: str, *parts: VerifiedCredential, rule: Any = RULE) -> VerifiedCredential:
    """Build an award that was made of other credentials, with the proof of it."""
    document = component(name, amount=40, awardedDate=f"{DAY.isoformat()}T00:00:00Z")
    evidence = [*map(evidence_of, parts), evidence_of_proof(proven(parts, rule).data, "x")]
    return verified({**document, "evidence": evidence})


def test_an_award_of_an_award_never_counts_together_with_a_copy_of_what_is_deep_inside() -> None:
    inner = award_of("inner", *components("one", "two"))
    outer = award_of("outer", inner)
    found = planned(outer, copy_of("one"))
    assert (total(found), len(found.use)) == (40, 1)
    used = tuple(LedgerEntry("other", True, digest=name) for name in _known(outer))
    assert reasons(planned(copy_of("two"), ledger=used)) == [("LOT_REDEEMED",)]


def _known(award: VerifiedCredential) -> frozenset[str | None]:
    (lot,) = lots_for(AWARD, (award,))
    return lot.known_by


def test_a_form_that_does_not_count_takes_the_place_of_none_that_does() -> None:
    """A form in which no level is stated, say, is no reason to leave the other one out."""
    lots = lots_for(AWARD, (*components("one"), copy_of("one")))
    poor = replace(lots[0], level=None)
    floor = {"id": "floor", "type": "min_level", "level": "5"}
    by = read_award_rule({**RULE, "constraints": [*RULE["constraints"], floor]})
    asked = RegisterConditions.of(REGISTERS, by.framework, DAY)
    for wallet in ((poor, lots[1]), (lots[1], poor)):
        found = plan(wallet, by, asked.for_lots(wallet, by))
        assert found.use.keys() == {lots[1].id}


def test_what_was_used_before_forms_were_known_is_used_in_every_form_in_the_wallet() -> None:
    (lot,) = lots_for(AWARD, components("one"))
    used = (LedgerEntry("other", True, digest=lot.digest),)
    for given in ((*components("one"), copy_of("one")), (copy_of("one"), *components("one"))):
        found = planned(*given, ledger=used)
        assert found.use == {}
        assert all("LOT_REDEEMED" in one for one in reasons(found))


def test_a_proof_from_before_it_told_what_is_inside_goes_on_being_verified() -> None:
    parts = (award_of("inner", *components("one", "two")), *components("three"))
    made = proven(parts)
    older = {**made.members, "lots": [_without_inside(lot) for lot in made.members["lots"]]}
    assert older != made.members
    assert verify_proof(StackProof(older, made.rule), parts, REGISTERS).plan.outcome == "AWARD"
    wrong = {**made.members["lots"][0], "stated_inside": [f"sha256:{'0' * 64}"]}
    lots = [wrong, *made.members["lots"][1:]]
    with pytest.raises(ProofDiffersError):
        verify_proof(StackProof({**made.members, "lots": lots}, made.rule), parts, REGISTERS)


def _without_inside(lot: Any) -> Any:
    return {name: value for name, value in lot.items() if name != "stated_inside"}


def test_a_proof_that_uses_two_forms_of_one_credential_is_refused() -> None:
    both = (*components("one"), copy_of("one"))
    made = proven(both)
    use = {lot["id"]: "whole" for lot in made.members["lots"]}
    with pytest.raises(ProofDiffersError):
        verify_proof(StackProof({**made.members, "use": use}, made.rule), both, REGISTERS)
    assert verify_proof(made, both, REGISTERS).plan.use.keys() == {"urn:x:one"}


@pytest.mark.parametrize("left_out", ["institution", "component", "awarded"])
def test_what_does_not_say_what_it_states_is_never_taken_for_another_form(left_out: str) -> None:
    (lot,) = lots_for(AWARD, components("one"))
    assert statement_of(lot_json(lot)) == lot.statement is not None
    assert statement_of(lot_json(replace(lot, **{left_out: None}))) is None
