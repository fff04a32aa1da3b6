"""Judging: from facts and the rules of a policy to grant, refuse or refer, with every reason."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction

from frameworks.amounts import Interval
from frameworks.conversions import Conversion, loss
from recognition.deciding.gate_results import Claim, GateOutcome, GateResult, claim_of, evaluate
from recognition.deciding.question import Amount, Cap, Question
from recognition.policies.gates import OnFail
from recognition.policies.rules import Rules
from stacking.planning import Outcome as PlanOutcome

OF_CAPS = frozenset({"CAP_EXCEEDED", "CAP_EXHAUSTED", "CAP_LIMITED", "CAP_USE_UNKNOWN"})
"""Reasons about how much of a kind of credit the learner has, not about what was learned."""

AWARD_NOT_REACHED, AWARD_NOT_CERTAIN = "AWARD_NOT_REACHED", "AWARD_NOT_CERTAIN"
OF_LEARNERS = OF_CAPS | {AWARD_NOT_REACHED, AWARD_NOT_CERTAIN}
"""Reasons that say nothing about a course, so that no decision repeats them."""


class Outcome(StrEnum):
    """What is decided."""

    GRANT = "GRANT"
    REFUSE = "REFUSE"
    REFER = "REFER"


@dataclass(frozen=True, slots=True)
class ConversionTrace:
    """How the claimed amount became the granted one: by which conversion, and what was lost.

    `conversion` is None for an amount that is in the receiving unit already.
    """

    conversion: Conversion | None
    exact: Interval
    rounded: Interval

    @property
    def loss(self) -> Fraction | None:
        """What rounding took away (negative: gave), if the exact value is one number."""
        return loss(self.exact, self.rounded)


@dataclass(frozen=True, slots=True)
class Judgement:
    """What comes out of the rules: outcome, every reason and route, and what is granted."""

    outcome: Outcome
    reasons: tuple[str, ...] = ()
    routes: tuple[str, ...] = ()
    granted: Amount | None = None
    gates: tuple[GateResult, ...] = ()
    trace: ConversionTrace | None = None

    @property
    def is_only_about_course(self) -> bool:
        """Tell whether all that was not passed is about the course, not about this learner."""
        missed = [one for one in self.gates if one.outcome is not GateOutcome.PASSED]
        is_of_learner = bool(OF_LEARNERS & set(self.reasons))
        return all(one.gate.is_about_course for one in missed) and not is_of_learner


def judge(rules: Rules, question: Question) -> Judgement:
    """Judge facts by the rules of a policy.

    Obligations: 1. the policy is in force on the day; 2. all gates are evaluated, and every
    reason is told; what is unknown is never refused; 3. what is granted is one number, converted
    and rounded once; 4. a cap limits it.
    """
    # 1.
    if not rules.are_in_force(question.day):
        return Judgement(Outcome.REFER, ("POLICY_NOT_IN_FORCE",))
    # 2.
    claim = claim_of(question, rules)
    gates = tuple(evaluate(gate, question, rules, claim) for gate in rules.gates)
    judged = Judgement(
        outcome=_outcome(gates),
        reasons=tuple(dict.fromkeys(one.code for one in gates if one.code is not None)),
        routes=_routes(gates),
        gates=gates,
        trace=_trace(claim, rules, question),
    )
    if judged.outcome is not Outcome.GRANT:
        return judged
    # 3.
    granted = _granted(judged.trace, claim, rules, question)
    if isinstance(granted, str):
        return replace(judged, outcome=Outcome.REFER, reasons=(granted,))
    # 4.
    return within_cap(replace(judged, granted=granted), question.cap)


def held_to_plan(judged: Judgement, plan: PlanOutcome | None) -> Judgement:
    """Grant no block whose plan does not reach its award, whatever the gates say.

    What is certainly short is refused; what is not certain is referred, unless a gate refuses it.
    """
    if plan in (None, PlanOutcome.AWARD):
        return judged
    is_short = plan is PlanOutcome.NOT_YET
    code = AWARD_NOT_REACHED if is_short else AWARD_NOT_CERTAIN
    is_refused = is_short or judged.outcome is Outcome.REFUSE
    outcome = Outcome.REFUSE if is_refused else Outcome.REFER
    reasons = tuple(dict.fromkeys((*judged.reasons, code)))
    return replace(judged, outcome=outcome, reasons=reasons, granted=None)


def _outcome(gates: tuple[GateResult, ...]) -> Outcome:
    failed = [one for one in gates if one.outcome is GateOutcome.FAILED]
    if any(one.gate.on_fail is OnFail.REFUSE for one in failed):
        return Outcome.REFUSE
    is_open = any(one.outcome is GateOutcome.OPEN for one in gates)
    return Outcome.REFER if failed or is_open else Outcome.GRANT


def _routes(gates: tuple[GateResult, ...]) -> tuple[str, ...]:
    missed = (one.gate.route for one in gates if one.outcome is not GateOutcome.PASSED)
    return tuple(dict.fromkeys(route for route in missed if route is not None))


def _trace(claim: Claim, rules: Rules, question: Question) -> ConversionTrace | None:
    """Round the claimed amount once if it was converted; one in the unit itself stays as it is."""
    if claim.exact is None:
        return None
    credit = question.facts.credits
    is_converted = credit is not None and credit.unit != question.target.unit
    rounded = claim.exact
    if is_converted and rules.rounding is not None:
        rounded = rules.rounding.apply_to(claim.exact)
    return ConversionTrace(claim.conversion, claim.exact, rounded)


def _granted(
    trace: ConversionTrace | None, claim: Claim, rules: Rules, question: Question
) -> Amount | str:
    """Find the amount to grant, or the reason why a person must."""
    if not question.grants_credit:
        return Amount(Fraction(0), question.target.unit)
    if rules.grants_target:
        return question.target
    if trace is None:
        return claim.code or "CREDITS_UNKNOWN"
    number = trace.rounded.number
    if number is None and rules.takes_lower_end:
        number = trace.rounded.low
    return "AMOUNT_INTERVAL" if number is None else Amount(number, question.target.unit)


def within_cap(judged: Judgement, cap: Cap | None) -> Judgement:
    """Limit a grant to what a cap leaves; refuse what it does not leave whole, or at all."""
    granted = judged.granted
    if cap is None or granted is None:
        return judged
    if cap.used is None:
        return replace(judged, outcome=Outcome.REFER, reasons=("CAP_USE_UNKNOWN",), granted=None)
    left = cap.amount - cap.used
    if granted.amount <= left:
        return judged
    if left > 0 and cap.partial:
        limited = replace(granted, amount=left)
        return replace(judged, reasons=("CAP_LIMITED",), granted=limited)
    reason = "CAP_EXCEEDED" if left > 0 else "CAP_EXHAUSTED"
    return replace(judged, outcome=Outcome.REFUSE, reasons=(reason,), granted=None)
