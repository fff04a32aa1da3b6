"""What every cryptosuite has in common (VC Data Integrity 1.0 section 3.1)."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from credentials.errors import InvalidProofError
from credentials.json_types import JsonObject
from credentials.limits import DEFAULT_LIMITS, Limits
from credentials.linked_data.hash_algorithms import HASH_ALGORITHMS
from keys.errors import KeyMaterialError
from keys.multibase import decode_base58btc, encode_base58btc
from keys.verification_key import KeyType, VerificationKey

PROOF_TYPE = "DataIntegrityProof"

ContextLoader = Callable[[str], JsonObject]


def _without_account(_values: int) -> None:
    """Let any work be done: whoever signs works on a document of their own."""


@dataclass(frozen=True, slots=True)
class Environment:
    """The world that a suite may see: pinned contexts and limits, no clock and no network."""

    load_context: ContextLoader
    limits: Limits = DEFAULT_LIMITS
    spend: Callable[[int], None] = _without_account
    """Told how many JSON values will be canonicalized; raises if that is too much work."""

    _texts: dict[tuple[int, str], tuple[JsonObject, str]] | None = None
    _digests: dict[tuple[int, str], bytes] | None = None

    def for_one_document(self) -> Environment:
        """Return an environment for the proofs of one document, which must not change meanwhile.

        All proofs of a set secure the same document; transforming it anew for each would let a
        hostile set multiply the work.
        """
        return Environment(self.load_context, self.limits, self.spend, {}, {})

    def once(
        self, document: JsonObject, algorithm: str, transform: Callable[[JsonObject], str]
    ) -> str:
        """Transform a document; in an environment for one document, each object only once.

        `algorithm` is the hash that the transformation depends on.
        """
        if self._texts is None:
            return transform(document)
        key = id(document), algorithm
        if key not in self._texts:
            # The object is kept beside its text, so that its identity stays its own.
            self._texts[key] = (document, transform(document))
        return self._texts[key][1]

    def digest_once(
        self, document: JsonObject, algorithm: str, transform: Callable[[JsonObject], str]
    ) -> bytes:
        """Transform a document as `once` does, and hash what comes of it, once as well."""
        key = id(document), algorithm
        if self._digests is None or key not in self._digests:
            text = self.once(document, algorithm, transform)
            found = digest(text.encode("utf-8"), algorithm)
            if self._digests is None:
                return found
            self._digests[key] = found
        return self._digests[key]


class ProofSigner(Protocol):
    """The part of a signer that making a proof needs."""

    @property
    def verification_key(self) -> VerificationKey:
        """Public half of the key."""

    def sign(self, message: bytes) -> bytes:
        """Sign `message`."""


class Disclosure(NamedTuple):
    """What a proof of selective disclosure says about what its holder left out.

    `left_to_holder` are the predicates (IRIs) of disclosed statements that the holder could have
    left out: there may be more such statements.  `digest` ("sha256:HEX") is that of everything the
    holder had to disclose, and the same whatever else was disclosed.
    """

    left_to_holder: frozenset[str]
    digest: str


class Cryptosuite(Protocol):
    """One cryptosuite: it names itself and its keys, makes proof values and verifies them."""

    @property
    def name(self) -> str:
        """Value of the proof's `cryptosuite` member."""

    @property
    def key_types(self) -> frozenset[KeyType]:
        """Kinds of key that the suite may be used with."""

    def proof_options(self, document: JsonObject, options: JsonObject) -> JsonObject:
        """Complete the options of a new proof as the suite's Create Proof algorithm says."""

    def create_proof_value(
        self,
        document: JsonObject,
        proof_options: JsonObject,
        signer: ProofSigner,
        environment: Environment,
    ) -> str:
        """Sign an unsecured document with completed proof options."""

    def verify_proof_value(
        self,
        document: JsonObject,
        proof: JsonObject,
        key: VerificationKey,
        environment: Environment,
    ) -> Disclosure | None:
        """Verify a proof with a key of the right kind, or raise `InvalidProofError`."""


