"""Releasing a decision: signed, then recorded, and only then handed out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from recognition.deciding.decide import RecognitionDecision
from recognition.register_of_decisions import Entry, Place
from recognition.registered_case import RegisteredCase, Superseding

Sign = Callable[[RecognitionDecision, Place | None], bytes]
"""Signs a decision as one of a case, or of none; raises if it cannot be signed.

Whoever signs gives the credential its entry of a status list before (`DecisionStatuses.give`)."""


class Released(NamedTuple):
    """A decision that may be handed out: as it was signed, and its entry, as far as there are."""

    signed: bytes | None
    entry: Entry | None


def release(
    decision: RecognitionDecision,
    case: RegisteredCase | None,
    superseding: Superseding | None,
    sign: Sign | None,
    at: datetime,
) -> Released:
    """Sign and record a decision.

    In this order nothing is lost wherever it is cut off.  What cannot be signed is not recorded;
    before the recording nobody has seen the decision; after it the register has it, and the same
    call signs the same bytes again.  The other way round there would be signed decisions that the
    register does not know, or two of one case.
    """
    place = None if case is None else case.place_of(decision, superseding)
    signed = None if sign is None else sign(decision, place)
    if case is None:
        return Released(signed, None)
    return Released(signed, case.record(decision, superseding=superseding, recorded_at=at))
