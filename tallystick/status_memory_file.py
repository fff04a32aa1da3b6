"""What a verifier remembers of status lists, in a file between two calls."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from credentials.errors import CredentialError
from credentials.limits import Limits
from credentials.strict_json import serialize_json_for_people
from tallystick import settings
from tallystick.files import DISK, USAGE, CommandError, locked, read_json_object, write_output

if TYPE_CHECKING:
    from verifier.status_memory import NewestLists

MEMORY_LIMITS = Limits(document_bytes=64 * 1024 * 1024, values=5_000_000)
"""A memory is the user's own file, and grows with every status list that is seen."""

status_memory_option = click.option(
    "--status-memory",
    "memory_file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="File that remembers the newest status lists, so that an older one is noticed "
    f"(default: ${settings.STATUS_MEMORY_VARIABLE}).",
)


def memory_in_use(path: Path | None = None) -> NewestLists | None:
    """Lend the memory to the command that runs; what was seen is written when the command ends.

    Without a file and without the environment variable nothing is remembered.
    """
    return click.get_current_context().with_resource(
        _remembered(path or settings.status_memory_file())
    )


@contextmanager
def _remembered(path: Path | None) -> Iterator[NewestLists | None]:
    """Keep the memory in a file, which is made at the first list; what others wrote is kept."""
    if path is None:
        yield None
        return
    memory = _read(path)
    before = memory.to_json()
    try:
        yield memory
    finally:
        # What was seen is kept also where the command then ends with an error.
        if memory.to_json() != before:
            _write(path, memory)


def _write(path: Path, memory: NewestLists) -> None:
    try:
        with locked(path.absolute().parent):
            memory.add(_read(path))
            write_output(path, serialize_json_for_people(memory.to_json()))
    except CommandError as error:
        # There is an answer, but what it rests on would be forgotten.
        raise CommandError(str(error), DISK) from error


def _read(path: Path) -> NewestLists:
    from verifier.status_memory import NewestLists

    if not path.exists():
        return NewestLists()
    members = read_json_object(str(path), MEMORY_LIMITS)
    try:
        return NewestLists.from_json(members)
    except CredentialError as error:
        raise CommandError(f"{path}: {error.message} [{error.code}]", USAGE) from error
