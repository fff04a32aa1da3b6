"""A credential that has been verified: the only form in which other rooms accept one.

Only the verifier makes these, so nothing can be stacked or recognised that was not verified.
"""

from __future__ import annotations

from dataclasses import dataclass

from credentials.json_types import JsonObject, as_list


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


def subject_of(credential: VerifiedCredential) -> str | None:
    """Name whom a credential is about, if it says so by an id."""
    subject = next(iter(as_list(credential.document.get("credentialSubject"))), None)
    identifier = subject.get("id") if isinstance(subject, dict) else None
    return identifier if isinstance(identifier, str) and identifier else None
