"""Issuing a roster: some rows at a time, by any number of workers, resumed after any crash."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import accumulate
from typing import Any

from sqlalchemy import Connection, bindparam, func, or_, select, update

from credentials.errors import IssuanceError
from issuer.issuing.awards import Award
from issuer.issuing.exactly_once import Workshop
from issuer.issuing.intents import Intended, Signed, intend, keep, require_reached, take_over
from issuer.store.achievements import AchievementVersion, version_in
from issuer.store.credentials import CredentialRecord
from issuer.store.jobs import FAILED, ISSUED, RUNNING, WAITING, Job, JobRow, job_in, row_of
from issuer.store.ledger import Act, head
from issuer.store.tables import CREDENTIALS, JOB_ROWS
from issuer.store.tenants import Tenant, tenant_in
from issuer.store.webhooks import announce
from issuer.store.writing_down import stamp
from service import writing

ROWS_AT_ONCE = 100
"""How many rows a worker takes with one transaction, and keeps with the next one.

More would spare transactions and lose more work where a worker is killed.
"""

BYTES_AT_ONCE = 4_194_304
"""How many bytes those rows may have together, each with the definition that it is issued with.

A row that is being issued stands in memory about six times (as asked for, as intended, as signed,
each as it is read and as it is written), so that long rows are taken fewer at a time.
"""


@dataclass(frozen=True, slots=True)
class _Taken:
    """Rows that a worker took, with their intents and what these are made of."""

    act: Act
    job: Job
    tenant: Tenant
    version: AchievementVersion
    rows: dict[str, int]
    """Numbers of rows by the ids of their credentials."""

    intents: tuple[CredentialRecord, ...]
    refused: tuple[tuple[int, IssuanceError], ...]


def issue_some(
    shop: Workshop, job: Job, *, rows: int = ROWS_AT_ONCE, most_bytes: int = BYTES_AT_ONCE
) -> int:
    """Issue some waiting rows of a running job, and count those that are done now.

    Takes no more than `rows`, and no more than have `most_bytes` together, but at least one.

    Obligations: 1. rows are taken with their intents in one transaction, those first that somebody
    left behind; 2. a row has one intent for good: it is signed again, never intended again;
    3. what was signed, and what became of the rows, is kept in one transaction.

    Nothing is done for a job that does not run.  Raises `LedgerBehindError`.
    """
    taken = _take(shop, job, rows, most_bytes)
    if taken is None:
        return 0
    signed = [shop.sign(intent, taken.tenant, taken.version) for intent in taken.intents]
    # 3.
    with writing(shop.store.engine) as connection:
        act = shop.later(taken.act)
        keep(connection, act, signed)
        _keep_rows(connection, taken, signed)
        reached = head(connection)
    shop.high_water.passed(reached)
    return len(signed) + len(taken.refused)


def finish(shop: Workshop, job: Job) -> bool:
    """End a job whose rows are all done; tell whether it was this that ended it."""
    act = Act(job.tenant_id, "worker", shop.now())
    if not shop.store.jobs.finish(act, job.id):
        return False
    with writing(shop.store.engine) as connection:
        announce(connection, act, "job.finished", {"job": job.id})
    return True


def run(shop: Workshop, job: Job) -> None:
    """Issue a running job to its end in this process; rows that others have are left to them."""
    while issue_some(shop, job):
        pass
    finish(shop, job)


def _take(shop: Workshop, asked: Job, rows: int, most_bytes: int) -> _Taken | None:
    now = shop.now()
    with writing(shop.store.engine) as connection:
        job = job_in(connection, asked.tenant_id, asked.id)
        tenant = tenant_in(connection, job.tenant_id)
        version = version_in(connection, tenant.id, job.achievement_id, job.achievement_version)
        free = _free_rows(connection, job, rows, now)
        found = _rows_in(connection, job, _fitting(free, len(version.data), most_bytes))
        if job.state != RUNNING or not found:
            return None
        require_reached(connection, shop.high_water)
        act = Act(tenant.id, job.created_by, now)
        # 1.
        left = {row.credential_id: row.number for row in found if row.credential_id is not None}
        awards, refused = _awards([row for row in found if row.credential_id is None])
        what = Intended(act, tenant, version, shop.lease, job.id)
        ids = intend(connection, what, list(awards.values()), shop.draw) if awards else ()
        new = dict(zip(ids, awards, strict=True))
        # 2.
        _set_rows(
            connection,
            ("credential_id",),
            [{"of": job.id, "at": number, "credential_id": made} for made, number in new.items()],
        )
        mine = {**left, **new}
        intents = take_over(connection, list(mine), now + shop.lease)
    return _Taken(act, job, tenant, version, mine, intents, tuple(refused))


def _free_rows(connection: Connection, job: Job, rows: int, now: datetime) -> list[tuple[int, int]]:
    """Find waiting rows that nobody works on at the moment, in the order of the file.

    Tells of each its number and how many bytes it has: none is read before it is known to fit.
    """
    leased = CREDENTIALS.c.leased_until
    query = (
        select(JOB_ROWS.c.number, func.length(JOB_ROWS.c.request))
        .outerjoin(CREDENTIALS, CREDENTIALS.c.id == JOB_ROWS.c.credential_id)
        .where(JOB_ROWS.c.job_id == job.id, JOB_ROWS.c.state == WAITING)
        .where(or_(CREDENTIALS.c.id.is_(None), leased.is_(None), leased <= stamp(now)))
        .order_by(JOB_ROWS.c.number)
        .limit(rows)
    )
    return [(number, size) for number, size in connection.execute(query)]


def _fitting(free: Sequence[tuple[int, int]], definition: int, most_bytes: int) -> list[int]:
    """Choose the first rows that fit together; one alone is always taken."""
    reached = accumulate(size + definition for _number, size in free)
    fit = [
        number
        for (number, _size), so_far in zip(free, reached, strict=True)
        if so_far <= most_bytes
    ]
    return fit or [number for number, _size in free[:1]]


def _rows_in(connection: Connection, job: Job, numbers: Sequence[int]) -> tuple[JobRow, ...]:
    chosen = JOB_ROWS.c.number.in_(numbers)
    query = select(JOB_ROWS).where(JOB_ROWS.c.job_id == job.id, chosen)
    return tuple(map(row_of, connection.execute(query.order_by(JOB_ROWS.c.number))))


def _awards(
    rows: Sequence[JobRow],
) -> tuple[dict[int, Award], list[tuple[int, IssuanceError]]]:
    awards, refused = {}, []
    for row in rows:
        try:
            awards[row.number] = Award.from_json(row.request)
        except IssuanceError as error:
            refused.append((row.number, error))
    return awards, refused


def _keep_rows(connection: Connection, taken: _Taken, signed: Sequence[Signed]) -> None:
    """Write what became of the rows; a row whose intent was abandoned begins anew if retried."""
    rows: list[dict[str, Any]] = []
    for one in signed:
        row = {"of": taken.job.id, "at": taken.rows[one.credential_id]}
        if one.error is None:
            rows.append({**row, "state": ISSUED, "credential_id": one.credential_id})
        else:
            kept = None if one.is_final else one.credential_id
            rows.append({**row, "state": FAILED, "credential_id": kept})
        code = None if one.error is None else one.error.code
        text = None if one.error is None else one.error.message
        rows[-1] |= {"error_code": code, "error": text}
    for number, error in taken.refused:
        row = {"of": taken.job.id, "at": number, "state": FAILED, "credential_id": None}
        rows.append({**row, "error_code": error.code, "error": error.message})
    _set_rows(connection, ("state", "credential_id", "error_code", "error"), rows)


def _set_rows(
    connection: Connection, names: tuple[str, ...], rows: Sequence[dict[str, Any]]
) -> None:
    if not rows:
        return
    named: dict[str, Any] = {name: bindparam(name) for name in names}
    here = (JOB_ROWS.c.job_id == bindparam("of")) & (JOB_ROWS.c.number == bindparam("at"))
    change = update(JOB_ROWS).where(here, JOB_ROWS.c.state == WAITING)
    counted = JOB_ROWS.c.attempts + (1 if "state" in names else 0)
    connection.execute(change.values(**named, attempts=counted), rows)
