"""Jobs: many entries that are checked one after the other while people look at the progress.

A job lives in the memory of this process, for a while, under an address that nobody can guess;
nothing of it is stored.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from credentials.errors import TallystickError
from credentials.json_types import JsonObject
from keys.multibase import encode_base64url
from service.errors import WorkerError
from service.web.limiting import RateLimit
from verifier.employer.entries import Entry
from verifier.employer.rows import Row
from verifier.pages.intake import Fetch, LinkError

ID_BYTES = 32
"""How much chance there is in the address of a job: nobody finds one by trying."""

ROWS = 10_000
"""Most entries of one job."""

JOB_BYTES = 67_108_864
"""Most that the entries of one job may have together, links that were followed included."""

JOBS = 20
"""Most jobs at once; whoever wants another one waits until one is deleted or has ended."""

JOBS_OF_ONE = 8
"""Most jobs of one caller at once, so that nobody takes all room alone."""

ALL_BYTES = 268_435_456
"""Most that all jobs may have together."""

BYTES_OF_ONE = ALL_BYTES // 2
"""Most that the jobs of one caller may have together."""

BEGUN_A_MINUTE, BEGUN_AT_ONCE = 30, 30
"""How often one caller may begin a job, or have everything in one checked again."""

LIFETIME_SECONDS = 7_200.0
"""How long a job can be looked at after it was begun the last time."""

LINK_SECONDS = 1_200.0
"""How long links are followed for one job, since others wait for it to end."""

FETCHERS = 8
"""How many links are followed at once."""

Pair = tuple[int, bytes]
CheckMany = Callable[[Iterator[Pair]], Generator[tuple[int, JsonObject], None, None]]
"""Checks documents by their numbers, in their order, on all cores: what `found_of` tells of each.

