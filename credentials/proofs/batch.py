"""Proofs for many documents that differ in a few values, as those of a roster do.

What is signed is what `add_proof` signs, byte by byte; only the way to the canonical N-Quads is
shorter (`credentials.linked_data.batch`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from credentials.errors import ProofGenerationError
from credentials.json_types import JsonObject, JsonValue
from credentials.linked_data.batch import CanonicalTemplate
from credentials.proofs.cryptosuite import Environment, ProofSigner
from credentials.proofs.data_integrity import ProofOptions
from credentials.proofs.rdfc_suites import RdfcCryptosuite


class BatchSigned(NamedTuple):
    """A secured document, and whether it needs to be judged by itself."""

    document: JsonObject
    is_like_template: bool
    """As in `credentials.linked_data.batch.Filled`: contexts, losses and round trip are settled."""


class BatchSigner:
    """Signs documents that differ from one another in named values only."""

    def __init__(
        self,
        document: JsonObject,
        slots: Sequence[str],
        *,
        suite: RdfcCryptosuite,
        signer: ProofSigner,
        environment: Environment,
    ) -> None:
        """Read an unsecured document, and find the values that JSON pointers name in it.

        Raises `ProofGenerationError` when the key does not fit the suite or the document has a
        proof already, and `PointerError` for a slot that is not there.
        """
        key_type = signer.verification_key.key_type
        if key_type not in suite.key_types:
            raise ProofGenerationError(
                f"The cryptosuite {suite.name} cannot be used with a key of type {key_type.value}."
            )
        if "proof" in document:
            raise ProofGenerationError("The document has a proof already.", pointer="/proof")
        self._suite, self._signer, self._environment = suite, signer, environment
        self._template = CanonicalTemplate(
            document,
            slots,
            load_context=environment.load_context,
            limits=environment.limits,
        )

    def sign(self, values: Sequence[JsonValue], options: ProofOptions) -> BatchSigned:
        """Sign the document with these values in its slots, given in the order of the slots.

        Raises what canonicalizing that document raises.
        """
        document = self._template.document(values)
        key_type = self._signer.verification_key.key_type
        filled = self._template.fill(values, hash_algorithm=self._suite.hash_algorithms[key_type])
        proof = self._suite.proof_options(document, options.to_json(self._suite.name))
        value = self._suite.sign_canonical(
            filled.n_quads, document, proof, self._signer, self._environment
        )
        secured = {**document, "proof": {**proof, "proofValue": value}}
        return BatchSigned(secured, filled.is_like_template)
