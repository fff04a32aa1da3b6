"""Signing in: passkeys, linked accounts, what a browser is in the middle of, and by what."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Make the tables; sessions of before were begun with a password."""
    for name, before in (("proved", "password"), ("agent", "")):
        column = sa.Column(name, sa.Text, nullable=False, server_default=before)
        op.add_column("issuer_sessions", column)
    _make_passkeys()
    _make_accounts()
    op.create_table(
        "issuer_sign_in_steps",
        sa.Column("digest", sa.Text, primary_key=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("user_id", sa.Text, nullable=True),
        sa.Column("data", sa.LargeBinary, nullable=False),
        sa.Column("ends_at", sa.Text, nullable=False),
        sqlite_strict=True,
    )


def _make_passkeys() -> None:
    op.create_table(
        "issuer_passkeys",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("user_id", sa.Text, sa.ForeignKey("issuer_users.id"), nullable=False),
        sa.Column("credential_id", sa.LargeBinary, nullable=False, unique=True),
        sa.Column("public_key", sa.LargeBinary, nullable=False),
        sa.Column(
            "sign_count", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("made_at", sa.Text, nullable=False),
        sa.Column("used_at", sa.Text, nullable=True),
        sa.Column("suspected_at", sa.Text, nullable=True),
        sa.Index("issuer_passkeys_of", "user_id"),
        sqlite_strict=True,
    )


def _make_accounts() -> None:
    op.create_table(
        "issuer_linked_accounts",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("user_id", sa.Text, sa.ForeignKey("issuer_users.id"), nullable=False),
        sa.Column("issuer", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("label", sa.Text, nullable=False),
        sa.Column("linked_at", sa.Text, nullable=False),
        sa.Column("used_at", sa.Text, nullable=True),
        sa.UniqueConstraint("issuer", "subject"),
        sa.Index("issuer_linked_accounts_of", "user_id"),
        sqlite_strict=True,
    )
