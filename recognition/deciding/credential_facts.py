"""Facts from a credential: only a verified one is read, and each fact says who established it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from credentials.decisions import is_decision, was_converted
from credentials.json_types import JsonObject, JsonValue, as_list, member, texts_among
from credentials.level_credit.costs import declared_costs
from credentials.verified import VerifiedCredential, subject_of
from frameworks.appraisal import Appraisal, appraise
from frameworks.award_facts import award_facts
from frameworks.conversions import Credit
from frameworks.levels import Level
from frameworks.registers import Registers
from frameworks.scope import OUTSIDE
from recognition.deciding.case import Source
from recognition.deciding.facts import Established, Facts, told
from recognition.errors import RecognitionError
from recognition.policies.policy import Policy, SourceClass
from stacking.credential_lots import Origin, grade_of, origin_of

BY_CREDENTIAL = "credential"
BY_VERIFIER = "verifier"
BY_REGISTER = "register:"
"""Followed by the id of the register."""

ACCREDITED = frozenset({"A", "B"})
"""Classes of values that the authority, or somebody accredited for it, assigned."""


@dataclass(frozen=True, slots=True)
class Examined:
    """What a credential shows: the source, its facts, and the outcomes that it aligns with."""

    source: Source
    facts: Facts
    established_by: dict[str, str]
    alignments: frozenset[str]
    subject: str | None

    def established(self) -> dict[str, Established]:
        """Name each known fact with who established it."""
        known = told(self.facts)
        return {
            name: Established(value, self.established_by.get(name, BY_CREDENTIAL))
            for name, value in known.items()
        }


def examine_credential(
    credential: VerifiedCredential, policy: Policy, registers: Registers, *, as_of: date
) -> Examined:
    """Read what a verified credential establishes.

    Obligations: 1. only a verified credential is taken, about one subject; 2. its value is held
    against the registers that the policy accepts; 3. only credit that is stated as earned counts;
    4. whether its issuer was accredited is known only where a register says so.

    Raises `TypeError` for anything but a verified credential, `RecognitionError`
    (SEVERAL_SUBJECTS).
    """
    # 1.
    if not isinstance(credential, VerifiedCredential):
        raise TypeError("Only a verified credential can be recognised.")
    document = credential.document
    if len(as_list(document.get("credentialSubject"))) != 1:
        text = "The credential is about several subjects; each is recognised by itself."
        raise RecognitionError(text, code="SEVERAL_SUBJECTS", pointer="/credentialSubject")
    # 2.
    appraisals = appraise(document, registers=registers, as_of=as_of)
    chosen = _choose(appraisals, policy)
    # 3. and 4.
    facts, by = _facts(credential, chosen)
    achievement = member(document.get("credentialSubject"), "achievement")
    return Examined(
        source=_source(credential, facts, origin_of(credential, appraisals)),
        facts=facts,
        established_by=by,
        alignments=frozenset(alignments_of(achievement)),
        subject=subject_of(credential),
    )


def _choose(appraisals: tuple[Appraisal, ...], policy: Policy) -> Appraisal | None:
    """Choose the value to read: in an accepted framework, in the policy's own unit if there is."""

    def rank(one: Appraisal) -> tuple[bool, bool, bool]:
        is_accepted = one.place is not None and one.place.framework in policy.frameworks
        is_own = one.unit is not None and one.unit.id == policy.unit
        return not is_accepted, not is_own, one.unit is None

    return min(appraisals, key=rank, default=None)


