"""Hosted badges of Open Badges 2.0: true is what stands at their own address today."""

from __future__ import annotations

from collections.abc import Iterator

from credentials.errors import VerificationError
from credentials.json_types import JsonObject, id_of, only
from credentials.legacy.classes import HOSTED, types_in
from credentials.legacy.scope import is_in_scope
from verifier.checks.world import passed
from verifier.legacy.documents import LEGACY_GONE, Found, HostedDocuments
from verifier.report import Outcome, Remark

DECISIVE = ("type", "name", "recipient", "issuedOn", "expires", "verification")
REFERENCES = ("badge", "issuer")
"""Members that must be the same in the file and at the host, and those whose id must be."""


def published_copy(
    document: JsonObject, classes: frozenset[str], documents: HostedDocuments
) -> Found:
    """Find what stands at the id of a badge that was received.

    Obligations (Open Badges 2.0, section "Hosted Verification"):

    1. the id is looked up, and what stands there names this very id: no other one is followed; an
       issuer that has taken the badge away has revoked it;
    2. it is of the class that it must be of;
    3. it says the same as the file, where that decides whom or what it is about.

    Raises what `HostedDocuments.exact` raises, and `VerificationError` (REVOKED,
    LEGACY_CHANGED).
    """
    # 1. and 2.
    try:
        found = documents.exact(document.get("id"), classes)
    except VerificationError as error:
        if error.code != LEGACY_GONE:
            raise
        text = "The issuer has taken the badge away from its address, and so revoked it."
        raise VerificationError(text, code="REVOKED") from error
    # 3.
    published = found.document
    changed = [name for name in DECISIVE if only(published.get(name)) != only(document.get(name))]
    changed += [
        name for name in REFERENCES if id_of(published.get(name)) != id_of(document.get(name))
    ]
    if changed:
        text = "The file says something else than the badge's own address: it was changed."
        raise VerificationError(text, code="LEGACY_CHANGED", pointer=f"/{changed[0]}")
    return found


def differences(document: JsonObject, found: Found) -> Iterator[Remark]:
    """Tell where the file says something else than its host, without deciding anything."""
    names = {
        name
        for name in document.keys() | found.document.keys()
        if document.get(name) != found.document.get(name)
    }
    if names - {*REFERENCES, "@context"}:
        text = "The file differs from what its host says; only what the host says is shown."
        yield Remark(Outcome.WARNING, "LEGACY_DIFFERS", text)


def scope_remark(identifier: str, issuer: Found) -> Remark:
    """Tell whether the issuer lets badges be hosted where this one is.

    Where the issuer was found by way of another address, both documents must allow it.
    """
    profiles = [(issuer.document, issuer.address)]
    if issuer.first is not None:
        profiles.append((issuer.first, issuer.first_address))
    if all(is_in_scope(identifier, profile, address) for profile, address in profiles):
        text = f"The badge is hosted where its issuer {issuer.address} hosts badges."
        return passed(text)
    text = (
        "The badge is hosted where its issuer does not host badges: somebody else made it in "
        "their name."
    )
    return Remark(Outcome.FAILED, "LEGACY_OUT_OF_SCOPE", text, "/id")


def is_hosted(document: JsonObject) -> bool:
    """Tell whether a badge is to be verified at its host."""
    verification = only(document.get("verification"))
    return isinstance(verification, dict) and bool(HOSTED & set(types_in(verification)))
