"""The solver (OR-Tools CP-SAT): whole numbers, one worker, deterministic time.

The same model gives the same answer on any machine under any load: nothing depends on a clock.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from ortools.sat.python import cp_model

from stacking.budget import Budget

LARGEST_SUM = 2**60
"""Largest sum in whole numbers that is handed to the solver."""

Whole = cp_model.LinearExprT
"""An expression in whole numbers."""


class TooLargeError(Exception):
    """The amounts are too large or too fine for the solver; never leaves this room."""


FIRST_ATTEMPT = 3 / 20
"""Deterministic time of a first attempt at a question; each further round takes twice as long."""

ROUNDS = 16
"""Most rounds of attempts at a question."""

MANNERS = tuple(
    {
        "random_seed": number + 1,
        "cp_model_presolve": number % 2 == 1,
        "use_objective_lb_search": number % 4 >= 2,
    }
    for number in range(8)
)
"""Ways to search, the quickest for most questions first: without preparing the model."""


class Answer(Enum):
    """What the solver found out."""

    BEST = "the solution is the best, or any if nothing was asked to be large"
    IMPOSSIBLE = "there is no solution"
    NOT_SURE = "the budget ended"


@dataclass(slots=True)
class Purse:
    """What is left of a budget, for all questions of one search."""

    left: float

    @classmethod
    def of(cls, budget: Budget) -> Purse:
        """Fill it."""
        return cls(budget.solver_units)


class Solver:
    """A model, and the last solution of it."""

    def __init__(self, purse: Purse) -> None:
        """Begin with an empty model."""
        self.model = cp_model.CpModel()
        self.variables: list[cp_model.IntVar] = []
        self.solution: list[int] = []
        self.has_solution = False
        self._purse = purse
        self._solver = cp_model.CpSolver()
        self._solver.parameters.num_workers = 1
        # Sums over lots are knapsacks: a linear relaxation of everything decides most of them.
        self._solver.parameters.linearization_level = 2
        self._solver.parameters.symmetry_level = 0

    def variable(self, most: int) -> cp_model.IntVar:
        """Add a whole number from zero to a bound."""
        if most > LARGEST_SUM:
            raise TooLargeError
        self.variables.append(self.model.new_int_var(0, most, ""))
        return self.variables[-1]

    def maximize(self, objective: Whole) -> Answer:
        """Find a solution with the largest value of an expression."""
        self.model.maximize(objective)
        return self.solve()

    def solve(self) -> Answer:
        """Find a solution; the last one is kept if there is none.

        What takes long mostly began badly.  So the search is begun anew in another way, from the
        best solution so far, and each round takes longer than the one before.
        """
        # Half of what is left, so that whoever asks again after no answer has something to spend.
        end = self._purse.left / 2
        for doubled in range(ROUNDS):
            limit = FIRST_ATTEMPT * 2**doubled
            for manner in MANNERS:
                if self._purse.left <= end:
                    return Answer.NOT_SURE
                answer = self._attempt(manner, min(limit, self._purse.left - end))
                if answer is not Answer.NOT_SURE:
                    return answer
        return Answer.NOT_SURE

    def _attempt(self, manner: Mapping[str, int], limit: float) -> Answer:
        for name, value in manner.items():
            setattr(self._solver.parameters, name, value)
        self._solver.parameters.max_deterministic_time = limit
        self._hint()
        status = self._solver.solve(self.model)
        self._purse.left -= self._solver.deterministic_time
        if status == cp_model.MODEL_INVALID:
            raise TooLargeError
        if status in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            self.solution = [*self._solver.response_proto.solution]
            self.has_solution = True
        if status == cp_model.OPTIMAL:
            return Answer.BEST
        return Answer.IMPOSSIBLE if status == cp_model.INFEASIBLE else Answer.NOT_SURE

    def _hint(self) -> None:
        self.model.clear_hints()  # type: ignore[no-untyped-call]
        for variable, value in zip(self.variables, self.solution, strict=False):
            self.model.add_hint(variable, value)
