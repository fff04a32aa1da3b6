"""What a reviewer sees of a decision before marking it: what it was made from, and no outcome.

Gates, reasons, rulings and precedents tell how it came out, and the applicant is nobody's business
who reviews; none of them is here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from credentials.json_types import JsonObject
from recognition.deciding.inputs import DecisionInputs
from recognition.decision_payload import read_object
from recognition.oversight.recorded import Mark
from recognition.policies.policy import Policy
from recognition.policies.reading import read_policy
from recognition.register_of_decisions import Act, ActKind, Entry, EntryKind


@dataclass(frozen=True, slots=True)
class BlindCase:
    """A case to be marked: its day, its sources, what was asked for, and the facts.

    `sources`, `target` and `facts` are as the inputs of the decision write them; each source
    without its id and digest.
    """

    decided_on: date
    policy: Policy
    sources: tuple[JsonObject, ...]
    target: JsonObject
    facts: JsonObject
    is_block: bool

    @classmethod
    def of(cls, entry: Entry) -> BlindCase:
        """Read the inputs of a decision, and leave out what a reviewer must not know."""
        inputs = DecisionInputs.from_bytes(entry.inputs)
        document = read_object(entry.inputs, "inputs of the decision")
        return cls(
            decided_on=inputs.day,
            policy=read_policy(inputs.policy_text),
            sources=tuple(
                {name: value for name, value in source.items() if name not in ("id", "digest")}
                for source in document["sources"]
            ),
            target=document["target"],
            facts=document["facts"],
            is_block=inputs.plan is not None,
        )


def marks_of(history: Iterable[Entry]) -> tuple[Mark, ...]:
    """Read the review marks of a case, the oldest first."""
    return tuple(Mark.of(entry) for entry in history if entry.kind is EntryKind.REVIEW_MARK)


def drawn(acts: Iterable[Act]) -> dict[str, str]:
    """Name the decisions that were drawn for review, each with its case.

    Whoever still has to mark one of them must not see elsewhere how it came out.
    """
    return {
        row["decision"]: row["case"]
        for act in acts
        if act.kind is ActKind.DRAW
        for row in act.said["decisions"]
    }
