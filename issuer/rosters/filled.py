"""Which rows of a table count: those below the header in which something stands."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

HEADER = 1
"""The number of the row that names the columns, as spreadsheets show it."""


def filled_below_header(
    records: Iterable[tuple[int, tuple[str, ...]]],
) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Leave out the header, and rows in which nothing stands; numbers stay as they are."""
    for number, cells in records:
        if number > HEADER and any(cell.strip() for cell in cells):
            yield number, cells
