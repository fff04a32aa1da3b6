"""The claim `cnf`: whose key must sign when a credential is presented (RFC 7800)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from credentials.errors import IndeterminateError, MalformedValueError
from credentials.json_types import JsonObject, JsonValue
from keys.controller_document import (
    ControllerDocument,
    require_usable_at,
    retrieve_verification_method,
)
from keys.did import NoNetworkResolver, controller_document
from keys.errors import KeyMaterialError
from keys.verification_key import VerificationKey

SELF_CONTAINED = ("did:key:", "did:jwk:")
"""Identifiers that carry their key, so that a credential can be bound to it for good."""


@dataclass(frozen=True, slots=True)
class Holder:
    """The key that a credential is bound to, and whose it is if the claim names somebody."""

    key: VerificationKey
    identifier: str | None


def confirmation_of(identifier: JsonValue) -> JsonObject | None:
    """Build the claim that binds a credential to the key in a did:key or did:jwk.

    None for any other identifier: its key may change, and nobody is looked up here.
    """
    key = key_in(identifier)
    return None if key is None else {"jwk": key.to_jwk()}


def key_in(identifier: JsonValue) -> VerificationKey | None:
    """Read the only key of a did:key or did:jwk; None for anything else."""
    if not isinstance(identifier, str) or not identifier.startswith(SELF_CONTAINED):
        return None
    try:
        document = controller_document(identifier, NoNetworkResolver())
        (method,) = document.members["authentication"]
        return retrieve_verification_method(method, "authentication", lambda _one: document).key
    except KeyMaterialError:
        return None


def holder_of(
    claims: JsonObject, find: Callable[[str], ControllerDocument], now: datetime
) -> Holder:
    """Find the key that a credential is bound to (RFC 7800 sections 3.2 and 3.4).

    `find` finds the document of whoever controls a key.

    Obligations: 1. the credential has the key itself in `jwk`, or else names a verification method
    in `kid`; 2. a key that is named is found in its owner's document, for authentication, and has
    neither been revoked nor expired by `now`.

    Raises `MalformedValueError` (CONFIRMATION_MISSING, CONFIRMATION_MALFORMED),
    `IndeterminateError` (UNSUPPORTED_CONFIRMATION) and what looking up a key raises.
    """
    # 1.
    confirmation = claims.get("cnf")
    if not isinstance(confirmation, dict):
        raise MalformedValueError(
            "The credential is not bound to anybody's key, so nobody can show that it is theirs.",
            code="CONFIRMATION_MISSING",
            pointer="/cnf",
        )
    jwk, key_id = confirmation.get("jwk"), confirmation.get("kid")
    if isinstance(jwk, dict):
        return Holder(_public_key(jwk), None)
    if "jwk" in confirmation or not isinstance(key_id, str):
        raise IndeterminateError(
            "The credential is bound to a key in a way that is not supported here (jwk and kid "
            "are).",
            code="UNSUPPORTED_CONFIRMATION",
            pointer="/cnf",
        )
    # 2.
    found = retrieve_verification_method(key_id, "authentication", find)
    require_usable_at(found, now)
    return Holder(found.key, found.controller)


def _public_key(jwk: JsonObject) -> VerificationKey:
    try:
        return VerificationKey.from_jwk(jwk)
    except KeyMaterialError as error:
        raise MalformedValueError(
            f"The key that the credential is bound to cannot be used: {error}",
            code="CONFIRMATION_MALFORMED",
            pointer="/cnf/jwk",
        ) from error
