"""What a draft would have changed of 100,000 cases: how soon progress shows, and how it ends.

A desk is served as an operator serves it, and its pages are asked for as a browser does.
`python -m tools.bench_what_if` writes docs/what-if-measured.md; an argument is another number of
cases, and writes nothing.
"""

from __future__ import annotations

import json
import os
import re
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from statistics import quantiles
from typing import TypeVar

import schemas
from tests import postgresql
from tools.bench_replay import POLICIES
from tools.bench_what_if_desk import Desk, Served, fill, require_sound

CASES = 100_000
FEWER = 10
"""A register with so many times fewer cases tells whether memory grows with their number."""

LOOK_SECONDS = 0.2
"""Pause between two looks at the progress; the script of the page pauses longer."""

RUNS_SECONDS = 8.0
"""So long a job runs before it is stopped."""

STARTS = 5
"""So many jobs are begun and stopped: the worst of them is told."""

IDLE_SHARE = 0.05
"""A service that uses less of one core is idle."""

IDLE_SECONDS = 0.2
"""So long it is looked whether it is idle."""

ADDRESS = "/desk/senate/what-if"
TARGET = Path(__file__).resolve().parent.parent / "docs" / "what-if-measured.md"

HEAD = """# What if, measured

Written by `make bench-what-if` ({date}): a draft is tried on {count} cases on the page of the
Senate, on {cores} cores (load {load}, this measurement included). The service is served by
`tallystick recognise serve`; a browser without a script looks at the progress every {look} s.

{decided} decisions were made by two example policies and are recorded under 100 names of cases
each, in one chain. (Of a register with {fewer} cases made in the same way the chain was checked,
and the 1,000 were decided again and came out the same.) The draft asks for less overlap than one
of the policies, and is in another unit than the other one: {changed} decisions would be others.

| | SQLite | PostgreSQL | goal |
|---|---:|---:|---:|
"""
"""Beginning of the page; what the rows are is told by `rows`."""


@dataclass(slots=True)
class Run:
    """What was seen of jobs: seconds, and megabytes."""

    first: list[float] = field(default_factory=list)
    looks: list[float] = field(default_factory=list)
    stopped: list[float] = field(default_factory=list)
    idle: list[float] = field(default_factory=list)
    own: float = 0.0
    all: float = 0.0
    before: float = 0.0
    whole: float = 0.0
    result: float = 0.0
    table: float = 0.0
    changed: int = 0


T = TypeVar("T")


def timed(act: Callable[[], T]) -> tuple[T, float]:
    """Do something, and tell how many seconds it took."""
    before = time.perf_counter()
    return act(), time.perf_counter() - before


def draft() -> str:
    """Write a draft that refers fewer cases than the policy that it begins from."""
    text = schemas.recognition_policies()[POLICIES[0]]
    return text.replace('min = "4/5"', 'min = "1/2"')


def begun(served: Served, run: Run) -> str:
    """Begin a job, and look at its page until it shows progress; return the address of the page."""
    address = served.post(ADDRESS, text=draft())
    before = time.perf_counter()
    while True:
        (status, page), took = timed(lambda: served.get(address))
        run.looks.append(took)
        done = re.search(r"data-done>(\d+)<", page)
        if status == 303 or (done and int(done[1])):
            run.first.append(time.perf_counter() - before)
            return address
        time.sleep(LOOK_SECONDS / 4)


def look(served: Served, address: str, run: Run) -> str:
    """Look at the progress of a job as the script of its page does; return its state."""
    (status, text), took = timed(lambda: served.get(f"{address}/progress.json"))
    if status != 200:
        raise SystemExit(f"The progress answers {status}: {text}")
    run.looks.append(took)
    own, everything = served.memory()
    run.own, run.all = max(run.own, own), max(run.all, everything)
    return str(json.loads(text)["state"])


def until_idle(served: Served) -> float:
    """Wait until the service uses no processor and has no process too many; tell how long."""
    before = time.perf_counter()
    while True:
        since, used = time.perf_counter(), served.processor()
        time.sleep(IDLE_SECONDS)
        share = (served.processor() - used) / (time.perf_counter() - since)
        if abs(share) < IDLE_SHARE:
            return since - before


def stop(served: Served, run: Run) -> None:
    """Let a job run for a while and stop it."""
    address, until = begun(served, run), time.perf_counter() + RUNS_SECONDS
    while time.perf_counter() < until and look(served, address, run) == "running":
        time.sleep(LOOK_SECONDS)
    before = time.perf_counter()
    served.post(f"{address}/stop")
    while look(served, address, run) == "running":
        time.sleep(LOOK_SECONDS / 10)
    run.stopped.append(time.perf_counter() - before)
    run.idle.append(run.stopped[-1] + until_idle(served))


