"""The proofs of a log and of its witnesses: eddsa-jcs-2022 by a key that stands in its name."""

from __future__ import annotations

from collections.abc import Collection

import schemas
from credentials.errors import CredentialError
from credentials.json_types import JsonObject, JsonValue, as_list
from credentials.proofs.cryptosuite import Environment, verify_signature
from credentials.proofs.registry import CRYPTOSUITES
from credentials.webvh.errors import HistoryError, wrong
from keys.errors import KeyMaterialError
from keys.verification_key import VerificationKey

SUITE = "eddsa-jcs-2022"
PROOFS = 16
"""How many proofs one entry may have."""


def require_signed_by(
    keys: Collection[str], content: JsonObject, proof: JsonValue, number: int
) -> None:
    """Require that an entry has proofs, and that each holds and is by one of these Multikeys."""
    proofs = as_list(proof)
    if not 0 < len(proofs) <= PROOFS:
        raise wrong(number, "it has no proof, or too many")
    for one in proofs:
        try:
            signer = signer_of(content, one)
        except (CredentialError, KeyMaterialError) as error:
            raise wrong(number, f"its proof does not hold ({error})") from error
        if signer not in keys:
            raise wrong(number, "it is signed by a key that may not continue the log")


def signer_of(content: JsonObject, proof: JsonValue) -> str:
    """Verify a proof over `content`; return the Multikey that made it.

    Raises `HistoryError`, or what verifying a signature raises.
    """
    if (
        not isinstance(proof, dict)
        or proof.get("type") != "DataIntegrityProof"
        or proof.get("cryptosuite") != SUITE
        or proof.get("proofPurpose") != "assertionMethod"
    ):
        raise HistoryError("A proof in the issuer's log is of another kind than the method allows.")
    method = proof.get("verificationMethod")
    name = method.removeprefix("did:key:") if isinstance(method, str) else ""
    multikey, _hash_sign, fragment = name.partition("#")
    if method != f"did:key:{multikey}#{fragment}" or multikey != fragment:
        raise HistoryError("A proof in the issuer's log does not name its key by itself.")
    key = VerificationKey.from_multikey(multikey)
    environment = Environment(schemas.load_context)
    verify_signature(CRYPTOSUITES[SUITE], content, proof, key, environment)
    return multikey