def _facts(
    credential: VerifiedCredential, chosen: Appraisal | None
) -> tuple[Facts, dict[str, str]]:
    """Read the facts, and name who established those that the credential alone does not."""
    document = credential.document
    subject = member(document, "credentialSubject")
    achievement = member(subject, "achievement")
    award = award_facts(document, "/credentialSubject")
    declared = declared_costs(document)
    known: dict[str, Any] = {
        "cost": declared.cost,
        "subsidy": declared.subsidy,
        "kind": award.type,
        "awarded": award.awarded,
        "field": award.field,
        "language": _text(member(achievement, "inLanguage")),
        "grade": _grade(subject, achievement),
    }
    by: dict[str, str] = {}
    if chosen is not None:
        known |= _of_value(chosen, document)
        known["assurance"], by["assurance"] = _assurance(credential, chosen)
        known["accredited"] = _accredited(credential, chosen)
        by["accredited"] = _register(chosen)
    return Facts(**known), by


def _grade(subject: JsonValue, achievement: JsonValue) -> str | None:
    if not isinstance(subject, dict) or not isinstance(achievement, dict):
        return None
    return grade_of(subject, achievement)


def _of_value(chosen: Appraisal, document: JsonObject) -> dict[str, Any]:
    value, place, unit = chosen.value, chosen.place, chosen.unit
    credit = None
    if value.earned is not None and unit is not None:
        credit = Credit(value.earned, unit.id, was_converted(document))
    return {
        "level": Level(place.framework, place.row.code) if place and place.row else None,
        "credits": credit,
        "hours": value.hours,
    }


def _told_by_verifier(credential: VerifiedCredential, chosen: Appraisal) -> JsonObject | None:
    """Find what the verifier said of the same value; it has seen the endorsements."""
    register = None if chosen.place is None else chosen.place.source.to_json()
    for one in credential.value.get("appraisals", ()):
        is_same = one.get("source_pointer") == chosen.value.source_pointer
        is_same &= chosen.level is not None and one.get("level_uri") == chosen.level.uri
        if is_same and one.get("register") == register:
            found: JsonObject = one["assurance"]
            return found
    return None


def _assurance(credential: VerifiedCredential, chosen: Appraisal) -> tuple[str, str]:
    by_verifier = _told_by_verifier(credential, chosen)
    if by_verifier is not None:
        return str(by_verifier["class"]), BY_VERIFIER
    return chosen.assurance.assurance_class.value, _register(chosen)


def _accredited(credential: VerifiedCredential, chosen: Appraisal) -> bool | None:
    """Tell whether the value was assigned by somebody accredited; None if no register says."""
    if _assurance(credential, chosen)[0] in ACCREDITED:
        return True
    return False if OUTSIDE & set(chosen.assurance.refutations) else None


def _register(chosen: Appraisal) -> str:
    if chosen.place is None:
        return BY_CREDENTIAL
    return f"{BY_REGISTER}{chosen.place.source.register.description.id}"


def _source(credential: VerifiedCredential, facts: Facts, origin: Origin) -> Source:
    achievement = member(credential.document.get("credentialSubject"), "achievement")
    return Source(
        digest=credential.digest,
        id=_text(credential.document.get("id")) or credential.digest,
        issuer=credential.issuer,
        source_class=_source_class(credential.document, facts),
        achievement=_text(member(achievement, "id")),
        version=_text(member(achievement, "version")),
        field=facts.field,
        level=facts.level,
        credits=facts.credits,
        hours=facts.hours,
        cost=facts.cost,
        subsidy=facts.subsidy,
        contains=tuple(sorted(origin.contains)),
        states=tuple(sorted(origin.states)),
    )


def _source_class(document: JsonObject, facts: Facts) -> SourceClass:
    """Class what was recognised before as prior learning, and what earned no credit as such."""
    if is_decision(document):
        return SourceClass.RPL
    return SourceClass.NON_CREDIT if facts.credits is None else SourceClass.FORMAL


def alignments_of(achievement: JsonValue) -> Iterator[str]:
    """Name every URI that the achievement says it aligns with."""
    for item in as_list(member(achievement, "alignment")):
        yield from texts_among(as_list(member(item, "targetUrl")))


def _text(value: JsonValue) -> str | None:
    return value if isinstance(value, str) and value else None
