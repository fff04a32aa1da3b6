"""Writing to learners: of rosters, to remind them, and of what was done to their credentials."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from issuer.claims.letters import REINSTATED, REVOKED, SUSPENDED
from issuer.claims.offers import ClaimDesk
from issuer.store import Act, NotFoundError, Store, StoreError, Tenant
from issuer.store.withdrawals import NOTICE_WITH_REASON, REINSTATE, REVOKE, SUSPEND, mail_id_of
from service.mail import MailError

SINCE = timedelta(days=7)
"""Changes of before that are not told any more, as when letters are sent for the first time."""

AT_ONCE = 200
ACTOR = "claims"
KINDS = {REVOKE: REVOKED, SUSPEND: SUSPENDED, REINSTATE: REINSTATED}


DeskOf = Callable[[Tenant], ClaimDesk]
"""Finds the desk of an institution: its links lead to its own address."""


def write_letters(store: Store, desk_of: DeskOf, now: datetime) -> int:
    """Write to the learners of rosters for which letters were asked for; count the letters.

    What is issued meanwhile is written about the next time; a learner gets one letter, however
    often this is done, and by how many.
    """
    written = 0
    for job in store.jobs.with_letters_to_write():
        desk, act = desk_of(store.tenants.get(job.tenant_id)), Act(job.tenant_id, ACTOR, now)
        ids = store.deliveries.without_claim(job, items=AT_ONCE)
        written += sum(desk.offer_first(act, one) is not None for one in ids)
        if not ids:
            store.jobs.letters_are_written(job)
    return written


def remind_late(store: Store, desk_of: DeskOf, now: datetime, after: timedelta) -> int:
    """Remind learners, once, whose letter was sent so long ago and who took nothing."""
    written = 0
    for tenant in store.tenants.all():
        desk, act = desk_of(tenant), Act(tenant.id, ACTOR, now)
        ids = store.deliveries.to_remind(tenant.id, now - after, items=AT_ONCE)
        written += sum(_is_reminded(desk, act, one) for one in ids)
    return written


def _is_reminded(desk: ClaimDesk, act: Act, credential_id: str) -> bool:
    """Remind a learner; who cannot be written to any more keeps nobody else from it."""
    try:
        return desk.remind(act, credential_id) is not None
    except (MailError, StoreError):
        return False


def queue_notices(
    desk: ClaimDesk, now: datetime, *, tells_reasons: bool = False, tenant_id: str | None = None
) -> int:
    """Queue a letter for each change that was done and can no longer be undone; count them.

    They are those of one institution, if it is named, else of all.

    The reason is the institution's own note, and is told only if it wants that.  A letter that
    cannot be written is kept as one that came back, so that it keeps nobody else's from being sent.
    """
    changes = desk.store.withdrawals.without_mail(now - SINCE, items=AT_ONCE, tenant_id=tenant_id)
    queued = 0
    for one in changes:
        act, kind, mail_id = Act(one.tenant_id, ACTOR, now), KINDS[one.act], mail_id_of(one)
        tells = one.notice == NOTICE_WITH_REASON or (one.notice is None and tells_reasons)
        reason = one.reason if tells else None
        try:
            desk.notify(act, one.credential_id, kind, reason=reason, mail_id=mail_id)
        except (MailError, NotFoundError) as error:
            desk.store.deliveries.refuse_mail(act, mail_id, kind=kind, error=error.message)
        else:
            queued += 1
    return queued
