"""Folders and archives of credentials: their files in, tables for spreadsheets out."""

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import BinaryIO

from credentials.json_types import JsonObject
from credentials.spreadsheet_cells import safe_cell
from tallystick.files import DISK, USAGE, CommandError
from tallystick.streams.verifying_work import COLUMNS
from tallystick.streams.work import Result, Results

Write = Callable[[Results], None]

BYTE_ORDER_MARK = "\ufeff"
"""Without it, spreadsheets take UTF-8 for something else."""


def files_of(folder: Path, *, beside: Sequence[Path]) -> list[str]:
    """Name the files in a folder and the folders in it, in order; links and `beside` are left out.

    A link could lead to a file that nobody meant to have read.  Raises `OSError` for a folder in it
    that cannot be read: the run ends, since a table without its files would look whole.
    """
    if not folder.is_dir():
        text = f"{folder} is neither folder nor archive; --csv and --xlsx are for all files of one."
        raise CommandError(text, USAGE)
    names, own = {path.name for path in beside}, {path.absolute() for path in beside}
    found = sorted(
        entry.path.removeprefix("./")
        for entry in _files_in(str(folder))
        if entry.name not in names or Path(entry.path).absolute() not in own
    )
    if not found:
        raise CommandError(f"{folder} has no files.", USAGE)
    return found


def _files_in(folder: str) -> Iterator[os.DirEntry[str]]:
    """Yield the files below a folder; raise `OSError` for a folder that cannot be read."""
    folders = [folder]
    while folders:
        with os.scandir(folders.pop()) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    folders.append(entry.path)
                elif entry.is_file(follow_symlinks=False):
                    yield entry


def _told(result: Result) -> JsonObject:
    told: JsonObject = json.loads(result.told)
    return told


@contextmanager
def new_tables(csv_path: Path | None, xlsx_path: Path | None) -> Iterator[Write]:
    """Write the tables that are wanted, row by row; each takes its place once it is whole."""
    with ExitStack() as stack:
        kinds = ((csv_path, new_table), (xlsx_path, new_workbook))
        writers = [stack.enter_context(new(path)) for path, new in kinds if path is not None]

        def write(results: Results) -> None:
            for one in writers:
                one(results)

        yield write


@contextmanager
def new_table(
    path: Path,
    columns: Sequence[str] = COLUMNS,
    told: Callable[[Result], JsonObject] = _told,
) -> Iterator[Write]:
    """Write a table as CSV, row by row beside its place; it takes its place once it is whole."""
    with _unfinished(path) as unfinished, open(unfinished, "wb") as stream:
        stream.write((BYTE_ORDER_MARK + _line(columns)).encode())

        def write(results: Results) -> None:
            stream.writelines(_row(told(one), columns) for one in results)

        yield write
        _kept(stream)


@contextmanager
def new_workbook(path: Path) -> Iterator[Write]:
    """Write a table as XLSX."""
    from service.spreadsheets import XlsxTable

    with _unfinished(path) as unfinished:
        table = XlsxTable(COLUMNS)

        def write(results: Results) -> None:
            for one in results:
                table.add(_cells(_told(one), COLUMNS))

        yield write
        with open(unfinished, "wb") as stream:
            table.save(stream)
            _kept(stream)


@contextmanager
def _unfinished(path: Path) -> Iterator[Path]:
    """Give a file beside `path`, which takes its place if all goes well."""
    unfinished = path.with_name(f".{path.name}.unfinished")
    try:
        yield unfinished
        os.replace(unfinished, path)
    except OSError as error:
        raise CommandError(f"{path} cannot be written: {error.strerror}.", DISK) from error
    finally:
        unfinished.unlink(missing_ok=True)


def _kept(stream: BinaryIO) -> None:
    """Have on the disk what was written."""
    stream.flush()
    os.fsync(stream.fileno())


def _row(told: JsonObject, columns: Sequence[str]) -> bytes:
    cells = _cells(told, columns)
    return _line([safe_cell(cell) for cell in cells]).encode("utf-8", "backslashreplace")


def _cells(told: JsonObject, columns: Sequence[str]) -> list[str]:
    return [str(told.get(name, "")) for name in columns]


def _line(cells: Sequence[str]) -> str:
    written = io.StringIO(newline="")
    csv.writer(written, lineterminator="\r\n").writerow(cells)
    return written.getvalue()
