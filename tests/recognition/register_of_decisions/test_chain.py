"""Whatever is done to a register past the software shows, and where."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, delete, insert, text, update

from credentials.jcs import canonicalize
from recognition.register_of_decisions import (
    Appeal,
    ChainBrokenError,
    Checkpoint,
    Entry,
    EntryKind,
    RegisterOfDecisions,
    ReviewMark,
    Ruling,
    Supersession,
    check_entries,
)
from recognition.register_of_decisions.entries import place
from recognition.register_of_decisions.tables import ENTRIES, SOURCES
from service import DatabaseError, migrate, open_database, writing
from tests.recognition.decision_factories import RECORDED, decision, inputs, refusal

BINARY = ("payload", "inputs", "statement", "previous_hash", "entry_hash")
TEXTS = ("recorded_at", "kind", "case_id")


def fill(register: RegisterOfDecisions) -> list[Entry]:
    """Record entries of every kind."""
    records = [
        decision("case-0"),
        decision("case-1"),
        ReviewMark("case-0", 1, "carla", "GRANT", "as it should be"),
        Appeal("case-1", 1, "did:key:zApplicant", "The hours were misread."),
        Supersession("case-1", 2, refusal(), inputs(), "board", "Dismissed.", Ruling.DISMISSED),
        decision("case-2"),
    ]
    return [register.record(record, recorded_at=RECORDED) for record in records]


@pytest.fixture
def filled(database: Engine) -> tuple[RegisterOfDecisions, list[Entry]]:
    register = RegisterOfDecisions(database)
    return register, fill(register)


@pytest.fixture(scope="module")
def entries(tmp_path_factory: pytest.TempPathFactory) -> list[Entry]:
    """Entries for the checks that need no database."""
    engine = open_database(f"sqlite:///{tmp_path_factory.mktemp('chain') / 'some.sqlite'}")
    migrate(engine)
    recorded = fill(RegisterOfDecisions(engine))
    engine.dispose()
    return recorded


def unguard(engine: Engine) -> None:
    """Do what who owns the database can do: switch off everything that refuses changes."""
    with writing(engine) as connection:
        if engine.dialect.name == "postgresql":
            for table in ("decision_entries", "decision_sources"):
                connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER ALL"))
            return
        triggers = connection.scalars(text("SELECT name FROM sqlite_master WHERE type='trigger'"))
        for name in triggers.all():
            connection.execute(text(f"DROP TRIGGER {name}"))


def broken_at(check: Callable[[], object]) -> tuple[int, str]:
    with pytest.raises(ChainBrokenError) as caught:
        check()
    assert str(caught.value.sequence) in caught.value.message
    return caught.value.sequence, caught.value.code


def flipped(data: bytes, bit: int) -> bytes:
    changed = bytearray(data)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


def test_what_was_written_is_in_order(filled: tuple[RegisterOfDecisions, list[Entry]]) -> None:
    register, entries = filled
    assert {entry.kind for entry in entries} == set(EntryKind)
    head = Checkpoint(len(entries), entries[-1].entry_hash)
    assert register.check_chain() == register.checkpoint() == head
    assert register.check_chain(expected=head) == head
    assert register.check_chain(expected=Checkpoint(2, entries[1].entry_hash)) == head


def test_the_hash_is_the_one_that_the_documentation_describes(entries: list[Entry]) -> None:
    """Computed here with nothing but a JSON library and SHA-256."""

    def digest(data: bytes) -> str:
        return hashlib.sha256(data).hexdigest()

    previous = "00" * 32
    for entry in entries:
        header = {
            "case": entry.case_id,
            "format": "tallystick-decision-entry-1",
            "inputs": digest(entry.inputs),
            "kind": entry.kind.value,
            "payload": digest(entry.payload),
            "previous": previous,
            "recorded": entry.recorded_at,
            "revision": entry.revision,
            "sequence": entry.sequence,
            "statement": digest(entry.statement),
        }
        written = json.dumps(header, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        previous = digest(written.encode())
        assert entry.entry_hash.hex() == previous


def test_a_flipped_bit_in_any_byte_of_any_entry_shows(entries: list[Entry]) -> None:
    tried = 0
    for position, entry in enumerate(entries):
        for name in BINARY:
            for byte in range(len(getattr(entry, name))):
                # Another bit in each byte: 0, 9, 18 …
                bit = 8 * byte + byte % 8
                changed = replace(entry, **{name: flipped(getattr(entry, name), bit)})
                found = [*entries[:position], changed, *entries[position + 1 :]]
                sequence, _code = broken_at(lambda found=found: check_entries(found))
                assert sequence == entry.sequence
                tried += 1
    assert tried > 5_000


@given(st.data())
def test_every_other_value_of_every_member_shows(entries: list[Entry], data: st.DataObject) -> None:
    position = data.draw(st.integers(0, len(entries) - 1))
    entry = entries[position]
    name = data.draw(st.sampled_from([field.name for field in fields(Entry)]))
    old = getattr(entry, name)
    values = {
        int: st.integers(-(2**70), 2**70),
        str: st.text(st.characters(codec=None)),
        bytes: st.binary(),
        EntryKind: st.sampled_from(EntryKind),
    }[type(old)]
    new = data.draw(values.filter(lambda value: value != old))
    found = [*entries[:position], replace(entry, **{name: new}), *entries[position + 1 :]]
    with pytest.raises(ChainBrokenError):
        check_entries(found)


@given(st.data())
def test_missing_repeated_and_reordered_entries_show(
    entries: list[Entry], data: st.DataObject
) -> None:
    positions = st.integers(0, len(entries) - 1)
    found = data.draw(st.lists(positions, max_size=len(entries) + 2))
    head = Checkpoint(len(entries), entries[-1].entry_hash)
    if found == list(range(len(entries))):
        assert check_entries([entries[at] for at in found], expected=head) == head
    else:
        with pytest.raises(ChainBrokenError):
            check_entries([entries[at] for at in found], expected=head)


def test_a_register_written_anew_is_not_the_one_of_the_checkpoint(entries: list[Entry]) -> None:
    anew, last = [], (0, bytes(32))
    for entry in entries:
        anew.append(place(entry.draft, after=last, recorded_at="2026-03-03T00:00:00Z"))
        last = (anew[-1].sequence, anew[-1].entry_hash)
    assert check_entries(anew).count == len(entries)
    kept = Checkpoint(3, entries[2].entry_hash)
    assert broken_at(lambda: check_entries(anew, expected=kept)) == (3, "HEAD_DIFFERS")


def test_entries_cut_off_show_against_a_checkpoint_and_only_then(
    filled: tuple[RegisterOfDecisions, list[Entry]], database: Engine
) -> None:
    register, _entries = filled
    kept = register.checkpoint()
    unguard(database)
    with writing(database) as connection:
        connection.execute(delete(SOURCES).where(SOURCES.c.sequence >= 5))
        connection.execute(delete(ENTRIES).where(ENTRIES.c.sequence >= 5))
    assert register.check_chain().count == 4
    found = broken_at(lambda: register.check_chain(expected=kept))
    assert found == (5, "REGISTER_TRUNCATED")


def test_an_empty_register_is_none_that_had_entries(
    register: RegisterOfDecisions, entries: list[Entry]
) -> None:
    assert register.check_chain() == Checkpoint(0, bytes(32))
    kept = Checkpoint(1, entries[0].entry_hash)
    assert broken_at(lambda: register.check_chain(expected=kept)) == (1, "REGISTER_TRUNCATED")


@pytest.mark.parametrize("name", [*BINARY, *TEXTS, "revision"])
def test_a_change_in_the_database_shows_at_its_entry(
    filled: tuple[RegisterOfDecisions, list[Entry]], database: Engine, name: str
) -> None:
    register, entries = filled
    old = getattr(entries[2], name)
    new = {
        bytes: lambda: flipped(old or b"\x00", 0),
        str: lambda: f"{old}x",
        int: lambda: old + 1,
        EntryKind: lambda: EntryKind.APPEAL,
    }[type(old)]()
    change(database, 3, {name: new})
    assert broken_at(register.check_chain)[0] == 3


def change(database: Engine, sequence: int, values: dict[str, object]) -> None:
    unguard(database)
    with writing(database) as connection:
        rows = update(ENTRIES).where(ENTRIES.c.sequence == sequence)
        connection.execute(rows.values(**values))


def test_a_missing_entry_shows(
    filled: tuple[RegisterOfDecisions, list[Entry]], database: Engine
) -> None:
    register, _entries = filled
    unguard(database)
    with writing(database) as connection:
        connection.execute(delete(ENTRIES).where(ENTRIES.c.sequence == 3))
    assert broken_at(register.check_chain) == (3, "ENTRY_MISSING")


def test_exchanged_entries_show(
    filled: tuple[RegisterOfDecisions, list[Entry]], database: Engine
) -> None:
    register, entries = filled
    unguard(database)
    with writing(database) as connection:
        connection.execute(delete(ENTRIES).where(ENTRIES.c.sequence.in_((3, 4))))
        for old, new in ((3, 4), (4, 3)):
            columns = {column.name: getattr(entries[old - 1], column.name) for column in ENTRIES.c}
            connection.execute(insert(ENTRIES).values(**{**columns, "sequence": new}))
    assert broken_at(register.check_chain) == (3, "LINK_BROKEN")


@pytest.mark.parametrize(
    ("statement", "sequence"),
    [
        ("UPDATE decision_sources SET issuer = 'did:web:other' WHERE sequence = 2", 2),
        ("DELETE FROM decision_sources WHERE sequence = 5", 5),
        ("INSERT INTO decision_sources VALUES (3, 0, 'did:web:other', 'urn:x')", 3),
        ("INSERT INTO decision_sources VALUES (6, 1, 'did:web:other', 'urn:x')", 6),
        ("INSERT INTO decision_sources VALUES (77, 0, 'did:web:other', 'urn:x')", 77),
        ("INSERT INTO decision_sources VALUES (-7, 0, 'did:web:other', 'urn:x')", -7),
    ],
)
def test_precedents_that_were_hidden_or_made_up_show(
    filled: tuple[RegisterOfDecisions, list[Entry]],
    database: Engine,
    statement: str,
    sequence: int,
) -> None:
    register, _entries = filled
    unguard(database)
    with writing(database) as connection:
        if database.dialect.name == "sqlite":
            connection.execute(text("PRAGMA defer_foreign_keys = ON"))
            _without_foreign_keys(connection.connection.dbapi_connection, statement)
        else:
            connection.execute(text(statement))
    assert broken_at(register.check_chain) == (sequence, "SOURCES_CHANGED")


def _without_foreign_keys(connection: object, statement: str) -> None:
    connection.execute("COMMIT")  # type: ignore[attr-defined]
    connection.execute("PRAGMA foreign_keys = OFF")  # type: ignore[attr-defined]
    connection.execute(statement)  # type: ignore[attr-defined]
    connection.execute("PRAGMA foreign_keys = ON")  # type: ignore[attr-defined]
    connection.execute("BEGIN")  # type: ignore[attr-defined]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("name", [*TEXTS])
def test_text_that_is_no_text_shows_at_its_entry(
    filled: tuple[RegisterOfDecisions, list[Entry]], database: Engine, name: str
) -> None:
    register, _entries = filled
    unguard(database)
    with writing(database) as connection:
        connection.execute(text("PRAGMA ignore_check_constraints = ON"))
        connection.execute(
            text(f"UPDATE decision_entries SET {name} = CAST(x'66ff' AS TEXT) WHERE sequence = 2")
        )
        connection.execute(text("PRAGMA ignore_check_constraints = OFF"))
    assert broken_at(register.check_chain)[0] == 2


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A register in one file, without a log beside it."""
    path = tmp_path_factory.mktemp("file") / "some.sqlite"
    engine = open_database(f"sqlite:///{path}")
    migrate(engine)
    fill(RegisterOfDecisions(engine))
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()
    return path


