"""The cryptosuite eddsa-rdfc-2022 (W3C Data Integrity EdDSA Cryptosuites 1.0, section 3.2)."""

from __future__ import annotations

import hashlib

from credentials.json_types import JsonObject, count_values
from credentials.linked_data.rdf_canonicalization import canonicalize
from credentials.linked_data.safe_mode import to_dataset
from credentials.proofs.cryptosuite import Environment
from keys.verification_key import KeyType


class EddsaRdfc2022:
    """Ed25519 over the SHA-256 hashes of RDFC-1.0 canonical N-Quads."""

    name = "eddsa-rdfc-2022"
    key_types = frozenset({KeyType.ED25519})

    def proof_options(self, document: JsonObject, options: JsonObject) -> JsonObject:
        """Take the options as they are (section 3.2.1): this suite writes no context of its own."""
        return dict(options)

    def transformation(self, document: JsonObject, environment: Environment) -> str:
        """Canonicalize a document to N-Quads (section 3.2.3, Transformation)."""
        environment.spend(count_values(document))
        dataset = to_dataset(
            document, load_context=environment.load_context, limits=environment.limits
        )
        return canonicalize(dataset, limits=environment.limits).n_quads

    def proof_configuration(
        self, document: JsonObject, proof_options: JsonObject, environment: Environment
    ) -> str:
        """Canonicalize the proof options under the document's context (section 3.2.5)."""
        configuration = {**proof_options, "@context": document.get("@context")}
        return self.transformation(configuration, environment)

    def hash_data(
        self, document: JsonObject, proof_options: JsonObject, environment: Environment
    ) -> bytes:
        """Join the hash of the proof configuration and that of the document (section 3.2.4)."""
        proof_text = self.proof_configuration(document, proof_options, environment)
        document_text = environment.once(
            document, lambda one: self.transformation(one, environment)
        )
        return _sha256(proof_text) + _sha256(document_text)


def _sha256(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8")).digest()
