"""Protocols by which a request can be answered, beside the page, and the VC-API's exchange itself.

Another protocol is another entry of `protocols_of` with its own operations, which hand what they
got to `Requests`; `verifier.employer.openid4vp` is one.  Sources: VCALM (formerly VC-API), sections
on exchanges, interaction URLs and verifiable presentation requests.
"""

from __future__ import annotations

from flask import url_for

from credentials.json_types import JsonObject
from verifier.employer.requests import Asked, PresentationRequest

INTERACTION = "iuv"
"""Parameter that makes an address an interaction URL, with its version 1."""

DATA_MODEL = "https://www.w3.org/ns/credentials/v2"
GENERAL = "VerifiableCredential"
METHODS = ("key", "jwk", "web")


def interaction_url(request: PresentationRequest) -> str:
    """Write the address that a person opens, or a wallet."""
    named = {INTERACTION: "1"}
    return url_for("employer.present", request_id=request.id, _external=True, **named)


def protocols_of(request: PresentationRequest, **further: str) -> JsonObject:
    """Tell a wallet how it may go on: by the exchange, or at `further` addresses by protocol."""
    exchange = url_for("employer.present", request_id=request.id, _external=True)
    return {"protocols": {"vcapi": exchange, **further}}


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
