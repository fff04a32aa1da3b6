"""Endorsements of Open Badges 2.0: what others say about a badge, its class or its issuer."""

from __future__ import annotations

from credentials.errors import CredentialError, IndeterminateError, VerificationError
from credentials.json_types import JsonObject, JsonValue, as_list, id_of
from credentials.legacy.classes import PROFILES
from credentials.legacy.dates import parse_date
from verifier.checks.world import passed, skipped
from verifier.legacy.documents import Found, HostedDocuments
from verifier.legacy.hosted import is_hosted, scope_remark
from verifier.report import Outcome, Remark

ENDORSEMENT = frozenset({"Endorsement"})


def check_legacy_endorsements(
    document: JsonObject, badge: Found | None, issuer: Found | None, documents: HostedDocuments
) -> tuple[Remark, ...]:
    """Judge the endorsements of a badge, each under its own id.

    Obligations (Open Badges 2.0, section "Endorsement"): 1. it is looked up, and is hosted where
    its own issuer hosts; 2. it is about this badge, its class or its issuer; 3. it is not dated
    later than now; 4. a bad one is told and does not make the badge bad, since anybody could
    attach one; one that could not be looked at is told, too, as it is if there are too many.
    """
    parties = [document, *(found.document for found in (badge, issuer) if found is not None)]
    endorsements = [one for party in parties for one in as_list(party.get("endorsement"))]
    if not endorsements:
        return (skipped("NO_ENDORSEMENTS", "Nobody endorses the badge."),)
    endorsed = {identifier for party in parties if (identifier := id_of(party))}
    endorsed |= {found.address for found in (badge, issuer) if found is not None}
    most = documents.world.limits.embedded_credentials
    remarks = [_remark(one, endorsed, documents) for one in endorsements[:most]]
    if len(endorsements) > most:
        text = f"There are more endorsements than the {most} that are looked at."
        remarks.append(Remark(Outcome.WARNING, "TOO_MANY_ENDORSEMENTS", text))
    return tuple(remarks)


def _remark(value: JsonValue, endorsed: set[str], documents: HostedDocuments) -> Remark:
    # 4.
    try:
        _require_good(value, endorsed, documents)
    except IndeterminateError as error:
        text = f"An endorsement could not be verified; do not count on it: {error.message}"
        return Remark(Outcome.WARNING, "ENDORSEMENT_UNDECIDED", text)
    except CredentialError as error:
        text = f"An endorsement is not valid; ignore it: {error.message}"
        return Remark(Outcome.WARNING, "ENDORSEMENT_INVALID", text)
    return passed("An endorsement is valid.", "ENDORSEMENT_VALID")


def _require_good(value: JsonValue, endorsed: set[str], documents: HostedDocuments) -> None:
    # 1.
    found = documents.find(id_of(value), ENDORSEMENT)
    if not is_hosted(found.document):
        text = "It is not hosted, and other endorsements are not read here."
        raise IndeterminateError(text, code="ENDORSEMENT_NOT_CHECKED")
    issuer = documents.refer(found.document.get("issuer"), PROFILES, found)
    scope = scope_remark(found.address, issuer)
    if scope.outcome is not Outcome.PASSED:
        raise VerificationError(scope.detail, code=scope.code)
    # 2.
    if id_of(found.document.get("claim")) not in endorsed:
        raise VerificationError("It is about something else.", code="ENDORSEMENT_OF_OTHER")
    # 3.
    if parse_date(found.document["issuedOn"]) > documents.world.now:
        raise VerificationError("It is dated later than now.", code="NOT_YET_VALID")
