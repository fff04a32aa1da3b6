"""Rosters that are issued: the job, its rows, and how far it has come."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, Row, func, insert, select, update

from credentials.json_types import JsonObject
from credentials.limits import DEFAULT_LIMITS
from credentials.timestamps import parse_timestamp
from issuer.store.achievements import version_in
from issuer.store.errors import ConflictError
from issuer.store.ledger import Act, note, record
from issuer.store.tables import JOB_ROWS, JOBS
from issuer.store.writing_down import (
    PAGE_ITEMS,
    Page,
    new_id,
    number_of,
    page_of,
    read_json,
    required,
    stamp,
    write_json,
)
from service import reading, writing

READY, RUNNING, STOPPED, FINISHED = "ready", "running", "stopped", "finished"
WAITING, ISSUED, FAILED = "waiting", "issued", "failed"
ASKED, WRITTEN = "asked", "written"
"""Whether learners are still to be written to, or all letters are in the queue."""

ROWS_AT_ONCE = 500
"""How many rows are written with one statement: a roster of any size takes the same memory."""

BYTES_AT_ONCE = 4_194_304
"""How many bytes such rows may have together; one alone is always written."""

MOST_ROWS = 1_000_000
"""Longest roster that is taken."""

MOST_ROW_BYTES = DEFAULT_LIMITS.document_bytes
"""Longest row that is taken: more is not in a credential that anybody reads."""


@dataclass(frozen=True, slots=True)
class JobRow:
    """One row: `number` is that of the uploaded file, `request` what is asked for its learner."""

    job_id: str
    number: int
    request: JsonObject
    state: str
    credential_id: str | None = None
    error_code: str | None = None
    error: str | None = None
    attempts: int = 0


@dataclass(frozen=True, slots=True)
class Job:
    """A roster that is issued; `source` is the name of the file.

    `letters` is "asked" while learners are still to be written to, "written" once they were, and
    nothing where nobody asked for letters.
    """

    id: str
    tenant_id: str
    achievement_id: str
    achievement_version: int
    state: str
    source: str
    options: JsonObject
    total: int
    created_by: str
    created_at: str
    started_at: str | None
    finished_at: str | None
    letters: str | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a job has come; times are in whole seconds, the rate is in rows per minute."""

    total: int
    waiting: int
    issued: int
    failed: int
    rows_per_minute: int | None
    seconds_left: int | None

    @property
    def done(self) -> int:
        """Count the rows that are not waiting any more."""
        return self.issued + self.failed


