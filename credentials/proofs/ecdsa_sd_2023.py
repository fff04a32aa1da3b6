"""The cryptosuite ecdsa-sd-2023: a holder discloses parts of a credential, and hides the others.

W3C Data Integrity ECDSA Cryptosuites 1.0 sections 3.4 to 3.6.  The issuer signs what must always be
shown together, and every other statement by itself with a key that exists for this proof only.
This *base proof* is for the holder, who makes *derived proofs* of it; verifiers see only those.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from credentials.errors import InvalidProofError, ProofGenerationError
from credentials.json_types import JsonObject
from credentials.linked_data.rdf_canonicalization import Statement
from credentials.linked_data.statement_texts import labels_in, statements_of_text
from credentials.proofs.cryptosuite import (
    Disclosure,
    Environment,
    ProofSigner,
    digest,
    options_of,
    require_signature,
)
from credentials.proofs.rdfc_suites import RdfcCryptosuite
from credentials.proofs.sd_proof_values import (
    BaseProofValue,
    DerivedProofValue,
    parse_derived,
    public_key_bytes,
    serialize_base,
)
from credentials.proofs.sd_statements import Statements, relabelled
from keys.verification_key import KeyType, VerificationKey

HASH = "SHA-256"
"""The hash that belongs to P-256, here, in RDFC-1.0 and in HMAC."""

_RDFC = RdfcCryptosuite("ecdsa-sd-2023", {KeyType.P256: HASH})


@dataclass(frozen=True, slots=True)
class BaseProofSecrets:
    """Sources of what each base proof needs anew: a P-256 key pair, and a 32-byte HMAC key."""

    proof_key: Callable[[], ProofSigner]
    hmac_key: Callable[[], bytes]


@dataclass(frozen=True, slots=True)
class EcdsaSd2023:
    """The suite; making base proofs needs secrets, and tells what must always be shown.

    `mandatory_pointers` gives the JSON pointers of that for a document.
    """

    secrets: BaseProofSecrets | None = None
    mandatory_pointers: Callable[[JsonObject], Sequence[str]] | None = None
    name: str = "ecdsa-sd-2023"
    key_types: frozenset[KeyType] = frozenset({KeyType.P256})

    def proof_options(self, document: JsonObject, options: JsonObject) -> JsonObject:
        """Take the options as they are (Base Proof Configuration): no context goes into them."""
        return dict(options)

    def create_proof_value(
        self,
        document: JsonObject,
        proof_options: JsonObject,
        signer: ProofSigner,
        environment: Environment,
    ) -> str:
        """Create a base proof (section 3.6.1).

        Raises `ProofGenerationError` without secrets or for a chain, `PointerError` for pointers
        that do not match, and `DataLossError` for documents that cannot be taken apart.
        """
        if self.secrets is None or self.mandatory_pointers is None or "proof" in document:
            raise ProofGenerationError("A base proof needs secrets of its own, and stands alone.")
        pointers = tuple(self.mandatory_pointers(document))
        hmac_key, proof_signer = self.secrets.hmac_key(), self.secrets.proof_key()
        statements = Statements.of(document, hmac_key, environment)
        mandatory = statements.selected(pointers)
        optional = [line for line in statements.lines if line not in mandatory]
        public_key = proof_signer.verification_key
        to_sign = sign_data(
            proof_hash(document, proof_options, environment),
            public_key,
            mandatory_hash([line for line in statements.lines if line in mandatory]),
        )
        return serialize_base(
            BaseProofValue(
                signer.sign(to_sign),
                public_key,
                hmac_key,
                tuple(proof_signer.sign(line.encode("utf-8")) for line in optional),
                pointers,
            )
        )

    def verify_proof_value(
        self,
        document: JsonObject,
        proof: JsonObject,
        key: VerificationKey,
        environment: Environment,
    ) -> Disclosure:
        """Verify a derived proof, and tell what its holder was free to leave out.

        Obligations (section 3.6.7, Verify Derived Proof, with createVerifyData):

        1. the proofValue is that of a derived proof, in its only spelling;
        2. its labels are those of exactly the blank nodes of the document;
        3. its indexes of mandatory statements lie within the document;
        4. there is one signature for each other statement;
        5. the issuer's signature holds over proof options, proof-scoped key and mandatory part;
        6. each other signature holds over its statement, under the proof-scoped key.
        """
        # 1.
        value = parse_derived(proof, limits=environment.limits)
        # 2. Work is accounted for before it is done.
        environment.spend(len(value.signatures))
        statements = _canonical_statements(document, environment)
        lines = relabelled(statements, _signed_labels(statements, value))
        # 3. and 4.
        mandatory, optional = _split(sorted(lines), value)
        # 5.
        text_hash = mandatory_hash(mandatory)
        options_hash = proof_hash(document, options_of(proof), environment)
        message = sign_data(options_hash, value.public_key, text_hash)
        require_signature(key, value.base_signature, message)
        # 6.
        for line, signature in zip(optional, value.signatures, strict=True):
            require_signature(value.public_key, signature, line.encode("utf-8"))
        left = frozenset(lines[line].predicate[1:-1] for line in optional)
        return Disclosure(left, f"sha256:{text_hash.hex()}")


ECDSA_SD_2023 = EcdsaSd2023()
"""The suite for verifying."""


def proof_hash(document: JsonObject, proof_options: JsonObject, environment: Environment) -> bytes:
    """Hash the canonical proof options under the document's contexts."""
    text = _RDFC.proof_configuration(document, proof_options, environment, KeyType.P256)
    return digest(text.encode("utf-8"), HASH)


def mandatory_hash(lines: Iterable[str]) -> bytes:
    """Hash the mandatory statements, in their order (hashMandatoryNQuads)."""
    return digest("".join(lines).encode("utf-8"), HASH)


def sign_data(proof_hash: bytes, public_key: VerificationKey, mandatory_hash: bytes) -> bytes:
    """Join what the issuer signs (serializeSignData)."""
    return proof_hash + public_key_bytes(public_key) + mandatory_hash


def _canonical_statements(document: JsonObject, environment: Environment) -> tuple[Statement, ...]:
    """Canonicalize a disclosed document, once for all that has to be done with it."""
    text = environment.once(
        document, HASH, lambda one: _RDFC.transformation(one, environment, KeyType.P256)
    )
    return statements_of_text(text, environment.limits)


def _signed_labels(statements: Iterable[Statement], value: DerivedProofValue) -> Mapping[str, str]:
    """Require that the labels of a proof are for exactly the blank nodes of its document."""
    if labels_in(statements) != value.label_map.keys():
        raise _mismatch("Its labels are not those of the document.")
    return value.label_map


def _split(lines: list[str], value: DerivedProofValue) -> tuple[list[str], list[str]]:
    """Part mandatory statements from the others, which need one signature each."""
    chosen = set(value.mandatory_indexes)
    if chosen and max(chosen) >= len(lines):
        raise _mismatch("It counts more statements than there are.")
    mandatory = [line for index, line in enumerate(lines) if index in chosen]
    optional = [line for index, line in enumerate(lines) if index not in chosen]
    if len(optional) != len(value.signatures):
        raise _mismatch("It does not have one signature for each statement.")
    return mandatory, optional


def _mismatch(why: str) -> InvalidProofError:
    return InvalidProofError(
        f"The proof does not fit the document. {why}",
        code="DISCLOSURE_MISMATCH",
        pointer="/proofValue",
    )
