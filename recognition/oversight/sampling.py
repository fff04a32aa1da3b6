"""The sample for the Senate's review: anyone draws the same one from the published seed."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from recognition.errors import RecognitionError
from recognition.oversight.recorded import nothing

SEED_CHARACTERS = 1_000
"""Longest seed; a sentence in the minutes of the Senate is enough."""


@dataclass(frozen=True, slots=True)
class Sample:
    """The decisions to be reviewed, in the order of drawing, and what they were drawn from."""

    seed: str
    rate: Fraction
    population: int
    ids: tuple[str, ...]


def draw_sample(decision_ids: Iterable[str], *, seed: str, rate: Fraction) -> Sample:
    """Draw the share of decisions that the policy asks for.

    Decisions are ordered by SHA-256 over the seed and, directly behind it, the id of the
    decision, both in UTF-8; the first of them are the sample.  A share that is no whole number is
    rounded up, so that it is never less than the policy's.  Who may decide must not know the seed
    before: it is drawn and published when the decisions are in the register.

    Raises `RecognitionError` (SEED_MALFORMED, RATE_MALFORMED, ID_TWICE, NOTHING_TO_SAY).
    """
    ids = list(decision_ids)
    if not seed.strip() or len(seed) > SEED_CHARACTERS:
        raise RecognitionError(
            f"A seed is a text of at most {SEED_CHARACTERS} characters.", code="SEED_MALFORMED"
        )
    if not 0 < rate <= 1:
        raise RecognitionError(
            f"A share above 0 and at most 1 is drawn, not {rate}.", code="RATE_MALFORMED"
        )
    if not ids:
        raise nothing("decisions to draw from")
    if len(set(ids)) != len(ids):
        raise RecognitionError("One decision was given twice.", code="ID_TWICE")
    ordered = sorted(ids, key=lambda one: hashlib.sha256((seed + one).encode()).digest())
    return Sample(seed, rate, len(ids), tuple(ordered[: math.ceil(rate * len(ids))]))
