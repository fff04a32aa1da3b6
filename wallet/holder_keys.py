"""The keys by which learners show that a credential is about them: one did:key for each.

A key is encrypted at rest (AES-256-GCM) and bound to its learner: the sealed key of somebody else
does not open in their place.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from credentials.jose.compact import sign_token
from credentials.json_types import JsonObject
from credentials.proofs.cryptosuite import Environment
from credentials.proofs.data_integrity import ProofOptions, add_proof
from credentials.proofs.registry import CRYPTOSUITES
from credentials.strict_json import serialize_json
from keys.did import did_key
from keys.multibase import encode_base58btc
from keys.signer import SECRET_MULTICODEC, PrivateKeySigner, new_secret
from keys.verification_key import KeyType
from wallet.errors import WalletError
from wallet.store.learners import Learner, NewKey

SUITE = "eddsa-rdfc-2022"
PROOF_TYPE = "openid4vci-proof+jwt"
NONCE_BYTES = 12
BINDING = b"tallystick-wallet-holder-key/1\0"
"""What a sealed key is bound to, beside its learner: nothing else is sealed like this."""

TOKEN_BINDING = b"tallystick-wallet-access-token/1\0"
CONTEXT = "https://www.w3.org/ns/credentials/v2"


@dataclass(frozen=True, slots=True)
class Bound:
    """What a presentation is bound to: the verifier's challenge and its domain."""

    challenge: str
    domain: str


class HolderKeys:
    """Makes and uses the holders' keys of one wallet service."""

    def __init__(self, encryption_key: bytes, environment: Environment) -> None:
        """Take the 32 bytes that encrypt the keys, and what canonicalization needs."""
        self._cipher = AESGCM(encryption_key)
        self._environment = environment

    def new(self, learner_id: str) -> NewKey:
        """Make the key of a new learner."""
        secret = new_secret(KeyType.ED25519)
        signer = PrivateKeySigner(KeyType.ED25519, secret)
        nonce = os.urandom(NONCE_BYTES)
        sealed = nonce + self._cipher.encrypt(nonce, secret, _binding(learner_id))
        return NewKey(did_key(signer.verification_key), sealed)

    def present(
        self, learner: Learner, credentials: Sequence[JsonObject], bound: Bound, at: datetime
    ) -> JsonObject:
        """Sign a presentation of credentials, as they were received, for one verifier.

        It proves control of the holder's key (VC Data Model 2.0 section 4.13, Data Integrity 1.0
        section 2.1: `authentication`, `challenge`, `domain`).  Raises `WalletError` (KEY_SEALED).
        """
        signer = self._opened(learner)
        document: JsonObject = {
            "@context": [CONTEXT],
            "type": ["VerifiablePresentation"],
            "holder": learner.did,
        }
        if credentials:
            document["verifiableCredential"] = list(credentials)
        options = ProofOptions(
            verification_method=_method(learner),
            created=at,
            proof_purpose="authentication",
            challenge=bound.challenge,
            domain=bound.domain,
        )
        return add_proof(
            document,
            suite=CRYPTOSUITES[SUITE],
            signer=signer,
            options=options,
            environment=self._environment,
        )

    def prove(self, learner: Learner, audience: str, nonce: str, at: datetime) -> str:
        """Sign that the key is the learner's, for an issuer's nonce (OpenID4VCI appendix F.1)."""
        header = {"typ": PROOF_TYPE, "kid": _method(learner)}
        claims = {"aud": audience, "iat": int(at.timestamp()), "nonce": nonce}
        return sign_token(header, serialize_json(claims), self._opened(learner))

    def secret_of(self, learner: Learner) -> str:
        """Give a learner their own private key, as a secretKeyMultibase (Multikey section 2.2)."""
        return encode_base58btc(SECRET_MULTICODEC[KeyType.ED25519] + self._secret(learner))

    def seal_token(self, learner_id: str, about: str, token: str) -> bytes:
        """Encrypt an access token for what it is about: in no other place it opens."""
        nonce = os.urandom(NONCE_BYTES)
        binding = _token_binding(learner_id, about)
        return nonce + self._cipher.encrypt(nonce, token.encode(), binding)

    def open_token(self, learner_id: str, about: str, sealed: bytes) -> str:
        """Decrypt what `seal_token` made; raise `WalletError` (KEY_SEALED)."""
        return self._decrypted(sealed, _token_binding(learner_id, about)).decode()

    def _opened(self, learner: Learner) -> PrivateKeySigner:
        return PrivateKeySigner(KeyType.ED25519, self._secret(learner))

    def _secret(self, learner: Learner) -> bytes:
        return self._decrypted(learner.sealed_key, _binding(learner.id))

    def _decrypted(self, sealed: bytes, binding: bytes) -> bytes:
        nonce, secret = sealed[:NONCE_BYTES], sealed[NONCE_BYTES:]
        try:
            return self._cipher.decrypt(nonce, secret, binding)
        except InvalidTag as error:
            text = (
                "What is sealed in this wallet cannot be opened: this service runs with another "
                "key file than the one the wallet was made with."
            )
            raise WalletError(text, code="KEY_SEALED") from error


def _method(learner: Learner) -> str:
    return f"{learner.did}#{learner.did.removeprefix('did:key:')}"


def _binding(learner_id: str) -> bytes:
    return BINDING + learner_id.encode()


def _token_binding(learner_id: str, about: str) -> bytes:
    return b"\0".join((TOKEN_BINDING + learner_id.encode(), about.encode()))
