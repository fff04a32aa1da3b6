"""Signed badges of Open Badges 2.0: a token whose key the issuer publishes."""

from __future__ import annotations

from credentials.errors import CredentialError, IndeterminateError, VerificationError
from credentials.jose.compact import CompactToken, read_token, verify_token
from credentials.json_types import JsonObject, JsonValue, as_list, id_of, member, only
from credentials.legacy.classes import SIGNED, is_legacy, types_in
from credentials.limits import Limits
from keys.errors import KeyMaterialError
from keys.pem import rsa_key_from_pem
from keys.verification_key import VerificationKey
from verifier.legacy.documents import Found, HostedDocuments, require_class

KEY = frozenset({"CryptographicKey"})
KEYS_TRIED = 4
"""How many keys of an issuer are tried for a badge that does not name one."""


def read_legacy_token(data: bytes, limits: Limits) -> tuple[CompactToken, JsonObject] | None:
    """Read a token if a badge of Open Badges 2.0 is in it; None for anything else."""
    try:
        token = read_token(data.strip(), limits=limits)
        payload = token.claims(limits)
    except CredentialError:
        return None
    return (token, payload) if is_legacy(payload) else None


def verify_signed(
    token: CompactToken, document: JsonObject, issuer: Found, documents: HostedDocuments
) -> str:
    """Verify the signature of a badge with a key of its issuer; return the id of the key.

    Obligations (Open Badges 2.0, section "Signed Verification"):

    1. the badge says that it is signed;
    2. the key that it names as its creator is one that the issuer's profile lists; without a
       creator, the keys of the profile are tried;
    3. the key's document names its own id, and the issuer as its owner;
    4. the signature holds.

    Raises `VerificationError` (LEGACY_VERIFICATION, LEGACY_KEY_NOT_LISTED, LEGACY_KEY_OWNER,
    LEGACY_ID_MISMATCH, SIGNATURE_INVALID and the codes of keys) and what `HostedDocuments` raises.
    """
    # 1.
    verification = only(document.get("verification"))
    if not isinstance(verification, dict) or not SIGNED & set(types_in(verification)):
        text = "The badge is signed, and says that it is to be verified otherwise."
        raise VerificationError(text, code="LEGACY_VERIFICATION", pointer="/verification")
    # 2.
    creator = id_of(member(verification, "creator"))
    listed = {id_of(key): key for key in as_list(issuer.document.get("publicKey"))}
    if creator is not None and creator not in listed:
        text = "The key that is said to have signed is not among the keys of the issuer."
        raise VerificationError(text, code="LEGACY_KEY_NOT_LISTED", pointer="/verification/creator")
    tried = [creator] if creator is not None else sorted(filter(None, listed))[:KEYS_TRIED]
    problem: CredentialError = IndeterminateError(
        "The issuer publishes no key to verify the badge with.", code="LEGACY_NO_KEY"
    )
    for name in tried:
        try:
            # 3. and 4.
            verify_token(token, _key(name, listed[name], issuer, documents))
        except CredentialError as error:
            problem = error
        else:
            return name
    raise problem


def _key(
    name: str, listed: JsonValue, issuer: Found, documents: HostedDocuments
) -> VerificationKey:
    """Find a key in the issuer's profile or under its own id; no other id is followed."""
    if isinstance(listed, dict) and "publicKeyPem" in listed:
        found = Found(listed, name)
        require_class(found, KEY, is_inside=True)
    else:
        found = documents.exact(name, KEY)
    if id_of(found.document.get("owner")) not in (issuer.address, issuer.document.get("id")):
        text = "The key that signed belongs to somebody else than the issuer."
        raise VerificationError(text, code="LEGACY_KEY_OWNER")
    try:
        return rsa_key_from_pem(str(member(found.document, "publicKeyPem")))
    except KeyMaterialError as error:
        raise VerificationError(str(error), code=error.code) from error
