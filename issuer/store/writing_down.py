"""How things are written down: times, ids, secrets, JSON, and pages of long lists."""

from __future__ import annotations

import hashlib
import json
import secrets
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar

from sqlalchemy import Connection, Row, Select

from credentials.json_types import JsonObject
from credentials.timestamps import format_timestamp
from issuer.store.errors import NotFoundError

T = TypeVar("T")

SECRET_BYTES = 32
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


def stamp(at: datetime) -> str:
    """Write a time to the second in UTC: so written, times are in the order of their texts."""
    return format_timestamp(at.astimezone(UTC).replace(microsecond=0))


def new_id(kind: str) -> str:
    """Draw an id that begins with what it is the id of; it holds 128 random bits."""
    return f"{kind}_{uuid.uuid4().hex}"


def new_secret() -> str:
    """Draw a secret for a link or a program: 256 random bits as text for URLs."""
    return secrets.token_urlsafe(SECRET_BYTES)


def digest_of(data: bytes | str) -> str:
    """Write the SHA-256 of bytes, or of a text in UTF-8."""
    encoded = data.encode("utf-8", "surrogatepass") if isinstance(data, str) else data
    return f"sha256:{hashlib.sha256(encoded).hexdigest()}"


def write_json(value: Any) -> bytes:
    """Write JSON compactly, with members in a fixed order, so that the same is the same."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode("utf-8", "surrogatepass")


def read_json(data: bytes) -> JsonObject:
    """Read what `write_json` wrote."""
    value: JsonObject = json.loads(data)
    return value


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
