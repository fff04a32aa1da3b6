"""Issuing an SD-JWT VC that is derived from a prepared Open Badge (docs/sd-jwt-vc.md)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from credentials.jose.compact import TokenSigner, sign_token
from credentials.json_types import JsonObject, id_of
from credentials.numeric_dates import numeric_date
from credentials.sd_jwt.confirmation import confirmation_of
from credentials.sd_jwt.credential_rules import CREDENTIAL_TYPE
from credentials.sd_jwt.hiding import Hiding, hide
from credentials.sd_jwt.open_badge import disclosable_places
from credentials.sd_jwt.open_badge_claims import claims_of
from credentials.sd_jwt.serialization import SdJwt
from credentials.strict_json import serialize_json


def derived_claims(
    document: JsonObject, *, now: datetime, status: JsonObject | None = None
) -> JsonObject:
    """Build the claims of the SD-JWT VC that is derived from an unsigned Open Badge.

    It is bound to the learner's key if their id is a did:key or did:jwk; `status` is the claim of
    that name.  Raises `DataLossError` if the claims could not carry the badge whole.
    """
    claims = claims_of(document) | {"iat": numeric_date(now)}
    bound = confirmation_of(id_of(document["credentialSubject"]))
    if bound is not None:
        claims["cnf"] = bound
    if status is not None:
        claims["status"] = status
    return claims


def token_status(uri: str, index: int) -> JsonObject:
    """Build the claim `status` of an entry in a Token Status List."""
    return {"status_list": {"idx": index, "uri": uri}}


def sign_claims(
    claims: JsonObject, signer: TokenSigner, *, key_id: str, new_salt: Callable[[], str]
) -> SdJwt:
    """Sign claims, of which the learner can keep back what is about them."""
    payload, disclosures = hide(claims, disclosable_places(claims), Hiding(new_salt))
    header = {"typ": CREDENTIAL_TYPE, "kid": key_id}
    jwt = sign_token(header, serialize_json(payload), signer)
    return SdJwt(jwt, tuple(disclosure.encoded for disclosure in disclosures))
