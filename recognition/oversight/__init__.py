"""Oversight of decisions: samples, consistency, replay, and what is published; pure.

Everything is computed from the register of decisions alone, so that anybody who has it comes to
the same figures.  What publishes figures (`transparency`) loads a solver and is imported by whoever
needs it.
"""

from recognition.oversight.consistency import (
    Agreement,
    Contradiction,
    cohens_kappa,
    contradicted_precedents,
    double_marked,
    override_rates,
    referral_share,
)
from recognition.oversight.recorded import Mark, RecordedDecision, Share
from recognition.oversight.replaying import Difference, Replay, check_replay, what_if
from recognition.oversight.sampling import Sample, draw_sample

__all__ = [
    "Agreement",
    "Contradiction",
    "Difference",
    "Mark",
    "RecordedDecision",
    "Replay",
    "Sample",
    "Share",
    "check_replay",
    "cohens_kappa",
    "contradicted_precedents",
    "double_marked",
    "draw_sample",
    "override_rates",
    "referral_share",
    "what_if",
]
