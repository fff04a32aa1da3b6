"""Status lists: what belongs to which index, what was set and cleared, what was published."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

TABLES = ("status_lists", "status_entries", "status_changes", "status_publications")

SQLITE_TRIGGERS = (
    *(
        f"""
        CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table}
        BEGIN SELECT RAISE(ABORT, 'the ledger of status lists is append-only'); END
        """
        for table in TABLES
        for act in ("UPDATE", "DELETE")
    ),
    """
    CREATE TRIGGER status_changes_in_order BEFORE INSERT ON status_changes
    WHEN NEW.sequence <> (SELECT coalesce(max(sequence), 0) + 1 FROM status_changes)
    BEGIN SELECT RAISE(ABORT, 'a change follows the last one and replaces none'); END
    """,
    """
    CREATE TRIGGER status_revocations_stay BEFORE INSERT ON status_changes
    WHEN NEW.is_set = 0 AND
      (SELECT purpose FROM status_lists WHERE name = NEW.list_name) = 'revocation'
    BEGIN SELECT RAISE(ABORT, 'a revocation is permanent'); END
    """,
)

POSTGRESQL_TRIGGERS = (
    """
    CREATE FUNCTION status_ledger_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'the ledger of status lists is append-only'; END $$
    """,
    *(
        f"""
        CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
        FOR EACH STATEMENT EXECUTE FUNCTION status_ledger_is_append_only()
        """
        for table in TABLES
    ),
    """
    CREATE FUNCTION status_change_follows() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF NEW.sequence <> (SELECT coalesce(max(sequence), 0) + 1 FROM status_changes) THEN
        RAISE EXCEPTION 'a change follows the last one and replaces none';
      END IF;
      IF NEW.is_set = 0 AND
         (SELECT purpose FROM status_lists WHERE name = NEW.list_name) = 'revocation' THEN
        RAISE EXCEPTION 'a revocation is permanent';
      END IF;
      RETURN NEW;
    END $$
    """,
    """
    CREATE TRIGGER status_changes_in_order BEFORE INSERT ON status_changes
    FOR EACH ROW EXECUTE FUNCTION status_change_follows()
    """,
)


def upgrade() -> None:
    """Make the tables, and the triggers that refuse every change of what is in them."""
    _make_lists()
    _make_entries()
    _make_changes()
    _make_publications()
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for statement in SQLITE_TRIGGERS if is_sqlite else POSTGRESQL_TRIGGERS:
        op.execute(statement)


def _make_lists() -> None:
    op.create_table(
        "status_lists",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("url", sa.Text, nullable=False, unique=True),
        sa.Column("issuer", sa.Text, nullable=False),
        sa.Column("purpose", sa.Text, nullable=False),
        sa.Column("entries", sa.Integer, nullable=False),
        sa.Column("ttl_seconds", sa.Integer, nullable=False),
        sa.Column("validity_seconds", sa.Integer, nullable=False),
        sa.Column("made_at", sa.Text, nullable=False),
        sa.CheckConstraint("purpose IN ('revocation', 'suspension')", name="status_lists_purpose"),
        sa.CheckConstraint("entries >= 131072", name="status_lists_entries"),
        sqlite_strict=True,
    )


def _make_entries() -> None:
    op.create_table(
        "status_entries",
        sa.Column("list_name", sa.Text, sa.ForeignKey("status_lists.name"), primary_key=True),
        sa.Column("list_index", sa.Integer, primary_key=True, autoincrement=False),
        # A decoy belongs to no credential.
        sa.Column("credential_id", sa.Text, nullable=True),
        sa.Column("assigned_at", sa.Text, nullable=False),
        sa.UniqueConstraint("list_name", "credential_id", name="status_entries_once"),
        sa.CheckConstraint("list_index >= 0", name="status_entries_index"),
        sqlite_strict=True,
    )
    op.create_index("status_entries_of", "status_entries", ["credential_id"])


def _make_changes() -> None:
    op.create_table(
        "status_changes",
        sa.Column("sequence", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("list_name", sa.Text, nullable=False),
        sa.Column("list_index", sa.Integer, nullable=False),
        sa.Column("is_set", sa.Integer, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("changed_at", sa.Text, nullable=False),
        sa.ForeignKeyConstraint(
            ["list_name", "list_index"],
            ["status_entries.list_name", "status_entries.list_index"],
            name="status_changes_entry",
        ),
        sa.CheckConstraint("is_set IN (0, 1)", name="status_changes_is_set"),
        sqlite_strict=True,
    )
    op.create_index("status_changes_of", "status_changes", ["list_name", "list_index", "sequence"])


def _make_publications() -> None:
    op.create_table(
        "status_publications",
        sa.Column("list_name", sa.Text, sa.ForeignKey("status_lists.name"), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("valid_from", sa.Text, nullable=False),
        # The last change that is in what was published.
        sa.Column("last_change", sa.Integer, nullable=False),
        sqlite_strict=True,
    )
