"""Decisions and review marks as oversight looks at them."""

from __future__ import annotations

from dataclasses import dataclass

from credentials.strict_json import parse_json
from recognition.decision_payload import DecisionPayload, read_payload
from recognition.errors import RecognitionError
from recognition.register_of_decisions import Entry, EntryKind


@dataclass(frozen=True, slots=True)
class RecordedDecision:
    """A decision of the register, read."""

    id: str
    case_id: str
    revision: int
    decision: DecisionPayload

    @classmethod
    def of(cls, entry: Entry) -> RecordedDecision:
        """Read the decision that an entry holds."""
        return cls(entry.id, entry.case_id, entry.revision, read_payload(entry.payload))

    @property
    def person(self) -> str:
        """Name whom the decision is about; one about nobody in particular stands for itself."""
        return self.decision.applicant or self.id


@dataclass(frozen=True, slots=True)
class Mark:
    """What a reviewer would have decided."""

    decision_id: str
    marker: str
    outcome: str

    @classmethod
    def of(cls, entry: Entry) -> Mark:
        """Read the mark that an entry holds; raise `RecognitionError` for other entries."""
        if entry.kind is not EntryKind.REVIEW_MARK:
            raise RecognitionError(
                f"Entry {entry.sequence} is no review mark.", code="MARK_MALFORMED"
            )
        statement = parse_json(entry.statement)
        return cls(statement["marks"], statement["marker"], statement["outcome"])


@dataclass(frozen=True, slots=True)
class Share:
    """How many of how many."""

    count: int
    of: int


def nothing(what: str) -> RecognitionError:
    """Make the error for a question about nothing, which has no answer."""
    return RecognitionError(f"There are no {what}, so nothing can be said.", code="NOTHING_TO_SAY")
