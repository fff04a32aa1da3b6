"""The register of decisions: entries that can only be added, and where their sources are found."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

TABLES = ("decision_entries", "decision_sources")

SQLITE_TRIGGERS = (
    *(
        f"""
        CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table}
        BEGIN SELECT RAISE(ABORT, 'the register of decisions is append-only'); END
        """
        for table in TABLES
        for act in ("UPDATE", "DELETE")
    ),
    # INSERT OR REPLACE would remove the row that is in its way, and not say so to the triggers
    # above unless the connection asks for it.
    """
    CREATE TRIGGER decision_entries_in_order BEFORE INSERT ON decision_entries
    WHEN NEW.sequence <> (SELECT coalesce(max(sequence), 0) + 1 FROM decision_entries)
      OR NEW.previous_hash <> coalesce(
           (SELECT entry_hash FROM decision_entries ORDER BY sequence DESC LIMIT 1), zeroblob(32))
      OR EXISTS (SELECT 1 FROM decision_entries WHERE entry_hash = NEW.entry_hash)
      OR EXISTS (SELECT 1 FROM decision_entries
                 WHERE case_id = NEW.case_id AND revision = NEW.revision AND
                   ((kind IN ('decision', 'supersession')
                     AND NEW.kind IN ('decision', 'supersession'))
                    OR (kind = 'appeal' AND NEW.kind = 'appeal')))
    BEGIN SELECT RAISE(ABORT, 'an entry follows the last one and replaces none'); END
    """,
    """
    CREATE TRIGGER decision_sources_replace_none BEFORE INSERT ON decision_sources
    WHEN EXISTS (SELECT 1 FROM decision_sources
                 WHERE sequence = NEW.sequence AND position = NEW.position)
    BEGIN SELECT RAISE(ABORT, 'the register of decisions is append-only'); END
    """,
)

POSTGRESQL_TRIGGERS = (
    """
    CREATE FUNCTION decision_register_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'the register of decisions is append-only'; END $$
    """,
    *(
        f"""
        CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
        FOR EACH STATEMENT EXECUTE FUNCTION decision_register_is_append_only()
        """
        for table in TABLES
    ),
    """
    CREATE FUNCTION decision_entry_follows() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE last record;
    BEGIN
      SELECT sequence, entry_hash INTO last FROM decision_entries
      ORDER BY sequence DESC LIMIT 1;
      IF NEW.sequence <> coalesce(last.sequence, 0) + 1
         OR NEW.previous_hash <> coalesce(last.entry_hash, decode(repeat('00', 32), 'hex')) THEN
        RAISE EXCEPTION 'an entry follows the last one and replaces none';
      END IF;
      RETURN NEW;
    END $$
    """,
    """
    CREATE TRIGGER decision_entries_in_order BEFORE INSERT ON decision_entries
    FOR EACH ROW EXECUTE FUNCTION decision_entry_follows()
    """,
)


def upgrade() -> None:
    """Make the tables, their constraints and the triggers that refuse every change."""
    _make_entries()
    _make_sources()
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for statement in SQLITE_TRIGGERS if is_sqlite else POSTGRESQL_TRIGGERS:
        op.execute(statement)


def _make_entries() -> None:
    op.create_table(
        "decision_entries",
        # Counted by the register and not by the database: a missing number is a missing entry.
        sa.Column("sequence", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("recorded_at", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("case_id", sa.Text, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("payload", sa.LargeBinary, nullable=False),
        sa.Column("inputs", sa.LargeBinary, nullable=False),
        sa.Column("statement", sa.LargeBinary, nullable=False),
        sa.Column("previous_hash", sa.LargeBinary, nullable=False),
        sa.Column("entry_hash", sa.LargeBinary, nullable=False, unique=True),
        sa.CheckConstraint("sequence > 0", name="decision_entries_sequence"),
        sa.CheckConstraint("revision > 0", name="decision_entries_revision"),
        sa.CheckConstraint(
            "kind IN ('decision', 'supersession', 'appeal', 'review-mark')",
            name="decision_entries_kind",
        ),
        sa.CheckConstraint(
            "length(previous_hash) = 32 AND length(entry_hash) = 32", name="decision_entries_hash"
        ),
        sqlite_strict=True,
    )
    op.create_index("decision_entries_case", "decision_entries", ["case_id", "sequence"])
    decides, appeals = sa.text("kind IN ('decision', 'supersession')"), sa.text("kind = 'appeal'")
    for name, condition in (("decision", decides), ("appeal", appeals)):
        op.create_index(
            f"decision_entries_one_{name}",
            "decision_entries",
            ["case_id", "revision"],
            unique=True,
            sqlite_where=condition,
            postgresql_where=condition,
        )


def _make_sources() -> None:
    op.create_table(
        "decision_sources",
        sa.Column(
            "sequence", sa.Integer, sa.ForeignKey("decision_entries.sequence"), primary_key=True
        ),
        sa.Column("position", sa.Integer, primary_key=True),
        sa.Column("issuer", sa.Text, nullable=False),
        sa.Column("achievement", sa.Text, nullable=False),
        sqlite_strict=True,
    )
    op.create_index(
        "decision_sources_of", "decision_sources", ["issuer", "achievement", "sequence"]
    )
