"""What 100 million credentials would take: measured on samples of real size, and extrapolated.

Everything that is drawn comes from one seed.  Times are processor time of one core; sizes are those
of files.  Writes docs/scale-measured.md.
"""

from __future__ import annotations

import json
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from sqlalchemy import Engine, select, text  # noqa: E402

from credentials.status.bitstring import decode_list, status_at  # noqa: E402
from credentials.strict_json import serialize_json  # noqa: E402
from credentials.timestamps import format_timestamp  # noqa: E402
from keys.store import FileKeyStore, KeyFileProtection  # noqa: E402
from keys.verification_key import KeyType  # noqa: E402
from service import migrate, open_database  # noqa: E402
from service.status_ledger import StatusLedger  # noqa: E402
from service.status_ledger.tables import ENTRIES  # noqa: E402
from service.status_lists import StatusList  # noqa: E402
from tallystick import composition, settings  # noqa: E402
from tallystick.asked import Asked  # noqa: E402
from tallystick.issue_asked import IssueAsked  # noqa: E402
from tallystick.streams.issuing_work import IssueLines  # noqa: E402
from tallystick.streams.lines import in_batches  # noqa: E402
from tallystick.streams.verifying_work import VerifyLines  # noqa: E402
from tallystick.streams.work import Piece, Work  # noqa: E402

SEED = 20_261_129
CREDENTIALS = 100_000_000
SAMPLE = 400
"""Credentials that are issued and verified."""

LISTS = 3
"""Status lists that are built of each kind."""

SIZES = (131_072, 1_048_576)
SHARES = (0.001, 0.02)
"""Shares of entries that are set."""

ROWS = 100_000
"""Rows that are written, for the size of one."""

ASSIGNED = 40
"""Entries that are given out one by one, at each filling of a list."""

HOUR = 3_600_000
"""Milliseconds."""

NOW = datetime(2026, 11, 29, tzinfo=UTC)
REPORT = ROOT / "docs" / "scale-measured.md"


def seconds(work: Callable[[], object]) -> float:
    """Tell the processor time that a piece of work takes."""
    begun = time.process_time()
    work()
    return time.process_time() - begun


def steps(folder: Path) -> Iterator[tuple[str, float, int]]:
    """Yield issuing and verifying: milliseconds and bytes for each credential."""
    request = json.loads((ROOT / "docs/examples/welding.json").read_text())
    pieces = [
        Piece(number, serialize_json({**request, "learner": {"id": f"urn:uuid:{number:032x}"}}))
        for number in range(1, SAMPLE + 1)
    ]
    issued: list[Piece] = []
    issuing = IssueLines(IssueAsked(uri=new_key(folder)))
    spent = spent_on(issuing, pieces, issued)
    size = sum(len(one.data) for one in issued) // len(issued)
    yield "issue, checked by the verifier before release", spent, size
    verifying = VerifyLines(Asked(None, (), (), None, offline=True))
    yield "verify, value held against the register", spent_on(verifying, issued, []), size


def spent_on(work: Work, pieces: list[Piece], made: list[Piece]) -> float:
    """Do work to pieces, after a first batch that warms it; milliseconds for each."""
    do = work.begin()
    do(tuple(pieces[:8]))

    def all_of_them() -> None:
        for batch in in_batches(pieces):
            results = do(batch)
            if any(one.outcome not in ("issued", "valid") for one in results):
                raise SystemExit(f"It does not work: {results[0].told.decode()}")
            made.extend(Piece(len(made) + 1, one.made) for one in results)

    return seconds(all_of_them) * 1_000 / len(pieces)


def new_key(folder: Path) -> str:
    """Make a key in a folder, and return its URI."""
    protection = KeyFileProtection.create(folder / settings.KEY_ENCRYPTION_FILE)
    store = FileKeyStore(folder)
    return store.create("scale", KeyType.ED25519, protection, created=NOW)[0]


