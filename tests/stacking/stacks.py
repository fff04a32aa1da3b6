"""Building stacks of real credentials for tests: signed, verified, planned and proven."""

from __future__ import annotations

from typing import Any

import schemas
from credentials.json_types import JsonObject
from credentials.strict_json import serialize_json
from credentials.verified import VerifiedCredential
from frameworks.register import read_register
from frameworks.registers import Registers
from stacking import AwardRule, plan, read_award_rule
from stacking.credential_lots import lots_of
from stacking.lots import LedgerEntry, Lot
from stacking.proof_verification import VerifiedStack, verify_proof
from stacking.register_conditions import RegisterConditions
from stacking.stack_proof import PlanningContext, StackProof, read_proof, write_proof
from tests.factories import LEARNER, NOW, SIGNER, sign, unsigned, world
from verifier.verifier import Verifier

DAY = NOW.date()
REGISTERS = Registers.of((), read_register(schemas.reference_register()))
RULE: JsonObject = {
    "id": "certificate",
    "title": "Forty credits, half of them at level 5",
    "unit": "nzqcf",
    "framework": "nz-nzqcf",
    "constraints": [
        {"id": "total", "type": "sum", "min": "40"},
        {"id": "level", "type": "min_at_or_above_level", "level": "5", "amount": "20"},
    ],
}


def component(name: str, *, amount: int = 20, **changes: Any) -> JsonObject:
    """Build an unsigned micro-credential of its own achievement."""
    document = unsigned(id=f"urn:x:{name}", name=name, **changes)
    subject = document["credentialSubject"]
    achievement = subject["achievement"]
    achievement["id"] = f"https://poly.example/achievements/{name}"
    description = achievement["resultDescription"][0]
    description["id"] = f"{achievement['id']}#credits"
    description["valueMax"] = description["requiredValue"] = str(amount)
    subject["result"][0] = {**subject["result"][0], "resultDescription": description["id"]}
    subject["result"][0]["value"] = str(amount)
    subject["creditsEarned"] = achievement["creditsAvailable"] = amount
    return document


def verified(document: JsonObject, *, signer: Any = SIGNER) -> VerifiedCredential:
    """Sign and verify a credential."""
    data = serialize_json(sign(document, signer=signer))
    return Verifier(world(registers=REGISTERS)).verify(data)


def components(*names: str, amount: int = 20) -> tuple[VerifiedCredential, ...]:
    return tuple(verified(component(name, amount=amount)) for name in names)


def lots_for(rule: AwardRule, credentials: tuple[VerifiedCredential, ...]) -> tuple[Lot, ...]:
    return tuple(
        lot
        for one in credentials
        for lot in lots_of(one, rule, REGISTERS, as_of=DAY, expected_subject=LEARNER)[0]
    )


def proven(
    credentials: tuple[VerifiedCredential, ...],
    rule: JsonObject = RULE,
    *,
    ledger: tuple[LedgerEntry, ...] = (),
    method: str | None = None,
) -> StackProof:
    """Plan and prove; the proof is read back, as a stranger would."""
    award = read_award_rule(rule)
    asked = RegisterConditions.of(REGISTERS, award.framework, DAY)
    lots = lots_for(award, credentials)
    found = plan(lots, award, asked.for_lots(lots, award, method=method, ledger=ledger))
    context = PlanningContext(asked.sources, DAY, method, ledger, LEARNER)
    return read_proof(write_proof(found, lots, rule, context).data)


def stack(credentials: tuple[VerifiedCredential, ...], rule: JsonObject = RULE) -> VerifiedStack:
    return verify_proof(proven(credentials, rule), credentials, REGISTERS)
