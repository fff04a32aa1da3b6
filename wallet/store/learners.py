"""Who has a wallet here, and who is signed in.

A link that is mailed, and what a browser keeps, are secrets of 256 random bits; here are their
digests, so that a copy of the database lets nobody in.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, Row, delete, insert, select, update

from service import reading, writing
from service.web.limiting import network_of
from service.writing_down import digest_of, new_id, new_secret, stamp
from wallet.errors import NotInWalletError
from wallet.store.history import note
from wallet.store.tables import LEARNERS, MAILS, SESSIONS, SIGN_IN_LINKS, TRIES

LINK_LIFE = timedelta(minutes=20)
"""How long a link for signing in holds."""

SESSION_LIFE = timedelta(days=14)
IDLE_LIFE = timedelta(days=3)
FRESH = timedelta(minutes=15)
"""So short a while ago somebody has to have signed in who changes how they do."""

SEEN_AGAIN = timedelta(minutes=5)
"""How exactly it is known when a session was used last: not every request writes."""

TRIES_WINDOW = timedelta(minutes=15)
MOST_LINKS = 5
"""So many links are mailed to one address within `TRIES_WINDOW`."""

MOST_LINKS_FROM_ONE_PLACE = 50


@dataclass(frozen=True, slots=True)
class NewKey:
    """A holder's key as it is kept: its DID, and the private half encrypted."""

    did: str
    sealed: bytes


@dataclass(frozen=True, slots=True)
class Learner:
    """Somebody with a wallet; `framework` is the one they are told levels in, or ""."""

    id: str
    email: str
    did: str
    sealed_key: bytes
    framework: str
    created_at: str


class Learners:
    """Everybody with a wallet."""

    def __init__(self, engine: Engine) -> None:
        """Keep the database; nothing is read yet."""
        self._engine = engine

    def may_mail(self, email: str, place: str, at: datetime) -> bool:
        """Count that a link is asked for, and tell whether it may be mailed.

        From a place that may have no more, nothing is counted against an address: nobody could
        otherwise keep others from their wallets without even a letter that tells of it.
        """
        place = f"place {network_of(place)}"
        with writing(self._engine) as connection:
            old = TRIES.c.since <= stamp(at - TRIES_WINDOW)
            connection.execute(delete(TRIES).where(old))
            if _count(connection, place, at) > MOST_LINKS_FROM_ONE_PLACE:
                return False
            return _count(connection, email, at) <= MOST_LINKS

    def new_link(self, email: str, at: datetime) -> str:
        """Make a link for signing in and return its secret; older ones of the address end."""
        secret = new_secret()
        with writing(self._engine) as connection:
            old = SIGN_IN_LINKS.c.expires_at <= stamp(at)
            connection.execute(delete(SIGN_IN_LINKS).where(old | (SIGN_IN_LINKS.c.email == email)))
            connection.execute(
                insert(SIGN_IN_LINKS).values(
                    digest=digest_of(secret), email=email, expires_at=stamp(at + LINK_LIFE)
                )
            )
        return secret

    def email_of_link(self, secret: str, at: datetime) -> str:
        """Tell whose link this is without using it; raise `NotInWalletError`."""
        with reading(self._engine) as connection:
            return _email_of_link(connection, secret, at)

    def sign_in(
        self, secret: str, at: datetime, new_key: Callable[[str], NewKey]
    ) -> tuple[Learner, str]:
        """Use a link up; return who it is, and the secret of a new session.

        Whoever comes for the first time gets a wallet with the key that `new_key` makes for their
        id.  Raises `NotInWalletError` for a link that was used, is too old, or was never made.
        """
        with writing(self._engine) as connection:
            email = _email_of_link(connection, secret, at)
            used = SIGN_IN_LINKS.c.digest == digest_of(secret)
            connection.execute(delete(SIGN_IN_LINKS).where(used))
            learner = _found(connection, email) or _made(connection, email, at, new_key)
            session = _begun(connection, learner, at)
        return learner, session

    def sign_in_as(self, learner_id: str, at: datetime) -> str:
        """Begin a session of somebody who proved who they are; raise `NotInWalletError`."""
        with writing(self._engine) as connection:
            own = select(LEARNERS).where(LEARNERS.c.id == learner_id)
            row = connection.execute(own).first()
            if row is None:
                raise NotInWalletError("There is no such wallet any more.")
            return _begun(connection, _learner(row), at)

    def is_fresh(self, session: str, at: datetime) -> bool:
        """Tell whether a session began a short while ago."""
        fresh = SESSIONS.c.ends_at > stamp(at + SESSION_LIFE - FRESH)
        query = select(SESSIONS.c.digest).where(SESSIONS.c.digest == digest_of(session), fresh)
        with reading(self._engine) as connection:
            return connection.scalar(query) is not None

    def signed_in(self, session: str, at: datetime) -> Learner | None:
        """Find who is signed in; nobody, if the session has ended or was idle for too long."""
        query = select(LEARNERS, SESSIONS.c.seen_at).join(
            SESSIONS, SESSIONS.c.learner_id == LEARNERS.c.id
        )
        this = SESSIONS.c.digest == digest_of(session)
        query = query.where(
            this, SESSIONS.c.ends_at > stamp(at), SESSIONS.c.seen_at > stamp(at - IDLE_LIFE)
        )
        with reading(self._engine) as connection:
            row = connection.execute(query).first()
        if row is None:
            return None
        if row.seen_at <= stamp(at - SEEN_AGAIN):
            with writing(self._engine) as connection:
                connection.execute(update(SESSIONS).where(this).values(seen_at=stamp(at)))
        return _learner(row)

    def sign_out(self, session: str) -> None:
        """End a session."""
        with writing(self._engine) as connection:
            here = SESSIONS.c.digest == digest_of(session)
            connection.execute(delete(SESSIONS).where(here))

    def end_others(self, learner_id: str, session: str) -> None:
        """End all sessions of a learner but one."""
        with writing(self._engine) as connection:
            others = SESSIONS.c.digest != digest_of(session)
            connection.execute(delete(SESSIONS).where(SESSIONS.c.learner_id == learner_id, others))

    def choose_framework(self, learner_id: str, framework: str) -> None:
        """Keep in which framework a learner is told levels and credits."""
        with writing(self._engine) as connection:
            here = LEARNERS.c.id == learner_id
            connection.execute(update(LEARNERS).where(here).values(framework=framework))

    def delete(self, learner_id: str) -> None:
        """Delete a learner with everything that is theirs; links that they shared end with it.

        So do links for signing in, and letters with them that were not handed over yet.
        """
        with writing(self._engine) as connection:
            email = connection.scalar(select(LEARNERS.c.email).where(LEARNERS.c.id == learner_id))
            connection.execute(delete(LEARNERS).where(LEARNERS.c.id == learner_id))
            connection.execute(delete(SIGN_IN_LINKS).where(SIGN_IN_LINKS.c.email == email))
            connection.execute(delete(MAILS).where(MAILS.c.recipient == email))


