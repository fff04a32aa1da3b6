"""The issuer service: credentials, their delivery and withdrawal, and the ledger."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

APPEND_ONLY = (
    "issuer_ledger",
    "issuer_checkpoints",
    "issuer_idempotency_keys",
)
"""Tables that only grow."""

SQLITE_TRIGGERS = (
    *(
        f"""
        CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table}
        BEGIN SELECT RAISE(ABORT, 'this table only grows'); END
        """
        for table in APPEND_ONLY
        for act in ("UPDATE", "DELETE")
    ),
    """
    CREATE TRIGGER issuer_ledger_in_order BEFORE INSERT ON issuer_ledger
    WHEN NEW.sequence <> (SELECT coalesce(max(sequence), 0) + 1 FROM issuer_ledger)
    BEGIN SELECT RAISE(ABORT, 'an entry follows the last one and replaces none'); END
    """,
    """
    CREATE TRIGGER issuer_credentials_no_delete BEFORE DELETE ON issuer_credentials
    BEGIN SELECT RAISE(ABORT, 'a credential is never forgotten'); END
    """,
    """
    CREATE TRIGGER issuer_credentials_stay BEFORE UPDATE ON issuer_credentials
    WHEN NEW.id <> OLD.id OR NEW.tenant_id <> OLD.tenant_id
      OR NEW.list_name <> OLD.list_name OR NEW.list_index <> OLD.list_index
      OR (OLD.data_digest IS NOT NULL AND NEW.data_digest IS NOT OLD.data_digest)
      OR (OLD.data IS NOT NULL AND NEW.data IS NOT OLD.data AND NEW.erased_at IS NULL)
    BEGIN SELECT RAISE(ABORT, 'what was issued never changes'); END
    """,
)

POSTGRESQL_TRIGGERS = (
    *(
        f"""
        CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
        FOR EACH STATEMENT EXECUTE FUNCTION issuer_table_only_grows()
        """
        for table in APPEND_ONLY
    ),
    """
    CREATE FUNCTION issuer_entry_follows() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF NEW.sequence <> (SELECT coalesce(max(sequence), 0) + 1 FROM issuer_ledger) THEN
        RAISE EXCEPTION 'an entry follows the last one and replaces none';
      END IF;
      RETURN NEW;
    END $$
    """,
    """
    CREATE TRIGGER issuer_ledger_in_order BEFORE INSERT ON issuer_ledger
    FOR EACH ROW EXECUTE FUNCTION issuer_entry_follows()
    """,
    """
    CREATE TRIGGER issuer_credentials_no_delete BEFORE DELETE OR TRUNCATE ON issuer_credentials
    FOR EACH STATEMENT EXECUTE FUNCTION issuer_table_only_grows()
    """,
    """
    CREATE FUNCTION issuer_credential_stays() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF NEW.id <> OLD.id OR NEW.tenant_id <> OLD.tenant_id
        OR NEW.list_name <> OLD.list_name OR NEW.list_index <> OLD.list_index
        OR (OLD.data_digest IS NOT NULL AND NEW.data_digest IS DISTINCT FROM OLD.data_digest)
        OR (OLD.data IS NOT NULL AND NEW.data IS DISTINCT FROM OLD.data
            AND NEW.erased_at IS NULL) THEN
        RAISE EXCEPTION 'what was issued never changes';
      END IF;
      RETURN NEW;
    END $$
    """,
    """
    CREATE TRIGGER issuer_credentials_stay BEFORE UPDATE ON issuer_credentials
    FOR EACH ROW EXECUTE FUNCTION issuer_credential_stays()
    """,
)


def upgrade() -> None:
    """Make the tables, and the triggers that keep what must not change."""
    _make_checkpoints()
    _make_ledger()
    _make_idempotency_keys()
    _make_published_lists()
    _make_credentials()
    _make_deliveries()
    _make_withdrawals()
    _make_mails()
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for statement in SQLITE_TRIGGERS if is_sqlite else POSTGRESQL_TRIGGERS:
        op.execute(statement)


def _make_checkpoints() -> None:
    op.create_table(
        "issuer_checkpoints",
        sa.Column("count", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("head", sa.LargeBinary, nullable=False),
        sa.Column("signed_at", sa.Text, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("signature", sa.LargeBinary, nullable=False),
        sqlite_strict=True,
    )


def _make_ledger() -> None:
    op.create_table(
        "issuer_ledger",
        sa.Column("sequence", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("recorded_at", sa.Text, nullable=False),
        sa.Column("tenant_id", sa.Text, nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("statement", sa.LargeBinary, nullable=False),
        sa.Column("previous_hash", sa.LargeBinary, nullable=False),
        sa.Column("entry_hash", sa.LargeBinary, nullable=False, unique=True),
        sqlite_strict=True,
    )
    op.create_index("issuer_ledger_about", "issuer_ledger", ["subject"])
    op.create_index("issuer_ledger_of", "issuer_ledger", ["tenant_id", "sequence"])


def _make_idempotency_keys() -> None:
    op.create_table(
        "issuer_idempotency_keys",
        sa.Column("tenant_id", sa.Text, sa.ForeignKey("issuer_tenants.id"), primary_key=True),
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("request_digest", sa.Text, nullable=False),
        sa.Column("credential_id", sa.Text, nullable=False),
        sa.Column("created_at", sa.Text, nullable=False),
        sqlite_strict=True,
    )


def _make_published_lists() -> None:
    op.create_table(
        "issuer_published_lists",
        sa.Column("list_name", sa.Text, primary_key=True),
        sa.Column("tenant_id", sa.Text, sa.ForeignKey("issuer_tenants.id"), nullable=False),
        sa.Column("url", sa.Text, nullable=False, unique=True),
        sa.Column("last_change", sa.Integer, nullable=False),
        sa.Column("published_at", sa.Text, nullable=False),
        sa.Column("data", sa.LargeBinary, nullable=False),
        sqlite_strict=True,
    )


def _make_credentials() -> None:
    op.create_table(
        "issuer_credentials",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("tenant_id", sa.Text, sa.ForeignKey("issuer_tenants.id"), nullable=False),
        sa.Column(
            "achievement_id", sa.Text, sa.ForeignKey("issuer_achievements.id"), nullable=True
        ),
        sa.Column("achievement_version", sa.Integer, nullable=True),
        sa.Column("learner_id", sa.Text, sa.ForeignKey("issuer_learners.id"), nullable=True),
        sa.Column("job_id", sa.Text, sa.ForeignKey("issuer_jobs.id"), nullable=True),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("request", sa.LargeBinary, nullable=False),
        sa.Column("request_digest", sa.Text, nullable=False),
        sa.Column("list_name", sa.Text, nullable=False),
        sa.Column("list_index", sa.Integer, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("intended_at", sa.Text, nullable=False),
        sa.Column("leased_until", sa.Text, nullable=True),
        sa.Column("issued_at", sa.Text, nullable=True),
        sa.Column("media_type", sa.Text, nullable=True),
        sa.Column("data", sa.LargeBinary, nullable=True),
        sa.Column("data_digest", sa.Text, nullable=True),
        sa.Column("verification_method", sa.Text, nullable=True),
        sa.Column("replaces", sa.Text, nullable=True),
        sa.Column("erased_at", sa.Text, nullable=True),
        sa.UniqueConstraint("list_name", "list_index", name="issuer_credentials_status"),
        sa.CheckConstraint("state IN ('intended', 'issued', 'abandoned')"),
        sa.CheckConstraint("status IN ('active', 'suspended', 'revoked')"),
        sqlite_strict=True,
    )
    op.create_index("issuer_credentials_for", "issuer_credentials", ["learner_id"])
    op.create_index("issuer_credentials_in", "issuer_credentials", ["state"])
    op.create_index(
        "issuer_credentials_of", "issuer_credentials", ["tenant_id", "intended_at", "id"]
    )
    op.create_index("issuer_credentials_replacing", "issuer_credentials", ["replaces"])


def _make_deliveries() -> None:
    op.create_table(
        "issuer_deliveries",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("tenant_id", sa.Text, sa.ForeignKey("issuer_tenants.id"), nullable=False),
        sa.Column("credential_id", sa.Text, sa.ForeignKey("issuer_credentials.id"), nullable=False),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("claim_digest", sa.Text, nullable=False, unique=True),
        sa.Column("pin_digest", sa.Text, nullable=True),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("created_at", sa.Text, nullable=False),
        sa.Column("expires_at", sa.Text, nullable=True),
        sa.Column("claimed_at", sa.Text, nullable=True),
        sa.CheckConstraint("channel IN ('email', 'print')"),
        sa.CheckConstraint("state IN ('waiting', 'sent', 'claimed', 'bounced', 'ended')"),
        sqlite_strict=True,
    )
    op.create_index("issuer_deliveries_of", "issuer_deliveries", ["credential_id"])


def _make_withdrawals() -> None:
    op.create_table(
        "issuer_withdrawals",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("tenant_id", sa.Text, sa.ForeignKey("issuer_tenants.id"), nullable=False),
        sa.Column("credential_id", sa.Text, sa.ForeignKey("issuer_credentials.id"), nullable=False),
        sa.Column("act", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("requested_by", sa.Text, nullable=False),
        sa.Column("requested_at", sa.Text, nullable=False),
        sa.Column("effective_at", sa.Text, nullable=False),
        sa.Column("done_at", sa.Text, nullable=True),
        sa.CheckConstraint("act IN ('revoke', 'suspend', 'reinstate')"),
        sa.CheckConstraint("state IN ('pending', 'done', 'undone')"),
        sqlite_strict=True,
    )
    op.create_index("issuer_withdrawals_due", "issuer_withdrawals", ["state", "effective_at"])
    op.create_index("issuer_withdrawals_of", "issuer_withdrawals", ["credential_id"])


def _make_mails() -> None:
    op.create_table(
        "issuer_mails",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("tenant_id", sa.Text, sa.ForeignKey("issuer_tenants.id"), nullable=False),
        sa.Column("delivery_id", sa.Text, sa.ForeignKey("issuer_deliveries.id"), nullable=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("recipient", sa.Text, nullable=False),
        sa.Column("message", sa.LargeBinary, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("due_at", sa.Text, nullable=False),
        sa.Column("sent_at", sa.Text, nullable=True),
        sa.Column("error", sa.Text, nullable=True),
        sa.Column("created_at", sa.Text, nullable=False),
        sa.CheckConstraint("state IN ('waiting', 'sent', 'bounced', 'failed')"),
        sqlite_strict=True,
    )
    op.create_index("issuer_mails_due", "issuer_mails", ["state", "due_at"])