class Jobs:
    """The jobs of all institutions."""

    def __init__(self, engine: Engine) -> None:
        """Keep the database; nothing is read yet."""
        self._engine = engine

    def make(
        self,
        act: Act,
        *,
        achievement_id: str,
        rows: Iterable[tuple[int, JsonObject]],
        source: str,
        options: JsonObject | None = None,
        sends_letters: bool = False,
    ) -> Job:
        """Keep a roster as a job that is ready to run, with the newest version.

        The rows are read one after the other, and each keeps the number that it has in the file.
        Raises `NotFoundError`, and `ConflictError` (ROSTER_EMPTY, ROSTER_TOO_LONG, ROW_TOO_LARGE).
        """
        job_id = new_id("job")
        with writing(self._engine) as connection:
            version = version_in(connection, act.tenant_id, achievement_id, None)
            connection.execute(
                insert(JOBS).values(
                    id=job_id,
                    tenant_id=act.tenant_id,
                    achievement_id=achievement_id,
                    achievement_version=version.version,
                    state=READY,
                    source=source,
                    options=write_json(options or {}),
                    total=0,
                    created_by=act.actor,
                    created_at=stamp(act.at),
                    letters=ASKED if sends_letters else None,
                )
            )
            total = _add_rows(connection, job_id, iter(rows))
            connection.execute(update(JOBS).where(JOBS.c.id == job_id).values(total=total))
            made = {"rows": total, "achievement": achievement_id, "version": version.version}
            record(connection, note(act, "job.made", job_id, **made))
            return job_in(connection, act.tenant_id, job_id)

    def get(self, tenant_id: str, job_id: str) -> Job:
        """Read one of an institution; raise `NotFoundError`."""
        with reading(self._engine) as connection:
            return job_in(connection, tenant_id, job_id)

    def page(
        self, tenant_id: str, *, after: str | None = None, items: int = PAGE_ITEMS
    ) -> Page[Job]:
        """Read jobs of an institution, the newest first."""
        query = select(JOBS).where(JOBS.c.tenant_id == tenant_id)
        when, _space, last = (after or "").partition(" ")
        if last:
            same = (JOBS.c.created_at == when) & (JOBS.c.id < last)
            query = query.where((JOBS.c.created_at < when) | same)
        query = query.order_by(JOBS.c.created_at.desc(), JOBS.c.id.desc())
        with reading(self._engine) as connection:
            return page_of(
                connection,
                query,
                _job_of,
                key=lambda one: f"{one.created_at} {one.id}",
                items=items,
            )

    def running(self) -> tuple[Job, ...]:
        """Read the jobs of all institutions that run, the oldest first."""
        query = select(JOBS).where(JOBS.c.state == RUNNING).order_by(JOBS.c.started_at, JOBS.c.id)
        with reading(self._engine) as connection:
            return tuple(map(_job_of, connection.execute(query)))

    def ask_for_letters(self, act: Act, job_id: str) -> Job:
        """Have the learners of a roster written to, those who have not been."""
        with writing(self._engine) as connection:
            job_in(connection, act.tenant_id, job_id)
            connection.execute(update(JOBS).where(JOBS.c.id == job_id).values(letters=ASKED))
            record(connection, note(act, "job.letters-asked", job_id))
            return job_in(connection, act.tenant_id, job_id)

    def with_letters_to_write(self) -> tuple[Job, ...]:
        """Read the jobs of all institutions whose learners are still to be written to."""
        query = select(JOBS).where(JOBS.c.letters == ASKED).order_by(JOBS.c.created_at, JOBS.c.id)
        with reading(self._engine) as connection:
            return tuple(map(_job_of, connection.execute(query)))

    def letters_are_written(self, job: Job) -> None:
        """Note that everybody was written to, unless rows are still being issued."""
        with writing(self._engine) as connection:
            is_over = (JOBS.c.id == job.id) & (JOBS.c.state == FINISHED)
            connection.execute(update(JOBS).where(is_over).values(letters=WRITTEN))

    def start(self, act: Act, job_id: str) -> Job:
        """Let a job run, or run on after it was stopped."""
        return self._move(act, job_id, (READY, STOPPED), RUNNING, started_at=stamp(act.at))

    def stop(self, act: Act, job_id: str) -> Job:
        """Let a job rest; what was issued stays issued."""
        return self._move(act, job_id, (RUNNING,), STOPPED)

    def retry(self, act: Act, job_id: str) -> Job:
        """Let the rows that failed wait again, and the job run."""
        with writing(self._engine) as connection:
            job_in(connection, act.tenant_id, job_id)
            failed = (JOB_ROWS.c.job_id == job_id) & (JOB_ROWS.c.state == FAILED)
            again = {"state": WAITING, "error": None, "error_code": None}
            connection.execute(update(JOB_ROWS).where(failed).values(**again))
            written = (JOBS.c.id == job_id) & (JOBS.c.letters == WRITTEN)
            connection.execute(update(JOBS).where(written).values(letters=ASKED))
        states = (READY, STOPPED, FINISHED, RUNNING)
        return self._move(act, job_id, states, RUNNING, finished_at=None)

    def finish(self, act: Act, job_id: str) -> bool:
        """End a job whose rows are all done; tell whether it was this that ended it."""
        with writing(self._engine) as connection:
            job = job_in(connection, act.tenant_id, job_id)
            rows = _counted(connection, job_id)
            if job.state != RUNNING or rows.get(WAITING, 0):
                return False
            change = update(JOBS).where(JOBS.c.id == job_id)
            connection.execute(change.values(state=FINISHED, finished_at=stamp(act.at)))
            counts = {"issued": rows.get(ISSUED, 0), "failed": rows.get(FAILED, 0)}
            record(connection, note(act, "job.finished", job_id, **counts))
            return True

    def progress(self, tenant_id: str, job_id: str, at: datetime) -> Progress:
        """Tell how far a job has come, how fast it is and how long it may take."""
        with reading(self._engine) as connection:
            job = job_in(connection, tenant_id, job_id)
            rows = _counted(connection, job_id)
        waiting, issued = rows.get(WAITING, 0), rows.get(ISSUED, 0)
        failed = rows.get(FAILED, 0)
        seconds = None
        if job.started_at is not None:
            end = at if job.finished_at is None else parse_timestamp(job.finished_at)
            seconds = max(1, int((end - parse_timestamp(job.started_at)).total_seconds()))
        done = issued + failed
        if seconds is None or not done:
            return Progress(job.total, waiting, issued, failed, None, None)
        left = None if job.state != RUNNING else waiting * seconds // done
        return Progress(job.total, waiting, issued, failed, done * 60 // seconds, left)

    def rows(
        self,
        tenant_id: str,
        job_id: str,
        *,
        state: str | None = None,
        after: str | None = None,
        items: int = PAGE_ITEMS,
    ) -> Page[JobRow]:
        """Read rows of a job, in the order of the file."""
        query = select(JOB_ROWS).where(JOB_ROWS.c.job_id == job_id)
        if state is not None:
            query = query.where(JOB_ROWS.c.state == state)
        if after is not None:
            query = query.where(JOB_ROWS.c.number > number_of(after))
        query = query.order_by(JOB_ROWS.c.number)
        with reading(self._engine) as connection:
            job_in(connection, tenant_id, job_id)
            return page_of(connection, query, row_of, key=lambda one: str(one.number), items=items)

    def all_rows(self, tenant_id: str, job_id: str) -> Iterator[JobRow]:
        """Yield all rows of a job, a page at a time."""
        after: str | None = None
        while True:
            page = self.rows(tenant_id, job_id, after=after, items=ROWS_AT_ONCE)
            yield from page.items
            if page.following is None:
                return
            after = page.following

    def _move(
        self, act: Act, job_id: str, before: tuple[str, ...], after: str, **values: Any
    ) -> Job:
        with writing(self._engine) as connection:
            job = job_in(connection, act.tenant_id, job_id)
            if job.state == after and after not in before:
                return job
            if job.state not in before:
                raise ConflictError(f"The job is {job.state}.", code="JOB_STATE")
            connection.execute(
                update(JOBS).where(JOBS.c.id == job_id).values(state=after, **values)
            )
            record(connection, note(act, f"job.{after}", job_id))
            return job_in(connection, act.tenant_id, job_id)


def _add_rows(connection: Connection, job_id: str, rows: Iterator[tuple[int, JsonObject]]) -> int:
    total = 0
    for some in _some_at_once(rows):
        total += len(some)
        if total > MOST_ROWS:
            raise ConflictError(
                f"A roster may have {MOST_ROWS} rows; divide this one.", code="ROSTER_TOO_LONG"
            )
        kept = {"job_id": job_id, "state": WAITING, "attempts": 0}
        written = [{**kept, "number": number, "request": request} for number, request in some]
        connection.execute(insert(JOB_ROWS), written)
    if not total:
        raise ConflictError("The roster has no rows.", code="ROSTER_EMPTY")
    return total


def _some_at_once(rows: Iterator[tuple[int, JsonObject]]) -> Iterator[list[tuple[int, bytes]]]:
    """Write rows down, and yield as many of them as are kept with one statement."""
    some: list[tuple[int, bytes]] = []
    size = 0
    for number, request in rows:
        written = write_json(request)
        _require_short(number, written)
        if some and (len(some) == ROWS_AT_ONCE or size + len(written) > BYTES_AT_ONCE):
            yield some
            some, size = [], 0
        some.append((number, written))
        size += len(written)
    if some:
        yield some


def _require_short(number: int, written: bytes) -> None:
    if len(written) > MOST_ROW_BYTES:
        text = (
            f"Row {number} asks for a credential of {len(written)} bytes; it may have "
            f"{MOST_ROW_BYTES}. Shorten its evidence, or give links to it. Nothing was issued."
        )
        raise ConflictError(text, code="ROW_TOO_LARGE")


def _counted(connection: Connection, job_id: str) -> dict[str, int]:
    query = select(JOB_ROWS.c.state, func.count()).where(JOB_ROWS.c.job_id == job_id)
    return {row[0]: row[1] for row in connection.execute(query.group_by(JOB_ROWS.c.state))}


def job_in(connection: Connection, tenant_id: str, job_id: str) -> Job:
    """Read a job in a transaction; raise `NotFoundError`."""
    query = select(JOBS).where(JOBS.c.id == job_id, JOBS.c.tenant_id == tenant_id)
    return _job_of(required(connection.execute(query).first(), "job"))


def _job_of(row: Row[Any]) -> Job:
    members = row._asdict()
    return Job(**{**members, "options": read_json(members["options"])})


def row_of(row: Row[Any]) -> JobRow:
    """Read a row; the columns have the names of the members."""
    members = row._asdict()
    return JobRow(**{**members, "request": read_json(members["request"])})
