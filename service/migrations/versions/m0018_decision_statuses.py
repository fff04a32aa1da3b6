"""Which signed decision has which entry of a status list, and the newest signed form of a list."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0013"

TABLE = "decision_statuses"

SQLITE_TRIGGERS = tuple(
    f"""
    CREATE TRIGGER {TABLE}_no_{act.lower()} BEFORE {act} ON {TABLE}
    BEGIN SELECT RAISE(ABORT, 'the entry of a decision is given once and for good'); END
    """
    for act in ("UPDATE", "DELETE")
)

POSTGRESQL_TRIGGERS = (
    """
    CREATE FUNCTION decision_statuses_stay() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'the entry of a decision is given once and for good'; END $$
    """,
    f"""
    CREATE TRIGGER {TABLE}_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON {TABLE}
    FOR EACH STATEMENT EXECUTE FUNCTION decision_statuses_stay()
    """,
)


def upgrade() -> None:
    """Make the tables, and the triggers that refuse every change of what was given."""
    op.create_table(
        TABLE,
        sa.Column("credential_id", sa.Text, primary_key=True),
        sa.Column("case_id", sa.Text, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("list_name", sa.Text, nullable=False),
        sa.Column("list_index", sa.Integer, nullable=False),
        sa.Column("given_at", sa.Text, nullable=False),
        sa.UniqueConstraint("list_name", "list_index", name=f"{TABLE}_once"),
        sa.ForeignKeyConstraint(
            ["list_name", "list_index"],
            ["status_entries.list_name", "status_entries.list_index"],
            name=f"{TABLE}_entry",
        ),
        sa.CheckConstraint("revision > 0", name=f"{TABLE}_revision"),
        sqlite_strict=True,
    )
    op.create_index(f"{TABLE}_of", TABLE, ["case_id", "revision"])
    op.create_table(
        "status_list_documents",
        sa.Column("list_name", sa.Text, sa.ForeignKey("status_lists.name"), primary_key=True),
        sa.Column("valid_from", sa.Text, nullable=False),
        sa.Column("last_change", sa.Integer, nullable=False),
        sa.Column("data", sa.LargeBinary, nullable=False),
        sqlite_strict=True,
    )
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for statement in SQLITE_TRIGGERS if is_sqlite else POSTGRESQL_TRIGGERS:
        op.execute(statement)
