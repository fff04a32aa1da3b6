"""Jobs: what goes through all decisions takes minutes, so people see how far it is.

A job and its result live in the memory of this process; nothing of them is stored, and a restart
forgets them.  One runs at a time, so that a job cannot take the cores from the desk twice.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from credentials.errors import TallystickError
from service.errors import NotFoundError

JOBS_KEPT = 20
"""Most jobs that are kept, those that ended included; the oldest that ended makes room."""

FIRST_LOOK_MILLISECONDS = 300
"""How long whoever begins a job waits for it: what is short shows no progress."""

Step = Callable[[int], None]
"""Is told how many decisions are done; raises what ends a job that was stopped."""

Work = Callable[[Step], object]
"""What a job does; returns its result."""


class JobError(TallystickError):
    """A job cannot be begun; the message says what to do."""

    code = "JOBS_FULL"


class JobGoneError(NotFoundError):
    """A job is not known: the service has started again since, or later ones took its place."""

    code = "JOB_GONE"


class JobKind(StrEnum):
    """What a job is for."""

    WHAT_IF = "what-if"
    REPORT = "report"
    DRAW = "draw"
    FIGURES = "figures"


class State(StrEnum):
    """How far a job is."""

    WAITING = "waiting"
    RUNNING = "running"
    FINISHED = "finished"
    STOPPED = "stopped"
    FAILED = "failed"


class Progress(NamedTuple):
    """How far a job has come; `seconds_left` is None as long as nobody can tell."""

    state: State
    done: int
    total: int
    seconds_left: int | None


class _StoppedError(Exception):
    """Ends the work of a job that was stopped."""


@dataclass(slots=True, eq=False)
class Job:
    """A piece of work; only the thread that works on it changes it, or whoever stops it.

    `title` is what people read of it (already in their language), `total` how many decisions there
    are to go through, `problem` why it failed.
    """

    id: str
    kind: JobKind
    title: str
    total: int
    work: Work
    state: State = State.WAITING
    done: int = 0
    result: object = None
    problem: str = ""
    begun: float | None = None
    is_stopped: bool = False
    ended: threading.Event = field(default_factory=threading.Event)

    @property
    def is_active(self) -> bool:
        """Tell whether it is worked on, or will be."""
        return self.state in (State.WAITING, State.RUNNING)


class Jobs:
    """All jobs of this process.  Safe to use from several threads."""

    def __init__(
        self,
        *,
        start: Callable[[Callable[[], None]], object],
        clock: Callable[[], float],
        draw: Callable[[], str],
        patience: int = FIRST_LOOK_MILLISECONDS,
    ) -> None:
        """Take what has something done beside everything else, a clock in seconds, and new ids.

        `patience` is how many milliseconds whoever begins a job waits for its end.
        """
        self._start, self._clock, self._draw = start, clock, draw
        self._patience = patience
        self._jobs: dict[str, Job] = {}
        self._waiting: deque[Job] = deque()
        self._is_busy = False
        self._lock = threading.Lock()

    def begin(self, kind: JobKind, title: str, total: int, work: Work) -> Job:
        """Begin a job, and wait for a moment whether it is short; raise `JobError`."""
        job = Job(self._draw(), kind, title, total, work)
        with self._lock:
            self._make_room()
            self._jobs[job.id] = job
            self._waiting.append(job)
            starts, self._is_busy = not self._is_busy, True
        if starts:
            self._start(self._work)
        job.ended.wait(self._patience / 1_000)
        return job

    def find(self, job_id: str) -> Job | None:
        """Find a job that is kept."""
        return self._jobs.get(job_id)

    def latest(self, kind: JobKind, state: State | None = None) -> Job | None:
        """Find the job of a kind, in a state, that was begun last."""
        with self._lock:
            found = [one for one in self._jobs.values() if one.kind is kind]
        return next((one for one in reversed(found) if state in (None, one.state)), None)

    def all(self, kind: JobKind) -> tuple[Job, ...]:
        """List the jobs of a kind, the latest first."""
        with self._lock:
            return tuple(one for one in reversed(self._jobs.values()) if one.kind is kind)

    def stop(self, job: Job) -> None:
        """Stop a job; it ends at its next step."""
        job.is_stopped = True
        if job.state is State.WAITING:
            job.state = State.STOPPED
            job.ended.set()

    def progress(self, job: Job) -> Progress:
        """Tell how far a job has come."""
        left = None
        if job.state is State.RUNNING and job.begun is not None and job.done:
            left = round((self._clock() - job.begun) * (job.total - job.done) / job.done)
        return Progress(job.state, job.done, job.total, left)

    def _make_room(self) -> None:
        if len(self._jobs) < JOBS_KEPT:
            return
        oldest = next((one for one in self._jobs.values() if not one.is_active), None)
        if oldest is None:
            raise JobError("All room for jobs is taken. Stop one, or wait until one has ended.")
        del self._jobs[oldest.id]

    def _next(self) -> Job | None:
        with self._lock:
            self._is_busy = bool(self._waiting)
            return self._waiting.popleft() if self._waiting else None

    def _work(self) -> None:
        """Work on what waits, until nothing does; after a defect the next job begins anew."""
        is_done = False
        try:
            while (job := self._next()) is not None:
                if not job.is_stopped:
                    self._run(job)
            is_done = True
        finally:
            self._is_busy = self._is_busy and is_done

    def _run(self, job: Job) -> None:
        def step(done: int) -> None:
            job.done = done
            if job.is_stopped:
                raise _StoppedError

        job.state, job.begun, end = State.RUNNING, self._clock(), State.FAILED
        try:
            job.result = job.work(step)
            end = State.FINISHED
        except TallystickError as error:
            job.problem = error.message
        except _StoppedError:
            end = State.STOPPED
        finally:
            job.state = end
            job.ended.set()
