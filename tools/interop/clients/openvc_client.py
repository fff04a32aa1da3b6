"""openvc-core: Data Integrity, VC-JWT and SD-JWT VC, offline."""

from typing import Any

from conversation import Answer, converse
from openvc import Ed25519SigningKey, VerificationPolicy, verify_credential
from openvc.multibase import encode_multibase
from openvc.proof.data_integrity import DataIntegrityProofSuite


def verify(request: dict[str, Any]) -> Answer:
    """Verify a credential in any form, without looking at its status."""
    policy = VerificationPolicy(require_status=False, nonce=request.get("nonce"))
    verify_credential(request["document"], policy=policy, extra_contexts=request["contexts"])
    return {"accepted": True, "detail": ""}


def issue(request: dict[str, Any]) -> Answer:
    """Sign a credential with a new key, by Data Integrity."""
    key = Ed25519SigningKey.generate("key")
    multikey = encode_multibase(b"\xed\x01" + key.public_key_raw())
    did = f"did:key:{multikey}"
    document = DataIntegrityProofSuite().add_proof(
        request["credential"] | {"issuer": request["credential"]["issuer"] | {"id": did}},
        signing_key=key,
        verification_method=f"{did}#{multikey}",
        extra_contexts=request["contexts"],
    )
    return {"document": document}


converse({"verify": verify, "issue": issue})
