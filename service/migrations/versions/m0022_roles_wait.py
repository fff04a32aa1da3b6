"""Roles of an office that wait until a second person confirms them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"

OFFICES = ("desk", "authority")


def upgrade() -> None:
    """Add the columns; no role of before waits."""
    for office in OFFICES:
        for name in ("waits_since", "given_by"):
            op.add_column(f"{office}_roles", sa.Column(name, sa.Text, nullable=True))
