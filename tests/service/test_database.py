"""Databases: what is refused, what is switched on, one writer at a time, migrations."""

from __future__ import annotations

import os
import stat
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import Engine, inspect, text
from sqlalchemy.exc import DBAPIError

from service import DatabaseError, database, migrate, open_database, reading, writing

ROUNDS = 25


@pytest.fixture
def counter(database: Engine) -> Engine:
    with writing(database) as connection:
        connection.execute(text("CREATE TABLE counter (value INTEGER)"))
        connection.execute(text("INSERT INTO counter VALUES (0)"))
    return database


def count(engine: Engine) -> int:
    with reading(engine) as connection:
        return int(connection.scalar(text("SELECT value FROM counter")) or 0)


def add_one(engine: Engine) -> None:
    with writing(engine) as connection:
        value = connection.scalar(text("SELECT value FROM counter"))
        connection.execute(text("UPDATE counter SET value = :value"), {"value": value + 1})


@pytest.mark.parametrize(
    "url",
    [
        "",
        "decisions.sqlite",
        "sqlite://",
        "sqlite:///:memory:",
        "sqlite:///file:x?mode=memory&uri=true",
        "mysql://user:hunter2@host/name",
        "postgresql+asyncpg://user:hunter2@host/name",
        "postgresql://user:hunter2@host:notaport/name",
    ],
)
def test_urls_of_no_use_are_refused_without_telling_their_password(url: str) -> None:
    with pytest.raises(DatabaseError) as caught:
        open_database(url)
    assert caught.value.code == "DATABASE_URL"
    assert "hunter2" not in caught.value.message


def test_sqlite_keeps_what_it_confirmed(tmp_path: Path) -> None:
    engine = open_database(f"sqlite:///{tmp_path / 'some.sqlite'}")
    with reading(engine) as connection:
        settings = {
            name: connection.scalar(text(f"PRAGMA {name}"))
            for name in ("journal_mode", "synchronous", "foreign_keys", "recursive_triggers")
        }
    engine.dispose()
    full = 2
    assert settings == {
        "journal_mode": "wal",
        "synchronous": full,
        "foreign_keys": 1,
        "recursive_triggers": 1,
    }


def test_postgresql_keeps_what_it_confirmed(postgresql_url: str) -> None:
    engine = open_database(postgresql_url)
    with reading(engine) as connection:
        assert connection.scalar(text("SHOW synchronous_commit")) == "on"
        assert connection.scalar(text("SHOW transaction_isolation")) == "read committed"
    engine.dispose()


def test_a_postgresql_that_forgets_in_a_power_cut_is_refused(postgresql_url: str) -> None:
    engine = open_database(postgresql_url)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        try:
            _set_fsync(connection, "off")
            with pytest.raises(DatabaseError, match="fsync") as caught, reading(engine):
                pass
        finally:
            _set_fsync(connection, "on")
    engine.dispose()
    assert caught.value.code == "DATABASE_UNSAFE"


def _set_fsync(connection: database.Connection, value: str) -> None:
    connection.execute(text(f"ALTER SYSTEM SET fsync = {value}"))
    connection.execute(text("SELECT pg_reload_conf()"))
    for _try in range(200):
        connection.execute(text("SELECT pg_sleep(0.01)"))
        if connection.scalar(text("SHOW fsync")) == value:
            return
    pytest.fail("the server did not take the setting")


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    engine = open_database(f"sqlite:///{tmp_path / 'none' / 'some.sqlite'}")
    with pytest.raises(DatabaseError, match="unable to open"):
        migrate(engine)


def test_a_file_that_must_be_there_is_not_made(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'some.sqlite'}"
    with pytest.raises(DatabaseError) as caught:
        open_database(url, makes_file=False)
    assert caught.value.code == "DATABASE_MISSING"
    migrate(open_database(url))
    migrate(open_database(url, makes_file=False))


def test_a_server_that_is_not_there_is_told_without_the_password() -> None:
    engine = open_database("postgresql://user:hunter2@127.0.0.1:1/name")
    with pytest.raises(DatabaseError) as caught:
        migrate(engine)
    assert "hunter2" not in caught.value.message


def test_what_writers_read_still_holds_when_they_write(counter: Engine) -> None:
    with ThreadPoolExecutor(4) as pool:
        for future in [pool.submit(add_one, counter) for _ in range(4 * ROUNDS)]:
            future.result()
    assert count(counter) == 4 * ROUNDS


def test_nothing_is_written_if_something_fails(counter: Engine) -> None:
    def fail() -> None:
        with writing(counter) as connection:
            connection.execute(text("UPDATE counter SET value = 7"))
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert count(counter) == 0


def test_readers_do_not_wait_for_a_writer(counter: Engine) -> None:
    with writing(counter) as connection:
        connection.execute(text("UPDATE counter SET value = 7"))
        with ThreadPoolExecutor(1) as pool:
            assert pool.submit(count, counter).result(timeout=10) == 0
    assert count(counter) == 7


def test_a_writer_that_waits_too_long_is_told_to_try_again(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "WAIT_SECONDS", 1)
    engine = open_database(database_url)
    holds, done = threading.Event(), threading.Event()

    def hold() -> None:
        with writing(engine):
            holds.set()
            done.wait(30)

    with ThreadPoolExecutor(1) as pool:
        pool.submit(hold)
        assert holds.wait(30)
        with pytest.raises(DatabaseError) as caught, writing(engine):
            pass
        done.set()
    engine.dispose()
    assert caught.value.code == "DATABASE_BUSY"


def test_what_the_database_says_is_told_without_values(counter: Engine) -> None:
    with pytest.raises(DatabaseError) as caught, reading(counter) as connection:
        connection.execute(text("SELECT missing FROM counter WHERE value = :x"), {"x": 424242})
    assert "missing" in caught.value.message
    assert "424242" not in caught.value.message
    assert isinstance(caught.value.__cause__, DBAPIError)


def test_migrating_again_changes_nothing(database: Engine) -> None:
    before = inspect(database).get_table_names()
    migrate(database)
    assert before == inspect(database).get_table_names() != []


def test_two_may_migrate_at_the_same_time(database_url: str) -> None:
    engines = [open_database(database_url) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(migrate, engines))
    assert "alembic_version" in inspect(engines[0]).get_table_names()
    for engine in engines:
        engine.dispose()


def test_a_database_of_a_newer_version_is_left_alone(database: Engine) -> None:
    with writing(database) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(DatabaseError, match="newer version") as caught:
        migrate(database)
    assert caught.value.code == "DATABASE_TOO_NEW"


def test_a_new_database_is_not_for_everybody_on_the_machine(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        engine = open_database(f"sqlite:///{tmp_path / 'own.sqlite'}")
        migrate(engine)
    finally:
        os.umask(before)
    with engine.connect() as connection:
        connection.exec_driver_sql("SELECT 1")
        modes = {stat.S_IMODE(path.stat().st_mode) & 0o007 for path in tmp_path.iterdir()}
    engine.dispose()
    assert modes == {0}


def test_what_was_deleted_does_not_stay_in_the_file(tmp_path: Path) -> None:
    path = tmp_path / "own.sqlite"
    engine = open_database(f"sqlite:///{path}")
    with writing(engine) as connection:
        connection.exec_driver_sql("CREATE TABLE kept (text TEXT)")
        connection.exec_driver_sql("INSERT INTO kept VALUES ('a secret of somebody')")
    with writing(engine) as connection:
        connection.exec_driver_sql("DELETE FROM kept")
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()
    assert b"a secret of somebody" not in path.read_bytes()