@given(seed=st.integers(0, 2**32))
def test_no_flipped_bit_of_the_file_passes_for_another_register(file: Path, seed: int) -> None:
    """A bit that nothing depends on may be flipped; any other shows, or the file is unreadable."""
    data = file.read_bytes()
    flip = file.parent / "flipped.sqlite"
    for suffix in ("-wal", "-shm"):
        flip.with_name(flip.name + suffix).unlink(missing_ok=True)
    flip.write_bytes(flipped(data, seed % (8 * len(data))))
    whole, damaged = (open_database(f"sqlite:///{path}") for path in (file, flip))
    try:
        found = list(RegisterOfDecisions(damaged).entries())
        RegisterOfDecisions(damaged).check_chain(expected=RegisterOfDecisions(whole).checkpoint())
        assert found == list(RegisterOfDecisions(whole).entries())
    except (ChainBrokenError, DatabaseError):
        pass
    finally:
        whole.dispose()
        damaged.dispose()


def test_the_statement_is_part_of_what_is_hashed(entries: list[Entry]) -> None:
    changed = replace(entries[4], statement=canonicalize({"because": "correction"}))
    found = [*entries[:4], changed, *entries[5:]]
    assert broken_at(lambda: check_entries(found)) == (5, "ENTRY_CHANGED")
