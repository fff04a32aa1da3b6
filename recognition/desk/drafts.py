"""What waits for a second reader, as the desk keeps it: a ruling, or the policy's own proposal."""

from __future__ import annotations

from dataclasses import asdict, replace
from fractions import Fraction

from credentials.json_types import JsonObject
from frameworks.amounts import canonical, parse_amount
from recognition.deciding.case import Ruling
from recognition.deciding.judging import Outcome
from recognition.desk.cases import State
from recognition.desk.examining import seen_in
from recognition.registered_case import Superseding
from service.errors import ConflictError
from service.people import Act
from service.writing_down import stamp

SOMEBODY_ELSE = "somebody else, who is named when they have read it"
"""Stands for the second reader while a ruling is only tried out."""


def to_be_read_over(ruling: Ruling) -> Ruling:
    """Give a ruling as it will be with a second reader, so that it can be tried out."""
    return replace(ruling, second_reader=SOMEBODY_ELSE)


def ruling_draft(ruling: Ruling, act: Act, before: State) -> JsonObject:
    """Write a ruling down, with who made it and how the case stood before."""
    members = asdict(ruling)
    members["outcome"] = ruling.outcome.value
    members["amount"] = None if ruling.amount is None else canonical(ruling.amount)
    members["substantial_differences"] = list(ruling.substantial_differences)
    return {"ruling": members, "by": act.actor, "at": stamp(act.at), "before": before.value}


def proposal_draft(anew: Superseding | None, act: Act, before: State) -> JsonObject:
    """Write down that somebody puts into force what the policy proposes, perhaps anew."""
    told = None if anew is None else {"by": anew.by, "reason": anew.reason}
    common = {"by": act.actor, "at": stamp(act.at), "before": before.value}
    return {"ruling": None, "anew": told, **common}


def ruling_of(draft: JsonObject) -> Ruling:
    """Read the ruling of a draft."""
    members = draft["ruling"]
    amount: Fraction | None = None if members["amount"] is None else parse_amount(members["amount"])
    return Ruling(
        assessor=members["assessor"],
        outcome=Outcome(members["outcome"]),
        reason=members["reason"],
        amount=amount,
        substantial_differences=tuple(members["substantial_differences"]),
    )


def anew_of(draft: JsonObject) -> Superseding | None:
    """Read who puts a proposal into force anew, and why; None if it is the first decision."""
    told = draft["anew"]
    return None if told is None else Superseding(told["by"], told["reason"])


def require_as_seen(draft: JsonObject, shown: JsonObject | None) -> None:
    """Require that an examination is the one that whoever made a draft has seen.

    A second person confirms, and decides nothing by themselves.  Raises `ConflictError`
    (DRAFT_OUTDATED).
    """
    if draft.get("seen") != seen_in(shown):
        text = (
            "What waits here has changed since somebody put it into force. "
            "Send it back, so that they look again."
        )
        raise ConflictError(text, code="DRAFT_OUTDATED")
