"""What is promised holds when processes are killed, requests are repeated and signers break.

A few of each here; all of them with TALLYSTICK_SOAK (`make soak`).
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event, inspect

from credentials.errors import TallystickError
from credentials.status.bitstring import decode_list, entries_set
from credentials.strict_json import parse_json
from credentials.timestamps import parse_timestamp
from issuer.issuing import rosters
from issuer.issuing.checking import check_store
from issuer.issuing.exactly_once import ExactlyOnce
from issuer.store import Act, CredentialFilter, InProgressError, Job
from issuer.store.chain import Checkpoint
from issuer.store.writing_down import digest_of
from keys.verification_key import VerificationKey
from service import DatabaseError, migrate, open_database
from tests.factories import SIGNER, STRANGER
from tests.issuer.issuing import killed, workshops
from tests.issuer.issuing.workshops import Bench, award_to, bench, workshop
from tests.processes import PROCESSES
from tests.soak import repetitions

KILLS = repetitions(3, soak=200)
KILLS_OF_PUBLISHERS = repetitions(3, soak=1_000)
REQUESTS = repetitions(24, soak=10_000)
CLIENTS = repetitions(6, soak=32)
PROCESSES_AT_ONCE = repetitions(3, soak=8)
EACH = repetitions(20, soak=12_500)
PROCESSES_AT_ONCE_ON_POSTGRESQL = repetitions(3, soak=16)
EACH_ON_POSTGRESQL = repetitions(20, soak=62_500)
POINTS = repetitions(4, soak=50)
LONGEST_WAIT = 120
"""Seconds that one answer may take on a busy machine."""


@pytest.fixture
def one(database: Engine) -> Bench:
    return replace(bench(database), shop=workshop(database, clock=killed.now))  # type: ignore[arg-type]


def lives(target: Callable[..., None], *arguments: Any, kills: int, seed: int) -> Iterator[str]:
    """Start a process, kill it at a random point, again and again; yield what was confirmed."""
    chance = random.Random(seed)
    for _life in range(kills):
        reader, writer = PROCESSES.Pipe(duplex=False)
        process = PROCESSES.Process(target=target, args=(*arguments, writer), daemon=True)
        process.start()
        writer.close()
        assert reader.poll(LONGEST_WAIT)
        assert reader.recv_bytes() == b"ready"
        for _one in range(chance.randrange(3)):
            if reader.poll(LONGEST_WAIT):
                with suppress(EOFError):
                    yield reader.recv_bytes().decode()
        time.sleep(chance.uniform(0, 0.05))
        process.kill()
        process.join()
        yield from heard(reader)


def heard(reader: Connection) -> Iterator[str]:
    with reader, suppress(EOFError):
        while True:
            yield reader.recv_bytes().decode()


def roster(one: Bench, rows: int) -> Job:
    asked = [(number, award_to(f"{number}@x.example").to_json()) for number in range(2, rows + 2)]
    act = Act(one.tenant.id, "test", killed.now())
    job = one.store.jobs.make(act, achievement_id=one.achievement_id, rows=asked, source="c.csv")
    return one.store.jobs.start(act, job.id)


def faults_of(one: Bench, job: Job, confirmed: dict[str, str]) -> list[str]:
    """Say what is lost, doubled or changed of a finished job."""
    records = list(every_credential(one, CredentialFilter(job_id=job.id)))
    rows = list(one.store.jobs.all_rows(one.tenant.id, job.id))
    issued = {record.id: digest_of(record.data or b"") for record in records if record.data}
    found = [f"lost {row.number}" for row in rows if str(row.credential_id) not in issued]
    found += [] if len(records) == len(rows) else ["doubled"]
    learners = [record.learner_id for record in records]
    found += [] if len(set(learners)) == len(learners) else ["doubled learner"]
    found += [f"changed {name}" for name, one_ in confirmed.items() if issued.get(name) != one_]
    return found


def every_credential(one: Bench, which: CredentialFilter) -> Iterator[Any]:
    after = None
    while True:
        page = one.store.credentials.page(one.tenant.id, which, after=after, items=500)
        yield from page.items
        if page.following is None:
            return
        after = page.following


def test_killed_workers_lose_double_and_change_nothing(one: Bench, database_url: str) -> None:
    job = roster(one, KILLS * 6)
    told = lives(killed.issue_rows, database_url, kills=KILLS, seed=1)
    confirmed = dict(line.split() for line in told)
    assert confirmed
    while one.store.jobs.get(one.tenant.id, job.id).state != "finished":
        rosters.run(one.shop, job)
        time.sleep(0.2)
    assert faults_of(one, job, confirmed) == []
    assert check_store(one.store.engine, trusted=lambda _key: False).issued == KILLS * 6


def test_the_checker_of_kills_notices_a_worker_that_forgets_its_intents(one: Bench) -> None:
    """The control: the same checker must fail where a row does not keep its intent."""
    job = roster(one, 4)
    with pytest.MonkeyPatch.context() as patch:
        kept = rosters._set_rows
        patch.setattr(rosters, "_set_rows", lambda *_arguments: None)
        assert rosters._take(one.shop, job, 2, rosters.BYTES_AT_ONCE) is not None
        patch.setattr(rosters, "_set_rows", kept)
    rosters.run(one.shop, job)
    assert faults_of(one, job, {}) == ["doubled", "doubled learner"]
    (record, *_others) = one.store.credentials.page(one.tenant.id).items
    assert faults_of(one, job, {record.id: "another digest"})[-1].startswith("changed")


@dataclass
class FailsAfterKeeping:
    """Fails for some of those who are confirmed, after everything was kept (FailButPersist)."""

    chance: random.Random
    failed: int = 0

    def require(self, known: Checkpoint, hash_at: Any) -> None:
        """Accept every ledger."""

    def passed(self, reached: Checkpoint) -> None:
        if self.chance.random() < 0.2:
            self.failed += 1
            raise DatabaseError("The connection was lost.")


def test_repeated_requests_issue_once_and_are_answered_alike(one: Bench) -> None:
    chance, failing = random.Random(4), FailsAfterKeeping(random.Random(5))
    shop = replace(one.shop, high_water=failing)
    asked = [number for number in range(REQUESTS) for _time in range(chance.randrange(1, 6))]
    chance.shuffle(asked)
    answers: dict[int, set[bytes]] = {number: set() for number in range(REQUESTS)}
    lock = threading.Lock()

    def ask(number: int) -> None:
        award = award_to(f"{number}@x.example")
        while True:
            act = Act(one.tenant.id, "test", datetime.now(UTC))
            try:
                issued = ExactlyOnce(shop).issue(act, f"k{number}", one.achievement_id, award)
            except (InProgressError, DatabaseError):
                time.sleep(0.05)
                continue
            with lock:
                answers[number].add(issued.data or b"")
            return

    with ThreadPoolExecutor(CLIENTS) as pool:
        list(pool.map(ask, asked))
    assert failing.failed
    assert {len(one_) for one_ in answers.values()} == {1}
    assert one.store.credentials.count(one.tenant.id) == REQUESTS
    assert len({data for one_ in answers.values() for data in one_}) == REQUESTS


def test_no_index_is_given_out_twice_by_several_processes(one: Bench, database_url: str) -> None:
    on_postgresql = one.store.engine.dialect.name == "postgresql"
    processes = PROCESSES_AT_ONCE_ON_POSTGRESQL if on_postgresql else PROCESSES_AT_ONCE
    each = EACH_ON_POSTGRESQL if on_postgresql else EACH
    pipes = []
    for _process in range(processes):
        reader, writer = PROCESSES.Pipe(duplex=False)
        arguments = (database_url, one.tenant.id, one.achievement_id, each, writer)
        PROCESSES.Process(target=killed.reserve, args=arguments, daemon=True).start()
        writer.close()
        pipes.append(reader)
    with ThreadPoolExecutor(processes) as pool:
        made = [name for names in pool.map(lambda one_: list(heard(one_)), pipes) for name in names]
    assert len(set(made)) == len(made) == processes * each
    # A million records at once would not fit: what matters of each is its place.
    records = every_credential(one, CredentialFilter())
    places = [(record.list_name, record.list_index) for record in records]
    assert len(set(places)) == len(places) == processes * each


def test_what_was_confirmed_as_revoked_stays_so_and_lists_never_go_back(
    one: Bench, database_url: str, tmp_path: Path
) -> None:
    total = KILLS_OF_PUBLISHERS * 4
    ids = [one.issue(f"k{number}", award_to(f"{number}@x.example")).id for number in range(total)]
    copies, confirmed, seen = tmp_path / "published", set(), Seen()
    copies.mkdir()
    arguments = (database_url, one.tenant.id, ids, copies)
    for line in lives(killed.withdraw, *arguments, kills=KILLS_OF_PUBLISHERS, seed=7):
        confirmed.add(line)
        seen.look(copies)
    assert confirmed
    reader, writer = PROCESSES.Pipe(duplex=False)
    last = PROCESSES.Process(target=killed.withdraw, args=(*arguments, writer), daemon=True)
    last.start()
    writer.close()
    assert set(heard(reader)) >= confirmed
    last.join(LONGEST_WAIT)
    seen.look(copies)
    indexes = {one.store.credentials.get(one.tenant.id, name).list_index for name in ids}
    assert seen.bits == indexes


@dataclass
class Seen:
    """What was seen of a published list: what is set stays set, and the beginning never falls."""

    begins: datetime = datetime(2000, 1, 1, tzinfo=UTC)
    bits: set[int] | None = None

    def look(self, folder: Path) -> None:
        for path in folder.glob("tenant*.json"):
            document = parse_json(path.read_bytes())
            encoded = document["credentialSubject"]["encodedList"]
            self.compare(document, set(entries_set(decode_list(encoded))))

    def compare(self, document: Any, bits: set[int]) -> None:
        begins = parse_timestamp(document["validFrom"])
        assert begins >= self.begins
        assert bits >= (self.bits or set())
        self.begins, self.bits = begins, bits


def migrated_until(path: Path, point: int) -> int:
    """Migrate a new database until a statement, at which the process ends; count them."""
    engine, count = open_database(f"sqlite:///{path}"), 0

    def cut(*_arguments: Any) -> None:
        nonlocal count
        count += 1
        if count == point:
            raise KeyboardInterrupt

    event.listen(engine, "before_cursor_execute", cut)
    with suppress(KeyboardInterrupt):
        migrate(engine)
    engine.dispose()
    return count


def test_a_migration_that_is_killed_is_whole_or_not_there(tmp_path: Path) -> None:
    """It ends at a random statement; then everything is done again."""
    total = migrated_until(tmp_path / "whole.sqlite", 0)
    points = random.Random(9).sample(range(2, total + 1), POINTS)
    for point in points:
        path = tmp_path / f"{point}.sqlite"
        assert migrated_until(path, point) == point
        again = open_database(f"sqlite:///{path}")
        assert inspect(again).get_table_names() == []
        migrate(again)
        assert bench(again).issue("k1").state == "issued"
        again.dispose()


BREAKS: tuple[Callable[[bytes], bytes], ...] = (
    lambda _signature: b"",
    lambda _signature: bytes(64),
    lambda signature: signature[:-1],
    lambda signature: signature + b"\0",
    lambda signature: signature[::-1],
    lambda signature: signature[32:] + signature[:32],
    lambda signature: bytes([signature[0] ^ 1]) + signature[1:],
    lambda signature: signature[:-1] + bytes([signature[-1] ^ 128]),
    lambda signature: signature.hex().encode(),
    lambda signature: signature * 2,
    lambda _signature: STRANGER.sign(b"something else"),
    lambda _signature: SIGNER.sign(b"something else"),
)
MESSAGES: tuple[Callable[[bytes], bytes], ...] = (
    lambda message: message[:-1],
    lambda message: message + b"\0",
    lambda message: message[::-1],
    lambda message: message[:32],
    lambda message: message[32:],
    lambda message: message[32:] + message[:32],
    lambda _message: b"",
    lambda message: bytes([message[0] ^ 1]) + message[1:],
)


@dataclass(frozen=True)
class BrokenSigner:
    """Signs something else, or answers something else."""

    before: Callable[[bytes], bytes] = bytes
    after: Callable[[bytes], bytes] = bytes

    @property
    def verification_key(self) -> VerificationKey:
        return SIGNER.verification_key

    def sign(self, message: bytes) -> bytes:
        return self.after(SIGNER.sign(self.before(message)))


def released_by_broken_signers(engine: Engine) -> int:
    """Issue with each of the broken signers, and count what was released all the same."""
    one = bench(engine)
    broken = [BrokenSigner(after=wrong) for wrong in BREAKS]
    broken += [BrokenSigner(before=wrong) for wrong in MESSAGES]
    assert len(broken) == 20
    for number, signer in enumerate(broken):
        award = award_to(f"{number}@poly.example")
        with suppress(TallystickError):
            shop = workshop(engine, signer=signer)
            ExactlyOnce(shop).issue(one.act, f"k{number}", one.achievement_id, award)
    return one.store.credentials.count(one.tenant.id, CredentialFilter(state="issued"))


def test_none_of_twenty_broken_signers_releases_anything(on_sqlite: Engine) -> None:
    assert released_by_broken_signers(on_sqlite) == 0
    sound = replace(bench(on_sqlite, name="sound"), shop=workshop(on_sqlite, signer=BrokenSigner()))
    assert sound.issue("sound").state == "issued"


def test_without_the_verifiers_check_broken_signers_release(on_sqlite: Engine) -> None:
    """The control: the same signers, where nobody looks at what they signed."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(workshops, "release_check", lambda *_arguments, **_named: lambda _data: None)
        assert released_by_broken_signers(on_sqlite) == 20
