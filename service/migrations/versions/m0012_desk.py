"""The registrar's desk: people, applications, what is stated about them, and who saw them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"

SQLITE_TRIGGERS = tuple(
    f"""
    CREATE TRIGGER desk_audit_no_{act.lower()} BEFORE {act} ON desk_audit
    BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END
    """
    for act in ("UPDATE", "DELETE")
)

POSTGRESQL_TRIGGERS = (
    """
    CREATE FUNCTION desk_audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'the audit log is append-only'; END $$
    """,
    """
    CREATE TRIGGER desk_audit_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON desk_audit
    FOR EACH STATEMENT EXECUTE FUNCTION desk_audit_is_append_only()
    """,
)


def upgrade() -> None:
    """Make the tables, and the triggers that keep the audit log as it is."""
    _make_people()
    _make_sessions()
    _make_cases()
    _make_parts()
    _make_decisions()
    _make_batches()
    _make_letters_and_log()
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for statement in SQLITE_TRIGGERS if is_sqlite else POSTGRESQL_TRIGGERS:
        op.execute(statement)


def _make_people() -> None:
    op.create_table(
        "desk_users",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("email", sa.Text, nullable=False, unique=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("name_key", sa.Text, nullable=False, unique=True),
        sa.Column("roles", sa.Text, nullable=False),
        sa.Column("password_hash", sa.Text, nullable=True),
        sa.Column("session_version", sa.Integer, nullable=False),
        sa.Column("created_at", sa.Text, nullable=False),
        sa.Column("disabled_at", sa.Text, nullable=True),
        sqlite_strict=True,
    )
    op.create_table(
        "desk_setup_links",
        sa.Column("digest", sa.Text, primary_key=True),
        sa.Column("user_id", sa.Text, sa.ForeignKey("desk_users.id"), nullable=False),
        sa.Column("expires_at", sa.Text, nullable=False),
        sa.Column("used_at", sa.Text, nullable=True),
        sqlite_strict=True,
    )


def _make_sessions() -> None:
    op.create_table(
        "desk_sessions",
        sa.Column("digest", sa.Text, primary_key=True),
        sa.Column("user_id", sa.Text, sa.ForeignKey("desk_users.id"), nullable=False),
        sa.Column("session_version", sa.Integer, nullable=False),
        sa.Column("began_at", sa.Text, nullable=False),
        sa.Column("seen_at", sa.Text, nullable=False),
        sa.Column("ends_at", sa.Text, nullable=False),
        sa.Column("proved", sa.Text, nullable=False),
        sa.Column("agent", sa.Text, nullable=False),
        sqlite_strict=True,
    )
    op.create_table(
        "desk_sign_in_tries",
        sa.Column("subject", sa.Text, primary_key=True),
        sa.Column("since", sa.Text, nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sqlite_strict=True,
    )


def _make_cases() -> None:
    op.create_table(
        "desk_cases",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("secret_digest", sa.Text, nullable=False, unique=True),
        sa.Column("offer", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("received_at", sa.Text, nullable=False),
        sa.Column("changed_at", sa.Text, nullable=False),
        sa.Column("changed_by", sa.Text, nullable=False),
        sa.Column("language", sa.Text, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("contact", sa.Text, nullable=True),
        sa.Column("learner_name", sa.Text, nullable=True),
        sa.Column("applicant", sa.Text, nullable=True),
        sa.Column("came_by", sa.Text, nullable=False),
        sa.Column("assigned_to", sa.Text, nullable=True),
        sa.Column("outcome", sa.Text, nullable=True),
        sa.Column("proposed", sa.Text, nullable=True),
        sa.Column("decided_at", sa.Text, nullable=True),
        sa.Column("appeal_until", sa.Text, nullable=True),
        sa.Column("examined_at", sa.Text, nullable=True),
        sa.Column("examination", sa.LargeBinary, nullable=True),
        sa.Column("draft", sa.LargeBinary, nullable=True),
        sa.Index("desk_cases_in_order", "received_at", "id"),
        sa.Index("desk_cases_inbox", "state", "received_at", "id"),
        sa.Index("desk_cases_of_offer", "offer", "state", "received_at", "id"),
        sqlite_strict=True,
    )


def _make_parts() -> None:
    op.create_table(
        "desk_documents",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("case_id", sa.Text, sa.ForeignKey("desk_cases.id"), nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("data", sa.LargeBinary, nullable=False),
        sa.UniqueConstraint("case_id", "position"),
        sqlite_strict=True,
    )
    op.create_table(
        "desk_facts",
        sa.Column("case_id", sa.Text, sa.ForeignKey("desk_cases.id"), primary_key=True),
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("value", sa.LargeBinary, nullable=False),
        sa.Column("stated_by", sa.Text, nullable=False),
        sa.Column("stated_at", sa.Text, nullable=False),
        sqlite_strict=True,
    )


def _make_decisions() -> None:
    op.create_table(
        "desk_decisions",
        sa.Column("case_id", sa.Text, sa.ForeignKey("desk_cases.id"), primary_key=True),
        sa.Column("revision", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("entry", sa.Text, nullable=False),
        sa.Column("credential", sa.LargeBinary, nullable=False),
        sa.Column("made_at", sa.Text, nullable=False),
        sqlite_strict=True,
    )
    op.create_table(
        "desk_presences",
        sa.Column("case_id", sa.Text, sa.ForeignKey("desk_cases.id"), primary_key=True),
        sa.Column("user_id", sa.Text, sa.ForeignKey("desk_users.id"), primary_key=True),
        sa.Column("seen_at", sa.Text, nullable=False),
        sqlite_strict=True,
    )


def _make_batches() -> None:
    op.create_table(
        "desk_batches",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("offer", sa.Text, nullable=False),
        sa.Column("begun_by", sa.Text, nullable=False),
        sa.Column("began_at", sa.Text, nullable=False),
        sa.Column("ended_at", sa.Text, nullable=True),
        sa.Column("total", sa.Integer, nullable=False),
        sqlite_strict=True,
    )
    op.create_table(
        "desk_batch_cases",
        sa.Column("batch_id", sa.Text, sa.ForeignKey("desk_batches.id"), primary_key=True),
        sa.Column("case_id", sa.Text, sa.ForeignKey("desk_cases.id"), primary_key=True),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Index("desk_batch_cases_state", "batch_id", "state"),
        sqlite_strict=True,
    )


def _make_letters_and_log() -> None:
    op.create_table(
        "desk_mails",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("recipient", sa.Text, nullable=False),
        sa.Column("message", sa.LargeBinary, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("due_at", sa.Text, nullable=False),
        sa.Column("error", sa.Text, nullable=True),
        sa.Column("created_at", sa.Text, nullable=False),
        sa.Index("desk_mails_due", "due_at"),
        sqlite_strict=True,
    )
    op.create_table(
        "desk_audit",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("at", sa.Text, nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("statement", sa.LargeBinary, nullable=False),
        sa.Index("desk_audit_about", "subject", "number"),
        sqlite_strict=True,
    )
