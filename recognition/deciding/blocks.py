"""A block: credit that a plan adds up to, recognised as a whole."""

from __future__ import annotations

from fractions import Fraction

from credentials.verified import VerifiedCredential
from frameworks.amounts import Interval
from frameworks.conversions import Credit
from frameworks.levels import Level
from recognition.deciding.facts import Established, told_fact
from recognition.errors import RecognitionError
from stacking.measures import used_amount
from stacking.planning import Outcome, StackPlan

BY_PLAN = "plan"
"""Who establishes what the credits of a block are."""


def used_credentials(
    plan: StackPlan, credentials: tuple[VerifiedCredential, ...]
) -> tuple[VerifiedCredential, ...]:
    """Choose the credentials that a plan uses.

    Raises `RecognitionError`: PLAN_NOT_REACHED unless the plan reaches its award;
    LOT_NOT_VERIFIED if a used lot is of none of the given credentials.
    """
    if plan.outcome is not Outcome.AWARD:
        text = f"The plan for {plan.rule.id} does not reach it, so there is no block to recognise."
        raise RecognitionError(text, code="PLAN_NOT_REACHED")
    by_digest = {one.digest: one for one in credentials}
    digests = [item.lot.digest for item in plan.eligible if item.lot.id in plan.use]
    missing = [digest for digest in digests if digest not in by_digest]
    if missing or not digests:
        text = "A lot of the plan is of none of the verified credentials."
        raise RecognitionError(text, code="LOT_NOT_VERIFIED")
    return tuple(by_digest[digest] for digest in dict.fromkeys(digests) if digest is not None)


def block_facts(plan: StackPlan) -> dict[str, Established]:
    """Establish the credits of a block, and its level if the plan found one.

    Credit of another unit was converted for the plan, so it is not converted again.
    """
    used = [item for item in plan.eligible if item.lot.id in plan.use]
    total = Interval.of(Fraction(0))
    for item in used:
        total += used_amount(item, plan.use[item.lot.id])
    converted = any(item.lot.unit != plan.rule.unit or item.lot.already_converted for item in used)
    facts = {}
    if total.number is not None:
        credit = Credit(total.number, plan.rule.unit, converted)
        facts["credits"] = Established(told_fact(credit), BY_PLAN)
    if plan.award_level is not None and plan.rule.framework is not None:
        level = Level(plan.rule.framework, plan.award_level)
        facts["level"] = Established(told_fact(level), BY_PLAN)
    return facts
