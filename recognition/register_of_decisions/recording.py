"""What can be recorded about a case, and when it may be; pure.

Each kind knows what its entry says, given the entries that the case has, and what stands in its
way.  What is already there word for word is found by whoever records, before that is asked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from credentials.jcs import canonicalize
from credentials.json_types import JsonObject
from credentials.strict_json import parse_json
from recognition.decision_payload import LIMITS, OUTCOMES, read_object, read_payload
from recognition.register_of_decisions.appealing import is_too_late, last_day_to_appeal
from recognition.register_of_decisions.entries import FIRST_REVISION, Draft, Entry, EntryKind
from recognition.register_of_decisions.errors import AppealError, CaseDecidedError, RegisterError

TEXT_CHARACTERS = 10_000
"""Longest text of people: the grounds of an appeal, the reason of a supersession."""

NAME_CHARACTERS = 500
"""Longest id of a case or a person."""


class Ruling(StrEnum):
    """What became of an appeal."""

    UPHELD = "appeal-upheld"
    DISMISSED = "appeal-dismissed"


class Record(Protocol):
    """Something that can be recorded."""

    @property
    def case_id(self) -> str:
        """Name the case that it is about."""

    def draft(self, history: Sequence[Entry]) -> Draft:
        """Write what the entry says; `history` has the entries of the case, the oldest first."""

    def require_admissible(self, history: Sequence[Entry], at: datetime) -> None:
        """Raise `RegisterError` if it may not follow what the case has at this time."""


@dataclass(frozen=True, slots=True)
class Decision:
    """The first decision of a case: its payload, and the inputs that it can be computed from."""

    case_id: str
    payload: bytes
    inputs: bytes

    def __post_init__(self) -> None:
        """Refuse what cannot be read again."""
        _require_name(self.case_id, "id of the case")
        read_payload(self.payload)
        read_object(self.inputs, "inputs of the decision")

    def draft(self, history: Sequence[Entry]) -> Draft:
        """Write the decision as revision 1."""
        kind = EntryKind.DECISION
        return Draft(kind, self.case_id, FIRST_REVISION, self.payload, self.inputs, b"{}")

    def require_admissible(self, history: Sequence[Entry], at: datetime) -> None:
        """Raise `CaseDecidedError` if there is a decision already."""
        _require_free(history, FIRST_REVISION)


@dataclass(frozen=True, slots=True)
class Supersession:
    """A later decision of a case, which takes the place of the one before; that one stays.

    `revision` is one more than that of the decision that its author has seen: if somebody was
    faster, it is taken.  `ruling` answers an appeal; without one it is a correction.
    """

    case_id: str
    revision: int
    payload: bytes
    inputs: bytes
    by: str
    reason: str
    ruling: Ruling | None = None

    def __post_init__(self) -> None:
        """Refuse what cannot be read again, and a change without a reason."""
        _require_name(self.case_id, "id of the case")
        _require_name(self.by, "name of who supersedes")
        _require_text(self.reason, "reason of the supersession")
        read_payload(self.payload)
        read_object(self.inputs, "inputs of the decision")

    def draft(self, history: Sequence[Entry]) -> Draft:
        """Write the decision, and in the statement which one it supersedes and why."""
        statement = {
            "because": self.ruling or "correction",
            "by": self.by,
            "reason": self.reason,
            "supersedes": _decision(history, self.revision - 1).id,
        }
        return Draft(
            EntryKind.SUPERSESSION,
            self.case_id,
            self.revision,
            self.payload,
            self.inputs,
            canonicalize(statement),
        )

    def require_admissible(self, history: Sequence[Entry], at: datetime) -> None:
        """Raise `CaseDecidedError` if somebody was faster, `AppealError` if the ruling is amiss."""
        _require_free(history, self.revision)
        appeal = appeal_against(history, self.revision - 1)
        if appeal is None and self.ruling is not None:
            raise AppealError(
                "There is no appeal against this decision; a ruling answers one.", code="NO_APPEAL"
            )
        if appeal is not None and self.ruling is None:
            raise AppealError(
                f"Entry {appeal.sequence} is an appeal against this decision; only a ruling on it "
                "can supersede the decision.",
                code="APPEAL_PENDING",
            )


@dataclass(frozen=True, slots=True)
class Appeal:
    """An appeal against the decision of a case that is in force, by whom and on which grounds.

    One that comes after the time to appeal is taken only if somebody says why (`late_because`).
    """

    case_id: str
    revision: int
    by: str
    grounds: str
    late_because: str = ""

    def __post_init__(self) -> None:
        """Refuse an appeal of nobody or without grounds."""
        _require_name(self.case_id, "id of the case")
        _require_name(self.by, "name of who appeals")
        _require_text(self.grounds, "text of the grounds")
        if len(self.late_because) > TEXT_CHARACTERS:
            raise _too_long("reason to take a late appeal", TEXT_CHARACTERS)

    def draft(self, history: Sequence[Entry]) -> Draft:
        """Write against which decision it is."""
        decision = _decision(history, self.revision)
        statement = {"against": decision.id, "by": self.by, "grounds": self.grounds}
        if self.late_because.strip():
            statement["lateBecause"] = self.late_because
        return _about(decision, EntryKind.APPEAL, statement)

    def require_admissible(self, history: Sequence[Entry], at: datetime) -> None:
        """Raise if the decision is superseded or appealed already, or its time has ended."""
        _require_free(history, self.revision + 1)
        appeal = appeal_against(history, self.revision)
        if appeal is not None:
            raise AppealError(
                f"This decision is appealed already: entry {appeal.sequence}.",
                code="ALREADY_APPEALED",
            )
        decision = _decision(history, self.revision)
        if is_too_late(decision, at) and not self.late_because.strip():
            raise AppealError(
                f"The time to appeal this decision ended on {last_day_to_appeal(decision)}. Who "
                "takes a late appeal says why in writing.",
                code="APPEAL_LATE",
            )


@dataclass(frozen=True, slots=True)
class ReviewMark:
    """What a reviewer, who did not decide, would have decided; superseded decisions included."""

    case_id: str
    revision: int
    marker: str
    outcome: str
    remark: str

    def __post_init__(self) -> None:
        """Refuse a mark of nobody, and outcomes that no decision has."""
        _require_name(self.case_id, "id of the case")
        _require_name(self.marker, "name of the reviewer")
        if self.outcome not in OUTCOMES:
            raise RegisterError(
                f"A review mark is one of {', '.join(OUTCOMES)}.", code="MARK_MALFORMED"
            )
        if len(self.remark) > TEXT_CHARACTERS:
            raise _too_long("remark", TEXT_CHARACTERS)

    def draft(self, history: Sequence[Entry]) -> Draft:
        """Write which decision is marked, and how."""
        decision = _decision(history, self.revision)
        statement = {
            "marker": self.marker,
            "marks": decision.id,
            "outcome": self.outcome,
            "remark": self.remark,
        }
        return _about(decision, EntryKind.REVIEW_MARK, statement)

    def require_admissible(self, history: Sequence[Entry], at: datetime) -> None:
        """Raise if the reviewer has decided this case, or has marked the decision otherwise."""
        assessor = read_payload(_decision(history, self.revision).payload).assessor
        if assessor and self.marker in (assessor.id, assessor.second_reader):
            raise RegisterError(
                "Who decided a case cannot review it; ask somebody else.", code="MARKER_DECIDED"
            )
        for entry in history:
            if self._is_of_same_marker(entry):
                raise RegisterError(
                    f"Entry {entry.sequence} is another mark of this reviewer; marks stay.",
                    code="MARK_DIFFERS",
                )

    def _is_of_same_marker(self, entry: Entry) -> bool:
        is_mark = entry.kind is EntryKind.REVIEW_MARK and entry.revision == self.revision
        return is_mark and parse_json(entry.statement)["marker"] == self.marker


def appeal_against(history: Sequence[Entry], revision: int) -> Entry | None:
    """Find the appeal against one decision of a case."""
    appeals = (
        entry for entry in history if entry.kind is EntryKind.APPEAL and entry.revision == revision
    )
    return next(appeals, None)


def _decisions(history: Sequence[Entry]) -> dict[int, Entry]:
    return {entry.revision: entry for entry in history if entry.kind.decides}


def _decision(history: Sequence[Entry], revision: int) -> Entry:
    decisions = _decisions(history)
    if revision in decisions:
        return decisions[revision]
    raise RegisterError(
        f"This case has no decision {revision}; it has {len(decisions)}.", code="REVISION_UNKNOWN"
    )


def _require_free(history: Sequence[Entry], revision: int) -> None:
    winner = _decisions(history).get(revision)
    if winner is not None:
        raise case_decided(winner)


def case_decided(winner: Entry) -> CaseDecidedError:
    """Make the error for whoever decides a case that somebody else has decided."""
    return CaseDecidedError(
        f"Somebody else has decided this case: {_outcome(winner)}, entry {winner.sequence}, "
        f"recorded {winner.recorded_at}, {winner.id}. Nothing was recorded; read that decision "
        "first.",
        sequence=winner.sequence,
        entry_id=winner.id,
    )


def _outcome(entry: Entry) -> str:
    """Read what an entry decided; its payload was read strictly before it was recorded."""
    return str(parse_json(entry.payload, LIMITS).get("outcome"))


def decision_in_force(history: Sequence[Entry]) -> Entry | None:
    """Find the latest decision of a case; None if it has none."""
    decisions = _decisions(history)
    return decisions[max(decisions)] if decisions else None


def keeps_the_decision(later: Entry, before: Entry) -> bool:
    """Tell whether a decision is the one before, once more: as where an appeal is dismissed."""
    because = parse_json(later.statement).get("because")
    return because == Ruling.DISMISSED and later.payload == before.payload


def replaced_decisions(history: Sequence[Entry]) -> tuple[Entry, ...]:
    """Find the decisions of a case that another one took the place of, the oldest first."""
    decisions = sorted(_decisions(history).values(), key=lambda one: one.revision)
    kept = len(decisions)
    for later, before in zip(reversed(decisions), reversed(decisions[:-1]), strict=False):
        kept -= 1
        if not keeps_the_decision(later, before):
            return tuple(decisions[:kept])
    return ()


def _about(decision: Entry, kind: EntryKind, statement: JsonObject) -> Draft:
    """Write an entry that is about a decision and holds none itself."""
    return Draft(kind, decision.case_id, decision.revision, b"", b"", canonicalize(statement))


def _require_name(name: str, what: str) -> None:
    if not name or not name.isprintable():
        raise RegisterError(
            f"The {what} is empty or holds characters that cannot be printed.",
            code="NAME_MALFORMED",
        )
    if len(name) > NAME_CHARACTERS:
        raise _too_long(what, NAME_CHARACTERS)


def _require_text(text: str, what: str) -> None:
    if not text.strip():
        raise RegisterError(f"The {what} is empty.", code="TEXT_MISSING")
    if len(text) > TEXT_CHARACTERS:
        raise _too_long(what, TEXT_CHARACTERS)


def _too_long(what: str, characters: int) -> RegisterError:
    return RegisterError(f"The {what} has more than {characters} characters.", code="TOO_LONG")
