"""What an institution has at a glance: how much was issued, claimed, returned and withdrawn."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Engine, func, select

from issuer.store.credentials import ACTIVE, ISSUED, REVOKED, SUSPENDED
from issuer.store.tables import CREDENTIALS, DELIVERIES
from service import reading


@dataclass(frozen=True, slots=True)
class Overview:
    """Counts of credentials: issued altogether, of these revoked and suspended; and of claims."""

    issued: int
    revoked: int
    suspended: int
    claimed: int
    waiting: int
    bounced: int


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
        states = select(DELIVERIES.c.state, func.count())
        states = states.where(DELIVERIES.c.tenant_id == tenant_id).group_by(DELIVERIES.c.state)
        with reading(self._engine) as connection:
            by_status = {row[0]: row[1] for row in connection.execute(statuses)}
            by_state = {row[0]: row[1] for row in connection.execute(states)}
        return Overview(
            issued=sum(by_status.get(status, 0) for status in (ACTIVE, SUSPENDED, REVOKED)),
            revoked=by_status.get(REVOKED, 0),
            suspended=by_status.get(SUSPENDED, 0),
            claimed=by_state.get("claimed", 0),
            waiting=by_state.get("waiting", 0) + by_state.get("sent", 0),
            bounced=by_state.get("bounced", 0),
        )
