"""Whether a badge of Open Badges 2.0 was taken back."""

from __future__ import annotations

from credentials.errors import CredentialError
from credentials.json_types import JsonObject, JsonValue, as_list, id_of, texts_among
from verifier.checks.document import of_error
from verifier.checks.world import passed, skipped
from verifier.legacy.documents import Found, HostedDocuments
from verifier.report import Outcome, Remark

REVOCATION_LIST = frozenset({"RevocationList"})


def check_revocation(
    document: JsonObject, issuer: Found | None, documents: HostedDocuments
) -> tuple[Remark, ...]:
    """Look for a revocation of a badge.

    Obligations (Open Badges 2.0, sections "Assertion" and "RevocationList"):

    1. the badge does not say itself that it is revoked;
    2. if the issuer publishes a list, it can be had under its own id, and is this issuer's: a
       list that cannot be read decides nothing;
    3. the list names neither the badge's id nor its uid.
    """
    # 1.
    if document.get("revoked") is True:
        return (_revoked(),)
    if issuer is None:
        return (skipped("NOT_REACHED", "Whether it was revoked was not found out."),)
    url = issuer.document.get("revocationList")
    if url is None:
        return (skipped("NO_STATUS", "The issuer publishes no list of revoked badges."),)
    return (_listed(document, url, issuer, documents),)


def _listed(
    document: JsonObject, url: JsonValue, issuer: Found, documents: HostedDocuments
) -> Remark:
    # 2.
    try:
        found = documents.exact(url, REVOCATION_LIST)
    except CredentialError as error:
        return of_error(error, Outcome.INDETERMINATE)
    if id_of(found.document.get("issuer")) not in (None, issuer.address):
        text = "The list of revoked badges is somebody else's."
        return Remark(Outcome.INDETERMINATE, "STATUS_VERIFICATION_ERROR", text)
    # 3.
    names = _names(document)
    if any(names & _names(entry) for entry in as_list(found.document.get("revokedAssertions"))):
        return _revoked()
    return passed("The issuer's list of revoked badges does not name this one.")


def _names(badge: JsonValue) -> set[str]:
    """Read the id and the uid of a badge, or an id that stands alone."""
    return texts_among((badge.get("id"), badge.get("uid")) if isinstance(badge, dict) else (badge,))


def _revoked() -> Remark:
    return Remark(Outcome.FAILED, "REVOKED", "The issuer has revoked the badge.")
