"""What Linux tells of a process and of all that it started; nothing of one that has ended."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path


def processes_of(pid: int) -> Iterator[int]:
    """Name a process and all that came from it, whichever of its threads started them."""
    yield pid
    for thread in Path(f"/proc/{pid}/task").glob("*"):
        for child in told_of(f"{thread}/children").split():
            yield from processes_of(int(child))


def processor_seconds(pid: int) -> float:
    """Read how much processor time a process has used."""
    fields = told_of(f"/proc/{pid}/stat").rpartition(")")[2].split()
    return sum(map(int, fields[11:13])) / os.sysconf("SC_CLK_TCK")


def mebibytes(pid: int, name: str, file: str = "status") -> float:
    """Read a row of what is told of a process's memory, such as VmRSS, or Pss of smaps_rollup."""
    rows = (line.split() for line in told_of(f"/proc/{pid}/{file}").splitlines())
    found = (row[1] for row in rows if row and row[0] == f"{name}:")
    return int(next(found, "0")) / 1024


def told_of(path: str) -> str:
    """Read what is told of a process."""
    try:
        return Path(path).read_text()
    except (FileNotFoundError, ProcessLookupError):
        return ""