class HashingCryptosuite(ABC):
    """A suite with one signature over the hashes of document and proof options.

    Its proof values are base58btc multibase (vc-di-eddsa and vc-di-ecdsa, sections 3.2 and 3.3).
    """

    name: str

    @abstractmethod
    def hash_data(
        self,
        document: JsonObject,
        proof_options: JsonObject,
        environment: Environment,
        key_type: KeyType,
    ) -> bytes:
        """Transform and hash an unsecured document and its proof options, for a kind of key."""

    def create_proof_value(
        self,
        document: JsonObject,
        proof_options: JsonObject,
        signer: ProofSigner,
        environment: Environment,
    ) -> str:
        """Sign the hash data (Create Proof, steps 3 to 6)."""
        key_type = signer.verification_key.key_type
        message = self.hash_data(document, proof_options, environment, key_type)
        return encode_proof_value(signer.sign(message))

    def verify_proof_value(
        self,
        document: JsonObject,
        proof: JsonObject,
        key: VerificationKey,
        environment: Environment,
    ) -> Disclosure | None:
        """Verify the signature over the hash data (Verify Proof)."""
        signature = decode_proof_value(proof, limits=environment.limits)
        message = self.hash_data(document, options_of(proof), environment, key.key_type)
        require_signature(key, signature, message)
        return None


def digest(data: bytes, algorithm: str) -> bytes:
    """Hash bytes with one of the algorithms that canonicalization knows."""
    return HASH_ALGORITHMS[algorithm](data).digest()


def without_proof(secured_document: JsonObject) -> JsonObject:
    """Copy a document leaving out its `proof`; the original is not touched."""
    return {name: value for name, value in secured_document.items() if name != "proof"}


def options_of(proof: JsonObject) -> JsonObject:
    """Copy a proof leaving out its `proofValue` (Verify Proof, step "proofOptions")."""
    return {name: value for name, value in proof.items() if name != "proofValue"}


def encode_proof_value(signature: bytes) -> str:
    """Write a signature as base58btc multibase (vc-di-eddsa section 3.2.1, step 6)."""
    return encode_base58btc(signature)


def decode_proof_value(proof: JsonObject, *, limits: Limits) -> bytes:
    """Read a proofValue as canonical base58btc multibase; raise `InvalidProofError` otherwise."""
    text = proof.get("proofValue")
    if not isinstance(text, str):
        raise InvalidProofError("The proof has no proofValue.", pointer="/proofValue")
    if len(text) > limits.proof_value_characters:
        raise InvalidProofError(
            f"The proofValue has {len(text)} characters; at most "
            f"{limits.proof_value_characters} are read.",
            code="PROOF_VALUE_TOO_LONG",
            pointer="/proofValue",
        )
    try:
        return decode_base58btc(text)
    except KeyMaterialError as error:
        raise InvalidProofError(
            "The proofValue is not canonical base58btc multibase (it begins with z).",
            code="PROOF_VALUE_MALFORMED",
            pointer="/proofValue",
        ) from error


def require_signature(key: VerificationKey, signature: bytes, message: bytes) -> None:
    """Require that a signature holds; raise `InvalidProofError` (SIGNATURE_INVALID) otherwise."""
    try:
        key.verify(signature, message)
    except KeyMaterialError as error:
        raise InvalidProofError(
            "The signature does not match the content: something was changed after signing, "
            "or another key made it.",
            code="SIGNATURE_INVALID",
            pointer="/proofValue",
        ) from error


def verify_signature(
    suite: Cryptosuite,
    document: JsonObject,
    proof: JsonObject,
    key: VerificationKey,
    environment: Environment,
) -> Disclosure | None:
    """Verify one proof of `document` with `key`, or raise `InvalidProofError`.

    `document` is what the proof secures: without `proof`, except for the previous proofs of a
    chain.  What comes back is what a proof of selective disclosure discloses, None for others.
    Obligations (vc-di-eddsa sections 3.1 to 3.3 and vc-di-ecdsa sections 3.2, 3.3 and 3.6,
    Verify Proof):

    1. the key is of a kind that the suite may be used with;
    2. the proofValue is canonical multibase;
    3. document and proof options are transformed and hashed;
    4. every signature holds over what it covers.
    """
    # 1. A key of another kind must not reach the algorithm: the key fixes the suite.
    if key.key_type not in suite.key_types:
        raise InvalidProofError(
            f"The cryptosuite {suite.name} is not used with {key.key_type.value} keys.",
            code="KEY_TYPE_MISMATCH",
            pointer="/cryptosuite",
        )
    # 2. to 4.
    return suite.verify_proof_value(document, proof, key, environment)
