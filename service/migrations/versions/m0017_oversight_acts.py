"""Acts of oversight: policies adopted, suspended and lifted, samples drawn, figures published."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0011"

TABLE = "oversight_acts"

SQLITE_TRIGGERS = (
    *(
        f"""
        CREATE TRIGGER {TABLE}_no_{act.lower()} BEFORE {act} ON {TABLE}
        BEGIN SELECT RAISE(ABORT, 'acts of oversight are append-only'); END
        """
        for act in ("UPDATE", "DELETE")
    ),
    """
    CREATE TRIGGER oversight_acts_in_order BEFORE INSERT ON oversight_acts
    WHEN NEW.sequence <> (SELECT coalesce(max(sequence), 0) + 1 FROM oversight_acts)
      OR NEW.previous_hash <> coalesce(
           (SELECT entry_hash FROM oversight_acts ORDER BY sequence DESC LIMIT 1), zeroblob(32))
      OR EXISTS (SELECT 1 FROM oversight_acts WHERE entry_hash = NEW.entry_hash)
    BEGIN SELECT RAISE(ABORT, 'an act follows the last one and replaces none'); END
    """,
)

POSTGRESQL_TRIGGERS = (
    """
    CREATE FUNCTION oversight_acts_are_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'acts of oversight are append-only'; END $$
    """,
    f"""
    CREATE TRIGGER {TABLE}_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON {TABLE}
    FOR EACH STATEMENT EXECUTE FUNCTION oversight_acts_are_append_only()
    """,
    """
    CREATE FUNCTION oversight_act_follows() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE last record;
    BEGIN
      SELECT sequence, entry_hash INTO last FROM oversight_acts ORDER BY sequence DESC LIMIT 1;
      IF NEW.sequence <> coalesce(last.sequence, 0) + 1
         OR NEW.previous_hash <> coalesce(last.entry_hash, decode(repeat('00', 32), 'hex')) THEN
        RAISE EXCEPTION 'an act follows the last one and replaces none';
      END IF;
      RETURN NEW;
    END $$
    """,
    """
    CREATE TRIGGER oversight_acts_in_order BEFORE INSERT ON oversight_acts
    FOR EACH ROW EXECUTE FUNCTION oversight_act_follows()
    """,
)


def upgrade() -> None:
    """Make the table, and the triggers that refuse every change."""
    op.create_table(
        TABLE,
        sa.Column("sequence", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("recorded_at", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("statement", sa.LargeBinary, nullable=False),
        sa.Column("document", sa.LargeBinary, nullable=False),
        sa.Column("previous_hash", sa.LargeBinary, nullable=False),
        sa.Column("entry_hash", sa.LargeBinary, nullable=False, unique=True),
        sa.CheckConstraint("sequence > 0", name=f"{TABLE}_sequence"),
        sa.CheckConstraint(
            "length(previous_hash) = 32 AND length(entry_hash) = 32", name=f"{TABLE}_hash"
        ),
        sqlite_strict=True,
    )
    op.create_index(f"{TABLE}_about", TABLE, ["subject", "sequence"])
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for statement in SQLITE_TRIGGERS if is_sqlite else POSTGRESQL_TRIGGERS:
        op.execute(statement)
