"""How things are written down, and pages of long lists."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import Connection, Row, Select

from issuer.store.errors import NotFoundError
from service.writing_down import digest_of, new_id, new_secret, read_json, stamp, write_json

__all__ = [
    "Page",
    "digest_of",
    "new_id",
    "new_secret",
    "number_of",
    "page_of",
    "read_json",
    "required",
    "stamp",
    "write_json",
]

T = TypeVar("T")

NUMBER_DIGITS = 18
"""Digits of the largest number that every database compares with what it keeps."""

PAGE_ITEMS = 50
"""How many items a page has unless asked otherwise."""

MOST_ITEMS = 500
"""Most items that a page may have."""


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """A part of a long list; `following` is handed in to get the part after it."""

    items: tuple[T, ...]
    following: str | None = None


def number_of(text: str) -> int:
    """Read the number that a place in a list is told by; 0 for what is none that is kept."""
    is_number = text.isascii() and text.isdecimal() and len(text) <= NUMBER_DIGITS
    return int(text) if is_number else 0


def page_of(
    connection: Connection,
    query: Select[Any],
    made: Callable[[Row[Any]], T],
    *,
    key: Callable[[T], str],
    items: int,
) -> Page[T]:
    """Read one page of a query that is ordered and begins where the last page ended."""
    wanted = min(max(items, 1), MOST_ITEMS)
    rows: Sequence[Row[Any]] = connection.execute(query.limit(wanted + 1)).all()
    found = tuple(made(row) for row in rows[:wanted])
    return Page(found, key(found[-1]) if len(rows) > wanted else None)


def required(row: Row[Any] | None, what: str) -> Row[Any]:
    """Return the row, or say that there is no such thing."""
    if row is None:
        raise NotFoundError(f"There is no such {what}.")
    return row
