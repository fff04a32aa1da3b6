"""Awards made of credentials: the macro-credential, and the record that bundles it with them.

The award names every component by id and digest and carries its stack proof, so that whoever has
the components can recompute it.  The record is a Comprehensive Learner Record (CLR 2.0).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from credentials.component_links import (
    achievement_id,
    evidence_of,
    evidence_of_proof,
    related_to,
)
from credentials.errors import IssuanceError
from credentials.json_types import JsonObject, JsonValue, id_of, only_object
from credentials.level_credit.claims import amount_of, decimal_text
from credentials.verified import VerifiedCredential
from frameworks.dates import parse_date
from issuer.requests import CONTEXTS, IssuanceRequest
from stacking.planning import Outcome, used_total
from stacking.proof_verification import VerifiedStack

RECORD_CONTEXTS = (
    CONTEXTS[0],
    "https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json",
    CONTEXTS[1],
)
"""Contexts of a learner record, in the order that CLR 2.0 asks for."""


@dataclass(frozen=True, slots=True)
class AwardStatement:
    """What an institution says of an award, and how the unit of its rule is called.

    `members` is the short form of a request without learner; `unit` is the name that credentials
    use for the unit of the rule, such as ECTS.  `narrative` is the plan in words.
    """

    members: JsonObject
    unit: str
    narrative: str


def award_request(
    statement: AwardStatement, stack: VerifiedStack, components: Sequence[VerifiedCredential]
) -> IssuanceRequest:
    """Build the request for an award that a verified stack earns.

    Obligations: 1. the stack comes to AWARD; 2. each credential that it uses is named with its
    digest, and no other; 3. the learner is the one that the stack is about; 4. the credits are
    those that were used, or fewer; 5. the day of the award is that of the plan.

    Raises `IssuanceError` (NOT_AN_AWARD, COMPONENT_MISSING, CREDITS_NOT_STACKED,
    AWARD_ON_OTHER_DAY) and `SchemaError`.
    """
    # 1.
    if stack.plan.outcome is not Outcome.AWARD:
        raise IssuanceError("The credentials do not add up to the award.", code="NOT_AN_AWARD")
    # 2.
    used = used_credentials(stack, components)
    members = statement.members
    own = members.get("evidence", [])
    proof = evidence_of_proof(stack.proof.data, statement.narrative)
    # What is no list is left as it is, for the request to be refused.
    evidence = [*own, *map(evidence_of, used), proof] if isinstance(own, list) else own
    course = members.get("achievement")
    related = {"related": related_to(used)}
    achievement = {**course, **related} if isinstance(course, dict) else course
    request = {**members, "achievement": achievement, "evidence": evidence}
    # 3.
    request["learner"] = {"id": stack.proof.members["subject"]}
    # 4.
    request["credits"] = _credits(members.get("credits"), statement.unit, stack)
    # 5.
    _require_day_of_plan(members, stack)
    return IssuanceRequest.from_json(request)


def _require_day_of_plan(members: JsonObject, stack: VerifiedStack) -> None:
    """Refuse another day of the award: registers were asked as of the day of the plan."""
    stated = members.get("awardedDate", members.get("validFrom"))
    if stated is None:
        return
    if parse_date(stated) != stack.proof.planned_on:
        text = "An award is made on the day of its plan; leave awardedDate and validFrom out."
        raise IssuanceError(text, code="AWARD_ON_OTHER_DAY", pointer="/awardedDate")


def used_credentials(
    stack: VerifiedStack, credentials: Sequence[VerifiedCredential]
) -> tuple[VerifiedCredential, ...]:
    """Choose the credentials that a stack uses, each once, in the order of the proof."""
    names = stack.plan.use
    digests = dict.fromkeys(one.lot.digest for one in stack.plan.eligible if one.lot.id in names)
    by_digest = {one.digest: one for one in credentials}
    if not digests or not digests.keys() <= by_digest.keys():
        raise IssuanceError("A component of the award is not there.", code="COMPONENT_MISSING")
    return tuple(by_digest[digest] for digest in digests if digest is not None)


def _credits(stated: JsonValue, unit: str, stack: VerifiedStack) -> JsonValue:
    """Take the credits that were used; an award may state fewer, never more."""
    used = used_total(stack.plan)
    if stated is not None:
        _require_no_more(stated, unit, used.low)
        return stated
    written = decimal_text(used.number)
    if used.number is None or written is None or amount_of(written) != used.number:
        text = "The credits that were used are no decimal number; state those of the award."
        raise IssuanceError(text, code="CREDITS_NOT_STACKED", pointer="/credits")
    return {"unit": unit, "amount": written}


def _require_no_more(stated: JsonValue, unit: str, used: Fraction) -> None:
    """Refuse more credits than were used, and another unit, in which they cannot be compared."""
    amount = amount_of(stated.get("amount")) if isinstance(stated, dict) else None
    if amount is None:
        return  # The request is refused for its form.
    if stated.get("unit") != unit:
        text = f"The credits were counted in {unit}; the award states them in another unit."
        raise IssuanceError(text, code="CREDITS_NOT_STACKED", pointer="/credits/unit")
    if amount > used:
        text = f"The award states {amount} credits, but only {used} were used."
        raise IssuanceError(text, code="CREDITS_NOT_STACKED", pointer="/credits/amount")


def record_request(award: JsonObject, components: Sequence[JsonObject]) -> IssuanceRequest:
    """Build the request for the record of an award and its components, as they were signed.

    Each component is said to be part of the award (CLR 2.0, Association: isPartOf).
    """
    whole = achievement_id(award)
    parts = dict.fromkeys(filter(None, map(achievement_id, components)))
    subject: JsonObject = {
        "id": id_of(only_object(award.get("credentialSubject"), "")[1]),
        "type": ["ClrSubject"],
        "verifiableCredential": [award, *components],
        "association": [
            {
                "type": "Association",
                "associationType": "isPartOf",
                "sourceId": part,
                "targetId": whole,
            }
            for part in parts
        ],
    }
    record: JsonObject = {
        "@context": list(RECORD_CONTEXTS),
        "type": ["VerifiableCredential", "ClrCredential"],
        "name": f"{award.get('name', 'Award')}, with its components",
        "issuer": award["issuer"],
        "partial": True,
        "credentialSubject": subject,
    }
    return IssuanceRequest.from_json({"credential": record})
