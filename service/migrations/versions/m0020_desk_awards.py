"""Awards that the registrar's desk issues with a decision."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    """Add the column; decisions of before issued no award."""
    op.add_column("desk_decisions", sa.Column("award", sa.LargeBinary, nullable=True))
