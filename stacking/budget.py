"""How much work a plan may be."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Budget:
    """How much one plan may cost.

    `solver_units` is deterministic time of the solver for all questions of a plan together, about
    a second each; beyond it a plan is referred to a person, with the best that was found.
    """

    solver_units: int = 8
