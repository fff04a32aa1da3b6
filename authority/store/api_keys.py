"""Keys by which programs of institutions hand in courses: shown once, kept as digests."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, Row, insert, select, update

from authority.store.tables import API_KEYS
from service.database import reading, writing
from service.errors import NotFoundError
from service.people.acts import Acting
from service.people.office import Office
from service.writing_down import digest_of, new_id, new_secret, stamp

PREFIX = "tsa_"
"""How a key begins, so that people and scanners for leaked secrets know it."""

SHOWN_CHARACTERS = 10


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key as it is kept; `name` is who sends with it, `prefix` its beginning."""

    id: str
    name: str
    prefix: str
    created_at: str
    revoked_at: str | None


class ApiKeys:
    """The keys of all programs."""

    def __init__(self, engine: Engine, office: Office) -> None:
        """Keep the database; nothing is read yet."""
        self._engine, self._office = engine, office

    def make(self, act: Acting, name: str) -> tuple[ApiKey, str]:
        """Make a key; the second part of the answer is the secret, which is told only now."""
        secret = PREFIX + new_secret()
        made = ApiKey(new_id("key"), name, secret[:SHOWN_CHARACTERS], stamp(act.at), None)
        with writing(self._engine) as connection:
            connection.execute(
                insert(API_KEYS).values(
                    id=made.id,
                    name=made.name,
                    prefix=made.prefix,
                    digest=digest_of(secret),
                    created_at=made.created_at,
                )
            )
            self._office.record(connection, act, "api-key.made", made.id, {"name": name})
        return made, secret

    def find(self, secret: str) -> ApiKey | None:
        """Find the key that a secret opens, unless it was revoked."""
        is_this = API_KEYS.c.digest == digest_of(secret)
        query = select(API_KEYS).where(is_this, API_KEYS.c.revoked_at.is_(None))
        with reading(self._engine) as connection:
            row = connection.execute(query).first()
        return None if row is None else _key(row)

    def all(self) -> tuple[ApiKey, ...]:
        """Read all keys, the newest first."""
        query = select(API_KEYS).order_by(API_KEYS.c.created_at.desc(), API_KEYS.c.id)
        with reading(self._engine) as connection:
            return tuple(map(_key, connection.execute(query)))

    def revoke(self, act: Acting, key_id: str) -> None:
        """End a key at once; raise `NotFoundError`."""
        this = API_KEYS.c.id == key_id
        with writing(self._engine) as connection:
            if connection.scalar(select(API_KEYS.c.id).where(this)) is None:
                raise NotFoundError("There is no such key.")
            is_open = this & API_KEYS.c.revoked_at.is_(None)
            ended = update(API_KEYS).where(is_open).values(revoked_at=stamp(act.at))
            if connection.execute(ended).rowcount:
                self._office.record(connection, act, "api-key.revoked", key_id, {})


def _key(row: Row[Any]) -> ApiKey:
    return ApiKey(row.id, row.name, row.prefix, row.created_at, row.revoked_at)
