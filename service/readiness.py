"""What a service needs to do its work, looked at when somebody asks.

Everybody may ask, so the words name no path, no address and nobody.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from service.errors import DatabaseError

if TYPE_CHECKING:
    from sqlalchemy import Engine

LEAST_FREE_BYTES = 256 * 1024 * 1024
"""Room on the disk below which a service is not ready: a roster of 10,000 takes about a third."""

EARLIEST = datetime(2026, 11, 1, tzinfo=UTC)
"""This software was not written then yet: a clock that says less is wrong."""

TOLERANCE = timedelta(minutes=5)
"""By how much the clocks of several machines may differ."""


@dataclass(frozen=True, slots=True)
class Condition:
    """One thing that a service needs.

    `name` is for programs and never changes, `wrong` says in words what is not as it should be,
    and is empty otherwise.  Where it is not needed for all work, a service without it is ready
    nevertheless, and only says so.  `measured` has figures by the ends of their metrics' names.
    """

    name: str
    wrong: str = ""
    is_needed: bool = True
    measured: Mapping[str, int] = field(default_factory=dict)


Look = Callable[[], Sequence[Condition]]
"""Looks at conditions as they are now."""


def clock_condition(
    now: datetime, earliest: datetime | None = EARLIEST, name: str = "clock"
) -> Condition:
    """Hold the clock against a time that is over, as that of the newest record, if there is one."""
    is_behind = earliest is not None and now + TOLERANCE < earliest
    return Condition(name, "the clock is behind what has happened already" if is_behind else "")


def disk_condition(
    folder: Path, free: Callable[[Path], int] = lambda path: shutil.disk_usage(path).free
) -> Condition:
    """Look at the room on the disk of a folder, or of what it will be in."""
    there = next(path for path in (folder, *folder.absolute().parents) if path.exists())
    found = free(there)
    wrong = "" if found >= LEAST_FREE_BYTES else "the disk is nearly full"
    return Condition("disk", wrong, measured={"free_disk_bytes": found})


def database_condition(engine: Engine) -> Condition:
    """Look whether the database answers, and has the form that this version works with."""
    from service.migrating import is_present

    try:
        wrong = "" if is_present(engine) else "the database has the form of another version"
    except DatabaseError:
        wrong = "the database does not answer"
    return Condition("database", wrong)
