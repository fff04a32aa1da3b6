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
from tests.soak import repetitions

ROWS = repetitions(100, soak=20_000)
FEW_ROWS = repetitions(20, soak=1_000)
AT_ONCE = repetitions(10, soak=100)
"""So many rows are taken at once: as many as in earnest only where the rosters are long, too."""

LETTERS = repetitions(100_000, soak=1_000)
"""How long the text of each credential is, so that few of them are seen in memory."""

MOST_MEMORY = 300
"""Most that a worker may ever have used, for any roster (MiB)."""

MOST_GROWTH = 14
"""How much more a worker may use for the long roster than for the short one (MiB)."""


def issue_and_tell(url: str, at_once: int, told: Connection) -> None:
    """Issue the running job to its end, and tell the most memory that it took (KiB)."""
    shop = killed.shop_of(url)
    (job,) = shop.store.jobs.running()
    while rosters.issue_some(shop, job, rows=at_once):
        pass
    rosters.finish(shop, job)
    told.send(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)


def memory_for(engine: Engine, rows: int, at_once: int = AT_ONCE) -> int:
    """Issue a roster in a process of its own, and return the most memory that it took (MiB)."""
    one = bench(engine, name=f"poly-{rows}-{at_once}")
    evidence = [{"type": ["Evidence"], "narrative": "x" * LETTERS}]
    awards = [award_to(f"{n}@x.example", evidence=evidence) for n in range(rows)]
    act = Act(one.tenant.id, "test", killed.now())
    asked = [(number, award.to_json()) for number, award in enumerate(awards, 2)]
    job = one.store.jobs.make(act, achievement_id=one.achievement_id, rows=asked, source="c.csv")
    one.store.jobs.start(act, job.id)
    reader, writer = killed.PROCESSES.Pipe(duplex=False)
    arguments = (str(engine.url), at_once, writer)
    process = killed.PROCESSES.Process(target=issue_and_tell, args=arguments, daemon=True)
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
    assert memory_for(on_sqlite, ROWS, at_once=ROWS) - short > MOST_GROWTH
