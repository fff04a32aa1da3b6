"""Reading a roster as a whole: everything is checked before anything is issued."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from issuer.names import plain_name
from issuer.rosters.columns import ColumnMapping, Field
from issuer.rosters.errors import RosterError, RosterFault
from issuer.rosters.limits import DEFAULT_ROSTER_LIMITS, RosterLimits
from issuer.rosters.rows import RosterRow, read_row
from issuer.rosters.tables import Row, Table

DIGEST_BYTES = 12
"""How much of a digest is remembered of each learner: 96 bits keep 100,000 of them apart."""

PREVIEWED = 5
"""How many rows a dry run shows as they were understood."""


@dataclass(frozen=True, slots=True)
class DryRun:
    """What reading a roster found: how many learners, the first of them, and the faults.

    `faults` are the first of `fault_count`; `faulty_rows` counts rows with at least one.
    """

    learners: int
    preview: tuple[RosterRow, ...]
    faults: tuple[RosterFault, ...]
    fault_count: int
    faulty_rows: int

    @property
    def can_be_issued(self) -> bool:
        """Tell whether there is somebody in it, and no fault."""
        return self.learners > 0 and self.fault_count == 0


def dry_run(
    table: Table,
    mapping: ColumnMapping,
    *,
    today: date,
    limits: RosterLimits = DEFAULT_ROSTER_LIMITS,
) -> DryRun:
    """Read every row and issue nothing; raise `RosterError` if the table cannot be read at all.

    Memory grows with the number of different learners by a few bytes each, and with nothing else.
    """
    found = _Found()
    for one in checked_rows(table, mapping, today=today, limits=limits):
        found.add(one, limits)
    if not found.learners and not found.fault_count:
        text = "The roster has no rows below its header."
        raise RosterError(text, code="ROSTER_EMPTY")
    return DryRun(
        found.learners,
        tuple(found.preview),
        tuple(found.faults),
        found.fault_count,
        found.faulty_rows,
    )


@dataclass(slots=True)
class _Found:
    learners: int = 0
    fault_count: int = 0
    faulty_rows: int = 0
    preview: list[RosterRow] = field(default_factory=list)
    faults: list[RosterFault] = field(default_factory=list)

    def add(self, one: RosterRow | tuple[RosterFault, ...], limits: RosterLimits) -> None:
        if isinstance(one, RosterRow):
            self.learners += 1
            self.preview += [one] if len(self.preview) < PREVIEWED else []
            return
        self.faulty_rows += 1
        self.fault_count += len(one)
        self.faults += one[: max(0, limits.faults - len(self.faults))]


def checked_rows(
    table: Table,
    mapping: ColumnMapping,
    *,
    today: date,
    limits: RosterLimits = DEFAULT_ROSTER_LIMITS,
) -> Iterator[RosterRow | tuple[RosterFault, ...]]:
    """Read row after row: a learner, or the faults of the row.

    A learner who stands in an earlier row, too, is a fault that names that row.  Raises
    `RosterError` for a mapping that names nobody, and for a table that cannot be read further.
    """
    mapping.require_usable(table.header)
    seen: dict[bytes, int] = {}
    for row in table.rows():
        read = _read(row, mapping, len(table.header), today, limits)
        yield _duplicate(read, seen) or read if isinstance(read, RosterRow) else read


def learners_of(table: Table, mapping: ColumnMapping, *, today: date) -> Iterator[RosterRow]:
    """Read the learners of a roster that a dry run found in order.

    Raises `RosterError` (ROSTER_CHANGED) at the first fault, which a dry run would have told.
    """
    for one in checked_rows(table, mapping, today=today):
        if not isinstance(one, RosterRow):
            text = f"Row {one[0].row} has a fault that was not there in the dry run."
            raise RosterError(text, code="ROSTER_CHANGED")
        yield one


def _read(
    row: Row, mapping: ColumnMapping, columns: int, today: date, limits: RosterLimits
) -> RosterRow | tuple[RosterFault, ...]:
    number, cells = row
    if any(cell.strip() for cell in cells[columns:]):
        text = f"This row has more cells than there are columns ({columns})."
        return (RosterFault(number, "", "ROW_TOO_LONG", text),)
    if any(len(cell) > limits.cell_characters for cell in cells):
        text = f"A cell of this row has more than {limits.cell_characters} characters."
        return (RosterFault(number, "", "CELL_TOO_LONG", text),)
    stated = {
        name: cells[position].strip() if position < len(cells) else ""
        for name, position in mapping.columns.items()
    }
    return read_row(number, stated, today=today)


def _duplicate(row: RosterRow, seen: dict[bytes, int]) -> tuple[RosterFault, ...] | None:
    """Find a learner who stands in an earlier row, too.

    It is the id or the number that says so where there is one; several learners may share a
    mailbox, so that an address alone says it only of the same name.
    """
    name, text = _identity(row)
    earlier = seen.setdefault(_digest(name, text), row.number)
    if earlier == row.number:
        return None
    message = f"The same learner stands in row {earlier}. Remove one of the two rows."
    return (RosterFault(row.number, name, "LEARNER_TWICE", message),)


def _identity(row: RosterRow) -> tuple[Field, str]:
    if row.learner_id is not None:
        return Field.LEARNER_ID, row.learner_id
    if row.student_number is not None:
        return Field.STUDENT_NUMBER, row.student_number
    return Field.EMAIL, f"{(row.email or '').casefold()}\n{plain_name(row.name)}"


def _digest(name: Field, text: str) -> bytes:
    return hashlib.blake2b(f"{name}\n{text}".encode(), digest_size=DIGEST_BYTES).digest()
