"""The tables of claiming into wallets, in the form of `issuer.store.tables`."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from issuer.store.tables import METADATA


def _text(name: str, *parts: Any, nullable: bool = False, **options: Any) -> sa.Column[Any]:
    return sa.Column(name, sa.Text, *parts, nullable=nullable, **options)


def _of(table: str, column: str) -> sa.Column[Any]:
    return _text(column, sa.ForeignKey(f"issuer_{table}.id"))


def _table(name: str, *parts: Any) -> sa.Table:
    return sa.Table(f"issuer_wallet_{name}", METADATA, *parts, sqlite_strict=True)


OFFERS = _table(
    "offers",
    _text("id", primary_key=True),
    _of("tenants", "tenant_id"),
    _of("deliveries", "delivery_id"),
    _text("form"),
    _text("secret_digest", unique=True),
    _text("code_digest", unique=True),
    _text("state_digest", unique=True),
    sa.Column("needs_pin", sa.Integer, nullable=False),
    _text("created_at"),
    _text("expires_at"),
    _text("holder_digest", nullable=True),
    _text("code_used_at", nullable=True),
    _text("ended_at", nullable=True),
    sa.Index("issuer_wallet_offers_of", "delivery_id"),
    sa.Index("issuer_wallet_offers_end", "expires_at"),
)
"""Claims as they are offered to a wallet, for minutes.  The secret of an offer's addresses, its
pre-authorized code and its `issuer_state` are known by digest; `holder_digest` is of the id that
was handed the credential."""

GRANTS = _table(
    "grants",
    _text("id", primary_key=True),
    _of("wallet_offers", "offer_id"),
    _text("kind"),
    _text("client_id", nullable=True),
    _text("redirect_uri", nullable=True),
    _text("challenge", nullable=True),
    sa.Column("is_detailed", sa.Integer, nullable=False),
    _text("code_digest", nullable=True, unique=True),
    _text("code_expires_at", nullable=True),
    _text("redeemed_at", nullable=True),
    _text("token_digest", nullable=True, unique=True),
    _text("token_expires_at", nullable=True),
    _text("revoked_at", nullable=True),
    _text("created_at"),
    sa.CheckConstraint("kind IN ('pre-authorized', 'code')"),
    sa.Index("issuer_wallet_grants_of", "offer_id"),
)
"""What wallets may do: a code of the authorization endpoint and the token for it, by digest."""

HANDOVERS = _table(
    "handovers",
    _text("id", primary_key=True),
    _of("wallet_grants", "grant_id"),
    _of("credentials", "credential_id"),
    _text("transaction_digest", nullable=True, unique=True),
    _text("notification_digest", nullable=True, unique=True),
    _text("event", nullable=True),
    _text("created_at"),
    sa.Index("issuer_wallet_handovers_of", "grant_id"),
)
"""Credentials that wallets were handed, or wait for; `event` is what the wallet said of it."""

REQUESTS = _table(
    "requests",
    _text("digest", primary_key=True),
    sa.Column("parameters", sa.LargeBinary, nullable=False),
    _text("expires_at"),
)
"""Pushed authorization requests (RFC 9126), by the digest of their URI."""

NONCES = _table(
    "nonces",
    _text("digest", primary_key=True),
    _text("expires_at"),
    sa.Index("issuer_wallet_nonces_end", "expires_at"),
)
"""Nonces and challenges that were answered, until they would have ended anyway."""
