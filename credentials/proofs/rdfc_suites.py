"""The cryptosuites over RDFC-1.0 canonical N-Quads.

eddsa-rdfc-2022 is section 3.2 of W3C Data Integrity EdDSA Cryptosuites 1.0, ecdsa-rdfc-2019 section
3.2 of W3C Data Integrity ECDSA Cryptosuites 1.0.  The two differ in nothing but keys and hashes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from credentials.json_types import JsonObject
from credentials.linked_data.reading import canonical_n_quads
from credentials.proofs.cryptosuite import (
    Environment,
    HashingCryptosuite,
    ProofSigner,
    digest,
    encode_proof_value,
)
from keys.verification_key import KeyType


@dataclass(frozen=True)
class RdfcCryptosuite(HashingCryptosuite):
    """A suite over the hashes of canonical N-Quads; the kind of key decides which hash.

    The same hash is used inside RDFC-1.0, so that the labels of blank nodes differ with it
    (vc-di-ecdsa section 3.2.3).
    """

    name: str
    hash_algorithms: Mapping[KeyType, str]

    @property
    def key_types(self) -> frozenset[KeyType]:
        """Kinds of key that the suite may be used with."""
        return frozenset(self.hash_algorithms)

    def proof_options(self, document: JsonObject, options: JsonObject) -> JsonObject:
        """Take the options as they are (section 3.2.1): no context is written into them."""
        return dict(options)

    def transformation(
        self, document: JsonObject, environment: Environment, key_type: KeyType
    ) -> str:
        """Canonicalize a document to N-Quads (section 3.2.3, Transformation)."""
        return canonical_n_quads(
            document,
            load_context=environment.load_context,
            hash_algorithm=self.hash_algorithms[key_type],
            limits=environment.limits,
            spend=environment.spend,
        )

    def proof_configuration(
        self,
        document: JsonObject,
        proof_options: JsonObject,
        environment: Environment,
        key_type: KeyType,
    ) -> str:
        """Canonicalize the proof options under the document's context (section 3.2.5)."""
        configuration = {**proof_options, "@context": document.get("@context")}
        return self.transformation(configuration, environment, key_type)

    def hash_data(
        self,
        document: JsonObject,
        proof_options: JsonObject,
        environment: Environment,
        key_type: KeyType,
    ) -> bytes:
        """Join the hash of the proof configuration and that of the document (section 3.2.4)."""
        algorithm = self.hash_algorithms[key_type]
        proof_text = self.proof_configuration(document, proof_options, environment, key_type)
        document_digest = environment.digest_once(
            document, algorithm, lambda one: self.transformation(one, environment, key_type)
        )
        return digest(proof_text.encode("utf-8"), algorithm) + document_digest

    def sign_canonical(
        self,
        document_text: str,
        document: JsonObject,
        proof_options: JsonObject,
        signer: ProofSigner,
        environment: Environment,
    ) -> str:
        """Sign a document whose canonical N-Quads are known; only its contexts are read here."""
        key_type = signer.verification_key.key_type
        proof_text = self.proof_configuration(document, proof_options, environment, key_type)
        algorithm = self.hash_algorithms[key_type]
        hashes = [digest(text.encode("utf-8"), algorithm) for text in (proof_text, document_text)]
        return encode_proof_value(signer.sign(b"".join(hashes)))


EDDSA_2022 = RdfcCryptosuite("eddsa-2022", {KeyType.ED25519: "SHA-256"})
"""The name that eddsa-rdfc-2022 had as a draft; verified for older badges, never made."""

EDDSA_RDFC_2022 = RdfcCryptosuite("eddsa-rdfc-2022", {KeyType.ED25519: "SHA-256"})
ECDSA_RDFC_2019 = RdfcCryptosuite(
    "ecdsa-rdfc-2019", {KeyType.P256: "SHA-256", KeyType.P384: "SHA-384"}
)
