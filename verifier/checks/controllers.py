"""Whose keys: the document of a controller, by any kind of identifier that is read here."""

from __future__ import annotations

from credentials.json_types import JsonValue, count_values
from credentials.webvh.address import PREFIX
from keys.controller_document import ControllerDocument
from keys.did import controller_document
from keys.errors import KeyMaterialError, UnresolvableError
from verifier.checks.world import World


def controller_of(controller: str, world: World) -> ControllerDocument:
    """Find the document of a controller: did:key, did:jwk, did:web, did:webvh or an https URL.

    A history is read once in a verification, however many proofs rest on it.  Raises
    `UnresolvableError` if the document cannot be had, `ControllerDocumentError` if it is wrong.
    """
    if not controller.startswith(PREFIX):
        return controller_document(controller, world.resolver)
    known = world.effort.histories
    if controller not in known:
        try:
            known[controller] = _end_of_history(controller, world)
        except KeyMaterialError as error:
            known[controller] = error
    found = known[controller]
    if isinstance(found, KeyMaterialError):
        raise found
    return found


def _end_of_history(did: str, world: World) -> ControllerDocument:
    from credentials.webvh.address import log_url, witness_url
    from credentials.webvh.log import current_document, signed_values

    def witness_proofs() -> JsonValue:
        proofs = world.resolver(witness_url(did))
        _spend(count_values(proofs), world)
        return proofs

    log = world.resolver(log_url(did))
    _spend(signed_values(log), world)
    document = current_document(did, log, witness_proofs, world.now)
    return ControllerDocument.from_json(document, expected_id=did)


def _spend(values: int, world: World) -> None:
    """Count what the proofs of histories cover: one credential can lead to many of them."""
    world.effort.history_values += values
    if world.effort.history_values > world.limits.history_values:
        text = "The issuer's log was not read: its proofs would take too much work."
        raise UnresolvableError(text, code="TOO_MUCH_WORK")
