"""Streams of documents: bounded, in order, and not stopped by a line that is wrong."""

from __future__ import annotations

import csv
import io
import json
import multiprocessing
import os
import re
import signal
import subprocess
import sys
import time
from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from zipfile import ZipFile

import pytest
from openpyxl import load_workbook

from credentials.strict_json import serialize_json
from tallystick.files import CommandError
from tallystick.streams.folders import files_of
from tallystick.streams.lines import BATCH_BYTES, LINE_BYTES, in_batches, read_lines
from tallystick.streams.parquet import Rows
from tallystick.streams.processes import BATCHES_AHEAD, results_in_order
from tallystick.streams.tally import Tally
from tallystick.streams.work import Batch, Do, Piece, Result, Results
from tests.factories import sign, unsigned
from tests.project import ROOT
from tests.tallystick.conftest import Run, environment_of


def lines_of(told: bytes) -> list[dict[str, object]]:
    return [json.loads(line) for line in told.splitlines()]


def test_lines_are_numbered_and_empty_ones_are_passed_over() -> None:
    pieces = read_lines(io.BytesIO(b"a\n\n  \nb\r\nc"))
    assert list(pieces) == [Piece(1, b"a"), Piece(4, b"b"), Piece(5, b"c")]


@pytest.mark.parametrize("excess", [0, 1, 2, 200_000])
def test_a_line_is_kept_to_its_bound_and_the_next_one_is_whole(excess: int) -> None:
    data = b"x" * (LINE_BYTES + excess) + b"\nnext\n"
    first, second = read_lines(io.BytesIO(data))
    assert len(first.data) == LINE_BYTES + min(excess, 1)
    assert second == Piece(2, b"next")


