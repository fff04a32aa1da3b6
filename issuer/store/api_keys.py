"""Keys by which programs call: shown once, kept as digests, each for one institution."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Engine, Row, insert, select, update

from issuer.store.ledger import Act, note, record
from issuer.store.tables import API_KEYS
from issuer.store.writing_down import digest_of, new_id, new_secret, required, stamp
from service import reading, writing

PREFIX = "tsk_"
"""How a key begins, so that people and scanners for leaked secrets know it."""

SHOWN_CHARACTERS = 10
"""How much of a key is kept in the clear, so that people can tell theirs apart."""


class Scope(StrEnum):
    """What a key may do."""

    ACHIEVEMENTS_READ = "achievements:read"
    ACHIEVEMENTS_WRITE = "achievements:write"
    CREDENTIALS_READ = "credentials:read"
    CREDENTIALS_ISSUE = "credentials:issue"
    CREDENTIALS_WITHDRAW = "credentials:withdraw"
    AUDIT_READ = "audit:read"
    WEBHOOKS_WRITE = "webhooks:write"


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key as it is kept; `prefix` is its beginning."""

    id: str
    tenant_id: str
    name: str
    prefix: str
    scopes: frozenset[Scope]
    created_by: str
    created_at: str
    expires_at: str | None
    revoked_at: str | None


class ApiKeys:
    """The keys of all institutions."""

    def __init__(self, engine: Engine) -> None:
        """Keep the database; nothing is read yet."""
        self._engine = engine

    def make(
        self, act: Act, *, name: str, scopes: Iterable[Scope], expires: datetime | None = None
    ) -> tuple[ApiKey, str]:
        """Make a key; the second part of the answer is the secret, which is told only now."""
        secret = PREFIX + new_secret()
        made = ApiKey(
            new_id("key"),
            act.tenant_id,
            name,
            secret[:SHOWN_CHARACTERS],
            frozenset(scopes),
            act.actor,
            stamp(act.at),
            None if expires is None else stamp(expires),
            None,
        )
        with writing(self._engine) as connection:
            connection.execute(
                insert(API_KEYS).values(
                    id=made.id,
                    tenant_id=made.tenant_id,
                    name=made.name,
                    prefix=made.prefix,
                    digest=digest_of(secret),
                    scopes=" ".join(sorted(made.scopes)),
                    created_by=made.created_by,
                    created_at=made.created_at,
                    expires_at=made.expires_at,
                )
            )
            record(connection, note(act, "api-key.made", made.id, scopes=sorted(made.scopes)))
        return made, secret

    def find(self, secret: str, at: datetime) -> ApiKey | None:
        """Find the key that a secret opens, unless it was revoked or has ended.

        It is found by its digest: how long that takes says nothing about any secret.
        """
        query = select(API_KEYS).where(
            API_KEYS.c.digest == digest_of(secret), API_KEYS.c.revoked_at.is_(None)
        )
        with reading(self._engine) as connection:
            row = connection.execute(query).first()
        if row is None or (row.expires_at is not None and row.expires_at <= stamp(at)):
            return None
        return _key_of(row)

    def all(self, tenant_id: str) -> tuple[ApiKey, ...]:
        """Read the keys of an institution, the newest first."""
        query = select(API_KEYS).where(API_KEYS.c.tenant_id == tenant_id)
        query = query.order_by(API_KEYS.c.created_at.desc(), API_KEYS.c.id)
        with reading(self._engine) as connection:
            return tuple(map(_key_of, connection.execute(query)))

    def revoke(self, act: Act, key_id: str) -> ApiKey:
        """End a key at once; raise `NotFoundError`."""
        here = (API_KEYS.c.id == key_id) & (API_KEYS.c.tenant_id == act.tenant_id)
        with writing(self._engine) as connection:
            row = required(connection.execute(select(API_KEYS).where(here)).first(), "API key")
            if row.revoked_at is None:
                change = update(API_KEYS).where(here)
                connection.execute(change.values(revoked_at=stamp(act.at)))
                record(connection, note(act, "api-key.revoked", key_id))
            return _key_of(connection.execute(select(API_KEYS).where(here)).one())


def _key_of(row: Row[Any]) -> ApiKey:
    return ApiKey(
        row.id,
        row.tenant_id,
        row.name,
        row.prefix,
        frozenset(map(Scope, row.scopes.split())),
        row.created_by,
        row.created_at,
        row.expires_at,
        row.revoked_at,
    )
