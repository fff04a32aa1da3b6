"""Making credentials and presentations as signed tokens, good and bad, without any check."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from credentials.jose.compact import sign_token
from credentials.jose.envelopes import envelope_of
from keys.multibase import base64url, bytes_of_base64url
from keys.signer import PrivateKeySigner
from keys.verification_key import KeyType
from tests.factories import SIGNER, STRANGER, method_of, unsigned

V2 = "https://www.w3.org/ns/credentials/v2"
V1 = "https://www.w3.org/2018/credentials/v1"
P256 = PrivateKeySigner(KeyType.P256, bytes(range(1, 33)))
P384 = PrivateKeySigner(KeyType.P384, bytes(range(1, 49)))


def seconds(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp())


def claims_of(document: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """Repeat a credential in the registered claims of Open Badges; None leaves one out."""
    claims = {
        "iss": document["issuer"]["id"],
        "jti": document["id"],
        "sub": document["credentialSubject"]["id"],
        "nbf": seconds(document["validFrom"]),
        "exp": seconds(document["validUntil"]),
        **changes,
    }
    return {name: value for name, value in claims.items() if value is not None}


def token(
    payload: Any,
    *,
    signer: PrivateKeySigner = SIGNER,
    raw: bytes | None = None,
    **header: Any,
) -> bytes:
    """Sign anything; the header names the signer's did:key and whatever `header` says."""
    members = {"kid": method_of(signer), **header}
    members = {name: value for name, value in members.items() if value is not None}
    data = json.dumps(payload).encode() if raw is None else raw
    return sign_token(members, data, signer).encode()


def badge_token(
    document: dict[str, Any] | None = None,
    *,
    claims: dict[str, Any] | None = None,
    signer: PrivateKeySigner = SIGNER,
    **header: Any,
) -> bytes:
    """Sign a badge as Open Badges 3.0 says: the credential and its claims, of the type JWT."""
    document = unsigned() if document is None else document
    payload = {**document, **claims_of(document, **(claims or {}))}
    return token(payload, signer=signer, **{"typ": "JWT", **header})


def credential_token(
    document: dict[str, Any] | None = None,
    *,
    signer: PrivateKeySigner = SIGNER,
    claims: dict[str, Any] | None = None,
    **header: Any,
) -> bytes:
    """Sign a credential as VC-JOSE-COSE says: nothing but the credential, of the type vc+jwt."""
    document = unsigned() if document is None else document
    return token({**document, **(claims or {})}, signer=signer, **{"typ": "vc+jwt", **header})


def enveloped(data: bytes, media_type: str = "application/vc+jwt") -> dict[str, Any]:
    is_presentation = "vp" in media_type
    return envelope_of(data.decode(), media_type, is_presentation=is_presentation)


def presentation_token(
    *credentials: Any,
    signer: PrivateKeySigner = STRANGER,
    claims: dict[str, Any] | None = None,
    holder: Any = None,
    **header: Any,
) -> bytes:
    """Sign a presentation as VC-JOSE-COSE says."""
    document = {
        "@context": [V2],
        "type": ["VerifiablePresentation"],
        "holder": holder or method_of(signer).partition("#")[0],
        "verifiableCredential": list(credentials),
    }
    payload = {**document, **(claims or {})}
    payload = {name: value for name, value in payload.items() if value is not None}
    return token(payload, signer=signer, **{"typ": "vp+jwt", **header})


def with_header(data: bytes, **changes: Any) -> bytes:
    """Exchange members of a token's header and leave its signature as it was."""
    header, payload, signature = data.decode().split(".")
    members = {**json.loads(bytes_of_base64url(header)), **changes}
    return f"{base64url(json.dumps(members).encode())}.{payload}.{signature}".encode()


def older(**changes: Any) -> dict[str, Any]:
    """Build an unsigned credential of version 1.1."""
    document = {
        "@context": [V1],
        "id": "urn:uuid:8d7a3c52-6f4f-4b3e-9f38-0b3c4f7b2a12",
        "type": ["VerifiableCredential"],
        "issuer": method_of(SIGNER).partition("#")[0],
        "issuanceDate": "2026-01-15T09:00:00Z",
        "credentialSubject": {"id": method_of(STRANGER).partition("#")[0]},
        **changes,
    }
    return {name: value for name, value in document.items() if value is not None}
