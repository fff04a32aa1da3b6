"""People who work with the console, and their roles."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Engine, delete, insert, select, update

from issuer.store.errors import ConflictError
from issuer.store.ledger import Act, note, record
from issuer.store.tables import ROLES, SESSIONS, SETUP_LINKS, SIGN_IN_TRIES, USERS
from issuer.store.writing_down import required, stamp
from service import reading, writing
from service.people import Acting, People, PeopleTables, User
from service.people.acts import require_other
from service.people.people import user_of
from service.sign_in import SignInMethods

TABLES = PeopleTables(USERS, SETUP_LINKS, SESSIONS, SIGN_IN_TRIES)


class Role(StrEnum):
    """What somebody may do: own (everything), issue, review without issuing, audit by reading."""

    OWNER = "owner"
    ISSUER = "issuer"
    REVIEWER = "reviewer"
    AUDITOR = "auditor"


def recorded(
    connection: Connection, act: Acting, kind: str, subject: str, statement: Mapping[str, Any]
) -> None:
    """Write into the ledger what somebody did; what they do to themselves is of no institution."""
    own = act if isinstance(act, Act) else Act("", act.actor, act.at)
    record(connection, note(own, kind, subject, **statement))


class Users(People):
    """The people, in all institutions."""

    def __init__(self, engine: Engine, sign_in: SignInMethods) -> None:
        """Keep the database, and what people sign in with; nothing is read yet."""
        super().__init__(engine, TABLES, sign_in, recorded)

    def grant(self, act: Act, user_id: str, role: Role) -> None:
        """Give somebody a role in the institution of `act`.

        Links to set a password that were made before they worked there hold no more: who made or
        kept one would get into that institution, too.

        Raises `ConflictError` (OWN_ROLES) if it is whoever acts, but for the first role of all:
        whoever adds an institution owns it.
        """
        with writing(self._engine) as connection:
            _user(connection, user_id)
            if _has_people(connection, act.tenant_id):
                require_other(act, user_id)
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
        """Take a role away.

        Raises `ConflictError` if it is whoever acts (OWN_ROLES), and for the last owner's
        (LAST_OWNER).
        """
        require_other(act, user_id)
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


def _user(connection: Connection, user_id: str) -> User:
    query = select(USERS).where(USERS.c.id == user_id)
    return user_of(required(connection.execute(query).first(), "user"))


def _has_people(connection: Connection, tenant_id: str) -> bool:
    query = select(ROLES.c.user_id).where(ROLES.c.tenant_id == tenant_id)
    return connection.scalar(query.limit(1)) is not None


def _roles(connection: Connection, tenant_id: str, user_id: str) -> frozenset[Role]:
    query = select(ROLES.c.role)
    query = query.where(ROLES.c.tenant_id == tenant_id, ROLES.c.user_id == user_id)
    return frozenset(map(Role, connection.scalars(query)))
