"""Credentials that issuers promised to wallets, until they come."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"

TEXTS = ("issuer", "endpoint", "transaction_id", "form", "title")
TIMES = ("made_at", "asked_at", "due_at", "ends_at")


def upgrade() -> None:
    """Make the table; nothing of before waits for anything."""
    learner = sa.ForeignKey("wallet_learners.id", ondelete="CASCADE")
    op.create_table(
        "wallet_waiting",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("learner_id", sa.Text, learner, nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in TEXTS),
        sa.Column("sealed_token", sa.LargeBinary, nullable=False),
        sa.Column("is_bound", sa.Integer, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in TIMES),
        sqlite_strict=True,
    )
    op.create_index("wallet_waiting_of", "wallet_waiting", ["learner_id"])
