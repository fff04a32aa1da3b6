"""Passkeys, linked accounts, and what a browser is in the middle of, kept beside a room's people.

A step (a challenge that waits for its answer, a visit at a provider) is known by the digest of a
secret that the browser holds.  It is taken once, and by the browser that began it only.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import uuid
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Engine, Row, Table, delete, func, insert, select, update

from credentials.timestamps import format_timestamp
from service.database import reading, writing
from service.sign_in.errors import SignInError
from service.sign_in.tables import SignInTables

if TYPE_CHECKING:
    # What is kept is read by commands that never ask for a passkey.
    from service.sign_in.passkeys import NewPasskey

STEP_LIFE = timedelta(minutes=10)
"""How long a challenge, or a visit at a provider, may take."""

MOST_WAYS = 20
"""Most passkeys, and most linked accounts, of one person."""

SECRET_BYTES = 32

Note = Callable[[Connection, str, str, datetime], None]
"""Records what was done (its kind), with whom, and when, in the same transaction."""


@dataclass(frozen=True, slots=True)
class Step:
    """What a browser is in the middle of: its data, and whose it is if somebody was signed in."""

    user_id: str | None
    data: dict[str, str]


@dataclass(frozen=True, slots=True)
class Passkey:
    """A passkey of somebody; one that is suspected to have been copied opens nothing any more."""

    id: str
    user_id: str
    credential_id: bytes
    public_key: bytes
    sign_count: int
    name: str
    made_at: str
    used_at: str | None
    suspected_at: str | None


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


class SignInMethods:
    """What people can sign in with besides a password."""

    def __init__(self, engine: Engine, tables: SignInTables, note: Note) -> None:
        """Keep the database and its tables; `note` writes into what the room records."""
        self._engine, self._tables, self._note = engine, tables, note

    def begin(
        self, kind: str, at: datetime, data: dict[str, str], *, user_id: str | None = None
    ) -> str:
        """Begin a step, and return the secret for the browser; steps that ended are forgotten."""
        secret, steps = secrets.token_urlsafe(SECRET_BYTES), self._tables.steps
        with writing(self._engine) as connection:
            connection.execute(delete(steps).where(steps.c.ends_at <= _stamp(at)))
            connection.execute(
                insert(steps).values(
                    digest=_digest(secret),
                    kind=kind,
                    user_id=user_id,
                    data=json.dumps(data).encode("utf-8"),
                    ends_at=_stamp(at + STEP_LIFE),
                )
            )
        return secret

    def take(self, kind: str, secret: str | None, at: datetime) -> Step:
        """Take what a browser began, once; raise `SignInError` (STEP_ENDED)."""
        steps = self._tables.steps
        this = (steps.c.digest == _digest(secret or "")) & (steps.c.kind == kind)
        with writing(self._engine) as connection:
            taken = delete(steps).where(this).returning(steps)
            row = connection.execute(taken).first()
        if row is None or row.ends_at <= _stamp(at):
            text = "This took too long, or was done already. Begin again."
            raise SignInError(text, code="STEP_ENDED")
        return Step(row.user_id, json.loads(row.data))

    def passkeys(self, user_id: str) -> tuple[Passkey, ...]:
        """Read somebody's passkeys, the oldest first."""
        return tuple(map(_passkey, self._of(self._tables.passkeys, user_id, "made_at")))

    def passkey(self, credential_id: bytes) -> Passkey | None:
        """Find a passkey by the id that its authenticator gave it."""
        passkeys = self._tables.passkeys
        query = select(passkeys).where(passkeys.c.credential_id == credential_id)
        with reading(self._engine) as connection:
            row = connection.execute(query).first()
        return None if row is None else _passkey(row)

    def add_passkey(self, user_id: str, made: NewPasskey, name: str, at: datetime) -> None:
        """Keep a new passkey; raise `SignInError` (PASSKEY_KNOWN, TOO_MANY)."""
        passkeys = self._tables.passkeys
        with writing(self._engine) as connection:
            known = select(passkeys.c.id).where(passkeys.c.credential_id == made.credential_id)
            if connection.scalar(known) is not None:
                raise SignInError("This passkey is known already.", code="PASSKEY_KNOWN")
            _require_room(connection, passkeys, user_id)
            connection.execute(
                insert(passkeys).values(
                    id=f"passkey_{uuid.uuid4().hex}",
                    user_id=user_id,
                    credential_id=made.credential_id,
                    public_key=made.public_key,
                    sign_count=made.sign_count,
                    name=name,
                    made_at=_stamp(at),
                )
            )
            self._note(connection, "user.passkey-added", user_id, at)

    def used_passkey(self, passkey: Passkey, sign_count: int, at: datetime) -> None:
        """Keep how often a passkey has signed.

        A counter that did not grow means that there may be a copy: the passkey opens nothing from
        then on.  Raises `SignInError` (PASSKEY_SUSPECTED).
        """
        passkeys = self._tables.passkeys
        grown = (passkeys.c.sign_count < sign_count) | (
            (passkeys.c.sign_count == 0) & (sign_count == 0)
        )
        this = passkeys.c.id == passkey.id
        is_sound = passkeys.c.suspected_at.is_(None)
        with writing(self._engine) as connection:
            used = update(passkeys).where(this, is_sound, grown)
            used = used.values(sign_count=sign_count, used_at=_stamp(at))
            is_accepted = bool(connection.execute(used).rowcount)
            if not is_accepted:
                suspected = update(passkeys).where(this, is_sound).values(suspected_at=_stamp(at))
                if connection.execute(suspected).rowcount:
                    self._note(connection, "user.passkey-suspected", passkey.user_id, at)
        if not is_accepted:
            text = "This passkey may have been copied, so it opens nothing any more. Remove it."
            raise SignInError(text, code="PASSKEY_SUSPECTED")

    def remove_passkey(
        self, user_id: str, passkey_id: str, at: datetime, usable: Collection[str]
    ) -> None:
        """Remove a passkey, unless nothing else is left to sign in with (LAST_WAY)."""
        self._remove(self._tables.passkeys, user_id, passkey_id, at, usable)

    def accounts(self, user_id: str) -> tuple[LinkedAccount, ...]:
        """Read somebody's linked accounts, the oldest first."""
        return tuple(map(_account, self._of(self._tables.accounts, user_id, "linked_at")))

    def account(self, issuer: str, subject: str, at: datetime) -> LinkedAccount | None:
        """Find whom an account at a provider opens; it counts as used."""
        accounts = self._tables.accounts
        this = (accounts.c.issuer == issuer) & (accounts.c.subject == subject)
        with writing(self._engine) as connection:
            connection.execute(update(accounts).where(this).values(used_at=_stamp(at)))
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
            _require_room(connection, accounts, user_id)
            connection.execute(
                insert(accounts).values(
                    id=f"account_{uuid.uuid4().hex}",
                    user_id=user_id,
                    issuer=issuer,
                    subject=subject,
                    label=label,
                    linked_at=_stamp(at),
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

    def _of(self, table: Table, user_id: str, order: str) -> list[Row[Any]]:
        query = select(table).where(table.c.user_id == user_id).order_by(table.c[order])
        with reading(self._engine) as connection:
            return list(connection.execute(query))

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


def _require_room(connection: Connection, table: Table, user_id: str) -> None:
    count = select(func.count()).select_from(table).where(table.c.user_id == user_id)
    if connection.scalars(count).one() >= MOST_WAYS:
        text = f"Nobody can have more than {MOST_WAYS}. Remove one first."
        raise SignInError(text, code="TOO_MANY")


def _passkey(row: Row[Any]) -> Passkey:
    return Passkey(**row._mapping)  # noqa: SLF001 - the documented way to have a row by names


def _account(row: Row[Any]) -> LinkedAccount:
    return LinkedAccount(**row._mapping)  # noqa: SLF001


def _digest(secret: str) -> str:
    return f"sha256:{hashlib.sha256(secret.encode('utf-8', 'surrogatepass')).hexdigest()}"


def _stamp(at: datetime) -> str:
    return format_timestamp(at.astimezone(UTC).replace(microsecond=0))
