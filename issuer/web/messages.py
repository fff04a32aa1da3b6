"""The requests and answers of the issuer's interface."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from credentials.findings import Finding
from credentials.json_types import JsonObject
from credentials.linked_data.context_policy import VC_V2

_STRICT = ConfigDict(extra="forbid", strict=True)

POINTERS = 200
"""How many JSON pointers a request may list."""

Pointers = Annotated[list[Annotated[str, Field(max_length=2_048)]], Field(max_length=POINTERS)]


class IssueOptions(BaseModel):
    """Options of issuing.

    Key, suite, purpose and date of a proof are the instance's, and nobody else chooses them.
    """

    model_config = _STRICT

    mandatoryPointers: Pointers = Field(  # noqa: N815 - the name is the VC-API's
        default=[], description="What a holder must always show (ecdsa-sd-2023)."
    )


class CredentialToIssue(BaseModel):
    """An unsigned credential to issue."""

    model_config = _STRICT

    credential: dict[str, Any]
    options: IssueOptions = IssueOptions()


class DeriveOptions(BaseModel):
    """Options of deriving."""

    model_config = _STRICT

    selectivePointers: Pointers = Field(  # noqa: N815 - the name is the VC-API's
        default=[], description="JSON pointers to what is shown, beside what is mandatory."
    )


class CredentialToDerive(BaseModel):
    """A credential with a base proof, of which parts are to be shown."""

    model_config = _STRICT

    verifiableCredential: dict[str, Any]  # noqa: N815 - the name is the VC-API's
    options: DeriveOptions = DeriveOptions()


ISSUED_SCHEMA: JsonObject = {
    "type": "object",
    "required": ["@context", "type"],
    "properties": {
        "@context": {"type": "array"},
        "type": {"anyOf": [{"type": "string"}, {"type": "array"}]},
        "issuer": {"anyOf": [{"type": "string"}, {"type": "object"}]},
    },
}
"""The issued credential itself, or a token in its envelope."""

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


def envelope(token: bytes) -> JsonObject:
    """Wrap a token of the type vc+jwt (VCDM 2.0 section 4.13.1)."""
    return {
        "@context": [VC_V2],
        "id": f"data:application/vc+jwt,{token.decode('ascii')}",
        "type": "EnvelopedVerifiableCredential",
    }
