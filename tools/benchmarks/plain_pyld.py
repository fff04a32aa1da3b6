"""PyLD as it comes, with `cryptography`: eddsa-rdfc-2022 as a few lines would have it.

Nothing is checked but the signature.  Contexts are marked as never changing, which lets PyLD keep
more of what it made of them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from typing import Any

import jsonschema
import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pyld import jsonld

from credentials.open_badges import schema_of
from keys.multibase import decode_base58btc, encode_base58btc
from tools.benchmarks.documents import provider_of

Task = Callable[[str], object]


def tasks_for(workload: dict[str, Any]) -> dict[str, Task]:
    """Set everything up once, and name what it can do."""
    contexts = workload["contexts"]
    key = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(workload["seed"]))
    method = provider_of().method

    def load(url: str, _options: object) -> dict[str, Any]:
        return {
            "contextUrl": None,
            "documentUrl": url,
            "document": contexts[url],
            "tag": "static",
        }

    def n_quads(document: dict[str, Any]) -> str:
        options = {
            "algorithm": "URDNA2015",
            "format": "application/n-quads",
            "documentLoader": load,
            "rdfDirection": "i18n-datatype",
        }
        return str(jsonld.normalize(document, options))

    def hashes(document: dict[str, Any], options: dict[str, Any]) -> bytes:
        configuration = {**options, "@context": document["@context"]}
        return b"".join(
            hashlib.sha256(n_quads(one).encode()).digest() for one in (configuration, document)
        )

    def issue(text: str) -> str:
        document = json.loads(text)
        options = {
            "type": "DataIntegrityProof",
            "cryptosuite": "eddsa-rdfc-2022",
            "created": "2026-01-15T09:00:00Z",
            "verificationMethod": method,
            "proofPurpose": "assertionMethod",
        }
        value = encode_base58btc(key.sign(hashes(document, options)))
        return json.dumps({**document, "proof": {**options, "proofValue": value}})

    def verify(text: str) -> str:
        document = json.loads(text)
        proof = document.pop("proof")
        signature = decode_base58btc(proof.pop("proofValue"))
        key.public_key().verify(signature, hashes(document, proof))
        return "verified"

    validator = jsonschema.Draft202012Validator(schema_of("OpenBadgeCredential"))
    return {
        "issue": issue,
        "verify": verify,
        "parse": json.loads,
        "serialize": lambda text: json.dumps(_known(text)),
        "canonicalize": lambda text: n_quads(_known(text)),
        "jcs": lambda text: rfc8785.dumps(_known(text)),
        "schema": lambda text: validator.validate(_known(text)),
    }


_parsed: dict[str, dict[str, Any]] = {}


def _known(text: str) -> dict[str, Any]:
    if text not in _parsed:
        _parsed[text] = json.loads(text)
    return _parsed[text]
