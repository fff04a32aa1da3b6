"""The issuer service: institutions, people, achievements, learners, rosters and webhooks."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

SQLITE_TRIGGERS = tuple(
    f"""
    CREATE TRIGGER issuer_achievement_versions_no_{act.lower()}
    BEFORE {act} ON issuer_achievement_versions
    BEGIN SELECT RAISE(ABORT, 'this table only grows'); END
    """
    for act in ("UPDATE", "DELETE")
)

POSTGRESQL_TRIGGERS = (
    """
    CREATE FUNCTION issuer_table_only_grows() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'this table only grows'; END $$
    """,
    """
    CREATE TRIGGER issuer_achievement_versions_no_change
    BEFORE UPDATE OR DELETE OR TRUNCATE ON issuer_achievement_versions
    FOR EACH STATEMENT EXECUTE FUNCTION issuer_table_only_grows()
    """,
)


def upgrade() -> None:
    """Make the tables, and the triggers that keep what must not change."""
    _make_tenants()
    _make_users()
    _make_achievements()
    _make_api_keys()
    _make_learners()
    _make_roles()
    _make_setup_links()
    _make_webhooks()
    _make_achievement_versions()
    _make_jobs()
    _make_webhook_events()
    _make_job_rows()
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for statement in SQLITE_TRIGGERS if is_sqlite else POSTGRESQL_TRIGGERS:
        op.execute(statement)


def _make_tenants() -> None:
    op.create_table(
        "issuer_tenants",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("name", sa.Text, nullable=False, unique=True),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("issuer", sa.Text, nullable=False),
        sa.Column("key_uri", sa.Text, nullable=False),
        sa.Column("profile", sa.LargeBinary, nullable=False),
        sa.Column("settings", sa.LargeBinary, nullable=False),
        sa.Column("created_at", sa.Text, nullable=False),
        sa.Column("closed_at", sa.Text, nullable=True),
        sqlite_strict=True,
    )


def _make_users() -> None:
    op.create_table(
        "issuer_users",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("email", sa.Text, nullable=False, unique=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("password_hash", sa.Text, nullable=True),
        sa.Column("locale", sa.Text, nullable=False),
        sa.Column("session_version", sa.Integer, nullable=False),
        sa.Column("created_at", sa.Text, nullable=False),
        sa.Column("disabled_at", sa.Text, nullable=True),
        sqlite_strict=True,
    )


def _make_achievements() -> None:
    op.create_table(
        "issuer_achievements",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("tenant_id", sa.Text, sa.ForeignKey("issuer_tenants.id"), nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("draft", sa.LargeBinary, nullable=True),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("created_at", sa.Text, nullable=False),
        sa.Column("updated_at", sa.Text, nullable=False),
        sa.CheckConstraint("state IN ('draft', 'published', 'withdrawn')"),
        sqlite_strict=True,
    )
    op.create_index("issuer_achievements_of", "issuer_achievements", ["tenant_id", "id"])


def _make_api_keys() -> None:
    op.create_table(
        "issuer_api_keys",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("tenant_id", sa.Text, sa.ForeignKey("issuer_tenants.id"), nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("prefix", sa.Text, nullable=False),
        sa.Column("digest", sa.Text, nullable=False, unique=True),
        sa.Column("scopes", sa.Text, nullable=False),
        sa.Column("created_by", sa.Text, nullable=False),
        sa.Column("created_at", sa.Text, nullable=False),
        sa.Column("expires_at", sa.Text, nullable=True),
        sa.Column("revoked_at", sa.Text, nullable=True),
        sqlite_strict=True,
    )
    op.create_index("issuer_api_keys_of", "issuer_api_keys", ["tenant_id"])


def _make_learners() -> None:
    op.create_table(
        "issuer_learners",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("tenant_id", sa.Text, sa.ForeignKey("issuer_tenants.id"), nullable=False),
        sa.Column("email", sa.Text, nullable=True),
        sa.Column("name", sa.Text, nullable=True),
        sa.Column("subject", sa.Text, nullable=True),
        sa.Column("created_at", sa.Text, nullable=False),
        sa.Column("erased_at", sa.Text, nullable=True),
        sa.UniqueConstraint("tenant_id", "email", name="issuer_learners_email"),
        sa.UniqueConstraint("tenant_id", "subject", name="issuer_learners_subject"),
        sqlite_strict=True,
    )


def _make_roles() -> None:
    op.create_table(
        "issuer_roles",
        sa.Column("tenant_id", sa.Text, sa.ForeignKey("issuer_tenants.id"), primary_key=True),
        sa.Column("user_id", sa.Text, sa.ForeignKey("issuer_users.id"), primary_key=True),
        sa.Column("role", sa.Text, primary_key=True),
        sa.Column("granted_at", sa.Text, nullable=False),
        sa.CheckConstraint("role IN ('owner', 'issuer', 'reviewer', 'auditor')"),
        sqlite_strict=True,
    )


def _make_setup_links() -> None:
    op.create_table(
        "issuer_setup_links",
        sa.Column("digest", sa.Text, primary_key=True),
        sa.Column("user_id", sa.Text, sa.ForeignKey("issuer_users.id"), nullable=False),
        sa.Column("expires_at", sa.Text, nullable=False),
        sa.Column("used_at", sa.Text, nullable=True),
        sqlite_strict=True,
    )


def _make_webhooks() -> None:
    op.create_table(
        "issuer_webhooks",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("tenant_id", sa.Text, sa.ForeignKey("issuer_tenants.id"), nullable=False),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("secret", sa.Text, nullable=False),
        sa.Column("events", sa.Text, nullable=False),
        sa.Column("created_at", sa.Text, nullable=False),
        sa.Column("disabled_at", sa.Text, nullable=True),
        sqlite_strict=True,
    )


def _make_achievement_versions() -> None:
    op.create_table(
        "issuer_achievement_versions",
        sa.Column(
            "achievement_id", sa.Text, sa.ForeignKey("issuer_achievements.id"), primary_key=True
        ),
        sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("document", sa.LargeBinary, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("published_at", sa.Text, nullable=False),
        sqlite_strict=True,
    )


def _make_jobs() -> None:
    op.create_table(
        "issuer_jobs",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("tenant_id", sa.Text, sa.ForeignKey("issuer_tenants.id"), nullable=False),
        sa.Column(
            "achievement_id", sa.Text, sa.ForeignKey("issuer_achievements.id"), nullable=False
        ),
        sa.Column("achievement_version", sa.Integer, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("options", sa.LargeBinary, nullable=False),
        sa.Column("total", sa.Integer, nullable=False),
        sa.Column("created_by", sa.Text, nullable=False),
        sa.Column("created_at", sa.Text, nullable=False),
        sa.Column("started_at", sa.Text, nullable=True),
        sa.Column("finished_at", sa.Text, nullable=True),
        sa.CheckConstraint("state IN ('ready', 'running', 'stopped', 'finished')"),
        sqlite_strict=True,
    )
    op.create_index("issuer_jobs_in", "issuer_jobs", ["state"])
    op.create_index("issuer_jobs_of", "issuer_jobs", ["tenant_id", "created_at"])


def _make_webhook_events() -> None:
    op.create_table(
        "issuer_webhook_events",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("webhook_id", sa.Text, sa.ForeignKey("issuer_webhooks.id"), nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("due_at", sa.Text, nullable=False),
        sa.Column("created_at", sa.Text, nullable=False),
        sa.Column("error", sa.Text, nullable=True),
        sa.CheckConstraint("state IN ('waiting', 'sent', 'failed')"),
        sqlite_strict=True,
    )
    op.create_index("issuer_webhook_events_due", "issuer_webhook_events", ["state", "due_at"])


def _make_job_rows() -> None:
    op.create_table(
        "issuer_job_rows",
        sa.Column("job_id", sa.Text, sa.ForeignKey("issuer_jobs.id"), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("request", sa.LargeBinary, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("credential_id", sa.Text, nullable=True),
        sa.Column("error_code", sa.Text, nullable=True),
        sa.Column("error", sa.Text, nullable=True),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.CheckConstraint("state IN ('waiting', 'issued', 'failed')"),
        sqlite_strict=True,
    )
    op.create_index("issuer_job_rows_in", "issuer_job_rows", ["job_id", "state", "number"])
