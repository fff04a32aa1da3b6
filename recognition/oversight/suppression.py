"""Which cells of a table of counts are withheld, so that none of them can be computed.

Small cells are withheld because they are about few people.  From totals that are shown they could
be computed, so further cells are withheld until every one of them is open.  What a reader can
compute is found exactly: the smallest and the largest number that a withheld cell can have, given
all that is shown (Hundepool and others, Statistical Disclosure Control, 2012, chapter 4: cell
suppression and its audit).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ortools.sat.python import cp_model

Cell = tuple[str, ...]
"""Names a cell by where it stands."""

Doubts = dict[Cell, Mapping[Cell, int]]
"""For each withheld cell numbers that fit what is shown, and in which it is another one."""

SOLVER_UNITS = 8
"""Deterministic time for one question to the solver; what stays open then is withheld more."""


@dataclass(frozen=True, slots=True)
class Table:
    """Counts, and which of them are totals of which others; one cell may be in several sums."""

    counts: Mapping[Cell, int]
    sums: tuple[tuple[Cell, tuple[Cell, ...]], ...]


def withheld_cells(table: Table, small: frozenset[Cell], *, threshold: int) -> frozenset[Cell]:
    """Choose what is withheld: the small cells, and as much more as protects them.

    Obligations:

    1. every small cell is withheld;
    2. no withheld cell can be computed from what is shown;
    3. of no small cell does what is shown tell that it is below the threshold;
    4. none of the further cells could be shown after all.

    A reader is taken to know that a withheld cell that counts something is not zero.
    """
    # 1.
    withheld = small
    floors = dict.fromkeys(small, threshold)
    doubts: Doubts = {}
    # 2. and 3.; what leaves a cell in doubt still does when more is withheld.
    while (cell := _exposed(table, withheld, floors, doubts)) is not None:
        further = _further(table, withheld, cell)
        if further is None:
            return frozenset(table.counts)
        withheld |= {further}
    # 4.
    for cell in sorted(withheld - small, key=lambda one: (-table.counts[one], one)):
        fewer = withheld - {cell}
        kept = {one: found for one, found in doubts.items() if _leaves(table, found, cell)}
        if _exposed(table, fewer, floors, kept) is None:
            withheld, doubts = fewer, kept
    return withheld


def _leaves(table: Table, numbers: Mapping[Cell, int], cell: Cell) -> bool:
    """Tell whether other numbers leave one cell as it is, so that showing it changes nothing."""
    return numbers.get(cell, table.counts[cell]) == table.counts[cell]


def _further(table: Table, withheld: frozenset[Cell], exposed: Cell) -> Cell | None:
    """Choose one more cell to withhold: one that leaves fewest sums with a single unknown.

    Among these it is the smallest, and a total only if there is nothing else.  A cell of zero
    hides nothing; None if there is no other.
    """
    totals = {total for total, _parts in table.sums}
    sums = [{total, *parts} for total, parts in table.sums]
    open_sums = [cells for cells in sums if len(cells & withheld) == 1]
    shown = {cell for cell in table.counts.keys() - withheld if table.counts[cell]}
    near = [cells for cells in sums if exposed in cells]
    candidates = next(
        (found for some in (open_sums, near, sums) if (found := shown & set().union(*some))), set()
    )
    closes = {cell: sum(cell in cells for cells in open_sums) for cell in candidates}
    return min(
        candidates,
        key=lambda one: (one in totals, -closes[one], table.counts[one], one),
        default=None,
    )


def _exposed(
    table: Table, withheld: frozenset[Cell], floors: Mapping[Cell, int], doubts: Doubts
) -> Cell | None:
    """Find a withheld cell of which too much can be computed; note what leaves others in doubt."""
    reader = _Reader(table, withheld)
    for cell in sorted(withheld - doubts.keys()):
        numbers = reader.other_numbers(cell, floor=floors.get(cell, 0))
        if numbers is None:
            return cell
        doubts[cell] = numbers
    return None


class _Reader:
    """What somebody can compute who sees all cells but the withheld ones."""

    def __init__(self, table: Table, withheld: frozenset[Cell]) -> None:
        self._counts = table.counts
        self._model = cp_model.CpModel()
        # The solver needs an end; whatever can grow at all grows beyond every count.
        most = 2 * sum(table.counts.values())
        self._unknown = {
            cell: self._model.new_int_var(min(1, table.counts[cell]), most, "/".join(cell))
            for cell in sorted(withheld)
        }
        for total, parts in table.sums:
            if withheld & {total, *parts}:
                self._model.add(self._value(total) == sum(map(self._value, parts)))

    def other_numbers(self, cell: Cell, *, floor: int) -> Mapping[Cell, int] | None:
        """Find numbers that fit what is shown, with another one for the cell.

        None if there are none, or if the cell cannot reach the floor.
        """
        count = self._counts[cell]
        largest = self._extreme(cell, 1)
        if largest is None or largest[cell] < floor:
            return None
        if largest[cell] > count:
            return largest
        smallest = self._extreme(cell, -1)
        return smallest if smallest is not None and smallest[cell] < count else None

    def _extreme(self, cell: Cell, direction: int) -> Mapping[Cell, int] | None:
        self._model.maximize(direction * self._unknown[cell])
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = 1
        solver.parameters.random_seed = 1
        solver.parameters.max_deterministic_time = SOLVER_UNITS
        if solver.solve(self._model) != cp_model.OPTIMAL:
            return None
        return {one: int(solver.value(number)) for one, number in self._unknown.items()}

    def _value(self, cell: Cell) -> cp_model.LinearExprT:
        return self._unknown.get(cell, self._counts[cell])
