"""Institutions of one installation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, Row, insert, select, update

from credentials.json_types import JsonObject
from issuer.store.errors import ConflictError
from issuer.store.ledger import Act, note, record
from issuer.store.tables import ROLES, TENANTS
from issuer.store.writing_down import new_id, read_json, required, stamp, write_json
from service import reading, writing


@dataclass(frozen=True, slots=True)
class Tenant:
    """An institution: `name` stands in URLs, `title` is for people.

    `issuer` is the id in its credentials, `key_uri` the key that signs at present; `profile` is
    what its credentials say about it, `settings` what it chose.
    """

    id: str
    name: str
    title: str
    issuer: str
    key_uri: str
    profile: JsonObject
    settings: JsonObject
    created_at: str
    closed_at: str | None = None


class Tenants:
    """The institutions."""

    def __init__(self, engine: Engine) -> None:
        """Keep the database; nothing is read yet."""
        self._engine = engine

    def add(
        self,
        act: Act,
        *,
        name: str,
        title: str,
        issuer: str,
        key_uri: str,
        profile: JsonObject | None = None,
        settings: JsonObject | None = None,
    ) -> Tenant:
        """Add an institution; its id takes the place of the one in `act`.

        Raises `ConflictError` (TENANT_EXISTS) for a name in use.
        """
        made = Tenant(
            new_id("tenant"),
            name,
            title,
            issuer,
            key_uri,
            profile or {},
            settings or {},
            stamp(act.at),
        )
        own = Act(made.id, act.actor, act.at)
        with writing(self._engine) as connection:
            taken = select(TENANTS.c.id).where(TENANTS.c.name == name)
            if connection.scalar(taken) is not None:
                raise ConflictError(
                    f"There is an institution {name} already. Choose another name.",
                    code="TENANT_EXISTS",
                )
            connection.execute(insert(TENANTS).values(**_columns(made)))
            record(connection, note(own, "tenant.added", made.id, name=name, issuer=issuer))
        return made

    def get(self, tenant_id: str) -> Tenant:
        """Read one; raise `NotFoundError`."""
        with reading(self._engine) as connection:
            return tenant_in(connection, tenant_id)

    def named(self, name: str) -> Tenant:
        """Find one by the name in its URLs; raise `NotFoundError`."""
        with reading(self._engine) as connection:
            query = select(TENANTS).where(TENANTS.c.name == name)
            return tenant_of(required(connection.execute(query).first(), "institution"))

    def all(self) -> tuple[Tenant, ...]:
        """Read all, by name."""
        with reading(self._engine) as connection:
            return tuple(map(tenant_of, connection.execute(select(TENANTS).order_by("name"))))

    def of_user(self, user_id: str) -> tuple[tuple[Tenant, frozenset[str]], ...]:
        """Read those that somebody has a role in, with the roles."""
        query = select(TENANTS, ROLES.c.role).join(ROLES, ROLES.c.tenant_id == TENANTS.c.id)
        query = query.where(ROLES.c.user_id == user_id).order_by(TENANTS.c.name, ROLES.c.role)
        found: dict[str, tuple[Tenant, set[str]]] = {}
        with reading(self._engine) as connection:
            for row in connection.execute(query):
                found.setdefault(row.id, (tenant_of(row), set()))[1].add(row.role)
        return tuple((tenant, frozenset(roles)) for tenant, roles in found.values())

    def change(
        self,
        act: Act,
        *,
        title: str | None = None,
        profile: JsonObject | None = None,
        settings: JsonObject | None = None,
    ) -> Tenant:
        """Change what is given of the institution of `act`; raise `NotFoundError`."""
        values: dict[str, Any] = {} if title is None else {"title": title}
        values |= {} if profile is None else {"profile": write_json(profile)}
        values |= {} if settings is None else {"settings": write_json(settings)}
        return self._set(act, "tenant.changed", values, members=sorted(values))

    def use_key(self, act: Act, key_uri: str, verification_method: str) -> Tenant:
        """Sign with another key of the same issuer from now on; raise `NotFoundError`."""
        values = {"key_uri": key_uri}
        return self._set(act, "tenant.key-changed", values, key=verification_method)

    def _set(self, act: Act, kind: str, values: dict[str, Any], **statement: Any) -> Tenant:
        with writing(self._engine) as connection:
            tenant_in(connection, act.tenant_id)
            if values:
                here = TENANTS.c.id == act.tenant_id
                connection.execute(update(TENANTS).where(here).values(**values))
            record(connection, note(act, kind, act.tenant_id, **statement))
            return tenant_in(connection, act.tenant_id)


def tenant_in(connection: Connection, tenant_id: str) -> Tenant:
    """Read an institution in a transaction; raise `NotFoundError`."""
    query = select(TENANTS).where(TENANTS.c.id == tenant_id)
    return tenant_of(required(connection.execute(query).first(), "institution"))


def tenant_of(row: Row[Any]) -> Tenant:
    """Read a row."""
    return Tenant(
        row.id,
        row.name,
        row.title,
        row.issuer,
        row.key_uri,
        read_json(row.profile),
        read_json(row.settings),
        row.created_at,
        row.closed_at,
    )


def _columns(tenant: Tenant) -> dict[str, Any]:
    return {
        "id": tenant.id,
        "name": tenant.name,
        "title": tenant.title,
        "issuer": tenant.issuer,
        "key_uri": tenant.key_uri,
        "profile": write_json(tenant.profile),
        "settings": write_json(tenant.settings),
        "created_at": tenant.created_at,
    }
