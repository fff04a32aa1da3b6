"""The verifier: twelve checks in a fixed order, one verdict.

Which check stands for which obligation is written in each module of `verifier.checks`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from credentials.data_model.presentation import is_presentation
from credentials.json_types import JsonObject, JsonValue, as_list
from credentials.linked_data.embedded import is_embedded_credential
from credentials.proofs.cryptosuite import without_proof
from verifier.checks.components import check_components
from verifier.checks.context import check_context
from verifier.checks.document import document_remarks, read_document
from verifier.checks.endorsement import check_endorsements
from verifier.checks.issuer import check_issuer
from verifier.checks.proof import ProofEvidence, check_proofs
from verifier.checks.recipient import check_recipient
from verifier.checks.resources import check_resources
from verifier.checks.schema import check_presentation_schema, check_schema
from verifier.checks.status import check_status
from verifier.checks.trust import check_trust
from verifier.checks.validity import check_validity
from verifier.checks.value import check_value
from verifier.checks.world import World, issuer_id, passed, skipped, types_of
from verifier.report import (
    CHECK_IDS,
    Outcome,
    Remark,
    Verdict,
    VerificationReport,
    VerifiedCredential,
    check_of,
    verdict_of,
)
from verifier.summary import summarize

ENVELOPES = frozenset({"EnvelopedVerifiableCredential", "EnvelopedVerifiablePresentation"})
"""Types that only wrap a token (VCDM 2.0 section 4.13.1)."""


@dataclass(slots=True)
class Examination:
    """The remarks of one document by check, while they are being collected."""

    remarks: dict[str, list[Remark]] = field(
        default_factory=lambda: {check_id: [] for check_id in CHECK_IDS}
    )
    value: JsonObject = field(default_factory=dict)
    credential: JsonObject = field(default_factory=dict)
    credentials: list[JsonObject] = field(default_factory=list)
    verification_methods: tuple[str, ...] = ()

    def add(self, check_id: str, remarks: Iterable[Remark], pointer: str = "") -> None:
        """Add remarks to a check, about a document that stands at `pointer`."""
        self.remarks[check_id].extend(remark.below(pointer) for remark in remarks)

    @property
    def verdict(self) -> Verdict:
        """The verdict over everything that was remarked so far."""
        return verdict_of(remark.outcome for remarks in self.remarks.values() for remark in remarks)

    def report(self, world: World) -> VerificationReport:
        """Put the remarks in order; a check that was not reached says so."""
        text = "This was not reached, because the document could not be read."
        return VerificationReport(
            checks=tuple(
                check_of(check_id, self.remarks[check_id] or [skipped("NOT_REACHED", text)])
                for check_id in CHECK_IDS
            ),
            checked_at=world.now,
            credential=self.credential,
            value=self.value,
            credentials=tuple(self.credentials),
        )


class Verifier:
    """Verifies credentials and presentations in one given world."""

    def __init__(self, world: World) -> None:
        """Take the world: time, resolver, contexts, trust, expectations and limits."""
        self._world = world

    def check(self, data: bytes) -> VerificationReport:
        """Report on any bytes whatever; never raises for what is in them."""
        return self._examine(data)[1].report(self._world)

    def verify(self, data: bytes) -> VerifiedCredential:
        """Return the verified credential, or raise `VerificationError`.

        What is returned is what the proofs cover: the document without its proofs.
        """
        document, examination = self._examine(data)
        report = examination.report(self._world)
        report.raise_for_errors()
        document = document or {}
        return VerifiedCredential(
            document=without_proof(document),
            issuer=issuer_id(document) or "",
            verification_methods=examination.verification_methods,
            report=report,
        )

    def _examine(self, data: bytes) -> tuple[JsonObject | None, Examination]:
        examination = Examination()
        document, remarks = read_document(data, limits=self._world.limits)
        examination.add("document", remarks)
        if document is not None:
            examine(document, self._world, examination)
        return document, examination


def examine(document: JsonObject, world: World, examination: Examination) -> None:
    """Run all checks on parsed JSON: a presentation, a credential, or an envelope."""
    if ENVELOPES & set(types_of(document)):
        text = "The document only wraps a credential in JWT form, which is not opened here."
        remark = Remark(Outcome.INDETERMINATE, "UNSUPPORTED_ENVELOPE", text, "/type")
        examination.add("document", [remark])
    elif is_presentation(document):
        examine_presentation(document, world, examination)
    else:
        examine_credential(document, world, examination)


def verdict_on(document: JsonObject, world: World) -> Verdict:
    """Verify a document that another one depends on: a status list or an endorsement."""
    examination = Examination()
    examination.add("document", document_remarks(document, limits=world.limits))
    examine_credential(document, world, examination)
    return examination.verdict


def examine_credential(
    document: JsonObject, world: World, examination: Examination, pointer: str = ""
) -> None:
    """Run the checks 2 to 12 on a credential; all run, whatever the others found."""
    examination.add("schema", check_schema(document, world), pointer)
    examination.add("context", check_context(document, world), pointer)
    remarks, evidence = check_proofs(document, world)
    examination.add("proof", remarks, pointer)
    examination.add("proof", check_components(document, world, verdict_on), pointer)
    examination.add(
        "issuer",
        check_issuer(issuer_id(document), evidence, world, expected_purpose="assertionMethod"),
        pointer,
    )
    examination.add("validity", check_validity(document, world), pointer)
    examination.add("status", check_status(document, world, verdict_on), pointer)
    examination.add("recipient", check_recipient(document, world), pointer)
    examination.add("endorsement", check_endorsements(document, world, verdict_on), pointer)
    value_remarks, examination.value = check_value(document)
    examination.add("value", value_remarks, pointer)
    examination.add("trust", check_trust(document, world), pointer)
    examination.add("resources", check_resources(document), pointer)
    examination.credential = summarize(document)
    examination.verification_methods += tuple(_methods(evidence))


def examine_presentation(document: JsonObject, world: World, examination: Examination) -> None:
    """Check a presentation and every credential in it (VCDM 2.0 sections 4.13 and 7.1).

    The holder's proof is for authentication, and answers the expected challenge and domain; the
    credentials in it are verified like any others and bound to no challenge.
    """
    examination.add("schema", check_presentation_schema(document, world))
    examination.add("context", check_context(document, world))
    remarks, evidence = check_proofs(document, world)
    examination.add("proof", remarks)
    holder = _holder(document, evidence)
    examination.add(
        "issuer",
        check_issuer(holder, evidence, world, expected_purpose="authentication", role="holder"),
    )
    examination.add("issuer", _replay(world))
    examination.add("validity", check_validity(document, world))
    inner = world.for_presented()
    for index, item in enumerate(as_list(document.get("verifiableCredential"))):
        _examine_presented(item, inner, examination, f"/verifiableCredential/{index}")
        examination.add("recipient", _holder_is_subject(item, holder, index))
    _complete(examination)
    examination.credential = {"type": list(types_of(document)), "holder": holder}
    examination.value = {}


def _examine_presented(
    item: JsonValue, world: World, examination: Examination, pointer: str
) -> None:
    if not isinstance(item, dict):
        return
    if ENVELOPES & set(types_of(item)) or not is_embedded_credential(item):
        text = "A presented credential is not in a form that is opened here."
        remark = Remark(Outcome.INDETERMINATE, "UNSUPPORTED_ENVELOPE", text, pointer)
        examination.add("document", [remark])
        return
    own = Examination()
    own.add("document", [passed("The document is well-formed.")])
    examine_credential(item, world, own)
    for check_id, remarks in own.remarks.items():
        examination.add(check_id, remarks, pointer)
    examination.credentials.append(
        {"verdict": own.verdict.value, "credential": own.credential, "value": own.value}
    )
    examination.verification_methods += own.verification_methods


def _complete(examination: Examination) -> None:
    """Say for the checks that only credentials have that there were no credentials."""
    for check_id in CHECK_IDS:
        if not examination.remarks[check_id]:
            text = "Nothing that was presented has this."
            examination.add(check_id, [skipped("NOTHING_PRESENTED", text)])


def _replay(world: World) -> Iterator[Remark]:
    if world.expected_challenge is None:
        text = "No challenge was set, so this presentation could be a copy of an earlier one."
        yield Remark(Outcome.WARNING, "CHALLENGE_NOT_CHECKED", text, "/proof")


def _holder_is_subject(item: JsonValue, holder: str | None, index: int) -> Iterator[Remark]:
    """Warn if whoever presents a credential is not the one that it is about."""
    subject = item.get("credentialSubject") if isinstance(item, dict) else None
    if not isinstance(subject, dict) or subject.get("id") != holder:
        text = "Who presents this credential is not, or not provably, the one that it is about."
        place = f"/verifiableCredential/{index}/credentialSubject"
        yield Remark(Outcome.WARNING, "HOLDER_NOT_SUBJECT", text, place)


def _holder(document: JsonObject, evidence: tuple[ProofEvidence, ...]) -> str | None:
    """Read the holder, or take whoever made the proof if the presentation names nobody."""
    holder = document.get("holder")
    if "holder" in document:
        identifier = holder.get("id") if isinstance(holder, dict) else holder
        return identifier if isinstance(identifier, str) else None
    controllers = {item.resolved.controller for item in evidence if item.resolved is not None}
    return controllers.pop() if len(controllers) == 1 else None


def _methods(evidence: tuple[ProofEvidence, ...]) -> Iterator[str]:
    for item in evidence:
        if item.resolved is not None:
            yield item.resolved.verification_method
