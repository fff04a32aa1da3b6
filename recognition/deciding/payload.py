"""The payload of a decision: what was decided and why, without id, time and proof.

Amounts are fractions as texts, dates are days; a member that does not apply is null.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from credentials.json_types import JsonObject
from frameworks.amounts import canonical
from frameworks.cases import parsing
from frameworks.dates import anniversary
from frameworks.levels import Level
from recognition.deciding.blocks import proof_of_block
from recognition.deciding.case import Ruling
from recognition.deciding.decision import Decided, DecisionClass
from recognition.deciding.facts import told_fact
from recognition.deciding.gate_results import GateOutcome, GateResult, level_reading
from recognition.deciding.inputs import (
    DecisionInputs,
    told_facts,
    told_registers,
    told_source,
)
from recognition.deciding.judging import AWARD_NOT_REACHED, OF_CAPS, ConversionTrace, Outcome
from recognition.deciding.question import Question
from recognition.policies.gates import LevelMin
from recognition.policies.policy import Policy
from recognition.policies.rules import Rules

DIFFERENCES = {
    "ASSESSMENT_NOT_ACCEPTED": "the learning was assessed in a way that is not accepted",
    "CREDITS_BELOW_MIN": "there are fewer credits than the receiving component has",
    "CREDITS_NOT_EQUAL": "there are not as many credits as the receiving component has",
    "FIELD_NOT_ACCEPTED": "the field of study is another one",
    "HOURS_BELOW_MIN": "there were fewer hours of learning than are asked for",
    "KIND_NOT_ACCEPTED": "this kind of credential is not accepted on this route",
    "LANGUAGE_NOT_ACCEPTED": "the learning was in a language that is not accepted",
    "LEVEL_BELOW_MIN": "the level is below the one that is asked for",
    "OVERLAP_BELOW_MIN": "too few of the receiving component's outcomes were reached",
    "QUALITY_ASSURANCE_NOT_ACCEPTED": "the quality assurance is not of a kind that is accepted",
}
"""What the certain failures of gates about a course mean; the others are about one award."""


def payload_of(
    decided: Decided, inputs: DecisionInputs, policy: Policy, question: Question, rules: Rules
) -> JsonObject:
    """Write a decision."""
    judged, ruling = decided.judgement, inputs.ruling
    may_repeat = _may_be_repeated(decided, inputs, policy)
    return {
        "policy": {"id": policy.id, "version": policy.version, "digest": policy.digest},
        "registers": told_registers(inputs.registers),
        "decidedOn": inputs.day.isoformat(),
        "applicant": inputs.applicant,
        "sources": [told_source(one) for one in inputs.sources],
        "target": {
            "component": inputs.target.component,
            "amount": canonical(inputs.target.amount.amount),
            "unit": inputs.target.amount.unit,
            "level": told_fact(inputs.target.level),
        },
        "facts": told_facts(inputs.facts),
        "gates": [_gate(one) for one in judged.gates],
        "levelPath": list(_level_path(question, rules)),
        "conversion": _conversion(judged.trace),
        "outcome": judged.outcome.value,
        "recognition": inputs.target.recognition.value if judged.granted else None,
        "granted": _granted(decided, inputs, policy, question),
        "reasons": list(judged.reasons),
        "routes": list(judged.routes) if judged.outcome is not Outcome.GRANT else [],
        "substantialDifferences": list(_differences(decided, inputs)),
        "class": decided.decision_class.value,
        "assessor": None if ruling is None else _assessor(ruling),
        "precedent": None if decided.precedent is None else decided.precedent.id,
        "overrides": None if decided.overrides is None else {"outcome": decided.overrides.value},
        "appeal": _appeal(policy, inputs.day),
        "allowedAsPrecedent": may_repeat,
        "validUntil": _valid_until(policy, inputs.day) if may_repeat else None,
        **_block(inputs),
    }


def _block(inputs: DecisionInputs) -> dict[str, Any]:
    """Name the rule of a block; decisions about other credit have no such member."""
    if inputs.plan is None:
        return {}
    proof = proof_of_block(inputs.plan)
    return {"block": {"rule": proof.rule.id, "ruleDigest": proof.members["ruleDigest"]}}


def _gate(one: GateResult) -> dict[str, Any]:
    return {
        "id": one.gate.id,
        "type": one.gate.type,
        "outcome": one.outcome.value,
        "code": one.code,
        "route": None if one.outcome is GateOutcome.PASSED else one.gate.route,
    }


def _level_path(question: Question, rules: Rules) -> Iterator[dict[str, Any]]:
    """Tell how the level was read in each framework that a gate asks about, by which maps."""
    level = question.facts.level
    tests = (gate.test for gate in rules.gates)
    frameworks = dict.fromkeys(one.framework for one in tests if isinstance(one, LevelMin))
    if level is None:
        return
    for framework in frameworks:
        reading = level_reading(level, framework, question, rules)
        yield {
            "from": told_fact(level),
            "framework": framework,
            "outcome": reading.outcome.value,
            "levels": list(reading.levels),
            "maps": [[one.id for one in path] for path in reading.paths],
            "reasons": list(reading.reasons),
        }


def _conversion(trace: ConversionTrace | None) -> dict[str, Any] | None:
    """Tell how the claim was converted; nothing if it is in the receiving unit already."""
    if trace is None or trace.conversion is None:
        return None
    one = trace.conversion
    return {
        "method": one.method.value,
        "ratio": None if one.ratio is None else canonical(one.ratio),
        "exact": parsing.told(trace.exact),
        "rounded": parsing.told(trace.rounded),
        "loss": None if trace.loss is None else canonical(trace.loss),
        "authority": one.authority,
    }


def _granted(
    decided: Decided, inputs: DecisionInputs, policy: Policy, question: Question
) -> dict[str, Any] | None:
    granted = decided.judgement.granted
    if granted is None:
        return None
    return {
        "amount": canonical(granted.amount),
        "unit": granted.unit,
        "level": told_fact(_granted_level(decided, inputs, policy, question)),
        "component": inputs.target.component,
    }


def _granted_level(
    decided: Decided, inputs: DecisionInputs, policy: Policy, question: Question
) -> Level | None:
    """Name the level of the component, or that which was established, then or earlier."""
    level = question.facts.level
    if inputs.target.level is not None:
        return inputs.target.level
    if level is not None and level.framework in policy.frameworks:
        return level
    return None if decided.precedent is None else decided.precedent.level


def _differences(decided: Decided, inputs: DecisionInputs) -> Iterator[str]:
    """State the substantial differences for which recognition is refused."""
    if decided.judgement.outcome is not Outcome.REFUSE:
        return
    if inputs.ruling is not None:
        yield from inputs.ruling.substantial_differences
        return
    if inputs.plan is not None and AWARD_NOT_REACHED in decided.judgement.reasons:
        short = proof_of_block(inputs.plan).members.get("shortfall", {})
        yield from (f"{name}: {amount} missing" for name, amount in short.items())
    for one in decided.judgement.gates:
        if one.outcome is GateOutcome.FAILED and one.code in DIFFERENCES:
            yield f"{one.gate.id}: {DIFFERENCES[one.code]}"


def _assessor(ruling: Ruling) -> dict[str, Any]:
    return {
        "id": ruling.assessor,
        "secondReader": ruling.second_reader,
        "reason": ruling.reason,
    }


def _appeal(policy: Policy, day: date) -> dict[str, Any]:
    until = date.fromordinal(min(day.toordinal() + policy.appeal.days, date.max.toordinal()))
    return {"days": policy.appeal.days, "body": policy.appeal.body, "until": until.isoformat()}


def _may_be_repeated(decided: Decided, inputs: DecisionInputs, policy: Policy) -> bool:
    """Tell whether the decision may be repeated: about one version of a course, and only that.

    A repetition is no precedent itself, or its validity would never end; a grant that a cap cut
    and a refusal for what is this learner's own say nothing about the course.
    """
    judged = decided.judgement
    has_version = len(inputs.sources) == 1 and None not in (
        inputs.sources[0].achievement,
        inputs.sources[0].version,
    )
    is_about_course = judged.outcome is Outcome.GRANT or judged.is_only_about_course
    return (
        policy.precedents.is_allowed
        and decided.decision_class is not DecisionClass.PRECEDENT
        and judged.outcome is not Outcome.REFER
        and has_version
        and is_about_course
        and not OF_CAPS & set(judged.reasons)
    )


def _valid_until(policy: Policy, day: date) -> str:
    """Name the last day on which the decision may be repeated."""
    last = anniversary(day, policy.precedents.years) - timedelta(days=1)
    return last.isoformat()
