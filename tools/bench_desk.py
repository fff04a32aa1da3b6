"""How long a registrar waits: the inbox with 5,000 cases, on SQLite and on PostgreSQL.

Each request is signed in, and writes into the log what was looked at.  `python -m tools.bench_desk`
writes docs/desk-measured.md.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from statistics import quantiles

from recognition.desk import DeskStore, Role
from recognition.desk.cases import CameBy, Document, NewCase, State
from service import migrate, open_database
from tests import postgresql
from tests.recognition.desk.desks import Browser, TestDesk

CASES = 5_000
ROUNDS = 60
GOAL_MILLISECONDS = 300
TARGET = Path(__file__).resolve().parent.parent / "docs" / "desk-measured.md"

HEAD = """# The desk, measured

Written by `make bench-desk`: {count} cases, {rounds} requests each, in one process, on {cores}
cores that did other work, too. Each request is signed in and writes into the log which cases were
looked at. Goal: {goal} ms for 95 of 100.

| database | page | median, ms | 95th of 100, ms |
|---|---|---:|---:|
"""


def measured(act: Callable[[], object]) -> tuple[float, float]:
    """Time something; median and 95th percentile in milliseconds."""
    act()
    times = []
    for _ in range(ROUNDS):
        before = time.perf_counter()
        act()
        times.append((time.perf_counter() - before) * 1000)
    cuts = quantiles(times, n=20)
    return cuts[9], cuts[18]


@contextmanager
def databases() -> Iterator[list[tuple[str, str]]]:
    """Give the URLs of empty databases, PostgreSQL only where it is installed."""
    with tempfile.TemporaryDirectory() as folder:
        found = [("SQLite", f"sqlite:///{Path(folder) / 'desk.sqlite'}")]
        programs = postgresql.programs()
        if programs is None:
            yield found
            return
        with postgresql.server(programs) as url:
            yield [*found, ("PostgreSQL", url)]


def filled(url: str) -> TestDesk:
    """Make a desk with cases, some of them decided."""
    engine = open_database(url)
    migrate(engine)
    desk = TestDesk.with_store(DeskStore(engine))
    for number in range(CASES):
        desk.now += timedelta(minutes=7)
        new = NewCase(
            "weld101",
            (Document("badge.json", b"{}"),),
            CameBy.UPLOAD,
            contact=f"learner{number}@example.com",
            learner_name=f"Learner {number}",
        )
        case, _secret = desk.store.cases.receive(desk.act, new)
        if number % 3 == 0:
            desk.store.cases.change(
                desk.act, case.id, 1, "case.decided", told={}, state=State.DECIDED.value,
                outcome="GRANT", title="Pipe welding",
            )  # fmt: skip
    return desk


def rows_of(name: str, url: str) -> list[str]:
    """Measure the pages on one database."""
    desk = filled(url)
    browser = desk.browser(desk.person(Role.REGISTRAR))
    last = desk.store.cases.get(_first_case(browser))
    pages = {
        "inbox, first page": "/desk/inbox",
        "inbox, in the middle": f"/desk/inbox?after={_middle(desk)}",
        "inbox, searched": "/desk/inbox?search=Learner 49",
        "inbox, decided": "/desk/inbox?show=decided",
        "a case": f"/desk/cases/{last.id}",
    }
    rows = []
    for title, path in pages.items():
        median, high = measured(lambda path=path: browser.get(path))  # type: ignore[misc]
        rows.append(f"| {name} | {title} | {median:.0f} | {high:.0f} |\n")
    desk.store.engine.dispose()
    return rows


def _first_case(browser: Browser) -> str:
    return browser.get("/desk/inbox").partition("/desk/cases/")[2].partition('"')[0]


def _middle(desk: TestDesk) -> str:
    from service.writing_down import stamp

    return f"{stamp(desk.now - timedelta(minutes=7 * CASES // 2))} 0"


def main() -> None:
    """Measure, print and write."""
    with databases() as found:
        rows = [row for name, url in found for row in rows_of(name, url)]
    head = HEAD.format(
        count=f"{CASES:,}", rounds=ROUNDS, cores=os.cpu_count(), goal=GOAL_MILLISECONDS
    )
    TARGET.write_text(head + "".join(rows), encoding="utf-8")
    print("".join(rows))


if __name__ == "__main__":
    main()
