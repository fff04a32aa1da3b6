"""The tables of the ledger of status lists, as the migrations make them."""

from __future__ import annotations

import sqlalchemy as sa

METADATA = sa.MetaData()

LISTS = sa.Table(
    "status_lists",
    METADATA,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("url", sa.Text, nullable=False, unique=True),
    sa.Column("issuer", sa.Text, nullable=False),
    sa.Column("purpose", sa.Text, nullable=False),
    sa.Column("entries", sa.Integer, nullable=False),
    sa.Column("ttl_seconds", sa.Integer, nullable=False),
    sa.Column("validity_seconds", sa.Integer, nullable=False),
    sa.Column("made_at", sa.Text, nullable=False),
)
"""The lists of an institution."""

ENTRIES = sa.Table(
    "status_entries",
    METADATA,
    sa.Column("list_name", sa.ForeignKey("status_lists.name"), primary_key=True),
    sa.Column("list_index", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("credential_id", sa.Text, nullable=True),
    sa.Column("assigned_at", sa.Text, nullable=False),
    sa.UniqueConstraint("list_name", "credential_id", name="status_entries_once"),
    sa.Index("status_entries_of", "credential_id"),
)
"""Which index was given to which credential, once and for good; a decoy has no credential."""

COUNTS = sa.Table(
    "status_list_counts",
    METADATA,
    sa.Column("list_name", sa.ForeignKey("status_lists.name"), primary_key=True),
    sa.Column("given_out", sa.Integer, nullable=False),
)
"""How many entries of each list are given out; triggers add one with each entry, in the same
transaction, and refuse every other change."""

CHANGES = sa.Table(
    "status_changes",
    METADATA,
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
    sa.Index("status_changes_of", "list_name", "list_index", "sequence"),
)
"""What was set and cleared; the bits are what the last change of each entry says."""

PUBLICATIONS = sa.Table(
    "status_publications",
    METADATA,
    sa.Column("list_name", sa.ForeignKey("status_lists.name"), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("valid_from", sa.Text, nullable=False),
    sa.Column("last_change", sa.Integer, nullable=False),
)
"""What was signed to be published, recorded before it was signed."""

DOCUMENTS = sa.Table(
    "status_list_documents",
    METADATA,
    sa.Column("list_name", sa.ForeignKey("status_lists.name"), primary_key=True),
    sa.Column("valid_from", sa.Text, nullable=False),
    sa.Column("last_change", sa.Integer, nullable=False),
    sa.Column("data", sa.LargeBinary, nullable=False),
)
"""The newest signed form of a list, where processes that serve it share one database."""
