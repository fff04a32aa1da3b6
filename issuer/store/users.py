"""People who work with the console, their roles, and the links by which they set a password.

Passwords are hashed by whoever asks for them (the console); only hashes come here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Engine, Row, delete, insert, select, update

from issuer.store.errors import ConflictError, NotFoundError
from issuer.store.ledger import Act, note, record
from issuer.store.tables import ROLES, SETUP_LINKS, USERS
from issuer.store.writing_down import digest_of, new_id, new_secret, required, stamp
from service import reading, writing
from service.sign_in import SignInMethods

SETUP_LINK_LIFE = timedelta(days=3)
"""How long a link to set a password holds."""


class Role(StrEnum):
    """What somebody may do: own (everything), issue, review without issuing, audit by reading."""

    OWNER = "owner"
    ISSUER = "issuer"
    REVIEWER = "reviewer"
    AUDITOR = "auditor"


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


class Users:
    """The people, in all institutions."""

    def __init__(self, engine: Engine, sign_in: SignInMethods) -> None:
        """Keep the database, and what people sign in with; nothing is read yet."""
        self._engine, self._sign_in = engine, sign_in

    def add(self, act: Act, *, email: str, name: str, locale: str = "en") -> User:
        """Add somebody without a password; raise `ConflictError` (USER_EXISTS)."""
        address = email.strip().lower()
        made = User(new_id("user"), address, name, None, locale, 1, stamp(act.at))
        with writing(self._engine) as connection:
            taken = select(USERS.c.id).where(USERS.c.email == address)
            if connection.scalar(taken) is not None:
                raise ConflictError("There is somebody with this address.", code="USER_EXISTS")
            connection.execute(
                insert(USERS).values(
                    id=made.id,
                    email=made.email,
                    name=made.name,
                    locale=made.locale,
                    session_version=made.session_version,
                    created_at=made.created_at,
                )
            )
            record(connection, note(act, "user.added", made.id))
        return made

    def get(self, user_id: str) -> User:
        """Read one; raise `NotFoundError`."""
        with reading(self._engine) as connection:
            return _user(connection, user_id)

    def has_any(self) -> bool:
        """Tell whether there is anybody at all."""
        with reading(self._engine) as connection:
            return connection.scalar(select(USERS.c.id).limit(1)) is not None

    def with_email(self, email: str) -> User | None:
        """Find somebody by their address, or nobody."""
        query = select(USERS).where(USERS.c.email == email.strip().lower())
        with reading(self._engine) as connection:
            row = connection.execute(query).first()
        return None if row is None else user_of(row)

    def set_password_hash(self, act: Act, user_id: str, password_hash: str) -> User:
        """Set the hash of a password, which ends all sessions of before."""
        return self._set(act, user_id, "user.password-set", password_hash=password_hash)

    def set_locale(self, act: Act, user_id: str, locale: str) -> None:
        """Keep the language that somebody works in."""
        with writing(self._engine) as connection:
            _user(connection, user_id)
            change = update(USERS).where(USERS.c.id == user_id)
            connection.execute(change.values(locale=locale))

    def end_sessions(self, act: Act, user_id: str) -> User:
        """End all sessions of somebody."""
        return self._set(act, user_id, "user.sessions-ended")

    def disable(self, act: Act, user_id: str) -> User:
        """Let somebody sign in no more."""
        return self._set(act, user_id, "user.disabled", disabled_at=stamp(act.at))

    def _set(self, act: Act, user_id: str, kind: str, **values: Any) -> User:
        with writing(self._engine) as connection:
            _user(connection, user_id)
            newer = USERS.c.session_version + 1
            change = update(USERS).where(USERS.c.id == user_id)
            connection.execute(change.values(session_version=newer, **values))
            record(connection, note(act, kind, user_id))
            return _user(connection, user_id)

    def grant(self, act: Act, user_id: str, role: Role) -> None:
        """Give somebody a role in the institution of `act`.

        Links to set a password that were made before they worked there hold no more: who made or
        kept one would get into that institution, too.
        """
        with writing(self._engine) as connection:
            _user(connection, user_id)
            held = _roles(connection, act.tenant_id, user_id)
            if not held:
                of_them = SETUP_LINKS.c.user_id == user_id
                is_open = SETUP_LINKS.c.used_at.is_(None)
                ended = update(SETUP_LINKS).where(of_them, is_open)
                connection.execute(ended.values(used_at=stamp(act.at)))
            if role not in held:
                connection.execute(
                    insert(ROLES).values(
                        tenant_id=act.tenant_id,
                        user_id=user_id,
                        role=role.value,
                        granted_at=stamp(act.at),
                    )
                )
                record(connection, note(act, "role.granted", user_id, role=role.value))

    def withdraw(self, act: Act, user_id: str, role: Role) -> None:
        """Take a role away; raise `ConflictError` (LAST_OWNER) for the last owner's."""
        with writing(self._engine) as connection:
            held = ROLES.c.tenant_id == act.tenant_id
            owners = select(ROLES.c.user_id).where(held, ROLES.c.role == Role.OWNER.value)
            if role is Role.OWNER and connection.scalars(owners).all() == [user_id]:
                raise ConflictError(
                    "An institution needs an owner; name another one first.", code="LAST_OWNER"
                )
            this = (ROLES.c.user_id == user_id) & (ROLES.c.role == role.value)
            if connection.execute(delete(ROLES).where(held, this)).rowcount:
                record(connection, note(act, "role.withdrawn", user_id, role=role.value))

    def roles(self, tenant_id: str, user_id: str) -> frozenset[Role]:
        """Tell which roles somebody has in an institution."""
        with reading(self._engine) as connection:
            return _roles(connection, tenant_id, user_id)

    def members(self, tenant_id: str) -> tuple[tuple[User, frozenset[Role]], ...]:
        """Read everybody who has a role in an institution, by address."""
        query = select(USERS, ROLES.c.role).join(ROLES, ROLES.c.user_id == USERS.c.id)
        query = query.where(ROLES.c.tenant_id == tenant_id).order_by(USERS.c.email)
        found: dict[str, tuple[User, set[Role]]] = {}
        with reading(self._engine) as connection:
            for row in connection.execute(query):
                found.setdefault(row.id, (user_of(row), set()))[1].add(Role(row.role))
        return tuple((user, frozenset(roles)) for user, roles in found.values())

    def make_setup_link(self, act: Act, user_id: str) -> str:
        """Make the secret of a link by which somebody sets their password, once."""
        secret = new_secret()
        with writing(self._engine) as connection:
            _user(connection, user_id)
            connection.execute(
                insert(SETUP_LINKS).values(
                    digest=digest_of(secret),
                    user_id=user_id,
                    expires_at=stamp(act.at + SETUP_LINK_LIFE),
                )
            )
            record(connection, note(act, "user.setup-link-made", user_id))
        return secret

    def user_of_setup_link(self, secret: str, at: datetime) -> User:
        """Find whose link it is, if it still holds; raise `NotFoundError`."""
        with reading(self._engine) as connection:
            return _user_of_link(connection, secret, at)

    def use_setup_link(self, secret: str, password_hash: str, at: datetime) -> User:
        """Set a password by a link, which then holds no more; raise `NotFoundError`.

        It begins anew: passkeys and linked accounts of before open nothing any more, since a link
        is for whoever lost theirs, or had them taken.
        """
        with writing(self._engine) as connection:
            user = _user_of_link(connection, secret, at)
            used = update(SETUP_LINKS).where(SETUP_LINKS.c.digest == digest_of(secret))
            connection.execute(used.values(used_at=stamp(at)))
            self._sign_in.forget(connection, user.id)
            newer = user.session_version + 1
            change = update(USERS).where(USERS.c.id == user.id)
            connection.execute(change.values(session_version=newer, password_hash=password_hash))
            record(connection, note(Act("", f"user:{user.id}", at), "user.password-set", user.id))
            return _user(connection, user.id)


def _user_of_link(connection: Connection, secret: str, at: datetime) -> User:
    query = select(USERS).join(SETUP_LINKS, SETUP_LINKS.c.user_id == USERS.c.id)
    query = query.where(
        SETUP_LINKS.c.digest == digest_of(secret),
        SETUP_LINKS.c.used_at.is_(None),
        SETUP_LINKS.c.expires_at > stamp(at),
    )
    row = connection.execute(query).first()
    if row is None:
        raise NotFoundError("This link holds no more. Ask for a new one.", code="LINK_ENDED")
    return user_of(row)


def _user(connection: Connection, user_id: str) -> User:
    query = select(USERS).where(USERS.c.id == user_id)
    return user_of(required(connection.execute(query).first(), "user"))


def _roles(connection: Connection, tenant_id: str, user_id: str) -> frozenset[Role]:
    query = select(ROLES.c.role)
    query = query.where(ROLES.c.tenant_id == tenant_id, ROLES.c.user_id == user_id)
    return frozenset(map(Role, connection.scalars(query)))


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
