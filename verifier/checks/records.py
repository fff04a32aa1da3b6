"""Parts of checks "resources" and "value": what stands in a record, and awards among it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from credentials.component_links import stack_proofs
from credentials.json_types import JsonObject, as_list, id_of, member, pointed, texts_among
from credentials.verified import VerifiedCredential, subject_of
from verifier.checks.world import World
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
        # Solving and registers are loaded for awards alone.
        from verifier.checks.awards import check_award

        found = check_award(award, proofs, by_digest, world)
        resources.extend(remark.below(pointer) for remark in found.resources)
        value.extend(remark.below(pointer) for remark in found.value)
    return AwardRemarks(tuple(resources), tuple(value))


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
