"""Files with secrets: for their owner only, and whole or not there."""

from __future__ import annotations

import os
import stat
import tempfile
from pathlib import Path

from keys.errors import KeyMaterialError, KeyNotFoundError, KeyPermissionError


def read_secret_file(path: Path, what: str) -> bytes:
    """Read a file that only its owner may read; `what` it is begins the messages.

    Raises `KeyNotFoundError` and `KeyPermissionError`.
    """
    try:
        mode = path.stat().st_mode
        data = path.read_bytes()
    except FileNotFoundError as error:
        raise KeyNotFoundError(f"{what} {path} is not there.") from error
    except OSError as error:
        raise KeyPermissionError(f"{what} {path} cannot be read: {error.strerror}.") from error
    if stat.S_IMODE(mode) & 0o077:
        raise KeyPermissionError(f"{what} {path} can be read by others; run: chmod 600 {path}")
    return data


def write_new(path: Path, data: bytes) -> None:
    """Create a file whole or not at all; raise `KeyMaterialError` (KEY_EXISTS) if it is there."""
    temporary = _write_temporary(path, data)
    try:
        os.link(temporary, path)
    except FileExistsError as error:
        text = f"{path} is there already, and no key is written over. Choose another name."
        raise KeyMaterialError(text, code="KEY_EXISTS") from error
    finally:
        os.unlink(temporary)


def replace_file(path: Path, data: bytes) -> None:
    """Replace a file in one step."""
    os.replace(_write_temporary(path, data), path)


def _write_temporary(path: Path, data: bytes) -> str:
    """Write a file of mode 0600 beside `path` and wait until the disk has it."""
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        os.unlink(temporary)
        raise
    return temporary
