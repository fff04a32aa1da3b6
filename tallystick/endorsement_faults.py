"""What an issuer is told about bad endorsements in what it is about to sign."""

from __future__ import annotations

from collections.abc import Iterator

from credentials.findings import Finding, Severity
from verifier.report import Outcome, Remark

NOT_DECIDED = frozenset(
    {"ENDORSEMENT_NOT_CHECKED", "ENDORSEMENT_UNDECIDED", "TOO_MANY_ENDORSEMENTS"}
)
"""What is said of endorsements that may be good."""

ENDORSEMENT_FAULTS = {
    "ENDORSEMENT_INVALID": "This endorsement does not verify: it was changed, is not signed, or "
    "does not hold now. Ask whoever made it for another one.",
    "ENDORSEMENT_OF_OTHER": "This endorsement is about something else than this credential. Give "
    "the one for this course.",
}
"""What an issuer does about bad endorsements; readers are told something else."""


def faults_of_endorsements(remarks: tuple[Remark, ...]) -> Iterator[Finding]:
    """Turn what the verifier says of endorsements into findings for the issuer."""
    for remark in remarks:
        if remark.outcome in (Outcome.WARNING, Outcome.FAILED):
            text = ENDORSEMENT_FAULTS.get(remark.code, remark.detail)
            severity: Severity = "warning" if remark.code in NOT_DECIDED else "error"
            yield Finding(remark.code, remark.pointer, text, "Open Badges 3.0 §9.1", severity)
