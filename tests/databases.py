"""Databases in their present form: brought to it once in each process, and copied for each test.

The migrations take longer than most tests, and so does copying a database in PostgreSQL: one whose
form a test has left as it was is emptied, and given to the next test.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg

from service import migrate, open_database

TEMPLATE = "present"
"""Name of the database in PostgreSQL that the others are copied from."""

_NUMBERS = count(1)
_spare: defaultdict[str, list[str]] = defaultdict(list)
"""Databases in PostgreSQL that are empty and in their present form, by their server."""

FORM = """
SELECT md5(string_agg(line, chr(10) ORDER BY line)) FROM (
    SELECT concat_ws(' ', 'relation', relname, relkind, relnatts) AS line
        FROM pg_class WHERE relnamespace = 'public'::regnamespace
    UNION ALL SELECT concat_ws(' ', 'column', relname, attname, atttypid, attnotnull, attisdropped)
        FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
        WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND attnum > 0
    UNION ALL SELECT concat_ws(' ', 'trigger', tgrelid, tgname, tgenabled) FROM pg_trigger
    UNION ALL SELECT concat_ws(' ', 'rule', conrelid, conname, contype, convalidated)
        FROM pg_constraint
    UNION ALL SELECT concat_ws(' ', 'function', proname, md5(prosrc))
        FROM pg_proc WHERE pronamespace = 'public'::regnamespace
    UNION ALL SELECT concat_ws(' ', 'schema', nspname)
        FROM pg_namespace WHERE nspname NOT LIKE 'pg_%'
    UNION ALL SELECT concat_ws(' ', 'setting', setconfig)
        FROM pg_db_role_setting JOIN pg_database ON pg_database.oid = setdatabase
        WHERE datname = current_database()
    UNION ALL SELECT concat_ws(' ', 'migration', version_num) FROM alembic_version
) AS lines
"""
"""Computes what tells two forms of a database apart."""

EMPTY = """
DO $$
DECLARE
    name text;
    is_filled boolean;
BEGIN
    -- The role of a copy, for which no trigger and no reference is looked at.
    SET LOCAL session_replication_role = replica;
    FOR name IN
        SELECT tablename FROM pg_tables
        WHERE schemaname = 'public' AND tablename <> 'alembic_version'
    LOOP
        EXECUTE format('SELECT EXISTS (SELECT FROM %I)', name) INTO is_filled;
        IF is_filled THEN
            EXECUTE format('DELETE FROM %I', name);
        END IF;
    END LOOP;
    PERFORM setval(format('%I.%I', schemaname, sequencename)::regclass, start_value, false)
        FROM pg_sequences WHERE last_value IS NOT NULL;
END
$$
"""
"""Takes all rows out of a database, and has it count from the beginning."""

LEAVE = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
"""Ends what others are still doing in a database."""


def sqlite_copy(path: Path) -> str:
    """Write a database without rows to a file, and give its URL."""
    path.write_bytes(_present_sqlite())
    return f"sqlite:///{path}"


@contextmanager
def postgresql_copy(server: str) -> Iterator[str]:
    """Give the URL of a database without rows in a server."""
    template = _present_postgresql(server)
    spare = _spare[server]
    name = spare.pop() if spare else _new_copy(server, template)
    yield _named(server, name)
    if _is_emptied(_named(server, name), _form(_named(server, template))):
        spare.append(name)
    else:
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")  # type: ignore[arg-type]


def _new_copy(server: str, template: str) -> str:
    name = f"copy_{next(_NUMBERS)}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")  # type: ignore[arg-type]
    return name


def _is_emptied(url: str, form: str) -> bool:
    """Empty a database that still has a form; tell whether it had."""
    try:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(LEAVE)
            if _form_in(connection) != form:
                return False
            connection.execute(EMPTY)
    except psycopg.Error:
        return False
    return True


@cache
def _form(url: str) -> str:
    with psycopg.connect(url) as connection:
        return _form_in(connection)


def _form_in(connection: psycopg.Connection[tuple[str]]) -> str:
    row = connection.execute(FORM).fetchone()
    return row[0] if row else ""


@cache
def _present_sqlite() -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "present.sqlite"
        _bring_to_form(f"sqlite:///{path}")
        return path.read_bytes()


@cache
def _present_postgresql(server: str) -> str:
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {TEMPLATE}")  # type: ignore[arg-type]
    _bring_to_form(_named(server, TEMPLATE))
    return TEMPLATE


def _bring_to_form(url: str) -> None:
    engine = open_database(url)
    migrate(engine)
    engine.dispose()


def _named(server: str, name: str) -> str:
    return f"{server.rpartition('/')[0]}/{name}"
