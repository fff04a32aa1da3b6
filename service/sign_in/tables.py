"""The tables in which a room keeps passkeys and linked accounts of its people.

Times are UTC to the second, in texts whose order is that of the times.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

COUNT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
"""An authenticator counts in 32 bits without a sign, which an integer of PostgreSQL has not."""


@dataclass(frozen=True, slots=True)
class SignInTables:
    """The tables of one room; `users` is the room's own, with `id` and `password_hash`."""

    users: sa.Table
    passkeys: sa.Table
    accounts: sa.Table
    steps: sa.Table


def sign_in_tables(users: sa.Table, metadata: sa.MetaData) -> SignInTables:
    """Describe the tables beside a table of people, as the migrations make them."""
    room = users.name.removesuffix("_users")

    def table(name: str, *parts: Any) -> sa.Table:
        return sa.Table(f"{room}_{name}", metadata, *parts, sqlite_strict=True)

    def text(name: str, *, is_key: bool = False, is_nullable: bool = False) -> sa.Column[str]:
        return sa.Column(name, sa.Text, primary_key=is_key, nullable=is_nullable)

    def of_user() -> sa.Column[str]:
        return sa.Column("user_id", sa.Text, sa.ForeignKey(users.c.id), nullable=False)

    passkeys = table(
        "passkeys",
        text("id", is_key=True),
        of_user(),
        sa.Column("credential_id", sa.LargeBinary, nullable=False, unique=True),
        sa.Column("public_key", sa.LargeBinary, nullable=False),
        sa.Column("sign_count", COUNT, nullable=False),
        text("name"),
        text("made_at"),
        text("used_at", is_nullable=True),
        text("suspected_at", is_nullable=True),
        sa.Index(f"{room}_passkeys_of", "user_id"),
    )
    accounts = table(
        "linked_accounts",
        text("id", is_key=True),
        of_user(),
        text("issuer"),
        text("subject"),
        text("label"),
        text("linked_at"),
        text("used_at", is_nullable=True),
        sa.UniqueConstraint("issuer", "subject"),
        sa.Index(f"{room}_linked_accounts_of", "user_id"),
    )
    steps = table(
        "sign_in_steps",
        text("digest", is_key=True),
        text("kind"),
        text("user_id", is_nullable=True),
        sa.Column("data", sa.LargeBinary, nullable=False),
        text("ends_at"),
    )
    return SignInTables(users, passkeys, accounts, steps)
