"""What a worker needs in memory is bounded, and does not grow with the roster."""

from __future__ import annotations

import resource
from multiprocessing.connection import Connection

import pytest
from sqlalchemy import Engine

from issuer.issuing import rosters
from issuer.store import Act
from tests.issuer.issuing import killed
from tests.issuer.issuing.workshops import award_to, bench
from tests.processes import PROCESSES
from tests.soak import repetitions

ROWS = repetitions(100, soak=20_000)
FEW_ROWS = repetitions(20, soak=1_000)
AT_ONCE = repetitions(10, soak=100)
"""So many rows are taken at once: as many as in earnest only where the rosters are long, too."""

LETTERS = repetitions(100_000, soak=1_000)
"""How long the text of each credential is, so that few of them are seen in memory."""

LONG_ROWS = repetitions(48, soak=600)
FEW_LONG_ROWS = repetitions(12, soak=120)
LONG_TEXTS = (100_000,) * 4
"""The texts of a long row: no more than a reader takes of each, and 40 MB in 100 rows."""

NO_BOUND = 10**12
"""As many bytes at once as there are."""

MOST_MEMORY = 300
"""Most that a worker may ever have used, for any roster (MiB)."""

MOST_GROWTH = 14
"""How much more a worker may use for the long roster than for the short one (MiB)."""


def issue_and_tell(url: str, at_once: int, most_bytes: int, told: Connection) -> None:
    """Issue the running job to its end, and tell the most memory that it took (KiB)."""
    shop = killed.shop_of(url)
    (job,) = shop.store.jobs.running()
    while rosters.issue_some(shop, job, rows=at_once, most_bytes=most_bytes):
        pass
    rosters.finish(shop, job)
    told.send(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)


def memory_for(
    engine: Engine,
    rows: int,
    at_once: int = AT_ONCE,
    texts: tuple[int, ...] = (LETTERS,),
    most_bytes: int = rosters.BYTES_AT_ONCE,
) -> int:
    """Issue a roster in a process of its own, and return the most memory that it took (MiB)."""
    one = bench(engine, name=f"poly-{rows}-{at_once}")
    evidence = [{"type": ["Evidence"], "narrative": "x" * letters} for letters in texts]
    awards = [award_to(f"{n}@x.example", evidence=evidence) for n in range(rows)]
    act = Act(one.tenant.id, "test", killed.now())
    asked = ((number, award.to_json()) for number, award in enumerate(awards, 2))
    job = one.store.jobs.make(act, achievement_id=one.achievement_id, rows=asked, source="c.csv")
    one.store.jobs.start(act, job.id)
    reader, writer = PROCESSES.Pipe(duplex=False)
    arguments = (str(engine.url), at_once, most_bytes, writer)
    process = PROCESSES.Process(target=issue_and_tell, args=arguments, daemon=True)
    process.start()
    writer.close()
    kibibytes: int = reader.recv()
    process.join()
    assert one.store.credentials.count(one.tenant.id) == rows
    return kibibytes // 1024


@pytest.fixture
def short(on_sqlite: Engine) -> int:
    """Return what the short roster takes (MiB)."""
    return memory_for(on_sqlite, FEW_ROWS)


def test_a_worker_needs_little_and_no_more_for_a_longer_roster(
    on_sqlite: Engine, short: int
) -> None:
    long = memory_for(on_sqlite, ROWS)
    assert 0 < short <= MOST_MEMORY
    assert long <= MOST_MEMORY
    assert long - short <= MOST_GROWTH


def test_a_worker_that_takes_a_whole_roster_at_once_needs_more_for_a_longer_one(
    on_sqlite: Engine, short: int
) -> None:
    """The control: the same rosters, without parting them."""
    whole = memory_for(on_sqlite, ROWS, at_once=ROWS, most_bytes=NO_BOUND)
    assert whole - short > MOST_GROWTH


@pytest.fixture
def few_long(on_sqlite: Engine) -> int:
    """Return what a roster of few long rows takes (MiB)."""
    return memory_for(on_sqlite, FEW_LONG_ROWS, rosters.ROWS_AT_ONCE, LONG_TEXTS)


def test_long_rows_are_taken_fewer_at_a_time_and_need_no_more_memory(
    on_sqlite: Engine, few_long: int
) -> None:
    many_long = memory_for(on_sqlite, LONG_ROWS, rosters.ROWS_AT_ONCE, LONG_TEXTS)
    assert 0 < few_long <= MOST_MEMORY
    assert many_long <= MOST_MEMORY
    assert many_long - few_long <= MOST_GROWTH


def test_a_worker_that_counts_rows_and_no_bytes_needs_more_for_many_long_rows(
    on_sqlite: Engine, few_long: int
) -> None:
    """The control: the same long rows, whatever they have together."""
    without = memory_for(on_sqlite, LONG_ROWS, rosters.ROWS_AT_ONCE, LONG_TEXTS, NO_BOUND)
    assert without - few_long > MOST_GROWTH
