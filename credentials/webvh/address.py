"""From a did:webvh to the addresses of its log and of its witnesses' proofs."""

from __future__ import annotations

import re

from keys.did import did_web_owner, did_web_url
from keys.errors import ControllerDocumentError

PREFIX = "did:webvh:"
DOCUMENT = "did.json"

_DID = re.compile(r"did:webvh:(?P<scid>[1-9A-HJ-NP-Za-km-z]{46}):(?P<place>[^#?/]+)")


def scid_of(did: str) -> str:
    """Read the self-certifying identifier; raise `ControllerDocumentError` (INVALID_DID_WEBVH)."""
    return _match(did)["scid"]


def log_url(did: str) -> str:
    """Name the address of the log of a did:webvh; what holds for a did:web holds for its place.

    Raises `ControllerDocumentError` (INVALID_DID_WEBVH, INVALID_DID_WEB).
    """
    return document_address(did).removesuffix(DOCUMENT) + "did.jsonl"


def witness_url(did: str) -> str:
    """Name the address of the proofs of its witnesses."""
    return document_address(did).removesuffix(DOCUMENT) + "did-witness.json"


def document_address(did: str) -> str:
    """Name the address that the did:web of the same place has."""
    return did_web_url("did:web:" + _match(did)["place"])


def owner_of(did: str) -> str:
    """Name the owner of its place for people, as for a did:web."""
    return did_web_owner("did:web:" + _match(did)["place"])


def _match(did: str) -> re.Match[str]:
    match = _DID.fullmatch(did)
    if match is None:
        raise ControllerDocumentError(
            "The did:webvh is not of the form that its specification gives it.",
            code="INVALID_DID_WEBVH",
        )
    return match
