"""What people sign in with besides a password, kept beside them and written into the ledger."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, Engine

from issuer.store.ledger import Act, note, record
from issuer.store.tables import METADATA, USERS
from service.sign_in import SignInMethods, sign_in_tables

TABLES = sign_in_tables(USERS, METADATA)


def sign_in_methods(engine: Engine) -> SignInMethods:
    """Open the passkeys and linked accounts of the people of a database."""
    return SignInMethods(engine, TABLES, _note)


def _note(connection: Connection, kind: str, user_id: str, at: datetime) -> None:
    """Record what somebody changed about how they sign in."""
    record(connection, note(Act("", f"user:{user_id}", at), kind, user_id))
