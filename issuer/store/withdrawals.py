"""Changes of the status of credentials that were asked for, done or pending."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, Row, func, select

from issuer.store.credentials import ACTIVE, ISSUED, SUSPENDED
from issuer.store.forgetting import MAIL_PREFIX
from issuer.store.tables import CREDENTIALS, LEARNERS, MAILS, WITHDRAWALS
from issuer.store.writing_down import PAGE_ITEMS, Page, page_of, required, stamp
from service import reading

REVOKE, SUSPEND, REINSTATE = "revoke", "suspend", "reinstate"
PENDING, DONE, UNDONE = "pending", "done", "undone"
NO_NOTICE, NOTICE, NOTICE_WITH_REASON = "none", "told", "reason"
NOTICES = (NO_NOTICE, NOTICE, NOTICE_WITH_REASON)
"""Whether the learner is written to, and whether the reason stands in the letter."""

BEFORE = {
    REVOKE: (ACTIVE, SUSPENDED),
    SUSPEND: (ACTIVE,),
    REINSTATE: (SUSPENDED,),
}
"""Statuses of credentials to which each act can be done."""

TOGETHER = ("act", "reason", "requested_by", "requested_at")
"""What withdrawals that were asked for together have in common."""


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """Somebody asked to revoke, suspend or reinstate a credential.

    Until `effective_at` it is pending and can be undone; then it is done.  `reason` is kept and
    never published.  `notice` is one of `NOTICES`, or nothing for what the courier does by itself.
    """

    id: str
    tenant_id: str
    credential_id: str
    act: str
    reason: str
    state: str
    requested_by: str
    requested_at: str
    effective_at: str
    done_at: str | None
    notice: str | None = None


@dataclass(frozen=True, slots=True)
class Batch:
    """Withdrawals that were asked for together; `id` and `credential_id` are those of one."""

    id: str
    credential_id: str
    act: str
    reason: str
    state: str
    requested_by: str
    requested_at: str
    effective_at: str
    count: int


class Withdrawals:
    """The withdrawals of all institutions, to be read; `issuer.issuing.withdrawing` makes them."""

    def __init__(self, engine: Engine) -> None:
        """Keep the database; nothing is read yet."""
        self._engine = engine

    def get(self, tenant_id: str, withdrawal_id: str) -> Withdrawal:
        """Read one of an institution; raise `NotFoundError`."""
        with reading(self._engine) as connection:
            return withdrawal_in(connection, tenant_id, withdrawal_id)

    def of_credential(self, tenant_id: str, credential_id: str) -> tuple[Withdrawal, ...]:
        """Read everything that was asked about a credential, the oldest first."""
        query = select(WITHDRAWALS).where(
            WITHDRAWALS.c.tenant_id == tenant_id, WITHDRAWALS.c.credential_id == credential_id
        )
        query = query.order_by(WITHDRAWALS.c.requested_at, WITHDRAWALS.c.id)
        with reading(self._engine) as connection:
            return tuple(map(withdrawal_of, connection.execute(query)))

    def without_mail(
        self, since: datetime, *, items: int, tenant_id: str | None = None
    ) -> tuple[Withdrawal, ...]:
        """Read what was done since then and has no mail of the id `mail_id_of` yet.

        Withdrawals of learners whose address is not known are left out.
        """
        query = (
            select(WITHDRAWALS)
            .join(CREDENTIALS, CREDENTIALS.c.id == WITHDRAWALS.c.credential_id)
            .join(LEARNERS, LEARNERS.c.id == CREDENTIALS.c.learner_id)
            .where(
                WITHDRAWALS.c.state == DONE,
                WITHDRAWALS.c.done_at >= stamp(since),
                WITHDRAWALS.c.notice.is_distinct_from(NO_NOTICE),
                LEARNERS.c.mailbox.is_not(None),
                CREDENTIALS.c.data.is_not(None),
                (MAIL_PREFIX + WITHDRAWALS.c.id).not_in(select(MAILS.c.id)),
            )
            .order_by(WITHDRAWALS.c.done_at, WITHDRAWALS.c.id)
            .limit(items)
        )
        if tenant_id is not None:
            query = query.where(WITHDRAWALS.c.tenant_id == tenant_id)
        with reading(self._engine) as connection:
            return tuple(map(withdrawal_of, connection.execute(query)))

    def batches(self, tenant_id: str, *, items: int = PAGE_ITEMS) -> tuple[Batch, ...]:
        """Read what was asked for, the newest first; what was asked for together is one."""
        alike = [WITHDRAWALS.c[name] for name in (*TOGETHER, "state", "effective_at")]
        query = select(
            func.min(WITHDRAWALS.c.id).label("id"),
            func.min(WITHDRAWALS.c.credential_id).label("credential_id"),
            *alike,
            func.count().label("count"),
        )
        query = query.where(WITHDRAWALS.c.tenant_id == tenant_id).group_by(*alike)
        query = query.order_by(WITHDRAWALS.c.requested_at.desc(), WITHDRAWALS.c.state.desc())
        with reading(self._engine) as connection:
            return tuple(Batch(**row._asdict()) for row in connection.execute(query.limit(items)))

    def open_to(
        self,
        tenant_id: str,
        act: str,
        *,
        ids: Sequence[str] = (),
        job_id: str | None = None,
        items: int,
    ) -> tuple[str, ...]:
        """Name credentials to which something can be done: the named ones, or those of a roster.

        Left out are those that are so already, revoked for good, or about to be changed.
        """
        pending = select(WITHDRAWALS.c.credential_id).where(
            WITHDRAWALS.c.tenant_id == tenant_id, WITHDRAWALS.c.state == PENDING
        )
        meant = CREDENTIALS.c.id.in_(ids) if job_id is None else CREDENTIALS.c.job_id == job_id
        query = select(CREDENTIALS.c.id).where(
            CREDENTIALS.c.tenant_id == tenant_id,
            CREDENTIALS.c.state == ISSUED,
            CREDENTIALS.c.status.in_(BEFORE[act]),
            CREDENTIALS.c.id.not_in(pending),
            meant,
        )
        query = query.order_by(CREDENTIALS.c.intended_at, CREDENTIALS.c.id).limit(items)
        with reading(self._engine) as connection:
            return tuple(connection.scalars(query))

    def page(
        self,
        tenant_id: str,
        *,
        state: str | None = None,
        after: str | None = None,
        items: int = PAGE_ITEMS,
    ) -> Page[Withdrawal]:
        """Read withdrawals of an institution, the newest first."""
        query = select(WITHDRAWALS).where(WITHDRAWALS.c.tenant_id == tenant_id)
        if state is not None:
            query = query.where(WITHDRAWALS.c.state == state)
        when, _space, last = (after or "").partition(" ")
        if last:
            same = (WITHDRAWALS.c.requested_at == when) & (WITHDRAWALS.c.id < last)
            query = query.where((WITHDRAWALS.c.requested_at < when) | same)
        query = query.order_by(WITHDRAWALS.c.requested_at.desc(), WITHDRAWALS.c.id.desc())
        with reading(self._engine) as connection:
            return page_of(
                connection,
                query,
                withdrawal_of,
                key=lambda one: f"{one.requested_at} {one.id}",
                items=items,
            )


def mail_id_of(withdrawal: Withdrawal) -> str:
    """Name the mail that tells the learner of a withdrawal: there is one at most."""
    return MAIL_PREFIX + withdrawal.id


def due_in(connection: Connection, at: datetime, items: int) -> tuple[Withdrawal, ...]:
    """Read pending withdrawals whose time has come, the oldest first."""
    query = select(WITHDRAWALS).where(
        WITHDRAWALS.c.state == PENDING, WITHDRAWALS.c.effective_at <= stamp(at)
    )
    query = query.order_by(WITHDRAWALS.c.effective_at, WITHDRAWALS.c.id).limit(items)
    return tuple(map(withdrawal_of, connection.execute(query)))


def together_with(connection: Connection, one: Withdrawal) -> tuple[Withdrawal, ...]:
    """Read what is pending of all that was asked for together with a withdrawal."""
    alike = (WITHDRAWALS.c[name] == getattr(one, name) for name in TOGETHER)
    query = select(WITHDRAWALS).where(
        WITHDRAWALS.c.tenant_id == one.tenant_id, WITHDRAWALS.c.state == PENDING, *alike
    )
    return tuple(map(withdrawal_of, connection.execute(query)))


def withdrawal_in(connection: Connection, tenant_id: str, withdrawal_id: str) -> Withdrawal:
    """Read a withdrawal in a transaction; raise `NotFoundError`."""
    query = select(WITHDRAWALS).where(
        WITHDRAWALS.c.id == withdrawal_id, WITHDRAWALS.c.tenant_id == tenant_id
    )
    return withdrawal_of(required(connection.execute(query).first(), "withdrawal"))


def withdrawal_of(row: Row[Any]) -> Withdrawal:
    """Read a row; the columns have the names of the members."""
    return Withdrawal(**row._asdict())
