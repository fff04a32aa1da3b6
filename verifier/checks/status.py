"""Check "status": the issuer has not withdrawn the credential."""

from __future__ import annotations

from credentials.errors import CredentialError, IndeterminateError, StatusRetrievalError
from credentials.json_types import JsonObject, JsonValue, as_list, pointed
from keys.errors import UnresolvableError
from verifier.checks.document import of_error
from verifier.checks.world import Examine, World, skipped, types_of
from verifier.report import Outcome, Remark

NESTING = 1
"""A status list that has a status itself is not followed any further."""


def check_status(document: JsonObject, world: World, examine: Examine) -> tuple[Remark, ...]:
    """Check every status entry of a credential.

    Obligations (VCDM 2.0 section 4.10; Open Badges 3.0 section 9.1 step 4), for each entry:

    1. there are not too many, and this is not the status of the status of something;
    2. the entry is of exactly one type that is understood;
    3. what its type asks for is done; what cannot be done or read decides nothing.
    """
    entries = as_list(document.get("credentialStatus"))
    if not entries:
        return (skipped("NO_STATUS", "The credential has no status that could change."),)
    # 1.
    if len(entries) > world.limits.status_entries:
        text = f"There are more than {world.limits.status_entries} status entries."
        return (Remark(Outcome.FAILED, "TOO_MANY_STATUS_ENTRIES", text, "/credentialStatus"),)
    if world.nesting > NESTING:
        text = "The status of a status list is not followed any further."
        return (Remark(Outcome.INDETERMINATE, "STATUS_NESTED", text, "/credentialStatus"),)
    return tuple(
        remark.below(place)
        for place, entry in pointed(document["credentialStatus"], "/credentialStatus")
        for remark in _check_entry(entry, document, world, examine)
    )


def _check_entry(
    entry: JsonValue, document: JsonObject, world: World, examine: Examine
) -> tuple[Remark, ...]:
    # Reading lists is loaded for credentials that can be withdrawn.
    from verifier.checks.revocation_list import REVOCATION_LIST, check_revocation_list
    from verifier.checks.status_lists import KINDS, check_listed

    try:
        # 2.
        kind = _kind(entry, {REVOCATION_LIST, *KINDS})
        # 3.
        if kind == REVOCATION_LIST:
            return check_revocation_list(entry, document, world)
        return check_listed(entry, KINDS[kind], document, world, examine)
    except UnresolvableError as error:
        return (of_error(StatusRetrievalError(str(error)), Outcome.INDETERMINATE),)
    except CredentialError as error:
        # A list that is wrong says nothing: neither "revoked" nor "not revoked".
        return (of_error(error, Outcome.INDETERMINATE),)


def _kind(entry: JsonValue, understood: set[str]) -> str:
    types = set(types_of(entry)) if isinstance(entry, dict) else set()
    known = types & understood
    if len(known) != 1:
        raise IndeterminateError(
            "The credential has a status of a kind that is not understood here.",
            code="UNKNOWN_STATUS_TYPE",
        )
    return known.pop()
