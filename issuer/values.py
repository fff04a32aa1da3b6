"""What the framework registers say of a credential before it is signed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from credentials.findings import Finding, Severity
from credentials.json_types import JsonObject, as_list
from frameworks.appraisal import Appraisal, appraise
from frameworks.dates import parse_date
from frameworks.errors import FrameworkError
from frameworks.evidence import IN_WORDS, AssuranceClass, Endorsement
from frameworks.registers import Registers

CLAUSE = "Register of frameworks"
LISTING_IDENTIFIER = "ext:RegisterListing"
"""Kind of identifier under which a credential names the listing of its course."""


@dataclass(frozen=True, slots=True)
class Endorsed:
    """The endorsements in a document that hold, and what is wrong with the others."""

    holding: tuple[Endorsement, ...] = ()
    faults: tuple[Finding, ...] = ()


EndorsementsOf = Callable[[JsonObject], Endorsed]
"""Judges the endorsements in a document; from outside, since it takes the verifier."""


def _none(_document: JsonObject) -> Endorsed:
    return Endorsed()


@dataclass(frozen=True, slots=True)
class ValuePolicy:
    """How an institution holds its own values against the registers before it signs.

    `refuses_faults`: a certain fault of the value, or a bad endorsement, stops the issuance (else
    it is a warning);
    `least_assurance`: a value of a lower class stops it, too.
    """

    registers: Registers
    refuses_faults: bool = True
    least_assurance: AssuranceClass = AssuranceClass.D
    endorsements_of: EndorsementsOf = _none


def register_findings(
    document: JsonObject, policy: ValuePolicy, as_of: date
) -> tuple[tuple[Finding, ...], JsonObject]:
    """Hold a prepared credential against the registers, as of a day.

    A credential that begins later, and states no other day of the award, is judged as of the day
    when it begins.  Returns the findings, and the credential with the listing of its course named
    in it where the framework's authority lists it with equal values.
    """
    endorsed = policy.endorsements_of(document)
    appraisals = appraise(
        document,
        registers=policy.registers,
        as_of=_day(document, as_of),
        endorsements=endorsed.holding,
    )
    findings = [_by_policy(fault, policy) for fault in endorsed.faults]
    for one in appraisals:
        findings += (*_faults(one, policy), *_class(one, policy))
        document = _name_listing(document, one)
    return tuple(findings), document


def _day(document: JsonObject, today: date) -> date:
    if "awardedDate" in document:
        return today
    try:
        return max(today, parse_date(document.get("validFrom", document.get("issuanceDate"))))
    except FrameworkError:
        return today


def _by_policy(fault: Finding, policy: ValuePolicy) -> Finding:
    return fault if policy.refuses_faults else fault._replace(severity="warning")


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
    """Say what nobody but the issuer itself would stand behind.

    Without a register that is believed every value is of class D, which is no news.
    """
    found, least = appraisal.assurance.assurance_class, policy.least_assurance
    is_too_low = found > least
    is_news = appraisal.place is not None and appraisal.place.is_believed
    if not is_too_low and not (found is AssuranceClass.D and is_news):
        return ()
    severity: Severity = "error" if is_too_low else "warning"
    because = f": {', '.join(appraisal.assurance.reasons)}" if appraisal.assurance.reasons else ""
    text = f"The value is of class {found} ({IN_WORDS[found]}{because})"
    text += f"; class {least} or better is asked for." if is_too_low else "."
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
