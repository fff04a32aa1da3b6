"""Check "document": limits, strict JSON, and the rules that hold for every document."""

from __future__ import annotations

from credentials.document_rules import document_findings
from credentials.errors import CredentialError
from credentials.json_types import JsonObject, JsonValue
from credentials.legacy.classes import is_legacy
from credentials.limits import Limits
from credentials.strict_json import PlainJson, parse_plain_json
from verifier.checks.world import from_findings, passed
from verifier.formats import NOT_READ_YET, recognise
from verifier.report import Outcome, Remark


def read_document(data: bytes, *, limits: Limits) -> tuple[JsonObject | None, tuple[Remark, ...]]:
    """Read bytes as one JSON object, with what is to be said about them.

    Obligations (RFC 8259, I-JSON RFC 7493; VCDM 2.0 section 7.1 step 1):

    1. a form that is known but not opened is named, and left undecided;
    2. the bytes are strict JSON within the limits;
    3. the root is an object, and no value in it is ambiguous.
    """
    # 1.
    form = recognise(data)
    if form is not None:
        return None, (_not_opened(form),)
    # 2.
    try:
        value, plain = parse_plain_json(data, limits)
    except CredentialError as error:
        return None, (of_error(error),)
    # 3.
    remarks = document_remarks(value, limits=limits, plain=plain)
    return (value if isinstance(value, dict) else None), remarks


def document_remarks(
    value: JsonValue, *, limits: Limits, plain: PlainJson | None = None
) -> tuple[Remark, ...]:
    """Apply the rules of every document to parsed JSON; `plain` is what parsing found out of it."""
    if is_legacy(value):
        from credentials.legacy.rules import document_findings as legacy_findings

        findings = legacy_findings(value, limits)
    else:
        findings = document_findings(value, limits, plain)
    remarks = from_findings(findings)
    return remarks or (passed("The document is well-formed."),)


def of_error(error: CredentialError, outcome: Outcome = Outcome.FAILED) -> Remark:
    """Turn an error of our own tree into a remark that keeps code, place and problem type."""
    return Remark(outcome, error.code, error.message, error.pointer, error.problem_type)


def _not_opened(form: str) -> Remark:
    return Remark(
        Outcome.INDETERMINATE,
        f"UNSUPPORTED_{form.upper().replace('-', '_')}",
        f"This looks like {NOT_READ_YET[form]}. This software reads credentials as JSON, as signed "
        "tokens, in PNG and SVG images, and attached to PDFs; ask for one of these.",
    )
