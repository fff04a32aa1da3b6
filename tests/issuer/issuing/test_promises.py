"""Controls: what is promised must not hold where that which keeps it is taken away.

`docs/promises.md` says which test shows which promise, and which of these is its control.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, event, inspect, text, update

from credentials.json_types import JsonObject
from credentials.status.bitstring import decode_list, entries_set
from credentials.strict_json import parse_json
from issuer.issuing import exactly_once, intents, publishing, reconciling, withdrawing
from issuer.issuing.high_water import HighWater, HighWaterFile, NoHighWater
from issuer.issuing.lists import lists_of
from issuer.issuing.publishing import Publisher
from issuer.issuing.withdrawing import Withdrawing
from issuer.store import CredentialFilter, CredentialRecord, Tenant
from issuer.store.backups import back_up, restore
from issuer.store.errors import LedgerBehindError
from issuer.store.tables import PUBLISHED_LISTS
from service import DatabaseError, migrate, open_database, reading, writing
from service import database as service_database
from service.status_ledger import assigning
from service.status_lists import StatusList, free_index
from tests.databases import sqlite_copy
from tests.factories import sign
from tests.issuer.issuing.test_faults import Seen, every_credential, migrated_until
from tests.issuer.issuing.test_withdrawing import WRONG, MemoryCopies, publisher, visible
from tests.issuer.issuing.workshops import Bench, award_to, bench, workshop
from tests.migrating import migrate_to
from tests.soak import repetitions

DRILLS = repetitions(2, soak=20)
ROWS = repetitions(1_000, soak=1_000_000)


def given_twice(records: Iterable[CredentialRecord]) -> list[tuple[str, int]]:
    """Name the entries of status lists that more than one credential has."""
    places = Counter((record.list_name, record.list_index) for record in records)
    return [place for place, count in places.items() if count > 1]


# Repeated requests -----------------------------------------------------------------------------


def test_without_its_key_a_repeated_request_issues_again(tmp_path: Path) -> None:
    """The control: the same request twice, and nobody keeps the key of the first."""
    engine = open_database(sqlite_copy(tmp_path / "issuer.sqlite"))
    one = bench(engine)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(exactly_once, "intend", forgetful)
        answers = {one.issue("k").data for _time in range(2)}
    assert (len(answers), one.store.credentials.count(one.tenant.id)) == (2, 2)
    engine.dispose()


def forgetful(*arguments: Any, key: str) -> tuple[str, ...]:
    assert key
    return intents.intend(*arguments)


# Published lists -------------------------------------------------------------------------------


@dataclass
class FailingCopies(MemoryCopies):
    """A disk that fails once, before or after it has kept a list."""

    keeps: bool = False
    fails: bool = False

    def write(self, status_list: StatusList, data: bytes) -> None:
        if self.keeps or not self.fails:
            super().write(status_list, data)
        if self.fails:
            self.fails = False
            raise DatabaseError("The disk does not answer.")


@pytest.mark.parametrize("keeps", [True, False])
def test_a_list_that_failed_to_be_copied_is_published_again_and_later(
    database: Engine, keeps: bool
) -> None:
    one, copies = bench(database), FailingCopies(keeps=keeps)
    issued, seen = one.issue("k"), Seen()
    publishes = publisher(one, copies)
    publishes.publish_due()
    copies.fails = True
    Withdrawing(one.shop).ask(one.act, [issued.id], WRONG)
    with pytest.raises(DatabaseError):
        publishes.publish_due()
    for _time in range(2):
        look(copies, seen)
        publishes.publish_due()
    look(copies, seen)
    assert visible(one, issued)
    assert seen.bits == {issued.list_index}


def bits_in(data: bytes) -> set[int]:
    encoded = parse_json(data)["credentialSubject"]["encodedList"]
    return set(entries_set(decode_list(encoded)))


def published_late(one: Bench, seen: Seen) -> CredentialRecord:
    """Have a publisher read its list, and another one publish a revocation before it writes."""
    issued, copies = one.issue("k"), MemoryCopies()
    publishes = publisher(one, copies)
    publishes.publish_due()
    look(copies, seen)

    def slow(tenant: Tenant, document: JsonObject) -> JsonObject:
        one.clock.pass_by(seconds=60)
        Withdrawing(one.shop).ask(one.act, [issued.id], WRONG)
        publishes.publish_due()
        look(copies, seen)
        return sign(document)

    one.clock.pass_by(seconds=60)
    (listed,) = lists_named_by(one)
    Publisher(one.shop, slow, copies).publish(one.tenant, listed)
    look(copies, seen)
    record: CredentialRecord = issued
    return record


def lists_named_by(one: Bench) -> tuple[StatusList, ...]:
    with reading(one.store.engine) as connection:
        return tuple(lists_of(connection, one.tenant))


def look(copies: MemoryCopies, seen: Seen) -> None:
    (data,) = copies.kept.values()
    seen.compare(parse_json(data), bits_in(data))


def test_a_publisher_that_is_late_takes_nothing_back(on_sqlite: Engine) -> None:
    one = bench(on_sqlite)
    assert visible(one, published_late(one, Seen()))


def test_where_an_older_list_replaces_a_newer_one_that_is_noticed(on_sqlite: Engine) -> None:
    """The control: nobody compares a list with the one that it replaces."""

    def replaces(connection: Any, _tenant: Any, made: Any, _change: int) -> bool:
        here = PUBLISHED_LISTS.c.list_name == made.list_name
        connection.execute(
            update(PUBLISHED_LISTS).where(here).values(data=made.data, last_change=0)
        )
        return True

    one = bench(on_sqlite)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(publishing, "_replace", replaces)
        with pytest.raises(AssertionError):
            published_late(one, Seen())


def test_a_revocation_that_is_confirmed_before_it_is_kept_is_lost(on_sqlite: Engine) -> None:
    """The control: who asked is told so, and what was written is not committed."""

    @contextmanager
    def forgets(engine: Engine) -> Iterator[Connection]:
        with engine.connect() as connection:
            yield connection
            connection.rollback()

    one = bench(on_sqlite)
    issued = one.issue("k")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(withdrawing, "writing", forgets)
        (told,) = Withdrawing(one.shop).ask(one.act, [issued.id], WRONG)
    publisher(one, MemoryCopies()).publish_due()
    assert told.state == "done"
    assert not visible(one, issued)


# Entries of status lists -----------------------------------------------------------------------


@contextmanager
def another_one_between(one: Bench, number: int) -> Iterator[None]:
    """Have another process, which waits for nobody, issue between a draw and what is written."""
    draws = [number, number, number + 1]

    def drawn(entries: int, used: int, is_used: Any, _draw: Any) -> int:
        index = free_index(entries, used, is_used, lambda _most: draws.pop(0))
        if len(draws) == 2:
            patch.setattr(service_database, "WRITER_LOCK", service_database.WRITER_LOCK + 1)
            one.issue("the other", award_to("ben@poly.example"))
        return index

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(assigning, "free_index", drawn)
        yield


@pytest.fixture
def on_postgresql(postgresql_url: str) -> Iterator[Bench]:
    """SQLite has one writer, whatever we do; PostgreSQL has one because we take a lock."""
    engine = open_database(postgresql_url)
    migrate(engine)
    one = bench(engine)
    one.issue("first", award_to("zoe@poly.example"))
    yield one
    engine.dispose()


def test_without_the_lock_of_writers_the_database_refuses_an_entry_twice(
    on_postgresql: Bench,
) -> None:
    with another_one_between(on_postgresql, 7), pytest.raises(DatabaseError):
        on_postgresql.issue("one")
    records = list(every_credential(on_postgresql, CredentialFilter()))
    assert (len(records), given_twice(records)) == (2, [])


def test_without_lock_and_unique_keys_an_entry_is_given_twice_and_that_is_noticed(
    on_postgresql: Bench,
) -> None:
    """The control of every test that counts entries."""
    with writing(on_postgresql.store.engine) as connection:
        for table, key in (
            ("status_entries", "status_entries_pkey"),
            ("issuer_credentials", "issuer_credentials_status"),
        ):
            connection.execute(text(f"ALTER TABLE {table} DROP CONSTRAINT {key} CASCADE"))
    with another_one_between(on_postgresql, 7):
        on_postgresql.issue("one")
    records = list(every_credential(on_postgresql, CredentialFilter()))
    assert [index for _name, index in given_twice(records)] == [7]


# Old backups -----------------------------------------------------------------------------------


@dataclass
class Drill:
    """A database restored from a backup: what was issued and revoked since is not in it."""

    one: Bench
    revoked: CredentialRecord
    lost: CredentialRecord
    copies: MemoryCopies


def draws_from(one: Bench, first: int) -> Bench:
    numbers = iter(range(first, first + 1_000))
    return replace(one, shop=replace(one.shop, draw=lambda _most: next(numbers)))


def restored(folder: Path, mark: HighWater, before: int, after: int) -> Drill:
    path = folder / "issuer.sqlite"
    engine = open_database(f"sqlite:///{path}")
    migrate(engine)
    one, copies = draws_from(bench(engine, high_water=mark), 100), MemoryCopies()
    issued = [one.issue(f"b{n}", award_to(f"b{n}@poly.example")) for n in range(before)]
    back_up(engine, folder / "backup.sqlite")
    lost = [one.issue(f"a{n}", award_to(f"a{n}@poly.example")) for n in range(after)]
    Withdrawing(one.shop).ask(one.act, [issued[0].id], WRONG)
    publisher(one, copies).publish_due()
    assert visible(one, issued[0])
    engine.dispose()
    restore(folder / "backup.sqlite", path)
    shop = workshop(open_database(f"sqlite:///{path}"), clock=one.clock, high_water=mark)
    # Whoever draws is unlucky: the numbers come again that were given out since the backup.
    old = draws_from(replace(one, shop=shop), 100 + before)
    return Drill(old, issued[0], lost[0], copies)


def test_a_restored_backup_issues_and_publishes_nothing_until_it_is_reconciled(
    tmp_path: Path,
) -> None:
    chance = random.Random(8)
    for number in range(DRILLS):
        folder = tmp_path / str(number)
        folder.mkdir()
        mark = HighWaterFile(folder / "mark.json")
        drill = restored(folder, mark, chance.randrange(1, 4), chance.randrange(1, 4))
        one, engine = drill.one, drill.one.store.engine
        with pytest.raises(LedgerBehindError):
            one.issue("k")
        with pytest.raises(LedgerBehindError):
            Withdrawing(one.shop).ask(one.act, [drill.revoked.id], WRONG)
        with pytest.raises(LedgerBehindError):
            publisher(one, drill.copies).publish_due()
        reconciling.reconcile(one.shop, mark, drill.copies, "test")
        publisher(one, drill.copies).publish_due()
        assert visible(one, drill.revoked)
        assert given_twice([one.issue("k"), drill.lost]) == []
        engine.dispose()


def test_without_a_mark_a_restored_backup_gives_an_entry_twice_and_takes_a_revocation_back(
    tmp_path: Path,
) -> None:
    """The control of the drill, where nothing outside the database remembers anything."""
    drill = restored(tmp_path, NoHighWater(), 2, 2)
    again = drill.one.issue("k")
    assert given_twice([again, drill.lost]) == [(drill.lost.list_name, drill.lost.list_index)]
    publisher(drill.one).publish_due()
    assert not visible(drill.one, drill.revoked)
    drill.one.store.engine.dispose()


# Migrations ------------------------------------------------------------------------------------


def test_a_migration_in_pieces_leaves_half_of_it_where_it_is_killed(tmp_path: Path) -> None:
    """The control: the same kill, with every statement committed by itself."""

    def commit(connection: Any, *_arguments: Any) -> None:
        connection.connection.driver_connection.commit()

    with pytest.MonkeyPatch.context() as patch:
        made = open_database

        def careless(url: str) -> Engine:
            engine = made(url)
            event.listen(engine, "after_cursor_execute", commit)
            return engine

        patch.setattr("tests.issuer.issuing.test_faults.open_database", careless)
        migrated_until(tmp_path / "half.sqlite", 40)
    half = open_database(f"sqlite:///{tmp_path / 'half.sqlite'}")
    assert inspect(half).get_table_names() != []
    half.dispose()


def test_a_migration_of_many_rows_keeps_each_of_them(database_url: str) -> None:
    """A thousand here and a million in a soak: the migration that counts them all."""
    engine = open_database(database_url)
    migrate_to(engine, "0006")
    made = "'all', 'https://all.example', 'did:web:all.example', 'revocation', 1048576"
    numbers = (
        f"WITH RECURSIVE numbers(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers "
        f"WHERE n < {ROWS - 1}) INSERT INTO status_entries SELECT 'all', n, 'urn:x:' || n, 'now' "
        "FROM numbers"
    )
    if engine.dialect.name == "postgresql":
        numbers = (
            "INSERT INTO status_entries SELECT 'all', n, 'urn:x:' || n, 'now' "
            f"FROM generate_series(0, {ROWS - 1}) AS n"
        )
    with writing(engine) as connection:
        connection.execute(text(f"INSERT INTO status_lists VALUES ({made}, 60, 60, 'now')"))
        connection.execute(text(numbers))
    migrate(engine)
    with writing(engine) as connection:
        rows = connection.scalar(text("SELECT count(DISTINCT credential_id) FROM status_entries"))
        assert (rows, assigning.given_out(connection, "all")) == (ROWS, ROWS)
        assert assigning.is_counted_rightly(connection)
    engine.dispose()
