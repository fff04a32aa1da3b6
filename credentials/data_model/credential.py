"""The form of a credential (VC Data Model 2.0 section 4; VC Data Model 1.1 section 4)."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from credentials.data_model.common import (
    PRESENTATION,
    language_text_findings,
    optional_id_findings,
    order_findings,
    timestamp_findings,
    type_findings,
    typed_objects_findings,
    url_findings,
)
from credentials.data_model.related_resources import related_resource_form_findings
from credentials.data_model.status_entries import status_entry_findings
from credentials.findings import Finding
from credentials.json_types import JsonObject, as_list
from credentials.linked_data.context_policy import VC_V1, VC_V2

FINDINGS_REPORTED = 30
"""How many broken rules are listed before the list is cut."""


def credential_version(document: JsonObject) -> str | None:
    """Tell the version of the data model from the first context: "2.0", "1.1" or None."""
    contexts = document.get("@context")
    first = contexts[0] if isinstance(contexts, list) and contexts else None
    return "2.0" if first == VC_V2 else "1.1" if first == VC_V1 else None


def credential_findings(document: JsonObject) -> tuple[Finding, ...]:
    """Judge the form of a credential of either version.

    Codes: CONTEXT_MALFORMED, TYPE_MISSING, TYPE_MALFORMED, PRESENTATION_AND_CREDENTIAL,
    NOT_A_URL, ISSUER_MALFORMED, SUBJECT_MALFORMED, TIMESTAMP_MALFORMED,
    VALIDITY_PERIOD_REVERSED, DATE_OF_OTHER_VERSION, ISSUANCE_DATE_MISSING, MALFORMED_OBJECT,
    ID_MISSING, TEXT_MALFORMED, STATUS_MALFORMED, RELATED_RESOURCE_MALFORMED.
    """
    return tuple(islice(_findings(document), FINDINGS_REPORTED))


def _findings(document: JsonObject) -> Iterator[Finding]:
    yield from context_form_findings(document)
    yield from _type(document)
    yield from optional_id_findings(document, "", "VCDM 2.0 §4.4")
    yield from _issuer(document)
    yield from _subject(document)
    yield from _dates(document)
    for member in ("termsOfUse", "evidence", "refreshService", "credentialStatus"):
        yield from typed_objects_findings(document, member, _CLAUSES[member])
    yield from typed_objects_findings(document, "credentialSchema", "VCDM 2.0 §4.11", needs_id=True)
    yield from status_entry_findings(document)
    yield from language_text_findings(document, "", "VCDM 2.0 §4.6")
    yield from related_resource_form_findings(document)


_CLAUSES = {
    "credentialStatus": "VCDM 2.0 §4.10",
    "evidence": "VCDM 2.0 §5.6",
    "refreshService": "VCDM 2.0 §5.4",
    "termsOfUse": "VCDM 2.0 §5.5",
}


def context_form_findings(document: JsonObject) -> Iterator[Finding]:
    """Require an array of contexts that begins with the data model's own (VCDM 2.0 §4.3)."""
    contexts = document.get("@context")
    if not isinstance(contexts, list) or credential_version(document) is None:
        text = f"@context must be an array that begins with {VC_V2}."
        yield Finding("CONTEXT_MALFORMED", "/@context", text, "VCDM 2.0 §4.3")
        return
    for index, item in enumerate(contexts):
        if isinstance(item, str):
            yield from url_findings(item, f"/@context/{index}", "VCDM 2.0 §4.3")
        elif not isinstance(item, dict):
            text = "A context is neither a URL nor an object."
            yield Finding("CONTEXT_MALFORMED", f"/@context/{index}", text, "VCDM 2.0 §4.3")


def _type(document: JsonObject) -> Iterator[Finding]:
    yield from type_findings(document.get("type"), "/type", "VCDM 2.0 §4.5")
    if "VerifiableCredential" not in as_list(document.get("type")):
        text = "The type VerifiableCredential is missing."
        yield Finding("TYPE_MISSING", "/type", text, "VCDM 2.0 §4.5")
    if PRESENTATION in as_list(document.get("type")):
        text = "The document is a presentation and a credential at once."
        yield Finding("PRESENTATION_AND_CREDENTIAL", "/type", text, "VCDM 2.0 §4.13")


def _issuer(document: JsonObject) -> Iterator[Finding]:
    clause = "VCDM 2.0 §4.7"
    issuer = document.get("issuer")
    if isinstance(issuer, dict):
        yield from url_findings(issuer.get("id"), "/issuer/id", clause)
        yield from language_text_findings(issuer, "/issuer", clause)
    elif not isinstance(issuer, str):
        text = "The issuer is missing, or is neither a URL nor an object with an id."
        yield Finding("ISSUER_MALFORMED", "/issuer", text, clause)
    else:
        yield from url_findings(issuer, "/issuer", clause)


def _subject(document: JsonObject) -> Iterator[Finding]:
    clause = "VCDM 2.0 §4.8"
    value = document.get("credentialSubject")
    subjects = as_list(value)
    if not subjects:
        text = "The credential says nothing about anybody: credentialSubject is missing."
        yield Finding("SUBJECT_MALFORMED", "/credentialSubject", text, clause)
    for index, subject in enumerate(subjects):
        place = f"/credentialSubject/{index}" if isinstance(value, list) else "/credentialSubject"
        if not isinstance(subject, dict) or not subject:
            text = "A subject must be an object with at least one member."
            yield Finding("SUBJECT_MALFORMED", place, text, clause)
        else:
            yield from optional_id_findings(subject, place, clause)


def _dates(document: JsonObject) -> Iterator[Finding]:
    if credential_version(document) == "1.1":
        yield from _period(document, "issuanceDate", "expirationDate", "VCDM 1.1 §4.5")
        if "issuanceDate" not in document:
            text = "A credential of version 1.1 needs an issuanceDate."
            yield Finding("ISSUANCE_DATE_MISSING", "", text, "VCDM 1.1 §4.5")
        yield from _foreign_dates(document, ("validFrom", "validUntil"))
    else:
        yield from _period(document, "validFrom", "validUntil", "VCDM 2.0 §4.9")
        yield from _foreign_dates(document, ("issuanceDate", "expirationDate"))


def _period(document: JsonObject, first: str, last: str, clause: str) -> Iterator[Finding]:
    yield from timestamp_findings(document, first, clause)
    yield from timestamp_findings(document, last, clause)
    yield from order_findings(document, first, last, clause)


def _foreign_dates(document: JsonObject, members: tuple[str, ...]) -> Iterator[Finding]:
    """Refuse dates of the other version: their readers would not look for them."""
    for member in members:
        if member in document:
            text = "This date belongs to another version of the data model than the credential's."
            yield Finding("DATE_OF_OTHER_VERSION", f"/{member}", text, "VCDM 2.0 §4.9")
