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


SEVERAL = Budget(solver_units=2)
"""How much it may cost to choose between several awards, beside a plan of each by itself."""
