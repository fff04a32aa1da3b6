"""Proofs of the key that a credential is to be bound to (OpenID4VCI 1.0 appendix F)."""

from __future__ import annotations

from datetime import timedelta

from credentials.errors import CredentialError, TallystickError
from credentials.jose.compact import HEADER_MEMBERS, CompactToken, read_token, verify_token
from credentials.json_types import JsonObject, JsonValue, member
from credentials.numeric_dates import parse_numeric_date
from credentials.strict_json import serialize_json
from issuer.wallets.desk import WalletDesk
from issuer.wallets.errors import ProtocolError
from keys.did import key_in_identifier
from keys.errors import KeyMaterialError
from keys.multibase import base64url
from keys.verification_key import KeyType, VerificationKey

PROOF_TYPE = "openid4vci-proof+jwt"
NONCE_PURPOSE = "key proof"
OLDEST = timedelta(minutes=5)
AHEAD = timedelta(minutes=1)
"""How old the proof of a key may be, and how far a wallet's clock may be ahead."""

BOUND_KEYS = frozenset({KeyType.ED25519, KeyType.P256, KeyType.P384})
"""Keys that credentials are bound to."""

SELF_CONTAINED = ("did:key:", "did:jwk:")


def nonce_purpose(issuer_id: str) -> str:
    """Name what the nonces of an institution are for."""
    return f"{NONCE_PURPOSE} {issuer_id}"


def holder_by_jwt(desk: WalletDesk, issuer_id: str, proof: JsonValue, client: str | None) -> str:
    """Verify a key proof of type jwt, and return the did:key or did:jwk of the key.

    Obligations (appendix F.1 and F.4; RFC 8725): 1. the token is read strictly, its type is that of
    key proofs and its algorithm an asymmetric one; 2. it names its key once, as `kid` or as `jwk`,
    and has no private part of it; 3. it was made for this institution, lately, and answers a nonce
    of ours that was not answered before; 4. its issuer is the client, or nobody where the client
    is not known; 5. the signature holds, and only then the nonce is used up.

    Raises `ProtocolError` (invalid_proof, invalid_nonce).
    """
    # 1.
    token = _read(proof)
    if token.media_type != PROOF_TYPE and not (
        desk.lenient_key_proofs and token.media_type is None
    ):
        raise refused(f"Its typ must be {PROOF_TYPE}.")
    # 2.
    holder, key = _key(token)
    claims = _claims(token)
    # 3.
    if claims.get("aud") not in (issuer_id, [issuer_id]):
        raise refused("Its aud must be the credential issuer.")
    _require_fresh(desk, claims)
    # 4.
    _require_client(desk, claims, holder, client)
    # 5.
    nonce = _nonce(desk, issuer_id, claims.get("nonce"))
    try:
        verify_token(token, key)
    except CredentialError as error:
        raise refused(error.message) from error
    _use(desk, issuer_id, nonce)
    return holder


def holder_by_presentation(desk: WalletDesk, issuer_id: str, proof: JsonValue) -> str:
    """Verify a key proof of type di_vp, and return the did:key or did:jwk of its holder.

    Obligations (appendix F.2 and F.4): 1. its proof answers a nonce of ours that was not answered
    before; 2. it is for authentication, and for this institution; 3. only then the nonce is used.

    Raises `ProtocolError` (invalid_proof, invalid_nonce).
    """
    # 1.
    nonce = _nonce(desk, issuer_id, member(proof, "proof", "challenge"))
    # 2.
    try:
        holder = desk.check_presentation(serialize_json(proof), nonce, issuer_id)
    except CredentialError as error:
        raise refused(error.message) from error
    # 3.
    _use(desk, issuer_id, nonce)
    return holder


def refused(why: str) -> ProtocolError:
    """Make the error for a key proof that proves nothing."""
    return ProtocolError(f"The key proof is refused. {why}", error="invalid_proof")


def _read(proof: JsonValue) -> CompactToken:
    if not isinstance(proof, str) or not proof.isascii():
        raise refused("It is no token.")
    try:
        return read_token(proof.encode("ascii"), header_members=HEADER_MEMBERS | {"jwk"})
    except CredentialError as error:
        raise refused(error.message) from error


def _claims(token: CompactToken) -> JsonObject:
    try:
        return token.claims()
    except CredentialError as error:
        raise refused(error.message) from error


def _key(token: CompactToken) -> tuple[str, VerificationKey]:
    jwk, key_id = token.header.get("jwk"), token.key_id
    if (jwk is None) == (key_id is None):
        raise refused("Its header must have either kid or jwk.")
    try:
        if key_id is not None:
            holder, key = _key_of_did(key_id)
        else:
            if not isinstance(jwk, dict):
                raise refused("Its jwk is no key.")
            key = VerificationKey.from_jwk(jwk)
            holder = f"did:jwk:{base64url(serialize_json(key.to_jwk()))}"
    except KeyMaterialError as error:
        raise refused(str(error)) from error
    if key.key_type not in BOUND_KEYS:
        raise refused("Credentials are bound to keys of Ed25519, P-256 and P-384.")
    return holder, key


def _key_of_did(key_id: str) -> tuple[str, VerificationKey]:
    holder = key_id.partition("#")[0]
    if not holder.startswith(SELF_CONTAINED) or "#" not in key_id:
        raise refused("Its kid must be the URL of a key of a did:key or did:jwk.")
    return holder, key_in_identifier(key_id, "authentication").key


def _require_client(desk: WalletDesk, claims: JsonObject, holder: str, client: str | None) -> None:
    named = claims.get("iss")
    is_itself = desk.lenient_key_proofs and named == holder
    if "iss" in claims and not is_itself and (client is None or named != client):
        raise refused("Its iss must be the client, and absent without one.")


def _require_fresh(desk: WalletDesk, claims: JsonObject) -> None:
    if "iat" not in claims and desk.lenient_key_proofs:
        return
    now = desk.now()
    try:
        made = parse_numeric_date(claims.get("iat"))
        ends = parse_numeric_date(claims["exp"]) if "exp" in claims else now + AHEAD
        begins = parse_numeric_date(claims["nbf"]) if "nbf" in claims else now
    except TallystickError as error:
        raise refused("Its times are no times.") from error
    if not now - OLDEST <= made <= now + AHEAD or ends <= now or begins > now + AHEAD:
        raise refused("It was not made in the last minutes (iat).")


def _nonce(desk: WalletDesk, issuer_id: str, nonce: JsonValue) -> str:
    if not desk.nonces.is_good(nonce_purpose(issuer_id), nonce):
        text = "The key proof has no nonce of ours that holds. Ask for a new one."
        raise ProtocolError(text, error="invalid_nonce")
    return str(nonce)


def _use(desk: WalletDesk, issuer_id: str, nonce: str) -> None:
    if not desk.nonces.use(nonce_purpose(issuer_id), nonce):
        text = "The nonce of the key proof was answered before. Ask for a new one."
        raise ProtocolError(text, error="invalid_nonce")
