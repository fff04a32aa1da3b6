"""Protocols by which a request can be answered, beside the page: so far the VC-API's exchange.

Another protocol is another entry of `PROTOCOLS` with its own operations, which hand what they got
to `Requests.answer`.  Sources: VCALM (formerly VC-API), sections on exchanges, interaction URLs
and verifiable presentation requests.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from flask import url_for

from credentials.json_types import JsonObject
from verifier.employer.requests import Asked, PresentationRequest

INTERACTION = "iuv"
"""Parameter that makes an address an interaction URL, with its version 1."""

DATA_MODEL = "https://www.w3.org/ns/credentials/v2"
GENERAL = "VerifiableCredential"
METHODS = ("key", "jwk", "web")


def _vcapi(request: PresentationRequest) -> str:
    return url_for("employer.present", request_id=request.id, _external=True)


PROTOCOLS: Mapping[str, Callable[[PresentationRequest], str]] = {"vcapi": _vcapi}
"""Addresses at which a wallet goes on, by the name of the protocol."""


def interaction_url(request: PresentationRequest) -> str:
    """Write the address that a person opens, or a wallet."""
    named = {INTERACTION: "1"}
    return url_for("employer.present", request_id=request.id, _external=True, **named)


def protocols_of(request: PresentationRequest) -> JsonObject:
    """Tell a wallet how it may go on."""
    return {"protocols": {name: address(request) for name, address in PROTOCOLS.items()}}


def presentation_request(request: PresentationRequest, domain: str) -> JsonObject:
    """Write what is asked for as a verifiable presentation request."""
    return {
        "verifiablePresentationRequest": {
            "query": [_query(request.asked), _authentication()],
            "challenge": request.challenge,
            "domain": domain,
        }
    }


def _query(asked: Asked) -> JsonObject:
    types = [GENERAL, *([asked.type] if asked.type not in ("", GENERAL) else [])]
    example: JsonObject = {"@context": [DATA_MODEL], "type": types}
    if asked.issuer:
        example["issuer"] = asked.issuer
    reason = f"{asked.who}: {asked.purpose}"
    return {"type": "QueryByExample", "credentialQuery": [{"reason": reason, "example": example}]}


def _authentication() -> JsonObject:
    methods = [{"method": method} for method in METHODS]
    return {"type": "DIDAuthentication", "acceptedMethods": methods}
