"""What an institution has at a glance: how much was issued, claimed, returned and withdrawn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, Select, case, func, select

from issuer.store.claims import OPEN_STATES, REMINDER
from issuer.store.credentials import ACTIVE, ISSUED, REVOKED, SUSPENDED
from issuer.store.tables import CREDENTIALS, DELIVERIES, MAILS
from service import reading

CLAIMED, OPEN, BOUNCED, NONE = 3, 2, 1, 0
"""How far a claim has come; the best one of a credential counts."""


@dataclass(frozen=True, slots=True)
class Handed:
    """How many credentials are claimed, wait for that, or had a letter that came back.

    Each is counted once, by the best of its claims.  `reminded` are those whose learner was written
    to again, `without` those that are in force and were offered to nobody.
    """

    claimed: int
    waiting: int
    bounced: int
    reminded: int
    without: int


@dataclass(frozen=True, slots=True)
class Overview:
    """Counts of credentials: issued altogether, of these revoked and suspended; and of claims."""

    issued: int
    revoked: int
    suspended: int
    handed: Handed


class Overviews:
    """Counts of all institutions, each asked for by itself."""

    def __init__(self, engine: Engine) -> None:
        """Keep the database; nothing is read yet."""
        self._engine = engine

    def of(self, tenant_id: str) -> Overview:
        """Count what one institution has."""
        statuses = select(CREDENTIALS.c.status, func.count())
        statuses = statuses.where(CREDENTIALS.c.tenant_id == tenant_id)
        statuses = statuses.where(CREDENTIALS.c.state == ISSUED).group_by(CREDENTIALS.c.status)
        with reading(self._engine) as connection:
            by_status = {row[0]: row[1] for row in connection.execute(statuses)}
            handed = _handed(connection, CREDENTIALS.c.tenant_id == tenant_id)
        return Overview(
            issued=sum(by_status.get(status, 0) for status in (ACTIVE, SUSPENDED, REVOKED)),
            revoked=by_status.get(REVOKED, 0),
            suspended=by_status.get(SUSPENDED, 0),
            handed=handed,
        )

    def of_job(self, tenant_id: str, job_id: str) -> Handed:
        """Count how far the credentials of a roster have reached their learners."""
        own = (CREDENTIALS.c.tenant_id == tenant_id) & (CREDENTIALS.c.job_id == job_id)
        with reading(self._engine) as connection:
            return _handed(connection, own)


def _handed(connection: Connection, own: ColumnElement[bool]) -> Handed:
    """Count credentials by the best of their claims: claimed, else waiting, else come back."""
    its = _best_claims().subquery()
    reminded = select(DELIVERIES.c.credential_id).join(
        MAILS, MAILS.c.delivery_id == DELIVERIES.c.id
    )
    reminded = reminded.where(MAILS.c.kind == REMINDER)
    in_force = CREDENTIALS.c.status == ACTIVE
    query = select(
        *(func.count().filter(its.c.best == best) for best in (CLAIMED, OPEN, BOUNCED)),
        func.count().filter(CREDENTIALS.c.id.in_(reminded)),
        func.count().filter((func.coalesce(its.c.best, NONE) == NONE) & in_force),
    )
    query = query.select_from(CREDENTIALS).outerjoin(its, its.c.id == CREDENTIALS.c.id)
    row = connection.execute(query.where(own, CREDENTIALS.c.state == ISSUED)).one()
    return Handed(*map(int, row))


def _best_claims() -> Select[Any]:
    best = case(
        (DELIVERIES.c.state == "claimed", CLAIMED),
        (DELIVERIES.c.state.in_(OPEN_STATES), OPEN),
        (DELIVERIES.c.state == "bounced", BOUNCED),
        else_=NONE,
    )
    query = select(DELIVERIES.c.credential_id.label("id"), func.max(best).label("best"))
    return query.group_by(DELIVERIES.c.credential_id)
