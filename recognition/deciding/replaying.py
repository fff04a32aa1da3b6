"""Replaying: the same bytes again from the inputs of a decision, and what-if by other rules."""

from __future__ import annotations

from frameworks.registers import Registers
from recognition.deciding.decide import decide, decide_as_if_in_force
from recognition.deciding.inputs import DecisionInputs
from recognition.deciding.preparing import under
from recognition.policies.policy import Policy


def replay(inputs: bytes) -> bytes:
    """Decide again from the inputs of a decision: the canonical bytes of its payload.

    Raises `RecognitionError` for bytes that are no inputs, or that nothing is decided on.
    """
    return decide(DecisionInputs.from_bytes(inputs)).payload_bytes


def what_if(inputs: bytes, policy: Policy, registers: Registers) -> bytes:
    """Tell what would be decided on the same facts by a draft, or with other editions.

    Whether the draft is in force on the day of the decision does not matter; the policy's own
    text with newer registers tells what a new edition would change.
    """
    changed = under(DecisionInputs.from_bytes(inputs), policy, registers)
    return decide_as_if_in_force(changed).payload_bytes
