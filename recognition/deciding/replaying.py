"""Replaying: the same bytes again from the inputs of a decision, and what-if by other rules."""

from __future__ import annotations

from dataclasses import replace

from frameworks.registers import Registers
from recognition.deciding.assessing import NOTHING_REFERRED
from recognition.deciding.decide import decide, decide_as_if_in_force
from recognition.deciding.inputs import DecisionInputs
from recognition.deciding.preparing import under
from recognition.errors import RecognitionError
from recognition.policies.policy import Policy
from recognition.policies.reading import read_policy


def replay(inputs: bytes) -> bytes:
    """Decide again from the inputs of a decision: the canonical bytes of its payload.

    Raises `RecognitionError` for bytes that are no inputs, or that nothing is decided on.
    """
    return decide(DecisionInputs.from_bytes(inputs)).payload_bytes


def what_if(inputs: bytes, policy: Policy | None, registers: Registers) -> bytes:
    """Tell what would be decided on the same facts by a draft, or with other editions.

    Without a draft the policy is that of the decision, and newer registers tell what a new
    edition would change.  Whether the draft is in force on the day of the decision does not
    matter.  Where it decides itself what an assessor ruled, there would have been no ruling.
    """
    given = DecisionInputs.from_bytes(inputs)
    changed = under(given, policy or read_policy(given.policy_text), registers)
    try:
        return decide_as_if_in_force(changed).payload_bytes
    except RecognitionError as error:
        if error.code != NOTHING_REFERRED:
            raise
        return decide_as_if_in_force(replace(changed, ruling=None)).payload_bytes
