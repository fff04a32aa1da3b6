"""The check of the store finds every flipped bit, and every row that is taken out or exchanged."""

from __future__ import annotations

import random
import shutil
import sqlite3
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text

from credentials.json_types import JsonObject
from issuer.issuing import checking, checkpoints, rosters
from issuer.issuing.checking import check_store
from issuer.issuing.publishing import Publisher
from issuer.issuing.withdrawing import Change, Withdrawing
from issuer.store import chain
from issuer.store.errors import LedgerBrokenError
from issuer.store.ledger import SignedCheckpoint
from service import DatabaseError, migrate, open_database, writing
from service.status_lists import StatusList
from tests.factories import NOW, SIGNER, sign
from tests.issuer.issuing.workshops import TEMPLATE, Bench, award_to, bench
from tests.soak import repetitions

FLIPS = repetitions(50, soak=10_000)
FEW_FLIPS = 12
"""Bits that are flipped where it is known that some are not found."""

KEY = SIGNER.verification_key.to_multikey()
NOT_COVERED = {("issuer_credentials", "leased_until")}
COVERED = (
    "issuer_ledger",
    "issuer_checkpoints",
    "issuer_credentials",
    "issuer_achievement_versions",
    "issuer_idempotency_keys",
    "status_entries",
    "status_list_counts",
    "status_changes",
)


@dataclass
class NoCopies:
    kept: bytes = b""

    def read(self, status_list: StatusList) -> JsonObject | None:
        return None

    def write(self, status_list: StatusList, data: bytes) -> None:
        self.kept = data


def trusted(key: str) -> bool:
    return key == KEY


def filled(engine: Engine) -> Bench:
    """Fill a store with a little of everything, and sign a checkpoint in the middle."""
    one = bench(engine)
    issued = [one.issue(f"k{number}", award_to(f"{number}@poly.example")) for number in range(3)]
    checkpoints.sign_if_due(one.store.ledger, SIGNER, NOW)
    act = one.act
    one.store.achievements.save_draft(
        act, one.achievement_id, title="Welding", draft={}, revision=2
    )
    changed = {**TEMPLATE, "hours": 200}
    one.store.achievements.publish(act, one.achievement_id, document=changed, revision=3)
    rows = [(2, award_to("r2@poly.example").to_json()), (3, {"learner": {"id": "no id"}})]
    job = one.store.jobs.make(act, achievement_id=one.achievement_id, rows=rows, source="c.csv")
    rosters.run(one.shop, one.store.jobs.start(act, job.id))
    Withdrawing(one.shop).ask(act, [issued[0].id], Change("revoke", "Issued by mistake"))
    Publisher(one.shop, lambda _tenant, document: sign(document), NoCopies()).publish_due()
    one.store.credentials.erase(act, issued[1].id)
    return one


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a store in one file, without the triggers that would keep it from being damaged."""
    path = tmp_path_factory.mktemp("sound") / "issuer.sqlite"
    engine = open_database(f"sqlite:///{path}")
    migrate(engine)
    filled(engine)
    with writing(engine) as connection:
        query = text("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        for name in connection.scalars(query).all():
            connection.execute(text(f"DROP TRIGGER {name}"))
    with engine.connect() as connection:
        connection.connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()
    return path


@dataclass(frozen=True, slots=True)
class Damage:
    """Damages a copy of a sound store past everything that guards it, and checks the copy."""

    sound: Path
    copy: Path

    def is_found(self, statement: str, values: tuple[Any, ...] = ()) -> bool:
        for left in self.copy.parent.glob(f"{self.copy.name}-*"):
            left.unlink()
        shutil.copy(self.sound, self.copy)
        connection = sqlite3.connect(self.copy)
        connection.execute("PRAGMA ignore_check_constraints = ON")
        changed = connection.execute(statement, values).rowcount
        connection.commit()
        connection.close()
        assert changed
        engine = open_database(f"sqlite:///{self.copy}")
        try:
            check_store(engine, trusted=trusted)
        except (LedgerBrokenError, DatabaseError):
            return True
        finally:
            engine.dispose()
        return False


@pytest.fixture
def damage(sound: Path, tmp_path: Path) -> Damage:
    return Damage(sound, tmp_path / "issuer.sqlite")


def test_a_sound_store_passes(database: Engine) -> None:
    one = filled(database)
    checked = check_store(database, trusted=trusted)
    assert checked.checkpoint == one.store.ledger.checkpoint()
    assert (checked.intended, checked.issued, checked.abandoned) == (5, 4, 1)
    assert (checked.changes, checked.versions, checked.keys) == (1, 2, 3)


def cells(path: Path) -> list[tuple[str, int, str, Any]]:
    """Name every covered cell: its table, the number of its row, its column, its value."""
    connection, found = sqlite3.connect(path), []
    connection.row_factory = sqlite3.Row
    for table in COVERED:
        for row in connection.execute(f"SELECT rowid AS place, * FROM {table}"):
            found += [
                (table, row["place"], name, row[name])
                for name in row.keys()[1:]
                if row[name] not in (None, b"", "") and (table, name) not in NOT_COVERED
            ]
    connection.close()
    return found


def flipped(value: Any, chance: random.Random) -> Any:
    """Flip one bit of a value as it is stored."""
    if isinstance(value, int):
        return value ^ (1 << chance.randrange(8))
    data = bytearray(value if isinstance(value, bytes) else value.encode())
    data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    return bytes(data)


def missed_flips(damage: Damage, flips: int) -> list[tuple[str, str, Any, Any]]:
    """Flip bits that are drawn by chance, one in each copy, and name those that nobody found."""
    chance, known = random.Random(16), cells(damage.sound)
    assert len(known) > 200
    missed = []
    for _flip in range(flips):
        table, place, column, value = chance.choice(known)
        wrong = flipped(value, chance)
        written = "CAST(? AS TEXT)" if isinstance(value, str) else "?"
        change = f"UPDATE OR REPLACE {table} SET {column} = {written} WHERE rowid = ?"
        if not damage.is_found(change, (wrong, place)):
            missed.append((table, column, value, wrong))
    return missed


def test_every_flipped_bit_is_found(damage: Damage) -> None:
    assert missed_flips(damage, FLIPS) == []
    assert not damage.is_found("UPDATE issuer_credentials SET leased_until = NULL")


def test_a_request_with_a_name_that_nobody_reads_is_another_request(damage: Damage) -> None:
    """An empty award under another name reads as an empty award."""
    for name in ("award", "learner"):
        renamed = f"CAST(replace(CAST(request AS TEXT), '{name}', 'X{name}') AS BLOB)"
        other = f"UPDATE issuer_credentials SET request = {renamed}"
        assert damage.is_found(other), name


def nothing(*_arguments: Any) -> None:
    """Compare nothing."""


def test_without_comparing_rows_with_the_ledger_flipped_bits_are_missed(damage: Damage) -> None:
    """The control: the same bits, where the check reads the chain of the ledger only."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(checking, "_check_page", nothing)
        patch.setattr(checking, "_check_whole", nothing)
        tables = {table for table, _column, _value, _wrong in missed_flips(damage, FEW_FLIPS)}
        assert "issuer_credentials" in tables
        assert "issuer_ledger" not in tables
        assert not damage.is_found("DELETE FROM status_entries")
        assert not damage.is_found("UPDATE issuer_credentials SET status = 'active'")


