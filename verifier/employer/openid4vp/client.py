"""Who the verifier is to a wallet: an address that is its own proof, or an owner of a key.

Source: OpenID for Verifiable Presentations 1.0, sections 5.9 and 5.9.3.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from credentials.errors import TallystickError
from credentials.json_types import JsonObject

BY_ADDRESS = "redirect_uri:"
"""Prefix of clients that are known by where answers go; their requests cannot be signed."""

BY_KEY = "decentralized_identifier:"
"""Prefix of clients that sign their requests with a key of their DID."""

OBJECT_TYPE = "oauth-authz-req+jwt"
"""Type of a request object, in its header (RFC 9101 section 4)."""

SignRequest = Callable[[JsonObject], str]
"""Makes the signed request object of its claims; raises `RequestSigningError`."""


class RequestSigningError(TallystickError):
    """A request cannot be signed now; the message is for whoever runs the verifier."""

    code = "REQUEST_NOT_SIGNED"


@dataclass(frozen=True, slots=True)
class VerifierClient:
    """The verifier as a client with a key: `owner` tells its DID, `sign` signs its requests.

    Both ask whoever has the key, and raise `RequestSigningError`.
    """

    owner: Callable[[], str]
    sign: SignRequest


def client_id(client: VerifierClient | None, response_uri: str) -> str:
    """Name the verifier in full, as answers have to name whom they are for (section 14.9).

    Raises `RequestSigningError`.
    """
    return f"{BY_ADDRESS}{response_uri}" if client is None else f"{BY_KEY}{client.owner()}"
