"""What a learner's key signs: by the wallet's own key, or by one that only their browser has.

For a key of a browser it is written out here, signed there, and put together and verified here
before anybody else sees it.  What is verified is written anew from what was kept, and never from
what a browser sends.

Sources: VC Data Integrity 1.0 section 4.2, vc-di-eddsa and vc-di-ecdsa section 3.2, RFC 7515.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from credentials.errors import CredentialError
from credentials.jose.compact import read_token, signing_input, verify_token, with_signature
from credentials.json_types import JsonObject
from credentials.proofs.cryptosuite import Environment, encode_proof_value, verify_signature
from credentials.proofs.data_integrity import ProofOptions
from credentials.proofs.rdfc_suites import ECDSA_RDFC_2019, EDDSA_RDFC_2022, RdfcCryptosuite
from credentials.strict_json import parse_json, serialize_json
from credentials.timestamps import format_timestamp, parse_timestamp
from keys.errors import KeyMaterialError
from keys.multibase import bytes_of_base64url
from keys.verification_key import KeyType, VerificationKey
from wallet.errors import WalletError

PROOF_TYPE = "openid4vci-proof+jwt"
REGISTRATION_TYPE = "tallystick-device-key+jwt"
"""Types of the tokens that a key signs; one that was signed for one purpose serves no other."""

CONTEXT = "https://www.w3.org/ns/credentials/v2"
DID_KEY = "did:key:"
KEY_CHARACTERS = 500
"""Longest public key that is read."""

SUITES: Mapping[KeyType, RdfcCryptosuite] = {
    KeyType.ED25519: EDDSA_RDFC_2022,
    KeyType.P256: ECDSA_RDFC_2019,
}
"""Keys that learners have, each with the suite of its presentations."""


class SigningError(WalletError):
    """A key, or what it should have signed, is not what was prepared; nothing goes on."""

    code = "SIGNATURE_REFUSED"


@dataclass(frozen=True, slots=True)
class Bound:
    """What a presentation is bound to: the verifier's challenge and its domain."""

    challenge: str
    domain: str


@dataclass(frozen=True, slots=True)
class Presentation:
    """A presentation that is to be signed: credentials, as they were received, for one verifier."""

    credentials: tuple[JsonObject, ...]
    bound: Bound
    at: datetime

    def document(self, did: str) -> JsonObject:
        """Write it without its proof (VC Data Model 2.0 section 4.13)."""
        document: JsonObject = {
            "@context": [CONTEXT],
            "type": ["VerifiablePresentation"],
            "holder": did,
        }
        if self.credentials:
            document["verifiableCredential"] = list(self.credentials)
        return document

    def options(self, did: str) -> ProofOptions:
        """Say what the proof is for (Data Integrity 1.0 section 2.1: `authentication`)."""
        return ProofOptions(
            verification_method=method_of(did),
            created=self.at,
            proof_purpose="authentication",
            challenge=self.bound.challenge,
            domain=self.bound.domain,
        )

    def to_json(self) -> JsonObject:
        """Write it to keep it."""
        bound = [self.bound.challenge, self.bound.domain]
        return {"credentials": list(self.credentials), "bound": bound, **_at(self.at)}


@dataclass(frozen=True, slots=True)
class KeyProof:
    """A token that proves a key, for whom (`audience`) and by which nonce (OpenID4VCI F.1)."""

    audience: str
    nonce: str
    at: datetime
    type: str = PROOF_TYPE

    def header(self, did: str) -> JsonObject:
        """Write the header, without the algorithm."""
        return {"typ": self.type, "kid": method_of(did)}

    def payload(self) -> bytes:
        """Write the claims."""
        claims = {"aud": self.audience, "iat": int(self.at.timestamp()), "nonce": self.nonce}
        return serialize_json(claims)

    def to_json(self) -> JsonObject:
        """Write it to keep it."""
        told = {"audience": self.audience, "nonce": self.nonce, "type": self.type}
        return {**told, **_at(self.at)}


