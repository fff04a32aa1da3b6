"""Proof sets and proof chains (VC Data Integrity 1.0 sections 2.1.1, 2.1.2 and 4.5)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from credentials.errors import InvalidProofError
from credentials.json_types import JsonObject, JsonValue, as_list
from credentials.limits import Limits
from credentials.proofs.cryptosuite import without_proof


@dataclass(frozen=True, slots=True)
class SecuredProof:
    """One proof, the document that it secures, and its place in the credential."""

    proof: JsonObject
    document: JsonObject
    pointer: str
    is_around: bool = field(default=False, repr=False)
    """Whether it stands around the document (a token) and not in it: then nothing points to it."""

    def place(self, member: str) -> str:
        """Point to a member of the proof ("/created"); to the whole document for a token."""
        return "" if self.is_around else self.pointer + member


def secured_proofs(secured_document: JsonObject, *, limits: Limits) -> tuple[SecuredProof, ...]:
    """Take a document's proofs apart, each with exactly the document that it secures.

    Obligations (section 4.5, Verify Proof Sets and Chains):

    1. there is at least one proof, each is an object, and there are not too many;
    2. every `previousProof` names a proof of this document, by its unique id;
    3. no proof depends on itself, neither directly nor through others;
    4. a proof with previous proofs secures the document together with exactly those.

    Raises `InvalidProofError` (NO_PROOF, TOO_MANY_PROOFS, PREVIOUS_PROOF_MISSING, PROOF_CYCLE).
    """
    # 1.
    value = secured_document.get("proof")
    proofs = _proofs_in(value, limits)
    # 2. and 3.
    by_id = _proofs_by_id(proofs)
    previous = [_previous_ids(proof, by_id) for proof in proofs]
    _refuse_cycles(proofs, by_id)
    # 4.
    bare = without_proof(secured_document)
    return tuple(
        SecuredProof(
            proof=proof,
            document={**bare, "proof": [by_id[name] for name in names]} if names else bare,
            pointer=f"/proof/{index}" if isinstance(value, list) else "/proof",
        )
        for index, (proof, names) in enumerate(zip(proofs, previous, strict=True))
    )


def _proofs_in(value: JsonValue, limits: Limits) -> list[JsonObject]:
    """Read the proofs; "all of zero proofs passed" must never count as verified."""
    proofs = as_list(value)
    if not any(isinstance(proof, dict) for proof in proofs):
        raise InvalidProofError("There is no proof.", code="NO_PROOF", pointer="/proof")
    if not all(isinstance(proof, dict) for proof in proofs):
        raise InvalidProofError(
            "Something beside the proofs is not a proof.", code="PROOF_MALFORMED", pointer="/proof"
        )
    if len(proofs) > limits.proofs:
        raise InvalidProofError(
            f"There are {len(proofs)} proofs; at most {limits.proofs} are looked at.",
            code="TOO_MANY_PROOFS",
            pointer="/proof",
        )
    return proofs


def _proofs_by_id(proofs: list[JsonObject]) -> dict[str, JsonObject]:
    by_id: dict[str, JsonObject] = {}
    for proof in proofs:
        name = proof.get("id")
        if not isinstance(name, str):
            continue
        if name in by_id:
            raise InvalidProofError(
                "Two proofs have the same id.", code="PROOF_ID_NOT_UNIQUE", pointer="/proof"
            )
        by_id[name] = proof
    return by_id


def _previous_ids(proof: JsonObject, by_id: Mapping[str, JsonObject]) -> list[str]:
    names = as_list(proof.get("previousProof"))
    if "previousProof" in proof and not names:
        raise _missing_previous()
    for name in names:
        if not isinstance(name, str) or name not in by_id:
            raise _missing_previous()
    return names


def _missing_previous() -> InvalidProofError:
    return InvalidProofError(
        "A proof builds on another proof that is not there.",
        code="PREVIOUS_PROOF_MISSING",
        pointer="/proof",
    )


def _refuse_cycles(proofs: list[JsonObject], by_id: Mapping[str, JsonObject]) -> None:
    """Refuse chains that lead back to themselves: nothing would ever be signed first."""
    for start in proofs:
        reached: set[str] = set()
        waiting = list(_previous_ids(start, by_id))
        while waiting:
            name = waiting.pop()
            if by_id[name] is start:
                raise InvalidProofError(
                    "A proof depends on itself.", code="PROOF_CYCLE", pointer="/proof"
                )
            if name not in reached:
                reached.add(name)
                waiting.extend(_previous_ids(by_id[name], by_id))
