"""Passkeys, and what a browser is in the middle of, kept beside a room's people.

A step (a challenge that waits for its answer, a visit at a provider) is known by the digest of a
secret that the browser holds.  It is taken once, and by the browser that began it only.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Engine, Row, Table, delete, func, insert, select, update

from credentials.timestamps import format_timestamp
from service.database import reading, writing
from service.sign_in.errors import SignInError
from service.sign_in.tables import PasskeyTables

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


class PasskeyKeeping:
    """The passkeys of a room's people."""

    def __init__(self, engine: Engine, tables: PasskeyTables, note: Note) -> None:
        """Keep the database and its tables; `note` writes into what the room records."""
        self._engine, self._kept, self._note = engine, tables, note

    def begin(
        self, kind: str, at: datetime, data: dict[str, str], *, user_id: str | None = None
    ) -> str:
        """Begin a step, and return the secret for the browser; steps that ended are forgotten."""
        secret, steps = secrets.token_urlsafe(SECRET_BYTES), self._kept.steps
        with writing(self._engine) as connection:
            connection.execute(delete(steps).where(steps.c.ends_at <= written(at)))
            connection.execute(
                insert(steps).values(
                    digest=_digest(secret),
                    kind=kind,
                    user_id=user_id,
                    data=json.dumps(data).encode("utf-8"),
                    ends_at=written(at + STEP_LIFE),
                )
            )
        return secret

    def take(self, kind: str, secret: str | None, at: datetime) -> Step:
        """Take what a browser began, once; raise `SignInError` (STEP_ENDED)."""
        steps = self._kept.steps
        this = (steps.c.digest == _digest(secret or "")) & (steps.c.kind == kind)
        with writing(self._engine) as connection:
            taken = delete(steps).where(this).returning(steps)
            row = connection.execute(taken).first()
        if row is None or row.ends_at <= written(at):
            text = "This took too long, or was done already. Begin again."
            raise SignInError(text, code="STEP_ENDED")
        return Step(row.user_id, json.loads(row.data))

    def passkeys(self, user_id: str) -> tuple[Passkey, ...]:
        """Read somebody's passkeys, the oldest first."""
        return tuple(map(_passkey, rows_of(self._engine, self._kept.passkeys, user_id, "made_at")))

    def passkey(self, credential_id: bytes) -> Passkey | None:
        """Find a passkey by the id that its authenticator gave it."""
        passkeys = self._kept.passkeys
        query = select(passkeys).where(passkeys.c.credential_id == credential_id)
        with reading(self._engine) as connection:
            row = connection.execute(query).first()
        return None if row is None else _passkey(row)

    def add_passkey(self, user_id: str, made: NewPasskey, name: str, at: datetime) -> None:
        """Keep a new passkey; raise `SignInError` (PASSKEY_KNOWN, TOO_MANY)."""
        passkeys = self._kept.passkeys
        with writing(self._engine) as connection:
            known = select(passkeys.c.id).where(passkeys.c.credential_id == made.credential_id)
            if connection.scalar(known) is not None:
                raise SignInError("This passkey is known already.", code="PASSKEY_KNOWN")
            require_room(connection, passkeys, user_id)
            connection.execute(
                insert(passkeys).values(
                    id=f"passkey_{uuid.uuid4().hex}",
                    user_id=user_id,
                    credential_id=made.credential_id,
                    public_key=made.public_key,
                    sign_count=made.sign_count,
                    name=name,
                    made_at=written(at),
                )
            )
            self._note(connection, "user.passkey-added", user_id, at)

    def used_passkey(self, passkey: Passkey, sign_count: int, at: datetime) -> None:
        """Keep how often a passkey has signed.

        A counter that did not grow means that there may be a copy: the passkey opens nothing from
        then on.  Raises `SignInError` (PASSKEY_SUSPECTED).
        """
        passkeys = self._kept.passkeys
        grown = (passkeys.c.sign_count < sign_count) | (
            (passkeys.c.sign_count == 0) & (sign_count == 0)
        )
        this = passkeys.c.id == passkey.id
        is_sound = passkeys.c.suspected_at.is_(None)
        with writing(self._engine) as connection:
            used = update(passkeys).where(this, is_sound, grown)
            used = used.values(sign_count=sign_count, used_at=written(at))
            is_accepted = bool(connection.execute(used).rowcount)
            if not is_accepted:
                suspected = update(passkeys).where(this, is_sound).values(suspected_at=written(at))
                if connection.execute(suspected).rowcount:
                    self._note(connection, "user.passkey-suspected", passkey.user_id, at)
        if not is_accepted:
            text = "This passkey may have been copied, so it opens nothing any more. Remove it."
            raise SignInError(text, code="PASSKEY_SUSPECTED")

    def forget_passkey(self, user_id: str, passkey_id: str, at: datetime) -> None:
        """Remove a passkey of somebody who has another way to sign in, whatever they remove."""
        passkeys = self._kept.passkeys
        this = (passkeys.c.id == passkey_id) & (passkeys.c.user_id == user_id)
        with writing(self._engine) as connection:
            if connection.execute(delete(passkeys).where(this)).rowcount:
                self._note(connection, "user.passkey-removed", user_id, at)


def rows_of(engine: Engine, table: Table, user_id: str, order: str) -> list[Row[Any]]:
    """Read the rows of a table that are somebody's."""
    query = select(table).where(table.c.user_id == user_id).order_by(table.c[order])
    with reading(engine) as connection:
        return list(connection.execute(query))


def require_room(connection: Connection, table: Table, user_id: str) -> None:
    """Raise `SignInError` (TOO_MANY) if somebody has as many as anybody may have."""
    count = select(func.count()).select_from(table).where(table.c.user_id == user_id)
    if connection.scalars(count).one() >= MOST_WAYS:
        text = f"Nobody can have more than {MOST_WAYS}. Remove one first."
        raise SignInError(text, code="TOO_MANY")


def _passkey(row: Row[Any]) -> Passkey:
    return Passkey(**row._mapping)  # noqa: SLF001 - the documented way to have a row by names


def _digest(secret: str) -> str:
    return f"sha256:{hashlib.sha256(secret.encode('utf-8', 'surrogatepass')).hexdigest()}"


def written(at: datetime) -> str:
    """Write a time to the second, so that the order of texts is that of times."""
    return format_timestamp(at.astimezone(UTC).replace(microsecond=0))
