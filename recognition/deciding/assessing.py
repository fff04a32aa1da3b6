"""What an assessor may decide: what was referred, or otherwise than proposed, with a reason."""

from __future__ import annotations

from dataclasses import dataclass, replace

from recognition.deciding.case import Ruling
from recognition.deciding.judging import Judgement, Outcome, within_cap
from recognition.deciding.question import Amount, Question
from recognition.errors import RecognitionError
from recognition.policies.policy import Policy, SecondReader

NOTHING_REFERRED = "NOTHING_REFERRED"
"""Code of a ruling that says what the policy decides itself."""


@dataclass(frozen=True, slots=True)
class Ruled:
    """A judgement as an assessor made it; `overrides` is what was proposed instead, if it was."""

    judgement: Judgement
    overrides: Outcome | None


def rule(ruling: Ruling, proposed: Judgement, policy: Policy, question: Question) -> Ruled:
    """Apply a ruling.

    Obligations: 1. an assessor decides, with a reason in writing; who refuses names the
    substantial difference (Lisbon Recognition Convention); 2. only what was referred, or
    otherwise than proposed; 3. a second person reads it where the policy asks for that; 4. what
    is granted is within the caps.  Raises `RecognitionError`; nothing is decided then.
    """
    # 1.
    _require_reasons(ruling)
    # 2.
    amount = _amount(ruling, proposed, policy, question)
    is_same = (ruling.outcome, amount) == (proposed.outcome, proposed.granted)
    if is_same:
        text = f"The policy decides this itself ({proposed.outcome}); there is nothing to rule."
        raise RecognitionError(text, code=NOTHING_REFERRED)
    overrides = None if proposed.outcome is Outcome.REFER else proposed.outcome
    # 3.
    _require_second_reader(ruling, policy, is_override=overrides is not None)
    # 4.
    ruled = replace(proposed, outcome=ruling.outcome, granted=amount)
    capped = within_cap(ruled, question.cap)
    if capped.outcome is not ruled.outcome:
        text = "What the assessor grants is more than the caps of the policy leave."
        raise RecognitionError(text, code=capped.reasons[0])
    reasons = tuple(dict.fromkeys((*proposed.reasons, *capped.reasons)))
    return Ruled(replace(capped, reasons=reasons), overrides)


def _require_reasons(ruling: Ruling) -> None:
    if ruling.outcome is Outcome.REFER:
        text = "An assessor grants or refuses; to refer again decides nothing."
        raise RecognitionError(text, code="RULING_MALFORMED", pointer="/outcome")
    if not ruling.assessor.strip() or not ruling.reason.strip():
        text = "A ruling names the assessor and states the reason in writing."
        raise RecognitionError(text, code="REASON_MISSING", pointer="/reason")
    if ruling.outcome is Outcome.REFUSE and not any(
        one.strip() for one in ruling.substantial_differences
    ):
        text = "Who refuses recognition states the substantial difference that was found."
        raise RecognitionError(text, code="DIFFERENCE_MISSING", pointer="/substantial_differences")


def _require_second_reader(ruling: Ruling, policy: Policy, *, is_override: bool) -> None:
    wanted = policy.mandate.second_reader
    is_needed = wanted is SecondReader.ALWAYS or (wanted is SecondReader.OVERRIDES and is_override)
    reader = (ruling.second_reader or "").strip()
    if is_needed and not reader:
        text = "The policy asks for a second reader of this decision; name one."
        raise RecognitionError(text, code="SECOND_READER_MISSING", pointer="/second_reader")
    if reader and reader == ruling.assessor.strip():
        text = "The second reader is another person than the assessor."
        raise RecognitionError(text, code="SECOND_READER_IS_ASSESSOR", pointer="/second_reader")


def _amount(
    ruling: Ruling, proposed: Judgement, policy: Policy, question: Question
) -> Amount | None:
    """Find what is granted: what is ruled, or else what the policy would grant."""
    unit = question.target.unit
    if ruling.outcome is not Outcome.GRANT:
        return None
    if ruling.amount is not None:
        return Amount(ruling.amount, unit)
    if proposed.granted is not None:
        return proposed.granted
    if not question.grants_credit:
        return Amount(question.target.amount * 0, unit)
    if policy.rules.grants_target:
        return question.target
    number = None if proposed.trace is None else proposed.trace.rounded.number
    if number is None:
        text = "The claim does not say how much is granted; the ruling states the amount."
        raise RecognitionError(text, code="AMOUNT_MISSING", pointer="/amount")
    return Amount(number, unit)
