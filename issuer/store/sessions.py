"""Who is signed in to the console, in the tables of the issuer service."""

from __future__ import annotations

from datetime import datetime
from typing import TypeAlias

from sqlalchemy import Connection, Engine

from issuer.store.ledger import Act, note, record
from issuer.store.tables import SESSIONS, SIGN_IN_TRIES, USERS
from issuer.store.users import User, user_of
from service.sign_in import sessions as shared
from service.sign_in.sessions import (
    AGENT_CHARACTERS,
    FRESH,
    IDLE_LIFE,
    SEEN_AGAIN,
    SESSION_LIFE,
    TRIES_WINDOW,
    Limit,
    Proof,
)

__all__ = [
    "AGENT_CHARACTERS",
    "FRESH",
    "IDLE_LIFE",
    "SEEN_AGAIN",
    "SESSION_LIFE",
    "TRIES_WINDOW",
    "Limit",
    "Proof",
    "Session",
    "Sessions",
]

Session: TypeAlias = shared.Session[User]


class Sessions(shared.Sessions[User]):
    """The sessions of all people."""

    def __init__(self, engine: Engine) -> None:
        """Keep the database; nothing is read yet."""
        tables = shared.SessionTables(USERS, SESSIONS, SIGN_IN_TRIES)
        super().__init__(engine, tables, user_of, _signed_in)


def _signed_in(connection: Connection, user_id: str, ways: str, at: datetime) -> None:
    act = Act("", f"user:{user_id}", at)
    record(connection, note(act, "user.signed-in", user_id, by=ways))
