"""What can be wrong with a roster as a whole, and with one of its rows."""

from __future__ import annotations

from dataclasses import dataclass

from credentials.errors import TallystickError


class RosterError(TallystickError):
    """A file cannot be read as a roster, or lacks a column; the message says what to do.

    Codes: ROSTER_EMPTY, ROSTER_ENCODING, ROSTER_FORMAT, ROSTER_TOO_LARGE, ROSTER_COLUMNS,
    COLUMN_MISSING.
    """

    code = "ROSTER_ERROR"


@dataclass(frozen=True, slots=True)
class RosterFault:
    """What is wrong in one row: its number as a spreadsheet shows it, column, code, a sentence.

    The header is row 1.  Messages repeat nothing of the row beside dates, so that they can be
    logged.
    """

    row: int
    column: str
    code: str
    message: str
