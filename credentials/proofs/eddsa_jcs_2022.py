"""The cryptosuite eddsa-jcs-2022 (W3C Data Integrity EdDSA Cryptosuites 1.0, section 3.3)."""

from __future__ import annotations

import hashlib
from copy import deepcopy

from credentials.errors import InvalidProofError
from credentials.jcs import canonicalize
from credentials.json_types import JsonObject, count_values
from credentials.proofs.cryptosuite import Environment
from keys.verification_key import KeyType


class EddsaJcs2022:
    """Ed25519 over the SHA-256 hashes of RFC 8785 canonical JSON."""

    name = "eddsa-jcs-2022"
    key_types = frozenset({KeyType.ED25519})

    def proof_options(self, document: JsonObject, options: JsonObject) -> JsonObject:
        """Write the document's context into the proof (section 3.3.1, step 2)."""
        if "@context" not in document:
            return dict(options)
        return {"@context": deepcopy(document["@context"]), **options}

    def transformation(self, document: JsonObject) -> bytes:
        """Canonicalize a document with JCS (section 3.3.3)."""
        return canonicalize(document)

    def hash_data(
        self, document: JsonObject, proof_options: JsonObject, environment: Environment
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
        configuration = self.transformation(proof_options)
        return _sha256(configuration) + _sha256(self.transformation(document))


def _sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()
