"""Which drawn decisions somebody still has to mark, and what was marked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from recognition.oversight.blind import drawn, marks_of
from recognition.oversight.recorded import Mark
from recognition.register_of_decisions import ActKind, Entry, RegisterOfDecisions
from service.errors import NotFoundError


@dataclass(frozen=True, slots=True)
class Drawn:
    """A drawn decision with the entries of its case."""

    number: int
    entry: Entry
    history: tuple[Entry, ...]

    @property
    def marks(self) -> tuple[Mark, ...]:
        """The marks of this decision, the first one first."""
        return tuple(one for one in marks_of(self.history) if one.decision_id == self.entry.id)

    def mark_by(self, name: str) -> Mark | None:
        """Find somebody's mark."""
        return next((one for one in self.marks if one.marker == name), None)


def drawn_decisions(register: RegisterOfDecisions, number: int) -> tuple[Drawn, ...]:
    """Read the decisions of a draw, in the order in which they were drawn."""
    act = register.acts.find(number)
    if act is None or act.kind is not ActKind.DRAW:
        raise NotFoundError("There is no such sample.")
    return tuple(_read(register, act.said["decisions"]))


def _read(register: RegisterOfDecisions, rows: list[dict[str, str]]) -> Iterator[Drawn]:
    for number, row in enumerate(rows, start=1):
        history = register.case(row["case"])
        entry = next((one for one in history if one.id == row["decision"]), None)
        if entry is not None:
            yield Drawn(number, entry, history)


def unmarked_by(register: RegisterOfDecisions, name: str) -> frozenset[str]:
    """Name the drawn decisions that somebody has not marked."""
    of_case = drawn(register.acts.all(ActKind.DRAW))
    marked = {
        mark.decision_id
        for case in set(of_case.values())
        for mark in marks_of(register.case(case))
        if mark.marker == name
    }
    return frozenset(of_case) - marked
