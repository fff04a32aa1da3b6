"""The tables of an office, as migrations make them; this form never changes.

An office that needs another form gets it by a migration of its own.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op


def make_office(room: str) -> None:
    """Make the tables of an office, whose log the database itself lets grow only."""
    _make_people(room)
    _make_ways(room)
    _table(
        f"{room}_roles",
        _of(room, primary_key=True),
        _text("role", primary_key=True),
        _text("granted_at"),
    )
    _table(
        f"{room}_log",
        sa.Column("sequence", sa.Integer, primary_key=True, autoincrement=False),
        *map(_text, ("recorded_at", "actor", "kind", "subject")),
        sa.Column("statement", sa.LargeBinary, nullable=False),
        sa.Index(f"{room}_log_about", "subject"),
    )
    _let_grow_only(room)


def _make_people(room: str) -> None:
    _table(
        f"{room}_users",
        _text("id", primary_key=True),
        _text("email", unique=True),
        _text("name"),
        _text("password_hash", nullable=True),
        _text("locale"),
        _number("session_version"),
        _text("created_at"),
        _text("disabled_at", nullable=True),
    )
    _table(
        f"{room}_setup_links",
        _text("digest", primary_key=True),
        _of(room),
        _text("expires_at"),
        _text("used_at", nullable=True),
    )
    _table(
        f"{room}_sessions",
        _text("digest", primary_key=True),
        _of(room),
        _number("session_version"),
        *map(_text, ("began_at", "seen_at", "ends_at", "proved", "agent")),
        sa.Index(f"{room}_sessions_of", "user_id"),
    )
    _table(
        f"{room}_sign_in_tries",
        _text("subject", primary_key=True),
        _text("since"),
        _number("tries"),
    )


def _make_ways(room: str) -> None:
    count = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    _table(
        f"{room}_passkeys",
        _text("id", primary_key=True),
        _of(room),
        sa.Column("credential_id", sa.LargeBinary, nullable=False, unique=True),
        sa.Column("public_key", sa.LargeBinary, nullable=False),
        sa.Column("sign_count", count, nullable=False),
        *map(_text, ("name", "made_at")),
        _text("used_at", nullable=True),
        _text("suspected_at", nullable=True),
        sa.Index(f"{room}_passkeys_of", "user_id"),
    )
    _table(
        f"{room}_linked_accounts",
        _text("id", primary_key=True),
        _of(room),
        *map(_text, ("issuer", "subject", "label", "linked_at")),
        _text("used_at", nullable=True),
        sa.UniqueConstraint("issuer", "subject"),
        sa.Index(f"{room}_linked_accounts_of", "user_id"),
    )
    _table(
        f"{room}_sign_in_steps",
        _text("digest", primary_key=True),
        _text("kind"),
        _text("user_id", nullable=True),
        sa.Column("data", sa.LargeBinary, nullable=False),
        _text("ends_at"),
    )


def _let_grow_only(room: str) -> None:
    if op.get_bind().dialect.name == "postgresql":
        # The function came with the tables of the issuer, which are older.
        op.execute(
            f"CREATE TRIGGER {room}_log_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON {room}_log "
            "FOR EACH STATEMENT EXECUTE FUNCTION issuer_table_only_grows()"
        )
        return
    for change in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER {room}_log_refuses_{change.lower()} BEFORE {change} ON {room}_log "
            "BEGIN SELECT RAISE(ABORT, 'the log of this office only grows'); END"
        )


def _table(name: str, *parts: Any) -> None:
    op.create_table(name, *parts, sqlite_strict=True)


def _text(name: str, **options: Any) -> sa.Column[str]:
    return sa.Column(name, sa.Text, **{"nullable": False, **options})


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer, nullable=False)


def _of(room: str, **options: Any) -> sa.Column[str]:
    key = sa.ForeignKey(f"{room}_users.id")
    return sa.Column("user_id", sa.Text, key, **{"nullable": False, **options})
