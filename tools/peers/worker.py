"""Measures the Python peers: one request as JSON a line, one answer as JSON a line.

{"task", "documents", "first", "count"} is answered with {"seconds", "processor"} or {"error"}.
It runs in the peers' own environment and imports nothing of Tallystick.
"""

import asyncio
import json
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import didkit
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from openbadgeslib.ob3 import OB3LdpVerifier, did_key_from_pem
from openbadgeslib.ob3.ldp import add_data_integrity_proof

V1 = "https://www.w3.org/2018/credentials/v1"
CREATED = datetime(2026, 1, 15, 9, tzinfo=UTC)
TERMS_OF_V1 = {"id", "type", "VerifiableCredential", "VerifiablePresentation"}


def openbadgeslib_tasks(workload: dict[str, Any]) -> dict[str, Callable[[str], object]]:
    """Sign any document, and verify an Open Badge: its form, its dates and its signature."""
    key = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(workload["seed"]))
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    public = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    owner = did_key_from_pem(public)
    method = f"{owner}#{owner.removeprefix('did:key:')}"
    verifier = OB3LdpVerifier.for_issuer_did(owner)
    return {
        "openbadgeslib issue": lambda text: json.dumps(
            add_data_integrity_proof(json.loads(text), pem, method, created=CREATED)
        ),
        "openbadgeslib verify": verifier.verify,
    }


class Didkit:
    """didkit knows version 1.1 of the data model and no context of Open Badges: it goes along."""

    def __init__(self, workload: dict[str, Any]) -> None:
        """Make a key; didkit has formats of its own."""
        self._key = didkit.generate_ed25519_key()
        self._owner = didkit.key_to_did("key", self._key)
        self._context = {
            name: value
            for name, value in workload["contexts"][
                "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
            ]["@context"].items()
            if name not in TERMS_OF_V1
        }
        self._loop = asyncio.new_event_loop()
        self._signed: dict[str, str] = {}

    def issue(self, text: str) -> str:
        """Sign the document, rewritten for version 1.1, with Ed25519Signature2020."""
        document = json.loads(text)
        document["@context"] = [V1, self._context]
        document["issuer"]["id"] = self._owner
        document["issuanceDate"] = document.pop("validFrom")
        document["expirationDate"] = document.pop("validUntil")
        del document["credentialSchema"]
        options = {"proofPurpose": "assertionMethod", "type": "Ed25519Signature2020"}
        return self._run(didkit.issue_credential, json.dumps(document), json.dumps(options))

    def verify(self, text: str) -> str:
        """Verify what was signed before; each document is signed once, and not measured."""
        result = json.loads(self._run(didkit.verify_credential, self._signed[text], "{}"))
        if result["errors"]:
            raise ValueError(str(result["errors"]))
        return "verified"

    def prepare(self, texts: list[str]) -> None:
        """Sign what will be verified."""
        for text in texts:
            if text not in self._signed:
                self._signed[text] = self.issue(text)

    def _run(self, function: Callable[..., Any], document: str, options: str) -> str:
        keys = () if function is didkit.verify_credential else (self._key,)

        async def call() -> str:
            return str(await function(document, options, *keys))

        return self._loop.run_until_complete(call())


def main() -> None:
    """Answer until the input ends."""
    workload = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    rust = Didkit(workload)
    tasks = {
        **openbadgeslib_tasks(workload),
        "didkit issue": rust.issue,
        "didkit verify": rust.verify,
    }
    for line in sys.stdin:
        request = json.loads(line)
        try:
            answer = measured(request, workload["documents"], tasks, rust)
        except Exception as error:  # noqa: BLE001 - whatever a peer raises is reported, by the run
            answer = {"error": f"{type(error).__name__}: {error}"[:300]}
        print(json.dumps(answer), flush=True)


def measured(
    request: dict[str, Any],
    documents: dict[str, list[str]],
    tasks: dict[str, Callable[[str], object]],
    rust: Didkit,
) -> dict[str, float]:
    """Do a task with some documents, and tell the time that it took."""
    texts = documents[request["documents"]]
    first, count = request["first"], request["count"]
    chosen = [texts[number % len(texts)] for number in range(first, first + count)]
    if request["task"] == "didkit verify":
        rust.prepare(chosen)
    work = tasks[request["task"]]
    processor, begun = time.process_time(), time.perf_counter()
    for text in chosen:
        work(text)
    seconds = time.perf_counter() - begun
    return {"seconds": seconds, "processor": time.process_time() - processor}


if __name__ == "__main__":
    main()
