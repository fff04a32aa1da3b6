"""A decision as a credential: what was granted as an Open Badge, and the decision as evidence.

Payload, inputs and the signed policy stand in the evidence as texts, so that whoever has the
credential can verify the policy and decide the same again, without asking anybody.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from urllib.parse import quote

from credentials.decisions import DECISION, DECISION_CREDENTIAL, decision_of
from credentials.json_types import JsonObject, id_of, member
from credentials.level_credit import CreditStatement, LevelStatement, write_values
from credentials.timestamps import format_timestamp
from frameworks.amounts import parse_amount
from frameworks.registers import Registers
from recognition.deciding.decide import RecognitionDecision
from recognition.deciding.inputs import DecisionInputs
from recognition.deciding.judging import Outcome
from recognition.errors import RecognitionError
from recognition.policies.consistency import AcceptedSources, accepted_sources
from recognition.policies.credential import CONTEXT
from recognition.policies.policy import Policy
from recognition.policies.reading import read_policy

DATA_MODEL = "https://www.w3.org/ns/credentials/v2"
OPEN_BADGES = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
ACHIEVEMENT_TYPE = "ext:RecognisedLearning"


@dataclass(frozen=True, slots=True)
class GrantedValue:
    """What a decision grants in the words of credentials: unit token, amount, level with URI."""

    credit: CreditStatement
    level: LevelStatement | None


def granted_value(
    payload: JsonObject, policy: Policy, accepted: AcceptedSources
) -> GrantedValue | None:
    """Read what a payload grants; None if that is nothing, or an exemption without credit.

    Raises `RecognitionError` (UNIT_NOT_IN_REGISTER) if no accepted register names the unit.
    """
    granted = payload["granted"]
    if granted is None or payload["recognition"] == "exemption":
        return None
    units = [
        day.unit_rows[granted["unit"]] for day in accepted.days if granted["unit"] in day.unit_rows
    ]
    if not units:
        text = f"No register that {policy.id} accepts has the unit {granted['unit']}."
        raise RecognitionError(text, code="UNIT_NOT_IN_REGISTER")
    credit = CreditStatement(units[0].token, parse_amount(granted["amount"]))
    return GrantedValue(credit, _level(granted["level"], accepted))


def _level(level: JsonObject | None, accepted: AcceptedSources) -> LevelStatement | None:
    """Name a level as credentials do; one without a URI cannot be stated."""
    if level is None:
        return None
    for day in accepted.about(level["framework"]):
        row = day.level_rows.get((level["framework"], level["code"]))
        framework = day.frameworks.get(level["framework"])
        if row is not None and row.uri is not None and framework is not None:
            acronym = framework.acronym or ""
            short = acronym if acronym.isalnum() and acronym.isascii() else framework.id
            return LevelStatement(short, framework.name, row.code, row.uri)
    return None


def decision_document(
    decision: RecognitionDecision,
    *,
    identifier: str,
    issuer: str,
    policy_credential: str,
    registers: Registers,
    now: datetime,
    status: JsonObject | None = None,
) -> JsonObject:
    """Build the unsigned credential of a decision.

    Obligations: 1. who signs has the mandate of the policy; 2. the learner is named by an id;
    3. what is granted is stated as an Open Badge, and nothing is where nothing is granted; 4. the
    decision, its inputs and the signed policy are the evidence.

    Raises `RecognitionError` (NOT_MANDATED, APPLICANT_UNKNOWN), `ValueRangeError` for an amount
    that a credential cannot state.
    """
    policy = read_policy(decision.inputs.policy_text)
    # 1.
    require_mandate(policy, issuer)
    # 2.
    applicant = decision.inputs.applicant
    if applicant is None:
        text = "The decision names no learner by an id; state the applicant."
        raise RecognitionError(text, code="APPLICANT_UNKNOWN")
    # 3.
    document = _described(decision, policy, identifier, issuer)
    document["validFrom"] = format_timestamp(now.replace(microsecond=0))
    document["credentialSubject"] = {"id": applicant}
    if decision.outcome is Outcome.GRANT:
        accepted = accepted_sources(policy, registers, decision.inputs.day)
        value = granted_value(decision.payload, policy, accepted)
        document["credentialSubject"] |= _badge(decision, policy, value)
    # 4.
    document["evidence"] = [_evidence(decision, policy_credential, identifier)]
    return document if status is None else {**document, "credentialStatus": status}


def _described(
    decision: RecognitionDecision, policy: Policy, identifier: str, issuer: str
) -> JsonObject:
    """Begin the document: an Open Badge as well where something is granted."""
    is_granted = decision.outcome is Outcome.GRANT
    profile: JsonObject = {"type": ["Profile"]} if is_granted else {}
    badge = ["OpenBadgeCredential"] if is_granted else []
    return {
        "@context": [DATA_MODEL, *([OPEN_BADGES] if is_granted else []), CONTEXT],
        "id": identifier,
        "type": ["VerifiableCredential", *badge, DECISION_CREDENTIAL],
        "issuer": {"id": issuer, **profile, "name": policy.mandate.office},
        "name": f"Recognition decision for {decision.inputs.target.component}",
    }


def _evidence(decision: RecognitionDecision, policy_credential: str, identifier: str) -> JsonObject:
    is_granted = decision.outcome is Outcome.GRANT
    return {
        "id": f"{identifier}#decision",
        "type": ["Evidence", DECISION] if is_granted else [DECISION],
        "decisionPayload": decision.payload_bytes.decode("utf-8"),
        "decisionInputs": decision.inputs_bytes.decode("utf-8"),
        "policyCredential": policy_credential,
    }


def _badge(decision: RecognitionDecision, policy: Policy, value: GrantedValue | None) -> JsonObject:
    """Build the subject of an Open Badge about what was granted."""
    component = decision.inputs.target.component
    achievement_id = f"urn:tallystick:recognised:{policy.id}:{quote(component, safe='')}"
    of_achievement: JsonObject = {}
    of_subject: JsonObject = {}
    if value is not None and value.credit.amount > Fraction(0):
        of_achievement, of_subject = write_values(
            achievement_id, level=value.level, credit=value.credit
        )
    kind = decision.payload["recognition"]
    return {
        "type": ["AchievementSubject"],
        "achievement": {
            "id": achievement_id,
            "type": ["Achievement"],
            "achievementType": ACHIEVEMENT_TYPE,
            "name": f"Recognised learning: {component}",
            "description": f"Prior learning that was recognised ({kind}) for {component}.",
            "criteria": {"narrative": _criteria(policy)},
            **of_achievement,
        },
        **of_subject,
    }


def _criteria(policy: Policy) -> str:
    return (
        f"{policy.title}, version {policy.version}, adopted by {policy.adoption.body} "
        f"({policy.adoption.resolution})."
    )


def require_mandate(policy: Policy, signer: str) -> None:
    """Refuse a decision by somebody whom the policy gives no mandate."""
    if signer not in policy.mandate.ids:
        raise RecognitionError(
            f"The policy gives {policy.mandate.office} the mandate to decide, and not {signer}.",
            code="NOT_MANDATED",
            pointer="/mandate/ids",
        )


@dataclass(frozen=True, slots=True)
class SignedDecision:
    """The parts of a decision in a credential whose proofs have been verified."""

    payload: bytes
    inputs: DecisionInputs
    policy_credential: bytes
    decided_by: str
    applicant: str | None


def read_decision(document: JsonObject) -> SignedDecision:
    """Read a decision; raise `RecognitionError` (DECISION_MALFORMED, INPUTS_MALFORMED)."""
    evidence = decision_of(document) or {}
    names = ("decisionPayload", "decisionInputs", "policyCredential")
    texts = [evidence.get(name) for name in names]
    payload, inputs, policy = (
        text.encode("utf-8", "surrogatepass") if isinstance(text, str) else None for text in texts
    )
    issuer = id_of(document.get("issuer"))
    if payload is None or inputs is None or policy is None or issuer is None:
        text = "This is no recognition decision with its payload, its inputs and its policy."
        raise RecognitionError(text, code="DECISION_MALFORMED", pointer="/evidence")
    applicant = id_of(member(document, "credentialSubject"))
    return SignedDecision(payload, DecisionInputs.from_bytes(inputs), policy, issuer, applicant)
