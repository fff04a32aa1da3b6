"""A desk whose database was restored from a backup: what is missing is told, and brought back."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from recognition.deciding.case import Ruling
from recognition.deciding.judging import Outcome
from recognition.desk import DeskStore
from recognition.desk.cases import Case
from recognition.register_of_decisions import RegisterOfDecisions
from recognition.register_of_decisions.recorded_rows import MemoryContradictsError, RecordedRows
from service import open_database
from service.errors import ConflictError
from tallystick import desk_memory
from tallystick.decision_lists import PREFIX
from tallystick.desk_memory import DECISIONS, GIVEN, WITHDRAWN, DeskMemory, Missing
from tests.databases import sqlite_copy
from tests.factories import check, codes
from tests.recognition.desk.desks import PASSES, TestDesk

REFUSAL = Ruling("Ana", Outcome.REFUSE, "Read again.", substantial_differences=("Welding.",))
NEVER = {"second_reader": "never", "office": "Registrar"}


class Office:
    """A desk with a memory, whose database can be saved and restored."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.file = folder, folder / "desk.sqlite"
        sqlite_copy(self.file)
        self.desk = self.opened()

    def opened(self) -> TestDesk:
        """Start the desk, as it is started after its database was restored."""
        desk = TestDesk.with_store(DeskStore(open_database(f"sqlite:///{self.file}")))
        desk.has_lists = True
        desk.offer(gates=PASSES)
        desk.memory = DeskMemory(self.folder / "memory", RecordedRows(desk.store.engine, PREFIX))
        desk.memory.begin()
        return desk

    def save(self) -> None:
        self.desk.store.engine.dispose()
        shutil.copyfile(self.file, self.folder / "backup.sqlite")

    def restore(self) -> TestDesk:
        self.desk.store.engine.dispose()
        for name in ("-wal", "-shm"):
            Path(f"{self.file}{name}").unlink(missing_ok=True)
        shutil.copyfile(self.folder / "backup.sqlite", self.file)
        self.desk = self.opened()
        return self.desk

    def decided(self, number: int) -> Case:
        return self.desk.settling.settle(self.desk.act, self.desk.applied(number))

    def withdrawn(self, case: Case) -> None:
        """Have a decision corrected, which withdraws what was signed of it."""
        settling, act = self.desk.settling, self.desk.act
        waiting = settling.rule(act, case, REFUSAL)
        settling.confirm(type(act)("user:other", act.at), waiting, "Ben")


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    made = Office(tmp_path)
    yield made
    made.desk.store.engine.dispose()


def memory_of(desk: TestDesk) -> DeskMemory:
    assert isinstance(desk.memory, DeskMemory)
    return desk.memory


def test_a_database_that_forgot_is_told_and_decides_nothing(office: Office) -> None:
    first = office.decided(1)
    office.save()
    office.withdrawn(first)
    office.decided(2)
    desk = office.restore()
    assert memory_of(desk).missing() == Missing(decisions=2, given=2, withdrawn=1)
    case = desk.applied(3)
    with pytest.raises(ConflictError, match="recognise restore") as refused:
        desk.settling.settle(desk.act, case)
    assert refused.value.code == "DATABASE_BEHIND"
    for act in (
        lambda: desk.settling.rule(desk.act, case, REFUSAL),
        lambda: desk.settling.appeal(desk.act, first, "Mere", "Unfair."),
    ):
        with pytest.raises(ConflictError, match="2 entries of the register"):
            act()
    assert len(list(RegisterOfDecisions(desk.store.engine).entries())) == 1


def test_what_was_forgotten_is_brought_back_as_it_was(office: Office) -> None:
    first = office.decided(1)
    former = json.loads(office.desk.store.decisions.of(first.id)[0].credential)
    office.save()
    office.withdrawn(first)
    before = list(office.desk.settling.register.entries())
    desk = office.restore()
    assert memory_of(desk).restore() == Missing(decisions=1, given=1, withdrawn=1)
    desk = office.opened()
    register = desk.settling.register
    assert list(register.entries()) == before
    assert register.check_chain().count == 2
    listed = json.loads(desk.numbered(1).data)
    assert codes(check(former, {listed["id"]: listed}, now=desk.now)) >= {"REVOKED"}
    assert memory_of(desk).missing() == Missing()
    assert desk.settling.settle(desk.act, desk.applied(4)).outcome == "GRANT"
    desk.store.engine.dispose()


