"""Examining a presentation, and every credential in it."""

from __future__ import annotations

from collections.abc import Iterator

from credentials.data_model.credential import credential_version
from credentials.data_model.presentation import is_presentation
from credentials.errors import CredentialError
from credentials.json_types import JsonObject, JsonValue, as_list, id_of
from credentials.limits import Limits
from credentials.linked_data.embedded import is_embedded_credential, is_envelope
from verifier.checks.components import check_components
from verifier.checks.context import check_context
from verifier.checks.disclosure import check_presented_in_parts
from verifier.checks.issuer import check_issuer
from verifier.checks.proof import ProofEvidence
from verifier.checks.records import Beside, check_awards
from verifier.checks.schema import check_presentation_schema
from verifier.checks.validity import check_validity
from verifier.checks.world import World, skipped, types_of
from verifier.examination import Examination, examine_alone, examine_credential
from verifier.opening import not_opened, open_value, remark_of, remarks_on
from verifier.received import Received, check_securing
from verifier.report import CHECK_IDS, Outcome, Remark


def examine_presentation(received: Received, world: World, examination: Examination) -> None:
    """Check a presentation and every credential in it (VCDM 2.0 sections 4.13 and 7.1).

    The holder's proof is for authentication, and answers the expected challenge and domain; the
    credentials in it are verified like any others and bound to no challenge.
    """
    document = examination.document = received.document
    linked_data = _without_tokens(received, world.limits)
    examination.add("schema", check_presentation_schema(linked_data, world))
    examination.add("context", check_context(linked_data, world))
    environment = world.environment.for_one_document()
    remarks, evidence = check_securing(received, world, environment, "authentication")
    examination.add("proof", (*remarks, *check_presented_in_parts(evidence)))
    holder = _holder(received, evidence)
    examination.add(
        "issuer",
        check_issuer(holder, evidence, world, expected_purpose="authentication", role="holder"),
    )
    examination.add("issuer", _replay(world))
    examination.add("validity", check_validity(document, world))
    _examine_contained(document, world, examination)
    for index, item in enumerate(_presented(received, world)):
        pointer = f"/verifiableCredential/{index}"
        presented: JsonObject = {}
        if isinstance(item, dict) or (isinstance(item, str) and _has_tokens(received)):
            presented = _examine_presented(item, world, examination, pointer)
        examination.add("recipient", _holder_is_subject(presented, holder, pointer))
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


def _has_tokens(received: Received) -> bool:
    return received.token is not None and credential_version(received.document) == "1.1"


def _without_tokens(received: Received, limits: Limits) -> JsonObject:
    """Leave out credentials that stand as tokens, as version 1.1 has them in a token (6.3.1).

    Under a proof inside the document they would not be signed at all, so there they stay, and are
    refused as what they are: no credentials.
    """
    document = received.document
    items = as_list(document.get("verifiableCredential"))
    if not _has_tokens(received) or len(items) > limits.embedded_credentials:
        return document
    kept = [item for item in items if not isinstance(item, str)]
    rest = {name: value for name, value in document.items() if name != "verifiableCredential"}
    return {**rest, "verifiableCredential": kept} if kept else rest


def _presented(received: Received, world: World) -> list[JsonValue]:
    """Take as many credentials as are looked at; for more, the schema check has refused all."""
    items = as_list(received.document.get("verifiableCredential"))
    return items[: world.limits.embedded_credentials]


def _examine_presented(
    item: JsonValue, world: World, examination: Examination, pointer: str
) -> JsonObject:
    """Verify one presented credential; return it, out of its token if it came in one."""
    own = Examination(pointer=pointer)
    try:
        own_received = _open_presented(item, world)
    except CredentialError as error:
        examination.add("document", [remark_of(error)], pointer)
        return {}
    own.add("document", remarks_on(own_received, world))
    examine_credential(own_received, world.for_presented(), own)
    for check_id, remarks in own.remarks.items():
        examination.add(check_id, remarks, pointer)
    examination.presented.append(own)
    return own_received.document


def _open_presented(item: JsonValue, world: World) -> Received:
    """Open a presented credential, but no presentation inside a presentation."""
    if isinstance(item, dict) and not is_envelope(item) and not is_embedded_credential(item):
        raise not_opened()
    received = open_value(item, world)
    if is_envelope(item) and is_presentation(received.document):
        raise not_opened()
    return received


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


def _holder_is_subject(presented: JsonObject, holder: str | None, pointer: str) -> Iterator[Remark]:
    """Warn if whoever presents a credential is not the one that it is about."""
    if holder is None or id_of(presented.get("credentialSubject")) != holder:
        text = "Who presents this credential is not, or not provably, the one that it is about."
        place = f"{pointer}/credentialSubject"
        yield Remark(Outcome.WARNING, "HOLDER_NOT_SUBJECT", text, place)


def _holder(received: Received, evidence: tuple[ProofEvidence, ...]) -> str | None:
    """Read the holder; if the presentation names nobody, take its token's word, or its proofs'."""
    if "holder" in received.document:
        return id_of(received.document["holder"])
    if received.token is not None and received.token.party is not None:
        return received.token.party
    controllers = {item.resolved.controller for item in evidence if item.resolved is not None}
    return controllers.pop() if len(controllers) == 1 else None
