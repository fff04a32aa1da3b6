"""The tables of the register, as its migrations make them."""

from __future__ import annotations

import sqlalchemy as sa

from service.status_ledger.tables import ENTRIES as LISTED

METADATA = sa.MetaData()

ENTRIES = sa.Table(
    "decision_entries",
    METADATA,
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
    sa.Index("decision_entries_case", "case_id", "sequence"),
)
"""The entries; constraints and triggers of the migrations keep them as they are."""

for _name, _kinds in (("decision", ("decision", "supersession")), ("appeal", ("appeal",))):
    _condition = ENTRIES.c.kind.in_(_kinds)
    sa.Index(
        f"decision_entries_one_{_name}",
        ENTRIES.c.case_id,
        ENTRIES.c.revision,
        unique=True,
        sqlite_where=_condition,
        postgresql_where=_condition,
    )

SOURCES = sa.Table(
    "decision_sources",
    METADATA,
    sa.Column("sequence", sa.ForeignKey("decision_entries.sequence"), primary_key=True),
    sa.Column("position", sa.Integer, primary_key=True),
    sa.Column("issuer", sa.Text, nullable=False),
    sa.Column("achievement", sa.Text, nullable=False),
    sa.Index("decision_sources_of", "issuer", "achievement", "sequence"),
)
"""Which decisions are about which achievement: told by their payloads, kept to be found."""

ACTS = sa.Table(
    "oversight_acts",
    METADATA,
    sa.Column("sequence", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("recorded_at", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("statement", sa.LargeBinary, nullable=False),
    sa.Column("document", sa.LargeBinary, nullable=False),
    sa.Column("previous_hash", sa.LargeBinary, nullable=False),
    sa.Column("entry_hash", sa.LargeBinary, nullable=False, unique=True),
    sa.Index("oversight_acts_about", "subject", "sequence"),
)
"""Policies adopted, suspended and lifted, samples drawn, figures published."""

STATUSES = sa.Table(
    "decision_statuses",
    METADATA,
    sa.Column("credential_id", sa.Text, primary_key=True),
    sa.Column("case_id", sa.Text, nullable=False),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("list_name", sa.Text, nullable=False),
    sa.Column("list_index", sa.Integer, nullable=False),
    sa.Column("given_at", sa.Text, nullable=False),
    sa.UniqueConstraint("list_name", "list_index", name="decision_statuses_once"),
    sa.ForeignKeyConstraint(
        ["list_name", "list_index"],
        [LISTED.c.list_name, LISTED.c.list_index],
        name="decision_statuses_entry",
    ),
    sa.Index("decision_statuses_of", "case_id", "revision"),
)
"""Which signed decision has which entry of a status list; nothing of a learner stands here."""