def _begun(connection: Connection, learner: Learner, at: datetime) -> str:
    session = new_secret()
    connection.execute(delete(SESSIONS).where(SESSIONS.c.ends_at <= stamp(at)))
    connection.execute(
        insert(SESSIONS).values(
            digest=digest_of(session),
            learner_id=learner.id,
            seen_at=stamp(at),
            ends_at=stamp(at + SESSION_LIFE),
        )
    )
    note(connection, learner.id, at, "signed-in")
    return session


def _count(connection: Connection, subject: str, at: datetime) -> int:
    here = TRIES.c.subject == digest_of(subject)
    tries = connection.scalar(select(TRIES.c.tries).where(here))
    if tries is None:
        row = {"subject": digest_of(subject), "since": stamp(at), "tries": 1}
        connection.execute(insert(TRIES).values(**row))
        return 1
    connection.execute(update(TRIES).where(here).values(tries=tries + 1))
    return int(tries) + 1


def _email_of_link(connection: Connection, secret: str, at: datetime) -> str:
    query = select(SIGN_IN_LINKS.c.email).where(
        SIGN_IN_LINKS.c.digest == digest_of(secret), SIGN_IN_LINKS.c.expires_at > stamp(at)
    )
    email = connection.scalar(query)
    if email is None:
        text = "This link was used already, or is too old. Ask for a new one."
        raise NotInWalletError(text, code="LINK_ENDED")
    return str(email)


def _found(connection: Connection, email: str) -> Learner | None:
    row = connection.execute(select(LEARNERS).where(LEARNERS.c.email == email)).first()
    return None if row is None else _learner(row)


def _made(
    connection: Connection, email: str, at: datetime, new_key: Callable[[str], NewKey]
) -> Learner:
    identifier = new_id("learner")
    key = new_key(identifier)
    learner = Learner(identifier, email, key.did, key.sealed, "", stamp(at))
    connection.execute(
        insert(LEARNERS).values(
            id=learner.id,
            email=email,
            did=key.did,
            sealed_key=key.sealed,
            framework="",
            created_at=learner.created_at,
        )
    )
    return learner


def _learner(row: Row[Any]) -> Learner:
    return Learner(row.id, row.email, row.did, row.sealed_key, row.framework, row.created_at)