def finish(served: Served, run: Run) -> None:
    """Let a job run to its end, and look at its result."""
    before = time.perf_counter()
    address = begun(served, run)
    while (state := look(served, address, run)) == "running":
        time.sleep(LOOK_SECONDS)
    run.whole = time.perf_counter() - before
    result = f"{ADDRESS}/{address.rpartition('/')[2]}"
    (status, _page), run.result = timed(lambda: served.get(result))
    (_status, table), run.table = timed(lambda: served.get(f"{result}.json"))
    if (state, status) != ("finished", 200):
        raise SystemExit(f"The job ended as {state}, and its page answers {status}.")
    told = json.loads(table)
    run.changed = told["count"] - told["same"]
    own, everything = served.memory()
    run.own, run.all = max(run.own, own), max(run.all, everything)


def measured(url: str, count: int, *, stops: int, is_checked: bool = False) -> Run:
    """Fill a register and measure jobs over it."""
    run = Run()
    with tempfile.TemporaryDirectory() as folder:
        place = url or f"sqlite:///{folder}/filled.sqlite"
        desk = Desk(Path(folder), place)
        _none, took = timed(lambda: fill(place, count))
        print(f"{count:,} cases recorded in {took:.0f} s", file=sys.stderr)
        if is_checked:
            require_sound(place, count)
        with desk.served() as served:
            served.get(ADDRESS)
            run.before = served.memory()[0]
            for _number in range(stops):
                stop(served, run)
            finish(served, run)
    print(run.first, run.stopped, run.idle, file=sys.stderr)
    return run


@contextmanager
def databases() -> Iterator[list[str]]:
    """Give the URLs of databases: nothing for a file, and PostgreSQL."""
    programs = postgresql.programs()
    if programs is None:
        raise SystemExit("PostgreSQL is not installed; on Debian it is the package postgresql.")
    with postgresql.server(programs) as url:
        yield ["", url]


def high(times: list[float]) -> str:
    """Tell the 95th of 100, in milliseconds."""
    return f"{quantiles(times, n=20)[18] * 1000:.0f} ms"


ROWS: tuple[tuple[str, Callable[[Run], str], str], ...] = (
    ("from the form's answer to the first page with progress, worst",
     lambda run: f"{max(run.first):.2f} s", "1 s"),
    ("a look at the progress, 95th of 100", lambda run: high(run.looks), "300 ms"),
    ("from the order to stop to the job being stopped, worst",
     lambda run: f"{max(run.stopped):.2f} s", "1 s"),
    ("from the order to stop to an idle processor, worst",
     lambda run: f"{max(run.idle):.2f} s", "2 s"),
    ("the whole job", lambda run: f"{run.whole:.0f} s", "-"),
    ("the page with its result", lambda run: f"{run.result * 1000:.0f} ms", "300 ms"),
    ("the whole result as JSON", lambda run: f"{run.table:.1f} s", "-"),
    ("memory of the service before", lambda run: f"{run.before:.0f} MB", "-"),
    ("most memory of the service", lambda run: f"{run.own:.0f} MB", "-"),
    ("most memory with its workers", lambda run: f"{run.all:.0f} MB", "-"),
)  # fmt: skip


def rows(found: list[Run], fewer: list[Run]) -> Iterator[str]:
    """Write the rows of the table."""
    for title, tell, goal in ROWS:
        yield f"| {title} | {' | '.join(map(tell, found))} | {goal} |\n"
    grown = [f"{one.own - few.own:.0f} MB" for one, few in zip(found, fewer, strict=True)]
    yield f"| more of it than with {FEWER} times fewer cases | {' | '.join(grown)} | 10 MB |\n"


def main() -> None:
    """Measure, print and write."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else CASES
    with databases() as urls:
        fewer = [measured(url, count // FEWER, stops=0, is_checked=True) for url in urls]
    with databases() as urls:
        found = [measured(url, count, stops=STARTS) for url in urls]
    head = HEAD.format(
        date=datetime.now(UTC).date().isoformat(), count=f"{count:,}", cores=os.cpu_count(),
        load=f"{os.getloadavg()[0]:.1f}", look=LOOK_SECONDS, decided="1,000",
        fewer=f"{count // FEWER:,}", changed=f"{found[0].changed:,}",
    )  # fmt: skip
    text = head + "".join(rows(found, fewer))
    if count == CASES:
        TARGET.write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
