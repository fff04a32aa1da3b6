"""Archives that somebody sends: read in memory, within limits, one level deep."""

from __future__ import annotations

import zlib
from io import BytesIO
from typing import NamedTuple
from zipfile import BadZipFile, ZipFile, ZipInfo

from credentials.errors import LimitExceededError, MalformedValueError
from service.pages.uploads import Upload

SIGNATURE = b"PK\x03\x04"
CHUNK_BYTES = 65_536
RUBBISH = "__MACOSX/"
"""Folder that an operating system adds for itself; it also adds files that begin with "."."""

_FAULTS = (BadZipFile, NotImplementedError, RuntimeError, EOFError, ValueError, zlib.error)
"""What the library raises for an archive that is damaged, encrypted or packed in a rare way."""


class ArchiveSize(NamedTuple):
    """How many files of an archive are read, how large all and one of them may be (bytes)."""

    files: int
    altogether: int
    of_one: int


def is_archive(data: bytes) -> bool:
    """Tell whether bytes are a ZIP archive."""
    return data.startswith(SIGNATURE)


def open_archive(data: bytes, most: ArchiveSize) -> tuple[Upload, ...]:
    """Read the files of an archive.

    Obligations:

    1. nothing is written anywhere, and names are only shown, so no name leads out of a folder;
    2. sizes are counted as they come, whatever the archive says of itself;
    3. there are not too many files, and not too much in them;
    4. an archive in an archive is a file like any other, and is not opened.

    Raises `MalformedValueError` (ARCHIVE_DAMAGED, ARCHIVE_EMPTY) and `LimitExceededError`
    (ARCHIVE_TOO_LARGE).
    """
    try:
        with ZipFile(BytesIO(data)) as archive:
            entries = [entry for entry in archive.infolist() if is_wanted(entry)]
            # 3.
            if len(entries) > most.files:
                raise _too_large(most)
            files = tuple(_read(archive, entries, most))
    except _FAULTS as error:
        text = "The archive is damaged, encrypted, or packed in a way that is not read here."
        raise MalformedValueError(text, code="ARCHIVE_DAMAGED") from error
    if not files:
        raise MalformedValueError("There is no file in the archive.", code="ARCHIVE_EMPTY")
    return files


def is_wanted(entry: ZipInfo) -> bool:
    """Tell files from folders, and from what operating systems add for themselves."""
    name = entry.filename.rpartition("/")[2]
    return (
        not entry.is_dir() and not entry.filename.startswith(RUBBISH) and not name.startswith(".")
    )


def _read(archive: ZipFile, entries: list[ZipInfo], most: ArchiveSize) -> list[Upload]:
    left = most.altogether
    files = []
    for entry in entries:
        data = _unpacked(archive, entry, min(left, most.of_one))
        if data is None:
            raise _too_large(most)
        left -= len(data)
        # 1.
        files.append(Upload.named(entry.filename, data))
    return files


def _unpacked(archive: ZipFile, entry: ZipInfo, most: int) -> bytes | None:
    """Unpack one file; None if it has more bytes than may still be read."""
    data = bytearray()
    with archive.open(entry) as file:
        # 2.
        while chunk := file.read(CHUNK_BYTES):
            data += chunk
            if len(data) > most:
                return None
    return bytes(data)


def _too_large(most: ArchiveSize) -> LimitExceededError:
    text = (
        f"The archive has more than {most.files} files, or more than "
        f"{most.altogether // 1_048_576} MiB in them."
    )
    return LimitExceededError(text, code="ARCHIVE_TOO_LARGE")
