"""Examining a document of Open Badges 2.0: which checks it gets, and what it is shown as."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from credentials.errors import CredentialError, IndeterminateError, MalformedValueError
from credentials.findings import errors_among
from credentials.jose.compact import CompactToken
from credentials.json_types import JsonObject, JsonValue, id_of, member, only
from credentials.legacy.classes import PROFILES, is_first_generation, types_in
from credentials.legacy.dates import parse_date
from credentials.legacy.rules import class_findings, context_findings, is_web_address
from credentials.legacy.scope import host_of
from credentials.timestamps import format_timestamp
from verifier.checks.document import document_remarks, of_error
from verifier.checks.recipient import check_recipient
from verifier.checks.trust import check_trust
from verifier.checks.value import check_value
from verifier.checks.world import World, from_findings, passed, skipped
from verifier.examination import Examination
from verifier.images import Opened
from verifier.legacy.documents import Found, HostedDocuments
from verifier.legacy.endorsements import check_legacy_endorsements
from verifier.legacy.hosted import differences, is_hosted, published_copy, scope_remark
from verifier.legacy.revocation import check_revocation
from verifier.legacy.signed import read_legacy_token, verify_signed
from verifier.report import Outcome, Remark
from verifier.summary import TEXT_CHARACTERS

LEGACY = "LEGACY_OPEN_BADGES_2"
"""Code of the warning that every badge of this kind carries."""

NOT_AN_AWARD = "LEGACY_NOT_AN_AWARD"
"""Code of the warning for the description of a badge or an issuer, which was awarded to nobody."""

STANDARD = "Open Badges 2.0"
ASSERTION = frozenset({"Assertion"})
BADGE_CLASS = frozenset({"BadgeClass"})
EXAMINED = ASSERTION | BADGE_CLASS | PROFILES
"""Classes whose documents are examined when they are received."""


@dataclass(slots=True)
class _Case:
    """What is examined, and what has come to light about it."""

    document: JsonObject
    world: World
    documents: HostedDocuments
    token: CompactToken | None = None
    badge: Found | None = None
    issuer: Found | None = None
    is_proven: bool = False

    @property
    def is_award(self) -> bool:
        """Tell whether somebody was awarded something."""
        return bool(ASSERTION & set(types_in(self.document)))


def examine_legacy_form(opened: Opened, world: World, examination: Examination) -> bool:
    """Examine what only Open Badges 1 and 2 have: their tokens, and addresses in images.

    Returns whether it was one of them.
    """
    data = opened.data or b""
    signed = read_legacy_token(data, world.limits)
    if signed is not None:
        token, document = signed
        examination.add("document", document_remarks(document, limits=world.limits))
        examine_legacy(document, world, examination, token)
        return True
    address = data.decode("utf-8", "replace") if opened.is_legacy else ""
    if is_web_address(address):
        examine_hosted_at(address, world, examination)
        return True
    return False


def examine_hosted_at(url: str, world: World, examination: Examination) -> None:
    """Examine the badge at an address, as the oldest images hold nothing else."""
    documents = HostedDocuments(world)
    try:
        document = documents.exact(url, ASSERTION).document
    except CredentialError as error:
        examination.add("document", [_of_error(error)])
    else:
        examination.add("document", [passed("The badge was looked up at its address.")])
        examine_legacy(document, world, examination)


def examine_legacy(
    document: JsonObject,
    world: World,
    examination: Examination,
    token: CompactToken | None = None,
) -> None:
    """Run the checks on a document of Open Badges 2.0; `token` is the one that it came in.

    Obligations (Open Badges 2.0, sections "Data Model" and "Verification"):

    1. the document is of Open Badges 2 and as its class must be;
    2. hosted: what stands at its own address counts, and nothing else; signed: the signature
       holds, by a key that the issuer publishes as its own;
    3. badge class and issuer are looked up, and the issuer hosts badges where this one is;
    4. it is within its validity, and neither revoked nor listed as such;
    5. it is shown as what it is: as good as its hosts are today.
    """
    examination.document = document
    # 1.
    if is_first_generation(document):
        examination.add("schema", [_first_generation()])
        return
    contexts, classes = context_findings(document), class_findings(document, EXAMINED)
    examination.add("context", from_findings(contexts) or [passed("It is Open Badges 2.")])
    examination.add("schema", from_findings(classes) or [passed("It is of the required form.")])
    case = _Case(document, world, HostedDocuments(world), token)
    if not errors_among((*contexts, *classes)):
        # 2. and 3.
        _prove(case, examination)
    # 4.
    examination.add("validity", _validity(case.document, world))
    _judge_content(case, examination)
    # 5.
    examination.document = case.document
    examination.credential = _summary(case)


def _prove(case: _Case, examination: Examination) -> None:
    try:
        if case.token is None:
            _prove_hosted(case, examination)
        else:
            _prove_signed(case, case.token, examination)
    except CredentialError as error:
        examination.add("proof" if case.issuer is None else "issuer", [_of_error(error)])
    else:
        case.is_proven = examination.is_proven
    examination.add("proof", [_legacy_remark(case)])


def _prove_hosted(case: _Case, examination: Examination) -> None:
    received = case.document
    if case.is_award and not is_hosted(received):
        text = "This badge is to be verified by a signature, and this file has none."
        raise MalformedValueError(text, code="LEGACY_VERIFICATION", pointer="/verification")
    found = published_copy(received, frozenset(types_in(received)) & EXAMINED, case.documents)
    case.document = found.document
    examination.add("proof", differences(received, found))
    text = f"The badge stands at its own address, {found.address}, and says the same there."
    examination.add("proof", [passed(text, "LEGACY_HOSTED")])
    _find_parties(case, found)
    if case.issuer is None:
        examination.add("issuer", [passed(f"This is the profile at {found.address}.")])
    elif case.is_award:
        examination.add("issuer", [scope_remark(found.address, case.issuer)])
    examination.add("issuer", _party_remarks(case))


def _prove_signed(case: _Case, token: CompactToken, examination: Examination) -> None:
    # Nobody has looked up what came in a token, so what stands inside it has no address either.
    _find_parties(case, Found(case.document, ""))
    issuer = case.issuer
    if issuer is None or not case.is_award:
        text = "Only an award can be signed; this is something else."
        raise MalformedValueError(text, code="LEGACY_TYPE", pointer="/type")
    if not issuer.address:
        text = "The issuer stands inside the badge alone: anybody could have written it there."
        raise IndeterminateError(text, code="LEGACY_NOT_ON_THE_WEB", pointer="/badge")
    key = verify_signed(token, case.document, issuer, case.documents)
    examination.add("proof", [passed("The signature matches the content.")])
    text = f"The key that signed, {key}, is one that the issuer {issuer.address} publishes."
    examination.add("issuer", [passed(text), *_party_remarks(case)])


def _find_parties(case: _Case, found: Found) -> None:
    """Look up the badge class, unless it is what was received, and the issuer."""
    types = set(types_in(case.document))
    if types & PROFILES:
        return
    badge = found
    if case.is_award:
        badge = case.documents.refer(case.document.get("badge"), BADGE_CLASS, found)
    case.badge = badge
    case.issuer = case.documents.refer(badge.document.get("issuer"), PROFILES, badge)


def _party_remarks(case: _Case) -> Iterator[Remark]:
    """Warn of what a reader should know about badge class and issuer."""
    for found, name in ((case.badge, "badge's description"), (case.issuer, "issuer's profile")):
        if found is None or not found.address:
            continue
        if found.first is not None:
            text = f"The {name} was found by way of {found.first_address}, which is not its id."
            yield Remark(Outcome.WARNING, "LEGACY_ID_DIFFERS", text)
        elif not found.has_own_address:
            text = f"The {name} has an id that cannot be looked up; its address stands for it."
            yield Remark(Outcome.WARNING, "LEGACY_ID_NOT_WEB", text)
    if any(address.lower().startswith("http:") for address in case.documents.answers):
        text = "Part of this was looked up without encryption; anybody on the way could change it."
        yield Remark(Outcome.WARNING, "LEGACY_UNENCRYPTED", text)
    parties = (found for found in (case.badge, case.issuer) if found is not None)
    hosts = {host_of(found.address) for found in parties if found.address}
    if len(hosts) > 1:
        text = "The badge's description is on another host than its issuer, who may not know."
        yield Remark(Outcome.WARNING, "LEGACY_BADGE_ELSEWHERE", text)


def _legacy_remark(case: _Case) -> Remark:
    """Say what it means that a badge is of this kind."""
    hosts = ", ".join(case.documents.hosts) or "its host"
    if case.token is None:
        text = (
            f"This is a hosted badge of {STANDARD}, an older kind. Nothing in it is signed: it is "
            f"what {hosts} says today. If that changes, is taken over or ends, so does the badge."
        )
    else:
        text = (
            f"This is a signed badge of {STANDARD}, an older kind. Only the award is signed: what "
            f"it means, whose key it is and who issued it is what {hosts} says today."
        )
    return Remark(Outcome.WARNING, LEGACY, text)


def _first_generation() -> Remark:
    text = (
        "This is a badge of Open Badges 1, which is not verified any more. Ask the issuer to issue "
        "it again as an Open Badge 3.0."
    )
    return Remark(Outcome.INDETERMINATE, "UNSUPPORTED_OPEN_BADGES_1", text)


def _validity(document: JsonObject, world: World) -> tuple[Remark, ...]:
    """Compare the dates with now, both ends included; unreadable ones are errors of form."""
    tolerance = timedelta(seconds=world.limits.clock_tolerance_seconds)
    try:
        issued, expires = (_date(document, name) for name in ("issuedOn", "expires"))
    except MalformedValueError as error:
        return (of_error(error),)
    remarks = []
    if issued is not None and issued - world.now > tolerance:
        text = f"The badge is dated later than now: {format_timestamp(issued)}."
        remarks.append(Remark(Outcome.FAILED, "NOT_YET_VALID", text, "/issuedOn"))
    if expires is not None and world.now - expires > tolerance:
        text = f"The badge expired on {format_timestamp(expires)}."
        remarks.append(Remark(Outcome.FAILED, "EXPIRED", text, "/expires"))
    if issued is not None and expires is not None and expires < issued:
        text = "The badge expires before it was issued."
        remarks.append(Remark(Outcome.FAILED, "LEGACY_EXPIRES_FIRST", text, "/expires"))
    return tuple(remarks) or (passed("The badge is within its validity period."),)


def _date(document: JsonObject, name: str) -> datetime | None:
    value = only(document.get(name))
    return None if value is None else parse_date(value)


def _judge_content(case: _Case, examination: Examination) -> None:
    """Run the checks on recipient, status, endorsements, value and trust."""
    world, subject = case.world, _as_subject(case)
    examination.add("resources", [skipped("NO_RESOURCES", "Nothing is linked by digest.")])
    if not case.is_award:
        text = "This only describes a badge or an issuer; nobody was awarded anything by it."
        examination.add("recipient", [Remark(Outcome.WARNING, NOT_AN_AWARD, text, "/type")])
        examination.add("trust", [skipped("NO_AWARD", "Nobody is trusted for what is no award.")])
    else:
        examination.add("recipient", check_recipient(subject, world))
        party = case.issuer.address if case.issuer is not None and case.is_proven else None
        examination.add("trust", check_trust({"issuer": party}, world))
    examination.add("status", check_revocation(case.document, case.issuer, case.documents))
    examination.add(
        "endorsement",
        check_legacy_endorsements(case.document, case.badge, case.issuer, case.documents),
    )
    # Its levels and credits are told as stated; nothing of this kind is held against registers.
    told, examination.section = check_value(
        subject, replace(world, registers=None), (), is_proven=False
    )
    examination.add("value", told)


def _as_subject(case: _Case) -> JsonObject:
    """Write recipient and badge class in the places where the checks look for them."""
    subject: JsonObject = {"achievement": {} if case.badge is None else case.badge.document}
    recipient = only(case.document.get("recipient"))
    if isinstance(recipient, dict):
        identity = {name: value for name, value in recipient.items() if name != "identity"}
        subject["identifier"] = [identity | {"identityHash": recipient.get("identity")}]
    return {"credentialSubject": subject}


def _summary(case: _Case) -> JsonObject:
    """Describe the badge as `verifier.summary` describes credentials, and say that it is legacy."""
    document, badge, issuer = case.document, case.badge, case.issuer
    members: JsonObject = {
        "id": _text(document.get("id")),
        "type": list(types_in(document)),
        "version": STANDARD,
        "name": _text(member(document if badge is None else badge.document, "name")),
        "achievement": None if badge is None else _text(badge.address),
        "issuer": None if issuer is None else _text(issuer.address),
        "issuer_name": None if issuer is None else _text(member(issuer.document, "name")),
        "valid_from": _text(document.get("issuedOn")),
        "valid_until": _text(document.get("expires")),
    }
    legacy: JsonObject = {
        "standard": STANDARD,
        "verification": "hosted" if case.token is None else "signed",
        "depends_on_hosts": list(case.documents.hosts),
    }
    stated = {name: value for name, value in members.items() if value}
    return stated | {"legacy": legacy}


def _of_error(error: CredentialError) -> Remark:
    is_open = isinstance(error, IndeterminateError)
    return of_error(error, Outcome.INDETERMINATE if is_open else Outcome.FAILED)


def _text(value: JsonValue) -> str | None:
    text = id_of(value)
    return text[:TEXT_CHARACTERS] if text else None
