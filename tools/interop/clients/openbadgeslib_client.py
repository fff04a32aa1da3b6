"""openbadgeslib: Open Badges 3.0 by Data Integrity, as JWT and baked into SVG, offline."""

import base64
import json
from typing import Any

from conversation import Answer, converse
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from openbadgeslib.baking import (
    ITXT_KEYWORD_OB3,
    SVG_ELEMENT_OB3,
    extract_png,
    extract_svg,
)
from openbadgeslib.ob3 import (
    Achievement,
    Issuer,
    OB3LdpSigner,
    OB3LdpVerifier,
    OB3Signer,
    OB3Verifier,
    OpenBadgeCredential,
    did_key_from_pem,
)

DRAWING = b'<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"/>'


def verify(request: dict[str, Any]) -> Answer:
    """Verify by Data Integrity, as JWT, or what is baked into an image."""
    issuer, form = request["issuer"], request["form"]
    document = request["document"]
    if form == "svg":
        image = base64.b64decode(document)
        document = extract_svg(image, element=SVG_ELEMENT_OB3, text_fallback=True)
    if form == "png":
        document = extract_png(base64.b64decode(document), keyword=ITXT_KEYWORD_OB3)
    verifier = OB3Verifier if form == "jwt" else OB3LdpVerifier
    verifier.for_issuer_did(issuer).verify(document)
    return {"accepted": True, "detail": ""}


def new_key(form: str) -> ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey:
    """Make a key: ES256 for tokens, Ed25519 for Data Integrity."""
    if form == "jwt":
        return ec.generate_private_key(ec.SECP256R1())
    return ed25519.Ed25519PrivateKey.generate()


def issue(request: dict[str, Any]) -> Answer:
    """Sign a small badge with a new key, in the form that is asked for."""
    form = request["form"]
    key = (
        ec.generate_private_key(ec.SECP256R1())
        if form == "jwt"
        else ed25519.Ed25519PrivateKey.generate()
    )
    public = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    badge = OpenBadgeCredential(
        issuer=Issuer(id=did_key_from_pem(public), name="Another institute"),
        recipient_id="mailto:learner@example.org",
        achievement=Achievement(
            id="https://institute.example/achievements/1",
            name="Beekeeping",
            description="Keeping bees through a year.",
            criteria_narrative="Keep a hive.",
        ),
    )
    if form == "jwt":
        return {"document": OB3Signer(private, algorithm="ES256").sign(badge)}
    signer = OB3LdpSigner(private)
    if form == "svg":
        return {"document": base64.b64encode(signer.sign_into_svg(badge, DRAWING)).decode()}
    return {"document": json.loads(signer.sign_to_json(badge))}


converse({"verify": verify, "issue": issue})
