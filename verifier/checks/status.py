"""Check "status": the issuer has not withdrawn the credential."""

from __future__ import annotations

from credentials.data_model.status_entries import status_index
from credentials.errors import CredentialError, IndeterminateError, StatusError
from credentials.json_types import JsonObject, JsonValue, as_list
from credentials.status.bitstring import bit_at, decode_list
from keys.errors import UnresolvableError
from verifier.checks.document import document_remarks, of_error
from verifier.checks.world import (
    Examine,
    StatusList,
    World,
    issuer_id,
    passed,
    skipped,
    types_of,
)
from verifier.report import Outcome, Remark, Verdict

ENTRY_TYPE = "BitstringStatusListEntry"
LIST_TYPE = "BitstringStatusListCredential"
NESTING = 1
"""A status list that has a status itself is not followed any further."""

PURPOSES = {
    "revocation": (Outcome.FAILED, "REVOKED", "The issuer has revoked the credential."),
    "suspension": (Outcome.FAILED, "SUSPENDED", "The issuer has suspended the credential for now."),
    "message": (Outcome.WARNING, "STATUS_MESSAGE", "The issuer has attached a message to it."),
    "refresh": (Outcome.WARNING, "REFRESH_AVAILABLE", "The issuer offers a newer credential."),
}
"""What a set bit means for each purpose (Bitstring Status List 1.0 section 2.1)."""


def check_status(document: JsonObject, world: World, examine: Examine) -> tuple[Remark, ...]:
    """Check every status entry of a credential.

    Obligations, for each entry (Bitstring Status List 1.0 section 3.2, Validate):

    1. the entry is of a type that is understood, and there are not too many;
    2. the list can be had, and is a credential that verifies;
    3. the list is the named one, of the credential's own issuer, for the entry's purpose;
    4. the bit is read; what cannot be read decides nothing.
    """
    entries = as_list(document.get("credentialStatus"))
    if not entries:
        return (skipped("NO_STATUS", "The credential has no status that could change."),)
    if len(entries) > world.limits.status_entries:
        text = f"There are more than {world.limits.status_entries} status entries."
        return (Remark(Outcome.FAILED, "TOO_MANY_STATUS_ENTRIES", text, "/credentialStatus"),)
    if world.nesting > NESTING:
        text = "The status of a status list is not followed any further."
        return (Remark(Outcome.INDETERMINATE, "STATUS_NESTED", text, "/credentialStatus"),)
    return tuple(_check_entry(entry, document, world, examine) for entry in entries)


def _check_entry(entry: JsonValue, document: JsonObject, world: World, examine: Examine) -> Remark:
    try:
        # 1.
        if not isinstance(entry, dict) or ENTRY_TYPE not in types_of(entry):
            raise IndeterminateError(
                "The credential has a status of a kind that is not understood here.",
                code="UNKNOWN_STATUS_TYPE",
            )
        # 2. to 4.
        return _read_entry(entry, document, world, examine)
    except UnresolvableError as error:
        remark = Remark(Outcome.INDETERMINATE, "STATUS_RETRIEVAL_ERROR", str(error))
    except CredentialError as error:
        # A list that is wrong says nothing: neither "revoked" nor "not revoked".
        remark = of_error(error, Outcome.INDETERMINATE)
    return remark.below("/credentialStatus")


def _read_entry(entry: JsonObject, document: JsonObject, world: World, examine: Examine) -> Remark:
    purpose, index = entry.get("statusPurpose"), status_index(entry.get("statusListIndex"))
    url = entry.get("statusListCredential")
    if not isinstance(purpose, str) or purpose not in PURPOSES or not isinstance(url, str):
        raise StatusError("The status entry does not say what it is for.")
    if entry.get("statusSize", 1) != 1:
        raise StatusError("Status entries of more than one bit are not read here.")
    if index is None:
        raise StatusError("The status entry has no index.")
    status_list, bits = _known_list(url, world, examine)
    if issuer_id(status_list) is None or issuer_id(status_list) != issuer_id(document):
        raise StatusError("The status list was made by somebody else than the issuer.")
    if purpose not in as_list(status_list["credentialSubject"].get("statusPurpose")):
        raise StatusError("The status list is for another purpose than the entry.")
    is_set = bit_at(bits, index)
    if is_set:
        outcome, code, detail = PURPOSES[purpose]
        return Remark(outcome, code, detail, "/credentialStatus")
    # A set bit counts in any list of the issuer.  A clear one counts only in the very list that
    # the credential names: another list of the same issuer could be put in its place.
    if status_list.get("id") != url:
        raise StatusError("The status list is not the one that the credential names.")
    return passed(f"The credential is not withdrawn ({purpose}).")


def _known_list(url: str, world: World, examine: Examine) -> StatusList:
    """Verify a list, once in one verification however often it is named."""
    lists, key = world.effort.lists, (url, world.nesting)
    if key not in lists:
        # As long as this stands, the list is being verified and must not depend on itself.
        lists[key] = StatusError("The status list names itself as its own status.")
        try:
            lists[key] = _verified_list(url, world, examine)
        except (CredentialError, UnresolvableError) as error:
            lists[key] = error
    known = lists[key]
    if isinstance(known, Exception):
        raise known
    return known


def _verified_list(url: str, world: World, examine: Examine) -> StatusList:
    status_list = world.resolver(url)
    failures = [
        remark
        for remark in document_remarks(status_list, limits=world.limits)
        if remark.outcome is Outcome.FAILED
    ]
    if failures or not isinstance(status_list, dict):
        raise StatusError("The status list is not a credential.")
    if LIST_TYPE not in types_of(status_list):
        raise StatusError(f"The status list is not of the type {LIST_TYPE}.")
    if examine(status_list, world.inner()).verdict is not Verdict.VALID:
        raise StatusError("The status list could not be verified.")
    subject = status_list.get("credentialSubject")
    if not isinstance(subject, dict):
        raise StatusError("The status list has no content.")
    return StatusList(status_list, decode_list(subject.get("encodedList"), limits=world.limits))
