"""Who is signed in to a room, and how often somebody tried with a wrong password.

A browser holds a secret of 256 random bits; here is its digest, so that a copy of the database
lets nobody in.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Engine, Row, Select, delete, insert, select, update

from credentials.timestamps import parse_timestamp
from service.database import reading, writing
from service.people.acts import Act, Record
from service.people.people import User, user_of
from service.people.tables import PeopleTables
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


@dataclass(frozen=True, slots=True)
class Session:
    """A session: who is signed in, by what, since when, and what their browser calls itself."""

    id: str
    user: User
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


class Sessions:
    """The sessions of all people."""

    def __init__(self, engine: Engine, tables: PeopleTables, record: Record) -> None:
        """Keep the database and how the room records what was done; nothing is read yet."""
        self._engine, self._tables, self._record = engine, tables, record

    def begin(
        self,
        user: User,
        at: datetime,
        *,
        proved: Collection[Proof] = (Proof.PASSWORD,),
        agent: str = "",
        instead_of: str | None = None,
        began_at: str | None = None,
    ) -> str:
        """Begin a session and return its secret; another one of the same browser ends with it.

        One that goes on under another secret says when it `began_at`: nobody has proved anything
        anew, so it is no fresher and lasts no longer.
        """
        sessions = self._tables.sessions
        secret, ways = new_secret(), " ".join(sorted(proved))
        began = at if began_at is None else parse_timestamp(began_at)
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
                    began_at=stamp(began),
                    seen_at=stamp(at),
                    ends_at=stamp(began + SESSION_LIFE),
                    proved=ways,
                    agent=agent[:AGENT_CHARACTERS],
                )
            )
            own = Act(f"user:{user.id}", at)
            self._record(connection, own, "user.signed-in", user.id, {"by": ways})
        return secret

    def user(self, secret: str, at: datetime) -> User | None:
        """Find who is signed in with a secret."""
        found = self.find(secret, at)
        return None if found is None else found.user

    def find(self, secret: str, at: datetime) -> Session | None:
        """Find the session of a secret.

        There is none, if it has ended or was idle for too long, if a password was set since, or
        if whoever it was may sign in no more.
        """
        sessions = self._tables.sessions
        with reading(self._engine) as connection:
            row = connection.execute(self._alive(at).where(self._is(secret))).first()
        if row is None:
            return None
        if row.seen_at <= stamp(at - SEEN_AGAIN):
            with writing(self._engine) as connection:
                seen = update(sessions).where(self._is(secret)).values(seen_at=stamp(at))
                connection.execute(seen)
        return _session(row)

    def of(self, user_id: str, at: datetime) -> tuple[Session, ...]:
        """Read the sessions of somebody, the newest first."""
        sessions, users = self._tables.sessions, self._tables.users
        query = self._alive(at).where(users.c.id == user_id).order_by(sessions.c.began_at.desc())
        with reading(self._engine) as connection:
            return tuple(map(_session, connection.execute(query)))

    def end_one(self, user_id: str, session_id: str) -> None:
        """End one session of somebody, on whatever device it is."""
        sessions = self._tables.sessions
        this = (sessions.c.user_id == user_id) & (sessions.c.digest == session_id)
        with writing(self._engine) as connection:
            connection.execute(delete(sessions).where(this))

    def end(self, secret: str) -> None:
        """End a session."""
        sessions = self._tables.sessions
        with writing(self._engine) as connection:
            connection.execute(delete(sessions).where(self._is(secret)))

    def may_try(self, limits: Sequence[Limit], at: datetime) -> bool:
        """Count a try beforehand, so that many at once are counted, too; tell if it is allowed.

        A try that one limit forbids is not counted for those after it: whoever is kept out by the
        limit of their own address cannot use up that of somebody's account.
        """
        tried = self._tables.tries
        with writing(self._engine) as connection:
            earliest = stamp(at - TRIES_WINDOW)
            connection.execute(delete(tried).where(tried.c.since <= earliest))
            for limit in limits:
                this = tried.c.subject == digest_of(limit.subject)
                tries = connection.scalar(select(tried.c.tries).where(this))
                if (tries or 0) >= limit.most:
                    return False
                if tries is None:
                    values = {"subject": digest_of(limit.subject), "since": stamp(at), "tries": 1}
                    connection.execute(insert(tried).values(**values))
                else:
                    connection.execute(update(tried).where(this).values(tries=tries + 1))
        return True

    def forget_tries(self, limits: Sequence[Limit]) -> None:
        """Forget the tries of somebody who has shown that they know the password."""
        tried = self._tables.tries
        subjects = [digest_of(limit.subject) for limit in limits]
        with writing(self._engine) as connection:
            connection.execute(delete(tried).where(tried.c.subject.in_(subjects)))

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


_OWN_COLUMNS = ("digest", "proved", "began_at", "seen_at", "agent")


def _session(row: Row[Any]) -> Session:
    proved = frozenset(map(Proof, row.proved.split()))
    return Session(row.digest, user_of(row), proved, row.began_at, row.seen_at, row.agent)
