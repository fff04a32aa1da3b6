"""The tables in which a room keeps passkeys and linked accounts of its people.

Times are UTC to the second, in texts whose order is that of the times.
"""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from service.columns import binary, text

COUNT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
"""An authenticator counts in 32 bits without a sign, which an integer of PostgreSQL has not."""


@dataclass(frozen=True, slots=True)
class PasskeyTables:
    """Passkeys of a room's people, and what browsers are in the middle of."""

    passkeys: sa.Table
    steps: sa.Table


@dataclass(frozen=True, slots=True)
class SignInTables(PasskeyTables):
    """The tables of one room; `users` is the room's own, with `id` and `password_hash`."""

    users: sa.Table
    accounts: sa.Table


def sign_in_tables(users: sa.Table, metadata: sa.MetaData) -> SignInTables:
    """Describe the tables beside a table of people, as the migrations make them."""
    room = users.name.removesuffix("_users")
    both = passkey_tables(room, users, metadata)
    return SignInTables(both.passkeys, both.steps, users, _accounts(room, users, metadata))


def passkey_tables(
    room: str, users: sa.Table, metadata: sa.MetaData, *, ondelete: str | None = None
) -> PasskeyTables:
    """Describe the tables of a room that lets its people in by passkeys and ways of its own.

    `ondelete` says what becomes of a passkey where its person is deleted ("CASCADE": it goes, too).
    """
    steps = sa.Table(
        f"{room}_sign_in_steps",
        metadata,
        text("digest", primary_key=True),
        text("kind"),
        text("user_id", nullable=True),
        binary("data"),
        text("ends_at"),
        sqlite_strict=True,
    )
    return PasskeyTables(_passkeys(room, users, metadata, ondelete), steps)


def _passkeys(room: str, users: sa.Table, metadata: sa.MetaData, ondelete: str | None) -> sa.Table:
    return sa.Table(
        f"{room}_passkeys",
        metadata,
        text("id", primary_key=True),
        _of(users, ondelete),
        binary("credential_id", unique=True),
        binary("public_key"),
        sa.Column("sign_count", COUNT, nullable=False),
        text("name"),
        text("made_at"),
        text("used_at", nullable=True),
        text("suspected_at", nullable=True),
        sa.Index(f"{room}_passkeys_of", "user_id"),
        sqlite_strict=True,
    )


def _accounts(room: str, users: sa.Table, metadata: sa.MetaData) -> sa.Table:
    return sa.Table(
        f"{room}_linked_accounts",
        metadata,
        text("id", primary_key=True),
        _of(users),
        text("issuer"),
        text("subject"),
        text("label"),
        text("linked_at"),
        text("used_at", nullable=True),
        sa.UniqueConstraint("issuer", "subject"),
        sa.Index(f"{room}_linked_accounts_of", "user_id"),
        sqlite_strict=True,
    )


def _of(users: sa.Table, ondelete: str | None = None) -> sa.Column[str]:
    key = sa.ForeignKey(users.c.id, ondelete=ondelete)
    return sa.Column("user_id", sa.Text, key, nullable=False)
