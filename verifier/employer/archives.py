"""Archives with very many files: each is taken, or refused by itself with its reason.

Nothing is unpacked to a disk, so no name leads anywhere; names that mean to are refused all the
same, as whoever packed them meant harm.
"""

from __future__ import annotations

import stat
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO
from zipfile import BadZipFile, ZipFile, ZipInfo

from credentials.errors import LimitExceededError, MalformedValueError
from service.pages.archives import CHUNK_BYTES, SIGNATURE, is_wanted
from verifier.employer.entries import Entry

MODE_SHIFT = 16
"""Where an archive keeps the mode that a file had under Unix."""

ENCRYPTED = 0x1
"""Flag of a file that needs a password."""

_FAULTS = (BadZipFile, NotImplementedError, RuntimeError, EOFError, ValueError, OSError, zlib.error)
"""What the library raises for what is damaged, encrypted or packed in a rare way."""


@dataclass(frozen=True, slots=True)
class ArchiveLimits:
    """How many files of an archive are read, how large one may be and all together (bytes)."""

    files: int
    file_bytes: int
    bytes_altogether: int


def entries_of(file: IO[bytes], limits: ArchiveLimits) -> Iterator[Entry]:
    """Read the files of an archive one after the other, in their order.

    Obligations:

    1. a name that leads out of the archive, a link, a file under a password and an archive in an
       archive are refused, each for itself;
    2. sizes are counted as they come, whatever the archive says of itself; what is unpacked of a
       file that is too large counts, too;
    3. what is damaged is refused for itself, and the others are read.

    Raises `MalformedValueError` (ARCHIVE_DAMAGED, ARCHIVE_EMPTY) and `LimitExceededError`
    (ARCHIVE_TOO_LARGE) where nothing can be read.
    """
    try:
        archive = ZipFile(file)
        wanted = [info for info in archive.infolist() if is_wanted(info)]
    except _FAULTS as error:
        text = "The archive is damaged, or packed in a way that is not read here."
        raise MalformedValueError(text, code="ARCHIVE_DAMAGED") from error
    if not wanted:
        raise MalformedValueError("There is no file in the archive.", code="ARCHIVE_EMPTY")
    if len(wanted) > limits.files:
        text = f"The archive has more than {limits.files} files."
        raise LimitExceededError(text, code="ARCHIVE_TOO_LARGE")
    yield from _entries(archive, wanted, limits)


def _entries(archive: ZipFile, wanted: list[ZipInfo], limits: ArchiveLimits) -> Iterator[Entry]:
    left = limits.bytes_altogether
    with archive:
        for info in wanted:
            refusal = _refusal(info)
            if refusal:
                yield Entry.refused(info.filename, refusal)
                continue
            entry, unpacked = _unpacked(archive, info, limits.file_bytes, left)
            left -= unpacked
            yield entry


def _refusal(info: ZipInfo) -> str:
    """Tell why a file is not even opened."""
    # 1.
    name = info.filename.replace("\\", "/")
    is_outside = name.startswith("/") or ".." in name.split("/") or name[1:2] == ":"
    if is_outside:
        return "ENTRY_NAME"
    if stat.S_ISLNK(info.external_attr >> MODE_SHIFT):
        return "ENTRY_LINK"
    return "ENTRY_ENCRYPTED" if info.flag_bits & ENCRYPTED else ""


def _unpacked(archive: ZipFile, info: ZipInfo, most: int, left: int) -> tuple[Entry, int]:
    """Unpack one file, and count what that took."""
    data = bytearray()
    try:
        with archive.open(info) as file:
            # 2.
            while len(data) <= min(most, left) and (chunk := file.read(CHUNK_BYTES)):
                data += chunk
    except _FAULTS:
        # 3.
        return Entry.refused(info.filename, "ENTRY_DAMAGED"), len(data)
    if len(data) > left:
        return Entry.refused(info.filename, "TOO_MUCH"), left
    if len(data) > most:
        return Entry.refused(info.filename, "ENTRY_TOO_LARGE"), len(data)
    if data.startswith(SIGNATURE):
        return Entry.refused(info.filename, "ENTRY_NESTED"), len(data)
    return Entry.file(info.filename, bytes(data)), len(data)
