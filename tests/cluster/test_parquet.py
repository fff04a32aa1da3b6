"""Documents in a column of a Parquet file: row groups are what is worked on and written at once."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from tallystick.files import CommandError
from tallystick.streams import parquet, result_tables
from tallystick.streams.parquet import InParquet, Rows
from tallystick.streams.work import Batch, Do, Result
from tests.cluster.test_cluster import cluster, tallystick  # noqa: F401 - a fixture
from tests.factories import sign, unsigned
from tests.project import ROOT

pyarrow = pytest.importorskip("pyarrow")
tables = pytest.importorskip("pyarrow.parquet")


def write(path: Path, column: str, values: list[Any], *, group: int = 2, kind: Any = None) -> Path:
    table = pyarrow.table({"number": range(len(values)), column: pyarrow.array(values, kind)})
    tables.write_table(table, path, row_group_size=group)
    return path


@pytest.fixture(scope="module")
def documents() -> list[str | None]:
    valid, changed = sign(unsigned()), sign(unsigned())
    changed["name"] = "Something else"
    return [json.dumps(valid), json.dumps(changed), None, json.dumps(valid), "{bad"]


VERDICTS = ["valid", "invalid", "invalid", "valid", "invalid"]


@pytest.fixture
def badges(tmp_path: Path, documents: list[str | None]) -> Path:
    return write(tmp_path / "badges.parquet", "credential", documents)


def test_verdicts_stand_beside_their_rows_in_the_same_groups(badges: Path, tmp_path: Path) -> None:
    out = tmp_path / "verdicts.parquet"
    told = tallystick("verify", "--parquet", badges, "--offline", "--out", out)
    assert (told.returncode, b"5 in all: 2 valid, 3 not valid" in told.stderr) == (1, True)
    rows = tables.read_table(out).to_pylist()
    assert [(one["row"], one["verdict"]) for one in rows] == list(enumerate(VERDICTS, 1))
    assert (rows[0]["credits"], rows[1]["credits"], rows[4]["code"]) == ("20", None, "JSON_SYNTAX")
    groups = [tables.ParquetFile(path).metadata for path in (badges, out)]
    sizes = [[one.row_group(n).num_rows for n in range(one.num_row_groups)] for one in groups]
    assert sizes[0] == sizes[1] == [2, 2, 1]
    again = tallystick("verify", "--parquet", badges, "--offline", "--out", out)
    assert again.returncode == 64


@pytest.mark.parametrize("kind", ["binary", "large_string"])
def test_verdicts_are_lines_or_a_spreadsheet_where_that_is_asked_for(
    documents: list[str | None], tmp_path: Path, kind: str
) -> None:
    values = [one and (one.encode() if kind == "binary" else one) for one in documents]
    named = write(tmp_path / "b.parquet", "doc", values, kind=getattr(pyarrow, kind)())
    command = ("verify", "--parquet", named, "--column", "doc", "--offline")
    lines = tallystick(*command, "--json").stdout.splitlines()
    assert [json.loads(line)["row"] for line in lines] == [1, 2, 3, 4, 5]
    assert len(json.loads(lines[0])["checks"]) == 12
    tallystick(*command, "--out", tmp_path / "v.csv")
    text = (tmp_path / "v.csv").read_text("utf-8-sig")
    assert [one["verdict"] for one in csv.DictReader(io.StringIO(text))] == VERDICTS
    tallystick(*command, "--out", tmp_path / "v.jsonl")
    told = [json.loads(line) for line in (tmp_path / "v.jsonl").read_text().splitlines()]
    assert [one["verdict"] for one in told] == VERDICTS


def test_requests_become_credentials_over_a_cluster(
    cluster: str,  # noqa: F811
    tmp_path: Path,
) -> None:
    made = tallystick("keys", "new", "college", "--keys", tmp_path / "keys").stdout.decode()
    uri = re.search(r"file:\S+", made)[0]  # type: ignore[index]
    request = (ROOT / "docs/examples/welding.json").read_text()
    asked = write(tmp_path / "r.parquet", "request", [request, "{}", request, request, None])
    out = tmp_path / "issued.parquet"
    arguments = ("issue", "--parquet", asked, "--key", uri, "--cluster", cluster, "--out", out)
    told = tallystick(*arguments)
    assert (told.returncode, b"3 issued, 2 refused" in told.stderr) == (1, True), told.stderr
    rows = tables.read_table(out).to_pylist()
    assert [one["issued"] for one in rows] == [True, False, True, True, False]
    assert (rows[1]["code"], rows[1]["credential"]) == ("REQUEST_MALFORMED", None)
    verified = tallystick("verify", "--parquet", out, "--offline", "--cluster", cluster)
    verdicts = [json.loads(line)["verdict"] for line in verified.stdout.splitlines()]
    assert verdicts == ["valid", "invalid", "valid", "valid", "invalid"], verified.stderr


def issued(row: int) -> Result:
    told = json.dumps({"line": row, "issued": True, "id": f"urn:x:{row}"}).encode()
    return Result("issued", told, b"{}")


def test_what_was_issued_can_be_read_whenever_the_command_is_killed(tmp_path: Path) -> None:
    """Regression: the file had its footer at the end, and without it nothing could be read."""
    out, parts = tmp_path / "x.parquet", tmp_path / "x.parquet.parts"
    columns = result_tables.ISSUED_COLUMNS

    def interrupted() -> None:
        with result_tables.new_parquet_in_parts(out, columns) as write:
            for rows in ((1, 2), (3,)):
                write([issued(row) for row in rows])
                # The disk has this when a process is killed here.
                shutil.copytree(parts, tmp_path / f"killed-{rows[0]}")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    left = tables.read_table(tmp_path / "killed-3").to_pylist()
    assert [(one["row"], one["id"]) for one in left] == [(n, f"urn:x:{n}") for n in (1, 2, 3)]
    assert tables.read_table(tmp_path / "killed-1").num_rows == 2
    groups = tables.ParquetFile(out).metadata
    assert [groups.row_group(n).num_rows for n in range(groups.num_row_groups)] == [2, 1]
    assert not parts.exists()


def test_parts_that_a_killed_command_left_are_not_touched(tmp_path: Path) -> None:
    (tmp_path / "x.parquet.parts").mkdir()
    columns = result_tables.ISSUED_COLUMNS
    making = result_tables.new_parquet_in_parts(tmp_path / "x.parquet", columns)
    with pytest.raises(CommandError, match="did not end"), making:
        pass
    assert not (tmp_path / "x.parquet").exists()


def test_without_a_table_to_write_credentials_are_lines(tmp_path: Path) -> None:
    made = tallystick("keys", "new", "college", "--keys", tmp_path / "keys").stdout.decode()
    uri = re.search(r"file:\S+", made)[0]  # type: ignore[index]
    request = (ROOT / "docs/examples/welding.json").read_text()
    asked = write(tmp_path / "r.parquet", "ask", [request, "{}"])
    command = ("issue", "--parquet", asked, "--column", "ask", "--key", uri)
    told = tallystick(*command)
    assert json.loads(told.stdout)["type"][0] == "VerifiableCredential"
    assert b'{"row":2,"issued":false,"code":"REQUEST_MALFORMED"' in told.stderr
    assert tallystick(*command, "--out", tmp_path / "x.csv").returncode == 64


def test_what_is_no_table_of_documents_is_told(badges: Path, tmp_path: Path) -> None:
    (tmp_path / "no.parquet").write_bytes(b"PAR1 or not")
    numbers = write(tmp_path / "numbers.parquet", "credential", [1, 2])
    for file, more, words in (
        (tmp_path / "none.parquet", (), b"No such file"),
        (tmp_path / "no.parquet", (), b"no Parquet"),
        (badges, ("--column", "badge"), b"but: number, credential"),
        (numbers, (), b"holds int64"),
        (badges, ("--out", tmp_path / "x.txt"), b".parquet, .csv or .jsonl"),
        (badges, ("--json", "--out", tmp_path / "x.csv"), b"with .jsonl"),
        (badges, ("--jsonl",), b"either"),
        (badges, ("--refresh",), b"for one credential"),
    ):
        told = tallystick("verify", "--parquet", file, "--offline", *more)
        assert (told.returncode, words in told.stderr) == (64, True), told.stderr


class Repeated:
    """Work that repeats what it is given."""

    def begin(self) -> Do:
        return lambda batch: [Result("done", b"%d %b" % (one.number, one.data)) for one in batch]


def told_of(work: InParquet, parts: list[Batch]) -> list[bytes]:
    do = work.begin()
    return [result.told for part in parts for result in do(part)]


def test_large_groups_are_parted_and_no_row_is_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parquet, "PART_ROWS", 150)
    values = [f"document {number}" for number in range(1, 1_001)]
    rows = Rows(
        str(write(tmp_path / "many.parquet", "credential", values, group=400)), "credential"
    )
    parts = list(rows.parts())
    assert [part[0].number for part in parts] == [1, 151, 301, 401, 551, 701, 801, 951]
    wanted = [f"{number} document {number}".encode() for number in range(1, 1_001)]
    assert told_of(InParquet(Repeated(), rows), parts) == wanted


def test_a_worker_with_another_file_of_that_name_stops(tmp_path: Path) -> None:
    path = write(tmp_path / "one.parquet", "credential", ["a", "b"])
    rows = Rows(str(path), "credential")
    parts = list(rows.parts())
    write(path, "credential", ["a", "b", "c"])
    with pytest.raises(parquet.CommandError, match="another file"):
        told_of(InParquet(Repeated(), rows), parts)
