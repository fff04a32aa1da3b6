"""The form of a presentation (VC Data Model 2.0 section 4.13)."""

from __future__ import annotations

from collections.abc import Iterator

from credentials.data_model.common import (
    PRESENTATION,
    optional_id_findings,
    type_findings,
    url_findings,
)
from credentials.data_model.credential import context_form_findings
from credentials.findings import Finding
from credentials.json_types import JsonObject, JsonValue, as_list
from credentials.limits import DEFAULT_LIMITS, Limits

CLAUSE = "VCDM 2.0 §4.13"
ENVELOPE = "EnvelopedVerifiableCredential"
CREDENTIAL_MEMBERS = frozenset(
    {
        "awardedDate",
        "credentialSchema",
        "credentialStatus",
        "credentialSubject",
        "endorsement",
        "endorsementJwt",
        "evidence",
        "expirationDate",
        "issuanceDate",
        "issuer",
        "refreshService",
        "relatedResource",
        "validFrom",
        "validUntil",
    }
)
"""Members that say something in an issuer's name; a presentation is signed by its holder."""


def presentation_findings(
    document: JsonObject, limits: Limits = DEFAULT_LIMITS
) -> tuple[Finding, ...]:
    """Judge the form of a presentation; its credentials are judged one by one elsewhere.

    Codes: CONTEXT_MALFORMED, TYPE_MALFORMED, TYPE_MISSING, PRESENTATION_AND_CREDENTIAL,
    CREDENTIAL_MEMBER, NOT_A_URL, HOLDER_MALFORMED, EMBEDDED_CREDENTIAL_MALFORMED,
    TOO_MANY_CREDENTIALS.
    """
    return tuple(_findings(document, limits))


def _findings(document: JsonObject, limits: Limits) -> Iterator[Finding]:
    yield from context_form_findings(document)
    yield from type_findings(document.get("type"), "/type", CLAUSE)
    if not is_presentation(document):
        text = "The type VerifiablePresentation is missing."
        yield Finding("TYPE_MISSING", "/type", text, CLAUSE)
    yield from _not_a_credential(document)
    yield from optional_id_findings(document, "", CLAUSE)
    yield from _holder(document)
    credentials = as_list(document.get("verifiableCredential"))
    if len(credentials) > limits.embedded_credentials:
        text = f"More than {limits.embedded_credentials} credentials are presented at once."
        yield Finding("TOO_MANY_CREDENTIALS", "/verifiableCredential", text, CLAUSE)
    for index, item in enumerate(credentials):
        yield from _embedded(item, f"/verifiableCredential/{index}")


def _not_a_credential(document: JsonObject) -> Iterator[Finding]:
    """Refuse what would read as a credential: the holder signed it, and nobody else."""
    if any(str(name).endswith("Credential") for name in as_list(document.get("type"))):
        text = "The document is a presentation and a credential at once."
        yield Finding("PRESENTATION_AND_CREDENTIAL", "/type", text, CLAUSE)
    for member in sorted(CREDENTIAL_MEMBERS & document.keys()):
        text = "A presentation has no such member: only a credential inside it may say this."
        yield Finding("CREDENTIAL_MEMBER", f"/{member}", text, CLAUSE)


def _holder(document: JsonObject) -> Iterator[Finding]:
    if "holder" not in document:
        return
    holder = document["holder"]
    if isinstance(holder, dict):
        yield from url_findings(holder.get("id"), "/holder/id", CLAUSE)
    elif isinstance(holder, str):
        yield from url_findings(holder, "/holder", CLAUSE)
    else:
        text = "The holder is neither a URL nor an object with an id."
        yield Finding("HOLDER_MALFORMED", "/holder", text, CLAUSE)


def _embedded(item: JsonValue, pointer: str) -> Iterator[Finding]:
    if not isinstance(item, dict):
        text = "A presented credential must be an object."
        yield Finding("EMBEDDED_CREDENTIAL_MALFORMED", pointer, text, CLAUSE)
    elif ENVELOPE in as_list(item.get("type")) and not _is_data_url(item.get("id")):
        text = "An enveloped credential must have a data: URL as its id."
        yield Finding("EMBEDDED_CREDENTIAL_MALFORMED", f"{pointer}/id", text, "VCDM 2.0 §4.13.1")


def _is_data_url(value: JsonValue) -> bool:
    return isinstance(value, str) and value.startswith("data:")


def is_presentation(document: JsonObject) -> bool:
    """Tell a presentation from a credential by its type."""
    return PRESENTATION in as_list(document.get("type"))
