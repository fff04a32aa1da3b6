"""A credential that has been verified: the only form in which other rooms accept one.

Only the verifier makes these, so nothing can be stacked or recognised that was not verified.
"""

from __future__ import annotations

from dataclasses import dataclass

from credentials.json_types import JsonObject


@dataclass(frozen=True, slots=True)
class VerifiedCredential:
    """A credential that was verified, without its proofs: exactly what they cover.

    `issuer` is whose keys signed; `value` is what the report says of its worth; `digest` is that
    of its content (`credentials.proofs.content_digest`).
    """

    document: JsonObject
    issuer: str
    verification_methods: tuple[str, ...]
    value: JsonObject
    digest: str
