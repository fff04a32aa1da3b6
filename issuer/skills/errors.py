"""What can be wrong with a file of skills: as a whole, or in some of its rows."""

from __future__ import annotations

from dataclasses import dataclass

from credentials.errors import TallystickError


class SkillFileError(TallystickError):
    """A file is no list of skills, or lacks a column; the message says what to do.

    Codes: SKILLS_EMPTY, SKILLS_ENCODING, SKILLS_FORMAT, SKILLS_TOO_LARGE, SKILLS_COLUMNS,
    SKILLS_FRAMEWORK, SKILLS_LANGUAGE, SKILLS_SOURCE, SKILLS_LICENCE.
    """

    code = "SKILLS_FORMAT"


@dataclass(frozen=True, slots=True)
class SkillFault:
    """What is wrong in one row (the header is 1) or JSON entry (the first is 1), in a sentence."""

    row: int
    column: str
    message: str


class SkillRowsError(SkillFileError):
    """Rows of a file are wrong, so that nothing of it is taken; `faults` has the first of them."""

    code = "SKILLS_ROWS"

    def __init__(self, faults: tuple[SkillFault, ...], count: int) -> None:
        """Describe the first fault, and say how many there are."""
        first = faults[0]
        more = f" ({count - 1} more)" if count > 1 else ""
        super().__init__(
            f"Nothing was loaded. Row {first.row}, {first.column}: {first.message}{more}"
        )
        self.faults = faults
        self.count = count