def test_without_the_chain_a_ledger_that_was_written_anew_is_missed(damage: Damage) -> None:
    """The control: who changed a row, changed its entry, too."""
    change = "UPDATE issuer_ledger SET actor = 'somebody else' WHERE sequence = 5"
    assert damage.is_found(change)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(chain, "hash_of", lambda *_arguments: AnyHash())
        assert not damage.is_found(change)


class AnyHash(bytes):
    """A hash that is the one of everything."""

    def __eq__(self, _other: object) -> bool:
        return True

    def __ne__(self, _other: object) -> bool:
        return False

    __hash__ = bytes.__hash__


def test_every_row_that_is_taken_out_or_added_is_found(damage: Damage) -> None:
    places = sorted({(table, place) for table, place, _column, _value in cells(damage.sound)})
    assert len(places) > 30
    for table, place in places:
        if table != "issuer_checkpoints":
            assert damage.is_found(f"DELETE FROM {table} WHERE rowid = ?", (place,)), table
    assert damage.is_found(
        "INSERT INTO status_entries SELECT list_name, 77, 'urn:x', assigned_at "
        "FROM status_entries LIMIT 1"
    )


def test_rows_that_are_exchanged_are_found(damage: Damage) -> None:
    for first in (2, 5, 9):
        swap = f"sequence = CASE sequence WHEN {first} THEN -1 ELSE sequence END"
        assert damage.is_found(f"UPDATE issuer_ledger SET {swap} WHERE sequence = {first}")
    assert damage.is_found(
        "UPDATE issuer_credentials SET data = (SELECT max(data) FROM issuer_credentials) "
        "WHERE erased_at IS NULL AND state = 'issued'"
    )


def test_without_its_end_the_ledger_is_found_out_by_a_checkpoint(
    database: Engine,
) -> None:
    one = filled(database)
    kept = checkpoints.sign(one.store.ledger.checkpoint(), SIGNER, NOW + timedelta(hours=2))
    assert check_store(database, trusted=trusted, kept=[kept]).checkpoint == kept.checkpoint
    beyond = checkpoints.sign(
        type(kept.checkpoint)(kept.checkpoint.count + 1, kept.checkpoint.head), SIGNER, NOW
    )
    for points in ([beyond], [SignedCheckpoint(kept.checkpoint, "now", KEY, b"")]):
        with pytest.raises(LedgerBrokenError):
            check_store(database, trusted=trusted, kept=points)
    with pytest.raises(LedgerBrokenError):
        check_store(database, trusted=lambda _key: False)
