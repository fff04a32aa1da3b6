"""Status lists: how many entries of each are given out, counted by the database itself."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

SQLITE_TRIGGERS = (
    """
    CREATE TRIGGER status_lists_counted AFTER INSERT ON status_lists
    BEGIN INSERT INTO status_list_counts VALUES (NEW.name, 0); END
    """,
    """
    CREATE TRIGGER status_entries_counted AFTER INSERT ON status_entries
    BEGIN
      UPDATE status_list_counts SET given_out = given_out + 1 WHERE list_name = NEW.list_name;
    END
    """,
    """
    CREATE TRIGGER status_list_counts_rise BEFORE UPDATE ON status_list_counts
    WHEN NEW.list_name <> OLD.list_name OR NEW.given_out <> OLD.given_out + 1
    BEGIN SELECT RAISE(ABORT, 'the count of a status list rises by one entry'); END
    """,
    """
    CREATE TRIGGER status_list_counts_no_delete BEFORE DELETE ON status_list_counts
    BEGIN SELECT RAISE(ABORT, 'the count of a status list rises by one entry'); END
    """,
)

POSTGRESQL_TRIGGERS = (
    """
    CREATE FUNCTION status_list_is_counted() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      INSERT INTO status_list_counts VALUES (NEW.name, 0);
      RETURN NULL;
    END $$
    """,
    """
    CREATE TRIGGER status_lists_counted AFTER INSERT ON status_lists
    FOR EACH ROW EXECUTE FUNCTION status_list_is_counted()
    """,
    """
    CREATE FUNCTION status_entry_is_counted() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      UPDATE status_list_counts SET given_out = given_out + 1 WHERE list_name = NEW.list_name;
      RETURN NULL;
    END $$
    """,
    """
    CREATE TRIGGER status_entries_counted AFTER INSERT ON status_entries
    FOR EACH ROW EXECUTE FUNCTION status_entry_is_counted()
    """,
    """
    CREATE FUNCTION status_list_count_rises() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF NEW.list_name <> OLD.list_name OR NEW.given_out <> OLD.given_out + 1 THEN
        RAISE EXCEPTION 'the count of a status list rises by one entry';
      END IF;
      RETURN NEW;
    END $$
    """,
    """
    CREATE TRIGGER status_list_counts_rise BEFORE UPDATE ON status_list_counts
    FOR EACH ROW EXECUTE FUNCTION status_list_count_rises()
    """,
    """
    CREATE TRIGGER status_list_counts_no_delete BEFORE DELETE OR TRUNCATE ON status_list_counts
    FOR EACH STATEMENT EXECUTE FUNCTION status_ledger_is_append_only()
    """,
)


def upgrade() -> None:
    """Count what is given out so far, and let each further entry be counted as it is added."""
    op.create_table(
        "status_list_counts",
        sa.Column("list_name", sa.Text, sa.ForeignKey("status_lists.name"), primary_key=True),
        sa.Column("given_out", sa.Integer, nullable=False),
        sa.CheckConstraint("given_out >= 0", name="status_list_counts_given_out"),
        sqlite_strict=True,
    )
    op.execute(
        """
        INSERT INTO status_list_counts
        SELECT name, (SELECT count(*) FROM status_entries WHERE list_name = name)
        FROM status_lists
        """
    )
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for statement in SQLITE_TRIGGERS if is_sqlite else POSTGRESQL_TRIGGERS:
        op.execute(statement)
