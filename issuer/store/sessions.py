"""Who is signed in to the console, and how often somebody tried with a wrong password.

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

from issuer.store.ledger import Act, note, record
from issuer.store.tables import SESSIONS, SIGN_IN_TRIES, USERS
from issuer.store.users import User, user_of
from issuer.store.writing_down import digest_of, new_secret, stamp
from service import reading, writing

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

    def __init__(self, engine: Engine) -> None:
        """Keep the database; nothing is read yet."""
        self._engine = engine

    def begin(
        self,
        user: User,
        at: datetime,
        *,
        proved: Collection[Proof] = (Proof.PASSWORD,),
        agent: str = "",
        instead_of: str | None = None,
    ) -> str:
        """Begin a session and return its secret; another one of the same browser ends with it."""
        secret, ways = new_secret(), " ".join(sorted(proved))
        with writing(self._engine) as connection:
            old = SESSIONS.c.ends_at <= stamp(at)
            if instead_of is not None:
                old |= SESSIONS.c.digest == digest_of(instead_of)
            connection.execute(delete(SESSIONS).where(old))
            connection.execute(
                insert(SESSIONS).values(
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
            act = Act("", f"user:{user.id}", at)
            record(connection, note(act, "user.signed-in", user.id, by=ways))
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
        with reading(self._engine) as connection:
            row = connection.execute(_alive(at).where(_is(secret))).first()
        if row is None:
            return None
        if row.seen_at <= stamp(at - SEEN_AGAIN):
            with writing(self._engine) as connection:
                seen = update(SESSIONS).where(_is(secret)).values(seen_at=stamp(at))
                connection.execute(seen)
        return _session(row)

    def of(self, user_id: str, at: datetime) -> tuple[Session, ...]:
        """Read the sessions of somebody, the newest first."""
        query = _alive(at).where(USERS.c.id == user_id).order_by(SESSIONS.c.began_at.desc())
        with reading(self._engine) as connection:
            return tuple(map(_session, connection.execute(query)))

    def end_one(self, user_id: str, session_id: str) -> None:
        """End one session of somebody, on whatever device it is."""
        this = (SESSIONS.c.user_id == user_id) & (SESSIONS.c.digest == session_id)
        with writing(self._engine) as connection:
            connection.execute(delete(SESSIONS).where(this))

    def end(self, secret: str) -> None:
        """End a session."""
        with writing(self._engine) as connection:
            connection.execute(delete(SESSIONS).where(_is(secret)))

    def may_try(self, limits: Sequence[Limit], at: datetime) -> bool:
        """Count a try beforehand, so that many at once are counted, too; tell if it is allowed.

        A try that one limit forbids is not counted for those after it: whoever is kept out by the
        limit of their own address cannot use up that of somebody's account.
        """
        with writing(self._engine) as connection:
            earliest = stamp(at - TRIES_WINDOW)
            connection.execute(delete(SIGN_IN_TRIES).where(SIGN_IN_TRIES.c.since <= earliest))
            for limit in limits:
                this = SIGN_IN_TRIES.c.subject == digest_of(limit.subject)
                tries = connection.scalar(select(SIGN_IN_TRIES.c.tries).where(this))
                if (tries or 0) >= limit.most:
                    return False
                if tries is None:
                    values = {"subject": digest_of(limit.subject), "since": stamp(at), "tries": 1}
                    connection.execute(insert(SIGN_IN_TRIES).values(**values))
                else:
                    connection.execute(update(SIGN_IN_TRIES).where(this).values(tries=tries + 1))
        return True

    def forget_tries(self, limits: Sequence[Limit]) -> None:
        """Forget the tries of somebody who has shown that they know the password."""
        subjects = [digest_of(limit.subject) for limit in limits]
        with writing(self._engine) as connection:
            connection.execute(delete(SIGN_IN_TRIES).where(SIGN_IN_TRIES.c.subject.in_(subjects)))


def _is(secret: str) -> ColumnElement[bool]:
    return SESSIONS.c.digest == digest_of(secret)


def _alive(at: datetime) -> Select[Any]:
    """Ask for sessions that hold, with whose they are."""
    query = select(USERS, *(SESSIONS.c[name] for name in _OWN_COLUMNS))
    return query.join(SESSIONS, SESSIONS.c.user_id == USERS.c.id).where(
        SESSIONS.c.session_version == USERS.c.session_version,
        SESSIONS.c.ends_at > stamp(at),
        SESSIONS.c.seen_at > stamp(at - IDLE_LIFE),
        USERS.c.disabled_at.is_(None),
    )


_OWN_COLUMNS = ("digest", "proved", "began_at", "seen_at", "agent")


def _session(row: Row[Any]) -> Session:
    proved = frozenset(map(Proof, row.proved.split()))
    return Session(row.digest, user_of(row), proved, row.began_at, row.seen_at, row.agent)
