"""The requests and answers of the verifier's interface."""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from credentials.data_model.common import PRESENTATION
from credentials.json_types import JsonObject
from credentials.strict_json import serialize_json
from service.web import RequestRefusedError
from verifier.checks.world import types_of
from verifier.report import Outcome, Remark, Verdict, VerificationReport

EXPECTATION_CHARACTERS = 2_048
"""Longest challenge or domain that is compared."""

CHECKS = 20
"""How many names of checks a request may list."""

_COMPACT_TOKEN = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*(?:~[A-Za-z0-9_.~-]*)?")
_STRICT = ConfigDict(extra="forbid", strict=True)

Document = dict[str, Any] | str
Expectation = Annotated[str, Field(max_length=EXPECTATION_CHARACTERS)]


class CredentialOptions(BaseModel):
    """Options of verifying a credential."""

    model_config = _STRICT

    checks: list[str] = Field(
        default=[],
        max_length=CHECKS,
        description="Taken and not needed: every check is always made.",
    )
    challenge: Expectation | None = Field(default=None, description="What the proof must answer.")
    domain: Expectation | None = Field(default=None, description="Whom the proof must be for.")


class PresentationOptions(CredentialOptions):
    """Options of verifying a presentation."""


class CredentialToVerify(BaseModel):
    """A credential to verify, as JSON or as a compact token."""

    model_config = _STRICT

    verifiableCredential: Document  # noqa: N815 - the name is the VC-API's
    options: CredentialOptions = CredentialOptions()


class PresentationToVerify(BaseModel):
    """A presentation to verify, as JSON or as a compact token."""

    model_config = _STRICT

    verifiablePresentation: Document  # noqa: N815 - the name is the VC-API's
    options: PresentationOptions = PresentationOptions()


def bytes_of(document: Document, member: str) -> bytes:
    """Write a document for the verifier.

    A text is a compact token: JSON inside a text is neither one form nor the other, and is refused
    (NOT_A_CREDENTIAL).
    """
    if isinstance(document, dict):
        return serialize_json(document)
    if not _COMPACT_TOKEN.fullmatch(document):
        text = "This must be a JSON object, or a token in its compact form."
        raise RequestRefusedError(text, code="NOT_A_CREDENTIAL", pointer=f"/{member}")
    return document.encode("ascii")


def is_presentation(report: VerificationReport) -> bool:
    """Tell whether what was verified is a presentation, in whatever form it came."""
    return PRESENTATION in types_of(report.credential)


def details_of(report: VerificationReport) -> list[JsonObject]:
    """List everything that is not in order, the weightiest first, as problem details."""
    remarks = [remark for check in report.checks for remark in check.remarks]
    told = [remark for outcome in REPORTED for remark in remarks if remark.outcome is outcome]
    return [detail_of(remark) for remark in told]


REPORTED = (Outcome.FAILED, Outcome.INDETERMINATE, Outcome.WARNING)


def detail_of(remark: Remark) -> JsonObject:
    """Write a remark as problem details."""
    return {
        "type": remark.problem_type or "about:blank",
        "title": remark.outcome.value,
        "detail": remark.detail,
        "code": remark.code,
        "pointer": remark.pointer,
    }


def answer_members(report: VerificationReport, scope: str | None) -> JsonObject:
    """Write what every answer about a document has: verdict, details, the whole report."""
    members: JsonObject = {
        "verified": report.verdict is Verdict.VALID,
        "verdict": report.verdict.value,
        "problemDetails": details_of(report),
        "report": report.to_json(),
    }
    return members if scope is None else {"scope": scope, **members}


_TEXT = {"type": "string"}
_DETAIL = {
    "type": "object",
    "required": ["type", "title", "detail", "code", "pointer"],
    "properties": dict.fromkeys(("type", "title", "detail", "code", "pointer"), _TEXT),
}
_REPORT = {
    "type": "object",
    "required": ["verdict", "checked_at", "checks", "credential", "value"],
    "properties": {
        "verdict": {"enum": [verdict.value for verdict in Verdict]},
        "checked_at": _TEXT,
        "checks": {"type": "array", "items": {"type": "object"}},
        "credential": {"type": "object"},
        "value": {"type": "object"},
    },
}
ANSWER_SCHEMA: JsonObject = {
    "type": "object",
    "required": ["verified", "verdict", "problemDetails", "report"],
    "properties": {
        "verified": {"type": "boolean"},
        "verdict": {"enum": [verdict.value for verdict in Verdict]},
        "problemDetails": {"type": "array", "items": _DETAIL},
        "report": _REPORT,
        "scope": {"type": "string", "description": "What this instance leaves out, if anything."},
    },
}
"""The answer about a document that is verified."""

CHALLENGE_SCHEMA: JsonObject = {
    "type": "object",
    "required": ["challenge", "expires"],
    "properties": {"challenge": _TEXT, "expires": {"type": "string", "format": "date-time"}},
}
