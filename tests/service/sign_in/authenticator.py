"""An authenticator in software, with the browser that it is plugged into; both can misbehave."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import struct
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40
ORIGIN = "https://badges.poly.example"


def text_of(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def bytes_of(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


@dataclass
class Authenticator:
    """One passkey; `flags` says whether somebody was there and proved it."""

    origin: str = ORIGIN
    flags: int = PRESENT | VERIFIED
    counts: bool = True
    rp_id: str | None = None
    credential_id: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    user_handle: bytes = b""
    sign_count: int = 0

    def __post_init__(self) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())

    def make(self, options: dict[str, Any]) -> str:
        """Answer `navigator.credentials.create`."""
        self.user_handle = bytes_of(options["user"]["id"])
        client_data = self._client_data("webauthn.create", options["challenge"])
        rp_id = self.rp_id or options["rp"]["id"]
        attested = bytes(16) + struct.pack(">H", len(self.credential_id)) + self.credential_id
        data = self._data(rp_id, ATTESTED) + attested + self._public_key()
        attestation = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        return self._answer(
            {"clientDataJSON": text_of(client_data), "attestationObject": text_of(attestation)}
        )

    def use(self, options: dict[str, Any], **changed: Any) -> str:
        """Answer `navigator.credentials.get`; `changed` are parts of the answer that are forged."""
        self.sign_count += self.counts
        client_data = self._client_data("webauthn.get", options["challenge"])
        data = self._data(self.rp_id or options["rpId"])
        signed = data + hashlib.sha256(client_data).digest()
        response = {
            "clientDataJSON": text_of(client_data),
            "authenticatorData": text_of(data),
            "signature": text_of(self._key.sign(signed, ec.ECDSA(hashes.SHA256()))),
            "userHandle": text_of(self.user_handle),
        }
        return self._answer({**response, **changed})

    def _client_data(self, kind: str, challenge: str) -> bytes:
        members = {"type": kind, "challenge": challenge, "origin": self.origin}
        return json.dumps(members).encode()

    def _data(self, rp_id: str, further: int = 0) -> bytes:
        flags = struct.pack(">BI", self.flags | further, self.sign_count)
        return hashlib.sha256(rp_id.encode()).digest() + flags

    def _public_key(self) -> bytes:
        point = self._key.public_key().public_numbers()
        x, y = (number.to_bytes(32, "big") for number in (point.x, point.y))
        return cbor2.dumps({1: 2, 3: -7, -1: 1, -2: x, -3: y})

    def _answer(self, response: dict[str, Any]) -> str:
        name = text_of(self.credential_id)
        members = {"id": name, "rawId": name, "type": "public-key", "response": response}
        return json.dumps({**members, "clientExtensionResults": {}})
