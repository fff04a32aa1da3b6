"""Credentials with base proofs, what is derived of them, and proof values to tamper with."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import deepcopy
from typing import Any

import cbor2

from credentials.json_types import JsonObject
from credentials.proofs.cryptosuite import Disclosure, verify_signature, without_proof
from credentials.proofs.data_integrity import ProofOptions, add_proof
from credentials.proofs.ecdsa_sd_2023 import ECDSA_SD_2023, BaseProofSecrets, EcdsaSd2023
from credentials.proofs.sd_deriving import derive
from credentials.proofs.sd_proof_values import BASE_HEADER, DERIVED_HEADER
from issuer.proofs import always_shown
from keys.did import did_key
from keys.multibase import decode_base64url, encode_base64url
from keys.signer import PrivateKeySigner
from keys.verification_key import KeyType
from tests.factories import CREATED, ENVIRONMENT, method_of, unsigned

HOLDER_CHOOSES = ("/issuer", "/validFrom")
"""Mandatory pointers of an issuer that leaves much to the holder."""


def key(seed: int) -> PrivateKeySigner:
    return PrivateKeySigner(KeyType.P256, bytes(range(seed, seed + 32)))


SD_SIGNER, PROOF_KEY, OTHER_PROOF_KEY, SD_STRANGER = (key(seed) for seed in (1, 2, 3, 4))
SD_ISSUER = did_key(SD_SIGNER.verification_key)
HMAC_KEY = bytes(range(32))


def sd_unsigned(**changes: Any) -> JsonObject:
    """Build an unsigned Open Badge of the issuer who signs with `SD_SIGNER`."""
    issuer = {"id": SD_ISSUER, "type": ["Profile"], "name": "Example Polytechnic"}
    return unsigned(**{"issuer": issuer, **changes})


def base(
    document: JsonObject | None = None,
    pointers: Sequence[str] | Callable[[JsonObject], Sequence[str]] = HOLDER_CHOOSES,
    *,
    hmac_key: bytes = HMAC_KEY,
    proof_key: PrivateKeySigner = PROOF_KEY,
    signer: PrivateKeySigner = SD_SIGNER,
    **options: Any,
) -> JsonObject:
    """Sign a document with a base proof of known secrets."""
    given = pointers if callable(pointers) else lambda _document: pointers
    return add_proof(
        deepcopy(sd_unsigned() if document is None else document),
        suite=EcdsaSd2023(BaseProofSecrets(lambda: proof_key, lambda: hmac_key), given),
        signer=signer,
        options=ProofOptions(method_of(signer), CREATED, **options),
        environment=ENVIRONMENT,
    )


def full_base(document: JsonObject | None = None) -> JsonObject:
    """Sign a document as an issuer of this project does."""
    return base(document, always_shown())


def derived(
    pointers: Sequence[str] = ("/credentialSubject/achievement/alignment",),
    of: JsonObject | None = None,
) -> JsonObject:
    return derive(base() if of is None else of, pointers, ENVIRONMENT)


def verify(document: JsonObject, signer: PrivateKeySigner = SD_SIGNER) -> Disclosure:
    """Verify the one derived proof of a document."""
    found = verify_signature(
        ECDSA_SD_2023,
        without_proof(document),
        document["proof"],
        signer.verification_key,
        ENVIRONMENT,
    )
    assert found is not None
    return found


def components(document: JsonObject) -> list[Any]:
    """Take the proof value of a document apart."""
    data = decode_base64url(document["proof"]["proofValue"])
    assert data.startswith((BASE_HEADER, DERIVED_HEADER))
    return list(cbor2.loads(data[3:]))


def with_value(document: JsonObject, payload: bytes, header: bytes = DERIVED_HEADER) -> JsonObject:
    """Put other bytes into the place of the proof value."""
    return with_text(document, encode_base64url(header + payload))


def with_text(document: JsonObject, text: Any) -> JsonObject:
    return {**document, "proof": {**document["proof"], "proofValue": text}}


def with_components(document: JsonObject, parts: Any, header: bytes = DERIVED_HEADER) -> JsonObject:
    return with_value(document, cbor2.dumps(parts, canonical=True), header)
