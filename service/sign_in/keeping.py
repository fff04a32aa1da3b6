"""Linked accounts, beside passkeys, and that somebody always has a way to sign in."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, Row, Table, delete, insert, select, update

from service.database import writing
from service.sign_in.errors import SignInError
from service.sign_in.passkey_keeping import (
    Note,
    PasskeyKeeping,
    require_room,
    rows_of,
    written,
)
from service.sign_in.tables import SignInTables


@dataclass(frozen=True, slots=True)
class LinkedAccount:
    """An account at a provider (its issuer and subject) that opens somebody's account here."""

    id: str
    user_id: str
    issuer: str
    subject: str
    label: str
    linked_at: str
    used_at: str | None


class SignInMethods(PasskeyKeeping):
    """What people can sign in with besides a password."""

    def __init__(self, engine: Engine, tables: SignInTables, note: Note) -> None:
        """Keep the database and its tables; `note` writes into what the room records."""
        super().__init__(engine, tables, note)
        self._tables = tables

    def remove_passkey(
        self, user_id: str, passkey_id: str, at: datetime, usable: Collection[str]
    ) -> None:
        """Remove a passkey, unless nothing else is left to sign in with (LAST_WAY)."""
        self._remove(self._tables.passkeys, user_id, passkey_id, at, usable)

    def accounts(self, user_id: str) -> tuple[LinkedAccount, ...]:
        """Read somebody's linked accounts, the oldest first."""
        return tuple(
            map(_account, rows_of(self._engine, self._tables.accounts, user_id, "linked_at"))
        )

    def account(self, issuer: str, subject: str, at: datetime) -> LinkedAccount | None:
        """Find whom an account at a provider opens; it counts as used."""
        accounts = self._tables.accounts
        this = (accounts.c.issuer == issuer) & (accounts.c.subject == subject)
        with writing(self._engine) as connection:
            connection.execute(update(accounts).where(this).values(used_at=written(at)))
            row = connection.execute(select(accounts).where(this)).first()
        return None if row is None else _account(row)

    def link(self, user_id: str, issuer: str, subject: str, label: str, at: datetime) -> None:
        """Link an account; raise `SignInError` (ACCOUNT_LINKED, TOO_MANY)."""
        accounts = self._tables.accounts
        with writing(self._engine) as connection:
            this = (accounts.c.issuer == issuer) & (accounts.c.subject == subject)
            if connection.scalar(select(accounts.c.id).where(this)) is not None:
                text = "This account is linked to somebody here already."
                raise SignInError(text, code="ACCOUNT_LINKED")
            require_room(connection, accounts, user_id)
            connection.execute(
                insert(accounts).values(
                    id=f"account_{uuid.uuid4().hex}",
                    user_id=user_id,
                    issuer=issuer,
                    subject=subject,
                    label=label,
                    linked_at=written(at),
                )
            )
            self._note(connection, "user.account-linked", user_id, at)

    def unlink(self, user_id: str, account_id: str, at: datetime, usable: Collection[str]) -> None:
        """Unlink an account, unless nothing else is left to sign in with (LAST_WAY)."""
        self._remove(self._tables.accounts, user_id, account_id, at, usable)

    def remove_password(self, user_id: str, at: datetime, usable: Collection[str]) -> None:
        """Remove a password, unless nothing else is left to sign in with (LAST_WAY)."""
        users = self._tables.users
        with writing(self._engine) as connection:
            change = update(users).where(users.c.id == user_id).values(password_hash=None)
            connection.execute(change)
            self._require_way(connection, user_id, usable)
            self._note(connection, "user.password-removed", user_id, at)

    def forget(self, connection: Connection, user_id: str) -> None:
        """Take all passkeys and linked accounts of somebody away, as when they begin anew."""
        for table in (self._tables.passkeys, self._tables.accounts):
            connection.execute(delete(table).where(table.c.user_id == user_id))

    def _remove(
        self, table: Table, user_id: str, row_id: str, at: datetime, usable: Collection[str]
    ) -> None:
        is_passkey = table is self._tables.passkeys
        kind = "user.passkey-removed" if is_passkey else "user.account-unlinked"
        with writing(self._engine) as connection:
            this = (table.c.id == row_id) & (table.c.user_id == user_id)
            if connection.execute(delete(table).where(this)).rowcount:
                self._require_way(connection, user_id, usable)
                self._note(connection, kind, user_id, at)

    def _require_way(self, connection: Connection, user_id: str, usable: Collection[str]) -> None:
        """Undo a change that leaves nothing to sign in with, by raising inside the transaction.

        `usable` names what this installation takes: "passkey", and the issuers of its providers.
        """
        users, passkeys, accounts = (
            self._tables.users,
            self._tables.passkeys,
            self._tables.accounts,
        )
        password = select(users.c.password_hash).where(users.c.id == user_id)
        own_passkeys = select(passkeys.c.id).where(
            passkeys.c.user_id == user_id, passkeys.c.suspected_at.is_(None)
        )
        own_accounts = select(accounts.c.id).where(
            accounts.c.user_id == user_id, accounts.c.issuer.in_(usable)
        )
        ways = [password, *([own_passkeys] if "passkey" in usable else []), own_accounts]
        if not any(connection.scalar(way.limit(1)) is not None for way in ways):
            text = "This is all that you can sign in with. Add something else first."
            raise SignInError(text, code="LAST_WAY")


def _account(row: Row[Any]) -> LinkedAccount:
    return LinkedAccount(**row._mapping)  # noqa: SLF001
