"""Forgetting what wallets were offered and allowed, once it is long over.

What was issued, and what the ledger says of it, stays: a handover only says by which way a copy
left, and offers, grants and nonces open nothing any more once they have ended.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine, delete, select

from issuer.store.wallet_tables import GRANTS, HANDOVERS, NONCES, OFFERS, REQUESTS
from issuer.store.writing_down import stamp
from service import reading, writing

KEPT_AFTER_END = timedelta(days=7)
"""How long an offer is kept after its end, with its codes, tokens and handovers.

Longer than anything that comes after it: a wallet may ask for what is signed later, or tell what
became of it, for a day (`issuer.store.wallet_grants.HANDOVER_LIFE`).
"""

OFFERS_AT_ONCE = 500
"""How many offers are forgotten with one transaction: writers wait for it."""


def sweep(engine: Engine, at: datetime, *, most: int = OFFERS_AT_ONCE) -> int:
    """Forget offers that are long over with everything that hangs on them; count the offers.

    Nothing is written where there is nothing to forget.
    """
    long_over = OFFERS.c.expires_at < stamp(at - KEPT_AFTER_END)
    query = select(OFFERS.c.id).where(long_over).order_by(OFFERS.c.expires_at).limit(most)
    with reading(engine) as connection:
        found = list(connection.scalars(query))
    if found:
        with writing(engine) as connection:
            _forget(connection, found, at)
    return len(found)


def _forget(connection: Connection, offers: list[str], at: datetime) -> None:
    """Delete what hangs on others first."""
    grants = select(GRANTS.c.id).where(GRANTS.c.offer_id.in_(offers))
    connection.execute(delete(HANDOVERS).where(HANDOVERS.c.grant_id.in_(grants)))
    connection.execute(delete(GRANTS).where(GRANTS.c.offer_id.in_(offers)))
    connection.execute(delete(OFFERS).where(OFFERS.c.id.in_(offers)))
    for table in (NONCES, REQUESTS):
        connection.execute(delete(table).where(table.c.expires_at < stamp(at)))
