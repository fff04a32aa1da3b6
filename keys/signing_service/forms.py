"""Which messages a credential key signs: the two forms in which credentials are signed.

A signer sees digests and not documents, so it cannot tell one credential from another.  It can
refuse everything that is no credential's message at all: certificates, log-ins, access tokens.
Beside them it signs what a verifier asks of wallets, which is a token of a type of its own.
"""

from __future__ import annotations

import json

from keys.errors import KeyMaterialError, SignerRefusedError
from keys.multibase import bytes_of_base64url

PROOF_BYTES = frozenset({64, 96, 99})
"""Lengths of what a Data Integrity proof signs: two digests of SHA-256 (vc-di-eddsa 3.3.4,
vc-di-ecdsa 3.3.4), two of SHA-384, or two of SHA-256 around a public key of P-256 (3.5.2)."""

REQUEST_TYPE = "oauth-authz-req+jwt"
"""Type of any request of OAuth (RFC 9101 section 4): the payload must ask for a presentation."""

TOKEN_TYPES = frozenset(
    {"vc+jwt", "vp+jwt", "dc+sd-jwt", "kb+jwt", "statuslist+jwt", "status+jwt"},
)
"""Types of tokens that are credentials, presentations or status lists by their name."""

GENERAL_TYPE = "JWT"
"""The type of Open Badges 3.0 (section 8.2.4.1), and of much else: then the payload must say."""

PROOF = "proof"


def form_of(message: bytes) -> str:
    """Name the form of a message: "proof", or the type of a token.

    Raises `SignerRefusedError` (SIGNER_MESSAGE) for any other message.
    """
    if len(message) in PROOF_BYTES:
        return PROOF
    header, dot, payload = message.partition(b".")
    stated = _members(header).get("typ") if dot else None
    if isinstance(stated, str) and stated in TOKEN_TYPES:
        return stated
    if stated == REQUEST_TYPE and "dcql_query" in _members(payload):
        return REQUEST_TYPE
    if stated == GENERAL_TYPE and "@context" in _members(payload):
        return GENERAL_TYPE
    raise SignerRefusedError(
        "This key signs proofs and tokens of credentials only, and this is neither.",
        code="SIGNER_MESSAGE",
    )


def _members(part: bytes) -> dict[str, object]:
    """Read one part of a token; what is no JSON object has no members."""
    try:
        value = json.loads(bytes_of_base64url(part.decode("ascii")))
    except (ValueError, RecursionError, KeyMaterialError):
        return {}
    if not isinstance(value, dict):
        return {}
    inside = value.get("vc")
    return {**inside, **value} if isinstance(inside, dict) else value
