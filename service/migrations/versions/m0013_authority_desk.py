"""The desk of a framework authority: people, submitted courses, the next edition, old ones."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from service.migrations.offices import make_office

revision = "0013"
down_revision = "0014"


def upgrade() -> None:
    """Make the tables."""
    make_office("authority")
    _make_submissions()
    _make_register()
    _table(
        "api_keys",
        _text("id", primary_key=True),
        *map(_text, ("name", "prefix", "digest", "created_at")),
        _text("revoked_at", nullable=True),
        sa.Index("authority_api_keys_digest", "digest", unique=True),
    )


def _make_submissions() -> None:
    _table(
        "submissions",
        _text("id", primary_key=True),
        *map(_text, ("sender", "course", "title", "framework", "words", "state")),
        _bytes("members"),
        _bytes("value", nullable=True),
        _number("revision"),
        *map(_text, ("created_at", "updated_at")),
        _text("answer_digest", nullable=True),
        _text("proposed_by", nullable=True),
        sa.Index("authority_submissions_in", "state", "updated_at"),
        sa.Index("authority_submissions_newest", "updated_at", "id"),
        sa.Index("authority_submissions_answer", "answer_digest", unique=True),
    )
    _table(
        "remarks",
        _text("submission_id", primary_key=True),
        _number("number", primary_key=True, autoincrement=False),
        *map(_text, ("kind", "author", "text", "made_at")),
    )


def _make_register() -> None:
    _table("files", _text("name", primary_key=True), _text("content"))
    _table(
        "rows",
        _text("id", primary_key=True),
        *map(_text, ("kind", "name", "framework", "title", "words")),
        _bytes("cells"),
        _number("revision"),
        _text("changed_at"),
        sa.Index("authority_rows_of", "kind", "title"),
    )
    _table(
        "editions",
        _number("number", primary_key=True, autoincrement=False),
        *map(_text, ("digest", "signed_by", "signed_at")),
        _text("published_at", nullable=True),
        _bytes("data"),
    )


def _table(name: str, *parts: Any) -> None:
    op.create_table(f"authority_{name}", *parts, sqlite_strict=True)


def _text(name: str, **options: Any) -> sa.Column[str]:
    return sa.Column(name, sa.Text, **{"nullable": False, **options})


def _number(name: str, **options: Any) -> sa.Column[int]:
    return sa.Column(name, sa.Integer, **{"nullable": False, **options})


def _bytes(name: str, **options: Any) -> sa.Column[bytes]:
    return sa.Column(name, sa.LargeBinary, **{"nullable": False, **options})
