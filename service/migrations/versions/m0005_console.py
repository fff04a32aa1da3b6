"""The console: who is signed in, wrong passwords, and rosters that are not issued yet."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "issuer_sessions",
        sa.Column("digest", sa.Text, primary_key=True),
        sa.Column("user_id", sa.Text, sa.ForeignKey("issuer_users.id"), nullable=False),
        sa.Column("session_version", sa.Integer, nullable=False),
        sa.Column("began_at", sa.Text, nullable=False),
        sa.Column("seen_at", sa.Text, nullable=False),
        sa.Column("ends_at", sa.Text, nullable=False),
        sa.Index("issuer_sessions_of", "user_id"),
        sqlite_strict=True,
    )
    op.create_table(
        "issuer_sign_in_tries",
        sa.Column("subject", sa.Text, primary_key=True),
        sa.Column("since", sa.Text, nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sqlite_strict=True,
    )
    op.create_table(
        "issuer_uploads",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("tenant_id", sa.Text, sa.ForeignKey("issuer_tenants.id"), nullable=False),
        sa.Column(
            "achievement_id", sa.Text, sa.ForeignKey("issuer_achievements.id"), nullable=False
        ),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("data", sa.LargeBinary, nullable=False),
        sa.Column("created_by", sa.Text, nullable=False),
        sa.Column("created_at", sa.Text, nullable=False),
        sa.Index("issuer_uploads_at", "created_at"),
        sqlite_strict=True,
    )
