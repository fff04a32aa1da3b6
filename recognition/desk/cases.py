"""What a case at the desk is: its states, and what is kept of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from credentials.json_types import JsonObject
from recognition.deciding.judging import Outcome
from recognition.register_of_decisions import Entry, last_day_to_appeal


class State(StrEnum):
    """How a case stands."""

    NEW = "new"
    """Received and examined; nobody has decided."""

    REFERRED = "referred"
    """The policy refers it to a person, and that is recorded."""

    SECOND_READING = "second-reading"
    """An assessor has ruled, and another person reads it before it counts."""

    DECIDED = "decided"
    APPEALED = "appealed"
    ERASED = "erased"
    """What was about the learner is gone; the register of decisions has what was decided."""


OPEN = (State.NEW, State.REFERRED, State.SECOND_READING, State.APPEALED)
"""States in which somebody has to do something."""

STATE_OF = {
    Outcome.GRANT: State.DECIDED,
    Outcome.REFUSE: State.DECIDED,
    Outcome.REFER: State.REFERRED,
}
"""How a case stands after a decision."""


class CameBy(StrEnum):
    """How an application came, which says what is known of who applies."""

    PRESENTATION = "presentation"
    """Signed by the holder, for this service and this time."""

    UPLOAD = "upload"
    DESK = "desk"
    """Taken in by somebody who works here."""


@dataclass(frozen=True, slots=True)
class Document:
    """A file as it was handed in: its name to show, and its bytes."""

    name: str
    data: bytes
    digest: str = ""


@dataclass(frozen=True, slots=True)
class NewCase:
    """An application before it is a case; `offer` is the name of what is applied for."""

    offer: str
    documents: tuple[Document, ...]
    came_by: CameBy
    language: str = "en"
    contact: str | None = None
    learner_name: str | None = None
    applicant: str | None = None
    """The learner's id, where a presentation proved it or somebody stated it."""


@dataclass(frozen=True, slots=True)
class Case:
    """A case as it stands; `version` grows with each change."""

    id: str
    offer: str
    state: State
    version: int
    received_at: str
    changed_at: str
    changed_by: str
    language: str
    title: str
    contact: str | None
    learner_name: str | None
    applicant: str | None
    came_by: CameBy
    assigned_to: str | None
    outcome: str | None
    proposed: str | None
    decided_at: str | None
    appeal_until: str | None
    examined_at: str | None

    @property
    def is_open(self) -> bool:
        """Tell whether somebody has to do something."""
        return self.state in OPEN


@dataclass(frozen=True, slots=True)
class StatedFact:
    """A fact that somebody stated by name."""

    name: str
    value: object
    by: str
    at: str


@dataclass(frozen=True, slots=True)
class KeptDecision:
    """A signed decision of a case, as the learner gets it."""

    revision: int
    entry: str
    credential: bytes
    made_at: str
    award: bytes | None = None
    """The award that was issued with it, if it grants one."""


@dataclass(frozen=True, slots=True)
class InboxAsked:
    """Which cases a page of the inbox shows, and after which one it begins."""

    states: tuple[State, ...] = OPEN
    offer: str | None = None
    words: str = ""
    after: tuple[str, str] | None = None
    items: int = 50


@dataclass(frozen=True, slots=True)
class InboxPage:
    """Cases in the order in which they came, and where the next page begins."""

    cases: tuple[Case, ...]
    following: tuple[str, str] | None = None
    counts: JsonObject = field(default_factory=dict)


def appealable_until(entry: Entry) -> str | None:
    """Write the last day on which a decision can be appealed; None if its policy names none."""
    last = last_day_to_appeal(entry)
    return None if last is None else last.isoformat()
