"""The command in the process of the tests: with streams, a folder and an environment of its own.

What is left out is the start of a process and the loading of modules, which take longer than most
commands; tests of what a process is (signals, limits, file descriptors, a start from nothing) use
`run_program` or `run_apart`.
"""

from __future__ import annotations

import io
import os
import sys
from contextlib import ExitStack, chdir, redirect_stderr, redirect_stdout
from pathlib import Path
from subprocess import CompletedProcess
from unittest.mock import patch

from tallystick.command import main


def call_here(
    arguments: tuple[str, ...], folder: Path, environment: dict[str, str], stdin: bytes
) -> CompletedProcess[bytes]:
    """Run the command to its end, and give what it wrote and its exit status."""
    written = {name: io.BytesIO() for name in ("stdout", "stderr")}
    out, err = (io.TextIOWrapper(one, "utf-8", write_through=True) for one in written.values())
    read = io.TextIOWrapper(io.BytesIO(stdin), "utf-8")
    with ExitStack() as stack:
        stack.enter_context(patch.dict(os.environ, environment, clear=True))
        stack.enter_context(patch.object(sys, "argv", ["tallystick", *arguments]))
        stack.enter_context(patch.object(sys, "stdin", read))
        for context in (chdir(folder), redirect_stdout(out), redirect_stderr(err)):
            stack.enter_context(context)
        try:
            main()
        except SystemExit as ended:
            status = ended.code
    return CompletedProcess(arguments, status, *(one.getvalue() for one in written.values()))
