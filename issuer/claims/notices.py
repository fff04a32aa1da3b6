"""Telling learners what was done to their credentials, once for each change."""

from __future__ import annotations

from datetime import datetime, timedelta

from issuer.claims.letters import REINSTATED, REVOKED, SUSPENDED
from issuer.claims.offers import ClaimDesk
from issuer.store import Act
from issuer.store.withdrawals import REINSTATE, REVOKE, SUSPEND, mail_id_of

SINCE = timedelta(days=7)
"""Changes of before that are not told any more, as when letters are sent for the first time."""

AT_ONCE = 200
ACTOR = "claims"
KINDS = {REVOKE: REVOKED, SUSPEND: SUSPENDED, REINSTATE: REINSTATED}


def queue_notices(desk: ClaimDesk, now: datetime, *, tells_reasons: bool = False) -> int:
    """Queue a letter for each change that was done and can no longer be undone; count them.

    The reason is the institution's own note, and is told only if it wants that.
    """
    changes = desk.store.withdrawals.without_mail(now - SINCE, items=AT_ONCE)
    for one in changes:
        desk.notify(
            Act(one.tenant_id, ACTOR, now),
            one.credential_id,
            KINDS[one.act],
            reason=one.reason if tells_reasons else None,
            mail_id=mail_id_of(one),
        )
    return len(changes)
