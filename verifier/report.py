"""What a verification says: twelve checks, each with an outcome and a stable code."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from credentials import verified
from credentials.errors import VerificationError
from credentials.json_types import JsonObject
from credentials.timestamps import format_timestamp
from verifier.sources import Source
from verifier.value_section import NOTHING_STATED, ValueSection


class Outcome(StrEnum):
    """Result of one check, from harmless to decisive."""

    SKIPPED = "skipped"
    PASSED = "passed"
    WARNING = "warning"
    INDETERMINATE = "indeterminate"
    FAILED = "failed"


_WEIGHT = {outcome: weight for weight, outcome in enumerate(Outcome)}


class Verdict(StrEnum):
    """Answer to "may I rely on this?"."""

    VALID = "valid"
    INVALID = "invalid"
    INDETERMINATE = "indeterminate"


CHECK_IDS = (
    "document",
    "schema",
    "context",
    "proof",
    "issuer",
    "validity",
    "status",
    "recipient",
    "endorsement",
    "value",
    "trust",
    "resources",
)
"""The checks in the order of a report; every report has each of them exactly once."""


class Remark(NamedTuple):
    """One thing that a check has to say: outcome, stable code, plain words, place."""

    outcome: Outcome
    code: str
    detail: str
    pointer: str = ""
    problem_type: str = ""
    clause: str = ""

    def below(self, pointer: str) -> Remark:
        """Give the same remark for a document that stands at `pointer` of another one."""
        if not pointer:
            return self
        return Remark(
            self.outcome,
            self.code,
            self.detail,
            pointer + self.pointer,
            self.problem_type,
            self.clause,
        )


class Check(NamedTuple):
    """One of the twelve checks with all its remarks, the weightiest first."""

    id: str
    remarks: tuple[Remark, ...]

    @property
    def decisive(self) -> Remark:
        """The remark that decides the outcome of the check."""
        return self.remarks[0]

    @property
    def outcome(self) -> Outcome:
        """Outcome of the weightiest remark."""
        return self.decisive.outcome

    def to_json(self) -> JsonObject:
        """Write the check with its decisive remark, and the others under `findings`."""
        members = {"id": self.id, **_remark_json(self.decisive)}
        if len(self.remarks) > 1:
            members["findings"] = [_remark_json(remark) for remark in self.remarks[1:]]
        return members


def _remark_json(remark: Remark) -> JsonObject:
    members: JsonObject = {
        "outcome": remark.outcome.value,
        "code": remark.code,
        "detail": remark.detail,
        "pointer": remark.pointer,
    }
    if remark.problem_type:
        members["type"] = remark.problem_type
    if remark.clause:
        members["clause"] = remark.clause
    return members


def check_of(check_id: str, remarks: Iterable[Remark]) -> Check:
    """Order the remarks of one check by weight; a check that says nothing is a defect of ours."""
    ordered = tuple(remarks)
    if not ordered:
        raise ValueError(f"The check {check_id} came to no result.")
    if len(ordered) > 1:
        ordered = tuple(sorted(ordered, key=lambda remark: -_WEIGHT[remark.outcome]))
    return Check(check_id, ordered)


def verdict_of(outcomes: Iterable[Outcome]) -> Verdict:
    """Decide the whole from its parts: valid only if nothing failed and nothing is open.

    No parts at all are not a pass (emptiness is failure).
    """
    present = set(outcomes)
    if not present or Outcome.FAILED in present:
        return Verdict.INVALID
    if Outcome.INDETERMINATE in present:
        return Verdict.INDETERMINATE
    return Verdict.VALID if Outcome.PASSED in present else Verdict.INDETERMINATE


@dataclass(frozen=True, slots=True)
class VerificationReport:
    """The whole answer about one document, for programs and for people."""

    checks: tuple[Check, ...]
    checked_at: datetime
    credential: JsonObject = field(default_factory=dict)
    section: ValueSection = NOTHING_STATED
    credentials: tuple[JsonObject, ...] = ()
    sources: tuple[Source, ...] = ()
    """The documents that were looked up: each with its origin and its time."""

    @property
    def value(self) -> JsonObject:
        """What the credential says it is worth, and what registers say of that."""
        return self.section.to_json()

    @property
    def verdict(self) -> Verdict:
        """Valid only if no check failed and none is indeterminate."""
        return verdict_of(check.outcome for check in self.checks)

    def __bool__(self) -> bool:
        """Tell whether the verdict is valid."""
        return self.verdict is Verdict.VALID

    def check(self, check_id: str) -> Check:
        """Find one of the twelve checks by its id."""
        return next(check for check in self.checks if check.id == check_id)

    def to_json(self) -> JsonObject:
        """Write the report as JSON: verdict, checks, credential, value."""
        members: JsonObject = {
            "verdict": self.verdict.value,
            "checked_at": format_timestamp(self.checked_at),
            "checks": [check.to_json() for check in self.checks],
            "credential": self.credential,
            "value": self.value,
        }
        if self.credentials:
            members["credentials"] = list(self.credentials)
        if self.sources:
            members["sources"] = [source.to_json() for source in self.sources]
        return members

    def raise_for_errors(self) -> None:
        """Raise a `VerificationError` for the weightiest check unless the verdict is valid."""
        if self.verdict is not Verdict.VALID:
            worst = self.worst
            raise VerificationError(worst.detail, code=worst.code, pointer=worst.pointer)

    @property
    def worst(self) -> Remark:
        """The decisive remark of the weightiest check."""
        return max(self.checks, key=lambda check: _WEIGHT[check.outcome]).decisive


@dataclass(frozen=True, slots=True)
class VerifiedCredential(verified.VerifiedCredential):
    """A credential that was verified, and how; only the verifier makes one."""

    report: VerificationReport


class VerifiedPresentation(NamedTuple):
    """A presentation that was verified; only `Verifier.verify_presentation` makes one.

    The holder signed the presentation and vouches for nothing in `credentials`: each of those is
    its own issuer's, and there is at least one.
    """

    document: JsonObject
    holder: str
    credentials: tuple[VerifiedCredential, ...]
    verification_methods: tuple[str, ...]
    report: VerificationReport
