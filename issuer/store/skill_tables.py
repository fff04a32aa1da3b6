"""The tables of lists of skills, in the form of `issuer.store.tables`."""

from __future__ import annotations

import sqlalchemy as sa

from issuer.store.tables import METADATA

SKILL_LISTS = sa.Table(
    "issuer_skill_lists",
    METADATA,
    sa.Column("id", sa.Text, primary_key=True, nullable=False),
    sa.Column("tenant_id", sa.Text, sa.ForeignKey("issuer_tenants.id"), nullable=False),
    sa.Column("framework", sa.Text, nullable=False),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("licence", sa.Text, nullable=False),
    sa.Column("digest", sa.Text, nullable=False),
    sa.Column("skills", sa.Integer, nullable=False),
    sa.Column("loaded_at", sa.Text, nullable=False),
    sa.UniqueConstraint("tenant_id", "framework"),
    sqlite_strict=True,
)
"""Lists of skills that institutions loaded: `digest` is that of the file, `skills` their number."""

SKILLS = sa.Table(
    "issuer_skills",
    METADATA,
    sa.Column("list_id", sa.Text, sa.ForeignKey("issuer_skill_lists.id"), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("uri", sa.Text, nullable=False),
    sa.Column("texts", sa.LargeBinary, nullable=False),
    sa.Column("code", sa.Text, nullable=False),
    sa.Column("type", sa.Text, nullable=False),
    sa.Column("searched", sa.Text, nullable=False),
    sqlite_strict=True,
)
"""Skills in the order of their file: `texts` are by language, `searched` has no accents."""
