"""How long readers and officers wait: 20,000 listings published, 20,000 courses handed in.

Each page is asked for several times without a network in between, in one process, on SQLite and on
PostgreSQL.  `python -m tools.bench_register_pages` writes docs/register-pages-measured.md.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from statistics import quantiles
from typing import NamedTuple

from authority.drafting import LISTINGS, take_over
from authority.store import HandedIn, Inbox
from service import migrate, open_database
from tests import postgresql
from tests.authority.desk.world import ACT, World, course, desk_world
from tests.frameworks.register_files import SOUND

LISTED = HANDED_IN = 20_000
ROUNDS = 60
TOGETHER = 1_000
GOAL = 300
PAGE_GOAL = 100
TARGET = Path(__file__).resolve().parent.parent / "docs" / "register-pages-measured.md"
TOPICS = ("welding", "bending", "care of the old", "dairy farming", "data", "first aid", "te reo")

HEAD = """# Register pages and the desk, measured

Written by `make bench-register-pages` ({day}): {listed:,} listings in a published edition and
{handed_in:,} courses in the inbox, {rounds} requests each, in one process without a network, on
{cores} cores with a load of {load:.1f} (of everything on the machine, this measurement included).
Times are in milliseconds: the median, and what 95 of 100 requests stay below.

| page | SQLite, median | 95th | PostgreSQL, median | 95th | goal | kB | goal, kB |
|---|---:|---:|---:|---:|---:|---:|---:|
"""
HEADER = "id,achievement,title,level,unit,credits,hours,field,providers,from,until,status,source"
TAIL = """
| once for each edition, in seconds | SQLite | PostgreSQL |
|---|---:|---:|
"""


class Found(NamedTuple):
    """What was measured on one database."""

    once: list[tuple[str, float]]
    pages: list[tuple[str, tuple[float, float], float]]


def on(url: str) -> Found:
    """Measure on a database that is empty."""
    world = filled(url)
    once = [("the next edition is made and checked", _build(world))]
    once += [("it is published and read by the pages", _publish(world))]
    pages = list(_pages(world))
    world.store.engine.dispose()
    return Found(once, pages)


def filled(url: str) -> World:
    """Make a desk with everything in it."""
    engine = open_database(url)
    migrate(engine)
    engine.dispose()
    rows = [_listing(number) for number in range(LISTED)]
    listings = "\n".join((HEADER, *rows, ""))
    world = desk_world(url)
    taken = take_over({**SOUND, "nz/listings.csv": listings})
    world.store.next_edition.replace(ACT, taken)
    for first in range(0, HANDED_IN, TOGETHER):
        several = [_handed_in(number) for number in range(first, first + TOGETHER)]
        world.store.submissions.add(ACT, several)
    return world


def _title(number: int) -> str:
    return f"Course {number:05} on {TOPICS[number % len(TOPICS)]}"


def _listing(number: int) -> str:
    where = f"https://poly{number % 40}.example"
    return (
        f"l-{number:05},{where}/courses/{number},{_title(number)},{4 + number % 2},nzcr,"
        f"{5 + number % 36},,07,{where},2026-01-01,,verified,law"
    )


def _handed_in(number: int) -> HandedIn:
    members = course(id=f"https://poly.example/{number}", title=_title(number))
    return HandedIn(f"Polytechnic {number % 40}", members)


def measured(act: Callable[[int], object]) -> tuple[float, float]:
    """Time something, asked a little differently each time; median and 95th in milliseconds."""
    act(0)
    times = []
    for number in range(1, ROUNDS + 1):
        before = time.perf_counter()
        act(number)
        times.append((time.perf_counter() - before) * 1000)
    cuts = quantiles(times, n=20)
    return cuts[9], cuts[18]


def _seconds(act: Callable[[], object]) -> float:
    before = time.perf_counter()
    act()
    return time.perf_counter() - before


def main() -> None:
    """Measure, print and write."""
    programs = postgresql.programs()
    if programs is None:
        raise SystemExit("PostgreSQL is not installed; on Debian it is the package postgresql.")
    with tempfile.TemporaryDirectory() as folder:
        sqlite = on(f"sqlite:///{Path(folder) / 'desk.sqlite'}")
    with postgresql.server(programs) as url:
        other = on(url)
    text = HEAD.format(
        day=datetime.now(UTC).date(),
        listed=LISTED,
        handed_in=HANDED_IN,
        rounds=ROUNDS,
        cores=os.cpu_count(),
        load=os.getloadavg()[1],
    )
    for (name, own, size), (_name, theirs, _size) in zip(sqlite.pages, other.pages, strict=True):
        times = " | ".join(f"{one:.0f}" for one in (*own, *theirs))
        text += f"| {name} | {times} | {GOAL} | {size:.0f} | {PAGE_GOAL} |\n"
    pairs = zip(sqlite.once, other.once, strict=True)
    text += TAIL + "".join(f"| {name} | {a:.1f} | {b:.1f} |\n" for (name, a), (_, b) in pairs)
    print(text)
    TARGET.write_text(text, encoding="utf-8")


def _build(world: World) -> float:
    services = world.services
    return _seconds(lambda: services.next_draft(services.plan(services.today)).register())


def _publish(world: World) -> float:
    client = world.client("approver")

    def act() -> None:
        page = client.get("/desk/editions/next", query_string={"valid_until": "2027-01-01"}).text
        digest = page.partition('name="digest" value="')[2].partition('"')[0]
        form = {"digest": digest, "valid_until": "2027-01-01"}
        client.post("/desk/editions/sign", data=form)
        client.post("/desk/editions/1/publish")

    return _seconds(act)


def _pages(world: World) -> list[tuple[str, tuple[float, float], float]]:
    reader, officer = world.client(), world.client("officer")
    (one,) = world.store.submissions.page(Inbox()).items[:1]
    row = world.store.next_edition.page(LISTINGS).items[0].row.id
    topic = [name.split()[0] for name in TOPICS]
    asked: list[tuple[str, Callable[[int], str]]] = [
        ("public: first page", lambda _number: "/"),
        ("public: search by words", lambda n: f"/?words=course+{topic[n % len(topic)]}+{n}"),
        (
            "public: framework and level",
            lambda n: f"/?framework=nz&level={4 + n % 2}",
        ),
        ("public: one listing", lambda n: f"/listings/l-{n * 700:05}"),
        ("desk: inbox", lambda n: f"/desk/?first={n * 25}"),
        ("desk: search in the inbox", lambda n: f"/desk/?words={topic[n % len(topic)]}+{n}&state="),
        ("desk: one course with its rating", lambda _n: f"/desk/submissions/{one.id}"),
        ("desk: search in listings", lambda n: f"/desk/listings?words={topic[n % len(topic)]}+{n}"),
        ("desk: one listing", lambda _n: f"/desk/listings/{row}"),
    ]
    found = []
    for name, address in asked:
        client = officer if name.startswith("desk") else reader
        size = len(client.get(address(1)).data) / 1_000
        found.append((name, measured(lambda n, c=client, a=address: c.get(a(n))), size))  # type: ignore[misc]
    return found


if __name__ == "__main__":
    main()