def test_a_desk_that_forgot_nothing_goes_on(office: Office) -> None:
    office.decided(1)
    office.save()
    desk = office.restore()
    assert memory_of(desk).missing() == Missing()
    assert desk.settling.settle(desk.act, desk.applied(2)).outcome == "GRANT"


def test_what_others_recorded_is_caught_up_at_the_start(office: Office) -> None:
    office.desk.memory = None
    office.desk.__dict__.pop("settling", None)
    office.decided(1)
    office.desk = office.opened()
    lines = (office.folder / "memory" / DECISIONS).read_text().splitlines()
    assert len(lines) == 1


def test_another_register_than_that_of_the_memory_is_not_repaired(
    office: Office, tmp_path: Path
) -> None:
    office.save()
    office.decided(1)
    desk = office.restore()
    desk.memory = None
    desk.settling.settle(desk.act, desk.applied(7))
    with pytest.raises(MemoryContradictsError, match="another one"):
        DeskMemory(tmp_path / "memory", RecordedRows(desk.store.engine, PREFIX)).restore()


def test_a_line_that_was_cut_off_is_written_again(office: Office) -> None:
    office.decided(1)
    office.decided(2)
    path = office.folder / "memory" / DECISIONS
    path.write_bytes(path.read_bytes()[:-10])
    desk = office.opened()
    assert memory_of(desk).missing() == Missing()
    sequences = [json.loads(line)["sequence"] for line in path.read_text().splitlines()]
    assert sequences == [1, 2]
    desk.store.engine.dispose()


def lines_of(office: Office, name: str) -> list[Any]:
    text = (office.folder / "memory" / name).read_text()
    return [json.loads(line) for line in text.splitlines()]


def test_what_was_noted_before_is_not_read_again_at_each_decision(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(1, 4):
        office.withdrawn(office.decided(number))
    read: list[object] = []

    def loads(line: bytes) -> object:
        read.append(json.loads(line))
        return read[-1]

    def withdrawals(rows: RecordedRows, after: int = 0) -> list[dict[str, Any]]:
        found = withdrawals_of(rows, after)
        read.extend(found)
        return found

    withdrawals_of = RecordedRows.withdrawals
    monkeypatch.setattr(desk_memory, "json", SimpleNamespace(loads=loads, dumps=json.dumps))
    monkeypatch.setattr(RecordedRows, "withdrawals", withdrawals)
    office.decided(4)
    # The last entry of the register, and what the last note has added to the two other files.
    assert len(read) == 3
    assert len(lines_of(office, GIVEN)) == 7


def test_two_desks_that_share_a_memory_write_everything_down_once(office: Office) -> None:
    one = memory_of(office.desk)
    other = DeskMemory(one.folder, RecordedRows(office.desk.store.engine, PREFIX))
    other.begin()
    office.withdrawn(office.decided(1))
    other.note(None)
    office.desk.memory = other
    office.desk.__dict__.pop("settling")
    office.withdrawn(office.decided(2))
    one.note(None)
    assert [len(lines_of(office, name)) for name in (DECISIONS, GIVEN, WITHDRAWN)] == [4, 4, 2]


def test_files_of_memory_that_were_put_back_from_an_earlier_copy_are_filled_up(
    office: Office,
) -> None:
    office.decided(1)
    path = office.folder / "memory" / GIVEN
    earlier = path.read_bytes()
    office.decided(2)
    memory_of(office.desk).note(None)
    path.write_bytes(earlier)
    memory_of(office.desk).note(None)
    assert len(lines_of(office, GIVEN)) == 2
