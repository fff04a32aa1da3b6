"""Figures of an institution for its monitoring: counts and ages, and nobody's data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, func, select

from credentials.timestamps import parse_timestamp
from issuer.store.credentials import INTENDED
from issuer.store.jobs import RUNNING
from issuer.store.tables import CREDENTIALS, JOB_ROWS, JOBS, PUBLISHED_LISTS
from service import reading
from service.status_ledger.assigning import lists_named
from service.status_ledger.tables import CHANGES, ENTRIES


@dataclass(frozen=True, slots=True)
class ListFigures:
    """A status list: how many entries are given out, and how many changes are not published."""

    name: str
    entries: int
    unpublished: int


@dataclass(frozen=True, slots=True)
class AgeOfList:
    """How long ago a status list was published, and whether its time is over."""

    seconds: int
    has_run_out: bool


@dataclass(frozen=True, slots=True)
class Figures:
    """How an institution stands.

    `credentials` are counted by state and status, `rows` are those of running jobs by state;
    `oldest_intent_seconds` is the age of the oldest credential that was promised and not issued.
    """

    credentials: dict[tuple[str, str], int]
    rows: dict[str, int]
    oldest_intent_seconds: int
    lists: tuple[ListFigures, ...]


def figures_of(engine: Engine, tenant_id: str, now: datetime) -> Figures:
    """Count how an institution stands."""
    mine = CREDENTIALS.c.tenant_id == tenant_id
    by_state = select(CREDENTIALS.c.state, CREDENTIALS.c.status, func.count())
    running = select(JOBS.c.id).where(JOBS.c.tenant_id == tenant_id, JOBS.c.state == RUNNING)
    by_row = select(JOB_ROWS.c.state, func.count()).where(JOB_ROWS.c.job_id.in_(running))
    open_since = select(func.min(CREDENTIALS.c.intended_at))
    with reading(engine) as connection:
        counted = connection.execute(
            by_state.where(mine).group_by(CREDENTIALS.c.state, CREDENTIALS.c.status)
        ).all()
        rows = connection.execute(by_row.group_by(JOB_ROWS.c.state)).all()
        oldest = connection.scalar(open_since.where(mine, CREDENTIALS.c.state == INTENDED))
    age = 0 if oldest is None else int((now - parse_timestamp(oldest)).total_seconds())
    return Figures(
        {(row[0], row[1]): row[2] for row in counted},
        {row[0]: row[1] for row in rows},
        max(age, 0),
        _lists(engine, tenant_id),
    )


def ages_of_lists(engine: Engine, now: datetime) -> tuple[AgeOfList, ...]:
    """Tell the ages of the published lists of all institutions."""
    columns = select(PUBLISHED_LISTS.c.list_name, PUBLISHED_LISTS.c.published_at)
    with reading(engine) as connection:
        validity = {one.name: one.validity for one in lists_named(connection, "")}
        rows = connection.execute(columns).all()
    ages = [(now - parse_timestamp(row.published_at), validity[row.list_name]) for row in rows]
    return tuple(AgeOfList(max(int(age.total_seconds()), 0), age > most) for age, most in ages)


def _lists(engine: Engine, tenant_id: str) -> tuple[ListFigures, ...]:
    mine = ENTRIES.c.list_name.startswith(f"{tenant_id}/", autoescape=True)
    counted = select(ENTRIES.c.list_name, func.count()).where(mine)
    with reading(engine) as connection:
        entries = connection.execute(counted.group_by(ENTRIES.c.list_name)).all()
        published = {
            row.list_name: row.last_change for row in connection.execute(select(PUBLISHED_LISTS))
        }
        return tuple(
            ListFigures(
                name,
                count,
                connection.scalar(
                    select(func.count())
                    .select_from(CHANGES)
                    .where(
                        CHANGES.c.list_name == name,
                        CHANGES.c.sequence > published.get(name, 0),
                    )
                )
                or 0,
            )
            for name, count in sorted(tuple(row) for row in entries)
        )
