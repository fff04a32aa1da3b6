"""The tables of the authority's desk, as the migrations make them.

Times are UTC to the second, in texts whose order is that of the times; documents are JSON as bytes.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from service.columns import binary, number, text
from service.people.tables import office_tables

METADATA = sa.MetaData()
OFFICE = office_tables("authority", METADATA)
"""The people of the desk, their roles, and the log of what they did."""


def _table(name: str, *parts: Any) -> sa.Table:
    return sa.Table(f"authority_{name}", METADATA, *parts, sqlite_strict=True)


SUBMISSIONS = _table(
    "submissions",
    text("id", primary_key=True),
    *map(text, ("sender", "course", "title", "framework", "words", "state")),
    binary("members"),
    binary("value", nullable=True),
    number("revision"),
    *map(text, ("created_at", "updated_at")),
    text("answer_digest", nullable=True),
    text("proposed_by", nullable=True),
    sa.Index("authority_submissions_in", "state", "updated_at"),
    sa.Index("authority_submissions_newest", "updated_at", "id"),
    sa.Index("authority_submissions_answer", "answer_digest", unique=True),
)
"""Descriptions of courses that came in.

`members` is the description, `value` what an officer proposed, `words` what is searched, and
`answer_digest` the digest of the secret of the link by which the sender answers.
"""

REMARKS = _table(
    "remarks",
    text("submission_id", primary_key=True),
    number("number", primary_key=True, autoincrement=False),
    *map(text, ("kind", "author", "text", "made_at")),
)
"""What was asked, answered and done about a submission; it only grows."""

FILES = _table("files", text("name", primary_key=True), text("content"))
"""The source files of the next edition, without the tables that are kept row by row."""

ROWS = _table(
    "rows",
    text("id", primary_key=True),
    *map(text, ("kind", "name", "framework", "title", "words")),
    binary("cells"),
    number("revision"),
    text("changed_at"),
    sa.Index("authority_rows_of", "kind", "title"),
)
"""Listings and accreditations of the next edition: `name` is the register's id, `cells` the row."""

EDITIONS = _table(
    "editions",
    number("number", primary_key=True, autoincrement=False),
    *map(text, ("digest", "signed_by", "signed_at")),
    text("published_at", nullable=True),
    binary("data"),
)
"""Signed editions, byte for byte."""

API_KEYS = _table(
    "api_keys",
    text("id", primary_key=True),
    *map(text, ("name", "prefix", "digest", "created_at")),
    text("revoked_at", nullable=True),
    sa.Index("authority_api_keys_digest", "digest", unique=True),
)
"""Keys by which programs hand in courses; `name` is who sends with it."""
