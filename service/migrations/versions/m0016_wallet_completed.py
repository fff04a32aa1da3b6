"""The wallet, completed: requests, parts that a link shows, passkeys, applications."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0012"


def upgrade() -> None:
    """Make the tables; links of before show credentials as a whole."""
    op.add_column("wallet_shared", sa.Column("part", sa.LargeBinary, nullable=True))
    _make_requests()
    _make_applications()
    _make_passkeys()
    _table(
        "sign_in_steps",
        _text("digest", primary_key=True),
        _text("kind"),
        _text("user_id", nullable=True),
        _bytes("data"),
        _text("ends_at"),
    )


def _make_requests() -> None:
    _table(
        "requests",
        _text("id", primary_key=True),
        _of_learner("learner_id"),
        *(_text(name) for name in ("address", "challenge", "domain")),
        _bytes("queries"),
        *(_text(name) for name in ("state", "opened_at")),
        _text("answered_at", nullable=True),
        _bytes("shown"),
        _text("fault"),
        sa.UniqueConstraint("learner_id", "domain", "challenge"),
    )


def _make_applications() -> None:
    _table(
        "applications",
        _text("id", primary_key=True),
        _of_learner("learner_id"),
        *(_text(name) for name in ("desk", "kind", "title", "follow", "state")),
        _bytes("said"),
        *(_text(name) for name in ("made_at", "asked_at")),
        sa.Index("wallet_applications_of", "learner_id"),
    )


def _make_passkeys() -> None:
    count = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    _table(
        "passkeys",
        _text("id", primary_key=True),
        _of_learner("user_id"),
        sa.Column("credential_id", sa.LargeBinary, nullable=False, unique=True),
        _bytes("public_key"),
        sa.Column("sign_count", count, nullable=False),
        *(_text(name) for name in ("name", "made_at")),
        *(_text(name, nullable=True) for name in ("used_at", "suspected_at")),
        sa.Index("wallet_passkeys_of", "user_id"),
    )


def _table(name: str, *parts: Any) -> None:
    op.create_table(f"wallet_{name}", *parts, sqlite_strict=True)


def _text(name: str, **options: Any) -> sa.Column[str]:
    return sa.Column(name, sa.Text, **{"nullable": False, **options})


def _bytes(name: str) -> sa.Column[bytes]:
    return sa.Column(name, sa.LargeBinary, nullable=False)


def _of_learner(name: str) -> sa.Column[str]:
    key = sa.ForeignKey("wallet_learners.id", ondelete="CASCADE")
    return sa.Column(name, sa.Text, key, nullable=False)
