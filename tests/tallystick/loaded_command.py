"""The command in a process of its own that has its modules loaded already.

Most of a short command's time goes into loading Python and the modules.  A server that has loaded
them forks for each call: what the command does to its process, its folder and its streams stays
its own, as in any other process.
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from subprocess import CompletedProcess, TimeoutExpired

from tallystick.command import main
from tests.processes import PROCESSES


@dataclass(frozen=True, slots=True)
class Call:
    """A call of the command: its arguments, its folder, its environment, and where it writes."""

    arguments: tuple[str, ...]
    folder: Path
    environment: dict[str, str]
    streams: Path
    """A folder with the file `stdin`; `stdout` and `stderr` are written into it."""


def call_loaded(call: Call, *, seconds: int) -> CompletedProcess[bytes]:
    """Run the command in a new process, and wait for its end.

    Raises:
        TimeoutExpired: It has not ended after so many seconds, and was stopped.
    """
    process = PROCESSES.Process(target=_run, args=(call,))
    process.start()
    process.join(seconds)
    if process.exitcode is None:
        process.kill()
        raise TimeoutExpired(call.arguments, seconds)
    told = (call.streams / name for name in ("stdout", "stderr"))
    written = (path.read_bytes() if path.exists() else b"" for path in told)
    return CompletedProcess(call.arguments, process.exitcode, *written)


def _run(call: Call) -> None:
    """Do in the new process what a shell does, and run the command."""
    os.chdir(call.folder)
    os.environ.clear()
    os.environ.update(call.environment)
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        how = os.O_RDONLY if name == "stdin" else os.O_WRONLY | os.O_CREAT
        opened = os.open(call.streams / name, how, 0o600)
        os.dup2(opened, number)
        os.close(opened)
    sys.stdin = os.fdopen(0, encoding="utf-8")
    sys.stdout = os.fdopen(1, "w", encoding="utf-8")
    sys.stderr = os.fdopen(2, "w", encoding="utf-8")
    sys.argv = ["tallystick", *call.arguments]
    main()
