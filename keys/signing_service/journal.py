"""The journal of a signer: a line on the disk for each signature, before it leaves the process.

One file holds one day of UTC.  Every line carries the digest of the line before it, also across
days, so that a line that was taken out or changed is noticed.  A line names the message by its
SHA-256: whoever has a credential can find out which line it belongs to, and a line tells nothing
about a learner.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import json
import os
import re
import threading
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

from keys.errors import KeyMaterialError
from keys.instants import format_instant

BEGINNING = "0" * 64
"""What the first line of all names as the digest of the line before it."""

LINE_BYTES = 4_096
"""Longest line; one is some 400 bytes long."""

LOCK = "lock"
_NAME = re.compile(r"\d{4}-\d{2}-\d{2}\.jsonl")


class JournalError(KeyMaterialError):
    """The journal was changed, or another signer writes it."""

    code = "SIGNER_JOURNAL"


class Journal:
    """Writes the journal in a folder; one process at a time may."""

    def __init__(self, folder: Path) -> None:
        """Open a folder, and read all that is in it; raise `JournalError` unless it is whole."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._folder = folder
        self._lock = _exclusive(folder / LOCK)
        self._writing = threading.Lock()
        self._number, self._previous, self._today, self._count = 0, BEGINNING, date.min, 0
        for day, line in lines_of(folder, mends=True):
            self._take(day, line)
        self._file: int | None = None
        self._yesterday: int | None = None

    def signed_on(self, day: date) -> int:
        """Tell how many lines a day has; one before the newest day, by a clock that went back,
        counts as the newest.
        """
        return self._count if day <= self._today else 0

    def write(self, at: datetime, members: dict[str, Any]) -> int:
        """Write one line and wait until the disk has it; return its number.

        Lines of several threads reach the disk together.  Raises `JournalError` if the disk takes
        no more; then no part of the line stays.
        """
        with self._writing:
            numbered = {"number": self._number + 1, "time": format_instant(at), **members}
            line = json.dumps({**numbered, "previous": self._previous}).encode("ascii")
            day = max(at.date(), self._today)
            file = self._append(day, line + b"\n")
            self._take(day, line)
            number = self._number
        try:
            os.fdatasync(file)
        except OSError as error:
            raise _no_room(error) from error
        return number

    def close(self) -> None:
        """Let another process write the journal."""
        os.close(self._lock)
        for file in filter(None, (self._file, self._yesterday)):
            os.close(file)
        self._file = self._yesterday = None

    def _append(self, day: date, line: bytes) -> int:
        try:
            file = self._file_of(day)
            size = os.fstat(file).st_size
            if os.write(file, line) != len(line):
                os.ftruncate(file, size)
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        except OSError as error:
            raise _no_room(error) from error
        return file

    def _file_of(self, day: date) -> int:
        if self._file is None or day != self._today:
            flags = os.O_CREAT | os.O_WRONLY | os.O_APPEND | os.O_CLOEXEC | os.O_NOFOLLOW
            opened = os.open(self._folder / f"{day}.jsonl", flags, 0o600)
            _sync_folder(self._folder)
            # Another thread may still wait for the disk to have a line of the day before.
            if self._yesterday is not None:
                os.close(self._yesterday)
            self._file, self._yesterday = opened, self._file
        return self._file

    def _take(self, day: date, line: bytes) -> None:
        """Count a line, and remember its digest for the next one."""
        if day != self._today:
            self._today, self._count = day, 0
        self._number, self._count = self._number + 1, self._count + 1
        self._previous = hashlib.sha256(line).hexdigest()


def lines_of(folder: Path, *, mends: bool = False) -> Iterator[tuple[date, bytes]]:
    """Read a journal, each line with its day.

    Raises `JournalError` where a line is not the next one.  Half a line at the very end, as a loss
    of power leaves it, is passed over, and cut off if this `mends`: its signature never left.
    """
    number, previous = 0, BEGINNING
    files = sorted(path for path in folder.iterdir() if _NAME.fullmatch(path.name))
    for path in files:
        for line in _whole_lines(path, is_last=path == files[-1], mends=mends):
            number += 1
            if not _follows(line, number, previous):
                raise JournalError(
                    f"{path}: line {number} of the journal was changed, or one before it is "
                    "missing. Find out who did that; then begin a new journal in another folder."
                )
            previous = hashlib.sha256(line).hexdigest()
            yield date.fromisoformat(path.stem), line


def _whole_lines(path: Path, *, is_last: bool, mends: bool) -> Iterator[bytes]:
    with path.open("r+b" if mends else "rb") as file:
        whole = 0
        while line := file.readline(LINE_BYTES):
            if not line.endswith(b"\n"):
                break
            whole += len(line)
            yield line[:-1]
        if line and not is_last:
            raise JournalError(f"{path}: the last line is not whole.")
        if line and mends:
            file.truncate(whole)


def _follows(line: bytes, number: int, previous: str) -> bool:
    try:
        members = json.loads(line)
    except (ValueError, RecursionError):
        return False
    is_object = isinstance(members, dict)
    return is_object and members.get("number") == number and members.get("previous") == previous


def _no_room(error: OSError) -> JournalError:
    text = f"The journal cannot be written ({error.strerror}), so nothing is signed."
    return JournalError(text)


def _exclusive(path: Path) -> int:
    descriptor = os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(descriptor)
        text = f"Another signer writes the journal in {path.parent}. Give each its own folder."
        raise JournalError(text, code="SIGNER_JOURNAL_IN_USE") from error
    return descriptor


def _sync_folder(folder: Path) -> None:
    """Have the disk remember that a file is there."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