ToSign = Presentation | KeyProof
Signed = JsonObject | str
"""What comes of both: a presentation with its proof, or a token."""


def to_sign_from_json(members: JsonObject) -> ToSign:
    """Read what `to_json` wrote."""
    at = parse_timestamp(members["at"])
    if "credentials" not in members:
        return KeyProof(members["audience"], members["nonce"], at, members["type"])
    return Presentation(tuple(members["credentials"]), Bound(*members["bound"]), at)


def texts_to_sign(one: ToSign, did: str, environment: Environment) -> tuple[str, ...]:
    """Write out what a key signs: a token's signing input as it is, or two texts by their hashes.

    Of a presentation these are the canonical statements of its proof's options and of itself;
    signed is the SHA-256 of the first followed by that of the second (vc-di-eddsa 3.2.4, 3.2.6).
    """
    key = key_of(did)
    if isinstance(one, KeyProof):
        return (signing_input(one.header(did), one.payload(), key.key_type),)
    suite, document = SUITES[key.key_type], one.document(did)
    options = suite.proof_options(document, one.options(did).to_json(suite.name))
    return (
        suite.proof_configuration(document, options, environment, key.key_type),
        suite.transformation(document, environment, key.key_type),
    )


def put_together(one: ToSign, did: str, signature: str, environment: Environment) -> Signed:
    """Put a signature to what was prepared, and verify what comes of it.

    Obligations:

    1. the signature is base64url without padding, in its only spelling (RFC 4648 section 5);
    2. it is put to what was prepared, for the key that it was prepared for, and nothing posted
       besides is read;
    3. what comes of it verifies with that key alone (vc-di-eddsa and vc-di-ecdsa section 3.2.2,
       RFC 7515 section 5.2), under the policy of `keys.verification_key`: S < L, no points of low
       order, r and s in full length and in their range.

    Raises `SigningError`.
    """
    try:
        # 1.
        raw = bytes_of_base64url(signature)
        # 2. and 3.
        key = key_of(did)
        if isinstance(one, KeyProof):
            token = with_signature(signing_input(one.header(did), one.payload(), key.key_type), raw)
            verify_token(read_token(token.encode("ascii")), key)
            return token
        return _with_proof(one, did, key, raw, environment)
    except (CredentialError, KeyMaterialError) as error:
        raise SigningError("The signature is not one of what was to be signed.") from error


def key_from_browser(text: str) -> VerificationKey:
    """Read the public half of a browser's key, a JSON Web Key.

    Raises `SigningError` (DEVICE_KEY_UNREADABLE) for anything else, a private half included.
    """
    try:
        value = parse_json(text.encode("utf-8", "replace")[:KEY_CHARACTERS])
        if isinstance(value, dict):
            key = VerificationKey.from_jwk(value)
            if key.key_type in SUITES:
                return key
    except (CredentialError, KeyMaterialError) as error:
        raise _unreadable() from error
    raise _unreadable()


def key_of(did: str) -> VerificationKey:
    """Read the key of a did:key; raise `KeyMaterialError` for anything else."""
    return VerificationKey.from_multikey(did.removeprefix(DID_KEY))


def method_of(did: str) -> str:
    """Name the key in the document of a did:key."""
    return f"{did}#{did.removeprefix(DID_KEY)}"


def _with_proof(
    one: Presentation, did: str, key: VerificationKey, raw: bytes, environment: Environment
) -> JsonObject:
    suite, document = SUITES[key.key_type], one.document(did)
    options = suite.proof_options(document, one.options(did).to_json(suite.name))
    proof = {**options, "proofValue": encode_proof_value(raw)}
    verify_signature(suite, document, proof, key, environment)
    return {**document, "proof": proof}


def _at(at: datetime) -> JsonObject:
    return {"at": format_timestamp(at)}


def _unreadable() -> SigningError:
    text = "Your browser did not say which key it made."
    return SigningError(text, code="DEVICE_KEY_UNREADABLE")
