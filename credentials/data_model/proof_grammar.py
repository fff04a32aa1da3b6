"""The form of proofs (VC Data Integrity 1.0 section 2.1)."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from credentials.errors import MalformedValueError
from credentials.findings import Finding
from credentials.json_types import JsonObject, JsonValue, as_list, pointer_token
from credentials.limits import DEFAULT_LIMITS, Limits
from credentials.timestamps import parse_timestamp
from credentials.urls import is_url

CLAUSE = "VC Data Integrity 1.0 §2.1"
REQUIRED = ("type", "verificationMethod", "proofPurpose", "proofValue")
MEMBERS = frozenset(
    {
        *REQUIRED,
        "@context",
        "challenge",
        "created",
        "cryptosuite",
        "domain",
        "expires",
        "id",
        "nonce",
        "previousProof",
    }
)
"""All members that a proof may have; whatever else is there was not meant to be signed."""

OLDER_PROOF_TYPES = frozenset(
    {
        "BbsBlsSignature2020",
        "BbsBlsSignatureProof2020",
        "EcdsaSecp256k1Signature2019",
        "EcdsaSecp256r1Signature2019",
        "Ed25519Signature2018",
        "JsonWebSignature2020",
        "MerkleProof2017",
        "MerkleProof2019",
        "RsaSignature2018",
    }
)
"""Older proof types of the field, which have a form of their own and are not verified here."""

SIGNATURE_MEMBER = "jws"
"""Where older proof types have their signature, instead of a proofValue."""

SELECTIVE = "ecdsa-sd-2023"
"""The cryptosuite whose proof values hold a signature for each statement."""

FINDINGS_REPORTED = 20
"""How many broken rules are listed before the list is cut."""


def proof_findings(document: JsonObject, limits: Limits = DEFAULT_LIMITS) -> tuple[Finding, ...]:
    """Judge the form of all proofs of a document.

    Codes: NO_PROOF, TOO_MANY_PROOFS, PROOF_MALFORMED, PROOF_UNDEFINED_MEMBER,
    PROOF_VALUE_TOO_LONG.
    """
    return tuple(islice(_findings(document, limits), FINDINGS_REPORTED))


def _findings(document: JsonObject, limits: Limits) -> Iterator[Finding]:
    value = document.get("proof")
    proofs = as_list(value)
    if not any(isinstance(proof, dict) and proof for proof in proofs):
        text = "There is no proof: anybody could have written this."
        yield Finding("NO_PROOF", "/proof", text, CLAUSE)
        return
    if len(proofs) > limits.proofs:
        text = f"There are {len(proofs)} proofs; at most {limits.proofs} are looked at."
        yield Finding("TOO_MANY_PROOFS", "/proof", text, CLAUSE)
        return
    for index, proof in enumerate(proofs):
        place = f"/proof/{index}" if isinstance(value, list) else "/proof"
        if isinstance(proof, dict):
            yield from _proof(proof, place, limits)
        else:
            yield _malformed(place, "A proof must be an object.")


def _proof(proof: JsonObject, pointer: str, limits: Limits) -> Iterator[Finding]:
    older = _members_of_older_types(proof)
    for name in REQUIRED:
        is_elsewhere = older and name == "proofValue"
        if not is_elsewhere and (not isinstance(proof.get(name), str) or not proof[name]):
            yield _malformed(f"{pointer}/{name}", f"A proof needs a {name}, as one text.")
    for name in sorted(proof.keys() - MEMBERS - older):
        text = "The proof has a member that no specification defines."
        place = f"{pointer}/{pointer_token(name)}"
        yield Finding("PROOF_UNDEFINED_MEMBER", place, text, CLAUSE)
    if proof.get("type") == "DataIntegrityProof" and not isinstance(proof.get("cryptosuite"), str):
        yield _malformed(f"{pointer}/cryptosuite", "A DataIntegrityProof needs a cryptosuite.")
    most = _most_characters(proof, limits)
    if len(str(proof.get("proofValue", ""))) > most:
        text = f"A proofValue has at most {most} characters."
        yield Finding("PROOF_VALUE_TOO_LONG", f"{pointer}/proofValue", text, CLAUSE)
    yield from _optional(proof, pointer)


def _members_of_older_types(proof: JsonObject) -> set[str]:
    """Name what an older proof type has in the place of a proofValue, if the proof is of one."""
    kind = proof.get("type")
    is_older = isinstance(kind, str) and kind in OLDER_PROOF_TYPES
    return {SIGNATURE_MEMBER} & proof.keys() if is_older else set()


def _most_characters(proof: JsonObject, limits: Limits) -> int:
    is_selective = proof.get("cryptosuite") == SELECTIVE
    return (
        limits.selective_proof_value_characters if is_selective else limits.proof_value_characters
    )


def _optional(proof: JsonObject, pointer: str) -> Iterator[Finding]:
    for name in ("created", "expires"):
        if name in proof and not _is_timestamp(proof[name]):
            yield _malformed(f"{pointer}/{name}", "A proof's date must be a date with offset.")
    for name in ("challenge", "nonce"):
        if name in proof and not isinstance(proof[name], str):
            yield _malformed(f"{pointer}/{name}", "This member of a proof must be a text.")
    for name in ("domain", "previousProof"):
        if name in proof and not _is_texts(proof[name]):
            yield _malformed(f"{pointer}/{name}", "This must be a text or an array of texts.")
    if "id" in proof and not is_url(proof["id"]):
        yield _malformed(f"{pointer}/id", "A proof's id must be an absolute URL.")


def _is_timestamp(value: JsonValue) -> bool:
    try:
        parse_timestamp(value)
    except MalformedValueError:
        return False
    return True


def _is_texts(value: JsonValue) -> bool:
    texts = as_list(value)
    return bool(texts) and all(isinstance(text, str) and text for text in texts)


def _malformed(pointer: str, message: str) -> Finding:
    return Finding("PROOF_MALFORMED", pointer, message, CLAUSE)
