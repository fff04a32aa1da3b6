"""Claiming into wallets: copies of credentials, offers, grants, and what was handed over."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0016"


def upgrade() -> None:
    """Make the tables."""
    op.add_column("issuer_credentials", sa.Column("copy_of", sa.Text, nullable=True))
    op.create_index("issuer_credentials_copied", "issuer_credentials", ["copy_of"])
    _make_offers()
    _make_grants()
    _make_handovers()
    _make_requests_and_nonces()


def _make_offers() -> None:
    op.create_table(
        "issuer_wallet_offers",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("tenant_id", sa.Text, sa.ForeignKey("issuer_tenants.id"), nullable=False),
        sa.Column("delivery_id", sa.Text, sa.ForeignKey("issuer_deliveries.id"), nullable=False),
        sa.Column("form", sa.Text, nullable=False),
        sa.Column("secret_digest", sa.Text, nullable=False, unique=True),
        sa.Column("code_digest", sa.Text, nullable=False, unique=True),
        sa.Column("state_digest", sa.Text, nullable=False, unique=True),
        sa.Column("needs_pin", sa.Integer, nullable=False),
        sa.Column("created_at", sa.Text, nullable=False),
        sa.Column("expires_at", sa.Text, nullable=False),
        sa.Column("holder_digest", sa.Text, nullable=True),
        sa.Column("code_used_at", sa.Text, nullable=True),
        sa.Column("ended_at", sa.Text, nullable=True),
        sa.Index("issuer_wallet_offers_of", "delivery_id"),
        sa.Index("issuer_wallet_offers_end", "expires_at"),
        sqlite_strict=True,
    )


def _make_grants() -> None:
    op.create_table(
        "issuer_wallet_grants",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("offer_id", sa.Text, sa.ForeignKey("issuer_wallet_offers.id"), nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("client_id", sa.Text, nullable=True),
        sa.Column("redirect_uri", sa.Text, nullable=True),
        sa.Column("challenge", sa.Text, nullable=True),
        sa.Column("is_detailed", sa.Integer, nullable=False),
        sa.Column("code_digest", sa.Text, nullable=True, unique=True),
        sa.Column("code_expires_at", sa.Text, nullable=True),
        sa.Column("redeemed_at", sa.Text, nullable=True),
        sa.Column("token_digest", sa.Text, nullable=True, unique=True),
        sa.Column("token_expires_at", sa.Text, nullable=True),
        sa.Column("revoked_at", sa.Text, nullable=True),
        sa.Column("created_at", sa.Text, nullable=False),
        sa.CheckConstraint("kind IN ('pre-authorized', 'code')"),
        sa.Index("issuer_wallet_grants_of", "offer_id"),
        sqlite_strict=True,
    )


def _make_handovers() -> None:
    op.create_table(
        "issuer_wallet_handovers",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("grant_id", sa.Text, sa.ForeignKey("issuer_wallet_grants.id"), nullable=False),
        sa.Column("credential_id", sa.Text, sa.ForeignKey("issuer_credentials.id"), nullable=False),
        sa.Column("transaction_digest", sa.Text, nullable=True, unique=True),
        sa.Column("notification_digest", sa.Text, nullable=True, unique=True),
        sa.Column("event", sa.Text, nullable=True),
        sa.Column("created_at", sa.Text, nullable=False),
        sa.Index("issuer_wallet_handovers_of", "grant_id"),
        sqlite_strict=True,
    )


def _make_requests_and_nonces() -> None:
    op.create_table(
        "issuer_wallet_requests",
        sa.Column("digest", sa.Text, primary_key=True),
        sa.Column("parameters", sa.LargeBinary, nullable=False),
        sa.Column("expires_at", sa.Text, nullable=False),
        sqlite_strict=True,
    )
    op.create_table(
        "issuer_wallet_nonces",
        sa.Column("digest", sa.Text, primary_key=True),
        sa.Column("expires_at", sa.Text, nullable=False),
        sa.Index("issuer_wallet_nonces_end", "expires_at"),
        sqlite_strict=True,
    )
