"""A block: credit that several credentials add up to under an award rule, recognised as a whole.

The stack proof of it stands in the inputs of the decision, so anybody can recompute the block from
the credentials.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from credentials.verified import VerifiedCredential, subject_of
from frameworks.amounts import Interval, Rounding
from frameworks.conversions import Conversion, Credit, NotConvertible, convert
from frameworks.levels import Level
from frameworks.registers import Registers
from recognition.deciding.case import Target
from recognition.deciding.facts import Established, told_fact
from recognition.deciding.inputs import DecisionInputs
from recognition.deciding.register_extract import conversions_by
from recognition.errors import RecognitionError
from recognition.policies.consistency import AcceptedSources
from recognition.policies.policy import Policy, Recognition
from stacking.award_rules import AwardRule
from stacking.credential_lots import lots_of
from stacking.errors import StackingError
from stacking.lots import LedgerEntry, Lot, NotALot
from stacking.plan_json import told
from stacking.planning import Outcome, StackPlan, lots_used, plan, used_total
from stacking.proof_verification import verify_proof
from stacking.register_conditions import RegisterConditions
from stacking.rule_text import read_rule_text, rule_of_text
from stacking.stack_proof import PlanningContext, StackProof, read_proof, write_proof
from stacking.wallet import Conditions, EligibleLot, levels_of

BY_PLAN = "plan"
"""Who establishes what the credits of a block are."""

OF_WHOLE_CREDENTIALS = frozenset({"cost", "credits", "hours", "subsidy"})
"""Facts that a credential has which is used whole."""

REASONS_TOLD = 10
"""Most reasons why a block is not reached that one message tells."""

ID_TOLD = 100
"""How much of the id of a credential a message repeats."""


@dataclass(frozen=True, slots=True)
class Block:
    """The credentials of a block, the plan by which they add up, and the proof of it."""

    credentials: tuple[VerifiedCredential, ...]
    plan: StackPlan
    proof: StackProof

    @property
    def proof_text(self) -> str:
        """The proof as it stands in the inputs of a decision."""
        return self.proof.data.decode("utf-8")


def plan_block(
    rule_text: str,
    credentials: tuple[VerifiedCredential, ...],
    target: Target,
    policy: Policy,
    accepted: AcceptedSources,
    *,
    takes_short: bool = False,
    ledger: tuple[LedgerEntry, ...] = (),
) -> Block:
    """Plan a block by the rule (TOML) that it has to reach.

    Obligations: 1. a block is what is asked for, and all credentials are about one learner who is
    named by an id; 2. the rule is sound, and in a framework that the policy accepts; 3. registers
    that it accepts are asked, and no others; 4. the award is reached, or is to be refused or
    referred (`takes_short`), and what it does not need is no part of the block, nor what was spent
    by the `ledger`; 5. levels and amounts are read as the policy reads them.

    Raises `RecognitionError` (BLOCK_NOT_ASKED, OTHER_SUBJECT, FRAMEWORK_NOT_ACCEPTED,
    PLAN_NOT_REACHED, PLAN_READ_OTHERWISE), and `StackingError` for a rule that is none.
    """
    # 1.
    _require_asked(target)
    subject = _subject(credentials)
    # 2.
    rule, asked = _rule(rule_text, policy, accepted)
    # 3.
    lots, refused = _lots(credentials, rule, accepted, subject)
    context = PlanningContext(asked.sources, accepted.day, policy.method, ledger, subject)
    conditions = asked.for_lots(lots, rule, method=policy.method, ledger=ledger)
    # 4.
    wide = plan(lots, rule, conditions)
    used = _taken(wide, lots, refused, takes_short=takes_short)
    found = plan(used, rule, conditions)
    # 5.
    _require_read_alike(found, conditions, policy, accepted)
    proof = write_proof(found, used, read_rule_text(rule_text), context)
    return Block(_of_lots(used, credentials), found, proof)


def _require_asked(target: Target) -> None:
    if target.recognition is not Recognition.BLOCK:
        text = f"The receiving component grants {target.recognition} credit, and no block."
        raise RecognitionError(text, code="BLOCK_NOT_ASKED", pointer="/recognition")


def _subject(credentials: tuple[VerifiedCredential, ...]) -> str:
    named = {subject_of(one) for one in credentials}
    subject = named.pop() if len(named) == 1 else None
    if subject is None:
        text = "The credentials of a block are all about one learner who is named by an id."
        raise RecognitionError(text, code="OTHER_SUBJECT")
    return subject


def _rule(
    text: str, policy: Policy, accepted: AcceptedSources
) -> tuple[AwardRule, RegisterConditions]:
    stated = read_rule_text(text).get("framework")
    framework = stated if isinstance(stated, str) else None
    asked = RegisterConditions.of(Registers(accepted.sources), framework, accepted.day)
    rule = rule_of_text(text, {}, asked.conditions.units, asked.conditions.ladders)
    if rule.framework not in (None, *policy.frameworks):
        told_as = f"The rule {rule.id} is in {rule.framework}, which the policy does not accept."
        raise RecognitionError(told_as, code="FRAMEWORK_NOT_ACCEPTED", pointer="/framework")
    return rule, asked


def _lots(
    credentials: tuple[VerifiedCredential, ...],
    rule: AwardRule,
    accepted: AcceptedSources,
    subject: str,
) -> tuple[tuple[Lot, ...], tuple[NotALot, ...]]:
    registers = Registers(accepted.sources)
    read = [
        lots_of(one, rule, registers, as_of=accepted.day, expected_subject=subject)
        for one in credentials
    ]
    lots = tuple(lot for found, _refused in read for lot in found)
    return lots, tuple(one for _found, refused in read for one in refused)


def _taken(
    found: StackPlan, lots: tuple[Lot, ...], refused: Iterable[NotALot], *, takes_short: bool
) -> tuple[Lot, ...]:
    """Choose what a plan uses; where nothing counts, the first lot stands for all of them."""
    used = lots_used(found)
    if found.outcome is Outcome.AWARD:
        return used
    if not takes_short or not lots:
        raise _not_reached(found, refused)
    return used or lots[:1]


def _of_lots(
    lots: tuple[Lot, ...], credentials: tuple[VerifiedCredential, ...]
) -> tuple[VerifiedCredential, ...]:
    digests = {lot.digest for lot in lots}
    return tuple(one for one in credentials if one.digest in digests)


def _not_reached(found: StackPlan, refused: Iterable[NotALot]) -> RecognitionError:
    reasons = [
        *(f"missing for {name}: {told(short)}" for name, short in found.shortfalls.items()),
        *(
            f"{one.lot.id[:ID_TOLD]} does not count: {', '.join(one.reasons)}"
            for one in found.excluded
        ),
        *(f"{one.credential[:ID_TOLD]} does not count: {one.reason}" for one in refused),
    ]
    if found.outcome is Outcome.REFER:
        reasons.insert(0, "a person must read the plan, since not all of it is certain")
    more = "" if len(reasons) <= REASONS_TOLD else f"; and {len(reasons) - REASONS_TOLD} more"
    why = "; ".join(reasons[:REASONS_TOLD]) or "the rule is not met"
    text = f"The credentials do not reach {found.rule.id}, so there is no block: {why}{more}."
    return RecognitionError(text, code="PLAN_NOT_REACHED")


def _require_read_alike(
    found: StackPlan, conditions: Conditions, policy: Policy, accepted: AcceptedSources
) -> None:
    """Refuse a plan that rests on maps or conversions that the policy does not accept.

    Plans read levels by all published maps, and convert as the registers say; a policy may accept
    fewer maps, and has conversions of its own.
    """
    as_policy = replace(conditions, map_policy=policy.rules.map_policy)
    for one in found.eligible:
        if one.lot.id not in found.use:
            continue
        is_same_level = levels_of(one.lot, found.rule, as_policy) == one.levels
        if not is_same_level or not _is_same_amount(one, found.rule, policy, accepted):
            what = "amount" if is_same_level else "level"
            text = f"The policy reads the {what} of {one.lot.id} otherwise than the plan for "
            text += f"{found.rule.id}; plan it by a rule in the unit and framework of its own."
            raise RecognitionError(text, code="PLAN_READ_OTHERWISE")


def _is_same_amount(
    one: EligibleLot, rule: AwardRule, policy: Policy, accepted: AcceptedSources
) -> bool:
    lot = one.lot
    known: tuple[Conversion, ...] = (
        *policy.rules.conversions,
        *conversions_by(policy, accepted, lot.unit, rule.unit),
    )
    units = {name: unit for day in reversed(accepted.days) for name, unit in day.units.items()}
    credit = Credit(lot.amount, lot.unit, lot.already_converted)
    try:
        return convert(credit, rule.unit, known, units).exact == one.amount
    except NotConvertible:
        return False


def block_facts(
    found: StackPlan, known: Mapping[str, Established], rounding: Rounding | None
) -> dict[str, Established]:
    """Establish the credits of a block, and its level if the plan found one; keep other facts.

    What was converted for the plan is rounded as the policy says, and is not converted again. Of
    an amount that is no one number there is no fact, nor of what a credential in part has whole.
    """
    used = [item for item in found.eligible if item.lot.id in found.use]
    is_converted = any(one.lot.unit != found.rule.unit or one.lot.already_converted for one in used)
    is_in_part = any(part is not None for part in found.use.values())
    gone = OF_WHOLE_CREDENTIALS if is_in_part else {"credits"}
    facts = {name: one for name, one in known.items() if name not in gone}
    total = _rounded(used_total(found), used, found.rule, rounding).number
    if total is not None:
        credit = Credit(total, found.rule.unit, is_converted)
        facts["credits"] = Established(told_fact(credit), BY_PLAN)
    if found.award_level is not None and found.rule.framework is not None:
        level = Level(found.rule.framework, found.award_level)
        facts["level"] = Established(told_fact(level), BY_PLAN)
    return facts


def _rounded(
    total: Interval, used: Iterable[EligibleLot], rule: AwardRule, rounding: Rounding | None
) -> Interval:
    if rounding is None or all(one.lot.unit == rule.unit for one in used):
        return total
    return rounding.apply_to(total)


def proof_of_block(plan_text: str) -> StackProof:
    """Read the stack proof in the inputs of a decision; `RecognitionError` (PLAN_MALFORMED)."""
    try:
        return read_proof(plan_text.encode("utf-8", "surrogatepass"))
    except StackingError as error:
        raise RecognitionError(
            f"The plan of the block cannot be read. {error.message}", code="PLAN_MALFORMED"
        ) from error


def require_block(inputs: DecisionInputs) -> Outcome | None:
    """Require that a decision says of its block what its proof says; tell what the plan comes to.

    Obligations: 1. what a plan is said to establish has a plan; 2. the proof is one on the day of
    the decision and for its learner, and a block is what is asked for; 3. what an award uses are
    the sources, and what is listed where it is not reached.  Whether the credentials come to that
    is found out by whoever has them (`facts_of_block`).  None if there is no block.

    Raises `RecognitionError` (PLAN_MISSING, PLAN_MALFORMED, PLAN_DIFFERS).
    """
    # 1.
    if inputs.plan is None:
        if any(one.by == BY_PLAN for one in inputs.facts.values()):
            text = "A fact is said to come from a plan, and the plan is not there."
            raise RecognitionError(text, code="PLAN_MISSING", pointer="/plan")
        return None
    # 2. and 3.
    proof = proof_of_block(inputs.plan)
    outcome = Outcome(proof.members["outcome"])
    told_of = _digests_used(proof) if outcome is Outcome.AWARD else proof.digests
    stated = proof.planned_on, proof.members["subject"], frozenset(told_of)
    digests = frozenset(one.digest for one in inputs.sources)
    is_same = stated == (inputs.day, inputs.applicant, digests)
    if not is_same or inputs.target.recognition is not Recognition.BLOCK:
        text = "The plan of the block is not one for this learner, this day and these sources."
        raise RecognitionError(text, code="PLAN_DIFFERS", pointer="/plan")
    return outcome


def _digests_used(proof: StackProof) -> Iterator[str]:
    yield from (lot["digest"] for lot in proof.members["lots"] if lot["id"] in proof.use)


def facts_of_block(
    plan_text: str,
    credentials: tuple[VerifiedCredential, ...],
    known: Mapping[str, Established],
    policy: Policy,
    accepted: AcceptedSources,
) -> dict[str, Established]:
    """Establish once more what a block comes to, from the credentials alone.

    Raises `RecognitionError` (PLAN_MALFORMED, PLAN_DIFFERS, PLAN_READ_OTHERWISE).
    """
    proof = proof_of_block(plan_text)
    try:
        found = verify_proof(proof, credentials, Registers(accepted.sources)).plan
    except StackingError as error:
        text = f"The credentials do not come to the block of the decision. {error.message}"
        raise RecognitionError(text, code="PLAN_DIFFERS", pointer="/plan") from error
    asked = RegisterConditions.of(
        Registers(accepted.sources), proof.rule.framework, proof.planned_on
    )
    _require_read_alike(found, asked.conditions, policy, accepted)
    return block_facts(found, known, policy.rules.rounding)
