"""Reading and writing files for the command, with errors for people."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from credentials.errors import CredentialError
from credentials.json_types import JsonObject, JsonValue
from credentials.limits import DEFAULT_LIMITS, Limits
from credentials.strict_json import parse_json

USAGE = 64
"""Exit status for a command that was called wrongly (EX_USAGE of sysexits)."""

FAILURE = 1
"""Exit status of a command that did not do what it was asked for."""

INTERNAL = 70
"""Exit status for a defect of this software (EX_SOFTWARE): no verdict, so neither 1 nor 2."""

DISK = 74
"""Exit status for a file or stream that fails underway (EX_IOERR)."""


LOCK = ".lock"
"""File in a folder that one writer at a time holds; it stays there, empty."""


class CommandError(Exception):
    """Something that the user can mend; printed as one line on standard error."""

    def __init__(self, message: str, status: int = FAILURE) -> None:
        """Take the line to print and the exit status."""
        super().__init__(message)
        self.status = status


def read_input(path: str, limits: Limits = DEFAULT_LIMITS) -> bytes:
    """Read a file, or standard input for "-", one byte beyond the limits at most."""
    most = max(limits.document_bytes, limits.image_bytes) + 1
    try:
        if path == "-":
            return _standard_input().buffer.read(most)
        with open(path, "rb") as file:
            return file.read(most)
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}.", USAGE) from error


def _standard_input() -> TextIO:
    # Python has no standard input at all if the program was started with it closed.
    if sys.stdin is None:
        raise CommandError("Standard input is closed, so there is nothing to read.", USAGE)
    return sys.stdin


def read_json(path: str, limits: Limits = DEFAULT_LIMITS) -> JsonValue:
    """Read a JSON file that the user wrote; it must be strict JSON."""
    try:
        return parse_json(read_input(path, limits), limits)
    except CredentialError as error:
        raise CommandError(f"{path}: {error.message}", USAGE) from error


def read_json_object(path: str, limits: Limits = DEFAULT_LIMITS) -> JsonObject:
    """Read a JSON file whose root is an object."""
    value = read_json(path, limits)
    if not isinstance(value, dict):
        raise CommandError(f"{path} must contain one JSON object.", USAGE)
    return value


def read_json_lines(path: str, limits: Limits = DEFAULT_LIMITS) -> list[JsonValue]:
    """Read a file of JSON values, one a line (JSON Lines); empty lines are passed over."""
    lines = read_input(path, limits).split(b"\n")
    try:
        return [parse_json(line, limits) for line in lines if line.strip()]
    except CredentialError as error:
        raise CommandError(f"{path}: {error.message}", USAGE) from error


def read_text(path: str, limits: Limits = DEFAULT_LIMITS) -> str:
    """Read a text file that the user wrote."""
    data = read_input(path, limits)
    if len(data) > limits.document_bytes:
        raise CommandError(f"{path} has more than {limits.document_bytes} bytes.", USAGE)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise CommandError(f"{path} is not UTF-8 text.", USAGE) from error


def write_output(path: Path, data: bytes) -> None:
    """Write a file whole or not at all; on a full disk nothing is left behind."""
    import tempfile

    try:
        descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    except OSError as error:
        raise CommandError(f"{path} cannot be written: {error.strerror}.", DISK) from error
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except OSError as error:
        os.unlink(temporary)
        raise CommandError(f"{path} cannot be written: {error.strerror}.", DISK) from error


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold a folder for one writer at a time; others wait until it is done.

    This needs POSIX (`fcntl`).  The lock ends with the process, however that ends, and binds only
    who asks for it: an editor may still write at any time.
    """
    import fcntl

    flags = os.O_CREAT | os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC
    try:
        descriptor = os.open(folder / LOCK, flags, 0o644)
    except OSError as error:
        raise CommandError(f"{folder / LOCK} cannot be opened: {error.strerror}.") from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
