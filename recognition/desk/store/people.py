"""Who works at the desk, their roles, and the links by which they set a password.

Passwords are hashed by whoever asks for them; only hashes come here.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, Row, insert, select, update

from recognition.desk.access import Act, Person, Role
from recognition.desk.errors import ConflictError, NotAtDeskError
from recognition.desk.store.audit import note
from recognition.desk.store.tables import SESSIONS, SETUP_LINKS, SIGN_IN_TRIES, USERS
from service import reading, writing
from service.sign_in.sessions import Sessions, SessionTables
from service.writing_down import digest_of, new_id, new_secret, stamp

SETUP_LINK_LIFE = timedelta(days=3)
"""How long a link to set a password holds."""

RESERVED = ("credential", "plan", "verifier", "register", "learner")
"""Names of what establishes facts; no person has one, or it would seem that nobody stated them."""


class People:
    """The people of one office."""

    def __init__(self, engine: Engine) -> None:
        """Keep the database; nothing is read yet."""
        self._engine = engine

    def add(self, act: Act, *, email: str, name: str, roles: Collection[Role]) -> Person:
        """Add somebody without a password.

        Raises `ConflictError` (ADDRESS_TAKEN, NAME_TAKEN): names stand in decisions for good, so no
        two people have the same one.
        """
        address, shown = email.strip().lower(), " ".join(name.split())
        key = shown.casefold()
        identifier, written = new_id("user"), _written(roles)
        values = {
            "id": identifier,
            "email": address,
            "name": shown,
            "name_key": key,
            "roles": written,
            "session_version": 1,
            "created_at": stamp(act.at),
        }
        with writing(self._engine) as connection:
            if connection.scalar(select(USERS.c.id).where(USERS.c.email == address)) is not None:
                raise ConflictError("There is somebody with this address.", code="ADDRESS_TAKEN")
            is_taken = connection.scalar(select(USERS.c.id).where(USERS.c.name_key == key))
            if is_taken is not None or key.startswith(RESERVED):
                text = "Decisions name people, so two cannot have one name; add an initial."
                raise ConflictError(text, code="NAME_TAKEN")
            connection.execute(insert(USERS).values(**values))
            note(connection, act, "user.added", identifier, roles=written)
            return _person(connection, identifier)

    def all(self) -> tuple[Person, ...]:
        """Read everybody, by name."""
        with reading(self._engine) as connection:
            return tuple(map(person_of, connection.execute(select(USERS).order_by(USERS.c.name))))

    def get(self, user_id: str) -> Person:
        """Read one; raise `NotAtDeskError`."""
        with reading(self._engine) as connection:
            return _person(connection, user_id)

    def has_any(self) -> bool:
        """Tell whether there is anybody at all."""
        with reading(self._engine) as connection:
            return connection.scalar(select(USERS.c.id).limit(1)) is not None

    def with_email(self, email: str) -> Person | None:
        """Find somebody by their address, or nobody."""
        query = select(USERS).where(USERS.c.email == email.strip().lower())
        with reading(self._engine) as connection:
            row = connection.execute(query).first()
        return None if row is None else person_of(row)

    def set_roles(self, act: Act, user_id: str, roles: Collection[Role]) -> Person:
        """Give somebody these roles and no others; raise `ConflictError` (LAST_REGISTRAR)."""
        with writing(self._engine) as connection:
            before = _person(connection, user_id)
            if Role.REGISTRAR in before.roles and Role.REGISTRAR not in roles:
                _require_other_registrar(connection, user_id)
            change = update(USERS).where(USERS.c.id == user_id)
            connection.execute(change.values(roles=_written(roles)))
            note(connection, act, "user.roles-changed", user_id, roles=_written(roles))
            return _person(connection, user_id)

    def disable(self, act: Act, user_id: str) -> None:
        """Let somebody in no more; raise `ConflictError` (LAST_REGISTRAR)."""
        with writing(self._engine) as connection:
            person = _person(connection, user_id)
            if Role.REGISTRAR in person.roles:
                _require_other_registrar(connection, user_id)
            change = update(USERS).where(USERS.c.id == user_id)
            newer = person.session_version + 1
            connection.execute(change.values(disabled_at=stamp(act.at), session_version=newer))
            note(connection, act, "user.disabled", user_id)

    def make_setup_link(self, act: Act, user_id: str) -> str:
        """Make the secret of a link by which somebody sets their password, once."""
        secret = new_secret()
        with writing(self._engine) as connection:
            _person(connection, user_id)
            connection.execute(
                insert(SETUP_LINKS).values(
                    digest=digest_of(secret),
                    user_id=user_id,
                    expires_at=stamp(act.at + SETUP_LINK_LIFE),
                )
            )
            note(connection, act, "user.setup-link-made", user_id)
        return secret

    def of_setup_link(self, secret: str, at: datetime) -> Person:
        """Find whose link it is, if it still holds; raise `NotAtDeskError`."""
        with reading(self._engine) as connection:
            return _of_link(connection, secret, at)

    def use_setup_link(self, secret: str, password_hash: str, at: datetime) -> Person:
        """Set a password by a link, which then holds no more, and end all sessions of before."""
        with writing(self._engine) as connection:
            person = _of_link(connection, secret, at)
            used = update(SETUP_LINKS).where(SETUP_LINKS.c.digest == digest_of(secret))
            connection.execute(used.values(used_at=stamp(at)))
            change = update(USERS).where(USERS.c.id == person.id)
            newer = person.session_version + 1
            connection.execute(change.values(session_version=newer, password_hash=password_hash))
            note(connection, Act(f"user:{person.id}", at), "user.password-set", person.id)
            return _person(connection, person.id)


def desk_sessions(engine: Engine) -> Sessions[Person]:
    """Open the sessions of the desk's people."""
    tables = SessionTables(USERS, SESSIONS, SIGN_IN_TRIES)
    return Sessions(engine, tables, person_of, _signed_in)


