"""Examining an SD-JWT VC: a credential of which its holder shows a part (RFC 9901)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from credentials.data_model.presentation import is_presentation
from credentials.errors import CredentialError, MalformedValueError
from credentials.findings import Finding
from credentials.jose.compact import HEADER_MEMBERS, CompactToken, read_token
from credentials.json_types import JsonObject, id_of
from credentials.limits import DEFAULT_LIMITS, Limits
from credentials.numeric_dates import parse_numeric_date
from credentials.sd_jwt.credential_rules import credential_findings
from credentials.sd_jwt.open_badge import LEARNER, VCT, claim_findings, document_of
from credentials.sd_jwt.processing import ProcessedPayload, process
from credentials.sd_jwt.serialization import SdJwt
from credentials.strict_json import parse_json
from credentials.timestamps import format_timestamp
from verifier.checks.components import check_components
from verifier.checks.document import document_remarks
from verifier.checks.endorsement import check_endorsements
from verifier.checks.key_binding import check_holder, check_key_binding
from verifier.checks.recipient import check_recipient
from verifier.checks.records import check_awards, check_record
from verifier.checks.resources import check_resources
from verifier.checks.schema import check_schema
from verifier.checks.sd_jwt_issuer import check_sd_jwt_issuer, check_signatures, issuer_of
from verifier.checks.token_status import check_token_status
from verifier.checks.trust import known_issuer
from verifier.checks.validity import check_validity
from verifier.checks.value import check_value
from verifier.checks.world import World, from_findings, passed, skipped
from verifier.examination import Examination, examine_alone, examine_award
from verifier.formats import recognise
from verifier.opening import remark_of, remarks_on
from verifier.received import Received
from verifier.report import Outcome, Remark
from verifier.summary import TEXT_CHARACTERS, summarize
from verifier.w3c_members import judge_w3c_members
from verifier.w3c_sd_jwt import is_w3c, open_w3c_sd_jwt, undisclosed

HEADER_MEMBERS_OF_ISSUERS = HEADER_MEMBERS | {"x5c", "vctm"}
"""Further members that issuers of SD-JWT VCs write: certificates, and what to display.

