"""The tables of the verifier, as the migrations make them.

Times are UTC to the second, written as `service` writes them, so that their order is that of the
text.  Lists and shares are known by the digest of their address: whoever reads the database cannot
open one.
"""

from __future__ import annotations

import sqlalchemy as sa

from service.columns import binary, text

METADATA = sa.MetaData()


LISTS = sa.Table(
    "verifier_watch_lists",
    METADATA,
    text("id", primary_key=True),
    *(text(name) for name in ("created_at", "mail", "webhook", "secret", "language")),
)
"""Watch lists: whom a change is told to (empty: nobody); `secret` signs what a webhook gets."""

WATCHED = sa.Table(
    "verifier_watched",
    METADATA,
    text("id", primary_key=True),
    sa.Column("list_id", sa.Text, sa.ForeignKey("verifier_watch_lists.id"), nullable=False),
    text("digest"),
    *(binary(name) for name in ("about", "document")),
    *(text(name) for name in ("answer", "told_by_mail", "told_by_webhook")),
    *(text(name) for name in ("added_at", "checked_at", "changed_at")),
    sa.UniqueConstraint("list_id", "digest"),
    sa.Index("verifier_watched_checked", "checked_at"),
)
"""What is watched: `about` is what is needed to ask again, `document` is empty unless kept."""

SHARED = sa.Table(
    "verifier_shared",
    METADATA,
    text("id", primary_key=True),
    text("holder"),
    binary("presentation"),
    *(text(name) for name in ("created_at", "ends_at")),
    sa.Index("verifier_shared_ends", "ends_at"),
)
"""Credentials that their holders share by link, until a day."""
