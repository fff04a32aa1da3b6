"""Whose keys: the document of a controller, by any kind of identifier that is read here."""

from __future__ import annotations

from credentials.webvh import current_document, log_url, witness_url
from credentials.webvh.address import PREFIX
from keys.controller_document import ControllerDocument
from keys.did import controller_document
from keys.errors import KeyMaterialError
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
    log = world.resolver(log_url(did))
    document = current_document(did, log, lambda: world.resolver(witness_url(did)), world.now)
    return ControllerDocument.from_json(document, expected_id=did)
