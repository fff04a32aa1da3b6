"""Check "issuer": the keys that signed are the issuer's, for this purpose and at this time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from credentials.errors import MalformedValueError
from credentials.json_types import JsonObject, as_list
from credentials.timestamps import format_timestamp, parse_timestamp
from keys.controller_document import require_usable_at
from keys.errors import KeyMaterialError
from verifier.checks.proof import ProofEvidence
from verifier.checks.world import World, passed, skipped
from verifier.report import Outcome, Remark

SECURITY = "https://w3id.org/security#"
UNBOUND = "ISSUER_BINDING_NOT_CHECKED"


def check_issuer(
    party: str | None,
    evidence: tuple[ProofEvidence, ...],
    world: World,
    *,
    expected_purpose: str,
    role: str = "issuer",
) -> tuple[Remark, ...]:
    """Check that `party` (the issuer, or a presentation's holder) made every proof.

    Obligations, for each proof (VC Data Integrity 1.0 section 4.4 steps 5 to 9; Controlled
    Identifiers 1.0 section 3.3; VCDM 2.0 section 7.1):

    1. its purpose is the expected one;
    2. its verification method belongs to the party, and to nobody else;
    3. it has not expired; a date of making in the future is mentioned;
    4. its key is not expired, and not revoked since before the reader knows of the credential;
    5. challenge and domain are the expected ones.
    """
    if not evidence:
        return (skipped("NO_PROOF_TO_BIND", f"There is no proof that could name the {role}."),)
    remarks: list[Remark] = []
    for item in evidence:
        remarks.extend(_purpose(item, expected_purpose))
        binding = _controller(item, party, role)
        remarks.extend(map(_unbound, binding) if world.unsafe_leaves_issuer_unbound else binding)
        remarks.extend(_times(item, world))
        remarks.extend(_key_status(item, world))
        remarks.extend(_challenge_and_domain(item, world))
    is_in_order = not any(
        remark.code == UNBOUND or remark.outcome in (Outcome.FAILED, Outcome.INDETERMINATE)
        for remark in remarks
    )
    if is_in_order:
        remarks.insert(0, passed(f"The key that signed belongs to the {role} {party}."))
    return tuple(remarks)


def accepted_party(evidence: tuple[ProofEvidence, ...]) -> str | None:
    """Name the one party whose keys made every proof, or None if there is no such party."""
    parties = {None if item.resolved is None else item.resolved.controller for item in evidence}
    return parties.pop() if len(parties) == 1 else None


def _purpose(item: ProofEvidence, expected: str) -> Iterator[Remark]:
    if item.secured.proof.get("proofPurpose") != expected:
        yield _failed(
            item,
            "PROOF_PURPOSE_MISMATCH",
            f"The proof was not made for the purpose {expected}.",
            "/proofPurpose",
        )


def _controller(item: ProofEvidence, party: str | None, role: str) -> Iterator[Remark]:
    method = item.secured.proof.get("verificationMethod")
    claimed = method.partition("#")[0] if isinstance(method, str) else None
    controller = claimed if item.resolved is None else item.resolved.controller
    if party is None or controller != party or claimed != party:
        yield _failed(
            item,
            "ISSUER_MISMATCH" if role == "issuer" else "HOLDER_MISMATCH",
            f"The key that signed does not belong to the {role} that the document names. "
            "Somebody else signed it.",
            "/verificationMethod",
            "INVALID_RELATIONSHIP_FOR_VERIFICATION_METHOD",
        )
    elif item.resolved is None:
        yield Remark(
            Outcome.INDETERMINATE,
            "ISSUER_UNCONFIRMED",
            f"Whether the key belongs to the {role} could not be confirmed.",
            item.secured.place("/verificationMethod"),
        )


def _unbound(remark: Remark) -> Remark:
    """Turn a missing binding into a warning; the proof, its purpose and its key still count."""
    text = "Whose key signed was not held against who is said to have signed: only proofs count."
    return Remark(Outcome.WARNING, UNBOUND, f"{text} {remark.detail}", remark.pointer)


def _times(item: ProofEvidence, world: World) -> Iterator[Remark]:
    tolerance = timedelta(seconds=world.limits.clock_tolerance_seconds)
    created = _instant(item.secured.proof, "created")
    if created is not None and created - world.now > tolerance:
        # Whoever signs chooses this date, so it decides nothing; the validity period does.
        text = "The proof is dated later than now."
        place = item.secured.place("/created")
        yield Remark(Outcome.WARNING, "PROOF_CREATED_IN_FUTURE", text, place)
    expires = _instant(item.secured.proof, "expires")
    if expires is not None and world.now - expires >= tolerance:
        yield _failed(item, "PROOF_EXPIRED", "The proof itself has expired.", "/expires")


def _instant(proof: JsonObject, member: str) -> datetime | None:
    """Read a time of a proof; the proof check has already judged its form."""
    try:
        return parse_timestamp(proof[member]) if member in proof else None
    except MalformedValueError:
        return None


def _key_status(item: ProofEvidence, world: World) -> Iterator[Remark]:
    if item.resolved is None:
        return
    try:
        require_usable_at(item.resolved, world.now, known_since=world.known_since)
    except KeyMaterialError as error:
        yield _failed(item, error.code, str(error), "/verificationMethod")
        return
    if item.resolved.revoked is not None:
        text = (
            f"The key that signed was revoked at {format_timestamp(item.resolved.revoked)}. By "
            "your own evidence the credential was there before."
        )
        place = item.secured.pointer + "/verificationMethod"
        yield Remark(Outcome.WARNING, "KEY_REVOKED_LATER", text, place)


def _challenge_and_domain(item: ProofEvidence, world: World) -> Iterator[Remark]:
    proof = item.secured.proof
    expected = world.expected_challenge
    if expected is not None and proof.get("challenge") != expected:
        yield _failed(
            item,
            "INVALID_CHALLENGE_ERROR",
            "The proof does not answer the challenge that was set: it may be a replay.",
            "/challenge",
            "INVALID_CHALLENGE_ERROR",
        )
    domain = world.expected_domain
    # VC Data Integrity 1.0 section 4.4: one string counts as a set of one.
    if domain is not None and as_list(proof.get("domain")) != [domain]:
        yield _failed(
            item,
            "INVALID_DOMAIN_ERROR",
            "The proof was made for another domain.",
            "/domain",
            "INVALID_DOMAIN_ERROR",
        )


def _failed(
    item: ProofEvidence, code: str, detail: str, member: str = "", problem: str = ""
) -> Remark:
    return Remark(
        Outcome.FAILED,
        code,
        detail,
        item.secured.place(member),
        SECURITY + problem if problem else "",
    )
