"""The keys by which learners show that a credential is about them: one did:key for each wallet.

A key is encrypted at rest (AES-256-GCM) and bound to its learner: the sealed key of somebody else
does not open in their place.  So is whatever else a wallet keeps that opens something elsewhere.
"""

from __future__ import annotations

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from credentials.jose.compact import sign_token
from credentials.json_types import JsonObject
from credentials.proofs.cryptosuite import Environment
from credentials.proofs.data_integrity import add_proof
from credentials.strict_json import serialize_json
from keys.did import did_key
from keys.multibase import encode_base58btc
from keys.signer import SECRET_MULTICODEC, PrivateKeySigner, new_secret
from keys.verification_key import KeyType
from service.writing_down import read_json
from wallet.errors import WalletError
from wallet.signing import SUITES, KeyProof, Signed, ToSign
from wallet.store.learners import Learner, NewKey

NONCE_BYTES = 12
BINDING = b"tallystick-wallet-holder-key/1\0"
"""What a sealed key is bound to, beside its learner: nothing else is sealed like this."""

TOKEN_BINDING = b"tallystick-wallet-access-token/1\0"
STEP_BINDING = b"tallystick-wallet-step/1\0"


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
        sealed = self._encrypted(secret, _binding(learner_id))
        return NewKey(did_key(signer.verification_key), sealed)

    def sign(self, learner: Learner, one: ToSign) -> Signed:
        """Sign with the wallet's own key, which stands for its learner.

        It proves control of that key (VC Data Model 2.0 section 4.13, OpenID4VCI appendix F.1).
        Raises `WalletError` (KEY_SEALED).
        """
        signer = PrivateKeySigner(KeyType.ED25519, self._secret(learner))
        if isinstance(one, KeyProof):
            return sign_token(one.header(learner.did), one.payload(), signer)
        return add_proof(
            one.document(learner.did),
            suite=SUITES[KeyType.ED25519],
            signer=signer,
            options=one.options(learner.did),
            environment=self._environment,
        )

    def secret_of(self, learner: Learner) -> str:
        """Give a learner their own private key, as a secretKeyMultibase (Multikey section 2.2)."""
        return encode_base58btc(SECRET_MULTICODEC[KeyType.ED25519] + self._secret(learner))

    def seal_token(self, learner_id: str, about: str, token: str) -> bytes:
        """Encrypt an access token for what it is about: in no other place it opens."""
        return self._encrypted(token.encode(), _for_one(TOKEN_BINDING, learner_id, about))

    def open_token(self, learner_id: str, about: str, sealed: bytes) -> str:
        """Decrypt what `seal_token` made; raise `WalletError` (KEY_SEALED)."""
        return self._decrypted(sealed, _for_one(TOKEN_BINDING, learner_id, about)).decode()

    def seal_step(self, learner_id: str, about: str, members: JsonObject) -> bytes:
        """Encrypt what a learner goes on with, for the step that it is."""
        return self._encrypted(serialize_json(members), _for_one(STEP_BINDING, learner_id, about))

    def open_step(self, learner_id: str, about: str, sealed: bytes) -> JsonObject:
        """Decrypt what `seal_step` made; raise `WalletError` (KEY_SEALED)."""
        return read_json(self._decrypted(sealed, _for_one(STEP_BINDING, learner_id, about)))

    def _secret(self, learner: Learner) -> bytes:
        return self._decrypted(learner.sealed_key, _binding(learner.id))

    def _encrypted(self, data: bytes, binding: bytes) -> bytes:
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, data, binding)

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


def _binding(learner_id: str) -> bytes:
    return BINDING + learner_id.encode()


def _for_one(binding: bytes, learner_id: str, about: str) -> bytes:
    return b"\0".join((binding + learner_id.encode(), about.encode()))
