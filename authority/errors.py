"""What can go wrong where a register is made and published."""

from __future__ import annotations

from typing import NamedTuple

from credentials.errors import TallystickError
from service.errors import ConflictError


class NotListedError(TallystickError):
    """The register has no row of this name."""

    code = "NOT_LISTED"


class ChangedMeanwhileError(ConflictError):
    """Somebody else changed what is being changed, after it was read."""

    code = "CHANGED_MEANWHILE"


class ImportRefusedError(TallystickError):
    """A register cannot be taken over as the source of the next edition."""

    code = "IMPORT_REFUSED"


class Fault(NamedTuple):
    """What keeps a register from becoming an edition: the row that it is about, and why.

    `kind` is "listings" or "accreditations" and `row_id` the id of the row at the desk; both are
    "" for a fault in another file, which `where` names.
    """

    kind: str
    row_id: str
    title: str
    where: str
    why: str


class EditionUnsoundError(TallystickError):
    """The next edition would not be a sound register; `faults` name every row and why."""

    code = "EDITION_UNSOUND"

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        """Keep the faults and say how many there are."""
        first = faults[0]
        named = f"{first.title}: " if first.title else f"{first.where}: "
        more = f" ({len(faults) - 1} more)" if len(faults) > 1 else ""
        super().__init__(f"This would be no sound edition. {named}{first.why}{more}")
        self.faults = faults
