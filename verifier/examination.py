"""Examining one document: its remarks by check, while they are being collected."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from credentials.component_links import stack_proofs
from credentials.errors import CredentialError, VerificationError
from credentials.json_types import JsonObject, JsonValue
from credentials.proofs.content_digest import content_digest
from credentials.proofs.cryptosuite import Environment, without_proof
from verifier.checks.components import check_components
from verifier.checks.context import check_context
from verifier.checks.disclosure import check_disclosure
from verifier.checks.document import of_error
from verifier.checks.endorsement import check_endorsements
from verifier.checks.issuer import accepted_party, check_issuer
from verifier.checks.proof import ProofEvidence
from verifier.checks.recipient import check_recipient
from verifier.checks.records import Beside, check_awards, check_record
from verifier.checks.resources import check_resources
from verifier.checks.schema import check_schema
from verifier.checks.status import check_status
from verifier.checks.trust import known_issuer
from verifier.checks.validity import check_validity
from verifier.checks.value import check_value
from verifier.checks.world import World, issuer_id, skipped
from verifier.opening import open_value, remark_of, remarks_on
from verifier.received import Received, check_securing
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
from verifier.sources import Source
from verifier.summary import summarize
from verifier.value_section import NOTHING_STATED, ValueSection


@dataclass(slots=True)
class Examination:
    """The remarks of one document by check, and what came to light with them."""

    remarks: dict[str, list[Remark]] = field(
        default_factory=lambda: {check_id: [] for check_id in CHECK_IDS}
    )
    section: ValueSection = NOTHING_STATED
    """What the credential says it is worth."""

    credential: JsonObject = field(default_factory=dict)
    document: JsonObject = field(default_factory=dict)
    presented: list[Examination] = field(default_factory=list)
    is_shown_in_parts: bool = False
    """Whether it came in a form of which a holder may have kept parts back."""

    pointer: str = ""
    """Where the document stands in the one that was given."""

    party: str | None = None
    """Whose keys made every proof: the issuer, or the holder of a presentation."""

    verification_methods: tuple[str, ...] = ()
    evidence: tuple[ProofEvidence, ...] = ()
    """What became of each proof."""

    digest: str = ""
    """The digest of a credential's content, once it is found valid."""

    sources: tuple[Source, ...] = ()
    """What was looked up for it, once that is accounted for."""

    def add(self, check_id: str, remarks: Iterable[Remark], pointer: str = "") -> None:
        """Add remarks to a check, about a document that stands at `pointer`."""
        self.remarks[check_id] += [one.below(pointer) for one in remarks] if pointer else remarks

    def add_instead(self, check_id: str, remark: Remark) -> None:
        """Add a remark in the place of those that said that there was nothing to check."""
        kept = [one for one in self.remarks[check_id] if one.outcome is not Outcome.SKIPPED]
        self.remarks[check_id] = [*kept, remark]

    def accept(self, evidence: tuple[ProofEvidence, ...]) -> None:
        """Keep whose keys made the proofs, and which keys those were."""
        self.evidence = evidence
        self.party = accepted_party(evidence)
        self.verification_methods += tuple(_methods(evidence))

    @property
    def proven_party(self) -> str:
        """The party that signed; raise `VerificationError` if that is nobody or several."""
        if self.party is None:
            raise VerificationError("Nobody is shown to have signed this.", code="NO_PARTY")
        return self.party

    @property
    def is_proven(self) -> bool:
        """Tell whether nothing speaks against signature and issuer, and something for them."""
        remarks = (*self.remarks["proof"], *self.remarks["issuer"])
        return verdict_of(remark.outcome for remark in remarks) is Verdict.VALID

    @property
    def is_somebodys(self) -> bool:
        """Tell whether it is valid and one party signed it; if not bound, several may have."""
        return self.verdict is Verdict.VALID and self.party is not None

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
            section=self.section,
            credentials=tuple(
                {
                    "verdict": one.verdict.value,
                    "credential": one.credential,
                    "value": one.section.to_json(),
                }
                for one in self.presented
            ),
            sources=self.sources,
        )

    def verified(self, world: World) -> VerifiedCredential:
        """Hand out the credential; raise `VerificationError` unless it is valid.

        The issuer is the one whose keys signed, not the one that a member of the document names.
        """
        report = self.report(world)
        report.raise_for_errors()
        return VerifiedCredential(
            document=without_proof(self.document),
            issuer=self.proven_party,
            verification_methods=self.verification_methods,
            value=self.section.to_json(),
            digest=self.digest,
            report=report,
        )