def lists(folder: Path) -> Iterator[str]:
    """Yield rows about status lists: what one takes, and what all would take."""
    drawn = random.Random(SEED)
    key = settings.signing_key(f"file:{folder / 'scale.key.json'}")
    for entries in SIZES:
        made = StatusList(
            "all", "https://college.example/s/1", key.record.controller, entries=entries
        )
        for share in SHARES:
            count = round(entries * share)
            samples = [sorted(drawn.sample(range(entries), count)) for _ in range(LISTS)]
            documents: list[bytes] = []

            def publish(
                made: StatusList = made,
                samples: list[list[int]] = samples,
                documents: list[bytes] = documents,
            ) -> None:
                for one in samples:
                    signed = composition.sign_status_list(key, made.document(one, NOW))
                    documents.append(serialize_json(signed))

            publishing = seconds(publish) * 1_000 / LISTS
            subject = json.loads(documents[0])["credentialSubject"]
            reading = seconds(lambda s=subject: status_at(decode_list(s["encodedList"]), 7)) * 1_000
            size = sum(map(len, documents)) / LISTS
            # A list is given out to the half, so that whoever is last does not stand out.
            needed = -(-CREDENTIALS * 2 // entries)
            yield (
                f"| {entries:,} | {share:.1%} | {size / 1_000:,.0f} kB | {publishing:,.0f} ms | "
                f"{reading:,.1f} ms | {needed:,} | {needed * size / 1e6:,.0f} MB | "
                f"{needed * publishing / 1_000:,.0f} s |"
            )


def rows(engine: Engine, name: str, size_of: Callable[[], int]) -> Iterator[str]:
    """Yield what ledger rows take in one database, and what an entry costs as a list fills."""
    migrate(engine)
    drawn = random.Random(SEED)
    ledger = StatusLedger(engine, drawn.randrange)
    url = "https://college.example/s/1"
    ledger.make_list(StatusList("all", url, "did:web:college.example", entries=SIZES[1]), NOW)
    costs = [f"{assigning(ledger, engine, 'first'):,.1f} ms"]
    before = size_of()
    fill(engine, drawn, ROWS)
    each = (size_of() - before) / ROWS
    costs.append(f"{assigning(ledger, engine, 'later'):,.1f} ms")
    total = CREDENTIALS * each / 1e9
    yield f"| {name} | {each:,.0f} bytes | {total:,.1f} GB | {costs[0]} | {costs[1]} |"


def fill(engine: Engine, drawn: random.Random, count: int) -> None:
    """Write rows such as `StatusLedger.assign` writes, many at once."""
    with engine.begin() as connection:
        used = set(connection.scalars(select(ENTRIES.c.list_index)))
        stated = [
            {
                "list_name": "all",
                "list_index": index,
                "credential_id": f"urn:uuid:{drawn.getrandbits(128):032x}",
                "assigned_at": format_timestamp(NOW),
            }
            for index in drawn.sample(sorted(set(range(SIZES[1])) - used), count)
        ]
        for start in range(0, count, 5_000):
            connection.execute(ENTRIES.insert(), stated[start : start + 5_000])


def assigning(ledger: StatusLedger, engine: Engine, prefix: str) -> float:
    """Give entries out one by one, each on the disk when it returns: milliseconds of real time."""
    begun = time.perf_counter()
    for number in range(ASSIGNED):
        ledger.assign("all", f"urn:x:{prefix}:{number}", issuer="did:web:college.example", at=NOW)
    return (time.perf_counter() - begun) * 1_000 / ASSIGNED


def databases(folder: Path) -> Iterator[str]:
    """Yield rows about SQLite, and about PostgreSQL if it is installed."""
    file = folder / "ledger.sqlite"
    engine = open_database(f"sqlite:///{file}", makes_file=True)

    def size_of_file() -> int:
        with engine.begin() as connection:
            pages, page = (
                connection.scalar(text(f"PRAGMA {name}")) for name in ("page_count", "page_size")
            )
        return int(pages or 0) * int(page or 0)

    yield from rows(engine, "SQLite", size_of_file)
    engine.dispose()
    from tests.postgresql import programs, server

    found = programs()
    if found is None:
        yield "| PostgreSQL | not installed here | | | |"
        return
    with server(found) as url:
        postgres = open_database(url)

        def size_of_table() -> int:
            with postgres.begin() as connection:
                total = text("SELECT pg_total_relation_size('status_entries')")
                return int(connection.scalar(total) or 0)

        yield from rows(postgres, "PostgreSQL", size_of_table)
        postgres.dispose()


HEAD = """# Scale: what was measured

Written by `make scale` (`tools/scale.py`, seed {seed}) on {day}. Times of steps and
lists are processor time of one core, on a machine that did other work as well; sizes are exact.
Figures for {credentials:,} credentials are extrapolated from these samples, linearly.
[What follows from them](scale.md).

## Steps ({sample} credentials of {size:,} bytes, one process, warm)

| step | ms | a second and core | {credentials:,} on 1 core |
|---|---|---|---|
"""


def main() -> None:
    """Measure, and write the report."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        measured = list(steps(folder))
        head = HEAD.format(
            seed=SEED,
            day=datetime.now(UTC).date(),
            credentials=CREDENTIALS,
            sample=SAMPLE,
            size=measured[0][2],
        )
        lines = [
            f"| {step} | {spent:.2f} | {1_000 / spent:,.0f} | {CREDENTIALS * spent / HOUR:,.0f} h |"
            for step, spent, _size in measured
        ]
        lines += [
            "",
            f"## Status lists ({LISTS} of each kind, drawn at random, signed and checked)",
            "",
            "| entries | set | one | publish one | read one | lists | all lists | publish all |",
            "|---|---|---|---|---|---|---|---|",
            *lists(folder),
            "",
            f"## Rows of the ledger ({ROWS:,} written)",
            "",
            f"| database | a row | {CREDENTIALS:,} rows | first entry | with {ROWS:,} given out |",
            "|---|---|---|---|---|",
            *databases(folder),
        ]
    REPORT.write_text(head + "\n".join(lines) + "\n", encoding="utf-8")
    print(f"Wrote {REPORT.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
