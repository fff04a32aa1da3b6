"""Results of rows as a table beside them: Parquet with the same partitions, CSV, or JSON Lines."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from credentials.json_types import JsonObject
from tallystick.files import USAGE, CommandError
from tallystick.streams.folders import new_table
from tallystick.streams.running import new_file, new_whole_file, write_lines
from tallystick.streams.verifying_work import MEMBERS
from tallystick.streams.work import Result, Results

Write = Callable[[Results], None]

VERDICT_COLUMNS = ("row", "verdict", "code", "reason", *MEMBERS)
ISSUED_COLUMNS = ("row", "issued", "id", "code", "reason", "pointer", "credential")

CREDENTIAL = "credential"
"""Column of what was issued."""


def told_by_row(result: Result) -> JsonObject:
    """Read what is told of a row: a row is what a line is of a stream."""
    told: JsonObject = json.loads(result.told)
    return {"row": told.pop("line"), **told}


def as_lines(results: Results) -> list[bytes]:
    """Write what is told of rows on lines."""
    return [json.dumps(told_by_row(one), separators=(",", ":")).encode() for one in results]


@contextmanager
def new_results(path: Path) -> Iterator[Write]:
    """Write the verdicts on rows to a new file, in the form that its name ends with."""
    if path.suffix == ".parquet":
        with new_parquet(path, VERDICT_COLUMNS) as write:
            yield write
    elif path.suffix == ".csv":
        with new_table(path, VERDICT_COLUMNS, told_by_row) as write:
            yield write
    elif path.suffix == ".jsonl":
        with new_file(path) as stream:
            yield lambda results: write_lines(stream, as_lines(results)) if stream else None
    else:
        raise CommandError(f"{path} must end in .parquet, .csv or .jsonl.", USAGE)


@contextmanager
def on_standard_output() -> Iterator[Write]:
    """Write what is told of rows to standard output, one a line."""
    yield lambda results: write_lines(sys.stdout.buffer, as_lines(results))


@contextmanager
def new_parquet(path: Path, columns: Sequence[str]) -> Iterator[Write]:
    """Make a new Parquet file, with one row group for each part of the results.

    Of a process that is killed, nothing can be read: Parquet has its footer at the end.
    """
    from pyarrow import RecordBatch
    from pyarrow.parquet import ParquetWriter

    schema = _schema(columns)
    with new_file(path) as stream:
        if stream is None:
            return
        with ParquetWriter(stream, schema) as writer:
            yield lambda results: writer.write_batch(
                RecordBatch.from_pylist(list(map(_row, results)), schema)
            )


@contextmanager
def new_parquet_in_parts(path: Path, columns: Sequence[str]) -> Iterator[Write]:
    """Make a new Parquet file from parts, each of which is a file on the disk before the next.

    For what nobody has twice.  The parts stand in the folder NAME.parts, under numbers; however
    writing ends they are joined, and removed then.  Of a process that is killed they are left.
    Raises `CommandError` where the file or the folder is there already.
    """
    from pyarrow import Table
    from pyarrow.parquet import write_table

    schema, folder, count = _schema(columns), path.with_name(f"{path.name}.parts"), 0

    def write(results: Results) -> None:
        nonlocal count
        count += 1
        with new_whole_file(folder / f"{count:06}.parquet") as part:
            write_table(Table.from_pylist(list(map(_row, results)), schema), part)

    _require_new(folder)
    with new_file(path) as stream:
        folder.mkdir()
        try:
            yield write
        finally:
            _join(folder, schema, stream)
            shutil.rmtree(folder)


def _require_new(folder: Path) -> None:
    if folder.exists():
        raise CommandError(
            f"{folder} is there already, with what was issued by a command that did not end; "
            "keep it, and name another file.",
            USAGE,
        )


def _join(folder: Path, schema: Any, stream: BinaryIO | None) -> None:
    """Write the parts into one file, and wait until the disk has it."""
    from pyarrow.parquet import ParquetFile, ParquetWriter

    if stream is None:
        return
    with ParquetWriter(stream, schema) as writer:
        for part in sorted(folder.glob("*.parquet")):
            with ParquetFile(part) as file:
                for group in range(file.num_row_groups):
                    writer.write_table(file.read_row_group(group))
    stream.flush()
    os.fsync(stream.fileno())


def _schema(columns: Sequence[str]) -> Any:
    from pyarrow import bool_, field, int64, schema, string

    types = {"row": int64(), "issued": bool_()}
    return schema([field(name, types.get(name, string())) for name in columns])


def _row(result: Result) -> dict[str, Any]:
    """Write a result as a row; what it does not say is null, and texts have no half characters."""
    told = {**told_by_row(result), CREDENTIAL: result.made.decode() or None}
    return {
        name: value if value is None or isinstance(value, bool | int) else _whole(str(value))
        for name, value in told.items()
    }


def _whole(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode()
