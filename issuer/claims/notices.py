"""Telling learners what was done to their credentials, once for each change."""

from __future__ import annotations

from datetime import datetime, timedelta

from issuer.claims.letters import REINSTATED, REVOKED, SUSPENDED
from issuer.claims.offers import ClaimDesk
from issuer.store import Act, NotFoundError
from issuer.store.withdrawals import REINSTATE, REVOKE, SUSPEND, mail_id_of
from service.mail import MailError

SINCE = timedelta(days=7)
"""Changes of before that are not told any more, as when letters are sent for the first time."""

AT_ONCE = 200
ACTOR = "claims"
KINDS = {REVOKE: REVOKED, SUSPEND: SUSPENDED, REINSTATE: REINSTATED}


def queue_notices(desk: ClaimDesk, now: datetime, *, tells_reasons: bool = False) -> int:
    """Queue a letter for each change that was done and can no longer be undone; count them.

    The reason is the institution's own note, and is told only if it wants that.  A letter that
    cannot be written is kept as one that came back, so that it keeps nobody else's from being sent.
    """
    changes = desk.store.withdrawals.without_mail(now - SINCE, items=AT_ONCE)
    queued = 0
    for one in changes:
        act, kind, mail_id = Act(one.tenant_id, ACTOR, now), KINDS[one.act], mail_id_of(one)
        reason = one.reason if tells_reasons else None
        try:
            desk.notify(act, one.credential_id, kind, reason=reason, mail_id=mail_id)
        except (MailError, NotFoundError) as error:
            desk.store.deliveries.refuse_mail(act, mail_id, kind=kind, error=error.message)
        else:
            queued += 1
    return queued
