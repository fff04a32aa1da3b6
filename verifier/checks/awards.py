"""Parts of checks "resources" and "value": awards made of credentials hold with these."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from credentials.json_types import JsonObject, as_list, id_of, member, pointed, texts_among
from credentials.verified import VerifiedCredential
from frameworks.appraisal import appraise
from frameworks.award_facts import award_facts
from frameworks.errors import FrameworkError
from frameworks.registers import Registers
from stacking.component_links import component_links, stack_proofs
from stacking.credential_lots import subject_of
from stacking.errors import StackingError
from stacking.planning import Outcome as PlanOutcome
from stacking.planning import used_total
from stacking.proof_verification import ProofDiffersError, VerifiedStack, verify_proof
from stacking.stack_proof import StackProof, read_proof
from verifier.checks.world import World, passed
from verifier.report import Outcome, Remark

WITHIN = frozenset({"isPartOf", "isChildOf"})
"""Associations whose source is part of their target (CLR 2.0, AssociationType)."""


class AwardRemarks(NamedTuple):
    """What there is to say about awards, by check."""

    resources: tuple[Remark, ...] = ()
    value: tuple[Remark, ...] = ()


class Beside(NamedTuple):
    """A valid credential that stands with others, and its place."""

    pointer: str
    credential: VerifiedCredential


def check_awards(together: Sequence[Beside], world: World) -> AwardRemarks:
    """Recompute the awards among credentials that came together.

    Obligations, for each credential that carries a stack proof:

    1. it carries one, and the proof can be read;
    2. the proof is about the award's one subject and its day, by a rule of its issuer if the rule
       says whose it is, comes to AWARD, and every credential that it lists is named in the
       evidence by its digest;
    3. every component that is here is about the same subject; one that is not here is told;
    4. the proof is recomputed from the components and the registers in use; what cannot be
       recomputed is told, and what differs makes the award invalid;
    5. the award states no more credits than were used; in another unit they are not compared.
    """
    by_digest = {one.credential.digest: one.credential for one in together}
    resources: list[Remark] = []
    value: list[Remark] = []
    for pointer, award in together:
        proofs = tuple(stack_proofs(award.document))
        if not proofs:
            continue
        found = _check_award(award, proofs, by_digest, world)
        resources.extend(remark.below(pointer) for remark in found.resources)
        value.extend(remark.below(pointer) for remark in found.value)
    return AwardRemarks(tuple(resources), tuple(value))


def _check_award(
    award: VerifiedCredential,
    proofs: tuple[tuple[str, bytes | None], ...],
    by_digest: Mapping[str, VerifiedCredential],
    world: World,
) -> AwardRemarks:
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
        text = (
            f"The award is made of {len(proof.digests)} credentials, of which {len(here)} are "
            "here; its stack proof was not recomputed. Ask for the record with all of them."
        )
        return AwardRemarks((Remark(Outcome.WARNING, "AWARD_COMPONENTS_ABSENT", text, place),))
    told = passed(f"All {len(here)} components of the award are here, unchanged.", "AWARD_COMPLETE")
    # 4. and 5.
    return AwardRemarks((told,), (_recomputed(award, proof, here, world, place),))


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
        stack = verify_proof(proof, components, world.registers)
    except ProofDiffersError as error:
        text = (
            f"The components do not come to what the stack proof says (at {error.pointer} of it)."
        )
        return Remark(Outcome.FAILED, "STACK_PROOF_DIFFERS", text, place)
    except FrameworkError as error:
        is_open = error.code == "PROOF_REGISTERS_DIFFER"
        outcome = Outcome.WARNING if is_open else Outcome.FAILED
        return Remark(outcome, error.code, error.message, place)
    fault = credits_remark(award, stack, world.registers)
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


def check_record(document: JsonObject, together: Sequence[Beside]) -> tuple[Remark, ...]:
    """Check what a learner record says about the credentials in it (CLR 2.0, ClrSubject).

    Obligations: 1. they are about the subject of the record; 2. none is there twice; 3. nothing is
    part of itself, however far.  The first two are told; the third makes the record invalid.
    """
    remarks = []
    subject = id_of(member(document, "credentialSubject"))
    seen: set[str] = set()
    for pointer, credential in together:
        # 1.
        if subject is None or subject_of(credential) != subject:
            text = "A credential inside this record is about somebody else, or does not say whom."
            remarks.append(Remark(Outcome.WARNING, "COMPONENT_OF_OTHER_SUBJECT", text, pointer))
        # 2.
        if credential.digest in seen:
            text = "The same credential stands in this record twice; count it once."
            remarks.append(Remark(Outcome.WARNING, "COMPONENT_TWICE", text, pointer))
        seen.add(credential.digest)
    # 3.
    place = _place_of_cycle(document)
    if place is not None:
        text = "By its associations, an achievement in this record is part of itself."
        remarks.append(Remark(Outcome.FAILED, "ASSOCIATION_CYCLE", text, place))
    return tuple(remarks)


def _place_of_cycle(document: JsonObject) -> str | None:
    """Find an association that closes a circle: one of what is left when all ends are taken off."""
    edges = list(_parts(document))
    while edges:
        wholes = {whole for _part, whole, _place in edges}
        left = [edge for edge in edges if edge[0] in wholes]
        if len(left) == len(edges):
            return edges[0][2]
        edges = left
    return None


def _parts(document: JsonObject) -> Iterator[tuple[str, str, str]]:
    """Yield part, whole and place of every association that says so."""
    for at, subject in pointed(document.get("credentialSubject"), "/credentialSubject"):
        stated = subject.get("association") if isinstance(subject, dict) else None
        for place, one in pointed(stated, f"{at}/association"):
            kinds = texts_among(as_list(member(one, "associationType")))
            source, target = id_of(member(one, "sourceId")), id_of(member(one, "targetId"))
            if source is not None and target is not None:
                if kinds & WITHIN:
                    yield source, target, place
                if "isParentOf" in kinds:
                    yield target, source, place
