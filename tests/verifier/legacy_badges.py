"""Badges of Open Badges 2.0 and the documents that they depend on."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from keys.multibase import base64url

CONTEXT = "https://w3id.org/openbadges/v2"
HOST = "https://good.example"
EVIL = "https://evil.example"
ASSERTION = f"{HOST}/badges/1"
BADGE = f"{HOST}/classes/welding"
ISSUER = f"{HOST}/issuer"
KEY = f"{HOST}/key"
LIST = f"{HOST}/revoked"
SIGNED_ID = "urn:uuid:5fe0b6f2-2bb8-4b5c-8b71-5c0a8a3f2b11"

Document = dict[str, Any]


def assertion(**changes: Any) -> Document:
    """Build a hosted award; None takes a member out."""
    document = {
        "@context": CONTEXT,
        "id": ASSERTION,
        "type": "Assertion",
        "recipient": {
            "type": "email",
            "hashed": True,
            "salt": "Kosher",
            "identity": "sha256$b5809d8a92f8858436d7e6b87c12ebc0ae1eac4baecc2c0b913aee2c922ef399",
        },
        "badge": BADGE,
        "issuedOn": "2026-01-15T09:00:00Z",
        "verification": {"type": "HostedBadge"},
        **changes,
    }
    return {name: value for name, value in document.items() if value is not None}


def signed_assertion(**changes: Any) -> Document:
    verification = {"type": "SignedBadge", "creator": KEY}
    return assertion(**{"id": SIGNED_ID, "verification": verification, **changes})


def badge_class(**changes: Any) -> Document:
    document = {
        "@context": CONTEXT,
        "id": BADGE,
        "type": "BadgeClass",
        "name": "Pipe welding",
        "description": "Welding of stainless steel pipes.",
        "criteria": {"narrative": "Three inspected welds."},
        "issuer": ISSUER,
        **changes,
    }
    return {name: value for name, value in document.items() if value is not None}


def issuer(**changes: Any) -> Document:
    document = {
        "@context": CONTEXT,
        "id": ISSUER,
        "type": "Issuer",
        "name": "Example Polytechnic",
        "url": HOST,
        "email": "badges@good.example",
        "publicKey": KEY,
        **changes,
    }
    return {name: value for name, value in document.items() if value is not None}


def endorsement(**changes: Any) -> Document:
    return {
        "@context": CONTEXT,
        "id": "https://other.example/endorsement",
        "type": "Endorsement",
        "claim": {"id": BADGE, "endorsementComment": "Good welds."},
        "issuer": "https://other.example/issuer",
        "issuedOn": "2026-02-01T00:00Z",
        "verification": {"type": "hosted"},
        **changes,
    }


@cache
def private_key(number: int) -> rsa.RSAPrivateKey:
    """Make a key, once for each number."""
    return rsa.generate_private_key(public_exponent=65_537, key_size=2_048)


def pem(number: int = 0) -> str:
    public = private_key(number).public_key()
    return public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def key_document(**changes: Any) -> Document:
    return {
        "@context": CONTEXT,
        "id": KEY,
        "type": "CryptographicKey",
        "owner": ISSUER,
        "publicKeyPem": pem(),
        **changes,
    }


def revocation_list(*revoked: Any, **changes: Any) -> Document:
    return {
        "@context": CONTEXT,
        "id": LIST,
        "type": "RevocationList",
        "issuer": ISSUER,
        "revokedAssertions": list(revoked),
        **changes,
    }


def token(document: Document, *, number: int = 0, **header: Any) -> bytes:
    """Sign a document as the issuers of Open Badges 2 do."""
    parts = ({"alg": "RS256", **header}, document)
    message = ".".join(base64url(json.dumps(part).encode()) for part in parts).encode()
    signature = private_key(number).sign(message, padding.PKCS1v15(), SHA256())
    return message + b"." + base64url(signature).encode()


def published(*documents: Document) -> dict[str, Document]:
    """Put documents at their own addresses, in the place of the usual ones."""
    usual = (assertion(), badge_class(), issuer(), key_document())
    return {document["id"]: document for document in (*usual, *documents)}


def served(folder: Path, url_map: dict[str, str]) -> dict[str, Any]:
    """Serve every document under the three origins, with and without the end of its name."""
    documents = {}
    for name in url_map.values():
        if name.endswith(".json"):
            document = json.loads((folder / name).read_text())
            file = name.removeprefix("assets/")
            for origin in (
                "https://example.org/",
                "https://www.example.org/",
                "http://example.org/",
            ):
                documents |= {
                    origin + file: document,
                    origin + file.removesuffix(".json"): document,
                }
    return documents
