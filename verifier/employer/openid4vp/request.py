"""How a wallet gets a request: a link with an address, or with everything in it.

Sources: OpenID for Verifiable Presentations 1.0, sections 5 and 8.2; RFC 9101.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from credentials.jose.compact import ALGORITHMS
from credentials.json_types import JsonObject
from credentials.proofs.cryptosuite import PROOF_TYPE
from credentials.proofs.registry import SELECTIVE, VERIFIED, VERIFIED_PROOF_TYPES
from credentials.strict_json import serialize_json
from keys.multibase import base64url
from verifier.employer.openid4vp.client import OBJECT_TYPE, VerifierClient
from verifier.employer.openid4vp.query import PROOF, SD_JWT, TOKEN, Query
from verifier.employer.requests import PresentationRequest

SCHEME = "openid4vp://?"
ANY_WALLET = "https://self-issued.me/v2"
"""Audience of a request whose wallet is not known (section 5.8)."""

MEDIA_TYPE = "application/oauth-authz-req+jwt"
"""Type of the answer that is a request object (RFC 9101 section 4)."""


@dataclass(frozen=True, slots=True)
class Asking:
    """One request as a wallet sees it: who asks and what, and both addresses of it."""

    found: PresentationRequest
    query: Query
    client_id: str
    request_uri: str
    response_uri: str

    def parameters(self) -> JsonObject:
        """Write the parameters of the request (sections 5.1 and 5.2).

        Nothing that the employer wrote is in them but the type: a wallet would show it as
        something that it knows of the verifier.
        """
        return {
            "client_id": self.client_id,
            "response_type": "vp_token",
            "response_mode": "direct_post",
            "response_uri": self.response_uri,
            "nonce": self.found.nonce,
            "state": self.found.state,
            "dcql_query": self.query.to_json(),
            "client_metadata": {"vp_formats_supported": formats()},
        }

    def request_object(
        self, client: VerifierClient | None, now: datetime, wallet_nonce: str = ""
    ) -> str:
        """Make the request object, signed if the client has a key; raise `RequestSigningError`."""
        claims: JsonObject = {
            **self.parameters(),
            "aud": ANY_WALLET,
            "iat": int(now.timestamp()),
            "exp": int(self.found.ends_at.timestamp()),
        }
        if wallet_nonce:
            claims["wallet_nonce"] = wallet_nonce
        return _unsigned(claims) if client is None else client.sign(claims)

    def link(self, client: VerifierClient | None) -> str:
        """Write the link that opens a wallet, short enough for a code.

        A wallet may bring a nonce of its own to a request that is signed, which is then fresh.
        """
        named = {"client_id": self.client_id, "request_uri": self.request_uri}
        if client is not None:
            named["request_uri_method"] = "post"
        return SCHEME + urlencode(named)

    def whole_link(self) -> str:
        """Write the link with the whole request, for wallets that take it unsigned only so."""
        written = {
            name: serialize_json(value).decode() if isinstance(value, dict) else value
            for name, value in self.parameters().items()
        }
        return SCHEME + urlencode(written)


def formats() -> JsonObject:
    """Name what is verified here, by format (sections B.1.3.1.3, B.1.3.2.3 and B.3.4)."""
    algorithms = list(ALGORITHMS)
    return {
        PROOF: {
            "proof_type_values": [PROOF_TYPE, *VERIFIED_PROOF_TYPES],
            "cryptosuite_values": [*VERIFIED, SELECTIVE],
        },
        TOKEN: {"alg_values": algorithms},
        SD_JWT: {"sd-jwt_alg_values": algorithms, "kb-jwt_alg_values": algorithms},
    }


def _unsigned(claims: JsonObject) -> str:
    """Write a request object without a signature (RFC 7519 section 6.1).

    A client that is known by its address has no key that a wallet could find.
    """
    header = {"alg": "none", "typ": OBJECT_TYPE}
    return f"{base64url(serialize_json(header))}.{base64url(serialize_json(claims))}."
