"""Deriving: the holder of a base proof chooses what to disclose (vc-di-ecdsa section 3.6.6)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from credentials.errors import ProofGenerationError
from credentials.json_types import JsonObject, as_list
from credentials.linked_data.selection import select
from credentials.proofs.cryptosuite import (
    PROOF_TYPE,
    Environment,
    require_signature,
    without_proof,
)
from credentials.proofs.ecdsa_sd_2023 import ECDSA_SD_2023
from credentials.proofs.sd_proof_values import (
    BaseProofValue,
    DerivedProofValue,
    is_base_proof,
    parse_base,
    serialize_derived,
)
from credentials.proofs.sd_statements import Statements


def derive(
    document: JsonObject,
    pointers: Sequence[str],
    environment: Environment,
    is_verified: bool = False,
) -> JsonObject:
    """Disclose what JSON pointers name of a credential with a base proof, and what is mandatory.

    Obligations (section 3.6.6, Add Derived Proof, with createDisclosureData):

    1. there is exactly one base proof, and its value is well-formed;
    2. the base proof has a signature for each statement of the document that is not mandatory;
    3. each pointer matches;
    4. what is disclosed is signed, each statement by the signature in its place; the section does
       not ask for that, so it is left out for what was or will be verified (`is_verified`).

    The issuer's own signature is left to verifiers, who can find the key.  Raises `PointerError`,
    `ProofGenerationError` (NO_BASE_PROOF, BASE_PROOF_MISMATCH, NOTHING_DISCLOSED),
    `InvalidProofError`, and what taking the document apart raises.
    """
    # 1.
    proof, unsecured = _base_proof(document), without_proof(document)
    base = parse_base(proof, limits=environment.limits)
    # 2.
    statements = Statements.of(unsecured, base.hmac_key, environment)
    mandatory = statements.selected(base.mandatory_pointers)
    signatures = _by_statement(statements, mandatory, base)
    # 3.
    combined = (*base.mandatory_pointers, *pointers)
    disclosed = statements.selected(combined)
    _require_some(disclosed)
    lines = [line for line in statements.lines if line in disclosed]
    # 4.
    if not is_verified:
        _require_signed(disclosed - mandatory, signatures, base)
    shown, label_map = _signatures_of(lines, signatures), statements.label_map(combined)
    indexes = tuple(index for index, line in enumerate(lines) if line in mandatory)
    value = DerivedProofValue(base.base_signature, base.public_key, shown, label_map, indexes)
    secured = {**proof, "proofValue": serialize_derived(value)}
    return {**select(unsecured, combined), "proof": secured}


def _signatures_of(lines: Iterable[str], signatures: Mapping[str, bytes]) -> tuple[bytes, ...]:
    """List the signatures of the statements that have one: all but the mandatory ones."""
    return tuple(signatures[line] for line in lines if line in signatures)


def _require_signed(
    lines: Iterable[str], signatures: Mapping[str, bytes], base: BaseProofValue
) -> None:
    for line in lines:
        require_signature(base.public_key, signatures[line], line.encode("utf-8"))


def has_base_proof(document: JsonObject) -> bool:
    """Tell whether one of a document's proofs is a base proof."""
    return any(map(_is_base, as_list(document.get("proof"))))


def mandatory_pointers(document: JsonObject, environment: Environment) -> tuple[str, ...]:
    """Read which parts the issuer made mandatory; raises what `derive` raises for a base proof."""
    return tuple(parse_base(_base_proof(document), limits=environment.limits).mandatory_pointers)


def _require_some(disclosed: frozenset[str]) -> None:
    if not disclosed:
        raise ProofGenerationError("Nothing would be disclosed.", code="NOTHING_DISCLOSED")


def _is_base(proof: object) -> bool:
    return (
        isinstance(proof, dict)
        and proof.get("type") == PROOF_TYPE
        and proof.get("cryptosuite") == ECDSA_SD_2023.name
        and is_base_proof(proof)
    )


def _base_proof(document: JsonObject) -> JsonObject:
    found = [proof for proof in as_list(document.get("proof")) if _is_base(proof)]
    if len(found) != 1:
        raise ProofGenerationError(
            "Parts can be disclosed of a credential with exactly one base proof "
            f"({ECDSA_SD_2023.name}); this one has {len(found)}.",
            code="NO_BASE_PROOF",
            pointer="/proof",
        )
    return dict(found[0])


def _by_statement(
    statements: Statements, mandatory: frozenset[str], base: BaseProofValue
) -> dict[str, bytes]:
    """Give each statement that is not mandatory its signature: they stand in the same order."""
    optional = [line for line in statements.lines if line not in mandatory]
    if len(optional) != len(base.signatures):
        raise ProofGenerationError(
            "The base proof does not fit the document: something was changed after signing.",
            code="BASE_PROOF_MISMATCH",
            pointer="/proof",
        )
    return dict(zip(optional, base.signatures, strict=True))
