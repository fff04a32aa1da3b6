"""Cells of tables that people open in a spreadsheet: nothing in them must run there (CWE-1236)."""

from __future__ import annotations

FORMULA_STARTS = "=+-@\t\r\uff0b\uff0d\uff1d\uff20"
"""How a cell begins that a spreadsheet takes for a formula; the last four are wide forms."""

TEXT_MARK = "'"
"""What a spreadsheet reads in front of a text, and does not show."""


def is_formula(text: str) -> bool:
    """Tell whether a spreadsheet would compute this cell."""
    return text.startswith(tuple(FORMULA_STARTS))


def safe_cell(text: str) -> str:
    """Write a text so that no spreadsheet computes it; `plain_text` reads it again.

    A text that begins with the mark gets one, too, so that none is lost on the way back.
    """
    return f"{TEXT_MARK}{text}" if is_formula(text) or text.startswith(TEXT_MARK) else text


def plain_text(cell: str) -> str:
    """Read a cell that `safe_cell` wrote."""
    rest = cell.removeprefix(TEXT_MARK)
    return rest if is_formula(rest) or rest.startswith(TEXT_MARK) else cell
