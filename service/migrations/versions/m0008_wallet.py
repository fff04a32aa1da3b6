"""The wallet: learners, their credentials, links by which they show them, their history."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Make the tables."""
    _make_learners()
    _make_holdings()
    _make_shares()
    _table(
        "history",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
        _of_learner(),
        _text("at"),
        _text("kind"),
        _text("text"),
        sa.Index("wallet_history_of", "learner_id"),
    )
    _table(
        "mails",
        _text("id", primary_key=True),
        _text("recipient"),
        sa.Column("message", sa.LargeBinary, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        _text("due_at"),
        _text("error", nullable=True),
        _text("created_at"),
        sa.Index("wallet_mails_due", "due_at"),
    )


def _make_learners() -> None:
    _table(
        "learners",
        _text("id", primary_key=True),
        _text("email", unique=True),
        _text("did"),
        sa.Column("sealed_key", sa.LargeBinary, nullable=False),
        _text("framework"),
        _text("created_at"),
    )
    _table(
        "sign_in_links",
        _text("digest", primary_key=True),
        _text("email"),
        _text("expires_at"),
    )
    _table(
        "sessions",
        _text("digest", primary_key=True),
        _of_learner(),
        _text("seen_at"),
        _text("ends_at"),
    )
    _table(
        "sign_in_tries",
        _text("subject", primary_key=True),
        _text("since"),
        sa.Column("tries", sa.Integer, nullable=False),
    )


def _make_holdings() -> None:
    _table(
        "holdings",
        _text("id", primary_key=True),
        _of_learner(),
        _text("digest"),
        sa.Column("data", sa.LargeBinary, nullable=False),
        sa.Column("findings", sa.LargeBinary, nullable=False),
        _text("collection"),
        _text("added_at"),
        _text("checked_at"),
        sa.UniqueConstraint("learner_id", "digest"),
    )


def _make_shares() -> None:
    _table(
        "shares",
        _text("id", primary_key=True),
        _of_learner(),
        _text("digest", unique=True),
        _text("audience"),
        _text("purpose"),
        _text("created_at"),
        _text("expires_at"),
        _text("revoked_at", nullable=True),
        sa.Column("views", sa.Integer, nullable=False),
        _text("last_viewed_at", nullable=True),
        sa.Index("wallet_shares_of", "learner_id"),
    )
    _table(
        "shared",
        _reference("share_id", "shares", primary_key=True),
        _reference("holding_id", "holdings", primary_key=True),
    )


def _table(name: str, *parts: Any) -> None:
    op.create_table(f"wallet_{name}", *parts, sqlite_strict=True)


def _text(name: str, **options: Any) -> sa.Column[str]:
    return sa.Column(name, sa.Text, **{"nullable": False, **options})


def _of_learner() -> sa.Column[str]:
    return _reference("learner_id", "learners")


def _reference(name: str, table: str, **options: Any) -> sa.Column[str]:
    key = sa.ForeignKey(f"wallet_{table}.id", ondelete="CASCADE")
    return sa.Column(name, sa.Text, key, nullable=False, **options)
