"""What is kept of the people of an office: who they are, their roles, and what everybody did.

An office is one institution with one database: roles hold everywhere in it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, Row, delete, func, insert, select, update

from credentials.json_types import JsonObject
from service.database import reading, writing
from service.errors import ConflictError
from service.people.acts import Act, Acting, require_other
from service.people.people import People, User, user_of
from service.people.sessions import Sessions
from service.people.tables import OfficeTables
from service.sign_in.keeping import SignInMethods
from service.writing_down import read_json, stamp, write_json

LOG_PAGE = 50
"""How many entries of the log a page shows."""

OF_ACCOUNTS = (
    "user.added",
    "user.setup-link-made",
    "role.granted",
    "role.confirmed",
    "role.withdrawn",
    "role.waits",
)
"""What is told of accounts to whoever looks for one that somebody made for themselves."""

LARGEST_NUMBER = 2_147_483_647
"""The last number of an entry that every database can compare with."""


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One thing that was done: its number, when, who, what, about what, and more."""

    sequence: int
    recorded_at: str
    actor: str
    kind: str
    subject: str
    statement: JsonObject


class Office:
    """The people of an office, their sessions and roles, and the log, which only grows.

    `keeper` is the role that gives roles; somebody always has it.
    """

    def __init__(self, engine: Engine, tables: OfficeTables, keeper: str) -> None:
        """Keep the database; nothing is read yet."""
        self.engine, self._tables, self._keeper = engine, tables, keeper
        self.sign_in = SignInMethods(engine, tables.sign_in, self._noted)
        self.people = People(engine, tables.people, self.sign_in, self.record)
        self.sessions = Sessions(engine, tables.people, self.record)

    def record(
        self,
        connection: Connection,
        act: Acting,
        kind: str,
        subject: str,
        statement: Mapping[str, Any],
    ) -> None:
        """Add an entry to the log, in the transaction that does what it says."""
        log = self._tables.log
        last = connection.scalar(select(func.max(log.c.sequence))) or 0
        connection.execute(
            insert(log).values(
                sequence=last + 1,
                recorded_at=stamp(act.at),
                actor=act.actor,
                kind=kind,
                subject=subject,
                statement=write_json(dict(statement)),
            )
        )

    def grant(self, act: Acting, user_id: str, role: str, *, waits: bool = False) -> None:
        """Give somebody a role; raise `ConflictError` (OWN_ROLES) if it is whoever acts.

        One that `waits` allows nothing until another person confirms it.  Links to set a password
        that were made before they worked here hold no more.
        """
        require_other(act, user_id)
        roles, links = self._tables.roles, self._tables.people.setup_links
        with writing(self.engine) as connection:
            given = select(roles.c.role).where(roles.c.user_id == user_id)
            held = frozenset(connection.scalars(given))
            if not held:
                is_open = (links.c.user_id == user_id) & links.c.used_at.is_(None)
                connection.execute(update(links).where(is_open).values(used_at=stamp(act.at)))
            if role not in held:
                values = {"user_id": user_id, "role": role, "granted_at": stamp(act.at)}
                since = stamp(act.at) if waits else None
                connection.execute(
                    insert(roles).values(**values, waits_since=since, given_by=act.actor)
                )
                told = {"role": role, "waits": True} if waits else {"role": role}
                self.record(connection, act, "role.granted", user_id, told)
            elif not waits:
                self._let_count(connection, act, user_id, role)

    def _let_count(self, connection: Connection, act: Acting, user_id: str, role: str) -> None:
        """Have a role count that waited, since somebody gives it who needs no second person."""
        roles = self._tables.roles
        here = (roles.c.user_id == user_id) & (roles.c.role == role)
        here &= roles.c.waits_since.is_not(None)
        if connection.execute(update(roles).where(here).values(waits_since=None)).rowcount:
            self.record(connection, act, "role.confirmed", user_id, {"role": role})

    def confirm(self, act: Acting, user_id: str) -> None:
        """Confirm the roles of somebody that wait.

        Raises `ConflictError`: OWN_ROLES if they are of whoever acts, OWN_GRANT if whoever acts
        gave one of them, NOTHING_WAITS.
        """
        require_other(act, user_id)
        roles = self._tables.roles
        here = (roles.c.user_id == user_id) & roles.c.waits_since.is_not(None)
        with writing(self.engine) as connection:
            waiting = connection.execute(select(roles.c.role, roles.c.given_by).where(here)).all()
            if not waiting:
                raise ConflictError("No role of theirs waits here.", code="NOTHING_WAITS")
            if any(row.given_by == act.actor for row in waiting):
                text = "Whoever gave a role does not confirm it; somebody else has to."
                raise ConflictError(text, code="OWN_GRANT")
            connection.execute(update(roles).where(here).values(waits_since=None))
            for row in waiting:
                self.record(connection, act, "role.confirmed", user_id, {"role": row.role})

    def make_wait(self, act: Acting, user_id: str) -> None:
        """Have all roles of somebody wait for another person than whoever acts.

        So it is where somebody else makes a link to set their password: it could open their account
        to whoever made it.  They are signed out.  Raises `ConflictError` (OTHER_GRANT) if a role
        waits that another person gave, who could confirm it then.
        """
        roles, sessions = self._tables.roles, self._tables.people.sessions
        here = roles.c.user_id == user_id
        counts, waits = here & roles.c.waits_since.is_(None), roles.c.waits_since.is_not(None)
        with writing(self.engine) as connection:
            givers = connection.scalars(select(roles.c.given_by).where(here & waits)).all()
            if any(giver != act.actor for giver in givers):
                text = "A role of theirs waits that somebody else gave, who makes the link."
                raise ConflictError(text, code="OTHER_GRANT")
            values = {"waits_since": stamp(act.at), "given_by": act.actor}
            if connection.execute(update(roles).where(counts).values(**values)).rowcount:
                connection.execute(delete(sessions).where(sessions.c.user_id == user_id))
                self.record(connection, act, "role.waits", user_id, {})

    def waiting(self) -> dict[str, dict[str, str]]:
        """Tell by person which roles wait, and who gave each ("user:ID")."""
        roles = self._tables.roles
        found: dict[str, dict[str, str]] = {}
        with reading(self.engine) as connection:
            rows = connection.execute(select(roles).where(roles.c.waits_since.is_not(None)))
            for row in rows.all():
                found.setdefault(row.user_id, {})[row.role] = row.given_by or ""
        return found

    def about_accounts(self) -> tuple[LogEntry, ...]:
        """Read who added whom, gave or confirmed which role, and made which link, oldest first."""
        log = self._tables.log
        query = select(log).where(log.c.kind.in_(OF_ACCOUNTS))
        return self._entries(query.order_by(log.c.sequence))

    def withdraw(self, act: Acting, user_id: str, role: str) -> None:
        """Take a role away; whoever has no role left is signed out.

        Raises `ConflictError` if it is whoever acts (OWN_ROLES), and for the last one that gives
        roles (LAST_KEEPER).
        """
        require_other(act, user_id)
        roles = self._tables.roles
        with writing(self.engine) as connection:
            keepers = select(roles.c.user_id).where(
                roles.c.role == self._keeper, roles.c.waits_since.is_(None)
            )
            if role == self._keeper and connection.scalars(keepers).all() == [user_id]:
                text = "Somebody must be able to give roles; give that role to another one first."
                raise ConflictError(text, code="LAST_KEEPER")
            this = (roles.c.user_id == user_id) & (roles.c.role == role)
            if connection.execute(delete(roles).where(this)).rowcount:
                self.record(connection, act, "role.withdrawn", user_id, {"role": role})
                if not self._roles(connection, user_id):
                    sessions = self._tables.people.sessions
                    connection.execute(delete(sessions).where(sessions.c.user_id == user_id))

    def roles(self, user_id: str) -> frozenset[str]:
        """Tell which roles somebody has."""
        with reading(self.engine) as connection:
            return self._roles(connection, user_id)

    def members(self) -> tuple[tuple[User, frozenset[str]], ...]:
        """Read everybody, with their roles, by address."""
        users, roles = self._tables.people.users, self._tables.roles
        counts = (roles.c.user_id == users.c.id) & roles.c.waits_since.is_(None)
        query = select(users, roles.c.role).join(roles, counts, isouter=True)
        found: dict[str, tuple[User, set[str]]] = {}
        with reading(self.engine) as connection:
            for row in connection.execute(query.order_by(users.c.email)):
                held = found.setdefault(row.id, (user_of(row), set()))[1]
                held |= {row.role} if row.role is not None else set()
        return tuple((user, frozenset(roles)) for user, roles in found.values())

    def names(self) -> dict[str, str]:
        """Name everybody as they stand in the log."""
        users = self._tables.people.users
        with reading(self.engine) as connection:
            rows = connection.execute(select(users.c.id, users.c.name)).all()
        return {f"user:{row.id}": row.name for row in rows}

    def log(self, *, before: str | None = None) -> tuple[LogEntry, ...]:
        """Read a page of the log, the newest first; `before` is the number of an entry."""
        log = self._tables.log
        query = select(log).order_by(log.c.sequence.desc()).limit(LOG_PAGE)
        if before is not None:
            number = int(before) if before.isascii() and before.isdecimal() else 0
            query = query.where(log.c.sequence < min(number, LARGEST_NUMBER))
        return self._entries(query)

    def about(self, subject: str) -> tuple[LogEntry, ...]:
        """Read what was done about one thing, the oldest first."""
        log = self._tables.log
        return self._entries(select(log).where(log.c.subject == subject).order_by(log.c.sequence))

    def _entries(self, query: Any) -> tuple[LogEntry, ...]:
        with reading(self.engine) as connection:
            rows = connection.execute(query).all()
        return tuple(map(_entry, rows))

    def _roles(self, connection: Connection, user_id: str) -> frozenset[str]:
        roles = self._tables.roles
        query = select(roles.c.role).where(
            roles.c.user_id == user_id, roles.c.waits_since.is_(None)
        )
        return frozenset(connection.scalars(query))

    def _noted(self, connection: Connection, kind: str, user_id: str, at: datetime) -> None:
        """Record what somebody changed about how they sign in."""
        self.record(connection, Act(f"user:{user_id}", at), kind, user_id, {})


def _entry(row: Row[Any]) -> LogEntry:
    return LogEntry(
        sequence=row.sequence,
        recorded_at=row.recorded_at,
        actor=row.actor,
        kind=row.kind,
        subject=row.subject,
        statement=read_json(row.statement),
    )
