"""Examining a presentation, and every credential in it."""

from __future__ import annotations

from collections.abc import Iterator

from credentials.json_types import JsonObject, JsonValue, as_list, id_of, member
from credentials.linked_data.embedded import is_embedded_credential
from verifier.checks.awards import Beside, check_awards
from verifier.checks.components import check_components
from verifier.checks.context import check_context
from verifier.checks.disclosure import check_presented_in_parts
from verifier.checks.issuer import check_issuer
from verifier.checks.proof import ProofEvidence, check_proofs
from verifier.checks.schema import check_presentation_schema
from verifier.checks.validity import check_validity
from verifier.checks.world import World, passed, skipped, types_of
from verifier.examination import (
    Examination,
    examine_alone,
    examine_credential,
    is_envelope,
    not_opened,
)
from verifier.report import CHECK_IDS, Outcome, Remark


def examine_presentation(document: JsonObject, world: World, examination: Examination) -> None:
    """Check a presentation and every credential in it (VCDM 2.0 sections 4.13 and 7.1).

    The holder's proof is for authentication, and answers the expected challenge and domain; the
    credentials in it are verified like any others and bound to no challenge.
    """
    examination.document = document
    examination.add("schema", check_presentation_schema(document, world))
    examination.add("context", check_context(document, world))
    remarks, evidence = check_proofs(document, world, world.environment.for_one_document())
    examination.add("proof", (*remarks, *check_presented_in_parts(evidence)))
    holder = _holder(document, evidence)
    examination.add(
        "issuer",
        check_issuer(holder, evidence, world, expected_purpose="authentication", role="holder"),
    )
    examination.add("issuer", _replay(world))
    examination.add("validity", check_validity(document, world))
    _examine_contained(document, world, examination)
    for index, item in enumerate(_presented(document, world)):
        _examine_presented(item, world, examination, f"/verifiableCredential/{index}")
        examination.add("recipient", _holder_is_subject(item, holder, index))
    examination.add("recipient", _nothing_presented(document, world))
    _examine_awards(world, examination)
    _complete(examination)
    examination.accept(evidence)
    examination.credential = {"type": list(types_of(document)), "holder": holder}


def _examine_contained(document: JsonObject, world: World, examination: Examination) -> None:
    """Verify credentials that stand elsewhere than where a presentation presents them."""
    rest = {name: value for name, value in document.items() if name != "verifiableCredential"}
    inside = check_components(rest, world.for_presented(), examine_alone)
    examination.add("proof", inside.proof)
    examination.add("endorsement", inside.endorsement)
    examination.add("value", inside.value)


def _presented(document: JsonObject, world: World) -> list[JsonValue]:
    """Take as many credentials as are looked at; for more, the schema check has refused all."""
    return as_list(document.get("verifiableCredential"))[: world.limits.embedded_credentials]


def _examine_presented(
    item: JsonValue, world: World, examination: Examination, pointer: str
) -> None:
    if not isinstance(item, dict):
        return
    if is_envelope(item) or not is_embedded_credential(item):
        examination.add("document", [not_opened(pointer)])
        return
    own = Examination(pointer=pointer)
    own.add("document", [passed("The document is well-formed.")])
    examine_credential(item, world.for_presented(), own)
    for check_id, remarks in own.remarks.items():
        examination.add(check_id, remarks, pointer)
    examination.presented.append(own)


def _examine_awards(world: World, examination: Examination) -> None:
    """Recompute awards that are presented beside their components."""
    together = [
        Beside(one.pointer, one.verified(world))
        for one in examination.presented
        if one.is_somebodys
    ]
    awards = check_awards(together, world)
    examination.add("resources", awards.resources)
    examination.add("value", awards.value)


def _nothing_presented(document: JsonObject, world: World) -> Iterator[Remark]:
    """Say that no credential was presented; then nothing is about an expected person, either."""
    if as_list(document.get("verifiableCredential")):
        return
    is_expected = world.expected_recipient is not None
    text = "No credential was presented, so nothing was shown about anybody."
    outcome = Outcome.FAILED if is_expected else Outcome.WARNING
    yield Remark(outcome, "NO_CREDENTIAL_PRESENTED", text, "/verifiableCredential")


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
    if holder is None or id_of(member(item, "credentialSubject")) != holder:
        text = "Who presents this credential is not, or not provably, the one that it is about."
        place = f"/verifiableCredential/{index}/credentialSubject"
        yield Remark(Outcome.WARNING, "HOLDER_NOT_SUBJECT", text, place)


def _holder(document: JsonObject, evidence: tuple[ProofEvidence, ...]) -> str | None:
    """Read the holder, or take whoever made the proof if the presentation names nobody."""
    if "holder" in document:
        return id_of(document["holder"])
    controllers = {item.resolved.controller for item in evidence if item.resolved is not None}
    return controllers.pop() if len(controllers) == 1 else None
