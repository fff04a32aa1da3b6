"""Archives of credentials on a disk: their files, one after the other, within limits."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from credentials.errors import TallystickError
from credentials.limits import DEFAULT_LIMITS
from service.pages.archives import SIGNATURE
from tallystick.files import DISK, CommandError
from tallystick.streams.verifying_work import entry_line
from tallystick.streams.work import Piece
from verifier.employer.archives import ArchiveLimits, entries_of

LIMITS = ArchiveLimits(
    files=1_000_000,
    file_bytes=DEFAULT_LIMITS.image_bytes,
    bytes_altogether=68_719_476_736,
)
"""A file at a time is in memory, so whoever has such an archive may have it verified."""


def is_zip(path: Path) -> bool:
    """Tell whether a path is an archive; what cannot be read is none."""
    try:
        with open(path, "rb") as stream:
            return stream.read(len(SIGNATURE)) == SIGNATURE
    except OSError:
        return False


def pieces_of_archive(path: Path) -> Iterator[Piece]:
    """Read an archive file by file; raises `CommandError` if it cannot be read at all."""
    try:
        with open(path, "rb") as stream:
            for number, one in enumerate(entries_of(stream, LIMITS), start=1):
                yield Piece(number, entry_line(one.name, one.data, one.refusal))
    except TallystickError as error:
        raise CommandError(f"{path}: {error.message}", DISK) from error
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}.", DISK) from error
