"""Credentials as they are kept: the intent, what was signed, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, Row, Select, func, select, update

from credentials.json_types import JsonObject
from issuer.store.forgetting import about_credential, forget_mails
from issuer.store.ledger import Act, note, record
from issuer.store.tables import CREDENTIALS, DELIVERIES, IDEMPOTENCY_KEYS, JOB_ROWS, LEARNERS
from issuer.store.writing_down import (
    PAGE_ITEMS,
    Page,
    page_of,
    read_json,
    required,
    stamp,
    write_json,
)
from service import reading, writing

INTENDED, ISSUED, ABANDONED = "intended", "issued", "abandoned"
ACTIVE, SUSPENDED, REVOKED = "active", "suspended", "revoked"


@dataclass(frozen=True, slots=True)
class CredentialRecord:
    """A credential from its intent on.

    `state` is intended, issued or abandoned (it could not be issued, and its index is never used
    again); `status` is active, suspended or revoked.  `data` are the exact bytes that were
    released, nothing before that and after an erasure.  `replaces` is the id of the credential
    that this one corrects,
    `copy_of` that of the one that it repeats for a wallet.
    """

    id: str
    tenant_id: str
    achievement_id: str | None
    achievement_version: int | None
    learner_id: str | None
    job_id: str | None
    state: str
    status: str
    request: JsonObject
    request_digest: str
    list_name: str
    list_index: int
    intended_at: str
    leased_until: str | None
    issued_at: str | None
    media_type: str | None
    data: bytes | None
    data_digest: str | None
    verification_method: str | None
    replaces: str | None
    erased_at: str | None
    copy_of: str | None


@dataclass(frozen=True, slots=True)
class CredentialFilter:
    """Which credentials of an institution are meant; what is None does not matter."""

    achievement_id: str | None = None
    learner_id: str | None = None
    job_id: str | None = None
    state: str | None = None
    status: str | None = None
    email: str | None = None
    delivery: str | None = None
    """One of `DELIVERIES_MEANT`: how far it has reached its learner."""


DELIVERIES_MEANT = ("claimed", "waiting", "bounced", "none")
NO_FILTER = CredentialFilter()


class Credentials:
    """The credentials of all institutions, to be read; `issuer.issuing` makes them."""

    def __init__(self, engine: Engine) -> None:
        """Keep the database; nothing is read yet."""
        self._engine = engine

    def get(self, tenant_id: str, credential_id: str) -> CredentialRecord:
        """Read one of an institution; raise `NotFoundError`."""
        with reading(self._engine) as connection:
            return credential_in(connection, tenant_id, credential_id)

    def of_key(self, tenant_id: str, key: str) -> CredentialRecord | None:
        """Find the credential that was asked for with an idempotency key."""
        query = select(CREDENTIALS).join(
            IDEMPOTENCY_KEYS, IDEMPOTENCY_KEYS.c.credential_id == CREDENTIALS.c.id
        )
        query = query.where(
            IDEMPOTENCY_KEYS.c.tenant_id == tenant_id, IDEMPOTENCY_KEYS.c.key == key
        )
        with reading(self._engine) as connection:
            row = connection.execute(query).first()
        return None if row is None else credential_of(row)

    def replacement_of(self, tenant_id: str, credential_id: str) -> CredentialRecord | None:
        """Find the credential that corrects another one."""
        query = select(CREDENTIALS).where(
            CREDENTIALS.c.tenant_id == tenant_id,
            CREDENTIALS.c.replaces == credential_id,
            CREDENTIALS.c.state == ISSUED,
        )
        with reading(self._engine) as connection:
            row = connection.execute(query.order_by(CREDENTIALS.c.intended_at)).first()
        return None if row is None else credential_of(row)

    def page(
        self,
        tenant_id: str,
        which: CredentialFilter = NO_FILTER,
        *,
        after: str | None = None,
        items: int = PAGE_ITEMS,
    ) -> Page[CredentialRecord]:
        """Read credentials of an institution, the newest first.

        `after` is what the page before said; it names a time and an id, and no position.
        """
        query = _meant(select(CREDENTIALS), tenant_id, which)
        when, _space, last = (after or "").partition(" ")
        if last:
            same = (CREDENTIALS.c.intended_at == when) & (CREDENTIALS.c.id < last)
            query = query.where((CREDENTIALS.c.intended_at < when) | same)
        query = query.order_by(CREDENTIALS.c.intended_at.desc(), CREDENTIALS.c.id.desc())
        with reading(self._engine) as connection:
            return page_of(
                connection,
                query,
                credential_of,
                key=lambda one: f"{one.intended_at} {one.id}",
                items=items,
            )

    def count(self, tenant_id: str, which: CredentialFilter = NO_FILTER) -> int:
        """Count credentials of an institution."""
        query = _meant(select(func.count()).select_from(CREDENTIALS), tenant_id, which)
        with reading(self._engine) as connection:
            return connection.scalar(query) or 0

    def erase(self, act: Act, credential_id: str) -> None:
        """Forget the bytes and the request of a credential; its id, digest and status stay.

        So are its row of a roster, what the letters about it said and to whom they went, and its
        copies for wallets.
        """
        with writing(self._engine) as connection:
            credential_in(connection, act.tenant_id, credential_id)
            copies = [one.id for one in copies_in(connection, credential_id) if not one.erased_at]
            for each in (credential_id, *copies):
                _erase(connection, act, each)


def _erase(connection: Connection, act: Act, credential_id: str) -> None:
    change = update(CREDENTIALS).where(CREDENTIALS.c.id == credential_id)
    connection.execute(change.values(data=None, request=write_json({}), erased_at=stamp(act.at)))
    forget_mails(connection, about_credential(credential_id))
    row = update(JOB_ROWS).where(JOB_ROWS.c.credential_id == credential_id)
    connection.execute(row.values(request=write_json({})))
    record(connection, note(act, "credential.erased", credential_id))


def _meant(query: Select[Any], tenant_id: str, which: CredentialFilter) -> Select[Any]:
    query = query.where(CREDENTIALS.c.tenant_id == tenant_id)
    for name in ("achievement_id", "learner_id", "job_id", "state", "status"):
        wanted = getattr(which, name)
        if wanted is not None:
            query = query.where(CREDENTIALS.c[name] == wanted)
    if which.email is not None:
        theirs = select(LEARNERS.c.id).where(
            LEARNERS.c.tenant_id == tenant_id, LEARNERS.c.mailbox == which.email.strip().lower()
        )
        query = query.where(CREDENTIALS.c.learner_id.in_(theirs))
    if which.delivery is not None:
        query = query.where(_is_handed(which.delivery), CREDENTIALS.c.state == ISSUED)
    return query


def _is_handed(how: str) -> ColumnElement[bool]:
    """Mean credentials by the best of their claims: claimed, else waiting, else come back."""

    def some(*states: str) -> ColumnElement[bool]:
        its = select(DELIVERIES.c.credential_id).where(DELIVERIES.c.state.in_(states))
        return CREDENTIALS.c.id.in_(its)

    claimed, waiting, bounced = some("claimed"), some("waiting", "sent"), some("bounced")
    meant = {
        "claimed": claimed,
        "waiting": waiting & ~claimed,
        "bounced": bounced & ~waiting & ~claimed,
        "none": ~(bounced | waiting | claimed),
    }
    return meant.get(how, claimed)


def credential_in(connection: Connection, tenant_id: str, credential_id: str) -> CredentialRecord:
    """Read a credential in a transaction; raise `NotFoundError`."""
    query = select(CREDENTIALS).where(
        CREDENTIALS.c.id == credential_id, CREDENTIALS.c.tenant_id == tenant_id
    )
    return credential_of(required(connection.execute(query).first(), "credential"))


def copies_in(connection: Connection, credential_id: str) -> tuple[CredentialRecord, ...]:
    """Read the copies for wallets of a credential, except what could not be issued."""
    query = select(CREDENTIALS).where(
        CREDENTIALS.c.copy_of == credential_id, CREDENTIALS.c.state != ABANDONED
    )
    query = query.order_by(CREDENTIALS.c.intended_at, CREDENTIALS.c.id)
    return tuple(map(credential_of, connection.execute(query)))


def credential_of(row: Row[Any]) -> CredentialRecord:
    """Read a row; the columns have the names of the members."""
    members = row._asdict()
    return CredentialRecord(**{**members, "request": read_json(members["request"])})
