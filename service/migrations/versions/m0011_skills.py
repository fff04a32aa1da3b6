"""Skills: the lists that institutions load, and what stands in them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "issuer_skill_lists",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("tenant_id", sa.Text, sa.ForeignKey("issuer_tenants.id"), nullable=False),
        sa.Column("framework", sa.Text, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("licence", sa.Text, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("skills", sa.Integer, nullable=False),
        sa.Column("loaded_at", sa.Text, nullable=False),
        sa.UniqueConstraint("tenant_id", "framework"),
        sqlite_strict=True,
    )
    op.create_table(
        "issuer_skills",
        sa.Column("list_id", sa.Text, sa.ForeignKey("issuer_skill_lists.id"), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("uri", sa.Text, nullable=False),
        sa.Column("texts", sa.LargeBinary, nullable=False),
        sa.Column("code", sa.Text, nullable=False),
        sa.Column("type", sa.Text, nullable=False),
        sa.Column("searched", sa.Text, nullable=False),
        sqlite_strict=True,
    )
