"""Parts of checks "resources" and "value": awards made of credentials hold with these."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from credentials.component_links import component_links
from credentials.json_types import as_list
from credentials.verified import VerifiedCredential, subject_of
from frameworks.appraisal import appraise
from frameworks.award_facts import award_facts
from frameworks.errors import FrameworkError
from frameworks.registers import Registers
from stacking.errors import StackingError
from stacking.planning import Outcome as PlanOutcome
from stacking.planning import used_total
from stacking.proof_verification import ProofDiffersError, VerifiedStack, verify_proof
from stacking.stack_proof import StackProof, read_proof
from verifier.checks.records import AwardRemarks
from verifier.checks.world import World, passed
from verifier.report import Outcome, Remark


def check_award(
    award: VerifiedCredential,
    proofs: tuple[tuple[str, bytes | None], ...],
    by_digest: Mapping[str, VerifiedCredential],
    world: World,
) -> AwardRemarks:
    """Recompute one award, which has at least one stack proof (`check_awards`, 1 to 5)."""
    # 1.
    world.effort.stack_proofs += 1
    if world.effort.stack_proofs > world.limits.stack_proofs:
        text = "This award was not looked at: there are too many in all."
        return AwardRemarks(
            (Remark(Outcome.INDETERMINATE, "TOO_MANY_STACK_PROOFS", text, "/evidence"),)
        )
    place, data = proofs[0]
    try:
        if len(proofs) > 1 or data is None:
            raise StackingError("There is more than one, or it is damaged.", code="PROOF_MALFORMED")
        proof = read_proof(data)
    except FrameworkError as error:
        text = f"The award's stack proof cannot be read: {error.message}"
        return AwardRemarks((Remark(Outcome.FAILED, "STACK_PROOF_MALFORMED", text, place),))
    # 2. and 3.
    faults = tuple(_faults(award, proof, by_digest))
    if faults:
        return AwardRemarks(faults)
    here = tuple(by_digest[digest] for digest in proof.digests if digest in by_digest)
    if len(here) < len(proof.digests):
        text = f"{_counted(len(proof.digests), len(here))}; its stack proof was not recomputed. "
        text += "Ask for the record with all of them."
        return AwardRemarks((Remark(Outcome.WARNING, "AWARD_COMPONENTS_ABSENT", text, place),))
    told = passed(f"All {len(here)} components of the award are here, unchanged.", "AWARD_COMPLETE")
    # 4. and 5.
    return AwardRemarks((told,), (_recomputed(award, proof, here, world, place),))


def _counted(parts: int, here: int) -> str:
    if parts == 1:
        return "The award is made of another credential, which is not here"
    return f"The award is made of {parts} credentials, of which {here} are here"


def _faults(
    award: VerifiedCredential, proof: StackProof, by_digest: Mapping[str, VerifiedCredential]
) -> Iterator[Remark]:
    """Find what contradicts the award in its own proof and components."""
    named = {link.digest for link in component_links(award.document)}
    subject, day = subject_of(award), award_facts(award.document, "").awarded
    if len(as_list(award.document.get("credentialSubject"))) != 1:
        yield _contradiction("The award is about several subjects, and its stack proof about one.")
    if proof.members["subject"] != subject:
        yield _contradiction("The stack proof is about somebody else than the award.")
    if proof.rule.institution not in (None, award.issuer):
        yield _contradiction("The rule of the stack proof is another institution's than the award.")
    if proof.planned_on != day:
        yield _contradiction("The stack proof was made for another day than that of the award.")
    if proof.members["outcome"] != PlanOutcome.AWARD or proof.ledger:
        yield _contradiction("The stack proof does not come to an award.")
    if not proof.digests or not set(proof.digests) <= named:
        yield _contradiction("The stack proof lists credentials that the award does not name.")
    for digest in sorted(named & by_digest.keys()):
        if subject_of(by_digest[digest]) != subject:
            text = "A component of the award is about somebody else."
            yield Remark(Outcome.FAILED, "COMPONENT_OF_OTHER_SUBJECT", text, "/evidence")


def _contradiction(text: str) -> Remark:
    return Remark(Outcome.FAILED, "STACK_PROOF_CONTRADICTS", text, "/evidence")


def _recomputed(
    award: VerifiedCredential,
    proof: StackProof,
    components: tuple[VerifiedCredential, ...],
    world: World,
    place: str,
) -> Remark:
    if world.registers is None:
        text = "The stack proof was not recomputed, because no register is in use."
        return Remark(Outcome.WARNING, "AWARD_NOT_RECOMPUTED", text, place)
    try:
        registers = world.registers()
        stack = verify_proof(proof, components, registers)
    except ProofDiffersError as error:
        text = (
            f"The components do not come to what the stack proof says (at {error.pointer} of it)."
        )
        return Remark(Outcome.FAILED, "STACK_PROOF_DIFFERS", text, place)
    except FrameworkError as error:
        is_open = error.code == "PROOF_REGISTERS_DIFFER"
        outcome = Outcome.WARNING if is_open else Outcome.FAILED
        return Remark(outcome, error.code, error.message, place)
    fault = credits_remark(award, stack, registers)
    if fault is not None:
        return fault
    rule = proof.rule
    text = f"The components add up to the award by the rule {rule.title or rule.id}: recomputed."
    return passed(text, "AWARD_RECOMPUTED")


def credits_remark(
    award: VerifiedCredential, stack: VerifiedStack, registers: Registers
) -> Remark | None:
    """Compare the credits that an award states with those that were used; one unit with itself."""
    unit, day = stack.plan.rule.unit, stack.proof.planned_on
    appraisals = appraise(award.document, registers=registers, as_of=day)
    stated = [(one.unit and one.unit.id, one.value.amount) for one in appraisals]
    most = used_total(stack.plan).high
    if any(name == unit and amount is not None and amount > most for name, amount in stated):
        text = "The award states more credits than its components have."
        return Remark(Outcome.FAILED, "AWARD_CREDITS_EXCEED", text, "/credentialSubject")
    if any(name != unit and amount for name, amount in stated):
        text = (
            f"The components add up by the rule, in {unit}; the award states credits in another "
            "unit, which were not compared with theirs."
        )
        return Remark(Outcome.WARNING, "AWARD_CREDITS_NOT_COMPARED", text, "/credentialSubject")
    return None
