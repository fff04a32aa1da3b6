"""Ed25519Signature2020, the proof type before cryptosuites had names.

W3C Data Integrity EdDSA Cryptosuites 1.0 section 3.1.  It differs from eddsa-rdfc-2022 in its
proof type alone, which is defined by a context of its own: a document without that context does
not say what its proof is, and cannot be verified.
"""

from __future__ import annotations

from dataclasses import dataclass

from credentials.json_types import JsonObject
from credentials.proofs.rdfc_suites import RdfcCryptosuite
from keys.verification_key import KeyType

CONTEXT = "https://w3id.org/security/suites/ed25519-2020/v1"
"""The context that defines the proof type; the last one of a document."""


@dataclass(frozen=True)
class Ed25519Signature2020(RdfcCryptosuite):
    """The suite; its proofs name no cryptosuite."""

    def proof_options(self, document: JsonObject, options: JsonObject) -> JsonObject:
        """Write the proof type in the place of a cryptosuite (section 3.1.5)."""
        plain = {name: value for name, value in options.items() if name != "cryptosuite"}
        return plain | {"type": self.name}


ED25519_SIGNATURE_2020 = Ed25519Signature2020("Ed25519Signature2020", {KeyType.ED25519: "SHA-256"})