Neither is read.  A credential whose issuer only a certificate names is left undecided."""

VERSION = "SD-JWT VC"
KEPT_BACK = "urn:tallystick:kept-back"
"""Stands for a learner whose identity was kept back, where a form requires one."""


@dataclass(frozen=True, slots=True)
class OpenedSdJwt:
    """An SD-JWT whose form is sound; `tokens` are its payload under one signature or several."""

    sd_jwt: SdJwt
    tokens: tuple[CompactToken, ...]
    payload: JsonObject


ExamineDocument = Callable[[Received, World, Examination], None]
"""Runs all checks on a W3C document."""


def examine_sd_jwt(
    data: bytes, world: World, examination: Examination, examine: ExamineDocument
) -> None:
    """Run all checks on an SD-JWT: a W3C document by `examine`, or an SD-JWT VC."""
    examination.is_shown_in_parts = True
    try:
        opened = open_sd_jwt(data, world.limits)
    except CredentialError as error:
        examination.add("document", [remark_of(error)])
        return
    if is_w3c(opened.tokens[0], opened.payload):
        _examine_w3c(opened, world, examination, examine)
    else:
        examination.add("document", [passed("The document is a well-formed SD-JWT.")])
        _examine_vc(opened, world, examination)


def _examine_vc(opened: OpenedSdJwt, world: World, examination: Examination) -> None:
    """Run the checks of an SD-JWT VC, whose parts have their strict form (7.1 step 1).

    Obligations (RFC 9901 sections 7.1 and 7.3; draft-ietf-oauth-sd-jwt-vc, section "Verification
    and Processing"):

    1. the issuer's signature holds, with a key of the issuer (steps 2a to 2d);
    2. disclosures and digests fit together; what comes out of them is all that is believed
       (steps 2e to 5);
    3. header and claims are those of a credential, and what decides cannot be kept back;
    4. it is in force, and not withdrawn (step 6);
    5. whoever presents it has the holder's key, if that is asked for (7.3).
    """
    # 1.
    issuer = issuer_of(opened.payload)
    evidence = check_signatures(opened.tokens, issuer, world)
    examination.add("proof", evidence.remarks)
    examination.add("issuer", check_sd_jwt_issuer(evidence, issuer, world))
    # 2.
    try:
        processed = process(opened.payload, opened.sd_jwt.disclosures, world.limits)
    except CredentialError as error:
        examination.add("proof", [remark_of(error)])
        return
    if examination.is_proven:
        examination.party = issuer
        examination.verification_methods += tuple(key.verification_method for key in evidence.keys)
    # 3. to 5.
    _examine_claims(opened, processed, world, examination)


def _examine_w3c(
    opened: OpenedSdJwt, world: World, examination: Examination, examine: ExamineDocument
) -> None:
    """Run all checks on a W3C document; a nonce is answered by the holder's key or by itself."""
    sd_jwt, limits = opened.sd_jwt, world.limits
    try:
        if sd_jwt.further_jwts:
            raise MalformedValueError("A W3C document has one signature.", code="SD_JWT_MALFORMED")
        processed = process(opened.payload, sd_jwt.disclosures, limits)
        received = open_w3c_sd_jwt(opened.tokens[0], processed, limits)
    except CredentialError as error:
        examination.add("document", [remark_of(error)])
        return
    examination.add("document", remarks_on(received, world))
    answers_itself = is_presentation(received.document) and sd_jwt.key_binding_jwt is None
    examine(received, world if answers_itself else world.for_presented(), examination)
    document, states_value = received.document, bool(examination.section)
    for check_id, remark in undisclosed(document, processed, world, states_value=states_value):
        examination.add_instead(check_id, remark)
    if answers_itself:
        return
    holder = check_key_binding(sd_jwt, processed, world)
    examination.add("proof", holder.proof)
    examination.add("issuer", holder.issuer)


def open_sd_jwt(data: bytes, limits: Limits = DEFAULT_LIMITS) -> OpenedSdJwt:
    """Part an SD-JWT and read its tokens; raise `CredentialError` for any other bytes."""
    if recognise(data) == "sd-jwt":
        sd_jwt = SdJwt.from_compact(data.strip().decode("utf-8", "replace"), limits)
    else:
        sd_jwt = SdJwt.from_json(parse_json(data, limits), limits)
    tokens = tuple(
        read_token(jwt.encode("ascii"), limits=limits, header_members=HEADER_MEMBERS_OF_ISSUERS)
        for jwt in (sd_jwt.issuer_jwt, *sd_jwt.further_jwts)
    )
    return OpenedSdJwt(sd_jwt, tokens, tokens[0].claims(limits))


def _examine_claims(
    opened: OpenedSdJwt, processed: ProcessedPayload, world: World, examination: Examination
) -> None:
    """Run the checks of a payload that was put together; all run, whatever the others found."""
    claims, is_proven = processed.claims, examination.is_proven
    examination.add("proof", [_disclosed(processed)])
    # 3.
    findings = from_findings(_findings(opened, processed))
    examination.add("schema", findings)
    is_failed = any(one.outcome is Outcome.FAILED for one in findings)
    if claims.get("vct") == VCT and not is_failed:
        examination.document = document_of(claims)
        _examine_badge(processed, world, examination, is_proven=is_proven)
    else:
        examination.document = facts_of(claims)
        _examine_other(claims, examination, is_failed=is_failed)
    document = examination.document
    # 4.
    remarks = check_validity(document, world)
    examination.add("validity", (*remarks, *_hidden(processed), *_issued(claims, world)))
    status = check_token_status(claims, issuer_of(claims), world, is_proven=is_proven)
    examination.add("status", status)
    for check_id, remark in judge_w3c_members(claims, world):
        examination.add_instead(check_id, remark)
    # 5.
    holder = check_key_binding(opened.sd_jwt, processed, world)
    examination.add("proof", holder.proof)
    examination.add("issuer", holder.issuer)
    examination.add("recipient", check_holder(holder, id_of(document["credentialSubject"])))
    examination.add("recipient", _recipient(document, processed, world))
    known = known_issuer(document, world)
    examination.add("trust", known.remarks)
    vct = str(claims.get("vct"))[:TEXT_CHARACTERS]
    described = {"version": VERSION, "type": [vct]}
    examination.credential = summarize(document) | described | known.facts()
    examine_award(world, examination)


def _disclosed(processed: ProcessedPayload) -> Remark:
    text = "What is shown is what the issuer signed"
    kept = "; there is more that may be kept back" if processed.hidden else ""
    return passed(f"{text} ({len(processed.disclosed)} disclosed){kept}.")


def _findings(opened: OpenedSdJwt, processed: ProcessedPayload) -> tuple[Finding, ...]:
    headers = (token.header for token in opened.tokens)
    found = [one for header in headers for one in credential_findings(header, processed)]
    if processed.claims.get("vct") == VCT:
        found += claim_findings(processed)
    return tuple(dict.fromkeys(found))


def _examine_badge(
    processed: ProcessedPayload, world: World, examination: Examination, *, is_proven: bool
) -> None:
    """Run the checks of an Open Badge on the badge that claims of our own type stand for."""
    document = examination.document
    examination.add("document", _problems(document_remarks(document, limits=world.limits)))
    text = (
        "The credential is an SD-JWT VC that is derived from an Open Badge; it is not an Open "
        "Badges 3.0 credential itself."
    )
    examination.add("schema", [passed(text, "DERIVED_FROM_OPEN_BADGE")])
    examination.add("schema", _problems(check_schema(_judged(document, processed), world)))
    examination.add("context", [_NO_CONTEXT])
    inside = check_components(document, world, examine_alone)
    examination.add("proof", inside.proof)
    endorsements = check_endorsements(document, world, examine_alone, inside.endorsement)
    examination.add("endorsement", endorsements)
    remarks, examination.section = check_value(document, world, endorsements, is_proven=is_proven)
    awards = check_awards(inside.valid, world)
    examination.add("value", (*remarks, *inside.value, *awards.value))
    examination.add("resources", check_resources(document))
    examination.add("resources", (*check_record(document, inside.valid), *awards.resources))


def _judged(document: JsonObject, processed: ProcessedPayload) -> JsonObject:
    """Name somebody where the learner kept back who they are: Open Badges requires a subject."""
    if (LEARNER,) not in processed.hidden:
        return document
    subject = {"id": KEPT_BACK, **document["credentialSubject"]}
    return {**document, "credentialSubject": subject}


def _problems(remarks: tuple[Remark, ...]) -> list[Remark]:
    """Leave out what passed: what was passed is a form that nobody signed."""
    return [one for one in remarks if one.outcome is not Outcome.PASSED]


def _examine_other(claims: JsonObject, examination: Examination, *, is_failed: bool) -> None:
    """Say what is not known about a type of others: nothing but its registered claims is read."""
    text = "Its type is not known here, so nothing is read in it but registered claims."
    examination.add("context", [_NO_CONTEXT])
    if not is_failed:
        examination.add("schema", [passed("The credential has the form of an SD-JWT VC.")])
    for check_id in ("endorsement", "value", "resources"):
        examination.add(check_id, [skipped("TYPE_NOT_KNOWN", text)])


def facts_of(claims: JsonObject) -> JsonObject:
    """Write registered claims as members of a credential; what cannot be read is left out."""
    document: JsonObject = {"issuer": issuer_of(claims), "credentialSubject": {}}
    for claim, member in (("nbf", "validFrom"), ("exp", "validUntil")):
        try:
            document[member] = format_timestamp(parse_numeric_date(claims.get(claim)))
        except MalformedValueError:
            continue
    if isinstance(claims.get("sub"), str):
        document["credentialSubject"] = {"id": claims["sub"]}
    return document


def _hidden(processed: ProcessedPayload) -> Iterator[Remark]:
    """Mention that an end could be among what is kept back, though the rules forbid it."""
    claims = processed.claims
    if () in processed.hidden and "exp" not in claims and "status" not in claims:
        text = (
            "The credential shows no end and no status, and something in it is kept back. The "
            "issuer must not have made an end one of that, but only the issuer can know."
        )
        yield Remark(Outcome.WARNING, "END_UNDISCLOSED", text, "/exp")


def _issued(claims: JsonObject, world: World) -> Iterator[Remark]:
    """Mention a date of signing in the future; whoever signs chooses it, so it decides nothing."""
    tolerance = timedelta(seconds=world.limits.clock_tolerance_seconds)
    try:
        issued_at = parse_numeric_date(claims["iat"]) if "iat" in claims else world.now
    except MalformedValueError:
        return
    if issued_at - world.now > tolerance:
        text = "The credential is dated later than now."
        yield Remark(Outcome.WARNING, "PROOF_CREATED_IN_FUTURE", text, "/iat")


def _recipient(document: JsonObject, processed: ProcessedPayload, world: World) -> Iterator[Remark]:
    """Check whom it is about; what was kept back decides nothing, not even for somebody else."""
    subject = document["credentialSubject"]
    containers = {place[:1] for place in processed.hidden if len(place) <= 1}
    is_hidden = bool(containers & {(), (LEARNER,)}) and not {"id", "identifier"} <= subject.keys()
    for remark in check_recipient(document, world):
        if remark.code == "RECIPIENT_MISMATCH" and is_hidden:
            text = "Whom the credential is about was kept back. Ask the learner to show it."
            yield Remark(Outcome.INDETERMINATE, "RECIPIENT_NOT_DISCLOSED", text)
        else:
            yield remark


_NO_CONTEXT = skipped("NO_CONTEXT", "An SD-JWT VC is plain JSON, without vocabularies.")
