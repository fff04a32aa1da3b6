"""The tables in which a room keeps passkeys and linked accounts of its people.

Times are UTC to the second, in texts whose order is that of the times.
"""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

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
        _text("digest", is_key=True),
        _text("kind"),
        _text("user_id", is_nullable=True),
        sa.Column("data", sa.LargeBinary, nullable=False),
        _text("ends_at"),
        sqlite_strict=True,
    )
    return PasskeyTables(_passkeys(room, users, metadata, ondelete), steps)


def _passkeys(room: str, users: sa.Table, metadata: sa.MetaData, ondelete: str | None) -> sa.Table:
    return sa.Table(
        f"{room}_passkeys",
        metadata,
        _text("id", is_key=True),
        _of(users, ondelete),
        sa.Column("credential_id", sa.LargeBinary, nullable=False, unique=True),
        sa.Column("public_key", sa.LargeBinary, nullable=False),
        sa.Column("sign_count", COUNT, nullable=False),
        _text("name"),
        _text("made_at"),
        _text("used_at", is_nullable=True),
        _text("suspected_at", is_nullable=True),
        sa.Index(f"{room}_passkeys_of", "user_id"),
        sqlite_strict=True,
    )


def _accounts(room: str, users: sa.Table, metadata: sa.MetaData) -> sa.Table:
    return sa.Table(
        f"{room}_linked_accounts",
        metadata,
        _text("id", is_key=True),
        _of(users),
        _text("issuer"),
        _text("subject"),
        _text("label"),
        _text("linked_at"),
        _text("used_at", is_nullable=True),
        sa.UniqueConstraint("issuer", "subject"),
        sa.Index(f"{room}_linked_accounts_of", "user_id"),
        sqlite_strict=True,
    )


def _text(name: str, *, is_key: bool = False, is_nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text, primary_key=is_key, nullable=is_nullable)


def _of(users: sa.Table, ondelete: str | None = None) -> sa.Column[str]:
    key = sa.ForeignKey(users.c.id, ondelete=ondelete)
    return sa.Column("user_id", sa.Text, key, nullable=False)
