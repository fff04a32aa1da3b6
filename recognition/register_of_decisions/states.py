"""How each case of the register stands, from its entries; pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from credentials.json_types import JsonObject
from recognition.decision_payload import read_payload
from recognition.register_of_decisions.entries import Entry, EntryKind


@dataclass(frozen=True, slots=True)
class CaseState:
    """A case by its decision in force; `marks` counts the review marks of that decision."""

    case_id: str
    revision: int
    entry_id: str
    decided_on: str
    outcome: str
    decision_class: str
    is_appealed: bool = False
    marks: int = 0

    @property
    def is_open(self) -> bool:
        """Tell whether a person has to decide: it was referred, or an appeal is pending."""
        return self.is_appealed or self.outcome == "REFER"

    def to_json(self) -> JsonObject:
        """Write the state."""
        return {
            "case": self.case_id,
            "revision": self.revision,
            "decision": self.entry_id,
            "decidedOn": self.decided_on,
            "outcome": self.outcome,
            "class": self.decision_class,
            "appealed": self.is_appealed,
            "marks": self.marks,
        }


def case_states(entries: Iterable[Entry]) -> tuple[CaseState, ...]:
    """Tell how each case stands after all entries, which come in their order."""
    states: dict[str, CaseState] = {}
    for entry in entries:
        states[entry.case_id] = _after(states.get(entry.case_id), entry)
    return tuple(states.values())


def _after(state: CaseState | None, entry: Entry) -> CaseState:
    if state is None or entry.kind.decides:
        return _decided(entry)
    if entry.revision != state.revision:
        return state
    if entry.kind is EntryKind.APPEAL:
        return replace(state, is_appealed=True)
    return replace(state, marks=state.marks + 1)


def _decided(entry: Entry) -> CaseState:
    decision = read_payload(entry.payload)
    return CaseState(
        entry.case_id,
        entry.revision,
        entry.id,
        decision.decided_on.isoformat(),
        decision.outcome,
        decision.decision_class,
    )
