"""Whether a policy is about a case at all: its time, its sources, its programmes."""

from __future__ import annotations

from collections.abc import Iterator

from frameworks.levels import Level
from frameworks.scope import LevelScope
from recognition.deciding.inputs import DecisionInputs
from recognition.errors import RecognitionError
from recognition.policies.policy import Policy


def require_in_force(policy: Policy, inputs: DecisionInputs) -> None:
    """Refuse to decide by a policy before it begins or after it ended."""
    if policy.rules.are_in_force(inputs.day):
        return
    first, last = policy.rules.first_day, policy.rules.last_day
    ended = last is not None and inputs.day > last
    when = f"ended on {last}" if ended else f"begins on {first}"
    raise RecognitionError(
        f"The policy {policy.id}, version {policy.version}, {when}; nothing is decided by it on "
        f"{inputs.day}.",
        code="POLICY_NOT_IN_FORCE",
        pointer="/valid_until" if ended else "/valid_from",
    )


def require_in_scope(policy: Policy, inputs: DecisionInputs) -> None:
    """Refuse to decide what the policy is not about.

    Raises `RecognitionError` (OUT_OF_POLICY_SCOPE) with the place in the policy.
    """
    for place, why in _outside(policy, inputs):
        raise RecognitionError(
            f"The policy {policy.id} is not about this: {why}.",
            code="OUT_OF_POLICY_SCOPE",
            pointer=place,
        )


def _outside(policy: Policy, inputs: DecisionInputs) -> Iterator[tuple[str, str]]:
    scope, target = policy.scope, inputs.target
    for source in inputs.sources:
        if source.source_class not in scope.source_classes:
            yield "/scope/source_classes", f"{source.id} is {source.source_class} learning"
    if target.recognition not in scope.recognitions:
        yield "/scope/recognitions", f"it grants no {target.recognition} credit"
    if target.amount.unit != policy.unit:
        yield "/unit", f"it grants {policy.unit}, and the receiving component has another unit"
    if scope.programmes and target.programme not in scope.programmes:
        yield "/scope/programmes", "the programme is not among those that it names"
    field = target.field
    if scope.fields and not (field and field.startswith(scope.fields)):
        yield "/scope/fields", "the component's field of study is not among those that it names"
    if scope.levels is not None and not _is_within(target.level, scope.levels, inputs):
        yield "/scope/levels", "the component's level is not among those that it names"


def _is_within(level: Level | None, scope: LevelScope, inputs: DecisionInputs) -> bool:
    ladder = inputs.said.ladders.get(scope.framework)
    if level is None or ladder is None or level.framework != scope.framework:
        return False
    rank = ladder.rank(level.code)
    low = None if scope.low is None else ladder.rank(scope.low)
    high = None if scope.high is None else ladder.rank(scope.high)
    if rank is None or (low is None) is not (scope.low is None):
        return False
    if (high is None) is not (scope.high is None):
        return False
    return (low is None or rank >= low) and (high is None or rank <= high)
