"""Which proofs can be verified here, which are known to exist, and which nobody knows."""

from __future__ import annotations

from credentials.data_model.proof_grammar import OLDER_PROOF_TYPES
from credentials.errors import IndeterminateError, InvalidProofError
from credentials.json_types import JsonObject
from credentials.proofs.cryptosuite import PROOF_TYPE, Cryptosuite
from credentials.proofs.ed25519_signature_2020 import ED25519_SIGNATURE_2020
from credentials.proofs.jcs_suites import ECDSA_JCS_2019, EDDSA_JCS_2022
from credentials.proofs.rdfc_suites import ECDSA_RDFC_2019, EDDSA_2022, EDDSA_RDFC_2022

CRYPTOSUITES: dict[str, Cryptosuite] = {
    suite.name: suite
    for suite in (EDDSA_RDFC_2022, EDDSA_JCS_2022, ECDSA_RDFC_2019, ECDSA_JCS_2019)
}
"""Cryptosuites whose proofs stand for themselves, by name: made here, and verified."""

VERIFIED: dict[str, Cryptosuite] = {**CRYPTOSUITES, EDDSA_2022.name: EDDSA_2022}
"""Cryptosuites that are verified, by name, beside `SELECTIVE`."""

SELECTIVE = "ecdsa-sd-2023"
"""The cryptosuite of which what a holder derived is verified; it is loaded when one comes."""

VERIFIED_PROOF_TYPES: dict[str, Cryptosuite] = {ED25519_SIGNATURE_2020.name: ED25519_SIGNATURE_2020}
"""Older proof types that are verified, by name; they have no cryptosuite."""

KNOWN_ELSEWHERE = frozenset({"bbs-2023"})
"""Cryptosuites of the field that are not verified here: such a proof is left undecided."""


def cryptosuite_of(proof: JsonObject) -> Cryptosuite:
    """Find the suite of a proof.

    Raises `IndeterminateError` (UNSUPPORTED_PROOF) for a proof that others can verify, and
    `InvalidProofError` (UNKNOWN_PROOF_TYPE, UNKNOWN_CRYPTOSUITE) for a name that means nothing.
    """
    proof_type = proof.get("type")
    if isinstance(proof_type, str) and proof_type in VERIFIED_PROOF_TYPES:
        return VERIFIED_PROOF_TYPES[proof_type]
    if proof_type != PROOF_TYPE:
        raise _unknown(str(proof_type), "type", OLDER_PROOF_TYPES, "UNKNOWN_PROOF_TYPE")
    name = proof.get("cryptosuite")
    if name == SELECTIVE:
        from credentials.proofs.ecdsa_sd_2023 import ECDSA_SD_2023

        return ECDSA_SD_2023
    suite = VERIFIED.get(name) if isinstance(name, str) else None
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