Raises `WorkerError` if that cannot be gone on with."""


class JobError(TallystickError):
    """A job cannot be begun; the message says what to do."""

    code = "JOB_REFUSED"


class State(StrEnum):
    """How far a job is."""

    WAITING = "waiting"
    RUNNING = "running"
    FINISHED = "finished"
    CANCELLED = "cancelled"
    FAILED = "failed"


class Progress(NamedTuple):
    """How far a job has come; rate in rows a second, time left in seconds, if it can be told."""

    state: State
    done: int
    total: int
    rate: float | None
    seconds_left: float | None


@dataclass(slots=True, eq=False)
class Job:
    """Entries, and the rows about them so far; only the thread that checks changes it."""

    id: str
    entries: Sequence[Entry]
    touched: float
    state: State = State.WAITING
    rows: list[Row] = field(default_factory=list)
    fetched: dict[int, bytes] = field(default_factory=dict)
    begun: float = 0.0
    ended: float = 0.0
    caller: str = ""

    @property
    def is_active(self) -> bool:
        """Tell whether it is being checked, or will be."""
        return self.state in (State.WAITING, State.RUNNING)

    @property
    def size(self) -> int:
        """Count the bytes that it keeps."""
        return sum(entry.size for entry in self.entries) + sum(map(len, self.fetched.values()))

    def data_of(self, number: int) -> bytes:
        """Give the document of an entry, as it was given or fetched; empty if there is none."""
        return self.entries[number - 1].data or self.fetched.get(number, b"")

    def progress(self, now: float) -> Progress:
        """Tell how far it has come."""
        done, total = len(self.rows), len(self.entries)
        seconds = (now if self.state is State.RUNNING else self.ended) - self.begun
        rate = done / seconds if done and seconds > 0 else None
        left = (total - done) / rate if rate and self.state is State.RUNNING else None
        return Progress(self.state, done, total, rate, left)


@dataclass(frozen=True, slots=True)
class JobTools:
    """What jobs need from outside.

    `check` checks documents, `fetch` follows a link (None: nothing is fetched), `start` has
    something done beside everything else, `draw` gives random bytes, `clock` goes forward only, in
    seconds.
    """

    check: CheckMany
    fetch: Fetch | None
    start: Callable[[Callable[[], None]], object]
    draw: Callable[[int], bytes]
    clock: Callable[[], float]


class Jobs:
    """All jobs of this process; one is checked at a time.  Safe to use from several threads."""

    def __init__(self, tools: JobTools) -> None:
        """Take the tools."""
        self.tools = tools
        self.limit = RateLimit(BEGUN_A_MINUTE, BEGUN_AT_ONCE, tools.clock)
        self._jobs: dict[str, Job] = {}
        self._waiting: deque[Job] = deque()
        self._served = ""
        self._is_busy = False
        self._lock = threading.Lock()

    def begin(self, entries: Sequence[Entry], caller: str = "") -> Job:
        """Begin a job; `caller` is the network that it is begun from, as far as one is known.

        Raises `JobError` (JOB_EMPTY, JOB_TOO_LARGE, OWN_JOBS_FULL, JOBS_FULL).
        """
        if not entries:
            raise JobError("There is nothing in it to check.", code="JOB_EMPTY")
        size = sum(entry.size for entry in entries)
        if len(entries) > ROWS or size > JOB_BYTES:
            text = f"These are more than {ROWS} entries, or more than {JOB_BYTES >> 20} MiB."
            raise JobError(f"{text} Give fewer at once.", code="JOB_TOO_LARGE")
        job = Job(encode_base64url(self.tools.draw(ID_BYTES)), entries, self.tools.clock())
        job.caller = caller
        with self._lock:
            self._sweep()
            self._require_room(size, caller)
            self._jobs[job.id] = job
        self._enqueue(job)
        return job

    def _require_room(self, size: int, caller: str) -> None:
        every = list(self._jobs.values())
        own = [one for one in every if caller and one.caller == caller]
        rooms = (
            (own, JOBS_OF_ONE, BYTES_OF_ONE, "All room for your jobs is taken", "OWN_JOBS_FULL"),
            (every, JOBS, ALL_BYTES, "All room for jobs is taken", "JOBS_FULL"),
        )
        for jobs, most, most_bytes, what, code in rooms:
            if len(jobs) >= most or sum(one.size for one in jobs) + size > most_bytes:
                text = f"{what}. Delete one that is done, or try again later."
                raise JobError(text, code=code)

    def find(self, job_id: str) -> Job | None:
        """Find a job that is still there."""
        with self._lock:
            self._sweep()
            return self._jobs.get(job_id)

    def cancel(self, job: Job) -> None:
        """Stop a job; the rows that it has stay."""
        if job.is_active:
            job.state, job.ended = State.CANCELLED, self.tools.clock()

    def again(self, job: Job) -> None:
        """Check all entries of a job anew, links included, unless that is being done."""
        if not job.is_active:
            job.state, job.touched = State.WAITING, self.tools.clock()
            job.rows = []
            self._enqueue(job)

    def forget(self, job: Job) -> None:
        """Delete a job with all that it has."""
        self.cancel(job)
        with self._lock:
            self._jobs.pop(job.id, None)

    def counts(self) -> dict[State, int]:
        """Count the jobs by how far they are."""
        with self._lock:
            self._sweep()
            states = [job.state for job in self._jobs.values()]
        return {state: states.count(state) for state in State}

    def _sweep(self) -> None:
        oldest = self.tools.clock() - LIFETIME_SECONDS
        for job in [one for one in self._jobs.values() if one.touched < oldest]:
            self.cancel(job)
            del self._jobs[job.id]

    def _enqueue(self, job: Job) -> None:
        with self._lock:
            self._waiting.append(job)
            starts = not self._is_busy
            self._is_busy = True
        if starts:
            self.tools.start(self._work)

    def _next(self) -> Job | None:
        """Take the job that waits for longest, of somebody else than before if there is one."""
        with self._lock:
            self._is_busy = bool(self._waiting)
            if not self._waiting:
                return None
            others = (one for one in self._waiting if one.caller != self._served)
            job = next(others, self._waiting[0])
            self._waiting.remove(job)
            self._served = job.caller
            return job

    def _work(self) -> None:
        """Check what waits, until nothing does; after a defect the next job begins anew."""
        is_done = False
        try:
            while (job := self._next()) is not None:
                if job.state is State.WAITING:
                    self._check(job)
            is_done = True
        finally:
            self._is_busy = self._is_busy and is_done

    def _check(self, job: Job) -> None:
        job.state, job.begun = State.RUNNING, self.tools.clock()
        end = State.FAILED
        try:
            _Run(job, self.tools).run()
            end = State.FINISHED
        except WorkerError:
            # What was checked until then stays; the page says that it is not all.
            end = State.FAILED
        finally:
            # A cancelled job may be waiting again already, which is not for this run to end.
            if job.state is State.RUNNING:
                job.state, job.ended = end, self.tools.clock()


class _Run:
    """One time that a job is checked; a run that was cancelled writes nothing more."""

    def __init__(self, job: Job, tools: JobTools) -> None:
        self._job, self._tools = job, tools
        self._rows: list[Row] = []
        job.rows, job.fetched = self._rows, {}
        self._left = JOB_BYTES - job.size

    @property
    def _is_cancelled(self) -> bool:
        return self._job.state is not State.RUNNING or self._job.rows is not self._rows

    def run(self) -> None:
        refused: deque[Row] = deque()
        with closing(self._tools.check(self._documents(refused))) as found:
            for number, one in found:
                self._take(refused, number)
                entry = self._job.entries[number - 1]
                self._rows.append(Row(number, entry.name, entry.link, one))
                if self._is_cancelled:
                    return
        self._take(refused, len(self._job.entries) + 1)

    def _take(self, refused: deque[Row], before: int) -> None:
        """Put what was refused in its place among the others."""
        while refused and refused[0].number < before:
            self._rows.append(refused.popleft())

    def _documents(self, refused: deque[Row]) -> Iterator[Pair]:
        """Yield what can be checked; the rest becomes rows of what was refused."""
        for number, (entry, data, row) in enumerate(self._had(), start=1):
            if self._is_cancelled:
                return
            refusal = row or self._keep(number, entry, data)
            if refusal is None:
                yield number, data
            else:
                refused.append(refusal)

    def _keep(self, number: int, entry: Entry, data: bytes) -> Row | None:
        """Keep what was fetched, as long as there is room; otherwise it is refused."""
        if entry.link:
            self._left -= len(data)
            if self._left < 0:
                return Row(number, entry.name, entry.link, refusal="TOO_MUCH")
            self._job.fetched[number] = data
        return None

    def _had(self) -> Iterator[tuple[Entry, bytes, Row | None]]:
        """Follow links, a few at once, and give everything in its order."""
        numbered = enumerate(self._job.entries, start=1)
        if not any(entry.link for entry in self._job.entries):
            yield from (self._one(number, entry) for number, entry in numbered)
            return
        ahead: deque[Future[tuple[Entry, bytes, Row | None]]] = deque()
        with ThreadPoolExecutor(FETCHERS) as pool:
            for number, entry in numbered:
                ahead.append(pool.submit(self._one, number, entry))
                if len(ahead) > FETCHERS:
                    yield ahead.popleft().result()
            while ahead:
                yield ahead.popleft().result()

    def _one(self, number: int, entry: Entry) -> tuple[Entry, bytes, Row | None]:
        if entry.refusal:
            return entry, b"", Row(number, entry.name, refusal=entry.refusal)
        if not entry.link:
            return entry, entry.data, None
        if self._tools.clock() - self._job.begun > LINK_SECONDS:
            return entry, b"", Row(number, entry.name, entry.link, refusal="LINKS_TOO_SLOW")
        if self._is_cancelled or self._tools.fetch is None:
            return entry, b"", Row(number, entry.name, entry.link, refusal="LINKS_NOT_FETCHED")
        try:
            return entry, self._tools.fetch(entry.link), None
        except LinkError as error:
            row = Row(number, entry.name, entry.link, refusal="LINK_NOT_READ", detail=error.message)
            return entry, b"", row
