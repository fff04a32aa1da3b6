"""Checking a decision that somebody signed: by whom, under which policy, and whether it follows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from credentials.errors import CredentialError, TallystickError
from credentials.json_types import JsonObject, JsonValue
from credentials.level_credit import read_values
from credentials.strict_json import parse_json
from credentials.verified import VerifiedCredential
from frameworks.evidence import Recognition
from frameworks.registers import Registers
from recognition.deciding.blocks import BY_PLAN
from recognition.deciding.credential_facts import BY_CREDENTIAL
from recognition.deciding.decide import decide
from recognition.deciding.preparing import facts_of_credentials
from recognition.decision_credential import (
    SignedDecision,
    granted_value,
    read_decision,
    require_mandate,
)
from recognition.errors import RecognitionError
from recognition.policies.consistency import accepted_sources
from recognition.policies.credential import AdoptedPolicy
from recognition.policies.policy import Policy

OpenPolicy = Callable[[bytes, date], AdoptedPolicy]
"""Verifies a signed policy as of a day and reads it; raises for one that is not believed."""

DIFFERENCES_TOLD = 20
"""Most differences that one message lists."""


@dataclass(frozen=True, slots=True)
class CheckedDecision:
    """A decision that follows from its inputs under a policy that is believed."""

    decision: SignedDecision
    policy: Policy
    payload: JsonObject


def check_decision(document: JsonObject, open_policy: OpenPolicy) -> CheckedDecision:
    """Check the decision in a credential whose proofs have been verified already.

    Obligations: 1. it has payload, inputs and policy; 2. the policy is signed by an adopter who
    is believed, as of the day of the decision, and is the one that was applied; 3. who decided
    has its mandate; 4. it is about the learner whom the credential is about; 5. the payload
    comes out of the inputs again, byte for byte.

    Raises `RecognitionError` (DECISION_MALFORMED, POLICY_DIFFERS, NOT_MANDATED, OTHER_SUBJECT,
    PAYLOAD_DIFFERS), and what `open_policy` and `decide` raise.
    """
    # 1.
    signed = read_decision(document)
    # 2.
    adopted = open_policy(signed.policy_credential, signed.inputs.day)
    if adopted.policy.text != signed.inputs.policy_text:
        text = "The signed policy is not the one by which was decided."
        raise RecognitionError(text, code="POLICY_DIFFERS", pointer="/evidence")
    # 3.
    require_mandate(adopted.policy, signed.decided_by)
    # 4.
    if signed.applicant != signed.inputs.applicant:
        text = "The decision is about somebody else than the credential."
        raise RecognitionError(text, code="OTHER_SUBJECT", pointer="/credentialSubject/id")
    # 5.
    again = decide(signed.inputs)
    if again.payload_bytes != signed.payload:
        raise _differs(signed.payload, again.payload)
    return CheckedDecision(signed, adopted.policy, again.payload)


def _differs(stated: bytes, again: JsonObject) -> RecognitionError:
    places = list(_differences(_parsed(stated), again))
    told = ", ".join(places[:DIFFERENCES_TOLD]) or "its form only"
    text = f"The decision does not follow from its inputs; it differs at: {told}."
    first = places[0] if places else ""
    return RecognitionError(text, code="PAYLOAD_DIFFERS", pointer=first)


def _parsed(data: bytes) -> JsonValue:
    try:
        return parse_json(data)
    except CredentialError:
        return None


def _differences(stated: Any, again: Any, place: str = "") -> Iterator[str]:
    """Name the places where two payloads differ, as JSON pointers."""
    if isinstance(stated, dict) and isinstance(again, dict):
        for name in sorted(stated.keys() | again.keys()):
            yield from _differences(stated.get(name), again.get(name), f"{place}/{name}")
    elif isinstance(stated, list) and isinstance(again, list) and len(stated) == len(again):
        for position, (one, other) in enumerate(zip(stated, again, strict=True)):
            yield from _differences(one, other, f"{place}/{position}")
    elif stated != again:
        yield place or "/"


def compare_credentials(
    checked: CheckedDecision, credentials: tuple[VerifiedCredential, ...], registers: Registers
) -> None:
    """Compare a decision with the credentials that it says it rests on.

    Obligations: 1. they are those, all of them and no other; 2. what they establish is what the
    decision says that they do, and they come to its block.

    Raises `RecognitionError` (SOURCES_DIFFER, FACT_DIFFERS, PLAN_DIFFERS), or
    REGISTER_NOT_AT_HAND if a register that the policy accepts is not in use, so that the second
    cannot be told.
    """
    # 1.
    inputs = checked.decision.inputs
    if {one.digest for one in credentials} != {one.digest for one in inputs.sources}:
        text = "The decision rests on other credentials than these."
        raise RecognitionError(text, code="SOURCES_DIFFER", pointer="/sources")
    # 2.
    again = facts_of_credentials(credentials, checked.policy, registers, inputs)
    for name, one in inputs.facts.items():
        found = again.get(name)
        is_told_again = found is not None and found.by == one.by
        if one != found and (is_told_again or one.by in (BY_CREDENTIAL, BY_PLAN)):
            text = f"The credentials establish another {name} than the decision says."
            raise RecognitionError(text, code="FACT_DIFFERS", pointer=f"/facts/{name}")


def recognitions_of(
    document: JsonObject, open_policy: OpenPolicy, registers: Registers
) -> tuple[Recognition, ...]:
    """Read what a decision that holds vouches for: the value that its credential states.

    Nothing for a credential that is no decision, or a decision that does not hold, or one that
    states another value than was granted.
    """
    try:
        checked = check_decision(document, open_policy)
        accepted = accepted_sources(checked.policy, registers, checked.decision.inputs.day)
        value = granted_value(checked.payload, checked.policy, accepted)
    except TallystickError:
        return ()
    if value is None or value.level is None:
        return ()
    stated = read_values(document)
    is_same = len(stated) == 1 and stated[0].earned == stated[0].available == value.credit.amount
    if not is_same:
        return ()
    return (
        Recognition(
            decided_by=checked.decision.decided_by,
            decision=str(document.get("id", "")),
            level_uri=value.level.uri,
            unit=value.credit.unit,
            amount=value.credit.amount,
        ),
    )
