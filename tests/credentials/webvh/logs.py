"""Logs of did:webvh identifiers, made as their specification says, and as it forbids."""

from __future__ import annotations

import hashlib
import json
from copy import deepcopy
from typing import Any

from credentials.jcs import canonicalize
from credentials.json_types import JsonObject
from credentials.proofs.data_integrity import ProofOptions, add_proof
from credentials.proofs.registry import CRYPTOSUITES
from keys.multibase import encode_base58btc
from keys.signer import PrivateKeySigner
from keys.verification_key import KeyType
from tests.factories import CREATED, ENVIRONMENT, method_of

FIRST, SECOND, THIEF, WITNESS, OTHER_WITNESS = (
    PrivateKeySigner(KeyType.ED25519, bytes([number]) * 32) for number in range(1, 6)
)
SIGNING = PrivateKeySigner(KeyType.ED25519, bytes(range(32)))
PLACE = "uni.example:welding"


def multikey(signer: PrivateKeySigner) -> str:
    return signer.verification_key.to_multikey()


def did_of(signer: PrivateKeySigner) -> str:
    return f"did:key:{multikey(signer)}"


def hashed(data: bytes) -> str:
    return encode_base58btc(b"\x12\x20" + hashlib.sha256(data).digest())[1:]


def announced(signer: PrivateKeySigner) -> str:
    """Name a key in advance, without showing it."""
    return hashed(multikey(signer).encode())


def witnesses(*signers: PrivateKeySigner, threshold: int) -> JsonObject:
    return {"threshold": threshold, "witnesses": [{"id": did_of(one)} for one in signers]}


def document(did: str, **changes: Any) -> JsonObject:
    method = {
        "id": f"{did}#key-1",
        "type": "Multikey",
        "controller": did,
        "publicKeyMultibase": multikey(SIGNING),
    }
    return {"id": did, "verificationMethod": [method], "assertionMethod": [method["id"]], **changes}


def signed(content: JsonObject, signer: PrivateKeySigner, **options: Any) -> JsonObject:
    return add_proof(
        deepcopy(content),
        suite=CRYPTOSUITES["eddsa-jcs-2022"],
        signer=signer,
        options=ProofOptions(method_of(signer), CREATED, **options),
        environment=ENVIRONMENT,
    )


class Log:
    """A log that grows; what `add` is told replaces what the method would have."""

    def __init__(self, *, place: str = PLACE, **parameters: Any) -> None:
        stated = {
            "method": "did:webvh:1.0",
            "scid": "{SCID}",
            "updateKeys": [multikey(FIRST)],
            **parameters,
        }
        draft = {
            "versionId": "{SCID}",
            "versionTime": "2026-01-01T00:00:00Z",
            "parameters": {name: value for name, value in stated.items() if value is not None},
            "state": document(f"did:webvh:{{SCID}}:{place}"),
        }
        self.scid = hashed(canonicalize(draft))
        self.did = f"did:webvh:{self.scid}:{place}"
        self.entries: list[JsonObject] = []
        self._append(json.loads(json.dumps(draft).replace("{SCID}", self.scid)), FIRST)

    def add(
        self,
        parameters: JsonObject | None = None,
        *,
        signer: PrivateKeySigner = FIRST,
        state: JsonObject | None = None,
        **changes: Any,
    ) -> Log:
        content = {
            "versionId": self.entries[-1]["versionId"],
            "versionTime": f"2026-01-{len(self.entries) + 1:02}T00:00:00Z",
            "parameters": parameters or {},
            "state": state or document(self.did),
            **changes,
        }
        self._append(content, signer)
        return self

    def _append(self, content: JsonObject, signer: PrivateKeySigner) -> None:
        number = len(self.entries) + 1
        content = {**content, "versionId": f"{number}-{hashed(canonicalize(content))}"}
        entry = signed(content, signer)
        self.entries.append({**entry, "proof": [entry["proof"]]})

    def approved(self, number: int, *signers: PrivateKeySigner) -> JsonObject:
        """Make the proofs of witnesses for an entry."""
        content = {"versionId": self.entries[number - 1]["versionId"]}
        return {**content, "proof": [signed(content, one)["proof"] for one in signers]}
