"""Adding a Data Integrity proof to a document (VC Data Integrity 1.0 section 4.2)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from credentials.errors import ProofGenerationError
from credentials.json_types import JsonObject, as_list
from credentials.proofs.cryptosuite import (
    PROOF_TYPE,
    Cryptosuite,
    Environment,
    ProofSigner,
    without_proof,
)
from credentials.timestamps import format_timestamp


@dataclass(frozen=True, slots=True)
class ProofOptions:
    """What the maker of a proof chooses (VC Data Integrity 1.0 section 2.1)."""

    verification_method: str
    created: datetime
    proof_purpose: str = "assertionMethod"
    expires: datetime | None = None
    domain: str | None = None
    challenge: str | None = None
    proof_id: str | None = None
    previous_proof: Sequence[str] = ()

    def to_json(self, cryptosuite: str) -> JsonObject:
        """Write the options as the members of a proof, leaving out what was not chosen."""
        members: JsonObject = {
            "id": self.proof_id,
            "type": PROOF_TYPE,
            "cryptosuite": cryptosuite,
            "created": format_timestamp(self.created),
            "expires": None if self.expires is None else format_timestamp(self.expires),
            "verificationMethod": self.verification_method,
            "proofPurpose": self.proof_purpose,
            "domain": self.domain,
            "challenge": self.challenge,
            "previousProof": _one_or_many(self.previous_proof),
        }
        return {name: value for name, value in members.items() if value is not None}


def add_proof(
    document: JsonObject,
    *,
    suite: Cryptosuite,
    signer: ProofSigner,
    options: ProofOptions,
    environment: Environment,
) -> JsonObject:
    """Return a copy of `document` with one more proof.

    A document that already has proofs gets a proof set; `previous_proof` makes it a chain.
    Raises `ProofGenerationError` when the key does not fit the suite or a previous proof is
    missing, and whatever the canonicalization finds wrong with the document.
    """
    key_type = signer.verification_key.key_type
    if key_type not in suite.key_types:
        raise ProofGenerationError(
            f"The cryptosuite {suite.name} cannot be used with a key of type {key_type.value}."
        )
    present = as_list(document.get("proof"))
    secured = without_proof(document)
    if options.previous_proof:
        secured["proof"] = [_find(present, name) for name in options.previous_proof]
    proof = suite.proof_options(secured, options.to_json(suite.name))
    value = suite.create_proof_value(secured, proof, signer, environment)
    proof = {**proof, "proofValue": value}
    return {**document, "proof": [*present, proof] if present else proof}


def _one_or_many(names: Sequence[str]) -> str | list[str] | None:
    if len(names) == 1:
        return names[0]
    return list(names) or None


def _find(proofs: list[JsonObject], name: str) -> JsonObject:
    for proof in proofs:
        if proof.get("id") == name:
            return proof
    raise ProofGenerationError(f"There is no proof {name} to build on.", pointer="/proof")
