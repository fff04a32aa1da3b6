"""Delivery: learners by the institution's own number, letters of rosters, notices of withdrawals.

Two learners may share a mailbox from here on.  SQLite takes no constraint away from a table that
others refer to, so the address moves to a column of its own and the old one stays empty.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

LEARNERS, JOBS, WITHDRAWALS = "issuer_learners", "issuer_jobs", "issuer_withdrawals"


def upgrade() -> None:
    """Add the columns, and move the addresses."""
    for name in ("mailbox", "number", "language"):
        op.add_column(LEARNERS, sa.Column(name, sa.Text, nullable=True))
    op.execute(f"UPDATE {LEARNERS} SET mailbox = email, email = NULL")  # noqa: S608 - a constant
    op.create_index("issuer_learners_mailbox", LEARNERS, ["tenant_id", "mailbox"])
    op.create_index("issuer_learners_number", LEARNERS, ["tenant_id", "number"], unique=True)
    op.add_column(JOBS, sa.Column("letters", sa.Text, nullable=True))
    op.create_index("issuer_jobs_letters", JOBS, ["letters"])
    op.add_column(WITHDRAWALS, sa.Column("notice", sa.Text, nullable=True))
    op.create_index("issuer_credentials_of_job", "issuer_credentials", ["job_id"])
