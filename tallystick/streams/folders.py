"""Folders of credentials: their files in, a table for a spreadsheet out."""

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from credentials.json_types import JsonObject
from credentials.spreadsheet_cells import safe_cell
from tallystick.files import DISK, USAGE, CommandError
from tallystick.streams.verifying_work import COLUMNS
from tallystick.streams.work import Result, Results

BYTE_ORDER_MARK = "\ufeff"
"""Without it, spreadsheets take UTF-8 for something else."""


def files_of(folder: Path, *, beside: Path) -> list[str]:
    """Name the files in a folder and the folders in it, in order; links and `beside` are left out.

    A link could lead to a file that nobody meant to have read.
    """
    if not folder.is_dir():
        raise CommandError(f"{folder} is no folder; --csv is for all files of one.", USAGE)
    own = beside.absolute()
    found = [
        path
        for path in folder.rglob("*")
        if path.is_file() and not path.is_symlink() and path.absolute() != own
    ]
    if not found:
        raise CommandError(f"{folder} has no files.", USAGE)
    return sorted(map(str, found))


def _told(result: Result) -> JsonObject:
    told: JsonObject = json.loads(result.told)
    return told


@contextmanager
def new_table(
    path: Path,
    columns: Sequence[str] = COLUMNS,
    told: Callable[[Result], JsonObject] = _told,
) -> Iterator[Callable[[Results], None]]:
    """Write a table row by row beside its place; it takes its place once it is whole."""
    unfinished = path.with_name(f".{path.name}.unfinished")
    try:
        with open(unfinished, "wb") as stream:
            stream.write((BYTE_ORDER_MARK + _line(columns)).encode())

            def write(results: Results) -> None:
                stream.writelines(_row(told(one), columns) for one in results)

            yield write
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(unfinished, path)
    except OSError as error:
        raise CommandError(f"{path} cannot be written: {error.strerror}.", DISK) from error
    finally:
        unfinished.unlink(missing_ok=True)


def _row(told: JsonObject, columns: Sequence[str]) -> bytes:
    cells = [str(told.get(name, "")) for name in columns]
    return _line([safe_cell(cell) for cell in cells]).encode("utf-8", "backslashreplace")


def _line(cells: Sequence[str]) -> str:
    written = io.StringIO(newline="")
    csv.writer(written, lineterminator="\r\n").writerow(cells)
    return written.getvalue()