def _signed_in(connection: Connection, user_id: str, ways: str, at: datetime) -> None:
    note(connection, Act(f"user:{user_id}", at), "user.signed-in", user_id, by=ways)


def _require_other_registrar(connection: Connection, user_id: str) -> None:
    others = select(USERS).where(USERS.c.id != user_id, USERS.c.disabled_at.is_(None))
    rest = (person_of(row) for row in connection.execute(others))
    if not any(Role.REGISTRAR in one.roles for one in rest):
        text = "Somebody has to be registrar; name another one first."
        raise ConflictError(text, code="LAST_REGISTRAR")


def _of_link(connection: Connection, secret: str, at: datetime) -> Person:
    query = select(USERS).join(SETUP_LINKS, SETUP_LINKS.c.user_id == USERS.c.id)
    query = query.where(
        SETUP_LINKS.c.digest == digest_of(secret),
        SETUP_LINKS.c.used_at.is_(None),
        SETUP_LINKS.c.expires_at > stamp(at),
        USERS.c.disabled_at.is_(None),
    )
    row = connection.execute(query).first()
    if row is None:
        raise NotAtDeskError("This link holds no more. Ask for a new one.", code="LINK_ENDED")
    return person_of(row)


def _person(connection: Connection, user_id: str) -> Person:
    row = connection.execute(select(USERS).where(USERS.c.id == user_id)).first()
    if row is None:
        raise NotAtDeskError("There is no such person here.")
    return person_of(row)


def _written(roles: Collection[Role]) -> str:
    return " ".join(sorted(role.value for role in roles))


def person_of(row: Row[Any]) -> Person:
    """Read a row."""
    return Person(
        row.id,
        row.email,
        row.name,
        frozenset(map(Role, row.roles.split())),
        row.password_hash,
        row.session_version,
        row.created_at,
        row.disabled_at,
    )
