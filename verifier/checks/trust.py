"""Check "trust": whether the issuer is one that the reader knows."""

from __future__ import annotations

from credentials.json_types import JsonObject
from verifier.checks.world import World, issuer_id, passed, skipped
from verifier.report import Outcome, Remark


def check_trust(document: JsonObject, world: World) -> tuple[Remark, ...]:
    """Look the issuer up in the reader's own list.

    Obligations: 1. without a list nothing is said; 2. ids are compared character by character;
    3. an unknown issuer is a warning, because being unknown is no fault of the credential.
    """
    # 1.
    if world.trust is None:
        return (skipped("NO_TRUST_LIST", "No list of known issuers was given."),)
    # 2.
    trusted = world.trust.issuers.get(issuer_id(document) or "")
    if trusted is not None:
        name = f" as {trusted.name}" if trusted.name else ""
        return (passed(f"The issuer is known{name}, from {trusted.list_name}."),)
    # 3.
    text = "The issuer is not on your list of known issuers. Find out who they are."
    return (Remark(Outcome.WARNING, "ISSUER_NOT_LISTED", text, "/issuer"),)
