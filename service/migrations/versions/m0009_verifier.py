"""The verifier: watch lists of employers, and credentials that their holders share by link."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "verifier_watch_lists",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("created_at", sa.Text, nullable=False),
        sa.Column("mail", sa.Text, nullable=False),
        sa.Column("webhook", sa.Text, nullable=False),
        sa.Column("secret", sa.Text, nullable=False),
        sa.Column("language", sa.Text, nullable=False),
        sqlite_strict=True,
    )
    op.create_table(
        "verifier_watched",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("list_id", sa.Text, sa.ForeignKey("verifier_watch_lists.id"), nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("about", sa.LargeBinary, nullable=False),
        sa.Column("document", sa.LargeBinary, nullable=False),
        sa.Column("answer", sa.Text, nullable=False),
        sa.Column("told_by_mail", sa.Text, nullable=False),
        sa.Column("told_by_webhook", sa.Text, nullable=False),
        sa.Column("added_at", sa.Text, nullable=False),
        sa.Column("checked_at", sa.Text, nullable=False),
        sa.Column("changed_at", sa.Text, nullable=False),
        sa.UniqueConstraint("list_id", "digest"),
        sa.Index("verifier_watched_checked", "checked_at"),
        sqlite_strict=True,
    )
    op.create_table(
        "verifier_shared",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("holder", sa.Text, nullable=False),
        sa.Column("presentation", sa.LargeBinary, nullable=False),
        sa.Column("created_at", sa.Text, nullable=False),
        sa.Column("ends_at", sa.Text, nullable=False),
        sa.Index("verifier_shared_ends", "ends_at"),
        sqlite_strict=True,
    )
