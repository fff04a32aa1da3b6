"""The registrar's desk: people, applications, what is stated about them, and who saw them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from service.migrations.offices import make_office

revision = "0012"
down_revision = "0017"


def upgrade() -> None:
    """Make the tables."""
    make_office("desk")
    _make_cases()
    _make_parts()
    _make_decisions()
    _make_batches()
    _make_letters()


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


def _make_letters() -> None:
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
