"""Jobs: progress at once, stopped at the next step, one after the other, and forgotten in order."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import pytest

from recognition.errors import RecognitionError
from recognition.senate.jobs import JOBS_KEPT, JobError, JobKind, Jobs, State, Step
from tallystick.senate_service import new_jobs


@pytest.fixture
def held() -> Iterator[threading.Event]:
    """Return what lets the work of a job go on."""
    event = threading.Event()
    yield event
    event.set()


def counting(to: int, held: threading.Event | None = None) -> Callable[[Step], int]:
    def work(step: Step) -> int:
        for done in range(1, to + 1):
            step(done)
            if held is not None:
                held.wait(10)
        return to

    return work


def quick_jobs() -> Jobs:
    numbers = iter(range(1_000))
    return Jobs(start=lambda work: work(), clock=lambda: 0, draw=lambda: f"job{next(numbers)}")


def threaded() -> Jobs:
    """Make jobs that run beside the test, which waits for none of them."""
    numbers = iter(range(1_000))
    return Jobs(
        start=lambda work: threading.Thread(target=work, daemon=True).start(),
        clock=lambda: 0,
        draw=lambda: f"job{next(numbers)}",
        patience=0,
    )


def until(is_so: Callable[[], bool]) -> None:
    """Wait until something is so, for at most some seconds."""
    tick = threading.Event()
    for _try in range(1_000):
        if is_so():
            return
        tick.wait(0.01)
    raise AssertionError("it did not come to be")


def test_what_is_short_is_there_at_once() -> None:
    jobs = new_jobs()
    job = jobs.begin(JobKind.REPORT, "Short", 3, counting(3))
    assert (job.state, job.result, jobs.progress(job).done) == (State.FINISHED, 3, 3)
    assert jobs.find(job.id) is job
    assert jobs.latest(JobKind.REPORT, State.FINISHED) is job
    assert jobs.latest(JobKind.DRAW) is None


def test_progress_is_told_while_a_job_runs_and_it_stops_when_asked(held: threading.Event) -> None:
    jobs = threaded()
    job = jobs.begin(JobKind.WHAT_IF, "Long", 1_000_000, counting(1_000_000, held))
    until(lambda: job.done == 1)
    progress = jobs.progress(job)
    assert (progress.state, progress.done, progress.total) == (State.RUNNING, 1, 1_000_000)
    assert progress.seconds_left is not None
    jobs.stop(job)
    held.set()
    assert job.ended.wait(10)
    assert (job.state, job.result) == (State.STOPPED, None)


def test_a_job_that_waits_can_be_stopped_before_it_begins(held: threading.Event) -> None:
    jobs = threaded()
    first = jobs.begin(JobKind.WHAT_IF, "First", 2, counting(2, held))
    second = jobs.begin(JobKind.WHAT_IF, "Second", 2, counting(2))
    until(lambda: first.state is State.RUNNING)
    assert (first.state, second.state) == (State.RUNNING, State.WAITING)
    jobs.stop(second)
    held.set()
    assert first.ended.wait(10)
    assert (second.state, second.done) == (State.STOPPED, 0)
    assert jobs.all(JobKind.WHAT_IF) == (second, first)


def test_a_job_that_fails_says_why_and_the_next_one_runs() -> None:
    def refused(_step: Step) -> None:
        raise RecognitionError("There are no decisions yet.")

    jobs = quick_jobs()
    job = jobs.begin(JobKind.WHAT_IF, "Empty", 0, refused)
    assert (job.state, job.problem) == (State.FAILED, "There are no decisions yet.")
    assert jobs.begin(JobKind.WHAT_IF, "Next", 1, counting(1)).state is State.FINISHED


def test_after_a_defect_the_next_job_runs() -> None:
    def defective(_step: Step) -> None:
        raise ZeroDivisionError

    jobs = quick_jobs()
    with pytest.raises(ZeroDivisionError):
        jobs.begin(JobKind.WHAT_IF, "Defect", 0, defective)
    job = jobs.latest(JobKind.WHAT_IF)
    assert job is not None
    assert job.state is State.FAILED
    assert jobs.begin(JobKind.WHAT_IF, "Next", 1, counting(1)).state is State.FINISHED


def test_the_oldest_that_ended_makes_room() -> None:
    jobs = quick_jobs()
    made = [jobs.begin(JobKind.REPORT, "One", 1, counting(1)) for _number in range(JOBS_KEPT + 1)]
    assert jobs.find(made[0].id) is None
    assert len(jobs.all(JobKind.REPORT)) == JOBS_KEPT


def test_without_room_no_job_begins() -> None:
    numbers = iter(range(1_000))
    jobs = Jobs(
        start=lambda _work: None, clock=lambda: 0, draw=lambda: f"job{next(numbers)}", patience=0
    )
    for _number in range(JOBS_KEPT):
        jobs.begin(JobKind.DRAW, "Waits", 1, counting(1))
    with pytest.raises(JobError, match="Stop one"):
        jobs.begin(JobKind.DRAW, "Too many", 1, counting(1))