def test_batches_are_bounded_in_number_and_in_size() -> None:
    small = [Piece(number, b"x") for number in range(10)]
    assert [len(batch) for batch in in_batches(small, 4)] == [4, 4, 2]
    large = [Piece(number, b"x" * (BATCH_BYTES // 2)) for number in range(5)]
    assert [len(batch) for batch in in_batches(large)] == [2, 2, 1]


@dataclass(frozen=True)
class Repeat:
    """Work that repeats what it is given, with the process that did it."""

    def begin(self) -> Do:
        return self._do

    def _do(self, batch: Batch) -> Results:
        return [Result("done", b"%d %d" % (piece.number, os.getpid())) for piece in batch]


@pytest.mark.parametrize("joins_in", [True, False])
def test_several_processes_answer_in_order_and_read_no_further_ahead_than_they_need(
    *, joins_in: bool
) -> None:
    taken = 0

    def batches() -> Iterator[Batch]:
        nonlocal taken
        for number in range(40):
            taken = number
            yield (Piece(number, b""),)

    numbers, processes = [], set()
    for results in results_in_order(Repeat(), batches(), 2, joins_in=joins_in):
        number, process = results[0].told.split()
        numbers.append(int(number))
        processes.add(process)
        assert taken - int(number) <= 2 * BATCHES_AHEAD
    assert numbers == list(range(40))
    # It works while the others start.
    assert (str(os.getpid()).encode() in processes) is joins_in
    assert len(processes) <= 2


@dataclass(frozen=True)
class FailHere:
    """Work that fails in the process that began first, from the third batch on."""

    process: int

    def begin(self) -> Do:
        return self._do

    def _do(self, batch: Batch) -> Results:
        if os.getpid() == self.process and batch[0].number > 2:
            raise CommandError("It went wrong.")
        return [Result("done", b"%d" % batch[0].number)]


def test_what_goes_wrong_here_is_told_after_the_results_before_it() -> None:
    batches = ((Piece(number, b""),) for number in range(40))
    numbers: list[int] = []
    with pytest.raises(CommandError, match=r"It went wrong\."):
        numbers += (
            int(results[0].told) for results in results_in_order(FailHere(os.getpid()), batches, 2)
        )
    assert numbers[:3] == [0, 1, 2]
    assert numbers == list(range(len(numbers)))


@dataclass(frozen=True)
class KilledInOneOther:
    """Work in whose course one of the other processes is killed, while this one has work left."""

    process: int
    killed: Path

    def begin(self) -> Do:
        return self._do

    def _do(self, batch: Batch) -> Results:
        with suppress(FileExistsError):
            if os.getpid() != self.process and self.killed.touch(exist_ok=False) is None:
                os.kill(os.getpid(), signal.SIGKILL)
        # Others are slower than this process, which is the one to wait.
        time.sleep(0 if os.getpid() == self.process else 0.02)
        return [Result("done", b"")]


def test_where_one_of_three_workers_is_killed_no_other_is_left(tmp_path: Path) -> None:
    batches = ((Piece(number, b""),) for number in range(1_000))
    work = KilledInOneOther(os.getpid(), tmp_path / "killed")
    before = set(multiprocessing.active_children())
    try:
        with pytest.raises(CommandError, match=r"^A worker process ended before its work was done"):
            deque(results_in_order(work, batches, 3), maxlen=0)
        assert set(multiprocessing.active_children()) <= before
    finally:
        for left in set(multiprocessing.active_children()) - before:
            left.terminate()


def test_one_batch_needs_no_other_process() -> None:
    (results,) = results_in_order(Repeat(), iter([(Piece(1, b""),)]), 8)
    assert results[0].told.split()[1] == str(os.getpid()).encode()
    assert list(results_in_order(Repeat(), iter([]), 8)) == []


def test_the_summary_tells_counts_and_rate() -> None:
    times = iter([10.0, 14.0])
    tally = Tally({"good": "good", "bad": "bad"}, lambda: next(times))
    tally.count([Result("good", b"")] * 1_999)
    tally.count([Result("bad", b"")])
    assert tally.in_words() == "2,000 in all: 1,999 good, 1 bad; 4.0 s, 500 a second."


STATUS = {
    "type": "BitstringStatusListEntry",
    "statusPurpose": "revocation",
    "statusListIndex": "3",
    "statusListCredential": "https://uni.example/status/1",
}
"""A status that cannot be looked up offline."""


@pytest.fixture
def badges() -> bytes:
    valid, changed = sign(unsigned()), sign(unsigned())
    changed["name"] = "Something else"
    away = sign(unsigned(credentialStatus=STATUS))
    return b"".join(json.dumps(one).encode() + b"\n" for one in (valid, changed, away))


def test_each_line_has_its_verdict_and_the_worst_of_them_decides(run: Run, badges: bytes) -> None:
    told = run("verify", "--jsonl", "-", "--offline", stdin=badges + b"\n{bad\n")
    rows = lines_of(told.stdout)
    verdicts = [(row["line"], row["verdict"]) for row in rows]
    assert verdicts == [(1, "valid"), (2, "invalid"), (3, "indeterminate"), (5, "invalid")]
    assert (rows[0]["credits"], rows[0]["level"], rows[3]["code"]) == ("20", "5", "JSON_SYNTAX")
    assert "credits" not in rows[1]
    assert b"4 in all: 1 valid, 2 not valid, 1 undecided" in told.stderr
    assert told.returncode == 1
    first, _second, third = badges.splitlines()
    for lines, status in (([first], 0), ([first, third], 2), ([], 1)):
        stdin = b"\n".join(lines)
        assert run("verify", "--jsonl", "-", "--offline", stdin=stdin).returncode == status


def test_a_line_can_have_its_whole_report(run: Run, badges: bytes) -> None:
    told = run("verify", "--jsonl", "-", "--json", "--offline", stdin=badges.splitlines()[0])
    (report,) = lines_of(told.stdout)
    assert report["line"] == 1
    assert len(report["checks"]) == 12  # type: ignore[arg-type]


def test_what_keeps_something_between_documents_is_refused_for_many(run: Run) -> None:
    for more in (["--refresh"], ["--status-memory", "memory.json"]):
        assert run("verify", "--jsonl", "-", *more, stdin=b"{}").returncode == 64


@pytest.fixture
def key(run: Run) -> str:
    made = run("keys", "new", "institution").stdout.decode()
    return re.search(r"file:\S+", made)[0]  # type: ignore[index]


def request_line() -> bytes:
    return json.dumps(json.loads((ROOT / "docs/examples/welding.json").read_text())).encode()


def test_a_refused_line_is_told_and_the_others_are_issued(
    run: Run, key: str, tmp_path: Path
) -> None:
    stdin = b"\n".join([request_line(), b"{}", b"\xff", request_line()])
    out = tmp_path / "badges.jsonl"
    told = run("issue", "--jsonl", "-", "--key", key, "--out", out, stdin=stdin)
    rows = lines_of(told.stdout)
    assert [(row["line"], row["issued"]) for row in rows] == [
        (1, True),
        (2, False),
        (3, False),
        (4, True),
    ]
    assert rows[1]["code"] == "REQUEST_MALFORMED"
    assert (told.returncode, b"2 issued, 2 refused" in told.stderr) == (1, True)
    made = out.read_bytes()
    assert [one["id"] for one in lines_of(made)] == [rows[0]["id"], rows[3]["id"]]
    assert run("verify", "--jsonl", out, "--offline").returncode == 0
    again = run("issue", "--jsonl", "-", "--key", key, "--out", out, stdin=request_line())
    assert (again.returncode, out.read_bytes()) == (64, made)


def test_processes_get_a_passphrase_that_was_asked_for_once(
    run_program: Run, run: Run, tmp_path: Path
) -> None:
    """Whoever reads the file a second time through this descriptor finds nothing more."""
    (tmp_path / "passphrase").write_text("correct horse")
    named = {"TALLYSTICK_PASSPHRASE_FILE": str(tmp_path / "passphrase")}
    made = run("keys", "new", "locked", "--passphrase", **named).stdout.decode()
    uri = re.search(r"file:\S+", made)[0]  # type: ignore[index]
    stdin = (request_line() + b"\n") * 65
    told = run_program(
        *("issue", "--jsonl", "-", "--key", uri, "--workers", 2),
        stdin=stdin,
        shell=f'exec 9<{tmp_path / "passphrase"}; TALLYSTICK_PASSPHRASE_FILE=/dev/fd/9 exec "$@"',
    )
    assert told.returncode == 0, told.stderr
    assert len(told.stdout.splitlines()) == 65


def test_a_folder_becomes_a_table_that_no_spreadsheet_computes(
    run: Run, badges: bytes, tmp_path: Path
) -> None:
    folder = tmp_path / "badges"
    (folder / "deeper").mkdir(parents=True)
    first, second, third = badges.splitlines()
    (folder / "b.json").write_bytes(first)
    (folder / "=a.json").write_bytes(second)
    (folder / "deeper" / "c.json").write_bytes(third)
    (folder / "link.json").symlink_to(folder / "b.json")
    table = folder / "table.csv"
    told = run("verify", folder, "--csv", table, "--offline")
    rows = list(csv.DictReader(io.StringIO(table.read_text("utf-8-sig"))))
    assert [Path(row["file"]).name for row in rows] == ["=a.json", "b.json", "c.json"]
    assert [row["verdict"] for row in rows] == ["invalid", "valid", "indeterminate"]
    assert (rows[1]["credits"], rows[1]["unit"], rows[1]["level"]) == ("20", "NZQCF", "5")
    assert (told.returncode, b"3 in all" in told.stderr) == (1, True)
    assert run("verify", tmp_path / "none", "--csv", table).returncode == 64
    assert sorted(path.name for path in folder.iterdir() if path.name.startswith(".")) == []


def test_a_stream_that_is_asked_to_end_ends_with_its_summary_and_its_processes(
    badges: bytes, tmp_path: Path
) -> None:
    many = tmp_path / "many.jsonl"
    many.write_bytes((badges.splitlines()[0] + b"\n") * 64 * 40)
    program = [sys.executable, "-m", "tallystick", "verify", "--jsonl", many, "--workers", "2"]
    with subprocess.Popen(
        program,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=tmp_path,
        env=environment_of(tmp_path, {"TALLYSTICK_OFFLINE": "1"}),
    ) as running:
        assert running.stdout is not None
        assert running.stdout.readline().startswith(b'{"line":1,')
        running.terminate()
        # This waits until no process holds the streams any more: the workers have ended, too.
        _told, summary = running.communicate(timeout=60)
        assert running.returncode == 143
        assert b"in all: " in summary


def test_files_are_named_as_the_folder_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "b").mkdir()
    for name in ("b/c.json", "a.json", "table.csv"):
        (tmp_path / name).write_bytes(b"{}")
    monkeypatch.chdir(tmp_path)
    table = tmp_path / "table.csv"
    assert files_of(Path(), beside=[Path("table.csv")]) == ["a.json", "b/c.json"]
    assert files_of(Path("b"), beside=[table]) == ["b/c.json"]
    assert files_of(tmp_path / "b", beside=[table]) == [str(tmp_path / "b" / "c.json")]


def test_an_archive_becomes_a_table_and_a_workbook(run: Run, tmp_path: Path) -> None:
    archive, table, workbook = (tmp_path / name for name in ("all.zip", "t.csv", "t.xlsx"))
    with ZipFile(archive, "w") as packed:
        packed.writestr("b/good.json", serialize_json(sign(unsigned())))
        packed.writestr("=evil.json", b"{}")
        packed.writestr("../out.json", b"{}")
    told = run("verify", archive, "--csv", table, "--xlsx", workbook, "--offline")
    assert told.returncode == 74
    rows = list(csv.DictReader(io.StringIO(table.read_text("utf-8-sig"))))
    assert [(row["file"], row["verdict"]) for row in rows] == [
        ("b/good.json", "valid"),
        ("'=evil.json", "invalid"),
        ("../out.json", "unreadable"),
    ]
    assert rows[2]["code"] == "ENTRY_NAME"
    sheet = load_workbook(workbook).active
    assert sheet is not None
    cells = [[cell.value or "" for cell in row] for row in sheet.iter_rows(min_row=2)]
    assert cells == [list(row.values()) for row in rows]


def test_a_damaged_archive_leaves_no_table(run: Run, tmp_path: Path) -> None:
    archive, table = tmp_path / "all.zip", tmp_path / "t.csv"
    archive.write_bytes(b"PK\x03\x04 nothing")
    told = run("verify", archive, "--csv", table, "--offline")
    assert told.returncode == 74
    assert b"damaged" in told.stderr
    assert list(tmp_path.iterdir()) == [archive]


def test_without_pyarrow_the_command_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(CommandError, match=r"pip install 'tallystick\[parquet\]'") as caught:
        Rows("badges.parquet", "credential").open()
    assert caught.value.status == 64
