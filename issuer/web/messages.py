"""The requests and answers of the issuer's interface."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict

from credentials.findings import Finding
from credentials.json_types import JsonObject

_STRICT = ConfigDict(extra="forbid", strict=True)


class IssueOptions(BaseModel):
    """Options of issuing: none.

    Key, suite, purpose and date of a proof are the instance's, and nobody else chooses them.
    """

    model_config = _STRICT


class CredentialToIssue(BaseModel):
    """An unsigned credential to issue."""

    model_config = _STRICT

    credential: dict[str, Any]
    options: IssueOptions = IssueOptions()


ISSUED_SCHEMA: JsonObject = {
    "type": "object",
    "required": ["@context", "type", "issuer", "credentialSubject", "proof"],
    "properties": {
        "@context": {"type": "array"},
        "type": {"anyOf": [{"type": "string"}, {"type": "array"}]},
        "issuer": {"anyOf": [{"type": "string"}, {"type": "object"}]},
    },
}
"""The issued credential itself, in no wrapping."""

DID_DOCUMENT_SCHEMA: JsonObject = {
    "type": "object",
    "required": ["id", "verificationMethod", "assertionMethod"],
    "properties": {"id": {"type": "string"}, "verificationMethod": {"type": "array"}},
}


def detail_of(finding: Finding) -> JsonObject:
    """Write a finding about the credential as problem details."""
    return {
        "type": "about:blank",
        "title": finding.severity,
        "detail": finding.message,
        "code": finding.code,
        "pointer": f"/credential{finding.pointer}",
        "clause": finding.clause,
    }
