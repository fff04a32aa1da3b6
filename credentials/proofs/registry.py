"""Which proofs can be verified here, which are known to exist, and which nobody knows."""

from __future__ import annotations

from credentials.errors import IndeterminateError, InvalidProofError
from credentials.json_types import JsonObject
from credentials.proofs.cryptosuite import PROOF_TYPE, Cryptosuite
from credentials.proofs.jcs_suites import ECDSA_JCS_2019, EDDSA_JCS_2022
from credentials.proofs.rdfc_suites import ECDSA_RDFC_2019, EDDSA_RDFC_2022

CRYPTOSUITES: dict[str, Cryptosuite] = {
    suite.name: suite
    for suite in (EDDSA_RDFC_2022, EDDSA_JCS_2022, ECDSA_RDFC_2019, ECDSA_JCS_2019)
}
"""Cryptosuites that can be made and verified, by name."""

KNOWN_ELSEWHERE = frozenset(
    {
        "bbs-2023",
        "ecdsa-sd-2023",
        "eddsa-2022",
    }
)
"""Cryptosuites of the field that are not verified here: such a proof is left undecided."""

KNOWN_PROOF_TYPES = frozenset(
    {
        "BbsBlsSignature2020",
        "BbsBlsSignatureProof2020",
        "EcdsaSecp256k1Signature2019",
        "EcdsaSecp256r1Signature2019",
        "Ed25519Signature2018",
        "Ed25519Signature2020",
        "JsonWebSignature2020",
        "MerkleProof2017",
        "MerkleProof2019",
        "RsaSignature2018",
    }
)
"""Older proof types of the field that are not verified here."""


def cryptosuite_of(proof: JsonObject) -> Cryptosuite:
    """Find the suite of a proof.

    Raises `IndeterminateError` (UNSUPPORTED_PROOF) for a proof that others can verify, and
    `InvalidProofError` (UNKNOWN_PROOF_TYPE, UNKNOWN_CRYPTOSUITE) for a name that means nothing.
    """
    proof_type = proof.get("type")
    if proof_type != PROOF_TYPE:
        raise _unknown(str(proof_type), "type", KNOWN_PROOF_TYPES, "UNKNOWN_PROOF_TYPE")
    name = proof.get("cryptosuite")
    suite = CRYPTOSUITES.get(name) if isinstance(name, str) else None
    if suite is None:
        raise _unknown(str(name), "cryptosuite", KNOWN_ELSEWHERE, "UNKNOWN_CRYPTOSUITE")
    return suite


def _unknown(
    name: str, member: str, known: frozenset[str], code: str
) -> IndeterminateError | InvalidProofError:
    if name in known:
        return IndeterminateError(
            f"Proofs of the kind {name} are not verified by this software.",
            code="UNSUPPORTED_PROOF",
            pointer=f"/{member}",
        )
    return InvalidProofError(
        f"The proof's {member} is not one that any specification defines.",
        code=code,
        pointer=f"/{member}",
    )
