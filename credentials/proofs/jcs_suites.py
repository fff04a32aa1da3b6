"""The cryptosuites over RFC 8785 canonical JSON.

eddsa-jcs-2022 is section 3.3 of W3C Data Integrity EdDSA Cryptosuites 1.0, ecdsa-jcs-2019 section
3.3 of W3C Data Integrity ECDSA Cryptosuites 1.0.  The two differ in nothing but keys and hashes.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass

from credentials.errors import InvalidProofError
from credentials.jcs import canonicalize
from credentials.json_types import JsonObject, count_values
from credentials.proofs.cryptosuite import Environment, HashingCryptosuite, digest
from keys.verification_key import KeyType


@dataclass(frozen=True)
class JcsCryptosuite(HashingCryptosuite):
    """A suite over the hashes of canonical JSON; the kind of key decides which hash."""

    name: str
    hash_algorithms: Mapping[KeyType, str]

    @property
    def key_types(self) -> frozenset[KeyType]:
        """Kinds of key that the suite may be used with."""
        return frozenset(self.hash_algorithms)

    def proof_options(self, document: JsonObject, options: JsonObject) -> JsonObject:
        """Write the document's context into the proof (section 3.3.1, step 2)."""
        if "@context" not in document:
            return dict(options)
        return {"@context": deepcopy(document["@context"]), **options}

    def transformation(self, document: JsonObject) -> bytes:
        """Canonicalize a document with JCS (section 3.3.3)."""
        return canonicalize(document)

    def hash_data(
        self,
        document: JsonObject,
        proof_options: JsonObject,
        environment: Environment,
        key_type: KeyType,
    ) -> bytes:
        """Join the hash of the proof configuration and that of the document (section 3.3.4).

        Section 3.3.2 lets a document carry contexts after those of the proof and hashes it
        without them.  Whoever reads the document afterwards would read it under contexts that
        nobody signed, so the two must be equal here: stricter than the specification.
        """
        if "@context" in proof_options and proof_options["@context"] != document.get("@context"):
            raise InvalidProofError(
                "The document's @context is not the one that was signed.",
                code="PROOF_CONTEXT_MISMATCH",
                pointer="/@context",
            )
        environment.spend(count_values(document))
        algorithm = self.hash_algorithms[key_type]
        configuration = self.transformation(proof_options)
        return digest(configuration, algorithm) + digest(self.transformation(document), algorithm)


EDDSA_JCS_2022 = JcsCryptosuite("eddsa-jcs-2022", {KeyType.ED25519: "SHA-256"})
ECDSA_JCS_2019 = JcsCryptosuite(
    "ecdsa-jcs-2019", {KeyType.P256: "SHA-256", KeyType.P384: "SHA-384"}
)
