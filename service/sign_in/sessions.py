"""Who is signed in to a room, and how often somebody tried with a wrong password.

A browser holds a secret of 256 random bits; here is its digest, so that a copy of the database
lets nobody in.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Generic, Protocol, TypeVar

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    Row,
    Select,
    Table,
    delete,
    insert,
    select,
    update,
)

from service.database import reading, writing
from service.writing_down import digest_of, new_secret, stamp

SESSION_LIFE = timedelta(hours=12)
"""How long a session lasts at most."""

IDLE_LIFE = timedelta(hours=2)
"""How long a session lasts without a request."""

SEEN_AGAIN = timedelta(minutes=1)
"""How exactly it is known when a session was used last: not every request writes."""

TRIES_WINDOW = timedelta(minutes=15)
"""How long wrong passwords count."""

FRESH = timedelta(minutes=15)
"""How long after signing in somebody may change how they sign in, without doing it again."""

AGENT_CHARACTERS = 300


class Proof(StrEnum):
    """What somebody proved who they are with; a passkey is two things at once."""

    PASSWORD = "password"  # noqa: S105 - the name of a way
    ACCOUNT = "account"
    PASSKEY = "passkey"
    LINK = "link"


class SomebodyHere(Protocol):
    """Somebody who can sign in; a higher version ends all sessions of before."""

    @property
    def id(self) -> str:
        """What they are known by."""

    @property
    def session_version(self) -> int:
        """Which sessions of theirs still hold."""


P = TypeVar("P", bound=SomebodyHere)


@dataclass(frozen=True, slots=True)
class Session(Generic[P]):
    """A session: who is signed in, by what, since when, and what their browser calls itself."""

    id: str
    user: P
    proved: frozenset[Proof]
    began_at: str
    seen_at: str
    agent: str

    @property
    def has_passkey(self) -> bool:
        """Tell whether a passkey was used, as institutions may ask for."""
        return Proof.PASSKEY in self.proved

    def is_fresh(self, at: datetime) -> bool:
        """Tell whether it began a short while ago."""
        return self.began_at > stamp(at - FRESH)


@dataclass(frozen=True, slots=True)
class Limit:
    """How many wrong passwords are taken within `TRIES_WINDOW` for a subject."""

    subject: str
    most: int


@dataclass(frozen=True, slots=True)
class SessionTables:
    """The tables of one room; `users` has `id`, `session_version` and `disabled_at`."""

    users: Table
    sessions: Table
    tries: Table


NoteSignIn = Callable[[Connection, str, str, datetime], None]
"""Writes down in the same transaction who signed in, by what ways, and when."""


class Sessions(Generic[P]):
    """The sessions of all people of a room."""

    def __init__(
        self,
        engine: Engine,
        tables: SessionTables,
        user_of: Callable[[Row[Any]], P],
        note: NoteSignIn,
    ) -> None:
        """Keep the database and its tables; `user_of` reads a row of the people."""
        self._engine, self._tables = engine, tables
        self._user_of, self._note = user_of, note

    def begin(
        self,
        user: P,
        at: datetime,
        *,
        proved: Collection[Proof] = (Proof.PASSWORD,),
        agent: str = "",
        instead_of: str | None = None,
    ) -> str:
        """Begin a session and return its secret; another one of the same browser ends with it."""
        secret, ways = new_secret(), " ".join(sorted(proved))
        sessions = self._tables.sessions
        with writing(self._engine) as connection:
            old = sessions.c.ends_at <= stamp(at)
            if instead_of is not None:
                old |= sessions.c.digest == digest_of(instead_of)
            connection.execute(delete(sessions).where(old))
            connection.execute(
                insert(sessions).values(
                    digest=digest_of(secret),
                    user_id=user.id,
                    session_version=user.session_version,
                    began_at=stamp(at),
                    seen_at=stamp(at),
                    ends_at=stamp(at + SESSION_LIFE),
                    proved=ways,
                    agent=agent[:AGENT_CHARACTERS],
                )
            )
            self._note(connection, user.id, ways, at)
        return secret

    def user(self, secret: str, at: datetime) -> P | None:
        """Find who is signed in with a secret."""
        found = self.find(secret, at)
        return None if found is None else found.user

    def find(self, secret: str, at: datetime) -> Session[P] | None:
        """Find the session of a secret.

        There is none, if it has ended or was idle for too long, if a password was set since, or
        if whoever it was may sign in no more.
        """
        this = self._is(secret)
        with reading(self._engine) as connection:
            row = connection.execute(self._alive(at).where(this)).first()
        if row is None:
            return None
        if row.seen_at <= stamp(at - SEEN_AGAIN):
            with writing(self._engine) as connection:
                seen = update(self._tables.sessions).where(this).values(seen_at=stamp(at))
                connection.execute(seen)
        return self._session(row)

    def of(self, user_id: str, at: datetime) -> tuple[Session[P], ...]:
        """Read the sessions of somebody, the newest first."""
        query = self._alive(at).where(self._tables.users.c.id == user_id)
        query = query.order_by(self._tables.sessions.c.began_at.desc())
        with reading(self._engine) as connection:
            return tuple(map(self._session, connection.execute(query)))

    def end_one(self, user_id: str, session_id: str) -> None:
        """End one session of somebody, on whatever device it is."""
        sessions = self._tables.sessions
        this = (sessions.c.user_id == user_id) & (sessions.c.digest == session_id)
        with writing(self._engine) as connection:
            connection.execute(delete(sessions).where(this))

    def end(self, secret: str) -> None:
        """End a session."""
        with writing(self._engine) as connection:
            connection.execute(delete(self._tables.sessions).where(self._is(secret)))

    def may_try(self, limits: Sequence[Limit], at: datetime) -> bool:
        """Count a try beforehand, so that many at once are counted, too; tell if it is allowed.

        A try that one limit forbids is not counted for those after it: whoever is kept out by the
        limit of their own address cannot use up that of somebody's account.
        """
        table = self._tables.tries
        with writing(self._engine) as connection:
            earliest = stamp(at - TRIES_WINDOW)
            connection.execute(delete(table).where(table.c.since <= earliest))
            for limit in limits:
                this = table.c.subject == digest_of(limit.subject)
                tries = connection.scalar(select(table.c.tries).where(this))
                if (tries or 0) >= limit.most:
                    return False
                if tries is None:
                    values = {"subject": digest_of(limit.subject), "since": stamp(at), "tries": 1}
                    connection.execute(insert(table).values(**values))
                else:
                    connection.execute(update(table).where(this).values(tries=tries + 1))
        return True

    def forget_tries(self, limits: Sequence[Limit]) -> None:
        """Forget the tries of somebody who has shown that they know the password."""
        subjects, table = [digest_of(limit.subject) for limit in limits], self._tables.tries
        with writing(self._engine) as connection:
            connection.execute(delete(table).where(table.c.subject.in_(subjects)))

    def _is(self, secret: str) -> ColumnElement[bool]:
        return self._tables.sessions.c.digest == digest_of(secret)

    def _alive(self, at: datetime) -> Select[Any]:
        """Ask for sessions that hold, with whose they are."""
        users, sessions = self._tables.users, self._tables.sessions
        query = select(users, *(sessions.c[name] for name in _OWN_COLUMNS))
        return query.join(sessions, sessions.c.user_id == users.c.id).where(
            sessions.c.session_version == users.c.session_version,
            sessions.c.ends_at > stamp(at),
            sessions.c.seen_at > stamp(at - IDLE_LIFE),
            users.c.disabled_at.is_(None),
        )

    def _session(self, row: Row[Any]) -> Session[P]:
        proved = frozenset(map(Proof, row.proved.split()))
        return Session(row.digest, self._user_of(row), proved, row.began_at, row.seen_at, row.agent)


_OWN_COLUMNS = ("digest", "proved", "began_at", "seen_at", "agent")
