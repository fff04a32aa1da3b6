"""Tables of links: CSV with a column of web addresses, or one address in each line."""

from __future__ import annotations

import csv
from collections.abc import Iterator

from verifier.employer.entries import Entry, shown_name
from verifier.pages.intake import LINK_CHARACTERS

COLUMNS = ("link", "url", "credential", "badge", "lien", "enlace")
"""Titles of the column with the links, in small letters; without one, the first link counts."""

NAMES = ("name", "candidate", "file", "nom", "nombre")
"""Titles of the column with what a line is called."""

CELLS = 50
"""How many cells of a line are looked at."""

CELL_CHARACTERS = 10_000
SEPARATORS = ",;\t"
SCHEMES = ("https://", "http://")


def links_of(data: bytes) -> Iterator[Entry]:
    """Read a table; each line with anything in it is an entry, if only a refused one.

    Never raises for what is in it: a line that is no line of a table has no link.
    """
    lines = iter(data.decode("utf-8-sig", "replace").splitlines())
    first = next(lines, "")
    separator = max(SEPARATORS, key=first.count)
    header = [cell.strip().lower() for cell in _cells(first, separator)]
    has_header = not any(_is_link(cell) for cell in header)
    link_at, name_at = _place(header, COLUMNS), _place(header, NAMES)
    if not has_header:
        yield from _entries(_cells(first, separator), None, None)
        link_at = name_at = None
    for line in lines:
        yield from _entries(_cells(line, separator), link_at, name_at)


def _entries(cells: list[str], link_at: int | None, name_at: int | None) -> Iterator[Entry]:
    if not any(cells):
        return
    named = _cell(cells, link_at)
    link = named if _is_link(named) else next((one for one in cells if _is_link(one)), "")
    name = _cell(cells, name_at) or link or next(cell for cell in cells if cell)
    if len(link) > LINK_CHARACTERS or not link:
        yield Entry.refused(name, "NO_LINK")
    else:
        yield Entry(shown_name(name), link=link)


def _cells(line: str, separator: str) -> list[str]:
    try:
        row = next(csv.reader([line[:CELL_CHARACTERS]], delimiter=separator), [])
    except csv.Error:
        return [line.strip()]
    return [cell.strip() for cell in row[:CELLS]]


def _cell(cells: list[str], place: int | None) -> str:
    return cells[place] if place is not None and place < len(cells) else ""


def _place(header: list[str], titles: tuple[str, ...]) -> int | None:
    return next((header.index(title) for title in titles if title in header), None)


def _is_link(cell: str) -> bool:
    return cell.startswith(SCHEMES) and len(cell.split()) == 1
