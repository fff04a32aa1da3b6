"""What the framework registers say of a credential before it is signed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from credentials.findings import Finding, Severity
from credentials.json_types import JsonObject, as_list
from frameworks.appraisal import Appraisal, appraise
from frameworks.evidence import IN_WORDS, AssuranceClass, Endorsement
from frameworks.registers import Registers

CLAUSE = "Register of frameworks"
LISTING_IDENTIFIER = "ext:RegisterListing"
"""Kind of identifier under which a credential names the listing of its course."""

EndorsementsOf = Callable[[JsonObject], tuple[Endorsement, ...]]
"""The verified endorsements in a document; from outside, since it takes the verifier."""


def _none(_document: JsonObject) -> tuple[Endorsement, ...]:
    return ()


@dataclass(frozen=True, slots=True)
class ValuePolicy:
    """How an institution holds its own values against the registers before it signs.

    `refuses_faults`: a certain fault stops the issuance (else it is a warning);
    `least_assurance`: a value of a lower class stops it, too.
    """

    registers: Registers
    refuses_faults: bool = True
    least_assurance: AssuranceClass = AssuranceClass.D
    endorsements_of: EndorsementsOf = _none


def register_findings(
    document: JsonObject, policy: ValuePolicy, as_of: date
) -> tuple[tuple[Finding, ...], JsonObject]:
    """Hold a prepared credential against the registers.

    Returns the findings, and the credential with the listing of its course named in it where the
    framework's authority lists it with equal values.
    """
    appraisals = appraise(
        document,
        registers=policy.registers,
        as_of=as_of,
        endorsements=policy.endorsements_of(document),
    )
    findings = [
        finding for one in appraisals for finding in (*_faults(one, policy), *_class(one, policy))
    ]
    for one in appraisals:
        document = _name_listing(document, one)
    return tuple(findings), document


def _faults(appraisal: Appraisal, policy: ValuePolicy) -> tuple[Finding, ...]:
    return tuple(
        Finding(
            found.code,
            found.pointer,
            f"{found.message.rstrip('.')} [{found.reason}].",
            CLAUSE,
            "error" if found.is_certain and policy.refuses_faults else "warning",
        )
        for found in appraisal.findings
    )


def _class(appraisal: Appraisal, policy: ValuePolicy) -> tuple[Finding, ...]:
    """Say what nobody but the issuer itself would stand behind."""
    found, least = appraisal.assurance.assurance_class, policy.least_assurance
    is_too_low = found > least
    if found is not AssuranceClass.D and not is_too_low:
        return ()
    severity: Severity = "error" if is_too_low else "warning"
    reasons = ", ".join(appraisal.assurance.reasons)
    text = f"The value is {IN_WORDS[found]} (class {found}: {reasons})."
    return (Finding("ASSURANCE_TOO_LOW", appraisal.value.source_pointer, text, CLAUSE, severity),)


def _name_listing(document: JsonObject, appraisal: Appraisal) -> JsonObject:
    links = [link for link in appraisal.assurance.chain if link.kind == "listing"]
    subject = document.get("credentialSubject")
    achievement = subject.get("achievement") if isinstance(subject, dict) else None
    if not links or not isinstance(subject, dict) or not isinstance(achievement, dict):
        return document
    entry = {
        "type": "IdentifierEntry",
        "identifier": links[0].row,
        "identifierType": LISTING_IDENTIFIER,
    }
    known = as_list(achievement.get("otherIdentifier"))
    identifiers = known if entry in known else [*known, entry]
    named = {**subject, "achievement": {**achievement, "otherIdentifier": identifiers}}
    return {**document, "credentialSubject": named}
