"""The eight answers for people, and which report comes to which.

A report says valid, not valid or undecided.  People ask further: not valid any more, or never?
taken back, or forged?  So what is wrong with nothing but its time or its status is called by that.
"""

from __future__ import annotations

from enum import StrEnum

from verifier.report import Outcome, Verdict, VerificationReport


class Answer(StrEnum):
    """The answer in words, for a person who decides something."""

    VALID = "valid"
    ISSUER_NOT_KNOWN = "issuer-not-known"
    NOT_YET_VALID = "not-yet-valid"
    EXPIRED = "expired"
    SUSPENDED = "suspended"
    REVOKED = "revoked"
    UNDECIDED = "undecided"
    NOT_VALID = "not-valid"


BY_CODE = {
    "REVOKED": Answer.REVOKED,
    "SUSPENDED": Answer.SUSPENDED,
    "EXPIRED": Answer.EXPIRED,
    "NOT_YET_VALID": Answer.NOT_YET_VALID,
}
"""Faults that have an answer of their own, the weightiest first."""

FORGED = ("document", "context", "proof", "issuer")
"""Checks whose failure means that nothing in a document need be its issuer's."""

NOTHING_SHOWN = frozenset({"NO_CREDENTIAL_PRESENTED", "LEGACY_NOT_AN_AWARD"})
"""What is in order, and yet shows nothing that anybody could rely on."""


def answer_of(report: VerificationReport) -> Answer:
    """Choose the answer to a report.

    Obligations: 1. the page never says more than the report: only a valid one is called valid;
    2. a fault of time or status has its own answer, if nothing else failed; a revocation counts
    whatever is wrong with the form, unless the issuer is not shown to be the one that revokes;
    3. a valid one whose issuer is not on the reader's list says so; 4. what is in order and shows
    nothing is undecided.
    """
    if report.verdict is Verdict.INVALID:
        return _fault(report)
    codes = {remark.code for check in report.checks for remark in check.remarks}
    if report.verdict is Verdict.INDETERMINATE or codes & NOTHING_SHOWN:
        return Answer.UNDECIDED
    is_known = report.check("trust").outcome is Outcome.PASSED
    return Answer.VALID if is_known else Answer.ISSUER_NOT_KNOWN


def _fault(report: VerificationReport) -> Answer:
    remarks = [remark for check in report.checks for remark in check.remarks]
    failed = {remark.code for remark in remarks if remark.outcome is Outcome.FAILED}
    is_forged = any(report.check(name).outcome is Outcome.FAILED for name in FORGED)
    if "REVOKED" in failed and not is_forged:
        return Answer.REVOKED
    if not failed or failed - BY_CODE.keys():
        return Answer.NOT_VALID
    return next(answer for code, answer in BY_CODE.items() if code in failed)
