"""Deciding: one case under one policy, the same bytes each time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction

from credentials.jcs import canonicalize
from credentials.json_types import JsonObject
from recognition.deciding.assessing import rule
from recognition.deciding.blocks import require_block
from recognition.deciding.case import Ruling
from recognition.deciding.decision import Decided, DecisionClass
from recognition.deciding.facts import read_facts
from recognition.deciding.inputs import DecisionInputs
from recognition.deciding.judging import (
    AWARD_NOT_REACHED,
    Judgement,
    Outcome,
    held_to_plan,
    judge,
    within_cap,
)
from recognition.deciding.payload import payload_of
from recognition.deciding.precedents import Precedent, PrecedentRequest, repeat_precedent
from recognition.deciding.question import Cap, Question
from recognition.deciding.scope import require_in_force, require_in_scope
from recognition.errors import RecognitionError
from recognition.policies.policy import CapRule, Policy, Recognition
from recognition.policies.reading import read_policy
from recognition.policies.rules import Rules
from stacking.planning import Outcome as PlanOutcome


@dataclass(frozen=True, slots=True)
class RecognitionDecision:
    """A decision: its payload, and the inputs from which anybody decides the same again."""

    payload: JsonObject
    inputs: DecisionInputs

    @property
    def outcome(self) -> Outcome:
        """What was decided."""
        return Outcome(self.payload["outcome"])

    @property
    def payload_bytes(self) -> bytes:
        """The payload as canonical JSON (RFC 8785); id, time and proof are never part of it."""
        return canonicalize(self.payload)

    @property
    def inputs_bytes(self) -> bytes:
        """The inputs as canonical JSON."""
        return self.inputs.to_bytes()


def decide(inputs: DecisionInputs) -> RecognitionDecision:
    """Decide a case.

    Obligations: 1. the policy is sound, in force, and about this case; 2. its rules are applied
    to the facts; 3. what they refer is granted if an earlier decision settles it; 4. an assessor
    decides what is left, or otherwise, by name and with a reason.

    Raises `RecognitionError`; nothing is decided then.
    """
    policy = read_policy(inputs.policy_text)
    require_in_force(policy, inputs)
    return _decide(inputs, policy, policy.rules)


def decide_as_if_in_force(inputs: DecisionInputs) -> RecognitionDecision:
    """Tell what would be decided by a draft, whenever it is to begin; it is no decision."""
    policy = read_policy(inputs.policy_text)
    rules = replace(policy.rules, first_day=inputs.day, last_day=inputs.day)
    return _decide(inputs, policy, rules)


def _decide(inputs: DecisionInputs, policy: Policy, rules: Rules) -> RecognitionDecision:
    # 1.
    if not inputs.sources:
        raise RecognitionError("There is nothing to be recognised.", code="NO_SOURCE")
    require_in_scope(policy, inputs)
    plan = require_block(inputs)
    rules = replace(rules, conversions=rules.conversions + inputs.conversions)
    question = _question(inputs, policy)
    # 2.
    judged = held_to_plan(judge(rules, question), plan)
    decided = Decided(judged, DecisionClass.AUTOMATIC)
    # 3.
    if judged.outcome is Outcome.REFER and policy.precedents.is_allowed:
        decided = _by_precedent(decided, inputs, policy, question)
    # 4.
    if inputs.ruling is not None:
        _require_plan(inputs.ruling, plan)
        ruled = rule(inputs.ruling, decided.judgement, policy, question)
        decided = Decided(ruled.judgement, DecisionClass.ASSESSOR, overrides=ruled.overrides)
    return RecognitionDecision(payload_of(decided, inputs, policy, question, rules), inputs)


def _require_plan(ruling: Ruling, plan: PlanOutcome | None) -> None:
    """Nobody grants by name what the credentials do not add up to."""
    if ruling.outcome is Outcome.GRANT and plan not in (None, PlanOutcome.AWARD):
        text = "The credentials do not add up to the award, so nobody can grant it; refuse it, or "
        text += "ask the learner for what is missing."
        raise RecognitionError(text, code=AWARD_NOT_REACHED, pointer="/outcome")


def _question(inputs: DecisionInputs, policy: Policy) -> Question:
    return Question(
        facts=read_facts({name: one.value for name, one in inputs.facts.items()}),
        target=inputs.target.amount,
        said=inputs.said,
        day=inputs.day,
        cap=_cap(inputs, policy),
        programme_start=inputs.target.programme_start,
        grants_credit=inputs.target.recognition is not Recognition.EXEMPTION,
    )


def _cap(inputs: DecisionInputs, policy: Policy) -> Cap | None:
    """Find the cap that leaves least; one of which the use or the limit is unknown comes first."""
    classes = {source.source_class for source in inputs.sources}
    caps = [
        _cap_of(one, inputs) for one in policy.caps if any(c in one.source_classes for c in classes)
    ]
    return min(caps, key=_left, default=None)


def _cap_of(one: CapRule, inputs: DecisionInputs) -> Cap:
    limit = one.limit(inputs.target.size)
    used = None if limit is None else inputs.target.used.get(one.id)
    return Cap(limit or Fraction(0), used, one.partial)


def _left(cap: Cap) -> tuple[bool, Fraction, bool]:
    known = cap.used is not None
    return known, cap.amount - (cap.used or Fraction(0)), cap.partial


def _by_precedent(
    decided: Decided, inputs: DecisionInputs, policy: Policy, question: Question
) -> Decided:
    """Repeat an earlier decision where only what it settled was not passed."""
    judged, request = decided.judgement, _request(inputs, policy)
    known = tuple(_of_component(inputs))
    if request is None or not known or not judged.is_only_about_course:
        return decided
    found = repeat_precedent(
        request, known, binds_policy_version=policy.precedents.binds_policy_version
    )
    if not found.is_granted or found.granted is None or found.granted.unit != question.target.unit:
        told = tuple(dict.fromkeys((*judged.reasons, *found.reasons)))
        return replace(decided, judgement=replace(judged, reasons=told))
    granted = replace(judged, outcome=Outcome.GRANT, granted=found.granted)
    return Decided(_capped(granted, question), DecisionClass.PRECEDENT, found.precedent)


def _capped(granted: Judgement, question: Question) -> Judgement:
    """Limit what is repeated by what the cap leaves, and keep why it had been referred."""
    capped = within_cap(granted, question.cap)
    told = tuple(dict.fromkeys((*granted.reasons, *capped.reasons)))
    return replace(capped, reasons=told)


def _of_component(inputs: DecisionInputs) -> Iterator[Precedent]:
    """Keep earlier decisions about the same receiving component."""
    for one in inputs.precedents:
        if one.component in (None, inputs.target.component):
            yield one


def _request(inputs: DecisionInputs, policy: Policy) -> PrecedentRequest | None:
    """Say what a precedent is sought for: one source, of a course in a version that is stated."""
    if len(inputs.sources) != 1:
        return None
    (source,) = inputs.sources
    if source.achievement is None or source.version is None:
        return None
    return PrecedentRequest(
        issuer=source.issuer,
        achievement=source.achievement,
        version=source.version,
        policy_version=policy.digest,
        day=inputs.day,
    )
