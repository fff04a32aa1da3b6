"""What a rule has to say about a document: one finding for each thing that is wrong."""

from __future__ import annotations

from typing import Literal, NamedTuple

Severity = Literal["error", "warning"]


class Finding(NamedTuple):
    """One broken rule: stable code, JSON pointer, a sentence for people, the clause it rests on."""

    code: str
    pointer: str
    message: str
    clause: str
    severity: Severity = "error"


def errors_among(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """Keep the findings that make a document unacceptable."""
    return tuple(finding for finding in findings if finding.severity == "error")
