"""Every limit of a roster, in one place: how large a file is read, and how it may be packed."""

from __future__ import annotations

from dataclasses import dataclass

MEBIBYTE = 1_048_576


@dataclass(frozen=True, slots=True)
class RosterLimits:
    """Largest roster that is read; whatever exceeds a limit is refused and never cut short."""

    file_bytes: int = 20 * MEBIBYTE
    """Size of the file as it is received."""

    rows: int = 100_000
    """Rows below the header.  Beyond it nothing is read: divide the roster."""

    columns: int = 64
    """Columns of the table."""

    cell_characters: int = 2_000
    """Length of one cell."""

    workbook_parts: int = 500
    """Files inside a workbook (XLSX), which is a ZIP archive."""

    unpacked_bytes: int = 128 * MEBIBYTE
    """Size of all files inside a workbook together, unpacked; they are read as a stream."""

    held_bytes: int = 32 * MEBIBYTE
    """Size of the files inside a workbook that are no sheets: they are held in memory."""

    faults: int = 500
    """How many faults are told; the others are counted."""


DEFAULT_ROSTER_LIMITS = RosterLimits()
