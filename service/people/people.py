"""People who sign in to a room, and the links by which they set a password.

Passwords are hashed by whoever asks for them (the pages); only hashes come here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, Row, insert, select, update

from service.database import reading, writing
from service.errors import ConflictError, NotFoundError
from service.people.acts import Act, Acting, Record
from service.people.tables import PeopleTables
from service.sign_in.keeping import SignInMethods
from service.writing_down import digest_of, new_id, new_secret, stamp

SETUP_LINK_LIFE = timedelta(days=3)
"""How long a link to set a password holds."""


@dataclass(frozen=True, slots=True)
class User:
    """Somebody who signs in; `email` is in small letters."""

    id: str
    email: str
    name: str
    password_hash: str | None
    locale: str
    session_version: int
    created_at: str
    disabled_at: str | None = None


class People:
    """The people of a room."""

    def __init__(
        self, engine: Engine, tables: PeopleTables, sign_in: SignInMethods, record: Record
    ) -> None:
        """Keep the database, what people sign in with, and how the room records what was done."""
        self._engine, self._tables, self._sign_in = engine, tables, sign_in
        self._record = record

    def add(self, act: Acting, *, email: str, name: str, locale: str = "en") -> User:
        """Add somebody without a password; raise `ConflictError` (USER_EXISTS)."""
        users = self._tables.users
        address = email.strip().lower()
        made = User(new_id("user"), address, name, None, locale, 1, stamp(act.at))
        with writing(self._engine) as connection:
            taken = select(users.c.id).where(users.c.email == address)
            if connection.scalar(taken) is not None:
                raise ConflictError("There is somebody with this address.", code="USER_EXISTS")
            connection.execute(
                insert(users).values(
                    id=made.id,
                    email=made.email,
                    name=made.name,
                    locale=made.locale,
                    session_version=made.session_version,
                    created_at=made.created_at,
                )
            )
            self._record(connection, act, "user.added", made.id, {})
        return made

    def get(self, user_id: str) -> User:
        """Read one; raise `NotFoundError`."""
        with reading(self._engine) as connection:
            return self._user(connection, user_id)

    def has_any(self) -> bool:
        """Tell whether there is anybody at all."""
        users = self._tables.users
        with reading(self._engine) as connection:
            return connection.scalar(select(users.c.id).limit(1)) is not None

    def with_email(self, email: str) -> User | None:
        """Find somebody by their address, or nobody."""
        users = self._tables.users
        query = select(users).where(users.c.email == email.strip().lower())
        with reading(self._engine) as connection:
            row = connection.execute(query).first()
        return None if row is None else user_of(row)

    def set_password_hash(self, act: Acting, user_id: str, password_hash: str) -> User:
        """Set the hash of a password, which ends all sessions of before."""
        return self._set(act, user_id, "user.password-set", password_hash=password_hash)

    def set_locale(self, act: Acting, user_id: str, locale: str) -> None:
        """Keep the language that somebody works in."""
        users = self._tables.users
        with writing(self._engine) as connection:
            self._user(connection, user_id)
            change = update(users).where(users.c.id == user_id)
            connection.execute(change.values(locale=locale))

    def end_sessions(self, act: Acting, user_id: str) -> User:
        """End all sessions of somebody."""
        return self._set(act, user_id, "user.sessions-ended")

    def disable(self, act: Acting, user_id: str) -> User:
        """Let somebody sign in no more."""
        return self._set(act, user_id, "user.disabled", disabled_at=stamp(act.at))

    def _set(self, act: Acting, user_id: str, kind: str, **values: Any) -> User:
        """Change somebody, which ends all sessions, and links to set a password, of before."""
        users = self._tables.users
        with writing(self._engine) as connection:
            self._user(connection, user_id)
            self._end_links(connection, user_id, act.at)
            newer = users.c.session_version + 1
            change = update(users).where(users.c.id == user_id)
            connection.execute(change.values(session_version=newer, **values))
            self._record(connection, act, kind, user_id, {})
            return self._user(connection, user_id)

    def make_setup_link(self, act: Acting, user_id: str) -> str:
        """Make the secret of a link by which somebody sets their password, once.

        Older ones end with it: who asks for another may have lost the first to somebody else.
        """
        links = self._tables.setup_links
        secret = new_secret()
        with writing(self._engine) as connection:
            self._user(connection, user_id)
            self._end_links(connection, user_id, act.at)
            connection.execute(
                insert(links).values(
                    digest=digest_of(secret),
                    user_id=user_id,
                    expires_at=stamp(act.at + SETUP_LINK_LIFE),
                )
            )
            self._record(connection, act, "user.setup-link-made", user_id, {})
        return secret

    def user_of_setup_link(self, secret: str, at: datetime) -> User:
        """Find whose link it is, if it still holds; raise `NotFoundError`."""
        with reading(self._engine) as connection:
            return self._user_of_link(connection, secret, at)

    def use_setup_link(self, secret: str, password_hash: str, at: datetime) -> User:
        """Set a password by a link, which then holds no more; raise `NotFoundError`.

        It begins anew: passkeys and linked accounts of before open nothing any more, since a link
        is for whoever lost theirs, or had them taken.
        """
        users = self._tables.users
        with writing(self._engine) as connection:
            user = self._user_of_link(connection, secret, at)
            self._end_links(connection, user.id, at)
            self._sign_in.forget(connection, user.id)
            newer = user.session_version + 1
            change = update(users).where(users.c.id == user.id)
            connection.execute(change.values(session_version=newer, password_hash=password_hash))
            own = Act(f"user:{user.id}", at)
            self._record(connection, own, "user.password-set", user.id, {})
            return self._user(connection, user.id)

    def _end_links(self, connection: Connection, user_id: str, at: datetime) -> None:
        links = self._tables.setup_links
        is_open = (links.c.user_id == user_id) & links.c.used_at.is_(None)
        connection.execute(update(links).where(is_open).values(used_at=stamp(at)))

    def _user_of_link(self, connection: Connection, secret: str, at: datetime) -> User:
        users, links = self._tables.users, self._tables.setup_links
        query = select(users).join(links, links.c.user_id == users.c.id)
        query = query.where(
            links.c.digest == digest_of(secret),
            links.c.used_at.is_(None),
            links.c.expires_at > stamp(at),
        )
        row = connection.execute(query).first()
        if row is None:
            raise NotFoundError("This link holds no more. Ask for a new one.", code="LINK_ENDED")
        return user_of(row)

    def _user(self, connection: Connection, user_id: str) -> User:
        users = self._tables.users
        row = connection.execute(select(users).where(users.c.id == user_id)).first()
        if row is None:
            raise NotFoundError("There is no such user.")
        return user_of(row)


def user_of(row: Row[Any]) -> User:
    """Read a row."""
    return User(
        row.id,
        row.email,
        row.name,
        row.password_hash,
        row.locale,
        row.session_version,
        row.created_at,
        row.disabled_at,
    )
