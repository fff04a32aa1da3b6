"""How a decision came about: by the policy alone, by an earlier decision, or by an assessor."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from recognition.deciding.judging import Judgement, Outcome
from recognition.deciding.precedents import Precedent


class DecisionClass(StrEnum):
    """Who or what decided."""

    AUTOMATIC = "automatic"
    PRECEDENT = "precedent"
    ASSESSOR = "assessor"


@dataclass(frozen=True, slots=True)
class Decided:
    """A judgement with how it came about; `overrides` is what had been proposed instead."""

    judgement: Judgement
    decision_class: DecisionClass
    precedent: Precedent | None = None
    overrides: Outcome | None = None