def examine_credential(received: Received, world: World, examination: Examination) -> None:
    """Run the checks 2 to 12 on a credential; all run, whatever the others found."""
    document = examination.document = received.document
    examination.add("schema", check_schema(document, world))
    examination.add("context", check_context(document, world))
    environment = world.environment.for_one_document()
    remarks, evidence = check_securing(received, world, environment, "assertionMethod")
    examination.add("proof", remarks)
    inside = check_components(document, world, examine_alone)
    examination.add("proof", inside.proof)
    examination.add(
        "issuer",
        check_issuer(issuer_id(document), evidence, world, expected_purpose="assertionMethod"),
    )
    examination.add("validity", check_validity(document, world))
    examination.add("status", check_status(document, world, examine_alone))
    examination.add("recipient", check_recipient(document, world))
    endorsement_remarks = check_endorsements(document, world, examine_alone, inside.endorsement)
    examination.add("endorsement", endorsement_remarks)
    value_remarks, examination.section = check_value(
        document, world, endorsement_remarks, is_proven=examination.is_proven
    )
    hidden = check_disclosure(document, evidence, world, states_value=bool(examination.section))
    for check_id, remark in hidden:
        examination.add_instead(check_id, remark)
    awards = check_awards(inside.valid, world)
    examination.add("value", (*value_remarks, *inside.value, *awards.value))
    known = known_issuer(document, world)
    examination.add("trust", known.remarks)
    examination.add("resources", check_resources(document))
    examination.add("resources", (*check_record(document, inside.valid), *awards.resources))
    examination.credential = summarize(document) | known.facts()
    examination.accept(evidence)
    if world.tells_digest and examination.verdict is Verdict.VALID:
        _digest(examination, evidence, environment)


def _digest(
    examination: Examination, evidence: tuple[ProofEvidence, ...], environment: Environment
) -> None:
    """Keep the digest of a credential; undecided if its content is too entangled for one.

    What a holder discloses differs, and is of one credential: it is known by its mandatory part.
    """
    disclosed = next((item.disclosure for item in evidence if item.disclosure is not None), None)
    if disclosed is not None:
        examination.digest = disclosed.digest
        return
    contents = (item.secured.document for item in evidence if "proof" not in item.secured.document)
    content = next(contents, None) or without_proof(examination.document)
    try:
        examination.digest = content_digest(content, environment)
    except CredentialError as error:
        examination.add("proof", [of_error(error, Outcome.INDETERMINATE)])


def examine_award(world: World, examination: Examination) -> None:
    """Look at the stack proof of an award that comes without its components."""
    is_award = any(True for _proof in stack_proofs(examination.document))
    if is_award and examination.is_somebodys:
        awards = check_awards([Beside("", examination.verified(world))], world)
        examination.add("resources", awards.resources)
        examination.add("value", awards.value)


def examine_alone(value: JsonValue, world: World) -> Examination:
    """Verify what stands inside a document, or a status list, as if it had come alone.

    It is a document, a token, or an envelope around one.
    """
    examination = Examination()
    try:
        received = open_value(value, world)
    except CredentialError as error:
        examination.add("document", [remark_of(error)])
        return examination
    examination.add("document", remarks_on(received, world))
    examine_credential(received, world, examination)
    return examination


def _methods(evidence: tuple[ProofEvidence, ...]) -> Iterator[str]:
    for item in evidence:
        if item.resolved is not None:
            yield item.resolved.verification_method
