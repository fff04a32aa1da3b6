"""A policy as a credential that its adopter signs: the document stands in it as it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from credentials.errors import MalformedValueError
from credentials.json_types import JsonObject, as_list, id_of
from credentials.timestamps import format_timestamp, parse_timestamp
from recognition.errors import RecognitionError
from recognition.policies.policy import Policy
from recognition.policies.reading import read_policy

POLICY_TYPE = "RecognitionPolicyCredential"
CONTEXT = "urn:tallystick:context:recognition:1"
CONTEXTS = ("https://www.w3.org/ns/credentials/v2", CONTEXT)
LAST_DAY = date(9999, 12, 31)


@dataclass(frozen=True, slots=True)
class AdoptedPolicy:
    """A signed policy that was read, with who signed it."""

    policy: Policy
    adopter: str


def policy_document(policy: Policy, *, issuer: str, status: JsonObject | None = None) -> JsonObject:
    """Build the unsigned credential of a policy.

    Raises `RecognitionError` (POLICY_OF_OTHER_ADOPTER) if the policy names another adopter than
    who is to sign it.
    """
    _require_adopter(policy, issuer)
    document: JsonObject = {
        "@context": list(CONTEXTS),
        "id": _credential_id(policy),
        "type": ["VerifiableCredential", POLICY_TYPE],
        "issuer": {"id": issuer, "name": policy.adoption.body},
        "name": policy.title,
        **_period(policy),
        "credentialSubject": {
            "id": _subject_id(policy),
            "type": ["RecognitionPolicy"],
            "policyText": policy.text,
        },
    }
    return document if status is None else {**document, "credentialStatus": status}


def _subject_id(policy: Policy) -> str:
    return f"urn:tallystick:policy:{policy.id}"


def _credential_id(policy: Policy) -> str:
    return f"urn:tallystick:policy:{policy.id}:{policy.digest}"


def _period(policy: Policy) -> JsonObject:
    last_day = policy.rules.last_day or LAST_DAY
    first = datetime.combine(policy.rules.first_day, time.min, UTC)
    last = datetime.combine(last_day, time(23, 59, 59), UTC)
    return {"validFrom": format_timestamp(first), "validUntil": format_timestamp(last)}


def read_policy_credential(document: JsonObject) -> AdoptedPolicy:
    """Read the policy in a credential whose proofs have been verified already.

    Obligations: 1. it is of the type of a policy; 2. the policy in it is sound; 3. its adopter
    signed it; 4. the credential says nothing else about identity and validity than the policy.
    Raises `RecognitionError` (POLICY_CREDENTIAL_MALFORMED, POLICY_OF_OTHER_ADOPTER, or what
    `read_policy` raises).
    """
    # 1.
    if POLICY_TYPE not in as_list(document.get("type")):
        raise _malformed(f"it is not of the type {POLICY_TYPE}")
    subject = document.get("credentialSubject")
    text = subject.get("policyText") if isinstance(subject, dict) else None
    if not isinstance(text, str) or not isinstance(subject, dict):
        raise _malformed("it contains no policy")
    # 2.
    policy = read_policy(text)
    # 3.
    adopter = id_of(document.get("issuer")) or ""
    _require_adopter(policy, adopter)
    # 4.
    identity = (subject.get("id"), document.get("id"), document.get("name"))
    own = (_subject_id(policy), _credential_id(policy), policy.title)
    stated = {name: _instant(document.get(name)) for name in ("validFrom", "validUntil")}
    meant = {name: parse_timestamp(text) for name, text in _period(policy).items()}
    if identity != own or stated != meant:
        raise _malformed("its id, name or validity differ from those of its policy")
    return AdoptedPolicy(policy, adopter)


def _require_adopter(policy: Policy, signer: str) -> None:
    if policy.adoption.id != signer:
        raise RecognitionError(
            f"The policy is adopted by {policy.adoption.id}, and signed by {signer or 'nobody'}.",
            code="POLICY_OF_OTHER_ADOPTER",
            pointer="/adoption/id",
        )


def _instant(value: object) -> datetime | None:
    try:
        return parse_timestamp(value)
    except MalformedValueError:
        return None


def _malformed(why: str) -> RecognitionError:
    text = f"This is no signed policy: {why}."
    return RecognitionError(text, code="POLICY_CREDENTIAL_MALFORMED")
